// The edition cybertipline-annual of each published year, held row by row to the files that the year was published in.
#include <catch2/catch.hpp>
#include <deque>

#include "api/simulate/cybertipline_year.h"
#include "projections/cybertipline.h"
#include "projections/reports/publishable.h"
#include "tests/support/figures.h"
#include "tests/support/published_files.h"

using namespace caseledger;
using namespace caseledger::api;
using namespace caseledger::api::simulate;
using namespace caseledger::reports;
using caseledger::api::Phase;

namespace {

constexpr std::uint64_t parts = 1'000;

using Counts = std::map<std::string, std::uint64_t>;

projections::Folds folds_of(const CyberTiplineYear& year) {
  std::deque<Buffer> events;
  std::vector<projections::Fact> facts;
  SimulatedEvent event;
  for (const auto phase : {Phase::reports, Phase::referrals})
    for (auto written = year.events(phase); written.next(event);) {
      events.push_back(event.event);
      facts.push_back({view_event(events.back()), Position{facts.size()}, EntryIndex{facts.size()}, 0, {}});
    }
  return stories::fold_of(projections::cybertipline(), facts);
}

// As it would be released: with what the built-in policy withholds.
Edition edition_of(unsigned year, const projections::Folds& folds) {
  const auto begins = [](unsigned of) {
    const std::chrono::sys_days day = std::chrono::year(static_cast<int>(of)) / 1 / 1;
    return std::chrono::duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count();
  };
  const Terms terms{.origin = "ledger.example.org/l/1", .period = {begins(year), begins(year + 1), std::to_string(year)},
                    .as_of = {.size = 7, .root = {}, .recorded_at = begins(year + 2)}, .governed = {}};
  auto edition = make_edition(folds, cybertipline_annual(), terms);
  REQUIRE(edition);
  const auto rules = suppression_rules(Adopted(terms.origin), terms.as_of.recorded_at);
  REQUIRE(rules);
  const auto suppression = make_publishable(*edition, folds, cybertipline_annual(), terms, *rules, {});
  REQUIRE(suppression);
  CHECK(may_be_released(*edition, *suppression));
  return std::move(*edition);
}

// A table's counts by their groups: "federal actionable" → 1543. A row that is withheld fails the test.
Counts told(const Edition& edition, std::string_view table_named) {
  Counts counts;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables) {
      if (name_of(table) != table_named) continue;
      for (const Row& row : table.rows) {
        std::string group;
        for (const std::string& value : row.group) group += (group.empty() ? "" : " ") + value;
        INFO(table_named << ' ' << group);
        REQUIRE((row.withheld.empty() && row.numerator));
        if (*row.numerator > 0) counts[group] = static_cast<std::uint64_t>(*row.numerator);
      }
    }
  return counts;
}

// Published rows at 1:N, by largest remainder in the order they were published in.
using Rows = std::vector<std::pair<std::string, std::uint64_t>>;
Counts scaled(const Rows& rows, std::uint64_t total) {
  std::vector<std::uint64_t> weights;
  for (const auto& [name, count] : rows) weights.push_back(count);
  const auto shares = apportion(total, weights);
  Counts counts;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (shares[i] > 0) counts[rows[i].first] = shares[i];
  return counts;
}

constexpr std::pair<std::string_view, std::string_view> classes[] = {{"icac", "internet crimes against children units"}, {"local", "local law enforcement"},
                                                                     {"federal", "federal law enforcement"}, {"international", "international law enforcement"}};

}  // namespace

TEST_CASE("the annual edition of a simulated year says what was published of it", "[cybertipline]") {
  if (published::folder().empty()) return;
  const unsigned which = GENERATE(2020u, 2021u, 2022u, 2023u);
  INFO("of " << which);
  const auto contents = published::contents(which), recipients = published::recipients(which), by_country = published::countries(which);
  const CyberTiplineYear year(which, parts, 1);
  const Edition edition = edition_of(which, folds_of(year));
  for (const Check& check : edition.checks) CHECK(check.holds);

  const std::uint64_t reports = round_half_up(contents.at("reports: total"), parts);
  CHECK(told(edition, "CT.reports") == Counts{{"", reports}});
  const auto us = contents.at("user location: U.S.");
  CHECK(told(edition, "CT.user_location by user_location") ==
        scaled({{"us", us}, {"international", contents.at("user location: international")}, {"unknown", contents.at("user location: unknown")}}, reports));
  CHECK(told(edition, "CT.files by file_type") == Counts{{"image", round_half_up(contents.at("attachments: photos"), parts)},
                                                         {"video", round_half_up(contents.at("attachments: videos"), parts)},
                                                         {"other", round_half_up(contents.at("attachments: other"), parts)}});
  Rows types, listed, referred, in_states;
  for (const PublishedType& each : incident_types()) types.emplace_back(schema::EnumNameIncidentType(each.type), contents.at("kind of exploitation: " + std::string(each.label)));
  CHECK(told(edition, "CT.incident_type by incident_type") == scaled(types, reports));

  std::uint64_t referrals = 0;
  for (const auto& [name, published_name] : classes)
    for (const std::string detail : {"actionable", "informational"}) {
      referred.emplace_back(std::string(name) + ' ' + detail, recipients.at(std::string(published_name) + ": " + detail));
      referrals += referred.back().second;
    }
  CHECK(told(edition, "CT.referrals by recipient_class, detail") == scaled(referred, round_half_up(referrals, parts)));

  for (const Country& country : countries()) listed.emplace_back(country.alpha2.empty() ? "not_listed" : country.alpha2, by_country.at(std::string(country.alpha3)));
  CHECK(told(edition, "CT.country by country") == scaled(listed, reports));

  // States were published of 2023 only; of the other years no report is placed in one.
  std::uint64_t placed = 0;
  if (which == 2023)
    for (const auto& [state, count] : published::states()) in_states.emplace_back("US-" + state, count), placed += count;
  in_states.emplace_back("not_stated", us - placed);
  CHECK(told(edition, "CT.state by state") == scaled(in_states, told(edition, "CT.user_location by user_location").at("us")));
}

// No file has these two. They are in the text of the annual OJJDP reports for 2021 to 2023; of 2020 no such text is at hand: that its reports
// split so between providers and the public, and that there was feedback on none, is the simulation's own word.
TEST_CASE("the annual edition tells who reported, and what law enforcement answered, as the OJJDP reports did", "[cybertipline]") {
  struct Text {
    unsigned year;
    std::uint64_t by_providers, by_public;
    std::array<std::uint64_t, recipient_classes> feedback;
  };
  const Text text = GENERATE(Text{2021, 29'157'083, 240'598, {226'879, 91, 303, 36'948}}, Text{2022, 31'802'525, 256'504, {204'517, 51, 478, 56'689}},
                             Text{2023, 35'944'826, 265'542, {312'343, 27, 465, 76'683}});
  INFO("of " << text.year);
  const CyberTiplineYear year(text.year, parts, 1);
  const Edition edition = edition_of(text.year, folds_of(year));
  CHECK(told(edition, "CT.reports by source") == scaled({{"esp", text.by_providers}, {"public", text.by_public}}, round_half_up(text.by_providers + text.by_public, parts)));
  Rows feedback;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < recipient_classes; ++i) feedback.emplace_back(classes[i].first, text.feedback[i]), all += text.feedback[i];
  CHECK(told(edition, "CT.feedback by recipient_class") == scaled(feedback, round_half_up(all, parts)));
}
