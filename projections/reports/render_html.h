// An edition as a page for people: one HTML document with everything in it, for the screen, paper and screen readers.
//
// Pure functions of the editions and their digests: the same bytes on every machine. Every figure has a fragment of its own ("#R1",
// "#R1-by-case_type-NFA"), and every metric a definition ("#definition-R1").
#pragma once

#include <span>

#include "projections/reports/edition.h"

namespace caseledger::reports {

std::string render_html(const Edition& edition, const Hash& digest);

// Editions of one template side by side, oldest first: two with what differs, several as series. At most `compared_max`.
inline constexpr std::size_t compared_max = 13;
struct Compared {
  Edition edition;
  Hash digest;
};
std::string render_comparison(std::span<const Compared> editions);

}  // namespace caseledger::reports
