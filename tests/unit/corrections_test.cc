// Corrections and retractions: asked by one, decided by another, folded as if the stream had been so from the beginning.
#include <catch2/catch.hpp>

#include "api/genesis.h"
#include "ledger/audit.h"
#include "projections/cases.h"
#include "tests/support/refs.h"
#include "tests/support/service.h"

using namespace samples;
using rules::Phase;

namespace {

constexpr std::string_view child = "0192f0c1-0000-7000-8000-0000000000aa";

Buffer child_added(const StreamId& stream, Version version) {
  return event("CaseSubjectAdded", "case", stream, version, R"({"subject_id":")" + std::string(child) + R"(","role":"missing_child"})");
}
Buffer child_back(const StreamId& stream, Version version) {
  return event("ChildRecovered", "case", stream, version,
               R"({"subject_id":")" + std::string(child) + R"(","at":"2024-03-06T00:00:00Z","verified_by":"le-1","outcome":"safe"})", {.handling = "child_sensitive"});
}
Buffer closed(const StreamId& stream, Version version, const Envelope& envelope = {}) { return event("CaseClosed", "case", stream, version, R"({"reason":"recovered"})", envelope); }

Buffer asks_retraction(const StreamId& stream, Version version, Version target) {
  return event("RetractionRequested", "case", stream, version, R"({"target":)" + ref(stream, target) + R"(,"reason_code":"wrong_child"})");
}
Buffer asks_correction(const StreamId& stream, Version version, Version target, const Buffer& replacement) {
  return event("CorrectionRequested", "case", stream, version, R"({"target":)" + ref(stream, target) + R"(,"replacement":")" + base64(replacement) + R"(","reason_code":"typo"})");
}
Buffer decides(std::string_view type, const StreamId& stream, Version version, Version request, std::string_view decision = "approved", std::string operator_code = "op-2") {
  return event(type, "case", stream, version, R"({"request":)" + ref(stream, request) + R"(,"decision":")" + std::string(decision) + "\"}",
               {.operator_code = std::move(operator_code), .causes = causes(stream, request)});
}
constexpr std::string_view retraction = "RetractionDecided", correction = "CorrectionDecided";

Buffer opened_in(const StreamId& stream, std::string_view state) {
  return event("CaseOpened", "case", stream, 1,
               R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00"}],"missing_from":{"state":")" + std::string(state) +
                   R"("},"state_care":false,"episode_no":1})");
}

// A case whose child came back in version 3, and those who may correct it.
struct Desk {
  Service service;
  TestLedger& ledger = service.ledger;
  Signer clerk = ledger.enrol({"case_system"}), head = ledger.enrol({"supervisor"});
  StreamId stream = new_stream();

  Desk() { ledger.record(clerk, {opened_in(stream, "US-TX"), child_added(stream, 2), child_back(stream, 3)}); }

  Errc refused(const Signer& author, const Buffer& event) {
    const auto answer = ledger.submit(ledger.sign(author, {event}));
    REQUIRE_FALSE(answer);
    INFO(answer.error().error.sentence);
    return answer.error().error.code;
  }
  std::int64_t cases_in(std::string_view place, std::string_view phase) {
    service.fold();
    return service.runner().read([&](const projections::Folds& folds, EntryIndex, Micros clock) -> std::int64_t {
      for (const auto& figure : folds.figures({.as_of = clock, .period = {}, .by = {"phase", "jurisdiction"}}, std::vector<std::string>{"cases"})) {
        bool here = true;
        for (const auto& [dimension, value] : figure.group) here = here && (value == place || value == phase);
        if (here && figure.value) return std::stoll(*figure.value);
      }
      return 0;
    });
  }
  // What was folded step by step is what a rebuild gives, and what the ledger opens to.
  void hold() {
    service.fold();
    auto rebuilt = projections::rebuild(ledger->log(), ledger->head().size, 2);
    REQUIRE(rebuilt);
    service.runner().read([&](const projections::Folds& folds, EntryIndex, Micros) {
      CHECK(*folds.digests() == *rebuilt->digests());
    });
    store::Heads heads(store::Heads::Use::alone);
    REQUIRE(projections::rebuild(ledger->log(), ledger->head().size, 1, &heads));
    CHECK(heads.get(stream) == ledger.state(stream));
    const auto audit = audit_folder(ledger.folder(), {.log_key = ledger.log_vkey()});
    REQUIRE(audit);
    for (const auto& finding : audit->findings) INFO(finding.sentence);
    CHECK(audit->findings.empty());
  }
};

}  // namespace

