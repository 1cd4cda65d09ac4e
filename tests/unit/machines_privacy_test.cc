// A subject's stream: who may grant an erasure, what stands against it, and what the ledger may say it did.
#include <catch2/catch.hpp>

#include "tests/support/life.h"

using namespace samples;

namespace {

constexpr std::string_view asked = R"({"subject_id":"$self","basis":"gdpr17"})";
constexpr Actor officer{2, "op-2", rules::bit(schema::Role::privacy_officer)}, ledger{3, "ledger", rules::bit(schema::Role::service)};

std::string self(Version version) { return R"({"stream":"$self","version":)" + std::to_string(version) + '}'; }
std::string decision(Version request, std::string_view outcome = "granted", std::string_view exception = "") {
  std::string body = R"({"request":)" + self(request) + R"(,"basis":"gdpr17","outcome":")" + std::string(outcome) + '"';
  if (!exception.empty()) body += R"(,"exception_code":")" + std::string(exception) + '"';
  return body + '}';
}
std::string executed(Version of) { return R"({"decision":)" + self(of) + R"(,"parts_destroyed":2,"keys_destroyed":1})"; }
std::string held(std::string_view until = "") {
  return R"({"action":"placed","authority":"court-1")" + (until.empty() ? std::string() : R"(,"until":")" + std::string(until) + '"') + '}';
}
std::string released(Version placed) { return R"({"action":"released","authority":"court-1","placed":)" + self(placed) + '}'; }
std::string kept(std::string_view until) { return R"({"rule_version":{"stream":"$other","version":1},"until":")" + std::string(until) + "\"}"; }
std::string ended(Version started, std::string_view until) {
  return R"({"rule_version":{"stream":"$other","version":1},"until":")" + std::string(until) + R"(","started":)" + self(started) + '}';
}

Errc code_of(const Result<void>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().sentence.empty());
  return result.error().code;
}

Life a_request() {
  Life life("subject");
  life.now = parse_rfc3339("2024-06-01T00:00:00Z")->at;
  REQUIRE(life.say("ErasureRequested", asked));
  return life;
}

}  // namespace

TEST_CASE("an erasure is granted by other eyes, once, and the ledger says once that it is done") {
  Life life = a_request();
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.by = officer})) == Errc::illegal_transition);  // names no cause
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.names = 1})) == Errc::four_eyes);
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.by = {2, "op-1"}, .names = 1})) == Errc::four_eyes);
  CHECK(code_of(life.ask("ErasureExecuted", executed(1), {.by = ledger})) == Errc::unresolved_reference);
  REQUIRE(life.say("ErasureDecided", decision(1), {.by = officer, .names = 1}));
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.by = officer, .names = 1})) == Errc::illegal_transition);
  REQUIRE(life.say("ErasureExecuted", executed(2), {.by = ledger}));
  CHECK(code_of(life.ask("ErasureExecuted", executed(2), {.by = ledger})) == Errc::illegal_transition);
}

TEST_CASE("an erasure is asked for in the subject's own stream, or where a document is linked") {
  constexpr std::string_view document = "0192f0c1-0000-7000-8000-0000000000dd", of_document = R"({"subject_id":"0192f0c1-0000-7000-8000-0000000000dd","basis":"gdpr17"})";
  Life life("subject");
  life.now = parse_rfc3339("2024-06-01T00:00:00Z")->at;
  const auto refused = life.ask("ErasureRequested", of_document);
  CHECK(code_of(refused) == Errc::illegal_transition);
  CHECK(refused.error().sentence.find("neither its own nor a document that it links") != std::string::npos);
  CHECK(life.ask("ErasureRequested", asked));
  REQUIRE(life.say("DocumentLinked", R"({"document_subject_id":")" + std::string(document) + "\"}"));
  CHECK(life.say("ErasureRequested", of_document));
  CHECK(life.ask("ErasureDecided", decision(2), {.by = officer, .names = 2}));
}

