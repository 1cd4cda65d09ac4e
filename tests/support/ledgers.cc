#include "tests/support/ledgers.h"

#include <boost/json.hpp>
#include <sodium.h>
#include <stdexcept>

#include "api/genesis.h"

namespace samples {

namespace json = boost::json;

namespace {

// Whatever a test's own making refuses is a mistake of the test: it stops there, with the sentence.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::logic_error(std::string(name(result.error().code)) + ": " + result.error().sentence);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::filesystem::path new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "caseledger-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
  return pattern;
}

api::Draft draft(std::string_view type, std::string_view kind, const StreamId& stream, Version version, std::string_view body, const Envelope& envelope,
                 std::string_view sealed = {}) {
  json::object line{{"stream", to_string(stream)},
                    {"kind", kind},
                    {"version", version},
                    {"type", type},
                    {"occurred_at", envelope.occurred_at},
                    {"precision", "minute"},
                    {"operator", envelope.operator_code},
                    {"purpose", "missing_child"},
                    {"handling", envelope.handling},
                    {"body", json::parse(body)}};
  if (!envelope.jurisdiction.empty()) line["jurisdiction"] = envelope.jurisdiction;
  if (!envelope.legal_basis.empty()) line["legal_basis"] = envelope.legal_basis;
  if (envelope.causes != "[]") line["causes"] = json::parse(envelope.causes);
  if (!sealed.empty()) line["sealed"] = json::parse(sealed);
  return must(api::event_from_json(api::to_text(line), api::system_random()));
}

}  // namespace

// ── events ──

StreamId new_stream() {
  std::uint8_t random[10];
  randombytes_buf(random, sizeof random);
  return uuid_v7(1'709'665'200'000'000, random);
}

Buffer event(std::string_view type, std::string_view kind, const StreamId& stream, Version version, std::string_view body, const Envelope& envelope) {
  return draft(type, kind, stream, version, body, envelope).event;
}

Buffer case_opened(const StreamId& stream, const Envelope& envelope) {
  return event("CaseOpened", "case", stream, 1,
               R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00","precision":"minute"}],)"
               R"("missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})",
               envelope);
}

Buffer case_assigned(const StreamId& stream, Version version, const Envelope& envelope) {
  return event("CaseAssigned", "case", stream, version, R"({"to_actor":"cw-17"})", envelope);
}

Buffer alert_raised(const StreamId& stream, const Envelope& envelope) {
  return event("AlertRaised", "alert", stream, 1,
               R"({"detector_kind":"lpr","vendor":"vendor-1","observed_at":"2024-03-05T19:00:00Z","raised_at":"2024-03-05T19:00:01Z",)"
               R"("received_at":"2024-03-05T19:00:02Z","jurisdiction":"US-TX"})",
               envelope);
}

Noted case_noted(const StreamId& stream, Version version, std::string_view note, const Envelope& envelope) {
  const json::value sealed{{{"subject", to_string(new_stream())}, {"handling", "child_sensitive"}, {"fields", {{"note", note}}}}};
  auto made = draft("CaseStatusNoted", "case", stream, version, R"({"category":"contact"})", envelope, api::to_text(sealed));
  return {std::move(made.event), std::move(made.openings)};
}

Noted searched(const StreamId& log, Version version, const std::string& search_id, const StreamId& of_case) {
  const json::value sealed{{{"subject", to_string(new_stream())}, {"handling", "law_enforcement"}, {"fields", {{"query", "8ABC123"}}}}};
  const json::object body{{"system", "lpr"}, {"search_id", search_id}, {"reason_code", "missing_child"}, {"case_ref", {{"stream", to_string(of_case)}, {"version", 0}}}};
  auto made = draft("SearchExecuted", "access", log, version, api::to_text(body), {}, api::to_text(sealed));
  return {std::move(made.event), std::move(made.openings)};
}

Submission signed_by(const Signer& author, std::string_view origin, const std::vector<Buffer>& events, std::vector<Opening> openings) {
  const std::vector<Bytes> views(events.begin(), events.end());
  return {sign_batch(views, origin, author), std::move(openings)};
}

// ── the ledger ──

TestLedger::TestLedger(Wish wish)
    : wish_(std::move(wish)),
      folder_(new_folder()),
      log_key_(Signer::generate(wish_.origin)),
      service_(Signer::generate("service.test")),
      governor_(Signer::generate("governor.test")),
      log_secret_(log_key_.private_text()) {
  must(open());
  if (!wish_.constituted) return;
  const api::Genesis genesis{wish_.origin, log_key_.vkey(), service_.vkey(), {governor_.vkey()}, 1, {}};
  govern(must(api::genesis_event(genesis, wish_.clock.wall(), api::system_random())).event);
}

