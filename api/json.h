// JSON for everything the schemas describe: events as NDJSON lines, session frames as caseledger.v1+json.
//
// No type has code of its own: both directions follow the binary schemas that are compiled in. Reading is strict. What a schema does not
// name, a member that is missing, written twice or of another type, and a number that does not fit are refused with a sentence that
// begins with the place ("body.clocks[0].at: not an RFC 3339 time"). Sentences repeat member names, never values: those may be personal.
//
//   Uuid                    "0192f0c1-…"               Bytes32          hexadecimal
//   Salt, Signature, bytes  base64                     Ref              {"stream": …, "version": …}
//   time (events)           RFC 3339, written in UTC   enum             its name; a number where an open enum's value has none
//   u64, i64                number up to ±(2^53 − 1) and decimal string beyond; both are read. In frames always a decimal string
//   union                   {"type": "KeyEnrolled", …its fields…}
//
// What is absent is left out; null is no value. Members that equal their default are left out of events unless they must be named, and
// written in frames.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/event.h"
#include "ledger/core/sealed.h"

namespace caseledger::api {

inline constexpr std::size_t event_json_max = 256 * 1024;  // bytes of one NDJSON line
inline constexpr std::size_t json_depth_max = 32;          // objects and arrays within each other

// One JSON text. Refuses what RFC 8259 leaves open: members written twice, and integers that 64 bits cannot hold. Errors: malformed.
Result<boost::json::value> parse_json(std::string_view text);

// Without spaces or line ends, members in their order.
std::string to_text(const boost::json::value& json);

// An event as it is written in NDJSON: the envelope, "type" and "body"; occurred_at carries its offset. Reads back as an equal event.
boost::json::object event_to_json(const EventView& event);

using RandomBytes = std::function<void(std::span<std::uint8_t>)>;

// An event that nobody has signed yet: bytes that check_event_bytes accepts, and what opens its sealed parts (`event` stays 0).
struct Draft {
  Buffer event;
  std::vector<Opening> openings;
};

// Reads an event as event_to_json writes it. Instead of "parts" it may say "sealed": [{"subject", "handling", "fields": {name: any JSON}}];
// the fields object, written compactly, is then committed to under its "salt" (base64 of 32 bytes). Salts, that of the event too, are
// random when they are not given. A CorrectionRequested's replacement may be an event as well as the base64 of one.
// Errors: malformed, too_large, value_out_of_range.
Result<Draft> event_from_json(std::string_view line, const RandomBytes& random);

// A session frame (CLFR) as {"type": "Append", …its fields…}. The caller bounds its size. Errors: malformed, value_out_of_range.
Result<std::string> frame_to_json(Bytes frame);
Result<Buffer> frame_from_json(std::string_view text);

}  // namespace caseledger::api
