#include <algorithm>

#include "ledger/core/wide.h"
#include "projections/counties.h"
#include "projections/coverage_row.h"
#include "projections/decimal.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

// A sum over the portals that state its terms.
struct Sum {
  Wide all = 0;
  std::int64_t stated_by = 0;

  void add(std::uint64_t each, std::int64_t portals) {
    all += Wide{each} * static_cast<std::uint64_t>(portals);
    stated_by += portals;
  }
  void add(const Sum& other) { all += other.all, stated_by += other.stated_by; }
};

// What the newest snapshot that states it says of a jurisdiction; of two of one time, the greater.
struct Size {
  Micros as_of = 0;
  std::uint64_t value = 0;  // 0: nobody states it

  void see(std::optional<std::uint64_t> stated, Micros at) {
    if (!stated || *stated == 0 || (value != 0 && std::pair(at, *stated) < std::pair(as_of, value))) return;
    as_of = at, value = *stated;
  }
};

// What the portals of one jurisdiction say of it.
struct Place {
  Sum cameras;
  Size persons, road_m;
};

struct Row {
  std::int64_t portals = 0, sharing_portals = 0;
  Sum cameras, active, reads, hits, sharing;
  Sum reads_with_hits, hits_with_reads, cameras_with_active, active_with_cameras;  // of the portals that state both
  std::map<std::uint16_t, std::int64_t> retention;
  std::vector<Counted> shared_with, ages;
  std::map<std::string, Place> places;

  void add(const Snapshot& s, std::int64_t n, Micros as_of) {
    portals += n;
    ages.push_back({std::max<Micros>(0, as_of - s.as_of), n});
    if (s.reads) reads.add(*s.reads, n);
    if (s.hits) hits.add(*s.hits, n);
    if (s.reads && s.hits) reads_with_hits.add(*s.reads, n), hits_with_reads.add(*s.hits, n);
    if (s.active) active.add(*s.active, n);
    if (s.cameras && s.active) cameras_with_active.add(*s.cameras, n), active_with_cameras.add(*s.active, n);
    if (s.retention_days) retention[*s.retention_days] += n;
    if (s.sharing) {
      sharing.add(*s.sharing, n);
      shared_with.push_back({*s.sharing, n});
      sharing_portals += *s.sharing > 0 ? n : 0;
    }
    Place& place = places[s.jurisdiction];
    if (s.cameras) cameras.add(*s.cameras, n), place.cameras.add(*s.cameras, n);
    place.persons.see(s.population, s.as_of);
    place.road_m.see(s.road_m, s.as_of);
  }
};

// A sum, how many portals it is the sum of, and whether some portals did not say.
void write_sum(Sheet& sheet, std::string id, std::string title, std::string unit, const Sum& sum, std::int64_t portals) {
  Figure& figure = sheet.add(std::move(id), std::move(title), std::move(unit));
  figure.numerator = exact(sum.all);
  figure.denominator = sum.stated_by;
  figure.note = "the sum over the portals that state it, which the denominator counts";
  if (sum.stated_by == 0) figure.flags.push_back("no_data");
  else if (figure.numerator) figure.value = std::to_string(*figure.numerator);
  else figure.flags.push_back("too_large");
  if (sum.stated_by > 0 && sum.stated_by < portals) figure.flags.push_back("partial");
}

// So many per `unit` of the other, over the portals that tell both.
Figure& write_rate(Sheet& sheet, std::string id, std::string title, std::string unit, const Sum& part, Wide whole, std::int64_t per, std::int64_t portals) {
  Figure& figure = sheet.add(std::move(id), std::move(title), std::move(unit));
  figure.numerator = exact(part.all);
  figure.denominator = exact(whole);
  if (!figure.numerator || !figure.denominator) figure.flags.push_back("too_large");
  else if (*figure.denominator == 0) figure.flags.push_back("no_data");
  else if (const Decimal rate = Decimal(*figure.numerator) * per / *figure.denominator; rate < Decimal(1'000'000'000'000'000'000)) figure.value = rate.fixed();
  else figure.flags.push_back("too_large");
  if (part.stated_by < portals) figure.flags.push_back("partial");
  return figure;
}

// Cameras where the size of the place is known, over that size. What lies in a larger place that is counted is counted with it, once.
void write_density(Sheet& sheet, std::string id, std::string title, std::string unit, const Row& row, Size Place::*size, std::int64_t per) {
  const auto is_sized = [&](const std::string& name) {
    const auto place = row.places.find(name);
    return place != row.places.end() && (place->second.*size).value != 0;
  };
  Sum cameras;
  Wide whole = 0;
  for (const auto& [name, place] : row.places) {
    bool within = false;
    for (auto end = name.rfind('-'); end != name.npos && end > 0; end = name.rfind('-', end - 1)) within = within || is_sized(name.substr(0, end));
    const bool counts = place.cameras.stated_by > 0 && (within || is_sized(name));
    if (counts) cameras.add(place.cameras);
    if (is_sized(name) && !within) whole += (place.*size).value;
  }
  write_rate(sheet, std::move(id), std::move(title), std::move(unit), cameras, whole, per, row.portals).note =
      "a jurisdiction counts once, by the newest snapshot that states its size, and one within another counts with that; where no snapshot states a size, "
      "its cameras are left out";
}

