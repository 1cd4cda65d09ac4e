#include "projections/searches.h"

#include <algorithm>
#include <array>
#include <map>

#include "projections/counts.h"
#include "projections/histograms.h"
#include "projections/on.h"
#include "projections/organisations.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// Reasons that say that there was one, and not which.
constexpr std::array<std::string_view, 8> generic_reasons = {"general", "inv", "investigation", "investigative", "n_a", "other", "test", "unknown"};

constexpr Micros hour = 3600 * Micros{1'000'000};

struct Search {
  static constexpr char sort = 's';
  Month month = 0, recorded = 0;
  SearchSystem system = SearchSystem::unset;
  bool for_case = false;
  PublicKey reader{};
  std::string reason;
};

// Those that another log recorded first.
struct Repeated {
  static constexpr char sort = 'a';
  Search search;
};

// Those for a case that is known, and who opened it, by the month in which that was recorded.
struct Opened {
  PublicKey key{};
  Month recorded = 0;
};
struct ForKnownCase {
  static constexpr char sort = 'f';
  Search search;
  Opened opened;
};

// A slot for each hour of the day, UTC.
struct AtHour {
  static constexpr char sort = 'h';
  Month month = 0;
};

enum class Size : std::uint8_t { networks, devices, window_hours };
constexpr std::array<std::string_view, 3> size_names = {"networks", "devices", "window_hours"};

// A slot for each value, to three leading digits.
struct Sized {
  static constexpr char sort = 'z';
  Month month = 0;
  SearchSystem system = SearchSystem::unset;
  Size size = Size::networks;
};

// ── one search ──

struct Executed {
  Search search;
  std::uint8_t hour = 0;
  std::array<std::optional<std::uint32_t>, size_names.size()> sizes;
};

Executed executed(const Fact& fact) {
  const auto& body = fact.event.body<SearchExecuted>();
  const Micros at = fact.event.fields->occurred_at(), of_day = (at % (24 * hour) + 24 * hour) % (24 * hour);
  Executed one{.search = {.month = month_of(at),
                          .recorded = month_of(fact.recorded_at),
                          .system = body.system(),
                          .for_case = body.case_ref() != nullptr,
                          .reader = fact.author,
                          .reason = std::string(text_of(body.reason_code()))},
               .hour = static_cast<std::uint8_t>(of_day / hour),
               .sizes = {}};
  const auto sized = [&](Size size, std::uint64_t value) {
    one.sizes[std::size_t(size)] = three_digits(static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX)));
  };
  if (const auto networks = body.networks()) sized(Size::networks, *networks);
  if (const auto devices = body.devices()) sized(Size::devices, *devices);
  const auto from = body.window_from(), to = body.window_to();
  if (from && to && *to >= *from) sized(Size::window_hours, (static_cast<std::uint64_t>(*to) - static_cast<std::uint64_t>(*from) + hour - 1) / hour);
  return one;
}

// The cells that it counts in, and the slot of each.
std::vector<std::pair<std::string, Slot>> cells_of(const Executed& one) {
  const auto& [search, at_hour, sizes] = one;
  std::vector<std::pair<std::string, Slot>> cells{{cell_key(search), 0}, {cell_key(AtHour{search.month}), at_hour}};
  for (std::size_t size = 0; size < sizes.size(); ++size)
    if (sizes[size]) cells.emplace_back(cell_key(Sized{.month = search.month, .system = search.system, .size = Size(size)}), *sizes[size]);
  return cells;
}

// ── in which log a search counts, and for whose case it was ──
//
// Its event tells a node that keeps a handful of searches of one log with the same id; that tells the node of the id, which tells those of later logs that
// they do not count. Those that count tell their cases, and a case tells the log by whom it was opened; the others tell the log to take them back.

struct Sighting {
  static constexpr char sort = 'g';
  std::array<std::uint8_t, 8> position{};  // of the event: in their bytes' order these are in the order of the log
  StreamId log, handful, of_id;
  std::optional<StreamId> of_case;
  Executed executed;
};

struct Said {
  static constexpr char sort = 'e';
  Sighting sighting;
};

struct Handful {
  static constexpr char sort = 'i';
  std::array<std::uint8_t, 8> first{};
  StreamId log, handful;
};

struct HadBefore {
  static constexpr char sort = 'n';
};

struct TakenBack {
  static constexpr char sort = 't';
  std::string cell;
  Slot slot = 0;
};

struct ForThisCase {
  static constexpr char sort = 'c';
  StreamId log;
  Search search;
};

struct ForCaseOf {
  static constexpr char sort = 'o';
  Search search;
  Opened opened;
};

