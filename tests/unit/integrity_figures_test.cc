// Families, resources, privacy, disclosures and what is counted about the ledger itself, by hand.
#include <catch2/catch.hpp>

#include "projections/decimal.h"
#include "projections/disclosures.h"
#include "projections/families.h"
#include "projections/imports.h"
#include "projections/oversight.h"
#include "projections/privacy.h"
#include "projections/resources.h"
#include "projections/teams.h"
#include "projections/triage.h"
#include "tests/support/told.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

constexpr std::string_view opening = R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"@0h"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})";

void open(Told& log, unsigned number, std::string_view at, const How& how = {}) { log.tell("case " + std::to_string(number) + " CaseOpened", at, opening, how); }

}  // namespace

TEST_CASE("families are reached within a day or not, and take services or do not") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(families(), id, query, group); };
  for (unsigned i = 1; i <= 4; ++i) open(log, i, i < 4 ? "@0h" : "@40d");
  const auto served = [&](unsigned i, const std::string& at, const std::string& service, const std::string& action, const std::string& more = {}) {
    log.tell("case " + std::to_string(i) + " FamilySupportRecorded", at, R"({"service":")" + service + R"(","action":")" + action + "\"" + more + "}");
  };
  served(1, "@1h", "contact", "offered");
  served(1, "@24h", "contact", "accepted", R"(,"minutes":20)");
  served(2, "@25h", "contact", "completed");
  served(2, "@30h", "counselling", "accepted");
  served(3, "@2h", "contact", "declined");
  served(3, "@40d", "reunification", "completed", R"(,"minutes":45)");
  CHECK(of("T13.contact_24h") == "1/4 = 0.250000");
  CHECK(of("T13.contact_24h", by_then("@40d")) == "1/3 = 0.333333");  // the fourth was opened just now
  CHECK(of("T13.accepted") == "2/- = 2");
  CHECK(of("T13.acceptance") == "2/3 = 0.666667");
  CHECK(of("T13.reunified") == "1/- = 1");
  CHECK(of("T13.minutes") == "65/- = 65");
  CHECK(of("T13.minutes", in_period(when("@0h"), when("@31d"), when("@90d"))) == "20/- = 20");
  CHECK(of("T13.acceptance", by_then("@90d", {"service"}), "counselling") == "counselling: 1/1 = 1.000000");
}

TEST_CASE("of consents the last word on each scope stands, until it runs out") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d")) { return log.said(families(), id, query); };
  const auto said = [&](unsigned i, const std::string& scope, const std::string& state, const std::string& more = {}) {
    log.tell("subject " + std::to_string(i) + " ConsentRecorded", "@0h", R"({"scope":)" + scope + R"(,"state":")" + state + "\"" + more + "}");
  };
  said(1, R"(["poster","media"])", "given");
  said(1, R"(["media"])", "withdrawn");
  said(2, R"(["poster"])", "given", R"(,"until":"@10d")");
  said(3, R"(["poster"])", "refused");
  CHECK(of("T13.consents.given") == "1/- = 1");
  CHECK(of("T13.consents.lapsed") == "1/- = 1");
  CHECK(of("T13.consents.given", by_then("@5d")) == "2/- = 2");
  CHECK(of("T13.consents.withdrawn") == "1/- = 1");
  CHECK(of("T13.consents.refused") == "1/- = 1");
}

