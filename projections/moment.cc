#include "projections/moment.h"

#include <chrono>

namespace caseledger::projections {

namespace {

constexpr Micros minute = 60'000'000, day = 24 * 60 * minute;

Micros floor_to_day(Micros at) { return at - (at % day + day) % day; }

Micros half_a_month(Micros first_day) {
  using namespace std::chrono;
  const year_month_day date{sys_days(days(static_cast<int>(first_day / day)))};
  return static_cast<unsigned>((date.year() / date.month() / last).day()) * day / 2;
}

Micros floor_to_month(Micros at) {
  using namespace std::chrono;
  const year_month_day date{sys_days(days(static_cast<int>(floor_to_day(at) / day)))};
  return Micros{sys_days(date.year() / date.month() / 1).time_since_epoch().count()} * day;
}

Moment middle(Micros at, schema::Precision precision, int offset_minutes) {
  const Micros offset = at % day == 0 ? 0 : offset_minutes * minute;
  switch (precision) {
    case schema::Precision::us:
    case schema::Precision::s:
    case schema::Precision::minute:
    case schema::Precision::hour: return {at, 0};
    case schema::Precision::day: return {floor_to_day(at + offset) - offset + day / 2, day / 2};
    case schema::Precision::month: {
      const Micros first = floor_to_month(at + offset);
      const Micros half = half_a_month(first);
      return {first - offset + half, half};
    }
  }
  return {at, 0};
}

}  // namespace

Moment moment(Micros at, schema::Precision precision, std::optional<Micros> until, int offset_minutes) {
  const Moment begin = middle(at, precision, offset_minutes);
  if (!until || *until <= at) return begin;
  const Moment end = middle(*until, precision, offset_minutes);
  const Micros low = begin.at - begin.slack, high = end.at + end.slack;
  return {low + (high - low) / 2, (high - low + 1) / 2};
}

}  // namespace caseledger::projections