TEST_CASE("a request that was imported into another's stream is neither granted nor executed") {
  Life life("subject");
  life.now = parse_rfc3339("2024-06-01T00:00:00Z")->at;
  life.force("ErasureRequested", R"({"subject_id":"0192f0c1-0000-7000-8000-0000000000dd","basis":"gdpr17"})", {.imported = true});
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.by = officer, .names = 1})) == Errc::illegal_transition);
  CHECK(life.ask("ErasureDecided", decision(1, "refused", "wrong_stream"), {.by = officer, .names = 1}));
  life.force("ErasureDecided", decision(1), {.by = officer, .names = 1, .imported = true});
  CHECK(code_of(life.ask("ErasureExecuted", executed(2), {.by = ledger})) == Errc::illegal_transition);
}

TEST_CASE("what is refused or kept names its exception, and a refusal is not executed") {
  Life life = a_request();
  CHECK(code_of(life.ask("ErasureDecided", decision(1, "refused"), {.by = officer, .names = 1})) == Errc::illegal_transition);
  CHECK(code_of(life.ask("ErasureDecided", decision(1, "partial"), {.by = officer, .names = 1})) == Errc::illegal_transition);
  REQUIRE(life.say("ErasureDecided", decision(1, "refused", "open_investigation"), {.by = officer, .names = 1}));
  CHECK(code_of(life.ask("ErasureExecuted", executed(2), {.by = ledger})) == Errc::illegal_transition);
}

TEST_CASE("a legal hold stands against granting and executing, until it is released or over") {
  Life life = a_request();
  REQUIRE(life.say("LegalHoldChanged", held(), {.by = officer}));
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.by = officer, .names = 1})) == Errc::illegal_transition);
  CHECK(life.ask("ErasureDecided", decision(1, "refused", "legal_hold"), {.by = officer, .names = 1}));
  CHECK(code_of(life.ask("LegalHoldChanged", released(1), {.by = officer})) == Errc::unresolved_reference);
  REQUIRE(life.say("LegalHoldChanged", released(2), {.by = officer}));
  CHECK(code_of(life.ask("LegalHoldChanged", released(2), {.by = officer})) == Errc::illegal_transition);
  CHECK(code_of(life.ask("LegalHoldChanged", released(3), {.by = officer})) == Errc::illegal_transition);
  REQUIRE(life.say("ErasureDecided", decision(1), {.by = officer, .names = 1}));
  REQUIRE(life.say("LegalHoldChanged", held("2024-07-01T00:00:00Z"), {.by = officer}));
  CHECK(code_of(life.ask("ErasureExecuted", executed(4), {.by = ledger})) == Errc::illegal_transition);
  life.now = parse_rfc3339("2024-07-02T00:00:00Z")->at;
  CHECK(life.ask("ErasureExecuted", executed(4), {.by = ledger}));
}

TEST_CASE("what has to be preserved is not erased before its time, and preservation does not end early") {
  Life life = a_request();
  REQUIRE(life.say("PreservationStarted", kept("2024-08-01T00:00:00Z"), {.by = officer}));
  CHECK(code_of(life.ask("ErasureDecided", decision(1), {.by = officer, .names = 1})) == Errc::illegal_transition);
  CHECK(code_of(life.ask("PreservationExpired", ended(2, "2024-08-01T00:00:00Z"), {.by = officer})) == Errc::illegal_transition);
  life.now = parse_rfc3339("2024-08-02T00:00:00Z")->at;
  CHECK(life.ask("ErasureDecided", decision(1), {.by = officer, .names = 1}));
  REQUIRE(life.say("PreservationExpired", ended(2, "2024-08-01T00:00:00Z"), {.by = officer}));
  CHECK(code_of(life.ask("PreservationExpired", ended(2, "2024-08-01T00:00:00Z"), {.by = officer})) == Errc::illegal_transition);
  CHECK(life.ask("ErasureDecided", decision(1), {.by = officer, .names = 1}));
}
