#include "projections/recording.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "ledger/rules/standing.h"
#include "projections/counts.h"
#include "projections/days.h"
#include "projections/moment.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// ── what is counted of a stream in a month, that of the recording ──

// With the first three goes a duration as waits have it (days.h), with the last the first of so many versions.
enum class Sort : std::uint8_t { here, elsewhere, correction, retraction, missing };  // here: first recorded here, elsewhere: imported

struct Item {
  Sort sort;
  std::uint64_t value;

  static constexpr unsigned sort_bits = 3;
  std::uint64_t code() const { return value << sort_bits | static_cast<std::uint64_t>(sort); }
  static Item of(std::uint64_t code) { return {static_cast<Sort>(code & ((1u << sort_bits) - 1)), code >> sort_bits}; }
};
constexpr std::uint64_t age_unknown = wait_slots;  // what was changed has been excised

// Items and how many of each, in the order of their first: a few bytes each.
void count(std::string& items, const Item& item, std::uint64_t n = 1) {
  for (std::string_view rest(items); !rest.empty();) {
    const std::uint64_t code = inside_packed::take_number(rest);
    const std::size_t begin = items.size() - rest.size();
    const std::uint64_t before = inside_packed::take_number(rest);
    if (code != item.code()) continue;
    items.replace(begin, items.size() - rest.size() - begin, packed(before + n));
    return;
  }
  inside_packed::put(items, item.code());
  inside_packed::put(items, n);
}

void count(std::string& items, const Fact& fact) {
  const EventView& event = fact.event;
  const Sort sort = event.fields->imported() ? Sort::elsewhere : Sort::here;
  count(items, {sort, wait_slot(moment_of(event).at, fact.recorded_at, 0)});
  if (!rules::amends(event)) return;
  const Sort change = event.type == Body::CorrectionDecided ? Sort::correction : Sort::retraction;
  count(items, {change, fact.changes == 0 ? age_unknown : wait_slot(fact.changes, fact.recorded_at, 0)});
}

// A state: the stream's kind, its last version and, the latest first, each month with the length of its items and the items.
struct Stream {
  StreamKind kind = StreamKind::unset;
  Version last = 0;
  std::string_view months;

  explicit Stream(std::string_view state) {
    if (state.empty()) return;
    inside_packed::take(state, kind);
    inside_packed::take(state, last);
    months = state;
  }
};

struct OfMonth {
  Month month = 0;
  std::string_view items;
};

OfMonth take_month(std::string_view& months) {
  OfMonth of;
  inside_packed::take(months, of.month);
  const std::uint64_t size = inside_packed::take_number(months);
  of.items = months.substr(0, size);
  months.remove_prefix(size);
  return of;
}

// ── the sums ──

// A slot for each item.
struct Recorded {
  static constexpr char sort = 'r';
  Month month = 0;
  StreamKind kind = StreamKind::unset;
};

// How many there are is the cell's number.
struct Missing {
  static constexpr char sort = 'm';
  StreamId stream;
  StreamKind kind = StreamKind::unset;
  Version first = 0;
};

// ── the figures ──

class Durations {
 public:
  void add(std::uint64_t slot, std::int64_t n) { slots_[slot] += n; }
  void write(Sheet& sheet, const std::string& id, const std::string& title, std::initializer_list<int> percents) const {
    std::vector<Counted> values;
    for (const auto& [slot, n] : slots_) values.push_back({waited(static_cast<std::uint32_t>(slot)).lasted, n});
    for (const int percent : percents) {
      Figure& figure = sheet.add(id + ".p" + std::to_string(percent), title + (percent == 50 ? ", median" : ", " + std::to_string(percent) + "th percentile") + " by nearest rank", "us");
      figure.denominator = total(values);
      figure.note = "in whole seconds, to three leading digits";
      if (values.empty()) figure.flags.push_back("no_data");
      else figure.value = std::to_string(nearest_rank(values, percent));
    }
  }

 private:
  boost::unordered_flat_map<std::uint64_t, std::int64_t> slots_;
};

struct Events {
  std::int64_t recorded = 0;
  Durations lag;

  void write(Sheet& sheet) const {
    sheet.count("T15.recorded", "Events recorded in the period, those corrected or retracted since included", "events", recorded).note = "of an excised event only its hash is left, and it is not counted";
    lag.write(sheet, "T15.lag", "From when something happened to when it was recorded", {50, 95});
  }
};

