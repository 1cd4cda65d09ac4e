// The times that editions tell of: their periods, what these leave of one that is around them, and how they lie in each other.
#pragma once

#include <deque>
#include <span>

#include "projections/reports/disclosure.h"
#include "projections/reports/told.h"

namespace caseledger::reports {

// An earlier edition: as it was published, and counted again now.
struct Earlier {
  Period period;
  Told told, whole;
};

// A time that editions tell of: this one's own, another, or what these leave of one that is around them.
struct Spell {
  Period period;
  bool here;
  const Told* whole;  // counted now
  std::vector<const Earlier*> editions;
  std::uint32_t node = 0;
};

class Spells {
 public:
  // now: what this edition counts in its period. Both outlive the spells.
  Spells(const Period& period, const Told& now, std::span<const Earlier> earlier);

  // Those in which a measure is told, the longest first; in what cannot be summed over time, this edition's own alone. More than one: `time` is
  // the dimension that they are nodes of.
  std::vector<Spell> of(const std::string& measure, std::optional<disclosure::Dimension>& time) const;

  // Do earlier editions by themselves tell what this one counts of both, in sums and differences of theirs? whole may be empty.
  bool told_before(const std::string& measure, const std::string& whole, const Place& place) const;

 private:
  const Period& period_;
  const Told& now_;
  std::span<const Earlier> earlier_;
  std::deque<std::pair<Period, Told>> left_;
};

}  // namespace caseledger::reports
