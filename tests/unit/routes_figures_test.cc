// Figures, their definitions, authority and metrics over HTTP.
#include <rapidcheck.h>

#include <deque>
#include <map>
#include <set>

#include "api/figures_json.h"
#include "projections/reports/governed.h"
#include "projections/reports/take_out.h"
#include "tests/support/event_samples.h"
#include "tests/support/service.h"
#include "tests/support/stories.h"

using namespace caseledger;
using namespace samples;

namespace json = boost::json;

namespace {

const json::object& figure_of(const json::array& figures, std::string_view id, std::string_view jurisdiction = {}) {
  for (const auto& each : figures) {
    const auto& figure = each.as_object();
    const auto* place = figure.at("group").as_object().if_contains("jurisdiction");
    if (figure.at("id").as_string() == id && (jurisdiction.empty() || (place && place->as_string() == jurisdiction))) return figure;
  }
  throw std::logic_error("no figure " + std::string(id));
}

// An event of every type, those of one kind in one stream.
std::vector<projections::Fact> one_of_each(std::deque<Buffer>& bytes) {
  std::vector<projections::Fact> facts;
  std::map<StreamId, Version> versions;
  for (const auto type : event_types()) {
    bytes.push_back(sample_event(type, true, 1));
    projections::Fact fact{.event = view_event(bytes.back()), .position = {facts.size()}, .entry = {facts.size()}, .recorded_at = stories::new_year_2024};
    fact.event.stream = stories::stream(1000 + static_cast<unsigned>(fact.event.kind));
    fact.event.version = ++versions[fact.event.stream];
    facts.push_back(fact);
  }
  return facts;
}

}  // namespace

TEST_CASE("figures say what they count, over what, as known when") {
  const Service service;
  const Signer author = service.ledger.enrol({"case_system"});
  for (int i = 0; i < 3; ++i) service.ledger.record(author, {case_opened(new_stream())});
  service.fold();

  const auto all = service.read("/v1/figures");
  const auto& cases = figure_of(all.at("figures").as_array(), "cases");
  CHECK(cases.at("value").as_string() == "3");
  CHECK(cases.at("numerator") == json::value(3));
  CHECK(cases.at("unit").as_string() == "cases");
  CHECK(cases.at("definition") == json::value(1));
  CHECK(cases.at("group").as_object().empty());
  CHECK(cases.at("as_of") == all.at("as_of"));
  CHECK_FALSE(cases.contains("period"));
  const auto checkpoint = open_checkpoint(service.ask("/checkpoint").body, service.ledger.log_vkey());
  CHECK(all.at("as_of").at("size") == json::value(checkpoint->checkpoint.size));
  CHECK(all.at("as_of").at("root").as_string() == hex(checkpoint->checkpoint.root.bytes));

  const auto r1 = service.read("/v1/figures/R1?period=2024-03").at("figures").as_array();
  CHECK(r1.size() == 2);  // R1 and R1.alive
  CHECK(figure_of(r1, "R1").at("denominator") == json::value(3));
  CHECK(figure_of(r1, "R1").at("value").as_string() == "0.000000");
  CHECK(figure_of(r1, "R1").at("interval").as_array().size() == 2);
  CHECK(figure_of(r1, "R1").at("period") == json::value{{"from", "2024-03-01T00:00:00Z"}, {"to", "2024-04-01T00:00:00Z"}});
  const auto other = service.read("/v1/figures/R1?period=2024-02-01/2024-03-01").at("figures").as_array();
  CHECK(figure_of(other, "R1").at("flags").as_array() == json::array{"no_data"});
  CHECK_FALSE(figure_of(other, "R1").contains("value"));

  const auto split = service.read("/v1/figures/cases?by=jurisdiction,phase").at("figures").as_array();
  CHECK(split.size() == 1);
  CHECK(figure_of(split, "cases", "US-TX").at("group") == json::value{{"phase", "active"}, {"jurisdiction", "US-TX"}});
  CHECK(service.read("/v1/figures/R4").at("figures").as_array().size() == 18);
}

