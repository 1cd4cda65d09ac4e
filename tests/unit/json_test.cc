// The JSON forms: what people write becomes the event they meant, everything there is survives both ways, and rubbish gets a sentence.
#include "api/json.h"

#include <rapidcheck.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_samples.h"

using namespace caseledger;
using namespace caseledger::api;
namespace json = boost::json;

namespace {

// Bytes that count up, so that every salt is known.
RandomBytes counting() {
  return [next = std::uint8_t{0}](std::span<std::uint8_t> to) mutable {
    for (auto& byte : to) byte = next++;
  };
}

Result<Draft> read(const json::value& event) { return event_from_json(to_text(event), counting()); }

json::value parsed(std::string_view text) {
  auto value = parse_json(text);
  REQUIRE(value);
  return *value;
}

json::object written(Bytes event) {
  std::vector<FoundRef> refs;
  const auto checked = check_event_bytes(event, refs);
  INFO((checked ? "" : checked.error().sentence));
  REQUIRE(checked);
  return event_to_json(view_event(event));
}

// Case opened, as the documentation of the commands shows it.
const std::string example = R"({"stream":"0192f0c1-7b1e-7c3a-9d2e-5f60718293a4","kind":"case","version":1,"type":"CaseOpened",
 "occurred_at":"2024-03-05T14:00:00-05:00","precision":"minute",
 "operator":"op-17","jurisdiction":"US-TX","purpose":"missing_child","handling":"law_enforcement",
 "body":{"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00","precision":"minute"}],"missing_from":{"state":"US-TX","county":"48201"},"state_care":false,"episode_no":1},
 "sealed":[{"subject":"0192f0c2-0a1b-7c2d-8e3f-405162738495","handling":"child_sensitive","fields":{"identity":{"name":"…"},"narrative":"…"}}],
 "causes":[{"stream":"0192f0aa-1b2c-7d3e-8f40-51627384a5b6","version":1}]})";

// The example with the value at a path of member names and indices replaced; taken out when the replacement is no JSON.
json::value example_with(std::initializer_list<std::string_view> path, std::string_view replacement) {
  json::value event = parsed(example);
  json::value* at = &event;
  for (auto step = path.begin(); step + 1 != path.end(); ++step)
    at = at->is_array() ? &at->as_array()[std::stoul(std::string(*step))] : &at->as_object()[*step];
  const std::string_view last = *(path.end() - 1);
  if (replacement.empty()) at->as_object().erase(last);
  else if (at->is_array()) at->as_array()[std::stoul(std::string(last))] = parsed(replacement);
  else at->as_object()[last] = parsed(replacement);
  return event;
}

}  // namespace

TEST_CASE("the documented example becomes an event that says what was written") {
  const auto draft = event_from_json(example, counting());
  INFO((draft ? "" : draft.error().sentence));
  REQUIRE(draft);
  const json::object back = written(draft->event);

  json::object expected = parsed(example).as_object();
  expected["body"].as_object()["clocks"].as_array()[0].as_object()["at"] = "2024-03-05T19:00:00Z";  // only occurred_at keeps an offset
  expected["salt"] = "AAECAwQFBgcICQoLDA0ODw==";
  REQUIRE(draft->openings.size() == 1);
  const Opening& opening = draft->openings[0];
  CHECK(opening.plaintext == R"({"identity":{"name":"…"},"narrative":"…"})");
  CHECK(opening.salt[0] == 16);
  CHECK((opening.event == 0 && opening.part == 0));
  json::object part = expected["sealed"].as_array()[0].as_object();
  part["fields"] = {"identity", "narrative"};
  part["commitment"] = hex(part_commitment(opening.salt, opening.plaintext).bytes);
  expected.erase("sealed");
  expected["parts"] = json::array{part};
  CHECK(back == expected);

  const EventView view = view_event(draft->event);
  CHECK(view.type == schema::Body::CaseOpened);
  CHECK(view.fields->occurred_offset_minutes() == -300);
  CHECK(view.body<schema::CaseOpened>().clocks()->Get(0)->at() == view.fields->occurred_at());

  const auto again = read(back);  // commitments come along without their openings
  REQUIRE(again);
  CHECK(again->event == draft->event);
  CHECK(again->openings.empty());
}

TEST_CASE("a correction's replacement may be written as an event, and is then that event's bytes") {
  const auto replacement = event_from_json(example, counting());
  REQUIRE(replacement);
  json::object target = written(replacement->event), asks = target;
  asks.erase("parts");
  asks["version"] = 2;
  asks["type"] = "CorrectionRequested";
  asks["body"] = {{"target", {{"stream", target["stream"]}, {"version", 1}}}, {"reason_code", "typo"}, {"replacement", target}};
  const auto draft = read(asks);
  if (!draft) FAIL(draft.error().sentence);
  const auto& bytes = *view_event(draft->event).body<schema::CorrectionRequested>().replacement();
  CHECK(Buffer(bytes.begin(), bytes.end()) == replacement->event);

  target["body"] = {{"case_type", "nobody"}};
  asks["body"].as_object()["replacement"] = target;
  CHECK(read(asks).error().sentence.starts_with("body.replacement: body."));
  target["sealed"] = json::array();
  asks["body"].as_object()["replacement"] = target;
  CHECK(read(asks).error().sentence.find("sealed does not belong there") != std::string::npos);
}

TEST_CASE("members are written in the order people read them") {
  const auto draft = event_from_json(example, counting());
  REQUIRE(draft);
  CHECK(to_text(written(draft->event)).starts_with(
      R"({"stream":"0192f0c1-7b1e-7c3a-9d2e-5f60718293a4","kind":"case","version":1,"type":"CaseOpened","salt":"AAECAwQFBgcICQoLDA0ODw==","occurred_at":"2024-03-05T14:00:00-05:00","precision":"minute")"));
}