TEST_CASE("posts are averaged over the period they are asked for, and money counts where its time begins") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query, std::string_view group = {}) { return log.said(resources(), id, query, group); };
  const auto given = [&](unsigned i, const std::string& unit, const std::string& name, const std::string& period, const std::string& rest) {
    log.tell("partner " + std::to_string(i) + " ResourceAllocated", "@0h", R"({"unit":")" + unit + R"(","unit_name":")" + name + R"(","period":")" + period + "\"," + rest + "}");
  };
  given(1, "queue", "hotline", "2024", R"("fte_hundredths":1250,"budget_usd":1000)");
  given(1, "queue", "hotline", "2024", R"("fte_hundredths":1000,"budget_usd":900)");  // says it again
  given(1, "team", "t-1", "2024-Q2", R"("fte_hundredths":400)");
  given(1, "team", "t-1", "2024-02", R"("fte_hundredths":300,"budget_usd":50)");
  given(1, "team", "t-2", "someday", R"("fte_hundredths":99900)");
  const Micros january = when("@0h"), february = when("@31d"), march = when("@60d"), april = when("@91d"), july = when("@182d"), next_year = when("@366d");
  const auto in = [&](Micros from, Micros to) { return in_period(from, to, next_year); };
  CHECK(of("T14.posts", in(january, february)) == "-/- = 10.000000");
  CHECK(of("T14.posts", in(february, march)) == "-/- = 13.000000");
  CHECK(of("T14.posts", in(january, april)) == "-/- = " + Decimal::scaled(10'956'044, 6).fixed());  // 10 + 3 · 29/91
  CHECK(of("T14.posts", in(april, july)) == "-/- = 14.000000");
  CHECK(of("T14.budget", in(april, july)) == "-/- = 0.000000 partial");
  CHECK(of("T14.budget", in(january, next_year)) == "-/- = 950.000000 partial");
  CHECK(of("T14.posts", as_of(february)) == "-/- = 13.000000");
  CHECK(of("T14.allocations", as_of(next_year)) == "0/- = 0");
  CHECK(of("T14.unplaced", as_of(next_year)) == "1/- = 1");
  auto split = in(february, march);
  split.by = {"unit"};
  CHECK(of("T14.posts.share", split, "team") == "team: -/- = 0.230769");
}

TEST_CASE("the posts of a queue stand beside the share of the items that entered it, and a queue of another name has no data") {
  Told log;
  const auto given = [&](const std::string& unit, const std::string& name, const std::string& posts) {
    log.tell("partner 1 ResourceAllocated", "@0h", R"({"unit":")" + unit + R"(","unit_name":")" + name + R"(","period":"2024-Q1","fte_hundredths":)" + posts + "}");
  };
  const auto entered = [&](unsigned i, const std::string& queue, const std::string& at) {
    log.tell("report " + std::to_string(i) + " TriageQueueEntered", at, R"({"queue":")" + queue + R"(","entered_at":")" + at + "\"}");
  };
  given("queue", "domestic", "100");
  given("queue", "domestic", "300");  // says it again
  given("queue", "abroad", "100");
  given("team", "domestic", "9900");  // is no queue
  for (unsigned i = 10; i < 16; ++i) entered(i, "domestic", "@2d");
  entered(16, "hotline", "@3d");
  entered(17, "hotline", "@3d");
  entered(17, "domestic", "@4d");    // goes on
  entered(18, "hotline", "@100d");   // after the period
  auto query = in_period(when("@0h"), when("@91d"), when("@120d"));
  const auto of = [&](std::string_view id, std::string_view group = {}) { return log.said(triage(), id, query, group); };
  CHECK(of("T14.queue.posts") == "-/- = 4.000000");
  CHECK(of("T14.queue.items") == "9/- = 9");
  query.by = {"queue"};
  CHECK(of("T14.queue.posts", "domestic") == "domestic: -/- = 3.000000");
  CHECK(of("T14.queue.posts.share", "domestic") == "domestic: -/- = 0.750000");
  CHECK(of("T14.queue.items", "domestic") == "domestic: 7/- = 7");
  CHECK(of("T14.queue.items.share", "domestic") == "domestic: 7/9 = 0.777778");
  CHECK(of("T14.queue.posts.share", "abroad") == "abroad: -/- = 0.250000");
  CHECK(of("T14.queue.items", "abroad") == "abroad: -/- = - no_data");
  CHECK(of("T14.queue.items.share", "abroad") == "abroad: -/9 = - no_data");
  CHECK(of("T14.queue.posts", "hotline") == "hotline: -/- = - no_data");
  CHECK(of("T14.queue.items.share", "hotline") == "hotline: 2/9 = 0.222222");
  query.period->from += 1;
  CHECK(of("T14.queue.items", "hotline") == "hotline: 2/- = 2 whole_days");
}

