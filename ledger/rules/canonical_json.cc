#include "ledger/rules/canonical_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

namespace caseledger {

namespace json = boost::json;

namespace {

constexpr std::int64_t exact_max = (std::int64_t{1} << 53) - 1;

void write_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
          out += escaped;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Keys are sorted by UTF-16 code units. That is the order of UTF-8 bytes but for characters beyond U+FFFF (lead bytes F0…F4), which
// come before U+E000…U+FFFF (EE and EF).
int rank(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0xF0) return byte - 2;
  return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
}

bool before(std::string_view a, std::string_view b) { return std::ranges::lexicographical_compare(a, b, {}, rank, rank); }

Result<void> write(std::string& out, const json::value& value);

Result<void> write_object(std::string& out, const json::object& object) {
  std::vector<const json::key_value_pair*> members;
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, before, [](const auto* member) { return std::string_view(member->key()); });
  out += '{';
  for (const auto* member : members) {
    if (member != members.front()) out += ',';
    write_text(out, member->key());
    out += ':';
    TRY(write(out, member->value()));
  }
  out += '}';
  return {};
}

Result<void> write_number(std::string& out, const json::value& value) {
  const bool fits = value.is_int64() ? value.get_int64() >= -exact_max && value.get_int64() <= exact_max
                                     : value.is_uint64() && value.get_uint64() <= static_cast<std::uint64_t>(exact_max);
  if (!fits) return fail(Errc::value_out_of_range, "canonical JSON holds integers up to 2^53 - 1 here; found " + json::serialize(value));
  out += value.is_int64() ? std::to_string(value.get_int64()) : std::to_string(value.get_uint64());
  return {};
}

Result<void> write(std::string& out, const json::value& value) {
  if (value.is_object()) return write_object(out, value.get_object());
  if (value.is_number()) return write_number(out, value);
  if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const auto& each : value.get_array()) {
      if (!std::exchange(first, false)) out += ',';
      TRY(write(out, each));
    }
    out += ']';
  } else if (value.is_string()) {
    write_text(out, value.get_string());
  } else {
    out += value.is_null() ? "null" : value.get_bool() ? "true" : "false";
  }
  return {};
}

}  // namespace

Result<std::string> canonical_json(const json::value& value) {
  std::string out;
  TRY(write(out, value));
  return out;
}

Result<json::value> parse_canonical_json(std::string_view text) {
  json::error_code error;
  json::value value = json::parse(text, error);
  if (error) return fail(Errc::malformed, "no JSON: " + error.message());
  TRY_AS(canonical, canonical_json(value));
  if (canonical != text) {
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(text, canonical).in1 - text.begin());
    return fail(Errc::malformed, "the JSON is not canonical (RFC 8785) from byte " + std::to_string(at) + " on; there it would be " + (at < canonical.size() ? canonical.substr(at, 40) : "nothing"));
  }
  return value;
}

}  // namespace caseledger
