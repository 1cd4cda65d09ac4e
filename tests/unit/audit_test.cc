// The audit of a data folder: a sound ledger has no findings, whatever happens beside it, and what people have to judge is listed.
#include "ledger/audit.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/audits.h"
#include "tests/support/council.h"

using namespace caseledger;
using namespace samples;

TEST_CASE("a sound ledger has no findings, running or stopped, and everything is counted") {
  Story story;
  for (const bool running : {true, false}) {
    if (!running) story.ledger.close();
    const auto audit = story.audited();
    CHECK(told(audit) == "");
    CHECK(audit.sound());
    CHECK(audit.counts.entries == 10);
    CHECK(audit.counts.events == 12);
    CHECK(audit.counts.signatures == 20);
    CHECK(audit.counts.checkpoints == 10);
    CHECK(audit.counts.streams == 4);
    CHECK(audit.counts.sealed_parts == 1);
    CHECK(audit.counts.opened_parts == 1);
    CHECK(audit.counts.unjudged_events == 0);
    CHECK(audit.checkpoint->size == 10);
  }
}

TEST_CASE("a ledger without a single event is sound") {
  TestLedger ledger({.constituted = false});
  for (const bool running : {true, false}) {
    if (!running) ledger.close();
    const auto audit = audit_folder(ledger.folder());
    REQUIRE(audit);
    CHECK(told(*audit) == "");
    CHECK(audit->counts.entries == 0);
    CHECK_FALSE(audit->checkpoint);
  }
  CHECK(audit_folder(ledger.folder() / "nowhere").error().code == Errc::not_found);
}

TEST_CASE("an audit changes nothing in the folder and takes no lock") {
  Story story;
  story.ledger.close();
  const auto before = files_below(story.ledger.folder());
  CHECK(told(story.audited()) == "");
  CHECK(files_below(story.ledger.folder()) == before);
  REQUIRE(story.ledger.open());
  CHECK(told(story.audited()) == "");
  story.grow(3);
  CHECK(story.audited().counts.entries == 13);
}

TEST_CASE("an audit beside a ledger under load sees one moment of it") {
  Story story;
  std::atomic<bool> done = false;
  std::thread load([&] {
    story.grow(400);
    done = true;
  });
  std::uint64_t before = 0, audits = 0;
  while (!done || audits < 2) {
    const auto audit = story.audited();
    INFO(told(audit));
    CHECK(audit.findings.empty());
    CHECK(audit.counts.entries >= before);
    before = audit.counts.entries;
    ++audits;
  }
  load.join();
  CHECK(story.audited().counts.entries == 410);
}

TEST_CASE("held to another key than its own, a log does not hold") {
  Story story;
  const Signer stranger = Signer::generate(story.ledger.origin());
  AuditOptions options;
  options.log_key = stranger.vkey();
  const auto audit = story.audited(options);
  CHECK(found(audit, "log_key.wrong", "entry 0"));
  CHECK(found(audit, "checkpoint.wrong", "checkpoint 10"));
  options.log_key = story.ledger.log_vkey();
  CHECK(told(story.audited(options)) == "");
}

TEST_CASE("what a compromised key signed is listed from the position on that its revocation names") {
  Story story;
  const auto from = story.ledger.record(story.second, {case_assigned(story.open_case, 4)}).first_position;
  story.ledger.record(story.second, {case_assigned(story.open_case, 5)});
  story.ledger.record(story.first, {case_assigned(story.open_case, 6)});
  const StreamId governance = rules::governance_stream(story.ledger.origin());
  story.ledger.record(story.ledger.governor(), {event("ProposalMade", "governance", governance, story.ledger.state(governance).version + 1,
                                                      R"({"action":{"type":"KeyRevoked","vkey":")" + story.second.vkey().text() + R"(","compromised_from":)" +
                                                          std::to_string(from.value) + R"(,"reason":"stolen"}})",
                                                      {.jurisdiction = {}, .operator_code = "governor"})});
  story.grow(2);
  const auto audit = story.audited();
  INFO(told(audit));
  CHECK(audit.sound());
  CHECK(audit.counts.suspect_entries == 2);
  CHECK(audit.counts.suspect_events == 2);
  CHECK(found(audit, "key.compromised", "position " + std::to_string(from.value)));
  CHECK(audit.findings.size() == 2);
}

TEST_CASE("an entry that several revocations put in doubt is listed once, with those of its events that one of them names") {
  Story story;
  const auto revoke_from = [&](Position from) { REQUIRE(story.ledger.propose(story.ledger.governor(), revoked(story.second.vkey(), from.value))); };
  const auto first = story.ledger.record(story.second, {case_assigned(story.open_case, 4), case_assigned(story.open_case, 5), case_assigned(story.open_case, 6)}).first_position;
  revoke_from(first + 2);  // the last of three
  CHECK(story.audited().counts.suspect_events == 1);
  revoke_from(first + 1);  // earlier, as it turned out
  const auto audit = story.audited();
  INFO(told(audit));
  CHECK(audit.counts.suspect_entries == 1);
  CHECK(audit.counts.suspect_events == 2);
  CHECK(audit.findings.size() == 1);
}

TEST_CASE("imported facts that the rules would have refused are counted, not found") {
  Story story;
  const StreamId stream = new_stream();
  const auto imported = [&](Version version, std::string_view type, std::string_view body) {
    return imported_event(type, "case", stream, version, body);
  };
  story.ledger.record(story.importer, {imported(1, "CaseOpened", R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00","precision":"minute"}],)"
                                                                 R"("missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})"),
                                       imported(2, "CaseClosed", R"({"reason":"recovered"})"), imported(3, "CaseSuspendedLongTerm", R"({"criteria":"none","next_review_at":"2025-03-05T14:00:00Z"})")});
  const auto audit = story.audited();
  CHECK(told(audit) == "");
  CHECK(audit.counts.imported_anomalies == 2);
}

TEST_CASE("findings past the maximum are counted") {
  Story story;
  const Signer stranger = Signer::generate(story.ledger.origin());
  AuditOptions options;
  options.log_key = stranger.vkey();
  options.findings_max = 3;
  const auto audit = story.audited(options);
  CHECK(audit.findings.size() == 3);
  CHECK(audit.further_findings > 3);
  CHECK(audit.errors == audit.findings.size() + audit.further_findings);
}