TEST_CASE("the posts of a team stand beside the share of the cases assigned to it, however often each is") {
  Told log;
  const auto given = [&](const std::string& unit, const std::string& name, const std::string& posts) {
    log.tell("partner 50 ResourceAllocated", "@0h", R"({"unit":")" + unit + R"(","unit_name":")" + name + R"(","period":"2024-Q1","fte_hundredths":)" + posts + "}");
  };
  const auto assigned = [&](unsigned i, const std::string& team, const std::string& at) {
    log.tell("case " + std::to_string(i) + " CaseAssigned", at, R"({"to_actor":"cw-1")" + (team.empty() ? "" : R"(,"team":")" + team + '"') + "}");
  };
  given("team", "intake", "300");
  given("team", "cold-cases", "100");
  given("queue", "intake", "9900");  // is no team
  for (unsigned i = 1; i <= 3; ++i) assigned(i, "intake", "@2d");
  assigned(1, "field", "@3d");
  assigned(1, "intake", "@4d");     // and back
  assigned(2, "", "@5d");           // to somebody of no team
  assigned(3, "field", "@100d");    // after the period
  auto query = in_period(when("@0h"), when("@91d"), when("@120d"));
  const auto of = [&](std::string_view id, std::string_view group = {}) { return log.said(teams(), id, query, group); };
  CHECK(of("T14.team.posts") == "-/- = 4.000000");
  CHECK(of("T14.team.assignments") == "5/- = 5");
  query.by = {"team"};
  CHECK(of("T14.team.posts", "intake") == "intake: -/- = 3.000000");
  CHECK(of("T14.team.posts.share", "intake") == "intake: -/- = 0.750000");
  CHECK(of("T14.team.assignments", "intake") == "intake: 4/- = 4");
  CHECK(of("T14.team.assignments.share", "intake") == "intake: 4/5 = 0.800000");
  CHECK(of("T14.team.assignments", "cold-cases") == "cold-cases: -/- = - no_data");
  CHECK(of("T14.team.posts", "field") == "field: -/- = - no_data");
  CHECK(of("T14.team.assignments.share", "field") == "field: 1/5 = 0.200000");
}

TEST_CASE("erasures wait for a decision and then for being carried out") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(privacy(), id, query, group); };
  const auto asked = [&](unsigned i, const std::string& basis) {
    log.tell("subject " + std::to_string(i) + " ErasureRequested", "@0h", R"({"subject_id":"$1","basis":")" + basis + R"(","due_at":"@30d"})");
  };
  const auto decided = [&](unsigned i, Version request, const std::string& outcome, const std::string& at) {
    return log.tell("subject " + std::to_string(i) + " ErasureDecided", at,
                    R"({"request":{"stream":"#)" + std::to_string(i) + R"(","version":)" + std::to_string(request) + R"(},"basis":"gdpr17","outcome":")" + outcome + "\"}");
  };
  for (unsigned i = 1; i <= 4; ++i) asked(i, i == 4 ? "court" : "gdpr17");
  const Version granted = decided(1, 1, "granted", "@10d");
  decided(2, 1, "refused", "@20d");
  decided(3, 1, "partial", "@20d");
  log.tell("subject 1 ErasureExecuted", "@12d", R"({"decision":{"stream":"#1","version":)" + std::to_string(granted) + R"(},"parts_destroyed":3,"keys_destroyed":1})");
  CHECK(of("T16.erasures") == "4/- = 4");
  CHECK(of("T16.erasures.granted") == "1/3 = 0.333333");
  CHECK(of("T16.erasures.undecided") == "1/- = 1");
  CHECK(of("T16.erasures.overdue") == "1/- = 1");
  CHECK(of("T16.erasures.overdue", by_then("@29d")) == "0/- = 0");
  CHECK(of("T16.erasures.executed") == "1/- = 1");
  CHECK(of("T16.erasures.unexecuted") == "1/- = 1");
  CHECK(of("T16.erasures.decision.p50") == "3/4 = " + std::to_string(20 * day));
  CHECK(of("T16.erasures.execution.p50") == "1/2 = " + std::to_string(2 * day));
  CHECK(of("T16.erasures.execution.p90") == "1/2 = - not_reached");
  CHECK(of("T16.erasures.undecided", by_then("@90d", {"basis"}), "court") == "court: 1/- = 1");
}

TEST_CASE("holds and preservations are in force until someone ends them or their time is over") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d")) { return log.said(privacy(), id, query); };
  log.tell("subject 1 LegalHoldChanged", "@1d", R"({"action":"placed","authority":"court-1"})");
  log.tell("subject 1 LegalHoldChanged", "@2d", R"({"action":"placed","authority":"court-2","until":"@50d"})");
  log.tell("subject 1 LegalHoldChanged", "@40d", R"({"action":"released","authority":"court-1","placed":{"stream":"#1","version":1}})");
  log.tell("subject 2 PreservationStarted", "@1d", R"({"rule_version":{"stream":"#900","version":1},"until":"@60d"})");
  log.tell("subject 2 PreservationExpired", "@61d", R"({"rule_version":{"stream":"#900","version":1},"until":"@60d","started":{"stream":"#2","version":1}})");
  CHECK(of("T16.holds", by_then("@10d")) == "2/- = 2");
  CHECK(of("T16.holds", by_then("@45d")) == "1/- = 1");
  CHECK(of("T16.holds") == "0/- = 0");
  CHECK(of("T16.holds.outdated") == "1/- = 1");
  CHECK(of("T16.holds.begun") == "2/- = 2");
  CHECK(of("T16.holds.ended") == "1/- = 1");
  CHECK(of("T16.preservations", by_then("@59d")) == "1/- = 1");
  CHECK(of("T16.preservations.ended") == "1/- = 1");
}

TEST_CASE("views count by purpose and by whose record it is, disseminations by reason") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(disclosures(), id, query, group); };
  log.tell("access 1 RecordViewed", "@1h", R"({"is_owner":true})", {.purpose = "missing_child"});
  log.tell("access 1 RecordViewed", "@40d", R"({"is_owner":false,"parts":[{"event":{"stream":"#7","version":1},"part":0}]})", {.purpose = "missing_child"});
  log.tell("access 2 RecordViewed", "@2h", R"({"is_owner":false})");
  log.tell("partner 3 DisseminationLogged", "@2h", R"({"to_org":"org-9","reason_code":"28cfr23","at":"@1h"})");
  CHECK(of("T16.views") == "3/- = 3");
  CHECK(of("T16.views.by_others") == "2/3 = 0.666667");
  CHECK(of("T16.views.of_parts") == "1/3 = 0.333333");
  CHECK(of("T16.views.without_purpose") == "1/- = 1");
  CHECK(of("T16.views", by_then("@90d", {"purpose"}), "missing_child") == "missing_child: 2/- = 2");
  CHECK(of("T16.views", in_period(when("@31d"), when("@60d"), when("@90d"))) == "1/- = 1");
  CHECK(of("T16.disseminations") == "1/- = 1");
  CHECK(of("T16.disseminations.with_digest") == "0/1 = 0.000000");
}

TEST_CASE("findings by severity, and what the service refused by reason") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(oversight(), id, query, group); };
  log.tell("governance 1 AuditFinding", "@1d", R"({"severity":"high","finding_code":"policy_not_in_force","refs":[]})");
  log.tell("governance 1 AuditFinding", "@40d", R"({"severity":"high","finding_code":"recomputed_otherwise","refs":[]})");
  log.tell("governance 1 AdmissionRefused", "@2h", R"({"hour":"@1h","counts":[{"code":"version_conflict","count":4},{"code":"future","count":1}]})");
  log.tell("governance 1 AdmissionRefused", "@3h", R"({"hour":"@2h","counts":[{"code":"version_conflict","count":2}]})");
  log.tell("access 2 AuthFailed", "@3h", R"({"hour":"@2h","counts":[{"code":"token.expired","count":7},{"code":"handshake.no_certificate","count":3}]})");
  CHECK(of("T15.findings.high") == "2/- = 2");
  CHECK(of("T15.findings.low") == "0/- = 0");
  CHECK(of("T15.findings.high", by_then("@90d", {"finding"}), "policy_not_in_force") == "policy_not_in_force: 1/- = 1");
  CHECK(of("T15.findings.high", in_period(when("@0h"), when("@31d"), when("@90d"))) == "1/- = 1");
  CHECK(of("T15.refused") == "7/- = 7");
  CHECK(of("T15.refused", by_then("@90d", {"reason"}), "version_conflict") == "version_conflict: 6/- = 6");
  CHECK(of("T15.auth_failed") == "7/- = 7");
  CHECK(of("T15.handshakes_refused") == "3/- = 3");
  CHECK(of("T15.handshakes_refused", by_then("@90d", {"reason"}), "handshake.no_certificate") == "handshake.no_certificate: 3/- = 3");
}

