// Keys and governors over time: revocation, re-enrolment, governors changed, and whose approvals count.
#include <catch2/catch.hpp>

#include "tests/support/council.h"
#include "tests/support/ledgers.h"

using namespace samples;

namespace {

Errc code_of(const Result<void>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().sentence.empty());
  return result.error().code;
}

}  // namespace

// ── author keys ──

TEST_CASE("a revoked key appends no more, and the revocation says from where on it is suspect") {
  Council council(2, 2);
  const Signer author = Signer::generate("author");
  council.decide(enrolled(author.vkey(), {"case_system"}));
  CHECK(council.permits(author.vkey(), case_opened(new_stream())));
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(council.governors[0], council.proposal(revoked(author.vkey(), 7))));
  CHECK(council.permits(author.vkey(), case_opened(new_stream())));
  REQUIRE(council.record(council.governors[1], council.approval(proposed)));
  CHECK(code_of(council.permits(author.vkey(), case_opened(new_stream()))) == Errc::unknown_author);
  const auto* enrolment = council.authority.find(author.vkey().key);
  REQUIRE(enrolment);
  CHECK(enrolment->compromised_from == Position{7});
  CHECK(enrolment->revoked == council.streams.at(council.stream()).last);
  REQUIRE(council.authority.revocations().size() == 1);
  CHECK(council.authority.revocations()[0].vkey == author.vkey());
  CHECK(council.authority.revocations()[0].compromised_from == Position{7});
  CHECK(council.authority.revocations()[0].decided == *enrolment->revoked);
}

TEST_CASE("a key that was never enrolled cannot be revoked") {
  Council council(1);
  CHECK(code_of(council.record(council.governors[0], council.proposal(revoked(Signer::generate("nobody").vkey())))) == Errc::unresolved_reference);
}

TEST_CASE("the key of a governor is revoked only after governors.changed has dropped it") {
  Council council(2);
  const Vkey stays = council.governors[0].vkey(), goes = council.governors[1].vkey();
  CHECK(code_of(council.record(council.governors[0], council.proposal(revoked(goes, 3)))) == Errc::illegal_transition);
  council.decide(governed_by({&stays}, 1));
  REQUIRE(council.record(council.governors[0], council.proposal(revoked(goes, 3))));
  CHECK(council.authority.find(goes.key)->compromised_from == Position{3});
  CHECK(code_of(council.record(council.governors[0], council.proposal(revoked(stays)))) == Errc::illegal_transition);
}

TEST_CASE("a revoked key that is enrolled again appends again, with its new roles") {
  Council council(1);
  const Signer author = Signer::generate("author");
  council.decide(enrolled(author.vkey(), {"case_system"}));
  council.decide(revoked(author.vkey()));
  council.decide(enrolled(author.vkey(), {"automated_source"}));
  CHECK(code_of(council.permits(author.vkey(), case_opened(new_stream()))) == Errc::not_permitted);
  CHECK(council.permits(author.vkey(), alert_raised(new_stream())));
  CHECK_FALSE(council.authority.find(author.vkey().key)->revoked);
  CHECK(council.authority.revocations().size() == 1);  // it was
}

TEST_CASE("a key that is enrolled anew while in force has the new roles and scopes only") {
  Council council(1);
  const Signer author = Signer::generate("author");
  council.decide(enrolled(author.vkey(), {"case_system", "analyst"}, {"US"}));
  council.decide(enrolled(author.vkey(), {"auditor"}));
  const auto* enrolment = council.authority.find(author.vkey().key);
  CHECK(rules::names(enrolment->roles) == std::vector<std::string>{"auditor"});
  CHECK(enrolment->jurisdictions.empty());
  CHECK(code_of(council.permits(author.vkey(), case_opened(new_stream()))) == Errc::not_permitted);
}

TEST_CASE("the keys of the log, the service and the governors are enrolled for nothing else") {
  Council council(2);
  for (const Vkey& vkey : {council.log.vkey(), council.service.vkey(), council.governors[0].vkey(), council.governors[1].vkey()})
    CHECK(code_of(council.record(council.governors[0], council.proposal(enrolled(vkey, {"case_system"})))) == Errc::value_out_of_range);
  for (const auto role : {"governor", "service"})
    CHECK(code_of(council.record(council.governors[0], council.proposal(enrolled(Signer::generate("author").vkey(), {"case_system", role})))) == Errc::value_out_of_range);
}

