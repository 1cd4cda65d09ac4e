#include "projections/worklist.h"

#include <algorithm>
#include <limits>

#include "ledger/rules/authority.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/sheet.h"
#include "projections/triage_items.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::Priority;

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

bool WaitingFilter::matches(const Waiting& waiting, Micros as_of) const {
  return (!queue || waiting.queue == *queue) && (priorities.empty() || priorities.contains(waiting.priority)) && (kinds.empty() || kinds.contains(waiting.kind)) &&
         rules::covers(jurisdictions, waiting.jurisdiction) && (!overdue || waiting.overdue(as_of));
}

std::vector<Waiting> waiting(const Cells& cells, Micros as_of, const WaitingFilter& filter) {
  const std::string begin = filter.queue ? packed(*filter.queue) : std::string();  // keys begin with the queue's name
  std::vector<Waiting> items;
  for (const auto& [key, n] : cells.counts()) {
    if (!key.starts_with(begin)) continue;
    if (auto each = unpacked<Waiting>(key); filter.matches(each, as_of)) items.push_back(std::move(each));
  }
  return items;
}

Urgency urgency(const Waiting& waiting) {
  const auto last_if = [](bool none, auto value) { return none ? std::numeric_limits<decltype(value)>::max() : value; };
  return {last_if(waiting.priority == Priority::unset, static_cast<std::int32_t>(waiting.priority)), last_if(waiting.due_at == 0, waiting.due_at), waiting.entered_at,
          waiting.item, waiting.stream};
}

std::map<std::string, QueueLength> queue_lengths(std::span<const Waiting> items, Micros as_of) {
  std::map<std::string, QueueLength> all;
  for (const Waiting& each : items) {
    QueueLength& length = all[each.queue];
    ++length.waiting;
    if (each.overdue(as_of)) ++length.overdue;
    ++length.by_priority.at(static_cast<std::size_t>(each.priority));
    if (length.oldest_entered_at == 0 || each.entered_at < length.oldest_entered_at) length.oldest_entered_at = each.entered_at;
  }
  return all;
}

}  // namespace caseledger::projections
