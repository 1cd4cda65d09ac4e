#include <algorithm>
#include <iterator>

#include "projections/packed.h"
#include "projections/sheet.h"
#include "projections/triage_rows.h"

namespace caseledger::projections {

namespace {

struct Row {
  std::int64_t items = 0;
  std::optional<Decimal> posts;  // none: nothing was given
};

std::int64_t stays(const Sums& sums) {
  std::int64_t all = 0;
  for (const auto& [slot, n] : sums)
    if (slot / wait_slots * wait_slots == static_cast<Slot>(StayCount::wait)) all += n;
  return all;
}

void write_posts(Sheet& sheet, const Row& row, const Decimal& all) {
  Figure& posts = sheet.add("T14.queue.posts", "Full-time posts given to queues, averaged over the period", "posts");
  if (row.posts) posts.value = row.posts->fixed();
  else posts.flags.push_back("no_data");
  Figure& share = sheet.add("T14.queue.posts.share", "Of the posts given to queues, those given to this one", "ratio");
  if (row.posts && all > Decimal(0)) share.value = (*row.posts / all).fixed();
  else share.flags.push_back("no_data");
}

// A queue that nothing entered may be one that goes by another name elsewhere: that is no zero.
void without_items(const Row& row, Figure& figure) {
  if (row.items != 0) return;
  figure.numerator.reset();
  figure.value.reset();
  figure.interval.reset();
  figure.flags = {"no_data"};
  figure.note = "nothing on record entered a queue of this name";
}

void write_items(Sheet& sheet, const Row& row, std::int64_t all) {
  without_items(row, sheet.count("T14.queue.items", "Items that entered queues in the period", "items", row.items));
  without_items(row, sheet.share("T14.queue.items.share", "Of the items that entered queues, those that entered this one", row.items, all));
}

}  // namespace

std::vector<Figure> queue_figures(const Cells& cells, const FigureQuery& query) {
  auto rows = groups_for<Row>(query, {{"queue", ""}});
  Decimal all_posts;
  std::int64_t all_items = 0;
  for (const auto& [key, sums] : cells.all()) {
    if (const auto stay = cell_of<StayCell>(key); stay && counts_day(query, stay->entered)) {
      const std::int64_t n = stays(sums);
      rows[group_of(query, {{"queue", stay->queue}})].items += n;
      all_items += n;
    }
    const auto given = cell_of<QueueCell>(key);
    const auto posts = given ? posts_in(given->allocation, query) : std::nullopt;
    if (!posts) continue;
    Row& row = rows[group_of(query, {{"queue", given->allocation.name}})];
    const Decimal of_all = *posts * Decimal(sums.at(0));
    row.posts = row.posts.value_or(Decimal(0)) + of_all;
    all_posts += of_all;
  }
  std::vector<Figure> figures, by_days;
  for (const auto& [group, row] : rows) {
    Sheet posts(group, figures), items(group, by_days);
    write_posts(posts, row, all_posts);
    write_items(items, row, all_items);
  }
  define_by_days(query, by_days);
  std::ranges::move(by_days, std::back_inserter(figures));
  return figures;
}

}  // namespace caseledger::projections
