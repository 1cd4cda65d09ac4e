// The figures of a published CyberTipline year, read off a ledger that holds it: every table as it was published, and its contradictions.
#include "projections/cybertipline.h"

#include "api/simulate/cybertipline_year.h"
#include "tests/support/figures.h"
#include "tests/support/told.h"

using namespace caseledger;
using namespace caseledger::api;
using namespace caseledger::api::simulate;
using namespace caseledger::projections;
using namespace stories;

namespace {

// All values of a figure split by its dimensions: "icac actionable" → 670. Rows of nothing left out.
std::map<std::string, std::int64_t> table(const Folds& fold, std::string_view id, std::vector<std::string> by) {
  std::map<std::string, std::int64_t> rows;
  for (const Figure& figure : fold.figures(as_of(INT64_MAX - 1, std::move(by)))) {
    if (figure.id != id) continue;
    std::string name;
    for (const auto& [dimension, value] : figure.group) name += (name.empty() ? "" : " ") + value;
    if (*figure.numerator != 0) rows[name] = *figure.numerator;
  }
  return rows;
}

std::int64_t sum(const std::map<std::string, std::int64_t>& rows) {
  std::int64_t all = 0;
  for (const auto& [name, n] : rows) all += n;
  return all;
}

}  // namespace

TEST_CASE("a ledger of a published year gives the published tables", "[cybertipline]") {
  const unsigned which = GENERATE(2020u, 2021u, 2022u, 2023u);
  const CyberTiplineYear year(which, 4'000, 1);
  const ReportTables& planned = year.planned();
  std::deque<Buffer> events;
  std::vector<Fact> facts;
  for (const auto phase : {Phase::reports, Phase::referrals}) {
    SimulatedEvent event;
    for (auto written = year.events(phase); written.next(event);) {
      events.push_back(event.event);
      facts.push_back({view_event(events.back()), Position{facts.size()}, EntryIndex{facts.size()}, 0, {}});
    }
  }
  const Folds fold = fold_of(cybertipline(), facts);

  const auto count = [&](std::string_view id) { return table(fold, id, {}).at(""); };
  CHECK(count("CT.reports") == static_cast<std::int64_t>(planned.reports));
  CHECK(table(fold, "CT.reports", {"source"})["public"] == static_cast<std::int64_t>(planned.by_source.back()));
  auto located = table(fold, "CT.user_location", {"user_location"});
  CHECK(located["us"] == static_cast<std::int64_t>(planned.by_location[0]));
  CHECK(located["international"] == static_cast<std::int64_t>(planned.by_location[1]));
  CHECK(located["unknown"] == static_cast<std::int64_t>(planned.by_location[2]));
  auto types = table(fold, "CT.incident_type", {"incident_type"});
  for (std::size_t i = 0; i < planned.by_type.size(); ++i) CHECK(types[schema::EnumNameIncidentType(incident_types()[i].type)] == static_cast<std::int64_t>(planned.by_type[i]));
  auto files = table(fold, "CT.files", {"file_type"});
  CHECK(files["image"] == static_cast<std::int64_t>(planned.images));
  CHECK(files["video"] == static_cast<std::int64_t>(planned.videos));
  CHECK(files["other"] == static_cast<std::int64_t>(planned.other_files));
  auto listed = table(fold, "CT.country", {"country"});
  for (std::size_t i = 0; i + 1 < planned.by_country.size(); ++i) CHECK(listed[std::string(countries()[i].alpha2)] == static_cast<std::int64_t>(planned.by_country[i]));
  CHECK(listed["not_listed"] == static_cast<std::int64_t>(planned.by_country.back()));
  CHECK(sum(listed) == count("CT.country"));
  auto in_states = table(fold, "CT.state", {"state"});
  for (std::size_t i = 0; i < states().size(); ++i) CHECK(in_states["US-" + std::string(states()[i].code)] == static_cast<std::int64_t>(planned.by_state[i]));
  CHECK(sum(in_states) == located["us"]);
  auto referred = table(fold, "CT.referrals", {"recipient_class", "detail"});
  auto feedback = table(fold, "CT.feedback", {"recipient_class"});
  static constexpr std::string_view classes[] = {"icac", "local", "federal", "international"};
  for (std::size_t i = 0; i < std::size(classes); ++i) {
    CHECK(referred[std::string(classes[i]) + " actionable"] == static_cast<std::int64_t>(planned.referred[referral_cell(i, actionable)]));
    CHECK(referred[std::string(classes[i]) + " informational"] == static_cast<std::int64_t>(planned.referred[referral_cell(i, informational)]));
    CHECK(feedback[std::string(classes[i])] == static_cast<std::int64_t>(planned.feedback[i]));
  }
  // What the source lists as the country and where the user is are two figures.
  if (which == 2023) CHECK(located["us"] > listed["US"]);
}

TEST_CASE("where the user is follows the last determination; a case's says nothing", "[cybertipline]") {
  const std::string ctr = R"({"ctr_report_id":7,"esp_name":"x","incident_type":"online_enticement","incident_at":"2024-01-01T00:00:00Z","esp_escalated":false,
    "files_total":2,"images":1,"videos":1,"other_files":0,"incidents_in_bundle":1,"geo_countries":["MX"],"api_version":"1","fields_present":[],)"
                          R"("xml_sha256":")" + std::string(64, '0') + R"(","xsd_sha256":")" + std::string(64, '0') + R"("})";
  Told log;
  log.tell("report 1 CtrIngested", "@1h", ctr);
  CHECK(log.said(cybertipline(), "CT.user_location", by_then("@9d", {"user_location"})) == "unknown: 1/- = 1");
  log.tell("report 1 JurisdictionDetermined", "@2h", R"({"jurisdictions":["US-TX"],"method":"ip_geo"})");
  log.tell("case 2 JurisdictionDetermined", "@2h", R"({"jurisdictions":["US-CA"],"method":"le"})");
  CHECK(log.said(cybertipline(), "CT.user_location", by_then("@9d", {"user_location"})) == "us: 1/- = 1");
  CHECK(log.said(cybertipline(), "CT.state", by_then("@9d", {"state"})) == "US-TX: 1/- = 1");
  CHECK(log.said(cybertipline(), "CT.country", by_then("@9d", {"country"})) == "MX: 1/- = 1");
  CHECK(log.said(cybertipline(), "CT.files", by_then("@9d")) == "2/- = 2");
}
