#include "api/message.h"

#include <algorithm>

#include "api/json.h"

namespace caseledger::api {

std::string_view Message::json() const {
  if (json_.empty()) {
    auto text = frame_to_json(frame_);
    ENSURE(text);
    json_ = std::move(*text);
  }
  return json_;
}

SharedMessage Messages::events(const frames::Events& events) {
  const auto same = [&](const Told& told) {
    return told.id == events.id && told.next == events.next && told.caught_up == events.caught_up &&
           std::ranges::equal(told.positions, events.events, {}, {}, &frames::Delivery::position);
  };
  if (const auto found = std::ranges::find_if(told_, same); found != told_.end()) return found->message;
  if (told_.size() >= kept) told_.pop_front();
  Told& told = told_.emplace_back(events.id, events.next, events.caught_up, std::vector<Position>(), std::make_shared<const Message>(frames::write(events)));
  for (const auto& each : events.events) told.positions.push_back(each.position);
  return told.message;
}

SharedMessage Messages::head(const Head& head) {
  if (!head_ || head_size_ != head.size) {
    head_ = std::make_shared<const Message>(frames::write(frames::Head{head.checkpoint, head.next}));
    head_size_ = head.size;
  }
  return head_;
}

}  // namespace caseledger::api