TEST_CASE("only a signing key can be enrolled") {
  Council council(1);
  Vkey witness = Signer::generate("witness").vkey();
  witness.type = KeyType::cosignature;
  CHECK(code_of(council.record(council.governors[0], council.proposal(enrolled(witness, {"auditor"})))) == Errc::malformed);
}

// ── governors ──

TEST_CASE("with the governors changed the old ones decide no more, and the new ones do") {
  Council council(2, 2);
  const Signer next = Signer::generate("governor-next"), author = Signer::generate("author");
  council.decide(governed_by({&next.vkey()}, 1));
  CHECK(council.authority.threshold() == 1);
  for (const Signer& old : council.governors)
    CHECK(code_of(council.record(old, council.proposal(enrolled(author.vkey(), {"case_system"})))) == Errc::unknown_author);
  REQUIRE(council.record(next, council.proposal(enrolled(author.vkey(), {"case_system"}))));
  CHECK(council.permits(author.vkey(), case_opened(new_stream())));
}

TEST_CASE("approvals of former governors do not count") {
  Council council(3, 2);
  const Signer author = Signer::generate("author"), next = Signer::generate("governor-next");
  const Signer &a = council.governors[0], &b = council.governors[1], &c = council.governors[2];
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(c, council.proposal(enrolled(author.vkey(), {"case_system"}))));
  council.decide(governed_by({&a.vkey(), &b.vkey(), &next.vkey()}, 2));
  REQUIRE(council.record(a, council.approval(proposed)));
  CHECK(council.authority.find(author.vkey().key) == nullptr);
  REQUIRE(council.record(next, council.approval(proposed)));
  CHECK(council.authority.find(author.vkey().key));
}

TEST_CASE("the approval of a governor who comes back counts again") {
  Council council(3, 2);
  const Signer author = Signer::generate("author");
  const Vkey a = council.governors[0].vkey(), b = council.governors[1].vkey(), c = council.governors[2].vkey();
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(council.governors[2], council.proposal(enrolled(author.vkey(), {"case_system"}))));
  council.decide(governed_by({&a, &b}, 2));
  council.decide(governed_by({&a, &b, &c}, 2));
  CHECK(code_of(council.record(council.governors[2], council.approval(proposed))) == Errc::illegal_transition);
  REQUIRE(council.record(council.governors[0], council.approval(proposed)));
  CHECK(council.authority.find(author.vkey().key));
}

TEST_CASE("a new threshold holds for proposals that were made before it") {
  Council council(4, 3);
  const Signer author = Signer::generate("author");
  const Vkey a = council.governors[0].vkey(), b = council.governors[1].vkey(), c = council.governors[2].vkey(), d = council.governors[3].vkey();
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(council.governors[3], council.proposal(enrolled(author.vkey(), {"case_system"}))));
  council.decide(governed_by({&a, &b, &c, &d}, 2));
  CHECK(council.authority.find(author.vkey().key) == nullptr);
  REQUIRE(council.record(council.governors[0], council.approval(proposed)));
  CHECK(council.authority.find(author.vkey().key));
}

TEST_CASE("governors are changed only to keys of their own, each named once, that their threshold fits") {
  Council council(2);
  const Signer author = Signer::generate("author"), next = Signer::generate("next");
  council.decide(enrolled(author.vkey(), {"case_system"}));
  const Vkey old = council.governors[0].vkey();
  const auto propose = [&](const std::string& action) { return council.record(council.governors[0], council.proposal(action)); };
  CHECK(code_of(propose(governed_by({&next.vkey(), &next.vkey()}, 1))) == Errc::value_out_of_range);
  CHECK(code_of(propose(governed_by({&next.vkey(), &old}, 3))) == Errc::value_out_of_range);
  for (const Vkey& taken : {council.log.vkey(), council.service.vkey(), author.vkey()})
    CHECK(code_of(propose(governed_by({&next.vkey(), &taken}, 1))) == Errc::value_out_of_range);
  CHECK(propose(governed_by({&next.vkey(), &old}, 2)));
}

TEST_CASE("a proposal that no longer fits what is in force cannot be approved") {
  Council council(2, 2);
  const Signer both = Signer::generate("both");
  const Version enrolment = council.version() + 1;
  REQUIRE(council.record(council.governors[0], council.proposal(enrolled(both.vkey(), {"case_system"}))));
  const Vkey a = council.governors[0].vkey(), b = council.governors[1].vkey();
  council.decide(governed_by({&a, &b, &both.vkey()}, 2));
  CHECK(code_of(council.record(council.governors[1], council.approval(enrolment))) == Errc::value_out_of_range);
  CHECK(council.authority.find(both.vkey().key)->has(schema::Role::governor));
}
