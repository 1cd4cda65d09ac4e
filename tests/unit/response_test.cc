// Deployments, examinations, tips, leads and analyses, by hand.
#include <catch2/catch.hpp>

#include "projections/analyses.h"
#include "projections/deployments.h"
#include "projections/forensics.h"
#include "projections/tips.h"
#include "tests/support/told.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

std::string stream_of(std::string_view kind, unsigned number, std::string_view type) { return std::string(kind) + ' ' + std::to_string(number) + ' ' + std::string(type); }

class Response : public Told {
 public:
  void requested(unsigned n, const std::string& at, const std::string& mode = "on_site") {
    tell(stream_of("deployment", n, "DeploymentRequested"), at,
         R"({"requested_by":"TX1234567","at":")" + at + R"(","mode":")" + mode + R"(","capability":["search_mgmt"],"location_county":"48201"})");
  }
  void decided(unsigned n, const std::string& decision, const std::string& at, const std::string& reason = "criteria_met") {
    tell(stream_of("deployment", n, "DeploymentDecided"), at,
         R"({"decision":")" + decision + R"(","reason_code":")" + reason + R"(","at":")" + at + R"(","policy_version":{"stream":"#900","version":1}})");
  }
  void progressed(unsigned n, const std::string& stage, const std::string& at, const std::string& more = {}) {
    tell(stream_of("deployment", n, "DeploymentProgressed"), at, R"({"stage":")" + stage + R"(","at":")" + at + R"(","personnel":2)" + more + "}");
  }
};

}  // namespace

TEST_CASE("deployments from the request to the end") {
  Response log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@9d"), std::string_view group = {}) { return log.said(deployments(), id, query, group); };
  log.requested(1, "@0h");
  log.decided(1, "approved", "@2h");
  log.progressed(1, "dispatched", "@4h", R"(,"distance_m":120000)");
  log.progressed(1, "arrived", "@10h");
  log.requested(2, "@0h");
  log.decided(2, "declined", "@3h", "no_capacity");
  log.requested(3, "@0h");
  log.decided(3, "converted_virtual", "@1h");
  log.progressed(3, "dispatched", "@2h");
  log.requested(4, "@1h", "virtual");
  CHECK(of("T10.requested") == "4/- = 4");
  CHECK(of("T10.approved") == "1/3 = 0.333333");
  CHECK(of("T10.declined") == "1/3 = 0.333333");
  CHECK(of("T10.undecided") == "1/- = 1");
  CHECK(of("T10.undecided", by_then("@90m")) == "3/- = 3");
  CHECK(of("T10.decision.p50") == "3/4 = " + std::to_string(2 * hour));
  CHECK(of("T10.dispatch.p50") == "2/4 = " + std::to_string(4 * hour));  // 2 h; then declined after 3 h; then one of two
  CHECK(of("T10.arrival.p50") == "1/2 = " + std::to_string(10 * hour));  // of what went on site
  CHECK(of("T10.distance") == "-/1 = 120000");
  CHECK(of("T10.on_site.p50") == "0/1 = - not_reached");
  CHECK(of("T10.requested", by_then("@9d", {"mode"}), "virtual") == "virtual: 1/- = 1");
  CHECK(of("T10.declined", by_then("@9d", {"reason"}), "no_capacity") == "no_capacity: 1/1 = 1.000000");

  log.progressed(1, "ended", "@34h", R"(,"minutes_on_site":600)");
  log.tell("deployment 1 DeploymentOutcomeRecorded", "@35h", R"({"contribution":"assisted"})");
  CHECK(of("T10.on_site.p50") == "1/1 = " + std::to_string(day));
  CHECK(of("T10.minutes") == "600/- = 600");
  CHECK(of("T10.personnel") == "4/- = 4");
  CHECK(of("T10.contribution.assisted") == "1/1 = 1.000000");
  CHECK(of("T10.contribution.not_stated") == "0/1 = 0.000000");
  CHECK(of("T10.per_100_eligible") == "4/0 = - no_data");
  for (const auto& [number, type] : {std::pair("211", "NFA"), std::pair("212", "CMYA"), std::pair("213", "ERU")})
    log.tell("case " + std::string(number) + " CaseOpened", "@35h",
             R"({"case_type":")" + std::string(type) + R"(","clocks":[{"clock":"reported_us","at":"@0h"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})");
  CHECK(of("T10.per_100_eligible") == "4/2 = 200.000000");
}