TEST_CASE("an imported fact that the state of its stream does not admit is an anomaly, one that only earlier events can tell is for the audit") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(imports(), id, query, group); };
  open(log, 1, "@0h");
  open(log, 2, "@0h", {.imported = true});
  log.tell("case 2 CaseClosed", "@1h", R"({"reason":"recovered"})", {.imported = true});                       // nobody was recovered
  log.tell("case 2 CaseAssigned", "@2h", R"({"to_actor":"cw-1"})", {.imported = true, .source = "other"});    // a closed case may be
  log.tell("case 1 CaseMerged", "@2h", R"({"into_case_id":{"stream":"#2","version":0},"reason_code":"same"})");
  log.tell("case 1 CaseAssigned", "@3h", R"({"to_actor":"cw-1"})", {.imported = true, .source = "other"});    // nothing follows a merge
  log.tell("case 1 CaseAssigned", "@3h", R"({"to_actor":"cw-1"})");                                            // not imported: not ours to count
  log.tell("alert 3 AlertRaised", "@3h",
           R"({"detector_kind":"lpr","vendor":"v","observed_at":"@1h","raised_at":"@1h","received_at":"@1h","jurisdiction":"US-TX"})");
  log.tell("alert 3 AlertAdjudicated", "@4h", R"({"outcome":"misread","method":"lab","human":true,"at":"@4h"})", {.imported = true});  // by whom it was raised
  CHECK(of("T15.imported") == "5/- = 5");
  CHECK(of("T15.imported.anomalies") == "2/- = 2");
  CHECK(of("T15.imported.unjudged") == "1/- = 1");
  CHECK(of("T15.imported.anomalies", by_then("@90d", {"source"}), "other") == "other: 1/- = 1");
  CHECK(of("T15.imported", by_then("@90d", {"kind"}), "alert") == "alert: 1/- = 1");
}

