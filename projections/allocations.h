// People and money as they are given to units, and how much of it falls into what a query asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy_generated.h"
#include "projections/decimal.h"
#include "projections/window.h"

namespace caseledger::projections {

struct Allocation {
  schema::ResourceUnit unit = schema::ResourceUnit::unset;
  bool budget_stated = false;
  std::uint32_t fte_hundredths = 0;
  std::uint64_t budget_usd = 0;
  std::string name, period;
};

// Takes in what one partner says: the last word on each unit and period.
void take(std::vector<Allocation>& allocations, const schema::ResourceAllocated& body);

// The time that "2024", "2024-Q3" or "2024-03" names; nothing for other words.
std::optional<Window> named(std::string_view period);

// The time that a query asks about: its period, or the moment of its as-of.
Window asked(const FigureQuery& query);

// The posts that one comes to: without a period what is given for the time of the as-of, with one by how much of it they are given for. Nothing
// where its time does not reach into what is asked.
std::optional<Decimal> posts_in(const Allocation& allocation, const FigureQuery& query);

}  // namespace caseledger::projections
