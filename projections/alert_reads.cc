#include <map>

#include "ledger/core/wide.h"
#include "projections/alert_cells.h"
#include "projections/decimal.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

constexpr Micros days_30 = 30 * 24 * 3600 * Micros{1'000'000};

struct Row {
  std::int64_t alerts = 0;
  Wide reads = 0;
};

using Portal = std::pair<std::string, std::string>;

// When the alerts of each vendor's readers in each jurisdiction were observed.
std::map<Portal, std::vector<Micros>> observed(const std::vector<Alert>& alerts) {
  std::map<Portal, std::vector<Micros>> times;
  for (const Alert& alert : alerts)
    if (alert.kind == schema::DetectorKind::lpr) times[{alert.vendor, alert.jurisdiction}].push_back(alert.observed);
  return times;
}

}  // namespace

void write_per_reads(const Cells& cells, const std::vector<Alert>& alerts, const FigureQuery& query, std::vector<Figure>& figures) {
  if (!group_of(query, {{"detector_kind", ""}, {"match", ""}, {"list", ""}}).empty()) return;  // reads have none of these
  const auto times = observed(alerts);
  const Window window = window_of(query);
  auto rows = groups_for<Row>(query, {{"vendor", ""}, {"jurisdiction", ""}});
  for (const auto& [key, n] : cells.counts()) {
    if (!key.starts_with(reads_cell)) continue;
    const auto reads = unpacked<Reads>(std::string_view(key).substr(1));
    const auto found = times.find({reads.vendor, reads.jurisdiction});
    if (found == times.end() || !window.holds(reads.as_of)) continue;
    Row& row = rows[group_of(query, {{"vendor", reads.vendor}, {"jurisdiction", reads.jurisdiction}})];
    row.reads += Wide{reads.in_30d} * static_cast<std::uint64_t>(n);
    for (const Micros at : found->second) row.alerts += reads.as_of - days_30 < at && at <= reads.as_of;
  }
  for (const auto& [group, row] : rows) {
    Figure& figure = Sheet(group, figures).add("T5.per_million_reads", "Alerts of plate readers per million reads of the 30 days before a snapshot", "per_million");
    figure.note = "of the portals that state their reads and whose alerts are on record";
    figure.numerator = row.alerts;
    figure.denominator = exact(row.reads);
    if (!figure.denominator) figure.flags.push_back("too_large");
    else if (row.reads == 0) figure.flags.push_back("no_data");
    else figure.value = (Decimal(row.alerts) * 1'000'000 / *figure.denominator).fixed();
  }
}

}  // namespace caseledger::projections
