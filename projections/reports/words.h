// How a figure is said to a reader, in plain words: "91.4 %", "5 d 3 h", "withheld".
//
// Words round for reading and never for counting: the exact value stands beside them. Rounding is half to even on the published digits, and
// never makes 0 of something or everything of less.
#pragma once

#include "projections/reports/edition.h"

namespace caseledger::reports {

// A published number as an integer, its millionths; what is drawn is computed with these. None: no number, or one beyond 10^24.
__extension__ typedef __int128 Millionths;
inline constexpr std::int64_t million = 1'000'000;
std::optional<Millionths> millionths(std::string_view value);

// What a table's numbers are, which decides how they are said and drawn.
enum class Measure {
  share,     // part of a whole: said in percent
  quotient,  // a ratio that is no share: it may exceed 1
  duration,  // microseconds
  count,     // whole things
  number,    // anything else with a unit
};
Measure measure_of(const Table& table);

std::string count_words(std::int64_t n);                                 // 29,568
std::string fixed_words(Millionths value, int places);                   // 1,424.39
std::string share_words(Millionths share);                               // 91.4 %
std::string duration_words(Millionths microseconds);                     // of so many millionths of a microsecond
std::string said(Millionths value, Measure measure, std::string_view unit);

std::string tick_words(Millionths value, Measure measure, std::string_view unit);  // all its digits, and no more

// What stands in the cell: the value, or in words why there is none.
std::string said(const Table& table, const Row& row);
std::string interval_words(const Table& table, const Row& row);          // 91.1 % to 91.7 %; empty without one
std::string counted_words(const Row& row);                               // 27,033 of 29,568
bool is_told(const Row& row);                                            // neither withheld nor without a value

std::string unit_words(std::string_view unit);                           // "episodes", "per million"
std::string dimension_words(std::string_view dimension);                 // "Case type"
std::string value_words(std::string_view dimension, std::string_view value);  // "Nonfamily abduction (NFA)"
std::string_view country_words(std::string_view code);                   // by ISO 3166-1; empty for none
std::string group_words(const std::vector<std::string>& by, const std::vector<std::string>& group);  // "All" where it is empty
std::string flag_words(std::string_view flag);                           // a sentence
std::string why_words(std::string_view reason);                          // "late records": why a figure of a restated edition changed
std::string withheld_words(std::string_view rule);                       // a sentence
std::string section_words(std::string_view section);                     // what a section is about; empty for one that is not known
std::string template_words(std::string_view template_id);                // "Transparency report"
std::string title_words(std::string_view title);                         // a figure's title as a reader sees it

std::string date_words(Micros at);                                       // 5 March 2024
std::string time_words(Micros at);                                       // 5 March 2024, 14:03 UTC
std::string period_words(const Period& period);                          // 1 January 2024 to 31 December 2024

}  // namespace caseledger::reports
