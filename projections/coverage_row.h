// The newest snapshot of one portal, and the figures of many.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

// What a portal may leave out is optional.
struct Snapshot {
  Micros as_of = 0;
  std::optional<std::uint64_t> reads, hits, road_m;
  std::optional<std::uint32_t> cameras, active, sharing, population;
  std::optional<std::uint16_t> retention_days;
  std::string jurisdiction;
};

std::vector<Figure> coverage_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
