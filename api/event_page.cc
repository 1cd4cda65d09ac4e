#include "api/event_page.h"

#include <boost/json/serialize.hpp>

#include "api/as_of.h"
#include "api/json.h"
#include "api/story_json.h"

namespace caseledger::api {

std::string event_text(const projections::Fact& fact) {
  return to_text(boost::json::object{{"position", exact_number(fact.position.value)},
                                     {"entry", exact_number(fact.entry.value)},
                                     {"recorded_at", to_rfc3339(fact.recorded_at)},
                                     {"author", hex(fact.author)},
                                     {"event", event_to_json(fact.event)}});
}

std::string excised_text(const ExcisedPlace& place) {
  return to_text(boost::json::object{{"position", exact_number(place.excision.position.value)},
                                     {"entry", exact_number(place.entry.value)},
                                     {"recorded_at", to_rfc3339(place.recorded_at)},
                                     {"author", hex(place.author)},
                                     {"excised", excised_to_json(place)}});
}

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