TEST_CASE("what figures cannot be asked is refused") {
  const Service service;
  for (const char* bad : {"by=colour", "by=", "by=phase,", "period=2024-03-01/2024-03-01"}) CHECK(service.problem(std::string("/v1/figures?") + bad) == "value_out_of_range");
  for (const char* bad : {"by=phase,phase", "by=phase&by=case_type", "period=", "period=March", "as_of=March", "as_of="}) CHECK(service.problem(std::string("/v1/figures?") + bad) == "malformed");
  for (const char* bad : {"R", "R99", "r1", "R1.", "R1.dead", "."}) CHECK(service.problem(std::string("/v1/figures/") + bad) == "not_found");
  const Service strict({.figures_max = 5});
  CHECK(strict.ask("/v1/figures").status == 413);
  CHECK(strict.ask("/v1/figures/cases").status == 200);
}

TEST_CASE("figures of an earlier point of the log are folded anew, where that is soon done") {
  const Service service;
  const Signer author = service.ledger.enrol({"case_system"});
  for (int i = 0; i < 3; ++i) service.ledger.record(author, {case_opened(new_stream())});
  service.fold();
  const auto cases = [&](const std::string& as_of) { return figure_of(service.read("/v1/figures/cases?as_of=" + as_of).at("figures").as_array(), "cases"); };
  for (std::uint64_t size = 2; size <= 5; ++size) {
    const auto figure = cases("entries:" + std::to_string(size));
    CHECK(figure.at("value").as_string() == std::to_string(size - 2));
    CHECK(figure.at("as_of").at("size") == json::value(size));
  }
  CHECK(cases("4").at("value").as_string() == "3");
  CHECK(service.problem("/v1/figures/cases?as_of=entries:6") == "not_found");
  const Service strict({.refolded_events_max = 2});
  const Signer other = strict.ledger.enrol({"case_system"});
  for (int i = 0; i < 3; ++i) strict.ledger.record(other, {case_opened(new_stream())});
  strict.fold();
  CHECK(strict.ask("/v1/figures/cases?as_of=entries:2").status == 200);
  CHECK(strict.ask("/v1/figures/cases?as_of=entries:5").status == 200);  // the head
  CHECK(strict.problem("/v1/figures/cases?as_of=entries:3") == "value_out_of_range");
}

