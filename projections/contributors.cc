#include "projections/contributors.h"

#include <algorithm>

namespace caseledger::projections {

namespace {

bool adds(const Figure& figure) {
  if (figure.numerator || figure.denominator) return figure.numerator.value_or(0) != 0 || figure.denominator.value_or(0) != 0;
  return figure.value.has_value();
}

// What one stream adds, and with it the cells that its figures are joined to.
class Alone {
 public:
  explicit Alone(const Projection& projection, const Cells& all) : projection_(projection) {
    for (const auto& [key, numbers] : all.all())
      if (projection.joins(key)) cells_.add(key, {numbers.begin(), numbers.end()});
  }

  std::vector<Figure> shares(std::string_view id, const FigureQuery& query, const Cells& share) {
    if (!put(share, 1)) return {};
    auto figures = projection_.figures(cells_, query);
    put(share, -1);
    std::erase_if(figures, [&](const Figure& figure) { return figure.id != id || !adds(figure); });
    return figures;
  }

 private:
  // False: nothing that is not joined.
  bool put(const Cells& share, std::int64_t sign) {
    bool any = false;
    for (const auto& [key, numbers] : share.all())
      if (!projection_.joins(key)) cells_.add(key, {numbers.begin(), numbers.end()}, sign), any = true;
    return any;
  }

  const Projection& projection_;
  Cells cells_;
};

const Projection* projection_of(const Folds& folds, std::string_view id, const FigureQuery& query) {
  for (const Projection* each : catalogue())
    if (std::ranges::any_of(each->figures(folds.cells(*each), query), [&](const Figure& figure) { return figure.id == id; })) return each;
  return nullptr;
}

}  // namespace

Result<Contributors> contributors(const Folds& folds, std::string_view figure, const FigureQuery& query, const std::optional<StreamId>& after, std::size_t limit) {
  Contributors found{projection_of(folds, figure, query), {}, false};
  if (!found.projection) return found;
  // A heap of the smallest ids so far, the greatest of them on top: most streams are passed over by their id alone.
  const auto by_id = [](const Contributor& a, const Contributor& b) { return a.stream < b.stream; };
  auto& heap = found.first;
  Alone alone(*found.projection, folds.cells(*found.projection));
  TRY(folds.each_stream(*found.projection, [&](const StreamId& stream, const Cells& share) {
    if ((after && stream <= *after) || (heap.size() > limit && heap.front().stream < stream)) return;
    auto shares = alone.shares(figure, query, share);
    if (shares.empty()) return;
    heap.push_back({stream, std::move(shares)});
    std::ranges::push_heap(heap, by_id);
    if (heap.size() <= limit + 1) return;
    std::ranges::pop_heap(heap, by_id);
    heap.pop_back();
  }));
  std::ranges::sort(heap, by_id);
  found.more = heap.size() > limit;
  if (found.more) heap.pop_back();
  return found;
}

}  // namespace caseledger::projections