// Logs may well call all their searches the same: no node keeps more of them than this.
constexpr Version searches_in_handful = 64;

Sighting sighting_of(const Fact& fact) {
  const auto& body = fact.event.body<SearchExecuted>();
  Sighting one{.position = {}, .log = fact.event.stream, .handful = {}, .of_id = {}, .of_case = {}, .executed = executed(fact)};
  store_be(one.position.data(), fact.position.value);
  if (body.case_ref()) one.of_case = uuid_of(body.case_ref()->stream());
  Buffer name{static_cast<std::uint8_t>(body.system())};
  append(name, bytes_of(text_of(body.search_id())));
  one.of_id = node("caseledger/search", name);
  append_le(name, fact.event.version / searches_in_handful);
  append(name, one.log.bytes);
  one.handful = node("caseledger/searches of a log", name);
  return one;
}

void tell_of_handful(const std::vector<Sighting>& handful, bool count, const Projection::Tell& tell) {
  if (handful.empty()) return;
  tell({handful[0].of_id, cell_key(Handful{handful[0].position, handful[0].log, handful[0].handful})});
  for (const Sighting& each : handful) {
    if (!count) for (auto& [cell, slot] : cells_of(each.executed)) tell({each.log, cell_key(TakenBack{std::move(cell), slot})});
    else if (each.of_case) tell({*each.of_case, cell_key(ForThisCase{each.log, each.executed.search})});
  }
}

void tell_of_id(const std::vector<Handful>& all, const Projection::Tell& tell) {
  for (const Handful& each : all)
    if (each.log != all[0].log) tell({each.handful, cell_key(HadBefore{})});
}

// A state ends with what it is: the histograms of a log, the decisions of the governance stream, who opened a case. Long ones grow where they are.
constexpr char histograms_kept = 'h', decisions_kept = 'd', opened_kept = 'o';

char kept_of(Body type) { return type == Body::SearchExecuted ? histograms_kept : type == Body::CaseOpened ? opened_kept : decisions_kept; }
bool is_of_case(std::string_view state) { return state.ends_with(opened_kept); }
std::string_view without_end(std::string_view state) { return state.substr(0, state.size() - 1); }

// ── the figures ──

struct Row {
  std::int64_t searches = 0, without_case = 0, generic = 0, for_known = 0, outside = 0, repeated = 0;

  void add(const Search& search, std::int64_t n) {
    searches += n;
    without_case += search.for_case ? 0 : n;
    generic += std::ranges::find(generic_reasons, search.reason) != generic_reasons.end() ? n : 0;
  }
};

using Sizes = std::array<std::vector<Counted>, size_names.size()>;

void write(Sheet& sheet, const Row& row) {
  sheet.count("T7.searches", "Searches executed in the period", "searches", row.searches);
  sheet.share("T7.without_case", "Of them, those that name no case", row.without_case, row.searches);
  sheet.share("T7.generic_reason", "Of them, those whose reason says no more than that there was one", row.generic, row.searches).note =
      "general, inv, investigation, investigative, n_a, other, test, unknown";
  sheet.share("T7.outside", "Of the searches for a case, those by another organisation than the one that opened it", row.outside, row.for_known).note =
      "of those that name a case of this ledger, where both organisations are known";
  sheet.count("T7.repeated", "Searches that another log had recorded before, by their id: they count there alone", "searches", row.repeated);
}

void write(Sheet& sheet, const Sizes& sizes) {
  for (std::size_t size = 0; size < sizes.size(); ++size) {
    const std::string name(size_names[size]);
    for (const auto& [suffix, title, percent] : {std::tuple(".p50", "median by nearest rank", 50), std::tuple(".max", "most", 100)}) {
      Figure& figure = sheet.add("T7." + name + suffix, "Searched at once: " + name + ", " + title, size == 2 ? "h" : name);
      figure.denominator = total(sizes[size]);
      figure.note = "of the searches that state it, to three leading digits";
      if (sizes[size].empty()) figure.flags.push_back("no_data");
      else figure.value = std::to_string(nearest_rank(sizes[size], percent));
    }
  }
}

class Searches final : public Projection {
 public:
  std::string_view id() const override { return "searches"; }
  unsigned version() const override { return 4; }
  bool wants(Body type) const override { return is_among(type, {Body::SearchExecuted, Body::CaseOpened}) || bears_on_enrolment(type); }

  void step(std::string& state, const Fact& fact) const override {
    const char kept = kept_of(fact.event.type);
    if (!state.empty() && state.back() != kept) return;
    if (!state.empty()) state.pop_back();
    if (kept == histograms_kept) for (const auto& [cell, slot] : cells_of(executed(fact))) count_value(state, cell, slot);
    else if (kept == opened_kept) state = packed(Opened{fact.author, month_of(fact.recorded_at)});
    else keep_decision(state, fact);
    state += kept;
  }

