#include "projections/days.h"

#include <algorithm>

namespace caseledger::projections {

namespace {

constexpr Micros quarter_us = day_us / 96, second_us = 1'000'000;
constexpr std::uint32_t of_each = 1u << 14;  // slots for each way a wait may stand

std::uint32_t three_digits_of_seconds(Micros lasted) {
  Micros mantissa = std::max<Micros>(0, lasted) / second_us;
  std::uint32_t exponent = 0;
  for (; mantissa >= 1'000; mantissa /= 10) ++exponent;
  return exponent * 1'000 + static_cast<std::uint32_t>(mantissa);
}

Micros lasted(std::uint32_t code) {
  Micros seconds = code % 1'000;
  for (std::uint32_t exponent = code / 1'000; exponent > 0; --exponent) seconds *= 10;
  return seconds * second_us;
}

}  // namespace

bool counts_day(const FigureQuery& query, Day day) {
  const Micros begin = begin_of_day(day);
  return begin <= query.as_of && (!query.period || (query.period->from <= begin && begin < query.period->to));
}

void define_by_days(const FigureQuery& query, std::span<Figure> figures) {
  const bool rounded = query.period && (query.period->from % day_us != 0 || query.period->to % day_us != 0);
  for (Figure& figure : figures) {
    figure.definition = 2;
    if (rounded) figure.flags.push_back("whole_days");
  }
}

std::uint32_t wait_slot(Micros begun, Micros reached, Micros gone) {
  if (reached != 0) return three_digits_of_seconds(reached - begun);
  if (gone != 0) return of_each + three_digits_of_seconds(gone - begun);
  return 2 * of_each + static_cast<std::uint32_t>((begun - begin_of_day(day_of(begun))) / quarter_us);
}

Waited waited(std::uint32_t slot) {
  const auto as = static_cast<Waited::As>(slot / of_each);
  const std::uint32_t code = slot % of_each;
  return {as, as == Waited::As::waiting ? code * quarter_us : lasted(code)};
}

std::uint32_t quarters_until(Day day, Micros at) {
  const Micros quarters = (at - begin_of_day(day) + quarter_us - 1) / quarter_us;
  return static_cast<std::uint32_t>(std::clamp<Micros>(quarters, 0, (1 << 30) - 1));
}

Micros after_quarters(Day day, std::uint32_t quarters) { return begin_of_day(day) + quarters * quarter_us; }

}  // namespace caseledger::projections
