// A log forged by whoever holds its key: everything hashes and is signed, and the rules give it away.
#include <catch2/catch.hpp>

#include "tests/support/audits.h"

using namespace caseledger;
using namespace samples;

TEST_CASE("what the rules refuse is found although the log signed it, event by event") {
  Forger forger;
  forger.genesis();
  const Signer author = forger.enrol({"case_system"}), machine = forger.enrol({"automated_source"});
  const StreamId stream = new_stream();
  forger.record(author, {case_opened(stream), case_assigned(stream, 2)});
  REQUIRE(told(forger.audited()) == "");
  const auto refused = [&](std::string_view code, std::string_view place) {
    const auto audit = forger.audited();
    INFO(told(audit));
    CHECK(audit.errors == 1);
    CHECK(found(audit, code, place));
  };
  const std::string case_place = "position 5, stream " + to_string(stream);
  const auto close = [&](Version version, std::string who, std::string causes) {
    return event("CaseClosed", "case", stream, version, R"({"reason":"unfounded"})", {.operator_code = std::move(who), .causes = std::move(causes)});
  };
  SECTION("an author who is not enrolled") {
    forger.record(Signer::generate("stranger.test"), {case_assigned(stream, 3)});
    refused("rules.unknown_author", "entry 4");
  }
  SECTION("an author whose role does not cover the event") {
    forger.record(machine, {case_assigned(stream, 3)});
    refused("rules.not_permitted", case_place + " version 3");
  }
  SECTION("a version left out") {
    forger.record(author, {case_assigned(stream, 4)});
    refused("rules.version_conflict", case_place + " version 4");
  }
  SECTION("a version twice") {
    forger.record(author, {case_assigned(stream, 2)});
    refused("rules.version_conflict", case_place + " version 2");
  }
  SECTION("a transition that is not legal") {
    forger.record(author, {event("CaseClosed", "case", stream, 3, R"({"reason":"recovered"})")});
    refused("rules.illegal_transition", case_place + " version 3");
  }
  SECTION("one pair of eyes") {
    forger.record(author, {close(3, "op-1", "[]")});
    forger.record(author, {close(4, "op-2", R"([{"stream":")" + to_string(stream) + R"(","version":3}])")});
    refused("rules.four_eyes", "position 6, stream " + to_string(stream) + " version 4");
  }
  SECTION("a reference to nothing") {
    forger.record(author, {case_assigned(stream, 3, {.causes = R"([{"stream":")" + to_string(new_stream()) + R"(","version":1}])"})});
    refused("rules.unresolved_reference", case_place + " version 3");
  }
  SECTION("an event from the future") {
    forger.now -= 200'000'000'000'000;
    forger.record(author, {case_assigned(stream, 3)});
    const auto audit = forger.audited();
    INFO(told(audit));
    CHECK(found(audit, "rules.future", case_place + " version 3"));
    CHECK(found(audit, "entry.time", "entry 4"));
  }
  SECTION("positions that are left out") {
    forger.next = forger.next + 7;
    forger.record(author, {case_assigned(stream, 3)});
    forger.record(author, {case_opened(new_stream())});
    refused("entry.chain", "entry 4");
  }
  SECTION("a type that has no place in the stream") {
    forger.record(author, {event("AlertActioned", "case", stream, 3, R"({"action":"none","at":"2024-03-05T20:00:00Z","result":"no_contact"})")});
    const auto audit = forger.audited();
    INFO(told(audit));
    CHECK(found(audit, "event.malformed", case_place + " version 3"));
  }
  SECTION("a second genesis") {
    forger.genesis();
    CHECK(found(forger.audited(), "rules.version_conflict", "position 5"));
  }
}

TEST_CASE("nothing counts before genesis") {
  Forger forger;
  const Signer author = Signer::generate("early.test");
  forger.record(author, {case_opened(new_stream())});
  forger.genesis();
  AuditOptions options;
  options.log_key = forger.log_key.vkey();
  const auto audit = *audit_folder(forger.folder(), options);
  INFO(told(audit));
  CHECK(found(audit, "rules.illegal_transition", "position 0"));
  CHECK(found(forger.audited(), "log_key.unknown", "store/log"));
}