TEST_CASE("64-bit numbers are JSON numbers while those are exact, and decimal text beyond") {
  const Buffer sample = samples::sample_event(schema::Body::CtrIngested, true, 1);
  json::object event = written(sample);
  const auto comes_back = [&](const json::value& given) -> json::value {
    event["body"].as_object()["ctr_report_id"] = given;
    const auto draft = read(event);
    INFO(to_text(given) << (draft ? "" : draft.error().sentence));
    REQUIRE(draft);
    return written(draft->event).at("body").at("ctr_report_id");
  };
  CHECK(comes_back(9007199254740991) == 9007199254740991);
  CHECK(comes_back("9007199254740991") == 9007199254740991);
  CHECK(comes_back(9007199254740992) == "9007199254740992");
  CHECK(comes_back("18446744073709551615") == "18446744073709551615");
  CHECK(comes_back(UINT64_MAX) == "18446744073709551615");
  CHECK(comes_back(0) == 0);

  const Buffer scored = samples::sample_event(schema::Body::TriageScored, true, 1);
  event = written(scored);
  const auto signed_back = [&](const json::value& given) -> json::value {
    event["body"].as_object()["score_micros"] = given;
    const auto draft = read(event);
    REQUIRE(draft);
    return written(draft->event).at("body").at("score_micros");
  };
  CHECK(signed_back("-9223372036854775808") == "-9223372036854775808");
  CHECK(signed_back(INT64_MIN) == "-9223372036854775808");
  CHECK(signed_back("-9007199254740991") == -9007199254740991);
  CHECK(signed_back(-1) == -1);
}

TEST_CASE("what a later version may say is kept: values of open enums without a name are numbers") {
  const Buffer sample = samples::sample_event(schema::Body::CtrIngested, true, 1);
  json::object event = written(sample);
  event["body"].as_object()["incident_type"] = 77;
  event["body"].as_object()["annotations"] = json::array{"sextortion", 201, "unlisted"};
  const auto draft = read(event);
  REQUIRE(draft);
  CHECK(written(draft->event).at("body").at("incident_type") == 77);
  CHECK(written(draft->event).at("body").at("annotations") == json::value({"sextortion", 201, "unlisted"}));
  event["body"].as_object()["incident_type"] = 7;  // unknown to its author, but not here
  const auto known = read(event);
  REQUIRE(known);
  CHECK(written(known->event).at("body").at("incident_type") == "online_enticement");
}

TEST_CASE("optional scalars keep the difference between zero and not stated") {
  json::value event = example_with({"handling"}, R"("child_sensitive")");
  event.as_object()["body"].as_object()["trafficking_indicator"] = "no";
  const auto stated = read(event);
  REQUIRE(stated);
  CHECK(written(stated->event).at("body").at("trafficking_indicator") == "no");
  event.as_object()["body"].as_object().erase("trafficking_indicator");
  const auto silent = read(event);
  REQUIRE(silent);
  CHECK_FALSE(written(silent->event).at("body").as_object().contains("trafficking_indicator"));
  CHECK(written(silent->event).at("body").at("state_care") == false);  // must be named, also where bytes do not hold it
}

TEST_CASE("times keep their moment whatever their offset, and occurred_at its offset too") {
  for (const auto* text : {"2024-02-29T23:59:59.5+05:45", "1969-07-20T20:17:40Z", "2024-03-05T14:00:00.000001-12:00", "0001-01-02T00:00:00+23:59"}) {
    INFO(text);
    const auto draft = read(example_with({"occurred_at"}, '"' + std::string(text) + '"'));
    REQUIRE(draft);
    const auto back = parse_rfc3339(written(draft->event).at("occurred_at").as_string());
    REQUIRE(back);
    CHECK(back->at == parse_rfc3339(text)->at);
    CHECK(back->offset_minutes == parse_rfc3339(text)->offset_minutes);
  }
}

TEST_CASE("sealed parts commit to their fields as they were given") {
  const auto draft = read(example_with({"sealed"}, R"([
    {"subject":"0192f0c2-0a1b-7c2d-8e3f-405162738495","handling":"child_sensitive","fields":{"narrative":"a \"b\"\n","identity":{"z":[1,-2,{"y":null}],"a":true}}},
    {"subject":"0192f0c3-0a1b-7c2d-8e3f-405162738495","handling":"internal","fields":{"identity":{"n":18446744073709551615}}}])"));
  REQUIRE(draft);
  REQUIRE(draft->openings.size() == 2);
  CHECK(draft->openings[0].plaintext == R"({"narrative":"a \"b\"\n","identity":{"z":[1,-2,{"y":null}],"a":true}})");
  CHECK(draft->openings[1].plaintext == R"({"identity":{"n":18446744073709551615}})");
  CHECK(draft->openings[0].salt != draft->openings[1].salt);
  const auto& parts = *view_event(draft->event).fields->parts();
  for (unsigned i = 0; i < 2; ++i) {
    CHECK(draft->openings[i].part == i);
    const Hash commitment = part_commitment(draft->openings[i].salt, draft->openings[i].plaintext);
    CHECK(std::memcmp(parts[i]->commitment(), commitment.bytes.data(), 32) == 0);
  }
  CHECK(parts[0]->fields()->Get(0)->str() == "narrative");
}

TEST_CASE("any text survives, and no text makes JSON that cannot be read again") {
  CHECK(rc::check([](const std::string& raw) {
    json::value event = example_with({"operator"}, R"("op-17")");
    event.as_object()["system"] = raw;
    const auto draft = read(event);
    if (!draft) {
      RC_ASSERT(is_utf8(draft.error().sentence));
      return;
    }
    const auto back = read(written(draft->event));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->event == draft->event);
  }));
}
