// What published editions withhold: a published policy of kind suppression. Data, integers, nothing else.
//
// Its parameters are canonical JSON:
//   {"coarsen_percent":50,"differences":true,"exempt":["R11"],"hierarchy":[{"dimension":"jurisdiction","levels":["county","state","region"]}],
//    "k":11,"protection":5,"subject":["R","T13"],"zero_allowed":true}
// projections/reports/disclosure.h says what each of them makes of an edition.
#pragma once

#include <string>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger::rules {

struct SuppressionPolicy {
  std::int64_t k = 11;           // a count of 1..k−1 is withheld
  bool zero_allowed = true;      // a zero is told
  std::int64_t protection = 5;   // so many values stay possible at least for one who also reckons with the rules
  bool differences = true;       // a count may not differ by 1..k−1 from what an earlier edition told of the same thing
  std::int64_t coarsen_percent = 50;  // siblings are told only as their sum if more than this share of those that occur would be withheld
  std::vector<std::string> subject;   // the figures that count persons or cases; an id stands for those beneath it too
  std::vector<std::string> exempt;    // of them, those whose total over everything is told whatever it is
  struct Ladder {
    std::string dimension;
    std::vector<std::string> levels;  // from the finest up
    friend bool operator==(const Ladder&, const Ladder&) = default;
  };
  std::vector<Ladder> hierarchy;

  bool applies_to(std::string_view figure) const;
  bool exempts(std::string_view figure) const;

  // Errors: malformed, value_out_of_range; the sentence names the place.
  static Result<SuppressionPolicy> parse(std::string_view parameters);

  // What holds where no policy is named, as canonical JSON.
  static std::string_view built_in();

  friend bool operator==(const SuppressionPolicy&, const SuppressionPolicy&) = default;
};

}  // namespace caseledger::rules
