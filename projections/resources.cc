#include "projections/resources.h"

#include <charconv>
#include <map>

#include "projections/counts.h"
#include "projections/decimal.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/sheet.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

struct Allocation {
  ResourceUnit unit = ResourceUnit::unset;
  bool budget_stated = false;
  std::uint32_t fte_hundredths = 0;
  std::uint64_t budget_usd = 0;
  std::string name, period;
};

// What a partner gave out: the last word on each unit and period.
struct OfPartner {
  std::vector<Allocation> allocations;
};

// The time that "2024", "2024-Q3" or "2024-03" names; nothing for other words.
std::optional<Window> named(std::string_view period) {
  const auto number = [](std::string_view digits) -> int {
    int n = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return error == std::errc() && end == digits.data() + digits.size() ? n : -1;
  };
  const int year = period.size() >= 4 ? number(period.substr(0, 4)) : -1;
  if (year < 1970) return std::nullopt;
  const Month january = (year - 1970) * 12;
  const auto span = [](Month first, Month months) { return Window{begin_of(first), begin_of(first + months)}; };
  if (period.size() == 4) return span(january, 12);
  if (period.size() != 7 || period[4] != '-') return std::nullopt;
  if (period[5] == 'Q') {
    const int quarter = number(period.substr(6));
    return quarter >= 1 && quarter <= 4 ? std::optional(span(january + (quarter - 1) * 3, 3)) : std::nullopt;
  }
  const int month = number(period.substr(5));
  return month >= 1 && month <= 12 ? std::optional(span(january + month - 1, 1)) : std::nullopt;
}

constexpr Micros second = 1'000'000;

Decimal printed_below() { return Decimal(1'000'000'000'000'000'000); }

struct Row {
  std::int64_t allocations = 0, unplaced = 0;
  Decimal posts, budget;
  bool budget_partial = false;
};

// Without a period: what is given for the time of the as-of. With one: posts by how much of it they are given for, and money for the times
// that begin in it.
void add(Row& row, const Allocation& a, const Window& time, const FigureQuery& query) {
  const Window asked = query.period ? Window{query.period->from, query.period->to} : Window{query.as_of, query.as_of + 1};
  const Micros from = std::max(asked.from, time.from), to = std::min(asked.to, time.to);
  if (from >= to) return;
  ++row.allocations;
  const Decimal posts = Decimal::scaled(a.fte_hundredths, 2);
  row.posts += query.period ? posts * Decimal((to - from) / second) / Decimal(std::max<Micros>(1, (asked.to - asked.from) / second)) : posts;
  if (query.period && !asked.holds(time.from)) return;
  if (a.budget_stated) row.budget += Decimal(static_cast<std::int64_t>(std::min<std::uint64_t>(a.budget_usd, INT64_MAX)));
  else row.budget_partial = true;
}

void write(Sheet& sheet, const Row& row, const Decimal& all_posts) {
  sheet.count("T14.allocations", "Allocations of people and money that reach into the period, or into the as-of", "allocations", row.allocations);
  sheet.count("T14.unplaced", "Allocations for a time that is no year, quarter or month, counted nowhere else", "allocations", row.unplaced);
  Figure& posts = sheet.add("T14.posts", "Full-time posts given, averaged over the period", "posts");
  posts.value = row.posts.fixed();
  Figure& share = sheet.add("T14.posts.share", "Of all posts given", "ratio");
  if (all_posts == 0) share.flags.push_back("no_data");
  else share.value = (row.posts / all_posts).fixed();
  Figure& budget = sheet.add("T14.budget", "Money given for times that begin in the period", "usd");
  if (row.budget < printed_below()) budget.value = row.budget.fixed();
  else budget.flags.push_back("too_large");
  if (row.budget_partial) budget.flags.push_back("partial");
}

class Resources final : public Projection {
 public:
  std::string_view id() const override { return "resources"; }
  bool wants(Body type) const override { return type == Body::ResourceAllocated; }

  void step(std::string& state, const Fact& fact) const override {
    const auto& body = fact.event.body<ResourceAllocated>();
    Allocation fresh{.unit = body.unit(),
                     .budget_stated = body.budget_usd().has_value(),
                     .fte_hundredths = body.fte_hundredths(),
                     .budget_usd = body.budget_usd().value_or(0),
                     .name = std::string(text_of(body.unit_name())),
                     .period = std::string(text_of(body.period()))};
    auto partner = unpacked<OfPartner>(state);
    std::erase_if(partner.allocations, [&](const Allocation& a) { return a.unit == fresh.unit && a.name == fresh.name && a.period == fresh.period; });
    partner.allocations.push_back(std::move(fresh));
    state = packed(partner);
  }

  void contribute(std::string_view state, const Share& add) const override {
    for (const Allocation& each : unpacked<OfPartner>(state).allocations) add(packed(each), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto rows = groups_for<Row>(query, {{"unit", ""}, {"unit_name", ""}});
    Decimal all_posts;
    for (const auto& [key, n] : cells.counts()) {
      const auto allocation = unpacked<Allocation>(key);
      Row& row = rows[group_of(query, {{"unit", EnumNameResourceUnit(allocation.unit)}, {"unit_name", allocation.name}})];
      const auto time = named(allocation.period);
      if (!time) row.unplaced += n;
      for (std::int64_t i = 0; time && i < n; ++i) add(row, allocation, *time, query);
    }
    for (const auto& [group, row] : rows) all_posts += row.posts;
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row, all_posts);
    }
    return figures;
  }
};

}  // namespace

const Projection& resources() {
  static const Resources projection;
  return projection;
}

}  // namespace caseledger::projections