TestLedger::~TestLedger() {
  close();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void TestLedger::close() { ledger_.reset(); }

Result<void> TestLedger::open() {
  Ledger::Sinks sinks;
  sinks.outcome = [this](Outcome outcome) { arrived(std::move(outcome)); };
  sinks.subjects = [this](std::vector<StreamId> streams) {
    const std::lock_guard lock(mutex_);
    if (subjects_) subjects_(std::move(streams));
  };
  TRY_AS(ledger, Ledger::open(folder_, wish_.origin, must(Signer::parse(log_secret_)), wish_.config, wish_.clock, std::move(sinks),
                               [this](const Vkey& wanted) -> Result<Signer> {
                                 for (const auto& secret : held_)
                                   if (auto key = must(Signer::parse(secret)); key.vkey() == wanted) return key;
                                 return fail(Errc::not_found, "the test does not hold it");
                               }));
  ledger_ = std::move(ledger);
  return {};
}

void TestLedger::forward(std::function<void(Outcome)> to) {
  const std::lock_guard lock(mutex_);
  forward_ = std::move(to);
}

void TestLedger::watch(std::function<void(std::vector<StreamId>)> subjects) {
  const std::lock_guard lock(mutex_);
  subjects_ = std::move(subjects);
}

void TestLedger::arrived(Outcome outcome) {
  const std::lock_guard lock(mutex_);
  std::erase_if(outcome.recorded, [&](Recorded& each) {
    if (each.ticket.session != 0) return false;
    answers_.emplace(each.ticket.request, std::move(each));
    return true;
  });
  std::erase_if(outcome.refused, [&](Refused& each) {
    if (each.ticket.session != 0) return false;
    answers_.emplace(each.ticket.request, std::unexpected(std::move(each.rejection)));
    return true;
  });
  changed_.notify_all();
  if (forward_) forward_(std::move(outcome));
}

TestLedger::Answer TestLedger::submit(Submission submission) {
  std::unique_lock lock(mutex_);
  const std::uint64_t request = ++requests_;
  lock.unlock();
  if (auto taken = ledger_->submit({0, request}, submission); !taken) return std::unexpected(Rejection{std::move(taken.error()), {}});
  lock.lock();
  if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return answers_.contains(request); }))
    throw std::runtime_error("no outcome in 20 s" + (ledger_->failure() ? ": " + ledger_->failure()->sentence : std::string()));
  return std::move(answers_.extract(request).mapped());
}

Submission TestLedger::sign(const Signer& author, const std::vector<Buffer>& events, std::vector<Opening> openings) const {
  return signed_by(author, wish_.origin, events, std::move(openings));
}

Recorded TestLedger::record(const Signer& author, const std::vector<Buffer>& events, std::vector<Opening> openings) {
  auto answer = submit(sign(author, events, std::move(openings)));
  if (!answer) throw std::logic_error(std::string(name(answer.error().error.code)) + ": " + answer.error().error.sentence);
  return std::move(*answer);
}

void TestLedger::govern(const Buffer& event) { record(governor_, {event}); }

Signer TestLedger::enrol(std::vector<std::string> roles, std::string organisation, std::vector<std::string> jurisdictions) {
  const Version next = state(rules::governance_stream(wish_.origin)).version + 1;
  Signer author = Signer::generate("author-" + std::to_string(next) + ".test");
  const api::EnrolmentRequest request{author.vkey(), std::move(organisation), std::move(roles), {}, std::move(jurisdictions)};
  govern(must(api::enrolment_event(wish_.origin, next, request, wish_.clock.wall(), api::system_random())).event);
  return author;
}

void TestLedger::revoke(const Vkey& vkey) {
  auto answer = propose(governor_, api::to_text(json::object{{"type", "KeyRevoked"}, {"vkey", vkey.text()}, {"reason", "test"}}));
  if (!answer) throw std::logic_error(answer.error().error.sentence);
}

TestLedger::Answer TestLedger::propose(const Signer& author, std::string_view action) {
  const Version next = state(governance()).version + 1;
  return submit(sign(author, {event("ProposalMade", "governance", governance(), next, R"({"action":)" + std::string(action) + '}', {.jurisdiction = {}, .operator_code = "governor"})}));
}

TestLedger::Answer TestLedger::approve(const Signer& author, Version proposal) {
  const Version next = state(governance()).version + 1;
  return submit(sign(author, {must(api::approval_event(wish_.origin, next, proposal, wish_.clock.wall(), api::system_random())).event}));
}

void TestLedger::hold(const Signer& log_key) { held_.push_back(log_key.private_text()); }

}  // namespace samples
