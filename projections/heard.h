// What others tell a stream (projection.h: Message): every message that stands, and how often it is said.
//
// A sum as the cells are: a message is added when it is said and taken away when it is said no longer, in whatever order that comes in.
#pragma once

#include <string>
#include <string_view>

#include "ledger/core/id.h"
#include "projections/packed.h"

namespace caseledger::projections {

class Heard {
 public:
  explicit Heard(std::string_view bytes = {}) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }

  // Visits each message and its number, which is never 0, in the order of their bytes.
  template <class Visit>
  void each(Visit visit) const {
    for (std::string_view rest = bytes_; !rest.empty();) {
      const One one = take(rest);
      visit(one.what, one.n);
    }
  }

  // The bytes once it is said `n` times more, or less often.
  std::string with(std::string_view what, std::int64_t n) const {
    std::string_view rest = bytes_;
    std::size_t begin = 0;
    while (!rest.empty()) {
      const std::string_view from = rest;
      const One one = take(rest);
      if (one.what < what) {
        begin = bytes_.size() - rest.size();
        continue;
      }
      if (one.what == what) n += one.n;
      else rest = from;
      break;
    }
    std::string bytes(bytes_.substr(0, begin));
    put(bytes, {what, n});
    bytes += rest;
    return bytes;
  }

 private:
  struct One {
    std::string_view what;
    std::int64_t n;
  };
  static One take(std::string_view& rest) {
    const std::uint64_t size = inside_packed::take_number(rest);
    ENSURE(size <= rest.size());
    const std::string_view what = rest.substr(0, size);
    rest.remove_prefix(size);
    return {what, inside_packed::signed_of(inside_packed::take_number(rest))};
  }
  static void put(std::string& bytes, const One& one) {
    if (one.n == 0) return;
    inside_packed::put(bytes, std::uint64_t{one.what.size()});
    bytes += one.what;
    inside_packed::put(bytes, std::int64_t{one.n});
  }

  std::string_view bytes_;
};

// Who hears and tells without being a stream, by a name: no stream has such an id.
inline StreamId node(std::string_view name_space, Bytes name) {
  StreamId id = uuid_v8(name_space, name);
  id.bytes[6] &= 0x0f;
  return id;
}
inline bool is_node(const StreamId& id) { return id.version() == 0; }

}  // namespace caseledger::projections
