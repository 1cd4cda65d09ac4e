// A block as HTML: its table, and its chart beside it where there is something to draw.
#pragma once

#include "projections/reports/blocks.h"
#include "projections/reports/markup.h"

namespace caseledger::reports {

void write_block(Markup& page, const Block& block);

// What a figure's cell holds: the words, with the exact value for machines; what has no value is told apart by more than its look.
void write_value(Markup& page, const Table& table, const Row& row);

// A table that scrolls in a place of its own when the page is narrow; it is closed twice.
void open_table(Markup& page, const std::string& id, const std::string& caption);

// The rows of a block of several metrics split the same way: a column a group where there are few, a row a group where there are many.
void write_matrix(Markup& page, const Block& block);

// The chart of a block; empty when there is nothing to compare.
std::string block_chart(const Block& block);

}  // namespace caseledger::reports
