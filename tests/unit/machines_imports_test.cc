// Where streams begin, and what becomes of facts recorded elsewhere that the state machines refuse.
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/council.h"
#include "tests/support/event_samples.h"
#include "tests/support/ledgers.h"

using namespace samples;

namespace {

constexpr std::string_view beginnings = R"(
  governance     GovernanceConstituted
  report         IntakeReportReceived CtrIngested
  referral       ReferralMade
  case           CaseOpened
  subject        ConsentRecorded ErasureRequested LegalHoldChanged PreservationStarted DocumentLinked
  analysis       AnalysisRequested
  lead           LeadCreated
  tip            TipReceived
  evidence       EvidenceCustodyChanged
  forensic_exam  ForensicRequested
  deployment     DeploymentRequested
  hotlist_entry  HotlistEntryChanged
  alert          AlertRaised
  coverage       CoverageSnapshotTaken
  partner        IntlActionRecorded DisseminationLogged TrainingDelivered ResourceAllocated
  policy         PolicyPublished
  model          ModelEvaluated
  access         SearchExecuted RecordViewed AuthFailed
)";

bool may_begin(schema::Body type, StreamKind kind) {
  const Buffer sample = sample_event(type, false, 1);
  EventView event = view_event(sample);
  event.kind = kind;
  event.version = 1;
  static const rules::Authority nobody("ledger.example.org/l/test");
  const std::function stream = [](const StreamId&) { return rules::StreamState{}; };
  const std::function find = [](const StreamId&, Version) { return std::optional<rules::Recorded>(); };
  const auto answer = rules::admit({}, event, {}, {nobody, nullptr, {}, 0, 0, stream, find});
  REQUIRE_FALSE(answer);  // nobody governs: something else is refused later
  return answer.error().sentence.find("cannot begin with") == std::string::npos;
}

std::string case_body(const char* type) {
  return std::string(type) == "CaseClosed" ? R"({"reason":"recovered"})" : R"({"criteria":"no_leads","next_review_at":"2024-09-01T00:00:00Z"})";
}
Buffer case_event(const char* type, const StreamId& stream, Version version) { return event(type, "case", stream, version, case_body(type)); }

Errc refused(TestLedger& ledger, const Signer& author, const std::vector<Buffer>& events) {
  const auto answer = ledger.submit(ledger.sign(author, events));
  REQUIRE_FALSE(answer);
  return answer.error().error.code;
}

}  // namespace

TEST_CASE("every kind of stream begins with the events listed for it, and with no other") {
  std::istringstream lines{std::string(beginnings)};
  unsigned kinds = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind_word, listed;
    if (!(words >> kind_word)) continue;
    for (std::string word; words >> word;) listed += ' ' + word + ' ';
    const auto& all = schema::EnumValuesStreamKind();
    const auto kind = std::ranges::find_if(all, [&](StreamKind each) { return kind_name(each) == kind_word; });
    REQUIRE(kind != std::ranges::end(all));
    ++kinds;
    for (const auto type : event_types()) {
      INFO(kind_word << ' ' << event_type(type)->name);
      CHECK(may_begin(type, *kind) == (listed.find(' ' + std::string(event_type(type)->name) + ' ') != listed.npos));
    }
  }
  CHECK(kinds == static_cast<unsigned>(StreamKind::MAX));
}

TEST_CASE("a stream keeps the kind it began with") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  CHECK(refused(ledger, author, {event("IntakeSupplementReceived", "report", stream, 2, R"({"source_class":"esp"})")}) == Errc::illegal_transition);
}

TEST_CASE("an imported fact that the state machine refuses is recorded, and only where it is imported") {
  TestLedger ledger;
  const auto importer = ledger.enrol({"importer"}), author = ledger.enrol({"case_system"}), both = ledger.enrol({"importer", "case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  CHECK(refused(ledger, author, {case_event("CaseClosed", stream, 2)}) == Errc::illegal_transition);
  CHECK(refused(ledger, both, {case_event("CaseClosed", stream, 2)}) == Errc::illegal_transition);
  CHECK(refused(ledger, author, {imported(case_event("CaseClosed", stream, 2))}) == Errc::not_permitted);
  CHECK(refused(ledger, importer, {case_event("CaseClosed", stream, 2)}) == Errc::not_permitted);
  ledger.record(importer, {imported(case_event("CaseClosed", stream, 2))});
  CHECK(ledger.state(stream).phase == rules::Phase::closed);
  CHECK(ledger.state(stream).closed_by == 2);
  ledger.record(both, {imported(case_event("CaseSuspendedLongTerm", stream, 3))});
  CHECK(ledger.state(stream).phase == rules::Phase::long_term);
}

TEST_CASE("an imported fact is held to everything but the state machine") {
  TestLedger ledger;
  const auto importer = ledger.enrol({"importer"}, "org-1", {"US"});
  const auto stream = new_stream(), elsewhere = new_stream();
  ledger.record(importer, {imported(case_opened(stream))});
  CHECK(refused(ledger, importer, {imported(case_assigned(stream, 3))}) == Errc::version_conflict);
  CHECK(refused(ledger, importer, {imported(case_assigned(elsewhere, 1))}) == Errc::illegal_transition);
  CHECK(refused(ledger, importer, {imported(case_assigned(stream, 2, {.jurisdiction = "MX"}))}) == Errc::not_permitted);
  CHECK(refused(ledger, importer, {imported(case_assigned(stream, 2, {.occurred_at = "2999-01-01T00:00:00Z"}))}) == Errc::future);
  const std::string cause = R"([{"stream":")" + to_string(elsewhere) + R"(","version":1}])";
  CHECK(refused(ledger, importer, {imported(case_assigned(stream, 2, {.causes = cause}))}) == Errc::unresolved_reference);
}
