#include "projections/resources.h"

#include <map>

#include "projections/allocations.h"
#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// What a partner gave out: the last word on each unit and period.
struct OfPartner {
  std::vector<Allocation> allocations;
};

Decimal printed_below() { return Decimal(1'000'000'000'000'000'000); }

struct Row {
  std::int64_t allocations = 0, unplaced = 0;
  Decimal posts, budget;
  bool budget_partial = false;
};

// Money counts for the times that begin in the period.
void add(Row& row, const Allocation& a, const Window& time, const FigureQuery& query) {
  const auto posts = posts_in(a, query);
  if (!posts) return;
  ++row.allocations;
  row.posts += *posts;
  if (query.period && !asked(query).holds(time.from)) return;
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
    auto partner = unpacked<OfPartner>(state);
    take(partner.allocations, fact.event.body<ResourceAllocated>());
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