struct Changes {
  std::int64_t corrections = 0, retractions = 0, missing = 0;
  Durations corrected, retracted;

  void add(const Item& item, std::int64_t n) {
    const bool corrects = item.sort == Sort::correction;
    (corrects ? corrections : retractions) += n;
    if (item.value != age_unknown) (corrects ? corrected : retracted).add(item.value, n);
  }
  void write(Sheet& sheet) const {
    sheet.count("T15.corrections", "Corrections approved in the period", "corrections", corrections);
    corrected.write(sheet, "T15.corrections.age", "From when the corrected event was recorded to its correction", {50});
    sheet.count("T15.retractions", "Retractions approved in the period", "retractions", retractions);
    retracted.write(sheet, "T15.retractions.age", "From when the retracted event was recorded to its retraction", {50});
    sheet.count("T15.missing", "Versions of streams that have no event at the as-of, excised ones included", "versions", missing);
  }
};

class Recording final : public Projection {
 public:
  std::string_view id() const override { return "recording"; }
  bool wants(Body type) const override { return type != Body::NONE; }
  bool as_recorded() const override { return true; }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const Stream stream(state);
    const Month month = month_of(fact.recorded_at);
    std::string items;
    std::string_view earlier = stream.months;
    if (std::string_view rest = stream.months; !rest.empty())
      if (const OfMonth before = take_month(rest); before.month == month) items = before.items, earlier = rest;
    count(items, fact);
    if (event.version > stream.last && event.version - stream.last > 1) count(items, {Sort::missing, stream.last + 1}, event.version - stream.last - 1);
    std::string latest;
    inside_packed::put(latest, event.kind);
    inside_packed::put(latest, std::max(stream.last, event.version));
    inside_packed::put(latest, month);
    inside_packed::put(latest, items);
    state.replace(0, state.size() - earlier.size(), latest);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const Stream stream(state);
    std::vector<Number> numbers;
    for (std::string_view rest = stream.months; !rest.empty();) {
      OfMonth of = take_month(rest);
      numbers.clear();
      while (!of.items.empty()) {
        const std::uint64_t code = inside_packed::take_number(of.items);
        const auto n = static_cast<std::int64_t>(inside_packed::take_number(of.items));
        if (const Item item = Item::of(code); item.sort != Sort::missing) numbers.push_back({static_cast<Slot>(code), n});
        else add(cell_key(Missing{.stream = add.stream(), .kind = stream.kind, .first = static_cast<Version>(item.value)}), n);
      }
      add(cell_key(Recorded{.month = of.month, .kind = stream.kind}), numbers);
    }
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto events = groups_for<Events>(query, {{"kind", ""}, {"imported", ""}});
    auto changes = groups_for<Changes>(query, {{"kind", ""}});
    for (const auto& [key, numbers] : cells.all()) {
      if (const auto missing = cell_of<Missing>(key)) {
        changes[group_of(query, {{"kind", kind_name(missing->kind)}})].missing += numbers.at(0);
        continue;
      }
      const auto recorded = *cell_of<Recorded>(key);
      if (!counts_month(query, recorded.month)) continue;
      const std::string_view kind = kind_name(recorded.kind);
      for (const Number& each : numbers) {
        const Item item = Item::of(each.slot);
        if (item.sort != Sort::here && item.sort != Sort::elsewhere) {
          changes[group_of(query, {{"kind", kind}})].add(item, each.n);
          continue;
        }
        Events& row = events[group_of(query, {{"kind", kind}, {"imported", item.sort == Sort::elsewhere ? "yes" : "no"}})];
        row.recorded += each.n;
        row.lag.add(item.value, each.n);
      }
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : events) {
      Sheet sheet(group, figures);
      row.write(sheet);
    }
    for (const auto& [group, row] : changes) {
      Sheet sheet(group, figures);
      row.write(sheet);
    }
    return figures;
  }
};

}  // namespace

std::vector<MissingVersions> missing_versions(const Cells& of_recording) {
  std::vector<MissingVersions> all;
  for (const auto& [key, n] : of_recording.counts())
    if (const auto missing = cell_of<Missing>(key)) all.push_back({missing->stream, missing->first, static_cast<std::uint32_t>(n)});
  return all;
}

const Projection& recording() {
  static const Recording projection;
  return projection;
}

}  // namespace caseledger::projections
