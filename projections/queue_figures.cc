#include "projections/packed.h"
#include "projections/triage_rows.h"
#include "projections/workload.h"

namespace caseledger::projections {

namespace {

constexpr WorkloadNames names{.id = "T14.queue",
                              .dimension = "queue",
                              .posts = "Full-time posts given to queues, averaged over the period",
                              .share_of_posts = "Of the posts given to queues, those given to this one",
                              .work = "items",
                              .all_work = "Items that entered queues in the period",
                              .share_of_work = "Of the items that entered queues, those that entered this one",
                              .no_work = "nothing on record entered a queue of this name"};

std::int64_t stays(const Sums& sums) {
  std::int64_t all = 0;
  for (const auto& [slot, n] : sums)
    if (slot / wait_slots * wait_slots == static_cast<Slot>(StayCount::wait)) all += n;
  return all;
}

}  // namespace

std::vector<Figure> queue_figures(const Cells& cells, const FigureQuery& query) {
  Workload queues(names, query);
  for (const auto& [key, sums] : cells.all()) {
    if (const auto stay = cell_of<StayCell>(key); stay && counts_day(query, stay->entered)) queues.add_work(stay->queue, stays(sums));
    if (const auto given = cell_of<QueueCell>(key)) queues.add_posts(given->allocation, sums.at(0));
  }
  return queues.figures();
}

}  // namespace caseledger::projections
