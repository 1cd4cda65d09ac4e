// States that are too small to be told, and the regions that are told in their place.
#pragma once

#include <span>

#include "projections/reports/spells.h"

namespace caseledger::reports {

class Coarsening {
 public:
  // now: what an edition counts in its period. It and the earlier ones outlive this.
  Coarsening(const Period& period, const Told& now, std::span<const Earlier> earlier, const rules::SuppressionPolicy& policy);

  // Does the region stand for its states?
  bool is_coarse(const std::string& measure, const std::string& region) const { return coarse_.contains({told_alike(measure), region}); }
  // A region is told where its states are not, and, as what others are part of, where those are told by region.
  bool is_unsaid(const std::string& measure, const Place& place) const;
  // Is the region reckoned with? States add up to it whether it is told or not; of the balance of the stock, where anybody knows something of it.
  bool bears(const std::string& measure, const std::string& region) const;

 private:
  std::int64_t rest(const std::string& measure, const Place& place) const;
  bool is_empty(const std::string& measure, const Place& place) const { return now_.of(measure, place) == 0 && rest(measure, place) == 0; }
  bool is_small(const std::string& measure, const Place& place) const;
  bool withheld_before(const std::string& measure, const Place& place) const;

  const Period& period_;
  const Told& now_;
  std::span<const Earlier> earlier_;
  const rules::SuppressionPolicy& policy_;
  std::set<std::pair<std::string, std::string>> coarse_;  // measures told alike, and regions
};

}  // namespace caseledger::reports
