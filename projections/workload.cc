#include "projections/workload.h"

#include <algorithm>
#include <iterator>

#include "projections/days.h"

namespace caseledger::projections {

void Workload::add_work(std::string_view unit, std::int64_t n) {
  rows_[group_of(query_, {{names_.dimension, unit}})].work += n;
  all_work_ += n;
}

void Workload::add_posts(const Allocation& allocation, std::int64_t n) {
  const auto posts = posts_in(allocation, query_);
  if (!posts) return;
  Row& row = rows_[group_of(query_, {{names_.dimension, allocation.name}})];
  const Decimal of_all = *posts * Decimal(n);
  row.posts = row.posts.value_or(Decimal(0)) + of_all;
  all_posts_ += of_all;
}

void Workload::write_posts(Sheet& sheet, const Row& row) const {
  const std::string id(names_.id);
  Figure& posts = sheet.add(id + ".posts", std::string(names_.posts), "posts");
  if (row.posts) posts.value = row.posts->fixed();
  else posts.flags.push_back("no_data");
  Figure& share = sheet.add(id + ".posts.share", std::string(names_.share_of_posts), "ratio");
  if (row.posts && all_posts_ > Decimal(0)) share.value = (*row.posts / all_posts_).fixed();
  else share.flags.push_back("no_data");
}

// A unit that nothing came to may be one that goes by another name elsewhere: that is no zero.
void Workload::write_work(Sheet& sheet, const Row& row) const {
  const std::string unit(names_.work), id = std::string(names_.id) + "." + unit;
  const auto without_work = [&](Figure& figure) {
    if (row.work != 0) return;
    figure.numerator.reset();
    figure.value.reset();
    figure.interval.reset();
    figure.flags = {"no_data"};
    figure.note = names_.no_work;
  };
  without_work(sheet.count(id, std::string(names_.all_work), unit, row.work));
  without_work(sheet.share(id + ".share", std::string(names_.share_of_work), row.work, all_work_));
}

std::vector<Figure> Workload::figures() const {
  std::vector<Figure> figures, by_days;
  for (const auto& [group, row] : rows_) {
    Sheet posts(group, figures), work(group, by_days);
    write_posts(posts, row);
    write_work(work, row);
  }
  define_by_days(query_, by_days);
  std::ranges::move(by_days, std::back_inserter(figures));
  return figures;
}

}  // namespace caseledger::projections
