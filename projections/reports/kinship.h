// How the counts of an edition hang together: which are part of which, which tables share something, and what counts nearly the same.
#pragma once

#include "projections/reports/told.h"

namespace caseledger::reports {

class Kinship {
 public:
  // The counts have to stay.
  explicit Kinship(const Told& told) : told_(told) {}

  using Tables = std::set<std::vector<std::string>>;  // the dimensions of each
  static inline const Tables everything{{}};

  // Wholes are decided before their parts.
  int depth(const std::string& measure) const;

  // Tables that share a dimension are decided together. The others share only what is over everything, and that is decided first.
  std::vector<Tables> apart(const std::string& measure) const;

  // What it is part of, what is part of that, and so on, with their families.
  std::set<std::string> of(const std::string& measure) const;

  // Persons who are in several groups make their sum no equation, and neither do clocks.
  bool adds_up(const std::string& measure, const Tables& tables) const;

  // What counts nearly the same: a case type at intake to the same now, where no clock is chosen to a clock, and of two clocks the later name to the other.
  // Between them stand those who were reclassified, or lack a clock: what is told of the one is to the other what an earlier edition's is. Where everybody
  // has both clocks only the ends of the period stand between, as between what R1 and R2 resolve. Where the one is untold, so is a clock's that is near.
  struct Near {
    std::string measure;
    Place place;
    bool of_everybody = false, by_clock = true;
  };
  std::vector<Near> near_to(const std::string& measure, const Place& place) const;

 private:
  bool everybody_has(const Place& clock) const;

  const Told& told_;
};

}  // namespace caseledger::reports
