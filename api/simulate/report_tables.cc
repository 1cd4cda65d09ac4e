#include "api/simulate/report_tables.h"

#include <algorithm>
#include <numeric>

namespace caseledger::api::simulate {

namespace {

std::uint64_t sum(std::span<const std::uint64_t> numbers) { return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}); }

std::vector<std::uint64_t> apportion_sources(const PublishedYear& year, std::uint64_t reports) {
  const std::uint64_t kinds[] = {year.by_providers, year.by_public};
  const auto split = apportion(reports, kinds);
  std::vector<std::uint64_t> weights;
  for (const Provider& provider : providers()) weights.push_back(provider.reports_2023);
  auto sources = apportion(split[0], weights);
  sources.push_back(split[1]);
  return sources;
}

std::vector<std::uint64_t> apportion_countries(const PublishedYear& year, std::uint64_t reports) {
  std::vector<std::uint64_t> weights;
  for (const Country& country : countries()) weights.push_back(country.reports[year.year - first_published_year]);
  return apportion(reports, weights);
}

// The states' table is a part of the reports with a user in the U.S.
std::vector<std::uint64_t> apportion_states(const PublishedYear& year, std::uint64_t in_the_us) {
  std::vector<std::uint64_t> weights;
  for (const State& state : states()) weights.push_back(year.year == 2023 ? state.reports_2023 : 0);
  weights.push_back(year.by_location[static_cast<std::size_t>(UserLocation::us)] - sum(weights));
  return apportion(in_the_us, weights);
}

void apportion_referrals(ReportTables& tables, const PublishedYear& year, Size size) {
  std::vector<std::uint64_t> weights, room;
  for (const Referred& each : year.referred) weights.push_back(each.actionable), weights.push_back(each.informational);
  tables.referred = apportion(size.of(sum(weights)), weights);
  for (std::size_t recipient = 0; recipient < recipient_classes; ++recipient) room.push_back(tables.referred[referral_cell(recipient, actionable)]);
  tables.feedback = apportion_within(std::min(size.of(sum(year.feedback)), sum(room)), year.feedback, room);
}

}  // namespace

std::uint64_t ReportTables::referrals() const { return sum(referred); }

ReportTables tables_of(const PublishedYear& year, Size size) {
  ReportTables tables;
  tables.year = year.year;
  tables.reports = tables.incidents = size.of(year.reports);
  tables.by_source = apportion_sources(year, tables.reports);
  tables.by_location = apportion(tables.reports, year.by_location);
  tables.by_type = apportion(tables.reports, year.by_type);
  const auto in_reports = [&](std::uint64_t files) { return tables.reports == 0 ? 0 : size.of(files); };
  tables.images = in_reports(year.images);
  tables.videos = in_reports(year.videos);
  tables.other_files = in_reports(year.other_files);
  tables.by_country = apportion_countries(year, tables.reports);
  tables.by_state = apportion_states(year, tables.by_location[static_cast<std::size_t>(UserLocation::us)]);
  apportion_referrals(tables, year, size);
  return tables;
}

WhereTable lie(const ReportTables& tables) {
  // Columns as rows: listed U.S., abroad, none. First what agrees, then the rest wherever there is room.
  const auto listed_as = [](const Country& country) { return country.alpha2 == "US" ? 0u : country.alpha2.empty() ? 2u : 1u; };
  std::array<std::uint64_t, user_locations> row{}, column{};
  std::array<std::array<std::uint64_t, user_locations>, user_locations> cell{};
  std::ranges::copy(tables.by_location, row.begin());
  for (std::size_t c = 0; c < countries().size(); ++c) column[listed_as(countries()[c])] += tables.by_country[c];
  const auto place = [&](std::size_t r, std::size_t c) {
    const std::uint64_t taken = std::min(row[r], column[c]);
    cell[r][c] += taken, row[r] -= taken, column[c] -= taken;
  };
  for (std::size_t i = 0; i < user_locations; ++i) place(i, i);
  for (std::size_t r = 0; r < user_locations; ++r)
    for (std::size_t c = 0; c < user_locations; ++c) place(r, c);

  WhereTable table;
  std::vector<std::uint64_t> left = tables.by_country;
  for (const UserLocation location : {UserLocation::us, UserLocation::unknown, UserLocation::international})
    for (std::size_t listed = 0; listed < user_locations; ++listed) {
      std::vector<std::uint64_t> room = left;
      for (std::size_t c = 0; c < room.size(); ++c)
        if (listed_as(countries()[c]) != listed) room[c] = 0;
      const auto shares = apportion_within(cell[static_cast<std::size_t>(location)][listed], room, room);
      for (std::size_t c = 0; c < shares.size(); ++c) {
        left[c] -= shares[c];
        if (shares[c] > 0) table.slots.push_back({location, c}), table.reports.push_back(shares[c]);
      }
    }
  return table;
}

}  // namespace caseledger::api::simulate
