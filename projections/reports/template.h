// Templates: which sections a kind of report has, and in which order.
//
// To add one: write its file, add its line to templates.cc. A template's version goes up whenever what it shows changes, so that an edition
// can always be made again as it was.
#pragma once

#include <span>
#include <string>

#include "ledger/core/result.h"
#include "projections/reports/section.h"

namespace caseledger::reports {

struct Template {
  std::string_view id, version, title;
  std::vector<const SectionPlan*> sections;
  bool by_law = false;  // a statute wants its totals told: what the suppression policy exempts is exempt in it, and only in it
};

const Template& transparency();
const Template& statutory_11295a();
const Template& cybertipline_annual();

std::span<const Template* const> templates();

// Errors: not_found; the sentence says which there are.
Result<const Template*> find_template(std::string_view id);

}  // namespace caseledger::reports