TEST_CASE("a retracted recovery leaves the case as it is without it") {
  Desk desk;
  CHECK(desk.ledger.state(desk.stream).phase == Phase::recovered);
  desk.ledger.record(desk.clerk, {asks_retraction(desk.stream, 4, 3)});
  CHECK(desk.ledger.state(desk.stream).phase == Phase::recovered);
  desk.ledger.record(desk.head, {decides(retraction, desk.stream, 5, 4)});
  const auto state = desk.ledger.state(desk.stream);
  CHECK(state.phase == Phase::active);
  CHECK(state.recovered == 0);
  CHECK(state.version == 5);
  CHECK(desk.cases_in("US-TX", "active") == 1);
  CHECK(desk.cases_in("US-TX", "recovered") == 0);
  desk.hold();

  SECTION("the story tells both, and the state as of before the decision is what it was") {
    const auto now = desk.service.read("/v1/streams/" + to_string(desk.stream));
    CHECK(now.at("phase") == "active");
    CHECK(now.at("timeline").as_array().size() == 5);
    CHECK(now.at("timeline").as_array()[2].as_object().at("fate") == "retracted");
    const auto before = desk.service.read("/v1/streams/" + to_string(desk.stream) + "?as_of=" + std::to_string(state.last.value - 1));
    CHECK(before.at("phase") == "recovered");
    CHECK_FALSE(before.at("timeline").as_array()[2].as_object().contains("fate"));
  }
  SECTION("the case goes on from there") {
    desk.ledger.record(desk.clerk, {child_back(desk.stream, 6)});
    CHECK(desk.ledger.state(desk.stream).phase == Phase::recovered);
    desk.hold();
  }
}

TEST_CASE("a corrected opening counts where it says, and no longer where it said") {
  Desk desk;
  desk.ledger.record(desk.clerk, {asks_correction(desk.stream, 4, 1, opened_in(desk.stream, "US-NM"))});
  CHECK(desk.cases_in("US-TX", "recovered") == 1);
  desk.ledger.record(desk.head, {decides(correction, desk.stream, 5, 4)});
  CHECK(desk.cases_in("US-TX", "recovered") == 0);
  CHECK(desk.cases_in("US-NM", "recovered") == 1);
  const auto told = desk.service.read("/v1/streams/" + to_string(desk.stream));
  CHECK(told.at("timeline").as_array()[0].at("fate") == "corrected");
  CHECK(told.at("timeline").as_array()[0].at("body").at("missing_from").at("state") == "US-TX");  // as it was recorded
  const auto& asked = told.at("timeline").as_array()[3];
  CHECK(asked.at("author").as_string() == hex(desk.clerk.vkey().key));
  CHECK(asked.at("body").at("target").at("version") == 1);
  CHECK(asked.at("body").at("replacement").at("body").at("missing_from").at("state") == "US-NM");
  CHECK(told.at("timeline").as_array()[4].at("causes").as_array()[0].at("version") == 4);
  desk.hold();
}

TEST_CASE("a decision is by other eyes, names the request, and is made once") {
  Desk desk;
  desk.ledger.record(desk.head, {asks_retraction(desk.stream, 4, 3)});
  const Signer other = desk.ledger.enrol({"supervisor"});
  CHECK(desk.refused(desk.head, decides(retraction, desk.stream, 5, 4)) == Errc::four_eyes);
  CHECK(desk.refused(other, decides(retraction, desk.stream, 5, 4, "approved", "op-1")) == Errc::four_eyes);
  CHECK(desk.refused(desk.clerk, decides(retraction, desk.stream, 5, 4)) == Errc::not_permitted);
  CHECK(desk.refused(other, decides(correction, desk.stream, 5, 4)) == Errc::unresolved_reference);
  CHECK(desk.refused(other, decides(retraction, desk.stream, 5, 3)) == Errc::unresolved_reference);
  CHECK(desk.refused(other, event(retraction, "case", desk.stream, 5, R"({"request":)" + ref(desk.stream, 4) + R"(,"decision":"approved"})", {.operator_code = "op-2"})) ==
        Errc::illegal_transition);
  desk.ledger.record(other, {decides(retraction, desk.stream, 5, 4, "rejected")});
  CHECK(desk.ledger.state(desk.stream).phase == Phase::recovered);
  CHECK(desk.refused(other, decides(retraction, desk.stream, 6, 4)) == Errc::illegal_transition);
  desk.hold();
}