TEST_CASE("a figure's streams and events are told, each stream with its own share") {
  const Service service;
  const Signer author = service.ledger.enrol({"case_system"});
  std::set<std::string> ohio, texas;
  for (int i = 0; i < 5; ++i) {
    const StreamId file = new_stream();
    const auto opened = event("CaseOpened", "case", file, 1,
                              R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00"}],"missing_from":{"state":")" + std::string(i < 2 ? "US-OH" : "US-TX") +
                                  R"("},"state_care":false,"episode_no":1})");
    service.ledger.record(author, {opened, case_assigned(file, 2), event("CaseSubjectAdded", "case", file, 3, R"({"subject_id":"0192f0c1-0000-7000-8000-00000000000)" + std::to_string(i) + R"(","role":"missing_child"})")});
    (i < 2 ? ohio : texas).insert(to_string(file));
  }
  service.fold();
  const auto told = [&](const std::string& query) { return service.read("/v1/figures/cases/events" + query); };
  const auto whole = told("").at("streams").as_array();
  REQUIRE(whole.size() == 5);
  std::string before;
  for (const auto& each : whole) {
    const std::string stream(each.at("stream").as_string());
    CHECK(before < stream);
    before = stream;
    CHECK(each.at("kind").as_string() == "case");
    CHECK(each.at("shares") == json::value{{{"group", json::object()}, {"numerator", 1}, {"value", "1"}}});
    CHECK(each.at("events").at(0).at("type").as_string() == "CaseOpened");
    for (const auto& one : each.at("events").as_array()) CHECK(one.at("type").as_string() != "CaseAssigned");  // which it does not read
  }
  const auto split = told("?by=jurisdiction").at("streams").as_array();
  for (const auto& each : split)
    CHECK(each.at("shares").at(0).at("group").at("jurisdiction").as_string() == (ohio.contains(std::string(each.at("stream").as_string())) ? "US-OH" : "US-TX"));

  // Page by page the same.
  json::array paged;
  for (std::string after; paged.size() < 10;) {
    const auto page = told("?limit=2" + (after.empty() ? "" : "&after=" + after));
    for (const auto& each : page.at("streams").as_array()) paged.push_back(each);
    if (!page.contains("next")) break;
    after = page.at("next").as_string();
  }
  CHECK(paged == whole);
  CHECK(told("?as_of=entries:2").at("streams").as_array().empty());
  CHECK(told("?as_of=entries:4").at("streams").as_array().size() == 2);
  CHECK(service.read("/v1/figures/R1/events?period=2024-02").at("streams").as_array().empty());
  CHECK(service.read("/v1/figures/R1/events?period=2024-03").at("streams").as_array().size() == 5);
  CHECK(service.problem("/v1/figures/R99/events") == "not_found");
  CHECK(service.ask("/v1/figures/R10/events").body.find("stands for several figures") != std::string::npos);
  CHECK(service.problem("/v1/figures/cases/events?after=nonsense") == "malformed");
  const Service strict({.contributing_streams_max = 0});
  const Signer other = strict.ledger.enrol({"case_system"});
  strict.ledger.record(other, {case_opened(new_stream())});
  strict.fold();
  CHECK(strict.problem("/v1/figures/cases/events") == "too_large");
}

TEST_CASE("the shares of the streams add up to the figure, whichever it is") {
  // A weight's denominator is a million, whoever adds to it; medians of coarse starts are told only where there is one.
  const std::vector<std::string> apart{"R10.weight", "R5.earliest_starts", "R5.latest_starts"};
  CHECK(rc::check("numerators and denominators that are counts are sums over streams", [&] {
    stories::Log log;
    const auto choose = [](unsigned n) { return *rc::gen::inRange(0u, n); };
    stories::live(log, choose, 150);
    stories::live_in_office(log, choose, 30);
    projections::Folds folds;
    for (const auto& fact : log.facts())
      if (!rules::amends(fact.event)) REQUIRE(folds.apply(fact));
    folds.settle();
    const projections::FigureQuery query{.as_of = log.clock(), .period = {}, .by = {}};
    const auto all = folds.figures(query);
    for (int tries = 0; tries < 12; ++tries) {
      const projections::Figure& figure = all[choose(static_cast<unsigned>(all.size()))];
      if (!figure.group.empty() || std::ranges::any_of(apart, [&](const std::string& id) { return figure.id.starts_with(id); })) continue;
      const auto found = projections::contributors(folds, figure.id, query, {}, 1'000'000).value();
      RC_ASSERT(!found.more);
      std::int64_t numerator = 0, denominator = 0;
      for (const auto& each : found.first) {
        RC_ASSERT(each.shares.size() == 1u);
        numerator += each.shares[0].numerator.value_or(0);
        denominator += each.shares[0].denominator.value_or(0);
      }
      RC_ASSERT(std::pair(figure.id, figure.numerator.value_or(numerator)) == std::pair(figure.id, numerator));
      RC_ASSERT(std::pair(figure.id, figure.denominator.value_or(denominator)) == std::pair(figure.id, denominator));
    }
  }));
}

