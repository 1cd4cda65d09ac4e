// How often someone may come: a token bucket for each caller.
//
// Whoever comes as often as `per_second` is always let in, and after a pause `burst` times at once. Callers are forgotten when their bucket
// is full again; past callers_max all who are new share one bucket. Safe from any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "ledger/core/id.h"

namespace caseledger::api {

struct Rate {
  std::uint32_t per_second = 0;
  std::uint32_t burst = 0;
  std::size_t callers_max = 64 * 1024;
};

class RateLimit {
 public:
  explicit RateLimit(Rate rate) : rate_(rate) {}

  // Lets in, or says after how many seconds to come again. now: microseconds that never go back.
  std::optional<std::uint32_t> take(std::string_view caller, Micros now);
  // The same answer without taking anything.
  std::optional<std::uint32_t> look(std::string_view caller, Micros now) const;

 private:
  struct Bucket {
    std::int64_t level;  // millionths of a request
    Micros at;
  };
  std::int64_t full() const { return std::int64_t{1'000'000} * rate_.burst; }
  std::int64_t level(const Bucket& bucket, Micros now) const;
  std::optional<std::uint32_t> wait(std::int64_t level) const;
  Bucket& bucket(std::string_view caller, Micros now);

  const Rate rate_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  Micros swept_at_ = 0;
};

}  // namespace caseledger::api
