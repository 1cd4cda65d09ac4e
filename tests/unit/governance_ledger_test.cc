// Governance in a running ledger: the authority in force at an event is the one that the events before it made, in its own batch too.
#include <catch2/catch.hpp>

#include "tests/support/council.h"
#include "tests/support/ledgers.h"

using namespace samples;

namespace {

// A ledger whose genesis is still to be written, and governors who might.
struct Founding {
  TestLedger ledger{TestLedger::Wish{.constituted = false}};
  std::vector<Signer> governors;

  explicit Founding(unsigned count) {
    for (unsigned i = 0; i < count; ++i) governors.push_back(Signer::generate("governor-" + std::to_string(i)));
  }
  StreamId stream() const { return rules::governance_stream(ledger.origin()); }

  Buffer genesis(unsigned threshold) {
    api::Genesis genesis{ledger.origin(), ledger.log_vkey(), ledger.service().vkey(), {}, threshold, {}};
    for (const Signer& governor : governors) genesis.governors.push_back(governor.vkey());
    return made(genesis);
  }
  Buffer made(const api::Genesis& genesis) {
    const auto draft = api::genesis_event(genesis, 1'709'665'200'000'000, api::system_random());
    REQUIRE(draft);
    return draft->event;
  }
  Buffer proposal(Version version, const std::string& action) { return event("ProposalMade", "governance", stream(), version, R"({"action":)" + action + '}'); }
  Buffer approval(Version version, Version of) {
    const auto draft = api::approval_event(ledger.origin(), version, of, 1'709'665'200'000'000, api::system_random());
    REQUIRE(draft);
    return draft->event;
  }
  std::optional<Errc> answer(const Signer& author, const std::vector<Buffer>& events) {
    const auto answer = ledger.submit(ledger.sign(author, events));
    return answer ? std::nullopt : std::optional(answer.error().error.code);
  }
};

}  // namespace

TEST_CASE("with genesis a governor may append what governors may, in the same batch, and nothing else") {
  Founding founding(1);
  const Signer author = Signer::generate("author");
  CHECK(founding.answer(founding.governors[0], {founding.genesis(1), case_opened(new_stream())}) == Errc::not_permitted);
  CHECK(founding.ledger->head().size == 0);
  CHECK_FALSE(founding.ledger->authority().constituted());
  CHECK_FALSE(founding.answer(founding.governors[0], {founding.genesis(1), founding.proposal(2, enrolled(author.vkey(), {"case_system"}))}));
  CHECK_FALSE(founding.answer(author, {case_opened(new_stream())}));
}

TEST_CASE("while approvals of genesis are missing nothing follows it, in its batch or after it") {
  Founding founding(3);
  const Signer author = Signer::generate("author");
  const auto enrol = enrolled(author.vkey(), {"case_system"});
  CHECK(founding.answer(founding.governors[0], {founding.genesis(2), founding.proposal(2, enrol)}) == Errc::illegal_transition);
  CHECK(founding.answer(founding.governors[0], {founding.genesis(2), founding.approval(2, 1)}) == Errc::illegal_transition);
  CHECK_FALSE(founding.answer(founding.governors[0], {founding.genesis(2)}));
  CHECK(founding.answer(founding.governors[1], {founding.proposal(2, enrol)}) == Errc::illegal_transition);
  CHECK_FALSE(founding.answer(founding.governors[1], {founding.approval(2, 1), founding.proposal(3, enrol)}));
  CHECK(founding.answer(author, {case_opened(new_stream())}) == Errc::unknown_author);
  CHECK_FALSE(founding.answer(founding.governors[2], {founding.approval(4, 3)}));
  CHECK_FALSE(founding.answer(author, {case_opened(new_stream())}));
}

TEST_CASE("genesis names the key that the ledger signs with") {
  Founding founding(1);
  api::Genesis genesis{founding.ledger.origin(), Signer::generate(founding.ledger.origin()).vkey(), founding.ledger.service().vkey(), {founding.governors[0].vkey()}, 1, {}};
  CHECK(founding.answer(founding.governors[0], {founding.made(genesis)}) == Errc::value_out_of_range);
  CHECK_FALSE(founding.answer(founding.governors[0], {founding.genesis(1)}));
  founding.ledger.close();
  CHECK(founding.ledger.open());
}

TEST_CASE("approvals in one batch take effect each at its own event") {
  Founding founding(2);
  const Signer first = Signer::generate("first"), second = Signer::generate("second");
  REQUIRE_FALSE(founding.answer(founding.governors[0], {founding.genesis(2)}));
  REQUIRE_FALSE(founding.answer(founding.governors[1], {founding.approval(2, 1)}));
  REQUIRE_FALSE(founding.answer(founding.governors[0], {founding.proposal(3, enrolled(first.vkey(), {"case_system"})), founding.proposal(4, enrolled(second.vkey(), {"case_system"}))}));
  REQUIRE_FALSE(founding.answer(founding.governors[1], {founding.approval(5, 4), founding.approval(6, 3)}));
  const auto authority = founding.ledger->authority();
  CHECK(authority.find(second.vkey().key)->from == Position{4});
  CHECK(authority.find(first.vkey().key)->from == Position{5});
}

TEST_CASE("who ceases to govern within a batch decides nothing further in it, and the batch is undone") {
  Founding founding(2);
  const Signer author = Signer::generate("author");
  REQUIRE_FALSE(founding.answer(founding.governors[0], {founding.genesis(1)}));
  const auto alone = governed_by({&founding.governors[1].vkey()}, 1);
  const auto enrol = enrolled(author.vkey(), {"case_system"});
  CHECK(founding.answer(founding.governors[0], {founding.proposal(2, alone), founding.proposal(3, enrol)}) == Errc::unknown_author);
  CHECK(founding.ledger->authority().governors().size() == 2);
  CHECK(founding.ledger.state(founding.stream()).version == 1);
  CHECK_FALSE(founding.answer(founding.governors[0], {founding.proposal(2, enrol), founding.proposal(3, alone)}));
  CHECK(founding.answer(founding.governors[0], {founding.proposal(4, enrol)}) == Errc::unknown_author);
  CHECK_FALSE(founding.answer(author, {case_opened(new_stream())}));
}

TEST_CASE("authority is the same after a restart, with approvals that are still waiting") {
  Founding founding(3);
  const Signer author = Signer::generate("author");
  REQUIRE_FALSE(founding.answer(founding.governors[0], {founding.genesis(3)}));
  REQUIRE_FALSE(founding.answer(founding.governors[1], {founding.approval(2, 1)}));
  founding.ledger.close();
  REQUIRE(founding.ledger.open());
  CHECK(founding.answer(founding.governors[1], {founding.approval(3, 1)}) == Errc::illegal_transition);
  REQUIRE_FALSE(founding.answer(founding.governors[2], {founding.approval(3, 1)}));
  REQUIRE_FALSE(founding.answer(founding.governors[0], {founding.proposal(4, enrolled(author.vkey(), {"case_system"}))}));
  REQUIRE_FALSE(founding.answer(founding.governors[1], {founding.approval(5, 4)}));
  founding.ledger.close();
  REQUIRE(founding.ledger.open());
  CHECK(founding.answer(founding.governors[1], {founding.approval(6, 4)}) == Errc::illegal_transition);
  REQUIRE_FALSE(founding.answer(founding.governors[2], {founding.approval(6, 4)}));
  CHECK_FALSE(founding.answer(author, {case_opened(new_stream())}));
}

TEST_CASE("the service's own events are the service's alone") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system", "supervisor", "auditor"});
  const auto stream = rules::governance_stream(ledger.origin());
  const auto told = [&] { return event("AdmissionRefused", "governance", stream, ledger.state(stream).version + 1, R"({"hour":"2024-03-05T14:00:00Z","counts":[]})"); };
  const auto answer = ledger.submit(ledger.sign(author, {told()}));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == Errc::not_permitted);
  ledger.record(ledger.service(), {told()});
}

TEST_CASE("only a version of a published policy can be adopted") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  for (const int version : {0, 1}) {
    const auto made = ledger.propose(ledger.governor(), R"({"type":"PolicyAdopted","policy":{"stream":")" + to_string(stream) + R"(","version":)" + std::to_string(version) +
                                                            R"(},"effective_from":"2024-07-01T00:00:00Z"})");
    REQUIRE_FALSE(made);
    CHECK(made.error().error.code == Errc::illegal_transition);
  }
}
