// What is no event in JSON is refused with a code and a sentence that says where and what.
#include <rapidcheck.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include "api/json.h"

using namespace caseledger;
using namespace caseledger::api;

namespace {

const RandomBytes zeros = [](std::span<std::uint8_t> to) { std::ranges::fill(to, std::uint8_t{0}); };

const std::string line =
    R"({"stream":"0192f0c1-7b1e-7c3a-9d2e-5f60718293a4","kind":"case","version":1,"type":"CaseOpened","occurred_at":"2024-03-05T14:00:00-05:00",)"
    R"("operator":"op-17","handling":"child_sensitive","body":{"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00"}],)"
    R"("missing_from":{"state":"US-TX"},"state_care":true,"episode_no":1},"sealed":[{"subject":"0192f0c2-0a1b-7c2d-8e3f-405162738495",)"
    R"("handling":"child_sensitive","fields":{"narrative":"x"}}],"causes":[{"stream":"0192f0aa-1b2c-7d3e-8f40-51627384a5b6","version":1}]})";

// The line with one piece of its text replaced.
std::string with(std::string_view piece, std::string_view replacement) {
  std::string text = line;
  const auto at = text.find(piece);
  REQUIRE(at != std::string::npos);
  return text.replace(at, piece.size(), replacement);
}

std::string told(std::string_view text) {
  const auto result = event_from_json(text, zeros);
  if (!result) return std::string(name(result.error().code)) + " | " + result.error().sentence;
  return "accepted";
}

}  // namespace

