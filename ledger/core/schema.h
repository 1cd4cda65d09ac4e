// What the schemas say about themselves, read from the binary schema that is compiled in.
//
// The attributes of schemas/*.fbs are enforced from here: which event types exist, in which streams they may stand,
// which fields a sealed part may hold, and the strict shape of an event's bytes.
#pragma once

#include <string_view>
#include <vector>

#include "event_generated.h"
#include "ledger/core/id.h"

namespace caseledger {

inline constexpr std::size_t event_bytes_max = 32 * 1024;

struct EventType {
  std::string_view name;                   // "CaseOpened"
  char group = 0;                          // 'A'..'N'
  std::uint32_t streams = 0;               // bit (1 << StreamKind): kinds it may stand in
  std::uint32_t opens = 0;                 // kinds whose first event it may be
  std::vector<std::string_view> sealed;    // fields its sealed parts may hold
  std::vector<std::string_view> sealed_must;
};

// Every union member of schema::Body, by number; nullptr for a number that is not in use.
const EventType* event_type(schema::Body body);
schema::Body body_named(std::string_view name);  // Body::NONE when there is no such event type
inline constexpr std::size_t body_numbers = static_cast<std::size_t>(schema::Body::MAX) + 1;

// A reference found anywhere in an event.
struct FoundRef {
  StreamId stream;
  Version version;  // 0: the stream itself
};

// Holds bytes to the schema beyond what the FlatBuffers verifier does: refuses unknown fields, enum values and union
// members, missing or oversize values, text that is no UTF-8 or no code, and every byte that no field reaches beyond
// zeroed alignment padding. Adds the references to `refs`. Errors: malformed, too_large, value_out_of_range.
Result<void> check_event_bytes(Bytes event, std::vector<FoundRef>& refs);

}  // namespace caseledger
