// Pages of events, as JSON or one JSON text per line.
#pragma once

#include "api/http.h"
#include "api/stream_events.h"

namespace caseledger::api {

// {"position", "entry", "recorded_at", "author", "event"}; the event as NDJSON has it.
std::string event_text(const projections::Fact& fact);
// The same with "excised" for "event".
std::string excised_text(const ExcisedPlace& place);

// Fills up to so many events or bytes; the first event always has room.
class EventPage {
 public:
  static constexpr std::string_view json = "application/json", ndjson = "application/x-ndjson";

  EventPage(std::string_view media_type, std::size_t events_max, std::size_t bytes_max) : lines_(media_type == ndjson), events_max_(events_max), bytes_max_(bytes_max) {}

  bool full() const { return events_ == events_max_; }
  bool add(std::string_view event);  // false: it does not fit, and is left to the next page

  // next: where to go on. caught_up: everything up to the end asked for has been looked at. link: the address of the next page.
  Response response(std::uint64_t next, bool caught_up, const std::string& link) &&;

 private:
  bool lines_;
  std::size_t events_max_, bytes_max_, events_ = 0;
  std::string body_;
};

}  // namespace caseledger::api
