// What is due for data subjects, read off the log.
#include "ledger/due.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/genesis.h"
#include "api/json.h"
#include "ledger/retention.h"
#include "tests/support/ledgers.h"
#include "tests/support/refs.h"

using namespace samples;

namespace {

struct Desk {
  TestLedger ledger;
  Signer supervisor = ledger.enrol({"supervisor"}), clerk = ledger.enrol({"case_system"}), officer = ledger.enrol({"privacy_officer"});
  StreamId policy = new_stream(), person = new_stream();

  Desk() {
    ledger.record(supervisor, {event("PolicyPublished", "policy", policy, 1,
                                     R"({"version":"1","kind":"retention","effective_from":"2020-01-01T00:00:00Z","document_sha256":")" + std::string(64, '0') +
                                         R"(","parameters":"{\"preservation\":[{\"days\":90}],\"retention\":[{\"kind\":\"tip\",\"years\":2},{\"kind\":\"case\",\"years\":5}]}","summary_public":"s"})",
                                     {.handling = "open"})});
    const auto stream = rules::governance_stream(ledger.origin());
    ledger.record(ledger.governor(), {event("ProposalMade", "governance", stream, ledger.state(stream).version + 1,
                                            R"({"action":{"type":"PolicyAdopted","policy":)" + ref(policy, 1) + R"(,"effective_from":"2020-01-01T00:00:00Z"}})", {.handling = "open"})});
  }
  void say(const Signer& by, std::string_view type, std::string_view body, const Envelope& envelope = {}) {
    ledger.record(by, {event(type, "subject", person, ledger.state(person).version + 1, body, envelope)});
  }
  void sealed(std::string_view type, std::string_view kind, const StreamId& stream, const boost::json::object& body, std::string_view field, const SubjectId& of, std::string_view at) {
    const boost::json::object line{{"stream", to_string(stream)}, {"kind", kind}, {"version", ledger.state(stream).version + 1}, {"type", type}, {"occurred_at", at},
                                   {"precision", "minute"}, {"operator", "op-1"}, {"jurisdiction", "US-TX"}, {"handling", "internal"}, {"body", body},
                                   {"sealed", {{{"subject", to_string(of)}, {"handling", "law_enforcement"}, {"fields", {{field, "text"}}}}}}};
    auto made = api::event_from_json(api::to_text(line), api::system_random());
    INFO((made ? "" : made.error().sentence));
    REQUIRE(made);
    ledger.record(clerk, {made->event}, made->openings);
  }
  std::string due(std::string_view at) {
    std::string all;
    const auto found = what_is_due(ledger->log(), ledger.origin(), parse_rfc3339(at).value().at);
    for (const auto& each : found.value())
      all += (all.empty() ? "" : ", ") + std::string(name(each.what)) + ' ' + std::to_string(each.version) + " since " + to_rfc3339(each.since).substr(0, 10) + (each.held ? " held" : "");
    return all;
  }
};

}  // namespace

TEST_CASE("preservations and holds that ran out, and requests that nobody decided, are due") {
  Desk desk;
  desk.say(desk.clerk, "PreservationStarted", R"({"rule_version":)" + ref(desk.policy, 1) + R"(,"until":"2024-05-30T00:00:00Z"})", {.occurred_at = "2024-03-01T00:00:00Z"});
  desk.say(desk.officer, "LegalHoldChanged", R"({"action":"placed","authority":"court-1","until":"2024-07-01T00:00:00Z"})");
  CHECK(desk.due("2024-05-29T00:00:00Z") == "");
  CHECK(desk.due("2024-06-01T00:00:00Z") == "preservation_over 1 since 2024-05-30 held");
  desk.say(desk.clerk, "ErasureRequested", R"({"subject_id":")" + to_string(desk.person) + R"(","basis":"gdpr17","due_at":"2024-06-15T00:00:00Z"})");
  CHECK(desk.due("2024-08-01T00:00:00Z") == "preservation_over 1 since 2024-05-30, hold_over 2 since 2024-07-01, erasure_undecided 3 since 2024-06-15");
  desk.say(desk.officer, "PreservationExpired", R"({"rule_version":)" + ref(desk.policy, 1) + R"(,"until":"2024-05-30T00:00:00Z","started":)" + ref(desk.person, 1) + '}');
  desk.say(desk.officer, "LegalHoldChanged", R"({"action":"released","authority":"court-1","placed":)" + ref(desk.person, 2) + '}');
  desk.say(desk.officer, "ErasureDecided", R"({"request":)" + ref(desk.person, 3) + R"(,"basis":"gdpr17","outcome":"granted"})",
           {.operator_code = "op-2", .occurred_at = "2024-08-02T00:00:00Z", .causes = causes(desk.person, 3)});
  CHECK(desk.due("2024-08-03T00:00:00Z") == "erasure_unexecuted 6 since 2024-08-02");
}

