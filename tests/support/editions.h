// Editions made by hand, for what renders and compares them.
#pragma once

#include "projections/reports/edition.h"

namespace editions {

using namespace caseledger;
using namespace caseledger::reports;

Row told(std::vector<std::string> group, std::string value);
Row share(std::vector<std::string> group, std::int64_t part, std::int64_t whole);
Row withheld(std::vector<std::string> group, std::string rule);
Row without_value(std::vector<std::string> group, std::string flag);

// One of everything a page shows: shares, times, horizons, parts, splits by one and by two dimensions, what is withheld and what has no value,
// a section without data, a restatement.
Edition small();
// The same of another year, in which some figures differ and one was defined anew.
Edition small_of_2023();
// Nothing but what every edition has to say.
Edition empty();
// Nothing is told.
Edition all_withheld();
// Labels as nobody would wish them.
Edition hostile();

Hash digest_of(const Edition& edition);

}  // namespace editions
