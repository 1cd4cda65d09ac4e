#include "projections/searches.h"

#include <algorithm>
#include <array>
#include <map>

#include "projections/counts.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// Reasons that say that there was one, and not which.
constexpr std::array<std::string_view, 8> generic_reasons = {"general", "inv", "investigation", "investigative", "n_a", "other", "test", "unknown"};

constexpr char search_cell = 's', hour_cell = 'h', size_cell = 'z';
constexpr Micros hour = 3600 * Micros{1'000'000};

struct Search {
  Month month = 0;
  SearchSystem system = SearchSystem::unset;
  bool for_case = false;
  std::string reason;
};

struct AtHour {
  Month month = 0;
  std::uint8_t hour = 0;  // UTC
};

enum class Size : std::uint8_t { networks, devices, window_hours };
constexpr std::array<std::string_view, 3> size_names = {"networks", "devices", "window_hours"};

struct Sized {
  Month month = 0;
  SearchSystem system = SearchSystem::unset;
  Size size = Size::networks;
  std::uint32_t value = 0;  // to three leading digits
};

void look(std::string& counts, const EventView& event, const SearchExecuted& body) {
  const Micros at = event.fields->occurred_at();
  const Month month = month_of(at);
  const Search search{.month = month, .system = body.system(), .for_case = body.case_ref() != nullptr, .reason = std::string(text_of(body.reason_code()))};
  const Micros of_day = (at % (24 * hour) + 24 * hour) % (24 * hour);
  std::vector<std::string> keys{cell_key(search_cell, search), cell_key(hour_cell, AtHour{.month = month, .hour = static_cast<std::uint8_t>(of_day / hour)})};
  const auto sized = [&](Size size, std::uint64_t value) {
    const auto bounded = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
    keys.push_back(cell_key(size_cell, Sized{.month = month, .system = body.system(), .size = size, .value = three_digits(bounded)}));
  };
  if (const auto networks = body.networks()) sized(Size::networks, *networks);
  if (const auto devices = body.devices()) sized(Size::devices, *devices);
  const auto from = body.window_from(), to = body.window_to();
  if (from && to && *to >= *from) sized(Size::window_hours, (static_cast<std::uint64_t>(*to) - static_cast<std::uint64_t>(*from) + hour - 1) / hour);
  count_each(counts, std::move(keys));
}

struct Row {
  std::int64_t searches = 0, without_case = 0, generic = 0;
};

using Sizes = std::array<std::vector<Counted>, size_names.size()>;

void write(Sheet& sheet, const Row& row) {
  sheet.count("T7.searches", "Searches executed in the period", "searches", row.searches);
  sheet.share("T7.without_case", "Of them, those that name no case", row.without_case, row.searches);
  sheet.share("T7.generic_reason", "Of them, those whose reason says no more than that there was one", row.generic, row.searches).note =
      "general, inv, investigation, investigative, n_a, other, test, unknown";
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
  bool wants(Body type) const override { return type == Body::SearchExecuted; }
  void step(std::string& state, const Fact& fact) const override { look(state, fact.event, fact.event.body<SearchExecuted>()); }
  void contribute(std::string_view state, const Share& add) const override { add_counts(state, add); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<Row>(query, {{"system", ""}, {"reason", ""}});
    auto sizes = groups_for<Sizes>(query, {{"system", ""}});
    std::map<std::uint8_t, std::int64_t> hours;
    for (const auto& [key, n] : cells.counts()) {
      const auto rest = std::string_view(key).substr(1);
      if (key[0] == search_cell) {
        const auto search = unpacked<Search>(rest);
        if (!counts_month(query, search.month)) continue;
        Row& row = rows[group_of(query, {{"system", EnumNameSearchSystem(search.system)}, {"reason", search.reason}})];
        row.searches += n;
        row.without_case += search.for_case ? 0 : n;
        row.generic += std::ranges::find(generic_reasons, search.reason) != generic_reasons.end() ? n : 0;
      } else if (key[0] == size_cell) {
        const auto sized = unpacked<Sized>(rest);
        if (!counts_month(query, sized.month)) continue;
        sizes[group_of(query, {{"system", EnumNameSearchSystem(sized.system)}})][std::size_t(sized.size)].push_back({sized.value, n});
      } else if (const auto at = unpacked<AtHour>(rest); counts_month(query, at.month)) {
        hours[at.hour] += n;
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
