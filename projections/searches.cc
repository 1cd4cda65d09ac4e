#include "projections/searches.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "projections/counts.h"
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

// Cases that a key opened, by the month of their recording.
struct Opened {
  static constexpr char sort = 'o';
  PublicKey key{};
  Month recorded = 0;
};

struct AtHour {
  static constexpr char sort = 'h';
  Month month = 0;
  std::uint8_t hour = 0;  // UTC
};

enum class Size : std::uint8_t { networks, devices, window_hours };
constexpr std::array<std::string_view, 3> size_names = {"networks", "devices", "window_hours"};

struct Sized {
  static constexpr char sort = 'z';
  Month month = 0;
  SearchSystem system = SearchSystem::unset;
  Size size = Size::networks;
  std::uint32_t value = 0;  // to three leading digits
};

void look(std::string& counts, const Fact& fact, const SearchExecuted& body) {
  const Micros at = fact.event.fields->occurred_at();
  const Month month = month_of(at);
  const Search search{.month = month,
                      .recorded = month_of(fact.recorded_at),
                      .system = body.system(),
                      .for_case = body.case_ref() != nullptr,
                      .reader = fact.author,
                      .reason = std::string(text_of(body.reason_code()))};
  const Micros of_day = (at % (24 * hour) + 24 * hour) % (24 * hour);
  std::vector<std::string> keys{cell_key(search), cell_key(AtHour{.month = month, .hour = static_cast<std::uint8_t>(of_day / hour)})};
  const auto sized = [&](Size size, std::uint64_t value) {
    const auto bounded = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
    keys.push_back(cell_key(Sized{.month = month, .system = body.system(), .size = size, .value = three_digits(bounded)}));
  };
  if (const auto networks = body.networks()) sized(Size::networks, *networks);
  if (const auto devices = body.devices()) sized(Size::devices, *devices);
  const auto from = body.window_from(), to = body.window_to();
  if (from && to && *to >= *from) sized(Size::window_hours, (static_cast<std::uint64_t>(*to) - static_cast<std::uint64_t>(*from) + hour - 1) / hour);
  count_each(counts, std::move(keys));
}

// A state ends with what it is, counts or the decisions of the governance stream: long counts grow where they are.
constexpr char counts_kept = 'c', decisions_kept = 'd';

// A search from outside names a case, and whoever searched opens none.
struct Row {
  std::int64_t searches = 0, without_case = 0, generic = 0, for_known = 0, outside = 0;

  void add(const Search& search, bool known, bool opens_cases, std::int64_t n) {
    searches += n;
    without_case += search.for_case ? 0 : n;
    generic += std::ranges::find(generic_reasons, search.reason) != generic_reasons.end() ? n : 0;
    for_known += search.for_case && known ? n : 0;
    outside += search.for_case && known && !opens_cases ? n : 0;
  }
};

using Sizes = std::array<std::vector<Counted>, size_names.size()>;

void write(Sheet& sheet, const Row& row) {
  sheet.count("T7.searches", "Searches executed in the period", "searches", row.searches);
  sheet.share("T7.without_case", "Of them, those that name no case", row.without_case, row.searches);
  sheet.share("T7.generic_reason", "Of them, those whose reason says no more than that there was one", row.generic, row.searches).note =
      "general, inv, investigation, investigative, n_a, other, test, unknown";
  sheet.share("T7.outside", "Of the searches that name a case and whose organisation is known, those by organisations that had opened no case by the as-of", row.outside, row.for_known).note =
      "the least that searches of other organisations' cases come to: among organisations that open cases it is not told whose case was searched for";
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

std::set<std::string_view> that_opened_cases(const Cells& cells, const Organisations& organisations) {
  std::set<std::string_view> all;
  for (const auto& [key, n] : cells.counts())
    if (const auto opened = cell_of<Opened>(key)) all.insert(organisations.of(opened->key, opened->recorded));
  return all;
}

class Searches final : public Projection {
 public:
  std::string_view id() const override { return "searches"; }
  unsigned version() const override { return 2; }
  bool wants(Body type) const override { return is_among(type, {Body::SearchExecuted, Body::CaseOpened}) || bears_on_enrolment(type); }

  void step(std::string& state, const Fact& fact) const override {
    const char kept = bears_on_enrolment(fact.event.type) ? decisions_kept : counts_kept;
    if (!state.empty() && state.back() != kept) return;
    if (!state.empty()) state.pop_back();
    on<SearchExecuted>(fact.event, [&](const auto& body) { look(state, fact, body); });
    on<CaseOpened>(fact.event, [&](const auto&) { count(state, cell_key(Opened{.key = fact.author, .recorded = month_of(fact.recorded_at)})); });
    if (kept == decisions_kept) keep_decision(state, fact);
    state += kept;
  }

  void contribute(std::string_view state, const Share& add) const override {
    const std::string_view all = state.substr(0, state.size() - 1);
    if (state.back() == counts_kept) return add_counts(all, add);
    for (const EnrolmentCell& each : enrolments(all)) add(cell_key(each), 1);
  }

  bool joins(std::string_view cell) const override { return cell[0] == EnrolmentCell::sort || cell[0] == Opened::sort; }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Organisations organisations(cells);
    const auto openers = that_opened_cases(cells, organisations);
    auto rows = groups_for<Row>(query, {{"system", ""}, {"reason", ""}, {"organisation", ""}});
    auto sizes = groups_for<Sizes>(query, {{"system", ""}});
    std::map<std::uint8_t, std::int64_t> hours;
    for (const auto& [key, n] : cells.counts()) {
      if (const auto search = cell_of<Search>(key); search && counts_month(query, search->month)) {
        const std::string_view by = organisations.of(search->reader, search->recorded);
        Row& row = rows[group_of(query, {{"system", EnumNameSearchSystem(search->system)}, {"reason", search->reason}, {"organisation", by}})];
        row.add(*search, by != organisation_unknown, openers.contains(by), n);
      } else if (const auto sized = cell_of<Sized>(key); sized && counts_month(query, sized->month)) {
        sizes[group_of(query, {{"system", EnumNameSearchSystem(sized->system)}})][std::size_t(sized->size)].push_back({sized->value, n});
      } else if (const auto at = cell_of<AtHour>(key); at && counts_month(query, at->month)) {
        hours[at->hour] += n;
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
    return figures;
  }
};

}  // namespace

const Projection& searches() {
  static const Searches projection;
  return projection;
}

}  // namespace caseledger::projections
