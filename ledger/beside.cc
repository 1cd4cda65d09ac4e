#include "ledger/beside.h"

#include "ledger/core/event.h"

namespace caseledger {

namespace {

// A writer may delete a file between its being listed and its being opened; then the next try sees the files that took its place.
constexpr int tries = 5;

template <class Open>
auto open_beside(const std::filesystem::path& folder, Open open) -> decltype(open(folder)) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "CURRENT", ignored)) return fail(Errc::not_found, "there is no ledger database in " + folder.string());
  auto opened = open(folder);
  for (int i = 1; i < tries && !opened; ++i) opened = open(folder);
  return opened;
}

}  // namespace

Result<std::unique_ptr<store::Log>> open_log_beside(const std::filesystem::path& ledger) {
  return open_beside(ledger / "store" / "log", [](const auto& folder) { return store::Log::open(folder, store::Access::read); });
}

Result<std::unique_ptr<store::Log>> salvage_log(const std::filesystem::path& ledger) {
  return store::Log::open(ledger / "store" / "log", store::Access::salvage);
}

Result<std::unique_ptr<store::Folds>> open_folds_beside(const std::filesystem::path& ledger) {
  return open_beside(ledger / "store" / "folds", [](const auto& folder) { return store::Folds::open(folder, store::Access::read); });
}

Result<Vkey> genesis_log_key(const store::Log& log) {
  TRY_AS(first, log.event({0}));
  std::vector<FoundRef> refs;
  if (first.kind != ItemKind::event) return fail(Errc::not_found, "the bytes of genesis are gone");
  TRY(check_event_bytes(first.bytes, refs));
  const EventView event = view_event(first.bytes);
  if (event.type != schema::Body::GovernanceConstituted) return fail(Errc::malformed, "the log does not begin with governance.constituted");
  return parse_vkey(text_of(event.body<schema::GovernanceConstituted>().log_vkey()));
}

}  // namespace caseledger