TEST_CASE("examinations: how long, with which result, how sure") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(forensics(), id, query, group); };
  for (unsigned i = 1; i <= 3; ++i)
    log.tell(stream_of("forensic_exam", i, "ForensicRequested"), "@0h",
             R"({"exam":")" + std::string(i < 3 ? "digital_device" : "dna_kinship") + R"(","requester":"org-1","criteria_ref":{"stream":"#900","version":1}})");
  const auto completed = [&](unsigned i, const std::string& at, const std::string& result, const std::string& more) {
    log.tell(stream_of("forensic_exam", i, "ForensicCompleted"), at,
             R"({"exam":"digital_device","method":"m-1","result_code":")" + result + R"(","started_at":"@1d","ended_at":")" + at + "\"," + more + "}");
  };
  completed(1, "@10d", "match", R"("reviewers":2,"stated_error_millionths":500)");
  completed(2, "@20d", "inconclusive", R"("reviewers":0)");
  CHECK(of("T11.requested") == "3/- = 3");
  CHECK(of("T11.completed", by_then("@15d")) == "1/- = 1");
  CHECK(of("T11.turnaround.p50") == "2/3 = " + std::to_string(20 * day));
  CHECK(of("T11.bench.p90") == "2/2 = " + std::to_string(19 * day));
  CHECK(of("T11.result.inconclusive") == "1/2 = 0.500000");
  CHECK(of("T11.error_stated") == "1/2 = 0.500000");
  CHECK(of("T11.stated_error") == "-/1 = 500");
  CHECK(of("T11.two_reviewers") == "1/2 = 0.500000");
  CHECK(of("T11.no_reviewer") == "1/2 = 0.500000");
  CHECK(of("T11.turnaround.p50", by_then("@90d", {"exam"}), "dna_kinship") == "dna_kinship: 0/1 = - not_reached");
  CHECK(of("T11.requested", by_then("@90d", {"criteria"}), to_string(stream(900)) + "@1") == to_string(stream(900)) + "@1: 3/- = 3");
  log.tell("forensic_exam 1 ProfileIssued", "@11d",
           R"({"profile_type":"behavioural","model_or_method":"m","version":"1","confidence":"low","peer_reviewed":false,"valid_until":"@99d","not_for":["arrest"]})");
  CHECK(of("T11.profiles.peer_reviewed") == "0/1 = 0.000000");
}

TEST_CASE("evidence is in somebody's hands, and a hand-over by somebody else shows") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d")) { return log.said(forensics(), id, query); };
  const auto moved = [&](unsigned i, const std::string& at, const std::string& action, const std::string& from, const std::string& to) {
    log.tell(stream_of("evidence", i, "EvidenceCustodyChanged"), at, R"({"action":")" + action + R"(","from_org":")" + from + R"(","to_org":")" + to + "\"}");
  };
  moved(1, "@1d", "received", "police", "lab-1");
  moved(1, "@2d", "transferred", "lab-1", "lab-2");
  moved(1, "@3d", "returned", "lab-2", "police");
  moved(2, "@1d", "received", "police", "lab-1");
  moved(2, "@2d", "transferred", "lab-9", "lab-2");
  moved(3, "@40d", "received", "police", "lab-1");
  moved(3, "@41d", "destroyed", "lab-1", "lab-1");
  log.tell("evidence 3 VictimIdentified", "@42d", R"({"identified_by_org":"org-1","newly":true})");
  log.tell("evidence 3 VictimIdentified", "@43d", R"({"identified_by_org":"org-1","newly":false})");
  CHECK(of("T11.items") == "3/- = 3");
  CHECK(of("T11.items.held") == "1/- = 1");
  CHECK(of("T11.items.returned") == "1/- = 1");
  CHECK(of("T11.items.destroyed") == "1/- = 1");
  CHECK(of("T11.items.hand_overs") == "6/- = 6");
  CHECK(of("T11.items.broken_custody") == "1/3 = 0.333333");
  CHECK(of("T11.victims") == "2/- = 2");
  CHECK(of("T11.victims.newly") == "1/- = 1");
  CHECK(of("T11.items", in_period(when("@0h"), when("@31d"), when("@90d"))) == "2/- = 2");
}

