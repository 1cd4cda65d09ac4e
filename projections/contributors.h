// Which streams make up a figure, and what each adds to it.
//
// A stream contributes to a figure exactly if the figure over that stream's share of the sums alone has a numerator or a denominator that is not
// zero or, of a figure with neither, a value. Nothing of it is written per projection, but which cells figures join to those of others.
#pragma once

#include "projections/fold.h"

namespace caseledger::projections {

struct Contributor {
  StreamId stream;
  std::vector<Figure> shares;  // the figure over this stream alone, one for each group that it is in
};

struct Contributors {
  const Projection* projection = nullptr;  // whose events they are; none: no projection tells such a figure
  std::vector<Contributor> first;          // by stream id
  bool more = false;                       // there are others behind them
};

// The first `limit` of a figure's streams, in the order of their ids, behind one. folds: settled.
// Errors: those of where states rest.
Result<Contributors> contributors(const Folds& folds, std::string_view figure, const FigureQuery& query, const std::optional<StreamId>& after, std::size_t limit);

}  // namespace caseledger::projections
