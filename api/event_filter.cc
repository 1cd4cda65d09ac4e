#include "api/event_filter.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>

#include "ledger/rules/authority.h"

namespace caseledger::api {

std::optional<StreamKind> kind_named(std::string_view name) {
  for (const StreamKind kind : schema::EnumValuesStreamKind())
    if (kind != StreamKind::unset && kind_name(kind) == name) return kind;
  return std::nullopt;
}

bool EventFilter::matches(const EventView& event) const {
  if (stream && event.stream != *stream) return false;
  if (kinds.any() && !kinds.test(static_cast<std::size_t>(event.kind))) return false;
  if (types.any() && !types.test(static_cast<std::size_t>(event.type))) return false;
  return rules::covers(jurisdictions, text_of(event.fields->jurisdiction()));
}

Result<EventFilter> parse_filter(const frames::Filter& filter, std::size_t terms_max) {
  if (std::max({filter.kinds.size(), filter.types.size(), filter.jurisdictions.size()}) > terms_max)
    return fail(Errc::too_large, "a filter names at most " + std::to_string(terms_max) + " kinds, types or jurisdictions each");
  EventFilter out{{}, {}, filter.jurisdictions, {}};
  std::ranges::sort(out.jurisdictions);
  for (const std::uint8_t kind : filter.kinds) {
    if (kind == 0 || kind > static_cast<std::uint8_t>(StreamKind::MAX)) return fail(Errc::value_out_of_range, "there is no stream kind " + std::to_string(kind));
    out.kinds.set(kind);
  }
  for (const std::string& type : filter.types) {
    const schema::Body body = body_named(type);
    if (body == schema::Body::NONE) return fail(Errc::value_out_of_range, "there is no event type \"" + type + '"');
    out.types.set(static_cast<std::size_t>(body));
  }
  return out;
}

}  // namespace caseledger::api

std::size_t std::hash<caseledger::api::EventFilter>::operator()(const caseledger::api::EventFilter& filter) const {
  std::size_t mixed = boost::hash_range(filter.jurisdictions.begin(), filter.jurisdictions.end());
  boost::hash_combine(mixed, std::hash<std::bitset<256>>{}(filter.kinds));
  boost::hash_combine(mixed, std::hash<std::bitset<caseledger::body_numbers>>{}(filter.types));
  if (filter.stream) boost::hash_combine(mixed, std::hash<caseledger::StreamId>{}(*filter.stream));
  return mixed;
}
