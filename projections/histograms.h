// The state of a stream of which histograms are kept: key → how often each value, and each key is a cell of the sums whose slots are the values.
//
// For streams that go on for years and whose values are many, one reader's searches: a value takes some three bytes, and one more of it rewrites the
// histogram of its key alone. A mere count is a histogram of the one value 0.
#pragma once

#include "projections/cells.h"

namespace caseledger::projections {

// One more of the value under the key.
void count_value(std::string& histograms, std::string_view key, Slot value);
void add_histograms(std::string_view histograms, const Share& add);

}  // namespace caseledger::projections