TEST_CASE("every figure has its definition, and every definition its figure") {
  std::map<std::string, reports::Definition> defined;
  for (const auto& each : reports::definitions()) CHECK(defined.emplace(each.id, each).second);
  std::set<std::string> met, split_by;
  const auto check = [&](const projections::Folds& folds, Micros as_of) {
    const std::vector<std::string> every(reports::dimensions().begin(), reports::dimensions().end());
    for (const auto& by : {std::vector<std::string>{}, every})
      for (const auto& figure : folds.figures({.as_of = as_of, .period = {}, .by = by})) {
        INFO(figure.id);
        const auto found = defined.find(figure.id);
        RC_ASSERT(found != defined.end());
        const reports::Definition& defined_as = found->second;
        RC_ASSERT(std::tie(defined_as.title, defined_as.unit, defined_as.version) == std::tie(figure.title, figure.unit, figure.definition));
        RC_ASSERT(!figure.denominator || !defined_as.denominator.empty());
        met.insert(figure.id);
        for (const auto& [dimension, value] : figure.group) split_by.insert(dimension);
      }
  };
  CHECK(rc::check("figures of any ledger are defined", [&] {
    stories::Log log;
    stories::live(log, [](unsigned n) { return *rc::gen::inRange(0u, n); }, 120);
    std::deque<Buffer> bytes;
    projections::Folds folds;
    for (const auto& fact : log.facts()) REQUIRE(folds.apply(fact));
    for (const auto& fact : one_of_each(bytes)) REQUIRE(folds.apply(fact));
    folds.settle();
    check(folds, stories::new_year_2024 + 400 * stories::day);
  }));
  for (const char* section : {"T14", "T15"})  // what editions alone tell
    for (const reports::Table& table : reports::governed_tables(section, {}, [](Micros, Micros) { return std::map<std::string, std::int64_t>(); }, [] { return std::vector<projections::MissingVersions>(); })) {
      const auto found = defined.find(table.id);
      REQUIRE(found != defined.end());
      CHECK(std::tie(found->second.title, found->second.unit) == std::tie(table.title, table.unit));
      met.insert(table.id);
    }
  for (const reports::Table& table : reports::withheld_tables({})) {
    CHECK(std::tie(defined.at(table.id).title, defined.at(table.id).unit) == std::tie(table.title, table.unit));
    met.insert(table.id);
  }
  for (const auto& [id, definition] : defined) {
    INFO(id);
    CHECK(met.contains(id));
  }
  for (const auto dimension : reports::dimensions()) {
    INFO(dimension);
    CHECK(split_by.contains(std::string(dimension)));
  }

  const Service service;
  const auto listed = service.read("/v1/definitions", {.loopback = false});
  CHECK(listed.at("definitions").as_array().size() == defined.size());
  CHECK(listed.at("dimensions").as_array().size() == reports::dimensions().size());
}

TEST_CASE("authority names governors, keys and what waits for approval") {
  const Service service;
  const Signer author = service.ledger.enrol({"case_system", "supervisor"}, "org-7", {"US-TX", "CA"});
  service.ledger.revoke(author.vkey());
  const auto told = service.read("/v1/authority");
  CHECK(told.at("origin").as_string() == service.ledger.origin());
  CHECK(told.at("constituted").as_bool());
  CHECK(told.at("log_vkey").as_string() == service.ledger.log_vkey().text());
  CHECK(told.at("governors").as_array() == json::array{service.ledger.governor().vkey().text()});
  CHECK(told.at("threshold") == json::value(1));
  CHECK(told.at("governance") == json::value{{"stream", to_string(rules::governance_stream(service.ledger.origin()))}, {"version", 3}});

  const auto& keys = told.at("keys").as_array();
  CHECK(keys.size() == 3);  // the service's, the governor's, the author's
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const json::value& each) { return each.at("vkey").as_string() == author.vkey().text(); });
  REQUIRE(key != keys.end());
  CHECK(key->at("author").as_string() == hex(author.vkey().key));
  CHECK(key->at("organisation").as_string() == "org-7");
  CHECK(key->at("roles").as_array() == json::array{"case_system", "supervisor"});
  CHECK(key->at("scope_jurisdictions").as_array() == json::array{"US-TX", "CA"});
  CHECK(key->at("scope_groups").as_array().empty());
  CHECK(key->at("enrolled_at") == json::value(1));
  CHECK(key->at("revoked").as_bool());
  CHECK(key->at("revoked_at") == json::value(2));

  const auto& proposals = told.at("proposals").as_array();
  REQUIRE(proposals.size() == 2);
  CHECK(proposals[0].at("version") == json::value(2));
  CHECK(proposals[0].at("in_force").as_bool());
  CHECK(proposals[0].at("action").at("type").as_string() == "KeyEnrolled");
  CHECK(proposals[0].at("action").at("vkey").as_string() == author.vkey().text());
  CHECK(proposals[0].at("approvals").as_array() == json::array{service.ledger.governor().vkey().text()});
  CHECK(proposals[1].at("action").at("type").as_string() == "KeyRevoked");
}

