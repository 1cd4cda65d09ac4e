#include "ledger/rules/claims.h"

#include "ledger/core/body_times.h"

namespace caseledger::rules {

using namespace schema;

namespace {

// A time stands at the begin of what it is known to: how far behind it the moment itself may lie.
Micros width(Precision precision) {
  constexpr Micros second = 1'000'000;
  switch (precision) {
    case Precision::us: return 0;
    case Precision::s: return second;
    case Precision::minute: return 60 * second;
    case Precision::hour: return 3600 * second;
    case Precision::day: return 86'400 * second;
    case Precision::month: return 31 * 86'400 * second;
  }
  return 0;
}

// A time that a body tells, and the one that it does not precede.
struct Told {
  const BodyTime& time;
  Micros at;
  std::optional<Micros> after;

  bool in_order(const EventView& event, Micros two_clocks) const { return !after || *after <= at + two_clocks + width(event.fields->precision()); }
};

// Whether all of them are as `fits(Told)` wants them; it is asked no more once one is not.
template <class Fits>
bool all_times(const EventView& event, const Fits& fits) {
  using Tables = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>;
  const auto& body = event.body<flatbuffers::Table>();
  for (const BodyTime& time : body_times(event.type)) {
    const auto holds = [&](const flatbuffers::Table* table) {
      const auto at = table ? table->GetOptional<Micros, Micros>(time.slot) : flatbuffers::nullopt;
      if (!at) return true;
      const auto after = time.after == 0 ? flatbuffers::nullopt : table->GetOptional<Micros, Micros>(time.after);
      return fits(Told{time, *at, after ? std::optional(*after) : std::nullopt});
    };
    if (!time.many) {
      if (!holds(time.within == 0 ? &body : body.GetPointer<const flatbuffers::Table*>(time.within))) return false;
    } else if (const auto* tables = body.GetPointer<const Tables*>(time.within)) {
      for (const auto* table : *tables)
        if (!holds(table)) return false;
    }
  }
  return true;
}

Result<void> check_time(const EventView& event, const Told& told, const Context& context) {
  const auto& [time, at, after] = told;
  const auto name = [&] { return std::string(time.table) + '.' + std::string(time.name); };
  if (!time.ahead && at > context.now + context.clock_tolerance) return has_come(event, name(), at, context);
  if (event.fields->imported()) return {};  // what another system recorded is taken as it stands there
  if (told.in_order(event, context.clock_tolerance)) return {};  // two clocks may have told them, each as far off as the ledger lets any be
  return fail(Errc::value_out_of_range,
              describe(event.kind, event.stream) + ": " + name() + ' ' + to_rfc3339(at) + " lies before " + std::string(time.after_name) + ", " + to_rfc3339(*after));
}

// Of the event alone.
Result<void> check_own_claims(const EventView& event, const Context& context) {
  if (const auto until = event.fields->occurred_until()) TRY(has_come(event, "occurred_until", *until, context));
  if (const auto place = text_of(event.fields->jurisdiction()); !is_code(place))
    return fail(Errc::value_out_of_range, describe(event.kind, event.stream) + ": the jurisdiction \"" + std::string(place) +
                                              "\" is no code, such as US, US-TX or an ORI: letters, digits and _-.:/ only");
  Result<void> held;
  all_times(event, [&](const Told& told) { return (held = check_time(event, told, context)).has_value(); });
  return held;
}

}  // namespace

bool times_in_order(const EventView& event, Micros two_clocks) {
  return all_times(event, [&](const Told& told) { return told.in_order(event, two_clocks); });
}

Result<void> has_come(const EventView& event, std::string_view what, Micros at, const Context& context) {
  if (at <= context.now + context.clock_tolerance) return {};
  return fail(Errc::future, describe(event.kind, event.stream) + ": " + std::string(what) + ' ' + to_rfc3339(at) + " lies in the future of the ledger's clock, " +
                                to_rfc3339(context.now));
}

Result<void> check_claims(const EventView& event, const Context& context) {
  TRY(check_own_claims(event, context));
  if (event.type != Body::CorrectionRequested) return {};
  // One deep: the replacement is of its target's type, and the target of a correction is never one itself (corrections.cc).
  const auto& bytes = *event.body<CorrectionRequested>().replacement();
  const Buffer replacement(bytes.begin(), bytes.end());
  const EventView view = view_event(replacement);
  TRY(has_come(view, "occurred_at", view.fields->occurred_at(), context));
  return check_own_claims(view, context);
}

}  // namespace caseledger::rules
