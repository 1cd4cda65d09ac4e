// How folds keep one stream, in memory and at rest: a few bytes for each projection that knows it.
#pragma once

#include "projections/packed.h"

namespace caseledger::projections {

// The states of one stream: of each projection that has one its number, the length and the bytes, in the order of numbers. Behind them what the
// stream heard, by numbers that are greater by `heard`.
class States {
 public:
  static constexpr unsigned heard = 128;

  explicit States(std::string_view bytes) : rest_(bytes) { next(); }

  bool done() const { return done_; }
  unsigned number() const { return number_; }
  std::string_view state() const { return state_; }
  void next() { done_ = rest_.empty() || (ENSURE(read(rest_, number_, state_)), false); }

  static void append(std::string& states, unsigned number, std::string_view state) {
    if (state.empty()) return;
    states += static_cast<char>(number);
    inside_packed::put(states, state.size());
    states += state;
  }
  // The same with another state of one number, or none.
  static void append_with(std::string& to, std::string_view states, unsigned number, std::string_view state) {
    States old(states);
    for (; !old.done() && old.number() < number; old.next()) append(to, old.number(), old.state());
    append(to, number, state);
    for (; !old.done(); old.next())
      if (old.number() != number) append(to, old.number(), old.state());
  }
  // The state of a projection, which is further on than those asked for before. Empty: it has none.
  std::string_view of(unsigned wanted) {
    while (!done_ && number_ < wanted) next();
    return !done_ && number_ == wanted ? state_ : std::string_view{};
  }

  // Whether bytes are states of so many projections.
  static bool are(std::string_view bytes, std::size_t projections) {
    unsigned number = 0;
    for (std::string_view state; !bytes.empty();)
      if (!read(bytes, number, state) || number % heard >= projections) return false;
    return true;
  }

 private:
  static bool read(std::string_view& rest, unsigned& number, std::string_view& state) {
    std::uint64_t size = 0;
    number = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    if (!inside_packed::read_number(rest, size) || size > rest.size()) return false;
    state = rest.substr(0, size);
    rest.remove_prefix(size);
    return true;
  }

  std::string_view rest_, state_;
  unsigned number_ = 0;
  bool done_ = false;
};

}  // namespace caseledger::projections