  bool tells() const override { return true; }
  bool says_of(StreamKind kind) const override { return kind == StreamKind::access; }

  std::string says(const Fact& fact) const override { return fact.event.type == Body::SearchExecuted ? cell_key(Said{sighting_of(fact)}) : ""; }

  void tell(std::string_view state, const Heard& heard, const Tell& tell) const override {
    if (!state.empty() && !is_of_case(state)) return;  // nobody has to know of what a log heard, and that is much
    std::vector<Sighting> sightings;
    std::vector<Handful> of_id;
    bool count = true;
    heard.each([&](std::string_view what, std::int64_t n) {
      if (const auto said = cell_of<Said>(what)) tell({said->sighting.handful, cell_key(said->sighting)});
      if (auto sighting = cell_of<Sighting>(what)) sightings.push_back(std::move(*sighting));
      if (cell_of<HadBefore>(what)) count = false;
      if (const auto handful = cell_of<Handful>(what)) of_id.push_back(*handful);
      if (const auto asked = cell_of<ForThisCase>(what); asked && is_of_case(state))
        tell({asked->log, cell_key(ForCaseOf{asked->search, unpacked<Opened>(without_end(state))}), n});
    });
    tell_of_handful(sightings, count, tell);
    tell_of_id(of_id, tell);
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (is_of_case(state)) return;
    if (state.back() == decisions_kept) {
      for (const EnrolmentCell& each : enrolments(without_end(state))) add(cell_key(each), 1);
      return;
    }
    add_histograms(without_end(state), add);
    add.heard().each([&](std::string_view what, std::int64_t n) {
      if (const auto asked = cell_of<ForCaseOf>(what)) add(cell_key(ForKnownCase{asked->search, asked->opened}), n);
      if (const auto back = cell_of<TakenBack>(what)) {
        add(back->cell, std::array{Number{back->slot, -n}});
        if (auto search = cell_of<Search>(back->cell)) add(cell_key(Repeated{std::move(*search)}), n);
      }
    });
  }

  bool joins(std::string_view cell) const override { return cell[0] == EnrolmentCell::sort; }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Organisations organisations(cells);
    auto rows = groups_for<Row>(query, {{"system", ""}, {"reason", ""}, {"organisation", ""}});
    auto sizes = groups_for<Sizes>(query, {{"system", ""}});
    std::map<std::uint8_t, std::int64_t> hours;
    const auto by = [&](const Search& search) { return organisations.of(search.reader, search.recorded); };
    const auto row_of = [&](const Search& search) -> Row& {
      return rows[group_of(query, {{"system", EnumNameSearchSystem(search.system)}, {"reason", search.reason}, {"organisation", by(search)}})];
    };
    for (const auto& [key, numbers] : cells.all()) {
      const std::int64_t n = numbers.at(0);
      if (const auto search = cell_of<Search>(key); search && counts_month(query, search->month)) {
        row_of(*search).add(*search, n);
      } else if (const auto repeated = cell_of<Repeated>(key); repeated && counts_month(query, repeated->search.month)) {
        row_of(repeated->search).repeated += n;
      } else if (const auto known = cell_of<ForKnownCase>(key); known && counts_month(query, known->search.month)) {
        const std::string_view searcher = by(known->search), opener = organisations.of(known->opened.key, known->opened.recorded);
        if (searcher == organisation_unknown || opener == organisation_unknown) continue;
        Row& row = row_of(known->search);
        row.for_known += n;
        row.outside += searcher != opener ? n : 0;
      } else if (const auto sized = cell_of<Sized>(key); sized && counts_month(query, sized->month)) {
        auto& values = sizes[group_of(query, {{"system", EnumNameSearchSystem(sized->system)}})][std::size_t(sized->size)];
        for (const Number& each : numbers) values.push_back({each.slot, each.n});
      } else if (const auto at = cell_of<AtHour>(key); at && counts_month(query, at->month)) {
        for (const Number& each : numbers) hours[static_cast<std::uint8_t>(each.slot)] += each.n;
      }
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    for (const auto& [group, row] : sizes) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    const Group whole;
    Sheet sheet(whole, figures);
    for (const auto& [at, n] : hours) sheet.count("T7.hour", "Searches in this hour of the day, UTC", "searches", n).group.emplace_back("hour", std::to_string(at));
    for (Figure& figure : figures) figure.definition = 2;  // a search counts in one log
    return figures;
  }
};

}  // namespace

const Projection& searches() {
  static const Searches projection;
  return projection;
}

}  // namespace caseledger::projections
