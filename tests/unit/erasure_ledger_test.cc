// Erasure as the ledger does it: asked, granted by another, carried out and said by its own service key; and what a restore makes of it.
#include <catch2/catch.hpp>

#include "ledger/backup.h"
#include "ledger/erasure.h"
#include "ledger/history.h"
#include "ledger/own_appends.h"
#include "tests/support/audits.h"
#include "tests/support/refs.h"

using namespace samples;
using namespace caseledger;

namespace {

const Envelope asking{.jurisdiction = {}, .operator_code = "op-1", .handling = "internal"};

// A ledger that carries out erasures, with a note about one person.
struct Desk {
  TestLedger ledger;
  Signer desk = ledger.enrol({"case_system"}), officer = ledger.enrol({"privacy_officer"});
  StreamId person;
  SubjectId subject;
  OwnAppends own;

  Desk() {
    const auto stream = new_stream();
    const auto noted = case_noted(stream, 2, "about someone");
    auto openings = noted.openings;
    openings[0].event = 1;
    ledger.record(desk, {case_opened(stream), noted.event}, openings);
    person = subject = uuid_of(*view_event(noted.event).fields->parts()->Get(0)->subject());
    ledger.forward([this](Outcome outcome) { own.answered(outcome); });
  }
  ~Desk() {
    ledger.watch({});
    ledger.forward({});
  }

  Version next() const { return ledger.state(person).version + 1; }
  std::string ref(Version version) const { return samples::ref(person, version); }
  // False where the rules know no erasure.
  bool request() {
    const auto event = samples::event("ErasureRequested", "subject", person, next(), R"({"subject_id":")" + to_string(subject) + R"(","basis":"gdpr17"})", asking);
    return ledger.submit(ledger.sign(desk, {event})).has_value();
  }
  void grant() {
    const Version request = next() - 1;
    auto envelope = asking;
    envelope.operator_code = "op-2";
    envelope.causes = "[" + ref(request) + "]";
    ledger.record(officer, {samples::event("ErasureDecided", "subject", person, next(), R"({"request":)" + ref(request) + R"(,"basis":"gdpr17","outcome":"granted"})", envelope)});
  }
  void hold(std::string_view body) { ledger.record(officer, {samples::event("LegalHoldChanged", "subject", person, next(), body, asking)}); }

