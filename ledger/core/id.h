// The names of things: streams and subjects by UUID, events by position, entries by index.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "ledger/core/bytes.h"

namespace caseledger {

// A count of something that cannot be mistaken for a count of something else.
template <class Of>
struct Ordinal {
  std::uint64_t value = 0;

  friend constexpr auto operator<=>(Ordinal, Ordinal) = default;
  friend constexpr Ordinal operator+(Ordinal a, std::uint64_t n) { return {a.value + n}; }
  friend constexpr std::uint64_t operator-(Ordinal a, Ordinal b) { return a.value - b.value; }
};

using Position = Ordinal<struct EventPlace>;    // an event's global place, from 0
using EntryIndex = Ordinal<struct EntryPlace>;  // an entry's place in the log, from 0
using Version = std::uint32_t;                  // an event's gapless place in its stream, from 1
using Micros = std::int64_t;                    // microseconds since 1970-01-01T00:00:00Z

// RFC 9562 UUID in its printed byte order.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
  bool is_nil() const { return *this == Uuid{}; }
  int version() const { return bytes[6] >> 4; }
};

using StreamId = Uuid;   // version 7, or 8 where derived from a source's id
using SubjectId = Uuid;

std::string to_string(const Uuid& id);
Result<Uuid> parse_uuid(std::string_view text);

// Version 7 from a time and 10 random bytes; version 8 from the SHA-256 of a name.
Uuid uuid_v7(Micros now, Bytes random10);
Uuid uuid_v8(std::string_view name_space, Bytes name);

// RFC 3339 with microseconds only where there are any: 2024-03-05T14:00:00-05:00.
std::string to_rfc3339(Micros at, int offset_minutes = 0);

struct Instant {
  Micros at;
  int offset_minutes;
};
// A leap second, 23:59:60 UTC on the last day of June or December, is taken for the second after it.
Result<Instant> parse_rfc3339(std::string_view text);

}  // namespace caseledger

template <>
struct std::hash<caseledger::Uuid> {
  std::size_t operator()(const caseledger::Uuid& id) const noexcept {
    // The first half of a version 7 id is a time: mix both halves.
    const auto a = caseledger::load_le<std::uint64_t>(id.bytes.data());
    const auto b = caseledger::load_le<std::uint64_t>(id.bytes.data() + 8);
    std::uint64_t x = (a ^ std::rotl(b, 29)) * 0x9e3779b97f4a7c15u;
    x ^= x >> 32;
    return (x ^ b) * 0xd6e8feb86659fd93u;
  }
};
