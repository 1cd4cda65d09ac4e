// Events that are excised: who decides it, and where their bytes might still be found.
#pragma once

#include "tests/support/audits.h"

namespace samples {

// {"type":"EventExcised",…} for an event as it stands.
inline std::string excision(const StreamId& stream, Version version, Position position, std::string_view kind) {
  return R"({"type":"EventExcised","target":{"stream":")" + to_string(stream) + R"(","version":)" + std::to_string(version) + R"(},"authority":"court-3/117","position":)" +
         std::to_string(position.value) + R"(,"kind":")" + std::string(kind) + "\"}";
}

// Proposed by a privacy officer, approved by the one governor. The refusal of the first of the two that is refused.
inline std::expected<void, Error> excise(TestLedger& ledger, const Signer& officer, const std::string& action) {
  const Version proposed = ledger.state(ledger.governance()).version + 1;
  if (auto made = ledger.propose(officer, action); !made) return std::unexpected(made.error().error);
  if (auto approved = ledger.approve(ledger.governor(), proposed); !approved) return std::unexpected(approved.error().error);
  return {};
}

inline Position position_of(TestLedger& ledger, const StreamId& stream, Version version) {
  const auto state = ledger.state(stream);
  Position at = state.last;
  for (Version here = state.version; here > version; --here) at = ledger->log().event(at)->previous;
  return at;
}

// Files below a folder in which the bytes stand.
inline std::vector<std::string> files_with(const fs::path& folder, std::string_view bytes) {
  std::vector<std::string> found;
  for (const auto& file : files_below(folder))
    if (read(folder / file).find(bytes) != std::string::npos) found.push_back(file);
  return found;
}

// Whether they stand in none, once whoever read beside a purge has let go of the files that it replaced.
inline bool gone_from(const fs::path& folder, std::string_view bytes) {
  for (int i = 0; i < 2000 && !files_with(folder, bytes).empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return files_with(folder, bytes).empty();
}

// Waits until the log's files owe nothing any more.
inline bool purged(TestLedger& ledger) {
  for (int i = 0; i < 6000; ++i) {  // a purge that met a reader comes again after ten seconds
    if (const auto owed = ledger->log().owed(); owed && owed->empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace samples
