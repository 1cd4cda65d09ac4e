#include "api/event_page.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "api/as_of.h"
#include "api/json.h"

namespace caseledger::api {

std::string event_text(const projections::Fact& fact) {
  return to_text(boost::json::object{{"position", exact_number(fact.position.value)},
                                     {"entry", exact_number(fact.entry.value)},
                                     {"recorded_at", to_rfc3339(fact.recorded_at)},
                                     {"author", hex(fact.author)},
                                     {"event", event_to_json(fact.event)}});
}

// ── which events ──

namespace {

Result<StreamKind> kind_named(std::string_view name) {
  for (const StreamKind kind : schema::EnumValuesStreamKind())
    if (kind != StreamKind::unset && kind_name(kind) == name) return kind;
  return fail(Errc::malformed, "no kind of stream has the name " + quote(name));
}

bool covers(std::string_view wide, std::string_view place) { return place.starts_with(wide) && (place.size() == wide.size() || place[wide.size()] == '-'); }

}  // namespace

Result<EventFilter> EventFilter::parse(std::span<const std::string_view> kinds, std::span<const std::string_view> types,
                                       std::span<const std::string_view> jurisdictions, std::size_t values_max) {
  for (const std::size_t count : {kinds.size(), types.size(), jurisdictions.size()})
    if (count > values_max) return fail(Errc::too_large, "a filter names " + std::to_string(count) + " values of one sort; at most " + std::to_string(values_max) + " are allowed");
  EventFilter filter;
  for (const auto name : kinds) {
    TRY_AS(kind, kind_named(name));
    filter.kinds.push_back(kind);
  }
  for (const auto name : types) {
    const auto type = body_named(name);
    if (type == schema::Body::NONE) return fail(Errc::malformed, "no event type has the name " + quote(name));
    filter.types.push_back(type);
  }
  filter.jurisdictions.assign(jurisdictions.begin(), jurisdictions.end());
  return filter;
}

bool EventFilter::wants(const EventView& event) const {
  if (!kinds.empty() && std::ranges::find(kinds, event.kind) == kinds.end()) return false;
  if (!types.empty() && std::ranges::find(types, event.type) == types.end()) return false;
  const auto place = text_of(event.fields->jurisdiction());
  return jurisdictions.empty() || std::ranges::any_of(jurisdictions, [&](const std::string& wide) { return covers(wide, place); });
}

// ── the page ──

bool EventPage::add(std::string_view event) {
  if (full() || (events_ > 0 && body_.size() + event.size() > bytes_max_)) return false;
  if (events_++ > 0 && !lines_) body_ += ',';
  body_ += event;
  if (lines_) body_ += '\n';
  return true;
}

Response EventPage::response(std::uint64_t next, bool caught_up, const std::string& link) && {
  Response response;
  response.status = 200;
  response.headers = {{"Vary", "Accept"}, {"Caseledger-Next", std::to_string(next)}};
  if (!caught_up) response.headers.emplace_back("Link", "<" + link + ">; rel=\"next\"");
  if (lines_) {
    response.content_type = ndjson;
    response.body = std::move(body_);
  } else {
    response.content_type = json;
    response.body = "{\"events\":[" + body_ + "],\"next\":" + to_text(exact_number(next)) + ",\"caught_up\":" + (caught_up ? "true}" : "false}");
  }
  return response;
}

}  // namespace caseledger::api
