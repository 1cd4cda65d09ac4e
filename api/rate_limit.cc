#include "api/rate_limit.h"

#include <algorithm>

namespace caseledger::api {

namespace {
constexpr std::int64_t one = 1'000'000;
constexpr Micros second = 1'000'000;
const std::string the_rest = "(the rest)";  // no caller is named so
}  // namespace

// Millionths of a request a second are requests a microsecond.
std::int64_t RateLimit::level(const Bucket& bucket, Micros now) const {
  const Micros passed = std::clamp<Micros>(now - bucket.at, 0, full() / std::max<std::int64_t>(1, rate_.per_second) + 1);
  return std::min(full(), bucket.level + passed * rate_.per_second);
}

std::optional<std::uint32_t> RateLimit::wait(std::int64_t level) const {
  if (level >= one) return std::nullopt;
  const std::int64_t each_second = one * std::max<std::int64_t>(1, rate_.per_second);
  return static_cast<std::uint32_t>((one - level + each_second - 1) / each_second);
}

RateLimit::Bucket& RateLimit::bucket(std::string_view caller, Micros now) {
  if (const auto found = buckets_.find(std::string(caller)); found != buckets_.end()) return found->second;
  if (buckets_.size() >= rate_.callers_max && now - swept_at_ >= second) {
    swept_at_ = now;
    std::erase_if(buckets_, [&](const auto& each) { return level(each.second, now) == full(); });
  }
  const bool has_room = buckets_.size() < rate_.callers_max;
  return buckets_.try_emplace(has_room ? std::string(caller) : the_rest, Bucket{full(), now}).first->second;
}

std::optional<std::uint32_t> RateLimit::take(std::string_view caller, Micros now) {
  const std::lock_guard lock(mutex_);
  Bucket& mine = bucket(caller, now);
  mine = {level(mine, now), std::max(mine.at, now)};
  const auto later = wait(mine.level);
  if (!later) mine.level -= one;
  return later;
}

std::optional<std::uint32_t> RateLimit::look(std::string_view caller, Micros now) const {
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(std::string(caller));
  return found == buckets_.end() ? std::nullopt : wait(level(found->second, now));
}

}  // namespace caseledger::api
