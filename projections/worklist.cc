#include "projections/worklist.h"

#include <algorithm>
#include <climits>
#include <tuple>

#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/sheet.h"
#include "projections/triage_items.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::Priority;

void count(QueueLength& length, const Waiting& waiting, Micros as_of, std::int64_t n) {
  length.waiting += n;
  if (waiting.overdue(as_of)) length.overdue += n;
  length.by_priority.at(static_cast<std::size_t>(waiting.priority)) += n;
  if (length.oldest_entered_at == 0 || waiting.entered_at < length.oldest_entered_at) length.oldest_entered_at = waiting.entered_at;
}

auto rank(const Waiting& waiting) {
  const int priority = waiting.priority == Priority::unset ? INT_MAX : static_cast<int>(waiting.priority);
  const Micros due = waiting.due_at == 0 ? INT64_MAX : waiting.due_at;
  return std::tuple(priority, due, waiting.entered_at, waiting.item, waiting.stream);
}

struct Row {
  std::int64_t overdue = 0;
  std::vector<Counted> ages;
};

void write(Sheet& sheet, const Row& row) {
  const auto age = [&](std::string id, std::string title, int percent) {
    Figure& figure = sheet.add(std::move(id), std::move(title), "us");
    figure.denominator = total(row.ages);
    if (row.ages.empty()) figure.flags.push_back("no_data");
    else figure.value = std::to_string(nearest_rank(row.ages, percent));
  };
  sheet.count("T2.backlog", "Items that wait in a queue", "items", total(row.ages));
  sheet.share("T2.backlog.overdue", "Of the items that wait, those past their due time", row.overdue, total(row.ages));
  age("T2.backlog.age_p50", "How long the waiting items have waited, median by nearest rank", 50);
  age("T2.backlog.age_p90", "How long the waiting items have waited, 90th percentile by nearest rank", 90);
  age("T2.backlog.oldest", "How long the item that waits longest has waited", 100);
}

class Queues final : public Projection {
 public:
  std::string_view id() const override { return "queues"; }

  bool wants(Body type) const override {
    return moves_case(type) || is_among(type, {Body::TriageQueueEntered, Body::TriageQueueExited, Body::TriagePrioritySet, Body::TriageOverridden,
                                               Body::TriageExpedited, Body::JurisdictionDetermined, Body::IntakeSubmissionOutcome});
  }

  void step(std::string& state, const Fact& fact) const override {
    auto stream = unpacked<TriageStream>(state);
    take(stream, fact.event);
    for (TriageItem& item : stream.items) std::erase_if(item.stays, [](const Stay& stay) { return stay.left != 0; });
    pack(state, stream);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto stream = unpacked<TriageStream>(state);
    for (const TriageItem& item : stream.items)
      if (item.waits() && stream.gone_of(item) == 0) add(packed(waiting(add.stream(), stream, item)), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<Row>(query, {{"queue", ""}, {"item", ""}, {"priority", ""}, {"jurisdiction", ""}});
    for (const auto& [key, n] : cells.counts()) {
      const auto each = unpacked<Waiting>(key);
      Row& row = rows[group_of(query, {{"queue", each.queue},
                                       {"item", each.item == each.stream ? kind_name(each.kind) : "elsewhere"},
                                       {"priority", schema::EnumNamePriority(each.priority)},
                                       {"jurisdiction", each.jurisdiction}})];
      row.ages.push_back({std::max<Micros>(0, query.as_of - each.entered_at), n});
      if (each.overdue(query.as_of)) row.overdue += n;
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    return figures;
  }

 private:
  static Waiting waiting(const StreamId& id, const TriageStream& stream, const TriageItem& item) {
    const Stay& stay = item.stays.back();
    return {.queue = stay.queue,
            .item = item.other.value_or(id),
            .stream = id,
            .kind = stream.kind,
            .priority = item.priority,
            .entered_at = stay.entered,
            .due_at = item.due,
            .expedited = item.expedited,
            .jurisdiction = item.jurisdiction};
  }
};

}  // namespace

const Projection& queues() {
  static const Queues projection;
  return projection;
}

std::map<std::string, QueueLength> queue_lengths(const Cells& cells, Micros as_of) {
  std::map<std::string, QueueLength> all;
  for (const auto& [key, n] : cells.counts()) {
    const auto each = unpacked<Waiting>(key);
    count(all[each.queue], each, as_of, n);
  }
  return all;
}

Worklist list(const Cells& cells, std::string_view queue, Micros as_of, std::size_t limit) {
  const std::string begin = packed(std::string(queue));  // keys begin with the queue's name
  Worklist list;
  for (const auto& [key, n] : cells.counts()) {
    if (!key.starts_with(begin)) continue;
    list.first.push_back(unpacked<Waiting>(key));
    count(list.length, list.first.back(), as_of, n);
  }
  const auto cut = list.first.begin() + static_cast<std::ptrdiff_t>(std::min(limit, list.first.size()));
  std::ranges::partial_sort(list.first, cut, {}, rank);
  list.first.erase(cut, list.first.end());
  return list;
}

}  // namespace caseledger::projections
