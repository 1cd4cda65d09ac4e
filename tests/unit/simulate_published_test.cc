// The published CyberTipline years: the tables carried here are the published ones, and a simulated year holds exactly them.
#include <catch2/catch.hpp>
#include <map>
#include <numeric>

#include "api/simulate/cybertipline_year.h"
#include "tests/support/published_files.h"
#include "tests/support/simulated.h"

using namespace caseledger;
using namespace caseledger::api;
using namespace caseledger::api::simulate;
using namespace caseledger::schema;

namespace {

// What the events of a year come to, counted again from their fields.
struct Counted {
  std::map<std::string, std::uint64_t> sources, locations, states, countries, types, referred, feedback;
  std::uint64_t reports = 0, images = 0, videos = 0, others = 0;
  std::map<StreamId, std::string> class_of;

  void see(const EventView& event) {
    const std::string place(text_of(event.fields->jurisdiction()));
    if (event.type == Body::CtrIngested) {
      const auto& body = event.body<CtrIngested>();
      ++reports, ++types[EnumNameIncidentType(body.incident_type())];
      ++sources[body.reporter_class() == ReporterClass::public_ ? "public" : "esp"];
      ++locations[place.empty() ? "unknown" : place.starts_with("US") ? "us" : "international"];
      if (place.size() == 5) ++states[place.substr(3)];
      ++countries[body.geo_countries() ? body.geo_countries()->Get(0)->str() : ""];
      images += body.images(), videos += body.videos(), others += body.other_files();
    } else if (event.type == Body::ReferralMade) {
      const auto& body = event.body<ReferralMade>();
      class_of[event.stream] = EnumNameRecipientClass(body.recipient_class());
      ++referred[class_of[event.stream] + (body.designation() == Designation::referral ? " actionable" : " informational")];
    } else if (event.type == Body::ReferralFeedbackReceived) {
      ++feedback[class_of.at(event.stream)];
    }
  }
};

using Table = std::map<std::string, std::uint64_t>;

// A published table at 1:N, by largest remainder; rows of nothing left out.
Table scaled(const std::vector<std::pair<std::string, std::uint64_t>>& rows, std::uint64_t total) {
  std::vector<std::uint64_t> weights;
  for (const auto& [name, count] : rows) weights.push_back(count);
  const auto shares = apportion(total, weights);
  Table table;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (shares[i] > 0) table[rows[i].first] = shares[i];
  return table;
}

constexpr std::string_view class_names[] = {"icac", "local", "federal", "international"};

}  // namespace

TEST_CASE("the published tables are what was published") {
  if (published::folder().empty()) return;
  std::size_t at = 0;
  for (const auto& row : published::rows(published::folder() + "/cybertipline-reports-by-state.csv")) {
    if (row.at(1).size() != 2) continue;
    REQUIRE(at < states().size());
    CHECK(row[1] == states()[at].code);
    CHECK(row[2] == std::to_string(states()[at].reports_2023));
    CHECK(row[3] == std::to_string(states()[at].population_2023));
    ++at;
  }
  CHECK(at == states().size());

  static constexpr std::string_view published_classes[] = {"internet crimes against children units", "local law enforcement", "federal law enforcement",
                                                           "international law enforcement"};
  for (const PublishedYear& year : published_years()) {
    auto contents = published::contents(year.year), recipients = published::recipients(year.year), by_code = published::countries(year.year);
    CHECK(by_code.size() == countries().size());
    for (const Country& country : countries()) {
      INFO(year.year << ' ' << country.alpha3);
      CHECK(by_code.at(std::string(country.alpha3)) == country.reports[year.year - first_published_year]);
    }
    const auto holds = [&](auto& table, const std::string& row, std::uint64_t count) {
      INFO(year.year << ' ' << row);
      CHECK(table.at(row) == count);
    };
    holds(contents, "reports: total", year.reports);
    holds(contents, "user location: U.S.", year.by_location[0]);
    holds(contents, "user location: international", year.by_location[1]);
    holds(contents, "user location: unknown", year.by_location[2]);
    for (std::size_t i = 0; i < incident_types().size(); ++i) holds(contents, "kind of exploitation: " + std::string(incident_types()[i].label), year.by_type[i]);
    holds(contents, "attachments: photos", year.images);
    holds(contents, "attachments: videos", year.videos);
    holds(contents, "attachments: other", year.other_files);
    for (std::size_t i = 0; i < recipient_classes; ++i) {
      holds(recipients, std::string(published_classes[i]) + ": actionable", year.referred[i].actionable);
      holds(recipients, std::string(published_classes[i]) + ": informational", year.referred[i].informational);
    }
  }
}