TEST_CASE("data of a subject is due when every stream that holds some of it is, and no open case does") {
  Desk desk;
  const StreamId tip = new_stream(), mine = new_stream();
  const SubjectId caller = new_stream();
  const boost::json::object tip_body{{"channel", "hotline"}, {"urgency", "low"}, {"anonymous", false}, {"received_at", "2024-03-05T14:00:00Z"}};
  desk.sealed("TipReceived", "tip", tip, tip_body, "content", caller, "2024-03-05T14:00:00Z");
  CHECK(desk.due("2026-03-05T00:00:00Z") == "");
  CHECK(desk.due("2026-03-06T00:00:00Z") == "retention_over 0 since 2026-03-05");
  desk.ledger.record(desk.clerk, {case_opened(mine)});
  desk.sealed("CaseStatusNoted", "case", mine, {{"category", "contact"}}, "note", caller, "2024-03-06T14:00:00Z");
  CHECK(desk.due("2036-01-01T00:00:00Z") == "");  // it is open

  // A stream for which no rule says anything keeps what it holds.
  const SubjectId other = new_stream();
  const StreamId support = new_stream();
  desk.sealed("TipReceived", "tip", new_stream(), tip_body, "content", other, "2024-03-05T14:00:00Z");
  CHECK(desk.due("2036-01-01T00:00:00Z") == "retention_over 0 since 2026-03-05");
  desk.sealed("IntakeReportReceived", "report", support, {{"kind", "sighting"}, {"channel", "hotline"}, {"reporter_class", "public"}, {"received_at", "2024-03-05T14:00:00Z"}}, "reporter", other,
              "2024-03-05T14:00:00Z");
  CHECK(desk.due("2036-01-01T00:00:00Z") == "");
}

TEST_CASE("whose data is kept too long does not depend on how much of the log one pass looks at") {
  Desk desk;
  const boost::json::object tip_body{{"channel", "hotline"}, {"urgency", "low"}, {"anonymous", false}, {"received_at", "2024-03-05T14:00:00Z"}};
  std::map<SubjectId, Micros> wanted;
  for (int i = 0; i < 12; ++i) {
    const SubjectId caller = new_stream();
    const std::string later = "2024-08-0" + std::to_string(1 + i / 3) + "T14:00:00Z";
    desk.sealed("TipReceived", "tip", new_stream(), tip_body, "content", caller, "2024-03-05T14:00:00Z");
    if (i % 3 == 0) desk.sealed("TipReceived", "tip", new_stream(), tip_body, "content", caller, later);  // longer
    if (i % 3 == 1) desk.sealed("TipReceived", "tip", new_stream(), tip_body, "content", caller, "2025-03-05T14:00:00Z");  // not over
    if (i % 3 != 1) wanted[caller] = parse_rfc3339(i % 3 == 0 ? "2026" + later.substr(4) : "2026-03-05T14:00:00Z").value().at;
  }
  const std::vector policies{rules::RetentionPolicy::parse(R"({"preservation":[],"retention":[{"kind":"tip","years":2}]})").value()};
  const Micros now = parse_rfc3339("2026-12-01T00:00:00Z").value().at;
  for (const std::uint64_t slice : {1ull, 5ull, 1'000'000ull}) {
    const auto found = kept_too_long(desk.ledger->log(), policies, {}, now, slice);
    REQUIRE(found);
    CHECK(std::map<SubjectId, Micros>(found->begin(), found->end()) == wanted);
  }
  CHECK(kept_too_long(desk.ledger->log(), {}, {}, now)->empty());
}

TEST_CASE("a case whose close was retracted is open, and keeps what it holds") {
  Desk desk;
  const StreamId mine = new_stream();
  const SubjectId caller = new_stream();
  desk.ledger.record(desk.clerk, {case_opened(mine)});
  desk.sealed("CaseStatusNoted", "case", mine, {{"category", "contact"}}, "note", caller, "2024-03-06T14:00:00Z");
  desk.ledger.record(desk.clerk, {event("CaseClosed", "case", mine, 3, R"({"reason":"hoax"})")});
  desk.ledger.record(desk.supervisor, {event("CaseClosed", "case", mine, 4, R"({"reason":"hoax"})", {.operator_code = "op-2", .causes = causes(mine, 3)})});
  CHECK(desk.due("2036-01-01T00:00:00Z") == "retention_over 0 since 2029-03-06");
  desk.ledger.record(desk.clerk, {event("RetractionRequested", "case", mine, 5, R"({"target":)" + ref(mine, 4) + R"(,"reason_code":"error"})")});
  desk.ledger.record(desk.supervisor, {event("RetractionDecided", "case", mine, 6, R"({"request":)" + ref(mine, 5) + R"(,"decision":"approved"})",
                                             {.operator_code = "op-2", .causes = causes(mine, 5)})});
  CHECK(desk.due("2036-01-01T00:00:00Z") == "");
}