TEST_CASE("an event that is none is refused with a sentence that begins with the place") {
  REQUIRE(told(line) == "accepted");

  struct Case {
    std::string_view piece, replacement, sentence;
  };
  const std::vector<Case> cases = {
      // members
      {R"("operator":"op-17",)", "", "malformed | operator: is missing"},
      {R"("operator")", R"("operater")", R"(malformed | unknown member "operater")"},
      {R"("state":"US-TX")", R"("state":"US-TX","zip":1)", R"(malformed | body.missing_from: unknown member "zip")"},
      {R"("episode_no":1)", R"("episode_no":1,"type":"CaseOpened")", R"(malformed | body: unknown member "type")"},
      {R"("version":1,"type")", R"("version":1,"version":2,"type")", "malformed | no JSON: a member is written twice, at byte 83"},
      {R"("version":1}])", R"("version":1,"\u0076ersion":2}])", "malformed | no JSON: a member is written twice"},
      {R"("kind")", R"("occurred_offset_minutes":1,"kind")", "malformed | occurred_offset_minutes: is part of occurred_at"},
      {R"("state_care":true,)", "", "malformed | body.state_care: is missing"},
      {R"("state_care":true)", R"("state_care":null)", "malformed | body.state_care: wanted true or false"},
      {R"("type":"CaseOpened",)", "", "malformed | type: is missing"},
      {R"("type":"CaseOpened")", R"("type":"CaseOpenend")", "malformed | type: no such event type"},
      {R"("type":"CaseOpened")", R"("type":"NONE")", "malformed | type: no such event type"},
      {R"("type":"CaseOpened")", R"("type":21)", "malformed | type: wanted text"},
      {R"("type":"CaseOpened")", R"("type":"CaseMerged")", R"(malformed | body: unknown member "case_type")"},
      // types
      {R"("causes":[{"stream":"0192f0aa-1b2c-7d3e-8f40-51627384a5b6","version":1}])", R"("causes":{})", "malformed | causes: wanted an array"},
      {R"({"stream":"0192f0aa-1b2c-7d3e-8f40-51627384a5b6","version":1})", "7", "malformed | causes[0]: wanted an object"},
      {R"("clocks":[)", R"("clocks":[true,)", "malformed | body.clocks[0]: wanted an object"},
      {R"("clocks":[)", R"("risk":[],"clocks":[)", R"(malformed | body: unknown member "risk")"},
      {R"("operator":"op-17")", R"("operator":17)", "malformed | operator: wanted text"},
      {R"("version":1,"type")", R"("version":"1","type")", "malformed | version: wanted a whole number"},
      {R"("version":1,"type")", R"("version":1.5,"type")", "malformed | version: wanted a whole number"},
      {R"("version":1,"type")", R"("version":1e0,"type")", "malformed | version: wanted a whole number"},
      {R"("body":{)", R"("body":[{)", "malformed | no JSON: syntax error"},
      // numbers
      {R"("version":1,"type")", R"("version":4294967296,"type")", "value_out_of_range | version: does not fit its 32 bits"},
      {R"("version":1,"type")", R"("version":-1,"type")", "value_out_of_range | version: does not fit its 32 bits"},
      {R"("episode_no":1)", R"("episode_no":65536)", "value_out_of_range | body.episode_no: does not fit its 16 bits"},
      {R"("episode_no":1)", R"("episode_no":0)", "malformed | CaseOpened.episode_no is 0 or missing, wanted 1 or more"},
      {R"("episode_no":1)", R"("episode_no":123456789012345678901)", "malformed | no JSON: an integer does not fit 64 bits: write it as text"},
      {R"("narrative":"x")", R"("narrative":123456789012345678901)", "malformed | no JSON: an integer does not fit 64 bits: write it as text"},
      {R"("narrative":"x")", R"("narrative":1e999)", "malformed | no JSON:"},
      // names, times, ids
      {R"("ERU")", R"("eru")", "value_out_of_range | body.case_type: no CaseType: FA, NFA, LIM, ERU, CMYA, EXPL, ATTEMPT, UNID"},
      {R"("ERU")", R"("unset")", "value_out_of_range | body.case_type: no CaseType"},
      {R"("ERU")", R"("")", "value_out_of_range | body.case_type: no CaseType"},
      {R"("ERU")", "4", "malformed | body.case_type: wanted a name"},
      {R"("at":"2024-03-05T14:00:00-05:00")", R"("at":"2024-03-05 14:00")", "malformed | body.clocks[0].at: not an RFC 3339 time"},
      {R"("at":"2024-03-05T14:00:00-05:00")", R"("at":"1970-01-01T01:00:00+01:00")", "malformed | body.clocks[0].at: 1970-01-01T00:00:00Z stands for no time"},
      {R"("at":"2024-03-05T14:00:00-05:00")", R"("at":1709665200)", "malformed | body.clocks[0].at: wanted text"},
      {R"("occurred_at":"2024-03-05T14:00:00-05:00")", R"("occurred_at":"yesterday")", "malformed | occurred_at: not an RFC 3339 time"},
      {R"("occurred_at":"2024-03-05T14:00:00-05:00")", R"("occurred_at":"2024-02-30T14:00:00-05:00")", "malformed | occurred_at: not an RFC 3339 time"},
      {R"("0192f0c1-7b1e-7c3a-9d2e-5f60718293a4")", R"("0192f0c1")", "malformed | stream: not a UUID"},
      {R"("0192f0aa-1b2c-7d3e-8f40-51627384a5b6")", R"("0192f0aa1b2c-7d3e-8f40-51627384a5b6-")", "malformed | causes[0].stream: not a UUID"},
      {R"("kind":"case")", R"("kind":"case_")", "value_out_of_range | kind: no StreamKind"},
      {R"("kind")", R"("salt":"AAECAwQFBgcICQoLDA0ODw","kind")", "malformed | salt: wanted 16 bytes as base64"},
      {R"("kind")", R"("salt":"AAEC","kind")", "malformed | salt: wanted 16 bytes as base64"},
      // sealed parts
      {R"("fields":{"narrative":"x"})", R"("fields":["narrative"])", "malformed | sealed[0].fields: wanted an object"},
      {R"("fields":{"narrative":"x"})", R"("fields":{})", "malformed | sealed[0].fields: is empty"},
      {R"(,"fields":{"narrative":"x"})", "", "malformed | sealed[0].fields: is missing"},
      {R"("0192f0c2-0a1b-7c2d-8e3f-405162738495")", R"("me")", "malformed | sealed[0].subject: not a UUID"},
      {R"("fields":{)", R"("salt":"x","fields":{)", "malformed | sealed[0].salt: wanted base64 of 32 bytes"},
      {R"("fields":{)", R"("commitment":"x","fields":{)", R"(malformed | sealed[0]: unknown member "commitment")"},
      {R"("sealed":[)", R"("parts":[],"sealed":[)", "malformed | sealed: stands beside parts, one of them belongs there"},
      {R"("sealed":[)", R"("sealed":[[],)", "malformed | sealed[0]: wanted an object"},
      // what the schema's attributes say, by the one check that every event passes
      {R"("handling":"child_sensitive","body")", R"("handling":"internal","body")", "value_out_of_range | state_care is child-sensitive"},
      {R"("op-17")", R"("op 17")", "value_out_of_range | Event.operator is no code"},
      {R"("op-17")", R"("")", "malformed | Event.operator is empty"},
      {R"("clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00"}])", R"("clocks":[])", "malformed | CaseOpened.clocks has fewer than 1 elements"},
      // JSON itself
      {"{", "[", "malformed | no JSON: "},
      {"{", "{,", "malformed | no JSON: syntax error, at byte 1"},
      {"{", "{\xff", "malformed | no JSON: "},
      {"op-17", "op\xc0\xaf", "malformed | no JSON: "},
      {"op-17", R"(\ud800)", "malformed | no JSON: "},
      {"op-17", "op\n17", "malformed | no JSON: "},
      {"{", "\xef\xbb\xbf{", "malformed | no JSON: syntax error, at byte 0"},
  };
  for (const auto& [piece, replacement, sentence] : cases) {
    INFO(piece << " → " << replacement);
    CHECK_THAT(told(with(piece, replacement)), Catch::StartsWith(std::string(sentence)));
  }
  const std::string_view body = std::string_view(line).substr(line.find(R"({"case_type)"), line.find(R"(,"sealed)") - line.find(R"({"case_type)"));
  const auto open_enum = [&](const std::string& value) {
    std::string text = with(body, R"({"policy_clause":"a","reason_code":"court","requester_class":)" + value +
                                      R"(,"granted":true,"policy_version":{"stream":"0192f0aa-1b2c-7d3e-8f40-51627384a5b6","version":1}})");
    return told(text.replace(text.find("CaseOpened"), 10, "TriageExpedited"));
  };
  CHECK(open_enum("255") == "accepted");
  CHECK(open_enum("256") == "value_out_of_range | body.requester_class: does not fit its 8 bits");
  CHECK(open_enum("-1") == "value_out_of_range | body.requester_class: does not fit its 8 bits");
  CHECK(open_enum("18446744073709551615") == "malformed | body.requester_class: wanted a name or a number");
  CHECK(open_enum("true") == "malformed | body.requester_class: wanted a name or a number");
  CHECK(open_enum("0") == "malformed | TriageExpedited.requester_class is missing or unset");
  CHECK(open_enum(R"("nobody")").starts_with("value_out_of_range | body.requester_class: no RequesterClass: public, esp, le"));

  CHECK(told("") == "malformed | no JSON: incomplete JSON, at byte 0");
  CHECK(told("null") == "malformed | wanted an object");
  CHECK(told(line + "x").starts_with("malformed | no JSON: "));
  CHECK(told(line.substr(0, line.size() - 1)).starts_with("malformed | no JSON: incomplete JSON"));
  CHECK(told(line + " \n") == "accepted");
}

TEST_CASE("a line, its depth and its parts end somewhere") {
  const auto padded = [](std::size_t size) { return line + std::string(size - line.size(), ' '); };
  CHECK(told(padded(event_json_max)) == "accepted");
  CHECK(told(padded(event_json_max + 1)) == "too_large | a line of 262145 bytes; at most 262,144 are allowed");

  const auto nested = [](std::size_t depth) { return with(R"("narrative":"x")", R"("narrative":)" + std::string(depth, '[') + std::string(depth, ']')); };
  CHECK(told(nested(json_depth_max - 4)) == "accepted");  // within the line, "sealed", its element and "fields"
  CHECK_THAT(told(nested(json_depth_max - 3)), Catch::StartsWith("malformed | no JSON: too deep"));

  const std::size_t around = std::string_view(R"({"narrative":""})").size();
  const auto told_at_length = [](std::size_t length) { return with(R"("narrative":"x")", R"("narrative":")" + std::string(length, 'x') + '"'); };
  CHECK(told(told_at_length(part_bytes_max - around)) == "accepted");
  CHECK(told(told_at_length(part_bytes_max - around + 1)) == "too_large | sealed[0].fields: has 16385 bytes, at most 16,384 belong there");

  const std::string part = R"({"subject":"0192f0c2-0a1b-7c2d-8e3f-405162738495","handling":"child_sensitive","fields":{"narrative":"x"}})";
  std::string parts = part;
  for (std::size_t i = 1; i < parts_per_event_max; ++i) parts += ',' + part;
  CHECK(told(with(part, parts)) == "accepted");
  CHECK(told(with(part, parts + ',' + part)) == "too_large | sealed: has 17 parts, at most 16 belong there");
}

TEST_CASE("sentences repeat no values, only names of members, and those harmlessly") {
  CHECK(told(with(R"("ERU")", R"("Jane Doe")")).find("Jane") == std::string::npos);
  CHECK(told(with(R"("at":"2024)", R"("at":"Jane2024)")).find("Jane") == std::string::npos);
  CHECK(told(with(R"("kind")", R"("a\"\n\u00e9)" + std::string(60, 'b') + R"(":1,"kind")")) ==
        R"(malformed | unknown member "a????)" + std::string(35, 'b') + "…\"");
}

TEST_CASE("whatever is done to a line, it is refused in a sentence or still an event") {
  CHECK(rc::check([](std::vector<std::pair<std::uint32_t, char>> changes) {
    std::string text = line;
    for (const auto& [at, to] : changes) text[at % text.size()] = to;
    const auto result = event_from_json(text, zeros);
    if (result) RC_ASSERT(event_from_json(to_text(event_to_json(view_event(result->event))), zeros)->event == result->event);
    else RC_ASSERT(!result.error().sentence.empty() && is_utf8(result.error().sentence));
  }));
  CHECK(rc::check([](std::uint32_t from, std::uint32_t length) {
    std::string text = line;
    text.erase(from % text.size(), length % 20 + 1);
    const auto result = event_from_json(text, zeros);
    if (!result) RC_ASSERT(!result.error().sentence.empty());
  }));
}
