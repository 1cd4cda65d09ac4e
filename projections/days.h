// Days, for figures over as many streams as there are reports: by the day something began on they cost as many cells as there are days with
// it, and not one for every stream.
//
// A day is one of UTC. A period counts the days that begin in it: one that begins or ends within a day is rounded so, and its figures say it.
#pragma once

#include <span>

#include "projections/figure.h"

namespace caseledger::projections {

using Day = std::int32_t;  // since 1 January 1970

inline constexpr Micros day_us = Micros{24} * 3600 * 1'000'000;

// A time of 0 is none, and has no day but the first.
constexpr Day day_of(Micros at) { return static_cast<Day>(at / day_us - (at % day_us < 0)); }
constexpr Micros begin_of_day(Day day) { return Micros{day} * day_us; }

// Whether what began on a day is counted by the query.
bool counts_day(const FigureQuery& query, Day day);

// Makes figures the second definition of their id, which counts by days and not by moments, and says so where the period had to be rounded.
void define_by_days(const FigureQuery& query, std::span<Figure> figures);

// ── waits in the numbers of a cell whose key holds the day on which they began ──
//
// How long a wait took is kept in seconds, to three leading digits, rounded down: exactly below 1,000 s, and to less than one part in a hundred
// beyond. What still waits is kept by the quarter of an hour in which it began.

inline constexpr std::uint32_t wait_slots = 1u << 16;  // a wait has so many slots, from any multiple of them on

// reached: when what was waited for came; gone: when waiting for it ended without it; 0: it has not. An end before the begin is one at it.
std::uint32_t wait_slot(Micros begun, Micros reached, Micros gone);

struct Waited {
  enum class As : std::uint8_t { reached, gone, waiting } as;
  Micros lasted;  // of one that waits: from the day's begin to when its wait began
};
Waited waited(std::uint32_t slot);  // below wait_slots

// A time from that day on, in quarters of an hour that have ended by it, for what has to be compared with an as-of to come.
std::uint32_t quarters_until(Day day, Micros at);
Micros after_quarters(Day day, std::uint32_t quarters);

}  // namespace caseledger::projections
