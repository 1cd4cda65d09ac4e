// Whom a figure counts: the same count told under two names is one measure, and a measure may be part of another.
//
// Withholding a count is in vain while it can be read under another name, or computed from what it is part of.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caseledger::reports {

struct Counted {
  std::string numerator, denominator;       // the measures
  std::vector<std::string> by{}, group{};   // of a figure over everything that counts one group of another: R11.2 is the begun of case type NFA
  std::string whole_over{};                 // the denominator is the whole of all groups of this dimension: R1.clock is a share of the begun, whatever their clocks
  std::int64_t unit = 1;                    // so many of the numerator are one: weights are told in millionths
};

// Of a metric that is not listed, each counts something of its own, and the numerator is part of the denominator wherever it is never larger.
Counted counted_by(std::string_view metric);

// What the measure is part of, the nearest first: "alive" of "resolved". A table need not have them all.
std::vector<std::string> wholes_of(std::string_view measure);

// What no figure tells and whoever has two of them can compute, over everything.
struct Difference {
  std::string_view measure, of, without;
};
std::span<const Difference> differences();

// Does the metric's value say where the measure's counts lie, beyond its own numerator? Quartiles of durations do of what ended within a day,
// what is owed to one source of what is owed to any.
bool speaks_of(std::string_view metric, std::string_view measure);

// Measures of a family can be computed from each other, or nearly: in one group they are told together or not at all. Empty: of none.
std::string family_of(std::string_view measure);

// The open stock: in every group what was there and what came is what went and what is left.
inline constexpr std::array<std::string_view, 3> balance_came{"R8.before", "R8.opened", "R8.reopened"};
inline constexpr std::array<std::string_view, 7> balance_went{"R8.recovered", "R8.closed_unresolved", "R8.merged", "R8.transferred", "R8.withdrawn", "R8.voided", "R8.after"};
inline constexpr std::array<std::span<const std::string_view>, 2> balance_sides{balance_came, balance_went};
bool is_in_balance(std::string_view measure);
// By other figures, so that to withhold it hides nothing: what is open, and what has begun.
inline bool is_nearly_told(std::string_view measure) { return measure == "R8.before" || measure == "R8.after" || measure == "R8.opened"; }

// Measures of one kind are told by state, or by region, together: what became of the episodes, the open stock, each other measure by itself.
std::string told_alike(std::string_view measure);

// What a period counts is the sum of what its parts count; what is open at an as-of is not.
bool adds_up_over_time(std::string_view measure);

}  // namespace caseledger::reports