TEST_CASE("a ledger without genesis says so") {
  const Service service({}, {.constituted = false});
  const auto told = service.read("/v1/authority");
  CHECK_FALSE(told.at("constituted").as_bool());
  CHECK(told.at("governance").at("version") == json::value(0));
  CHECK(service.read("/v1/events").at("events").as_array().empty());
  const auto figures = service.read("/v1/figures");
  CHECK(figures.at("as_of") == json::value{{"size", 0}, {"next_position", 0}, {"root", hex(empty_root().bytes)}});
  CHECK(open_checkpoint(service.ask("/checkpoint").body, service.ledger.log_vkey())->checkpoint.size == 0);
  CHECK(service.ask("/readyz").status == 200);
}

TEST_CASE("metrics count what was appended, refused, asked and folded") {
  Service service;
  const auto says = [&](const std::string& line) { return service.ask("/metrics").body.find("\n" + line + "\n") != std::string::npos; };
  service.metrics.committed({.batches = 2, .events = 5, .admit_us = 100, .write_us = 3000, .mark_us = 900});
  service.metrics.committed({.batches = 0, .events = 0, .admit_us = 10, .write_us = 0, .mark_us = 0});
  Outcome outcome;
  outcome.refused.push_back({{}, {{Errc::version_conflict, "…"}, {}}});
  service.metrics.answered(outcome);
  service.metrics.refused(Errc::overloaded);
  service.metrics.session_opened();
  service.metrics.session_opened();
  service.metrics.session_closed();
  service.metrics.subscription_opened();
  service.fold();
  (void)service.ask("/v1/events/0");
  (void)service.ask("/v1/events/99");
  (void)service.ask("/nowhere");

  for (const char* line : {"caseledger_batches_appended_total 2", "caseledger_events_appended_total 5", "caseledger_commit_seconds_count 1", "caseledger_commit_seconds_bucket{le=\"0.0025\"} 0",
                           "caseledger_commit_seconds_bucket{le=\"0.005\"} 1", "caseledger_commit_stage_seconds_count{stage=\"write\"} 1", "caseledger_batches_refused_total{code=\"version_conflict\"} 1",
                           "caseledger_batches_refused_total{code=\"overloaded\"} 1", "caseledger_batches_refused_total{code=\"io\"} 0", "caseledger_sessions 1", "caseledger_subscriptions 1",
                           "caseledger_log_entries 1", "caseledger_log_next_position 1", "caseledger_projection_entries 1", "caseledger_projection_lag_entries 0", "caseledger_streams 1",
                           "caseledger_waiting_batches 0", "caseledger_admitting 1"}) {
    INFO(line);
    CHECK(says(line));
  }
  const auto counted = [&](const std::string& route, const std::string& status, int n) {
    const std::string text = service.ask("/metrics").body;
    for (const std::string& labels : {"{route=\"" + route + "\",status=\"" + status + "\"}", "{status=\"" + status + "\",route=\"" + route + "\"}"})
      if (text.find("caseledger_http_requests_total" + labels + ' ' + std::to_string(n) + '\n') != std::string::npos) return true;
    return false;
  };
  CHECK(counted("/v1/events/{position}", "2xx", 1));
  CHECK(counted("/v1/events/{position}", "4xx", 1));
  CHECK(counted("(none)", "4xx", 1));
}