TEST_CASE("a published year comes out by largest remainder at any scale, and its contradictions with it") {
  const unsigned which = GENERATE(2020u, 2021u, 2022u, 2023u);
  const std::uint64_t parts = GENERATE(2'000u, 77'777u, 400'000u);
  const PublishedYear& published = published_years()[which - first_published_year];
  const CyberTiplineYear year(which, parts, 3);
  simulated::Ledger ledger;
  Counted counted;
  ledger.take(year, [&](Phase, const EventView& event) { counted.see(event); });

  const std::uint64_t reports = round_half_up(published.reports, parts);
  CHECK(counted.reports == reports);
  CHECK(counted.sources == scaled({{"esp", published.by_providers}, {"public", published.by_public}}, reports));
  CHECK(counted.locations == scaled({{"us", published.by_location[0]}, {"international", published.by_location[1]}, {"unknown", published.by_location[2]}}, reports));
  std::vector<std::pair<std::string, std::uint64_t>> types, listed, in_states, referred;
  for (std::size_t i = 0; i < incident_types().size(); ++i) types.emplace_back(EnumNameIncidentType(incident_types()[i].type), published.by_type[i]);
  for (const Country& country : countries()) listed.emplace_back(country.alpha2, country.reports[which - first_published_year]);
  for (const State& state : states()) in_states.emplace_back(state.code, which == 2023 ? state.reports_2023 : 0);
  in_states.emplace_back("none", published.by_location[0] - (which == 2023 ? 910'349 : 0));
  CHECK(counted.types == scaled(types, reports));
  CHECK(counted.countries == scaled(listed, reports));
  Table by_state = scaled(in_states, counted.locations["us"]);
  by_state.erase("none");
  CHECK(counted.states == by_state);
  CHECK(counted.images == round_half_up(published.images, parts));
  CHECK(counted.videos == round_half_up(published.videos, parts));
  CHECK(counted.others == round_half_up(published.other_files, parts));

  std::uint64_t referrals = 0, answered = 0;
  for (std::size_t i = 0; i < recipient_classes; ++i) {
    referred.emplace_back(std::string(class_names[i]) + " actionable", published.referred[i].actionable);
    referred.emplace_back(std::string(class_names[i]) + " informational", published.referred[i].informational);
    referrals += published.referred[i].actionable + published.referred[i].informational;
    answered += published.feedback[i];
  }
  CHECK(counted.referred == scaled(referred, round_half_up(referrals, parts)));
  std::uint64_t told = 0;
  for (const auto& [name, count] : counted.feedback) told += count;
  CHECK(told == round_half_up(answered, parts));
}

TEST_CASE("at 1:1 the plan of a year is its published tables, to the last report") {
  for (const PublishedYear& published : published_years()) {
    const ReportTables tables = tables_of(published, {});
    CHECK(tables.reports == published.reports);
    CHECK(std::ranges::equal(tables.by_location, published.by_location));
    CHECK(std::ranges::equal(tables.by_type, published.by_type));
    CHECK(std::ranges::equal(tables.feedback, published.feedback));
    for (std::size_t i = 0; i < recipient_classes; ++i) {
      CHECK(tables.referred[referral_cell(i, actionable)] == published.referred[i].actionable);
      CHECK(tables.referred[referral_cell(i, informational)] == published.referred[i].informational);
    }
    for (std::size_t c = 0; c < countries().size(); ++c) CHECK(tables.by_country[c] == countries()[c].reports[published.year - first_published_year]);
    const WhereTable where = lie(tables);
    CHECK(std::accumulate(where.reports.begin(), where.reports.end(), std::uint64_t{0}) == published.reports);
  }
  // The U.S. of 2023 by the user's location and by the country listed: two figures.
  const ReportTables tables = tables_of(published_years().back(), {});
  CHECK(tables.by_location[0] == 1'621'937);
  CHECK(tables.by_country[static_cast<std::size_t>(std::ranges::find(countries(), "US", &Country::alpha2) - countries().begin())] == 1'132'270);
  CHECK(tables.by_location[2] == 1'368'404);
  CHECK(tables.by_country.back() == 1'851'762);
  CHECK(std::accumulate(tables.by_state.begin(), tables.by_state.end() - 1, std::uint64_t{0}) == 910'349);
}