TEST_CASE("an imported fact whose own times are out of order is counted, further than its precision or two clocks could explain") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(imports(), id, query, group); };
  const auto body = [](std::string_view observed, std::string_view raised, std::string_view received) {
    return R"({"detector_kind":"lpr","vendor":"v","jurisdiction":"US-TX","observed_at":")" + std::string(observed) + R"(","raised_at":")" + std::string(raised) +
           R"(","received_at":")" + std::string(received) + "\"}";
  };
  log.tell("alert 1 AlertRaised", "@9h", body("@1h", "@1h", "@2h"), {.imported = true});
  log.tell("alert 2 AlertRaised", "@9h", body("@3h", "@2h", "@1h"), {.imported = true, .source = "other"});  // twice, and one fact
  log.tell("alert 3 AlertRaised", "@9h", body("@1h", "@3h", "@2h"), {.imported = true});
  log.tell("alert 5 AlertRaised", "@9h", body("@3h", "@2h", "@1h"), {.imported = true, .precision = "day"});
  log.tell("alert 6 AlertRaised", "@9h", body("@65m", "@1h", "@1h"), {.imported = true});
  log.tell("alert 4 AlertRaised", "@9h", body("@3h", "@2h", "@1h"));  // not imported: the rules would not have it, and an audit warns
  CHECK(of("T15.imported") == "5/- = 5");
  CHECK(of("T15.imported.disordered") == "2/- = 2");
  CHECK(of("T15.imported.anomalies") == "0/- = 0");
  CHECK(of("T15.imported.disordered", by_then("@90d", {"source"}), "other") == "other: 1/- = 1");
}
