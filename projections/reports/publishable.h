// From an edition as counted to one that may be published: the suppression policy in force, and the editions before it.
//
// Pure, like make_edition: an edition is published with what these inputs withhold, and anyone who has them gets the same bytes.
#pragma once

#include <functional>

#include "projections/reports/adopted.h"
#include "projections/reports/suppress.h"

namespace caseledger::reports {

struct SuppressionRules {
  Suppression named;  // as editions name them
  rules::SuppressionPolicy policy;
};

// Errors: malformed, value_out_of_range (a policy adopted before such parameters were checked).
Result<SuppressionRules> suppression_rules(const Adopted& adopted, Micros at);

// The edition before, and those before it, each named by the one after. `find` gives a published edition by its digest; what it does not find
// ends the chain, and `complete` says whether that happened.
using FindEdition = std::function<std::optional<EditionFile>(const Hash& digest)>;
struct EditionsBefore {
  std::vector<Edition> editions;
  bool complete = true;
};
EditionsBefore editions_before(const EditionFile* previous, const FindEdition& find);

// Withholds, says by which policy, and tells how many figures that were. Earlier editions of other templates are passed over. Errors: those of make_edition and suppress.
Result<SuppressionReport> make_publishable(Edition& edition, const projections::Folds& folds, const Template& of, const Terms& terms, const SuppressionRules& rules,
                                           std::span<const Edition> earlier);

// Errors: illegal_transition: a check does not hold, or a withheld count could be computed; the sentence names it.
Result<void> may_be_released(const Edition& edition, const SuppressionReport& suppression);

}  // namespace caseledger::reports