  Erasures::Voice voice() {
    return service_voice(*ledger, ledger.service(), system_clock(), [this](Bytes event) -> std::expected<void, Rejection> {
      auto recorded = own.append(*ledger, ledger.service(), event);
      return recorded ? std::expected<void, Rejection>() : std::unexpected(recorded.error());
    });
  }
  bool executed() {
    for (int i = 0; i < 2000 && !is_executed(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return is_executed();
  }
  bool is_executed() {
    const auto last = ledger->log().event(ledger.state(person).last);
    return last && view_event(last->bytes).type == schema::Body::ErasureExecuted && ledger->log().entry(last->index)->author == ledger.service().vkey().key;
  }
};

}  // namespace

TEST_CASE("a grant is carried out by the running ledger, which says so under its own key", "[erasure]") {
  Desk desk;
  REQUIRE(desk.request());
  Erasures erasures(*desk.ledger, desk.voice(), system_clock());
  desk.ledger.watch([&](std::vector<StreamId> streams) { erasures.look_at(std::move(streams)); });
  erasures.start();
  CHECK_FALSE(desk.is_executed());
  desk.grant();
  CHECK(desk.executed());
  CHECK(desk.ledger->vault().erased(desk.subject));
  erasures.stop();
  const auto said = executed_erasures(desk.ledger->log()).value();
  REQUIRE(said.size() == 1);
  CHECK(said[0].subject == desk.subject);
  CHECK(outstanding_erasures(*desk.ledger, desk.person).value().empty());
  const auto audit = audit_folder(desk.ledger.folder());
  CHECK(audit->sound());
  CHECK(audit->counts.erased_parts == 1);
}

TEST_CASE("a grant that nobody carried out is carried out by the next run", "[erasure]") {
  Desk desk;
  REQUIRE(desk.request());
  desk.grant();
  desk.ledger.close();
  REQUIRE(desk.ledger.open());
  Erasures erasures(*desk.ledger, desk.voice(), system_clock());
  erasures.start();
  CHECK(desk.executed());
}

TEST_CASE("a hold placed after the grant keeps the data until it is released", "[erasure]") {
  Desk desk;
  REQUIRE(desk.request());
  desk.grant();
  desk.hold(R"({"action":"placed","authority":"court-3"})");
  Erasures erasures(*desk.ledger, desk.voice(), system_clock());
  CHECK(erasures.carry_out({desk.person}).value().empty());
  CHECK(desk.ledger->vault().find(desk.subject));
  desk.hold(R"({"action":"released","authority":"court-3","placed":)" + desk.ref(desk.next() - 1) + "}");
  CHECK(erasures.carry_out({}).value().size() == 1);
  CHECK(desk.is_executed());
}

TEST_CASE("a hold on one of the people that a text is about keeps the text, wherever its erasure is asked for", "[erasure]") {
  Desk desk;
  const StreamId held = new_stream(), stranger = new_stream();
  const auto about = [&](const StreamId& person, const SubjectId& document) {
    return samples::event("DocumentLinked", "subject", person, desk.ledger.state(person).version + 1, R"({"document_subject_id":")" + to_string(document) + R"("})", asking);
  };
  const auto hold = [&](std::string_view body) {
    desk.ledger.record(desk.officer, {samples::event("LegalHoldChanged", "subject", held, desk.ledger.state(held).version + 1, body, asking)});
  };
  const auto decide = [&] {
    auto envelope = asking;
    envelope.operator_code = "op-2";
    envelope.causes = "[" + desk.ref(2) + "]";
    return desk.ledger.submit(desk.ledger.sign(desk.officer, {samples::event("ErasureDecided", "subject", desk.person, desk.next(), R"({"request":)" + desk.ref(2) + R"(,"basis":"gdpr17","outcome":"granted"})", envelope)}));
  };
  desk.person = new_stream();  // who asks is another whom the text is about
  desk.ledger.record(desk.officer, {about(stranger, new_stream()), about(held, new_stream()), about(desk.person, desk.subject)});
  REQUIRE(desk.request());
  hold(R"({"action":"placed","authority":"court-3"})");

  SECTION("in the stream of another of them") {
    desk.ledger.record(desk.officer, {about(held, desk.subject)});
    SECTION("at once") {}
    SECTION("and after a restart, from the folds") {
      desk.ledger.close();
      REQUIRE(desk.ledger.open());
      desk.ledger.forward([&](Outcome outcome) { desk.own.answered(outcome); });
    }
    const auto refused = decide();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().error.sentence.find("subject " + to_string(held) + ": the legal hold of version 2 stands against it") != std::string::npos);
    hold(R"({"action":"released","authority":"court-3","placed":)" + ref(held, 2) + "}");
    CHECK(decide());
  }
  SECTION("linked after it was granted: the ledger waits") {
    REQUIRE(decide());
    desk.ledger.record(desk.officer, {about(held, desk.subject)});
    Erasures erasures(*desk.ledger, desk.voice(), system_clock());
    CHECK(erasures.carry_out({desk.person}).value().empty());
    CHECK(desk.ledger->vault().find(desk.subject));
    hold(R"({"action":"released","authority":"court-3","placed":)" + ref(held, 2) + "}");
    CHECK(erasures.carry_out({}).value().size() == 1);
  }
  SECTION("a link that was retracted holds nothing up") {
    desk.ledger.record(desk.officer, {about(held, desk.subject)});
    desk.ledger.record(desk.officer, {samples::event("RetractionRequested", "subject", held, 4, R"({"target":)" + ref(held, 3) + R"(,"reason_code":"wrong_person"})", asking)});
    auto envelope = asking;
    envelope.operator_code = "op-2";
    envelope.causes = "[" + ref(held, 4) + "]";
    const auto supervisor = desk.ledger.enrol({"supervisor"});
    desk.ledger.record(supervisor, {samples::event("RetractionDecided", "subject", held, 5, R"({"request":)" + ref(held, 4) + R"(,"decision":"approved"})", envelope)});
    CHECK(decide());
  }
  SECTION("the hold stands in the text's own stream") {
    desk.ledger.record(desk.officer, {samples::event("LegalHoldChanged", "subject", desk.subject, 1, R"({"action":"placed","authority":"court-4"})", asking)});
    CHECK_FALSE(decide());
  }
  SECTION("the text is about others") { CHECK(decide()); }
  CHECK(audit_folder(desk.ledger.folder())->sound());
}

TEST_CASE("a restore with a copy of the vault from before the erasure brings neither key nor ciphertext back", "[erasure][backup]") {
  Desk desk;
  const Scratch scratch;
  const auto copy = scratch / "vault.copy", backup = scratch / "backup", target = scratch / "restored";
  REQUIRE(back_up(desk.ledger.folder(), desk.ledger.log_vkey(), backup, {.vault = copy, .progress = {}}));
  REQUIRE(desk.request());
  desk.grant();
  Erasures erasures(*desk.ledger, desk.voice(), system_clock());
  REQUIRE(erasures.carry_out({desk.person}).value().size() == 1);
  REQUIRE(back_up(desk.ledger.folder(), desk.ledger.log_vkey(), backup));  // the copy stays the old one
  const auto restored = restore(backup, target, {.log_key = desk.ledger.log_vkey(), .vault = copy, .last_signed = {}, .progress = {}});
  INFO((restored ? "" : restored.error().sentence));
  REQUIRE(restored);
  CHECK(restored->erased_subjects == 1);
  CHECK(restored->audit.counts.opened_parts == 0);
  CHECK(restored->audit.counts.erased_parts == 1);
  const auto vault = store::Vault::open(target / "vault", desk.ledger.origin());
  CHECK((*vault)->erased(desk.subject));
}
