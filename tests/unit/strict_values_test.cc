// The values an event's fields may not have, tried on every field of every event type: enums, numbers, times, texts, vectors, handling.
#include <catch2/catch.hpp>

#include "tests/support/event_samples.h"
#include "tests/support/fields.h"

using namespace samples;
using namespace std::string_view_literals;

namespace {

bool is_text(const Found& found) { return found.type() == reflection::String; }
bool is_vector_of(const Found& found, reflection::BaseType element) { return found.type() == reflection::Vector && found.field->type()->element() == element; }
bool is_scalar(const Found& found) { return flatbuffers::IsScalar(found.type()); }

// The byte of an enum: the field itself, or the last element of a vector.
std::optional<std::size_t> enum_byte(const Found& found) {
  if (!enumeration(*found.field) || (found.is_offset() && found.elements.empty())) return std::nullopt;
  return found.is_offset() ? found.elements.back() : found.at;
}

void put_number(Buffer& event, const Found& found, std::uint64_t value) { std::memcpy(event.data() + found.at, &value, flatbuffers::GetTypeSize(found.type())); }

// Puts another text in the place of a field's text, or of the last in its vector.
bool put_text(Buffer& event, const Found& found, std::string_view text) {
  if (is_text(found)) redirect(event, found.at, text_bytes(text));
  else if (is_vector_of(found, reflection::String) && !found.elements.empty()) redirect(event, found.elements.back(), text_bytes(text));
  else return false;
  return true;
}

std::uint64_t longest(const Found& found) { return number(*found.field, is_text(found) ? "max" : "each").value_or(64); }

// A vector of so many elements, each like the first; texts all lead to one behind it. Not of tables.
bool put_vector(Buffer& event, const Found& found, std::size_t count) {
  const bool texts = is_vector_of(found, reflection::String);
  if (found.elements.empty() || (found.stride == 0 && !texts)) return false;
  Buffer vector(found.stride == 8 ? 4 : 0, 0);  // elements of 8 bytes stand on 8
  const std::size_t past = vector.size();
  append_le(vector, static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count && texts; ++i) append_le(vector, static_cast<std::uint32_t>(4 * (count - i)));
  if (texts) append(vector, text_bytes("a"));
  for (std::size_t i = 0; i < count && !texts; ++i) append(vector, Bytes(event).subspan(found.elements[0], found.stride));
  redirect(event, found.at, vector, past);
  return true;
}

// A case with so many clocks.
Buffer case_with_clocks(std::size_t count) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<schema::Clock>> clocks;
  for (std::size_t i = 0; i < count; ++i) clocks.push_back(schema::CreateClock(builder, schema::ClockKind::reported_us, 1));
  const auto from = schema::CreateMissingFromDirect(builder, "US");
  const auto body = schema::CreateCaseOpenedDirect(builder, schema::CaseType::ERU, flatbuffers::nullopt, nullptr, &clocks, nullptr, from, false, flatbuffers::nullopt, 1).Union();
  const auto speaker = builder.CreateString("op-1");
  const schema::Uuid stream;
  const schema::Salt salt;
  schema::EventBuilder event(builder);
  event.add_stream(&stream);
  event.add_kind(schema::StreamKind::case_);
  event.add_version(1);
  event.add_salt(&salt);
  event.add_occurred_at(1'709'665'200'000'000);
  event.add_operator_(speaker);
  event.add_handling(schema::Handling::open);
  event.add_body_type(schema::Body::CaseOpened);
  event.add_body(body);
  schema::FinishEventBuffer(builder, event.Finish());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

// ── enums ──

TEST_CASE("a value that a closed enum does not have is refused, also in a vector, and one of an open enum is kept") {
  const auto put_unknown = [](bool open) {
    return [open](Buffer& event, const Found& found) {
      const auto at = enum_byte(found);
      if (!at || is_open(*enumeration(*found.field)) != open) return false;
      event[*at] = 250;
      return true;
    };
  };
  refused_everywhere(Errc::value_out_of_range, put_unknown(false));
  accepted_everywhere(put_unknown(true));
}

TEST_CASE("an enum that is written as unset is refused") {
  const auto put_unset = [](bool must) {
    return [must](Buffer& event, const Found& found) {
      const auto at = enum_byte(found);
      if (!at || knows(*enumeration(*found.field), 0) || has(*found.field, "must") != must) return false;
      if (!must && is_open(*enumeration(*found.field))) return false;
      event[*at] = 0;
      return true;
    };
  };
  refused_everywhere(Errc::malformed, put_unset(true));
  refused_everywhere(Errc::value_out_of_range, put_unset(false));
}

// ── numbers and times ──

TEST_CASE("a boolean is 0 or 1") {
  for (const int value : {2, 128, 255})
    refused_everywhere(Errc::value_out_of_range, [&](Buffer& event, const Found& found) {
      event[found.at] = static_cast<std::uint8_t>(value);
      return found.type() == reflection::Bool;
    });
}

TEST_CASE("a bounded number lies within its bounds, the bounds included") {
  const auto put_bound = [](std::string_view bound, int beyond) {
    return [=](Buffer& event, const Found& found) {
      const auto limit = number(*found.field, bound);
      if (!is_scalar(found) || !limit || (bound == "min" && *limit == 0 && beyond < 0)) return false;
      put_number(event, found, *limit + static_cast<std::uint64_t>(static_cast<std::int64_t>(beyond)));
      return true;
    };
  };
  refused_everywhere(Errc::value_out_of_range, put_bound("max", 1));
  refused_everywhere(Errc::value_out_of_range, put_bound("min", -1));
  accepted_everywhere(put_bound("max", 0));
  accepted_everywhere(put_bound("min", 0));
}

TEST_CASE("a time lies within the years 1 to 9999") {
  constexpr Micros first = -62'135'596'800'000'000, end = 253'402'300'800'000'000;
  const auto put_time = [](Micros value) {
    return [value](Buffer& event, const Found& found) {
      if (!has(*found.field, "time")) return false;
      store_le(event.data() + found.at, value);
      return true;
    };
  };
  for (const Micros value : {first - 1, end, std::numeric_limits<Micros>::min(), std::numeric_limits<Micros>::max()}) refused_everywhere(Errc::value_out_of_range, put_time(value));
  for (const Micros value : {first, end - 1})
    accepted_everywhere([&](Buffer& event, const Found& found) { return found.name() != "Event.occurred_at" && put_time(value)(event, found); });
}

TEST_CASE("the moment at which the epoch began stands for no time") {
  refused_everywhere(Errc::malformed, [](Buffer& event, const Found& found) {
    if (!has(*found.field, "time") || !has(*found.field, "must")) return false;
    store_le(event.data() + found.at, Micros{0});
    return true;
  });
}

TEST_CASE("the local time of an event can be written: less than a day off, and not beyond the years 1 to 9999") {
  const auto put_offset = [](int minutes) {
    return [minutes](Buffer& event, const Found& found) {
      if (found.name() != "Event.occurred_offset_minutes") return false;
      store_le(event.data() + found.at, static_cast<std::int16_t>(minutes));
      return true;
    };
  };
  for (const int minutes : {24 * 60, -24 * 60, 32767, -32768}) refused_everywhere(Errc::value_out_of_range, put_offset(minutes));
  for (const int minutes : {24 * 60 - 1, -24 * 60 + 1}) accepted_everywhere(put_offset(minutes));
  constexpr Micros end = 253'402'300'800'000'000;
  refused_everywhere(Errc::value_out_of_range, [&](Buffer& event, const Found& found) {
    if (found.name() != "Event.occurred_at" || view_event(event).fields->occurred_offset_minutes() <= 0) return false;
    store_le(event.data() + found.at, end - 1);
    return true;
  });
}

// ── texts ──

TEST_CASE("a text is UTF-8 without control characters, and a code is letters, digits and a few signs") {
  const auto put_short = [](Buffer& event, const Found& found, std::string_view text) { return text.size() <= longest(found) && put_text(event, found, text); };
  for (const std::string_view bad : {"\xff"sv, "a\xc3"sv, "\xc0\xaf"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv, "\0"sv, "\x01"sv, "\x7f"sv, "a\r"sv, "\x1b[2J"sv})
    refused_everywhere(Errc::value_out_of_range, [&](Buffer& event, const Found& found) { return put_short(event, found, bad); });
  for (const std::string_view free : {" "sv, "é"sv, "a+"sv, "a b"sv, "\""sv, "a\n"sv, "’"sv})
    refused_everywhere(Errc::value_out_of_range, [&](Buffer& event, const Found& found) { return has(*found.field, "code") && put_short(event, found, free); });
}

TEST_CASE("a text of one byte too many is refused, one of just so many is not refused for that") {
  refused_everywhere(Errc::too_large, [](Buffer& event, const Found& found) { return put_text(event, found, std::string(longest(found) + 1, 'a')); });
  for (const Sample& sample : all_samples())
    for (const Found& found : sample.tables.fields) {
      Buffer event = sample.event;
      if (!put_text(event, found, std::string(longest(found), 'a'))) continue;
      const std::string answer = verdict(event);  // what stood there before is hidden now
      if (!answer.starts_with("malformed: the event hides bytes") && answer != "accepted") FAIL_CHECK(found.name() << ": " << answer);
    }
}

// ── vectors ──

TEST_CASE("a vector of one element too many is refused, one of just so many is not refused for that") {
  const auto most = [](const Found& found) { return static_cast<std::size_t>(number(*found.field, "max").value_or(64)); };
  refused_everywhere(Errc::too_large, [&](Buffer& event, const Found& found) { return most(found) < 20'000 && put_vector(event, found, most(found) + 1); });
  for (const Sample& sample : all_samples())
    for (const Found& found : sample.tables.fields) {
      Buffer event = sample.event;
      if (most(found) > 20'000 || !put_vector(event, found, most(found))) continue;
      const std::string answer = verdict(event);
      if (!answer.starts_with("malformed: the event hides bytes") && answer != "accepted") FAIL_CHECK(found.name() << ": " << answer);
    }
  CHECK(verdict(case_with_clocks(64)) == "accepted");
  CHECK(verdict(case_with_clocks(65)).starts_with("too_large: CaseOpened.clocks"));
}

TEST_CASE("a vector has no fewer elements than its least") {
  refused_everywhere(Errc::malformed, [](Buffer& event, const Found& found) {
    if (found.type() != reflection::Vector || number(*found.field, "min").value_or(0) == 0) return false;
    redirect(event, found.at, Buffer(4, 0));
    return true;
  });
}

// ── handling ──

TEST_CASE("an event with a child-sensitive field is handled as child-sensitive, and any other as it says") {
  bool sensitive = false, other = false;
  for (const Sample& sample : all_samples()) {
    const bool p4 = std::ranges::any_of(sample.tables.fields, [](const Found& found) { return is_p4(*found.field); });
    (p4 ? sensitive : other) = true;
    const auto& handling = *std::ranges::find_if(sample.tables.fields, [](const Found& found) { return found.name() == "Event.handling"; });
    for (const auto value : {schema::Handling::open, schema::Handling::internal, schema::Handling::law_enforcement, schema::Handling::child_sensitive}) {
      Buffer event = sample.event;
      event[handling.at] = static_cast<std::uint8_t>(value);
      const std::string answer = verdict(event);
      INFO(schema::EnumNameBody(view_event(event).type) << ": " << answer);
      CHECK((answer == "accepted") == (!p4 || value == schema::Handling::child_sensitive));
    }
  }
  CHECK(sensitive);
  CHECK(other);
}
