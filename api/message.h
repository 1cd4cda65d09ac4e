// What a session says, as it goes over the wire. Sessions that are told exactly the same share it: it is written once.
#pragma once

#include <deque>
#include <memory>

#include "api/frames.h"
#include "ledger/ledger.h"

namespace caseledger::api {

class Message {
 public:
  explicit Message(Buffer frame) : frame_(std::move(frame)) {}

  const Buffer& frame() const { return frame_; }
  std::string_view json() const;  // the same as JSON, written when first asked for

 private:
  const Buffer frame_;
  mutable std::string json_;
};

using SharedMessage = std::shared_ptr<const Message>;

// What the sessions of one io thread were told last. Two share a message only where each was to be told that very content: which
// events those are is decided before, session by session.
class Messages {
 public:
  SharedMessage events(const frames::Events& events);
  SharedMessage head(const Head& head);

 private:
  static constexpr std::size_t kept = 8;

  struct Told {
    std::uint64_t id;
    Position next;
    bool caught_up;
    std::vector<Position> positions;  // what is at one never changes
    SharedMessage message;
  };
  std::deque<Told> told_;
  std::uint64_t head_size_ = 0;
  SharedMessage head_;
};

}  // namespace caseledger::api
