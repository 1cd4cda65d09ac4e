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

// Two clocks may have told them, each as far off as the ledger lets any be.
Result<void> in_order(const EventView& event, const BodyTime& time, Micros at, Micros earlier, const Context& context) {
  if (earlier <= at + context.clock_tolerance + width(event.fields->precision())) return {};
  return fail(Errc::value_out_of_range, describe(event.kind, event.stream) + ": " + std::string(time.table) + '.' + std::string(time.name) + ' ' + to_rfc3339(at) +
                                            " lies before " + std::string(time.after_name) + ", " + to_rfc3339(earlier));
}

Result<void> check_time(const EventView& event, const BodyTime& time, const flatbuffers::Table& table, const Context& context) {
  const auto at = table.GetOptional<Micros, Micros>(time.slot);
  if (!at) return {};
  if (!time.ahead && *at > context.now + context.clock_tolerance) return has_come(event, std::string(time.table) + '.' + std::string(time.name), *at, context);
  if (time.after == 0 || event.fields->imported()) return {};  // what another system recorded is taken as it stands there
  const auto earlier = table.GetOptional<Micros, Micros>(time.after);
  return earlier ? in_order(event, time, *at, *earlier, context) : Result<void>();
}

Result<void> check_times(const EventView& event, const Context& context) {
  using Tables = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>;
  const auto& body = event.body<flatbuffers::Table>();
  for (const BodyTime& time : body_times(event.type)) {
    if (time.within == 0) {
      TRY(check_time(event, time, body, context));
    } else if (!time.many) {
      if (const auto* table = body.GetPointer<const flatbuffers::Table*>(time.within)) TRY(check_time(event, time, *table, context));
    } else if (const auto* tables = body.GetPointer<const Tables*>(time.within)) {
      for (const auto* table : *tables) TRY(check_time(event, time, *table, context));
    }
  }
  return {};
}

// Of the event alone.
Result<void> check_own_claims(const EventView& event, const Context& context) {
  if (const auto until = event.fields->occurred_until()) TRY(has_come(event, "occurred_until", *until, context));
  if (const auto place = text_of(event.fields->jurisdiction()); !is_code(place))
    return fail(Errc::value_out_of_range, describe(event.kind, event.stream) + ": the jurisdiction \"" + std::string(place) +
                                              "\" is no code, such as US, US-TX or an ORI: letters, digits and _-.:/ only");
  return check_times(event, context);
}

}  // namespace

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