TEST_CASE("tips become leads, and leads contribute or do not") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(tips(), id, query, group); };
  const auto tip = [&](unsigned i, const std::string& channel) {
    log.tell(stream_of("tip", i, "TipReceived"), "@0h", R"({"channel":")" + channel + R"(","urgency":"high","anonymous":true,"received_at":"@0h"})");
  };
  const auto assessed = [&](unsigned i, const std::string& outcome, const std::string& at) {
    log.tell(stream_of("tip", i, "TipAssessed"), at, R"({"outcome":")" + outcome + R"(","at":")" + at + "\"}");
  };
  tip(1, "hotline");
  tip(2, "hotline");
  tip(3, "web");
  tip(4, "web");
  assessed(1, "lead_created", "@1h");
  assessed(2, "hoax", "@3h");
  assessed(3, "lead_created", "@2h");
  const auto lead = [&](unsigned i, const std::string& source, const std::string& from) {
    log.tell(stream_of("lead", i, "LeadCreated"), "@4h", R"({"source":")" + source + R"(","source_event_id":{"stream":")" + from + R"(","version":2}})");
  };
  const auto disposed = [&](unsigned i, const std::string& disposition, const std::string& at) {
    log.tell(stream_of("lead", i, "LeadDispositioned"), at, R"({"disposition":")" + disposition + R"(","by_org":"org-1"})");
  };
  lead(11, "tip", "#1");
  lead(12, "tip", "#3");
  lead(13, "le", "#999");
  disposed(11, "pending", "@5h");
  disposed(11, "contributed_to_recovery", "@28h");
  disposed(12, "unfounded", "@5h");
  CHECK(of("T12.tips") == "4/- = 4");
  CHECK(of("T12.anonymous") == "4/4 = 1.000000");
  CHECK(of("T12.unassessed") == "1/- = 1");
  CHECK(of("T12.assessment.p50") == "3/4 = " + std::to_string(2 * hour));
  CHECK(of("T12.outcome.hoax") == "1/3 = 0.333333");
  CHECK(of("T12.led") == "2/4 = 0.500000");
  CHECK(of("T12.contributed") == "1/4 = 0.250000");
  CHECK(of("T12.contributed", by_then("@6h")) == "0/4 = 0.000000");
  CHECK(of("T12.contributed", by_then("@90d", {"channel"}), "hotline") == "hotline: 1/2 = 0.500000");
  CHECK(of("T12.leads") == "3/- = 3");
  CHECK(of("T12.leads.undisposed") == "1/3 = 0.333333");
  CHECK(of("T12.leads.contributed_to_recovery") == "1/3 = 0.333333");
  CHECK(of("T12.leads.disposition.p50") == "2/3 = " + std::to_string(day));
  CHECK(of("T12.leads", by_then("@90d", {"source"}), "le") == "le: 1/- = 1");
}

TEST_CASE("analyses: in time, late, or still waited for") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d")) { return log.said(analyses(), id, query); };
  const auto asked = [&](unsigned i, const std::string& due) {
    log.tell(stream_of("analysis", i, "AnalysisRequested"), "@0h", R"({"kind":"geo","requested_by_class":"le")" + (due.empty() ? "}" : R"(,"due_at":")" + due + "\"}"));
  };
  const auto done = [&](unsigned i, const std::string& at) {
    log.tell(stream_of("analysis", i, "AnalysisCompleted"), at, R"({"kind":"geo","tools":[],"leads_generated":2,"effort_min":30})");
  };
  asked(1, "@2d");
  asked(2, "@2d");
  asked(3, "@2d");
  asked(4, "");
  done(1, "@1d");
  done(2, "@3d");
  done(4, "@4d");
  CHECK(of("analyses") == "4/- = 4");
  CHECK(of("analyses.completed") == "3/- = 3");
  CHECK(of("analyses.turnaround.p50") == "3/4 = " + std::to_string(3 * day));
  CHECK(of("analyses.in_time") == "1/3 = 0.333333");
  CHECK(of("analyses.overdue") == "1/- = 1");
  CHECK(of("analyses.in_time", by_then("@36h")) == "1/1 = 1.000000");  // the others are not due yet
  CHECK(of("analyses.leads") == "6/- = 6");
  CHECK(of("analyses.effort") == "90/- = 90");
}
