#include "projections/hotlist.h"

#include <algorithm>
#include <map>

#include "projections/case_phase.h"
#include "projections/counties.h"
#include "projections/hotlist_vehicles.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// A case is told of its entries, and tells each of them what it has to know.
struct IsListed {
  static constexpr char sort = 'l';
  StreamId entry;
};
struct Sought {
  static constexpr char sort = 's';
  Micros over = 0;  // when every child was back or found dead, or it was closed or merged; 0: the search goes on
  std::string county;  // that the child is missing from; empty where the case does not say
};

struct Entry {
  StreamId of_case;
  Micros added = 0, propagated = 0;  // propagated: to the detectors, for the first time; 0: not known
  Micros ended = 0;                  // removed or expired; 0: listed
  Micros valid_until = 0;
  Hotlist list = Hotlist::unset;
  bool expired = false;              // it ended so
  std::string plate_state;
};

struct EntryState {
  static constexpr char sort = 'h';
  StreamId itself;
  Entry entry;
};
struct CaseState {
  static constexpr char sort = 'c';
  CasePhase phase;
  Sought sought;
};

struct EntryCell {
  static constexpr char sort = 'h';
  Entry entry;
  Sought sought;
};

bool ends_search(rules::Phase phase) {
  return phase == rules::Phase::recovered || phase == rules::Phase::deceased || phase == rules::Phase::closed || phase == rules::Phase::merged;
}

void change(Entry& entry, const EventView& event, const HotlistEntryChanged& body) {
  const Micros at = moment_of(event).at;
  entry.list = body.list();
  entry.of_case = uuid_of(body.case_id()->stream());
  entry.valid_until = body.valid_until();
  entry.plate_state = text_of(body.plate_state());
  switch (body.action()) {
    case HotlistAction::unset: break;
    case HotlistAction::added:
    case HotlistAction::updated:
      if (entry.added == 0) entry.added = at;
      entry.ended = 0;
      break;
    case HotlistAction::removed:
    case HotlistAction::expired:
      entry.ended = at;
      entry.expired = body.action() == HotlistAction::expired;
      break;
  }
  if (const auto propagated = body.propagated_at(); propagated && entry.propagated == 0) entry.propagated = *propagated;
}

// When what this event says about the child or the case happened.
Micros told_at(const EventView& event) {
  if (event.type == Body::ChildRecovered) return moment_of(event.body<ChildRecovered>(), event).at;
  return moment_of(event).at;
}

// Newest is what was taken last; one that does not state whom it gives access, or is of no county, takes nothing back.
void read(std::string& state, const CoverageSnapshotTaken& body) {
  const auto jurisdiction = text_of(body.jurisdiction());
  if (!body.sharing_orgs() || !is_county(jurisdiction)) return;
  if (!state.empty() && unpacked<Portal>(std::string_view(state).substr(1)).as_of > body.as_of()) return;
  state = cell_key(Portal{.as_of = body.as_of(), .shares = *body.sharing_orgs() > 0, .county = one_name(jurisdiction)});
}

struct Row {
  explicit Row(Micros as_of) : to_propagate(as_of), to_remove(as_of) {}

  std::int64_t added = 0, propagated = 0, listed = 0, outdated = 0, expired = 0, removed = 0;
  std::int64_t outlived = 0, stale = 0;
  Waits to_propagate, to_remove;
};

bool has_come(Micros at, Micros as_of) { return at != 0 && at <= as_of; }
bool is_listed(const Entry& entry, Micros as_of) { return !has_come(entry.ended, as_of); }

void add(Row& row, const Entry& entry, Micros over, Micros as_of, const Window& window) {
  const auto came = [&](Micros at) { return has_come(at, as_of); };
  const bool listed = is_listed(entry, as_of);
  if (entry.added != 0 && window.holds(entry.added)) {
    ++row.added;
    row.propagated += came(entry.propagated);
    row.to_propagate.add(entry.added, entry.propagated, entry.ended, 1);
  }
  if (!listed && window.holds(entry.ended)) ++(entry.expired ? row.expired : row.removed);
  if (listed) {
    ++row.listed;
    row.outdated += entry.valid_until != 0 && entry.valid_until < as_of;
    row.stale += came(over);
  }
  // An entry that was gone before the search was over has not outlived it.
  if (!came(over) || !window.holds(over) || (entry.ended != 0 && entry.ended < over)) return;
  ++row.outlived;
  row.to_remove.add(over, entry.ended, 0, 1);
}

