#include "projections/coverage.h"

#include <algorithm>
#include <limits>

#include "projections/decimal.h"
#include "projections/rank.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::CoverageSnapshotTaken;

__extension__ typedef unsigned __int128 Wide;  // of any number of 64-bit counts

// The newest snapshot of a stream. It is the key of the stream's cell as well, without when it was taken.
struct Snapshot {
  Micros as_of = 0;
  std::uint64_t reads = 0, hits = 0;
  std::uint32_t cameras = 0;
  std::uint16_t retention_days = 0;
  std::uint8_t stated = 0;  // of what a portal may leave out
  std::uint8_t spare = 0;
  std::array<char, 16> jurisdiction{};  // at most sixteen characters, then zeros
};
static_assert(std::has_unique_object_representations_v<Snapshot>);

constexpr std::uint8_t states_reads = 1, states_hits = 2, states_retention = 4, states_cameras = 8;

Snapshot snapshot_of(const CoverageSnapshotTaken& body) {
  Snapshot out{.as_of = body.as_of()};
  const auto jurisdiction = text_of(body.jurisdiction());
  std::copy_n(jurisdiction.data(), std::min(jurisdiction.size(), out.jurisdiction.size()), out.jurisdiction.data());
  if (const auto cameras = body.cameras()) out.cameras = *cameras, out.stated |= states_cameras;
  if (const auto reads = body.reads_30d()) out.reads = *reads, out.stated |= states_reads;
  if (const auto hits = body.hits_30d()) out.hits = *hits, out.stated |= states_hits;
  if (const auto days = body.retention_days()) out.retention_days = *days, out.stated |= states_retention;
  return out;
}

std::string_view jurisdiction_of(const Snapshot& snapshot) {
  return {snapshot.jurisdiction.data(), std::ranges::find(snapshot.jurisdiction, '\0')};
}

// A sum over the portals that state its terms.
struct Sum {
  Wide all = 0;
  std::int64_t stated_by = 0;

  void add(std::uint64_t each, std::int64_t portals) {
    all += Wide{each} * static_cast<std::uint64_t>(portals);
    stated_by += portals;
  }
  std::optional<std::int64_t> exact() const {
    if (all > Wide{std::numeric_limits<std::int64_t>::max()}) return std::nullopt;
    return static_cast<std::int64_t>(all);
  }
};

struct Row {
  std::int64_t portals = 0;
  Sum cameras, reads, hits;
  Sum reads_with_hits, hits_with_reads;  // of the portals that state both
  std::map<std::uint16_t, std::int64_t> retention;

  void add(const Snapshot& s, std::int64_t n) {
    portals += n;
    if (s.stated & states_cameras) cameras.add(s.cameras, n);
    if (s.stated & states_reads) reads.add(s.reads, n);
    if (s.stated & states_hits) hits.add(s.hits, n);
    if ((s.stated & states_reads) && (s.stated & states_hits)) reads_with_hits.add(s.reads, n), hits_with_reads.add(s.hits, n);
    if (s.stated & states_retention) retention[s.retention_days] += n;
  }
};

// A sum, how many portals it is the sum of, and whether some portals did not say.
void write_sum(Sheet& sheet, std::string id, std::string title, std::string unit, const Sum& sum, std::int64_t portals) {
  Figure& figure = sheet.add(std::move(id), std::move(title), std::move(unit));
  figure.numerator = sum.exact();
  figure.denominator = sum.stated_by;
  figure.note = "the sum over the portals that state it, which the denominator counts";
  if (sum.stated_by == 0) figure.flags.push_back("no_data");
  else if (figure.numerator) figure.value = std::to_string(*figure.numerator);
  else figure.flags.push_back("too_large");
  if (sum.stated_by > 0 && sum.stated_by < portals) figure.flags.push_back("partial");
}

void write_hit_rate(Sheet& sheet, const Row& row) {
  Figure& figure = sheet.add("coverage.hits_per_million_reads", "Hits per million reads, where both are stated", "per_million");
  figure.numerator = row.hits_with_reads.exact();
  figure.denominator = row.reads_with_hits.exact();
  if (!figure.numerator || !figure.denominator) figure.flags.push_back("too_large");
  else if (*figure.denominator == 0) figure.flags.push_back("no_data");
  else figure.value = (Decimal(*figure.numerator) * 1'000'000 / *figure.denominator).fixed();
  if (row.reads_with_hits.stated_by < row.portals) figure.flags.push_back("partial");
}

void write_retention(Sheet& sheet, const Row& row) {
  std::vector<Counted> days;
  for (const auto& [value, portals] : row.retention) days.push_back({value, portals});
  Figure& median = sheet.add("coverage.retention_days_median", "Days that reads are kept, median by nearest rank", "days");
  median.denominator = total(days);
  if (days.empty()) median.flags.push_back("no_data");
  else median.value = std::to_string(nearest_rank(days, 50));
  if (!days.empty() && total(days) < row.portals) median.flags.push_back("partial");
  for (const auto& [value, portals] : row.retention) {
    Figure& figure = sheet.count("coverage.retention_days", "Portals that keep reads so many days", "portals", portals);
    figure.denominator = total(days);
    figure.group.emplace_back("retention_days", std::to_string(value));
  }
}

class Coverage final : public Projection {
 public:
  std::string_view id() const override { return "coverage"; }
  bool wants(Body type) const override { return type == Body::CoverageSnapshotTaken; }

  // Newest is what was taken last, not what was recorded last.
  void step(std::string& state, const Fact& fact) const override {
    const Snapshot next = snapshot_of(fact.event.body<CoverageSnapshotTaken>());
    if (state.empty() || state_of<Snapshot>(state).as_of <= next.as_of) store_state(state, next);
  }

  void contribute(std::string_view state, const Share& add) const override {
    Snapshot snapshot = state_of<Snapshot>(state);
    snapshot.as_of = 0;
    std::string key;
    store_state(key, snapshot);
    add(key, 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<Row>(query, {{"jurisdiction", ""}});
    for (const auto& [key, portals] : cells.counts()) {
      const auto snapshot = state_of<Snapshot>(key);
      rows[group_of(query, {{"jurisdiction", jurisdiction_of(snapshot)}})].add(snapshot, portals);
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      sheet.count("coverage.portals", "Portals with a snapshot on record", "portals", row.portals);
      write_sum(sheet, "coverage.cameras", "Cameras", "cameras", row.cameras, row.portals);
      write_sum(sheet, "coverage.reads_30d", "Vehicles read in 30 days", "reads", row.reads, row.portals);
      write_sum(sheet, "coverage.hits_30d", "Hits in 30 days", "hits", row.hits, row.portals);
      write_hit_rate(sheet, row);
      write_retention(sheet, row);
    }
    return figures;
  }
};

}  // namespace

const Projection& coverage() {
  static const Coverage projection;
  return projection;
}

}  // namespace caseledger::projections
