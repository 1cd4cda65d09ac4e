#include "projections/packed.h"
#include "projections/rows.h"
#include "projections/triage_rows.h"
#include "projections/waits.h"

namespace caseledger::projections {

namespace {

using schema::Designation;

std::string_view name_of(StreamKind kind) { return kind == StreamKind::unset ? "elsewhere" : kind_name(kind); }

auto dimensions_of(const ItemCell& item) {
  return dimensions({{"item", name_of(item.kind)},
                     {"item_type", name(item.type)},
                     {"priority", schema::EnumNamePriority(item.priority)},
                     {"jurisdiction", item.jurisdiction},
                     {"age_band", item.age_band},
                     {"race_ethnicity", item.race_ethnicity}});
}

auto dimensions_of(const StayCell& stay) {
  return dimensions({{"queue", stay.queue},
                     {"item", name_of(stay.kind)},
                     {"item_type", name(stay.type)},
                     {"priority", schema::EnumNamePriority(stay.priority)},
                     {"jurisdiction", stay.jurisdiction}});
}

// Waits that are not wanted, which cost the most, are not gathered.
struct ItemRow {
  struct Wait {
    ItemCount its;
    const char *id, *title;
    Waits waits;
  };

  explicit ItemRow(const FigureQuery& query) {
    for (const auto& [its, id, title] : {std::tuple(ItemCount::scored, "T2.scored", "From receipt to the first score"),
                                         {ItemCount::designated, "T2.designated", "From receipt to the first designation"},
                                         {ItemCount::reviewed, "T2.reviewed", "From receipt to the first review by a person"},
                                         {ItemCount::delivered, "T2.delivered", "From receipt to the first delivery of a referral"},
                                         {ItemCount::accepted, "T2.accepted", "From receipt to the first acceptance of a referral"}})
      if (query.wants(id)) waits.push_back({its, id, title, Waits(query.as_of, Waits::Grain::binned)});
  }

  std::vector<Wait> waits;
  std::map<Designation, std::int64_t> mix;
  std::int64_t triaged = 0, expedited = 0, determined = 0, jurisdiction_changes = 0;

  void add(const ItemCell& item, const Sums& sums) {
    for (const auto& [slot, n] : sums) {
      const auto what = static_cast<ItemCount>(slot / wait_slots * wait_slots);
      for (Wait& wait : waits)
        if (what == wait.its || what == ItemCount::untouched) wait.waits.add(item.begun, slot % wait_slots, n);
      if (slot < wait_slots) count(item, slot, n);
    }
  }

  void count(const ItemCell& item, Slot slot, std::int64_t n) {
    if (slot == static_cast<Slot>(ItemCount::determined)) determined += n;
    else if (slot == static_cast<Slot>(ItemCount::jurisdiction_changes)) jurisdiction_changes += n;
    else if (slot > static_cast<Slot>(ItemCount::designations)) mix[static_cast<Designation>(slot - static_cast<Slot>(ItemCount::designations))] += n;
    if (slot != static_cast<Slot>(ItemCount::triaged)) return;
    triaged += n;
    if (item.expedited) expedited += n;
  }

  std::int64_t designated_items() const {
    std::int64_t all = 0;
    for (const auto& [designation, n] : mix) all += n;
    return all;
  }
};

struct StayRow {
  explicit StayRow(const FigureQuery& query)
      : as_of(query.as_of), in_queue(query.wants("T2.queue")), by_expedition(query.wants("T4.wait")), all(as_of, Waits::Grain::binned), expedited(all), others(all) {}

  Micros as_of;
  bool in_queue, by_expedition;  // which waits are gathered
  Waits all, expedited, others;
  std::int64_t due = 0, in_time = 0;