void write(Sheet& sheet, const Row& row) {
  sheet.count("T6.hotlist.added", "Hot-list entries added in the period", "entries", row.added);
  sheet.share("T6.hotlist.propagated", "Of them, known to have reached the detectors", row.propagated, row.added);
  write_waits(sheet, "T6.hotlist.propagation", "From entry to the detectors", row.to_propagate, {50, 90, 99});
  sheet.count("T6.hotlist.removed", "Entries removed in the period", "entries", row.removed);
  sheet.count("T6.hotlist.expired", "Entries expired in the period", "entries", row.expired);
  sheet.count("T6.hotlist.listed", "Entries listed at the as-of", "entries", row.listed);
  sheet.count("T6.hotlist.outdated", "Of them, listed beyond their own end", "entries", row.outdated);
  sheet.share("T6.hotlist.stale", "Of them, those of a case whose search is over", row.stale, row.listed).note =
      "over: every child is back or found dead, or the case is closed or merged";
  sheet.count("T6.hotlist.outlived", "Entries still listed when the search of their case ended in the period", "entries", row.outlived);
  write_waits(sheet, "T6.hotlist.removal", "From the end of the search to the removal", row.to_remove, {50, 90});
}

class HotlistEntries final : public Projection {
 public:
  std::string_view id() const override { return "hotlist"; }
  unsigned version() const override { return 3; }
  bool wants(Body type) const override { return type == Body::HotlistEntryChanged || type == Body::CoverageSnapshotTaken || moves_case(type); }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const bool is_entry = event.type == Body::HotlistEntryChanged, is_portal = event.type == Body::CoverageSnapshotTaken;
    const char letter = is_entry ? EntryState::sort : is_portal ? Portal::sort : CaseState::sort;
    if (!state.empty() && state[0] != letter) return;
    if (is_portal) return read(state, event.body<CoverageSnapshotTaken>());
    if (is_entry) {
      auto of = cell_of<EntryState>(state).value_or(EntryState{.itself = event.stream, .entry = {}});
      change(of.entry, event, event.body<HotlistEntryChanged>());
      state = cell_key(of);
    } else {
      auto file = cell_of<CaseState>(state).value_or(CaseState{});
      file.phase = after(file.phase, event, fact.position);
      on<CaseOpened>(event, [&](const auto& body) { file.sought.county = county_of(text_of(body.missing_from()->state()), text_of(body.missing_from()->county())); });
      const bool over = ends_search(file.phase.phase);
      if (!over) file.sought.over = 0;
      else if (file.sought.over == 0) file.sought.over = told_at(event);
      state = cell_key(file);
    }
  }

  bool tells() const override { return true; }
  void tell(std::string_view state, const Heard& heard, const Tell& tell) const override {
    if (const auto of = cell_of<EntryState>(state)) tell({of->entry.of_case, cell_key(IsListed{of->itself})});
    if (heard.empty() || !state.starts_with(CaseState::sort)) return;
    const std::string sought = cell_key(cell_of<CaseState>(state)->sought);
    heard.each([&](std::string_view what, std::int64_t) {
      if (const auto listed = cell_of<IsListed>(what)) tell({listed->entry, sought});
    });
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (state[0] == Portal::sort) return add(state, 1);
    const auto of = cell_of<EntryState>(state);
    if (!of) return;
    EntryCell cell{of->entry, {}};
    add.heard().each([&](std::string_view what, std::int64_t) {
      if (auto sought = cell_of<Sought>(what)) cell.sought = std::move(*sought);
    });
    add(cell_key(cell), 1);
  }

  bool joins(std::string_view cell) const override { return cell[0] == Portal::sort; }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    std::map<Group, Row> rows;
    const auto row_of = [&](const Entry& entry) -> Row& {
      const std::string plate_state = entry.plate_state.empty() ? "unknown" : entry.plate_state;
      return rows.try_emplace(group_of(query, {{"list", EnumNameHotlist(entry.list)}, {"plate_state", plate_state}}), query.as_of).first->second;
    };
    if (group_of(query, {{"list", ""}, {"plate_state", ""}}).empty()) row_of({});
    const Window window = window_of(query);
    Vehicles vehicles;
    for (const auto& [key, n] : cells.counts()) {
      if (const auto portal = cell_of<Portal>(key)) vehicles.add(*portal);
      const auto listed = cell_of<EntryCell>(key);
      if (!listed) continue;
      const auto& [entry, sought] = *listed;
      for (std::int64_t i = 0; i < n; ++i) add(row_of(entry), entry, sought.over, query.as_of, window);
      if (is_listed(entry, query.as_of) && !has_come(sought.over, query.as_of)) vehicles.add_listed(entry.of_case, sought.county);
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    const Group whole;  // cases have no list and no plate
    Sheet sheet(whole, figures);
    vehicles.write(sheet);
    return figures;
  }
};

}  // namespace

const Projection& hotlist() {
  static const HotlistEntries projection;
  return projection;
}

}  // namespace caseledger::projections