TEST_CASE("what a later event rests on cannot be retracted, and the refusal names that event") {
  Desk desk;
  desk.ledger.record(desk.clerk, {closed(desk.stream, 4)});
  desk.ledger.record(desk.head, {closed(desk.stream, 5, {.operator_code = "op-2", .causes = causes(desk.stream, 4)})});
  REQUIRE(desk.ledger.state(desk.stream).phase == Phase::closed);
  desk.ledger.record(desk.clerk, {asks_retraction(desk.stream, 6, 3)});
  const auto answer = desk.ledger.submit(desk.ledger.sign(desk.head, {decides(retraction, desk.stream, 7, 6)}));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == Errc::illegal_transition);
  CHECK(answer.error().error.sentence.find("version 4, CaseClosed") != std::string::npos);
  CHECK(desk.ledger.state(desk.stream).phase == Phase::closed);
  desk.hold();
}

TEST_CASE("a request that could never be granted is refused at once") {
  Desk desk;
  const auto other = new_stream();
  desk.ledger.record(desk.clerk, {opened_in(other, "US-TX")});
  CHECK(desk.refused(desk.clerk, asks_retraction(desk.stream, 4, 1)) == Errc::value_out_of_range);
  CHECK(desk.refused(desk.clerk, asks_retraction(desk.stream, 4, 4)) == Errc::unresolved_reference);
  CHECK(desk.refused(desk.clerk, event("RetractionRequested", "case", desk.stream, 4, R"({"target":)" + ref(other, 1) + R"(,"reason_code":"a"})")) == Errc::value_out_of_range);
  CHECK(desk.refused(desk.clerk, asks_correction(desk.stream, 4, 1, opened_in(other, "US-NM"))) == Errc::value_out_of_range);
  CHECK(desk.refused(desk.clerk, asks_correction(desk.stream, 4, 2, child_back(desk.stream, 2))) == Errc::value_out_of_range);
  Buffer broken = opened_in(desk.stream, "US-NM");
  broken.resize(broken.size() - 8);
  CHECK(desk.refused(desk.clerk, asks_correction(desk.stream, 4, 1, broken)) == Errc::malformed);
  desk.ledger.record(desk.clerk, {asks_retraction(desk.stream, 4, 3)});
  CHECK(desk.refused(desk.clerk, asks_retraction(desk.stream, 5, 4)) == Errc::value_out_of_range);
  desk.ledger.record(desk.head, {decides(retraction, desk.stream, 5, 4)});
  CHECK(desk.refused(desk.clerk, asks_retraction(desk.stream, 6, 3)) == Errc::unresolved_reference);
}

TEST_CASE("an importer decides nothing") {
  Desk desk;
  const Signer both = desk.ledger.enrol({"importer", "supervisor"});
  desk.ledger.record(desk.clerk, {asks_retraction(desk.stream, 4, 3)});
  Buffer bytes;
  {
    const std::string text = R"({"stream":")" + to_string(desk.stream) + R"(","kind":"case","version":5,"type":"RetractionDecided","occurred_at":"2024-03-05T14:00:00Z","operator":"op-2",)" +
                             R"("jurisdiction":"US-TX","handling":"internal","causes":)" + causes(desk.stream, 4) +
                             R"(,"imported":{"source":"old","source_id_digest":")" + std::string(64, 'a') + R"("},"body":{"request":)" + ref(desk.stream, 4) + R"(,"decision":"approved"}})";
    auto draft = api::event_from_json(text, api::system_random());
    REQUIRE(draft);
    bytes = std::move(draft->event);
  }
  CHECK(desk.refused(both, bytes) == Errc::not_permitted);
}

TEST_CASE("a ledger opened again stands where it stood") {
  TestLedger ledger;
  const Signer clerk = ledger.enrol({"case_system"}), head = ledger.enrol({"supervisor"});
  const auto stream = new_stream();
  ledger.record(clerk, {opened_in(stream, "US-TX"), child_added(stream, 2), child_back(stream, 3), asks_retraction(stream, 4, 3)});
  ledger.record(head, {decides(retraction, stream, 5, 4)});
  const auto before = ledger.state(stream);
  ledger.close();
  std::filesystem::remove_all(ledger.folder() / "store" / "folds");
  REQUIRE(ledger.open());
  CHECK(ledger.state(stream) == before);
  ledger.record(clerk, {child_back(stream, 6)});
}
