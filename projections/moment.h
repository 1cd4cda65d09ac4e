// Where on the time line something is put that is known only to a day, a month or a span: in the middle, with how far it may be off.
//
// A time of precision `day` or `month` stands for all of it, one with an `until` for everything from it to there. A day or month begins
// at the time itself where that is midnight, in UTC or in the event's own offset, and otherwise at the midnight or the first before it
// in that offset. Hours and finer are taken as they are.
#pragma once

#include <optional>

#include "ledger/core/event.h"

namespace caseledger::projections {

struct Moment {
  Micros at;
  Micros slack;  // at ± slack holds the true time

  friend bool operator==(const Moment&, const Moment&) = default;
};

Moment moment(Micros at, schema::Precision precision, std::optional<Micros> until, int offset_minutes);

inline std::optional<Micros> optional_of(const flatbuffers::Optional<std::int64_t>& time) {
  return time ? std::optional<Micros>(*time) : std::nullopt;
}

// Of a clock or of a child.located or child.recovered that an event holds.
template <class Timed>
Moment moment_of(const Timed& timed, const EventView& event) {
  return moment(timed.at(), timed.precision(), optional_of(timed.until()), event.fields->occurred_offset_minutes());
}

// When the event happened.
inline Moment moment_of(const EventView& event) {
  const auto& fields = *event.fields;
  return moment(fields.occurred_at(), fields.precision(), optional_of(fields.occurred_until()), fields.occurred_offset_minutes());
}

}  // namespace caseledger::projections