void write_counties(Sheet& sheet, const Row& row) {
  std::int64_t counties = 0, without = 0;
  for (const auto& [name, place] : row.places) {
    if (!is_county(name) || place.cameras.stated_by == 0) continue;
    ++counties;
    without += place.cameras.all == 0;
  }
  sheet.count("coverage.counties", "Counties whose cameras a snapshot states", "counties", counties).note = "a jurisdiction with a county's code behind its state's, as US-TX-201";
  sheet.share("coverage.counties.without", "Of the counties whose cameras a snapshot states, those with none", without, counties).note =
      "which counties a state has is in no event: of those that no snapshot names, nothing is known";
}

void write_ranked(Sheet& sheet, std::string id, std::string title, std::string unit, const std::vector<Counted>& values, int percent, std::int64_t portals) {
  Figure& figure = sheet.add(std::move(id), std::move(title), std::move(unit));
  figure.denominator = total(values);
  if (values.empty()) figure.flags.push_back("no_data");
  else figure.value = std::to_string(nearest_rank(values, percent));
  if (!values.empty() && total(values) < portals) figure.flags.push_back("partial");
}

void write_sharing(Sheet& sheet, const Row& row) {
  write_sum(sheet, "coverage.sharing_orgs", "Organisations given access, each once for every portal", "accesses", row.sharing, row.portals);
  write_ranked(sheet, "coverage.sharing_orgs_median", "Organisations given access by one portal, median by nearest rank", "organisations", row.shared_with, 50, row.portals);
  sheet.share("coverage.sharing", "Of the portals that state whom they give access, those that give it to any", row.sharing_portals, row.sharing.stated_by);
}

void write_retention(Sheet& sheet, const Row& row) {
  std::vector<Counted> days;
  for (const auto& [value, portals] : row.retention) days.push_back({value, portals});
  sheet.share("coverage.retention_unstated", "Of the portals, those that state no number of days for which reads are kept", row.portals - total(days), row.portals).note =
      "what is published and is no number of days, as -Infinity, is never recorded as one: an import says so and leaves it out";
  write_ranked(sheet, "coverage.retention_days_median", "Days that reads are kept, median by nearest rank", "days", days, 50, row.portals);
  for (const auto& [value, portals] : row.retention) {
    Figure& figure = sheet.count("coverage.retention_days", "Portals that keep reads so many days", "portals", portals);
    figure.denominator = total(days);
    figure.group.emplace_back("retention_days", std::to_string(value));
  }
}

void write(Sheet& sheet, const Row& row) {
  sheet.count("coverage.portals", "Portals with a snapshot on record", "portals", row.portals);
  write_ranked(sheet, "coverage.age_p50", "Age of the snapshots at the as-of, median by nearest rank", "us", row.ages, 50, row.portals);
  write_ranked(sheet, "coverage.age_oldest", "Age of the oldest snapshot at the as-of", "us", row.ages, 100, row.portals);
  write_sum(sheet, "coverage.cameras", "Cameras", "cameras", row.cameras, row.portals);
  write_sum(sheet, "coverage.cameras_active", "Cameras that are active", "cameras", row.active, row.portals);
  write_rate(sheet, "coverage.active_share", "Active, of the cameras of portals that state both", "ratio", row.active_with_cameras, row.cameras_with_active.all, 1, row.portals);
  write_density(sheet, "coverage.cameras_per_100000_persons", "Cameras per 100,000 persons", "per_100000", row, &Place::persons, 100'000);
  write_density(sheet, "coverage.cameras_per_1000_km", "Cameras per 1,000 km of road", "per_1000_km", row, &Place::road_m, 1'000'000);
  write_counties(sheet, row);
  write_sharing(sheet, row);
  write_sum(sheet, "coverage.reads_30d", "Vehicles read in 30 days", "reads", row.reads, row.portals);
  write_sum(sheet, "coverage.hits_30d", "Hits in 30 days", "hits", row.hits, row.portals);
  write_rate(sheet, "coverage.hits_per_million_reads", "Hits per million reads, where both are stated", "per_million", row.hits_with_reads, row.reads_with_hits.all, 1'000'000, row.portals);
  write_retention(sheet, row);
}

}  // namespace

std::vector<Figure> coverage_figures(const Cells& cells, const FigureQuery& query) {
  auto rows = groups_for<Row>(query, {{"jurisdiction", ""}, {"state", ""}});
  for (const auto& [key, portals] : cells.counts()) {
    const auto snapshot = unpacked<Snapshot>(key);
    rows[group_of(query, {{"jurisdiction", snapshot.jurisdiction}, {"state", state_in(snapshot.jurisdiction)}})].add(snapshot, portals, query.as_of);
  }
  std::vector<Figure> figures;
  for (const auto& [group, row] : rows) {
    Sheet sheet(group, figures);
    write(sheet, row);
  }
  return figures;
}

}  // namespace caseledger::projections