  void add(const StayCell& stay, const Sums& sums) {
    for (const auto& [slot, n] : sums) {
      const Slot wait = static_cast<Slot>(StayCount::wait), still_due = static_cast<Slot>(StayCount::due);
      if (slot == static_cast<Slot>(StayCount::in_time)) {
        in_time += n;
        due += n;
      } else if (slot == static_cast<Slot>(StayCount::late) || (slot >= still_due && after_quarters(stay.entered, slot - still_due) < as_of)) {
        due += n;
      } else if (slot >= wait && slot < still_due) {
        if (in_queue) all.add(stay.entered, slot - wait, n);
        if (by_expedition) (stay.expedited ? expedited : others).add(stay.entered, slot - wait, n);
      }
    }
  }
};

// The share of one group over the share among all others.
void write_disparity(Sheet& sheet, std::int64_t expedited, std::int64_t triaged, std::int64_t all_expedited, std::int64_t all_triaged) {
  Figure& figure = sheet.add("T4.disparity", "Share expedited in this group over the share expedited among all others", "ratio");
  const std::int64_t others = all_triaged - triaged, others_expedited = all_expedited - expedited;
  figure.numerator = expedited;
  figure.denominator = triaged;
  figure.note = "the numerator and the denominator are this group's; expedited among all others: " + std::to_string(others_expedited) + " of " +
                std::to_string(others);
  if (triaged == 0 || others_expedited == 0) {
    figure.flags.push_back("no_data");
    return;
  }
  figure.value = (Decimal(expedited) / triaged * others / others_expedited).fixed();
  if (expedited == 0) return;
  const Interval interval = katz(expedited, triaged, others_expedited, others);
  figure.interval = {interval.lower.fixed(), interval.upper.fixed()};
}

constexpr Designation designations[] = {Designation::referral, Designation::informational, Designation::unfounded, Designation::spam_test};

void write_items(Sheet& sheet, const ItemRow& row) {
  for (const auto& wait : row.waits) write_waits(sheet, wait.id, wait.title, wait.waits);
  for (const Designation each : designations) {
    const std::string name = schema::EnumNameDesignation(each);
    const auto found = row.mix.find(each);
    sheet.share("T2.mix." + name, "Of the items designated, those now designated " + name, found == row.mix.end() ? 0 : found->second, row.designated_items());
  }
  sheet.share("T4.expedited", "Of the items in triage, those that were put first", row.expedited, row.triaged);
  sheet.quotient("T8.jurisdiction_changes", "Changes of jurisdiction per item whose jurisdiction was determined", row.jurisdiction_changes, row.determined);
}

void write_stays(Sheet& sheet, const StayRow& row) {
  if (row.in_queue) write_waits(sheet, "T2.queue", "Time in a queue", row.all);
  sheet.share("T2.in_due", "Of the waits with a due time that have ended or are past it, those that ended in time", row.in_time, row.due).note =
      "waits whose report or case ended before they were due are left out";
  if (!row.by_expedition) return;
  write_waits(sheet, "T4.wait.expedited", "Time in a queue of items that were put first", row.expedited);
  write_waits(sheet, "T4.wait.others", "Time in a queue of all other items", row.others);
}

}  // namespace

std::vector<Figure> triage_figures(const Cells& cells, const FigureQuery& query) {
  auto items = rows_of(query, ItemCell{}, [](const ItemCell& item) { return dimensions_of(item); }, ItemRow(query));
  auto stays = rows_of(query, StayCell{}, [](const StayCell& stay) { return dimensions_of(stay); }, StayRow(query));
  std::int64_t triaged = 0, expedited = 0;
  for (const auto& [key, sums] : cells.all()) {
    if (const auto item = cell_of<ItemCell>(key); item && counts_day(query, item->begun)) {
      items.add(*item, sums);
      triaged += sums.at(static_cast<Slot>(ItemCount::triaged));
      if (item->expedited) expedited += sums.at(static_cast<Slot>(ItemCount::triaged));
    }
    if (const auto stay = cell_of<StayCell>(key); stay && counts_day(query, stay->entered)) stays.add(*stay, sums);
  }

  std::vector<Figure> figures;
  for (const auto& [group, row] : items.all()) {
    Sheet sheet(group, figures);
    write_items(sheet, row);
    write_disparity(sheet, row.expedited, row.triaged, expedited, triaged);
  }
  for (const auto& [group, row] : stays.all()) {
    Sheet sheet(group, figures);
    write_stays(sheet, row);
  }
  define_by_days(query, figures);
  return figures;
}

}  // namespace caseledger::projections
