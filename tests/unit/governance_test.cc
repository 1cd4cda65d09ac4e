// How a ledger is constituted and governed: genesis, proposals, and when they take effect.
#include <catch2/catch.hpp>

#include "tests/support/council.h"

using namespace samples;

namespace {

Errc code_of(const Result<void>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().sentence.empty());
  return result.error().code;
}

// What becomes of a genesis in the place of the one the council would make.
Result<void> try_genesis(const std::function<void(api::Genesis&, Council&)>& change, unsigned signer = 0) {
  Council council(3, 2, false);
  api::Genesis genesis = council.charter(2);
  change(genesis, council);
  return council.record(council.governors[signer], council.genesis(genesis));
}

}  // namespace

// ── genesis ──

TEST_CASE("nothing is admitted before enough governors have approved genesis") {
  Council council(3, 2, false);
  const Signer author = Signer::generate("author");
  const auto proposal = enrolled(author.vkey(), {"case_system"});
  CHECK(code_of(council.record(council.governors[0], council.proposal(proposal))) == Errc::illegal_transition);
  REQUIRE(council.record(council.governors[0], council.genesis(council.charter(2))));
  CHECK_FALSE(council.authority.constituted());
  CHECK(code_of(council.record(council.governors[0], council.proposal(proposal))) == Errc::illegal_transition);
  CHECK(code_of(council.record(council.governors[1], council.proposal(proposal))) == Errc::illegal_transition);
  CHECK(code_of(council.record(council.governors[0], council.approval(1))) == Errc::illegal_transition);
  CHECK(code_of(council.record(council.service, council.event("AdmissionRefused", R"({"hour":"2024-03-05T14:00:00Z","counts":[]})"))) == Errc::illegal_transition);
  CHECK(code_of(council.record(council.service, council.approval(1))) == Errc::not_permitted);
  CHECK(code_of(council.record(author, council.approval(1))) == Errc::unknown_author);
  REQUIRE(council.record(council.governors[1], council.approval(1)));
  CHECK(council.authority.constituted());
  CHECK(council.record(council.governors[2], council.proposal(proposal)));
}

TEST_CASE("every threshold up to all governors has its last approval, and not before") {
  for (const unsigned threshold : {1u, 2u, 3u, 4u, 5u}) {
    Council council(5, threshold, false);
    REQUIRE(council.record(council.governors[4], council.genesis(council.charter(threshold))));
    for (unsigned i = 0; i + 1 < threshold; ++i) {
      CHECK_FALSE(council.authority.constituted());
      REQUIRE(council.record(council.governors[i], council.approval(1)));
    }
    CHECK(council.authority.constituted());
    CHECK(council.authority.threshold() == threshold);
    REQUIRE(council.authority.log_keys().size() == 1);
    CHECK(council.authority.log_keys()[0].vkey == council.log.vkey());
    CHECK(council.authority.find(council.service.vkey().key)->has(schema::Role::service));
  }
}

TEST_CASE("genesis is for this origin, with its log key by this name, in this ledger's stream") {
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.origin = "ledger.example.org/l/other"; })) == Errc::illegal_transition);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.log.name = "ledger.example.org/l/other"; })) == Errc::value_out_of_range);
  Council council(1, 1, false);
  const std::string body = R"({"origin":"ledger.example.org/l/other","log_vkey":")" + council.log.vkey().text() + R"(","service_vkey":")" + council.service.vkey().text() +
                           R"(","governors":[")" + council.governors[0].vkey().text() + R"("],"threshold":1})";
  CHECK(code_of(council.record(council.governors[0], council.event("GovernanceConstituted", body))) == Errc::wrong_origin);
}

TEST_CASE("the threshold lies between one and the number of governors") {
  Council council(3, 2, false);
  const auto none = api::genesis_event(council.charter(0), 1'709'665'200'000'000, api::system_random());
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::malformed);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.threshold = 4; })) == Errc::value_out_of_range);
  CHECK(try_genesis([](auto& genesis, auto&) { genesis.threshold = 3; }));
}

TEST_CASE("log, service and each governor have keys of their own") {
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.governors.push_back(genesis.governors[1]); })) == Errc::value_out_of_range);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.governors[2].key = genesis.governors[1].key; })) == Errc::value_out_of_range);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.governors[2].key = genesis.log.key; })) == Errc::value_out_of_range);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.governors[2] = genesis.service; })) == Errc::value_out_of_range);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.service.key = genesis.log.key; })) == Errc::value_out_of_range);
}

TEST_CASE("genesis names signing keys only, and is signed by one of its governors") {
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.governors[1].type = KeyType::cosignature; })) == Errc::malformed);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.service.type = KeyType::cosignature; })) == Errc::malformed);
  CHECK(code_of(try_genesis([](auto& genesis, auto&) { genesis.governors.erase(genesis.governors.begin()); })) == Errc::not_permitted);
  Council council(1, 1, false);
  CHECK(code_of(council.record(council.log, council.genesis(council.charter(1)))) == Errc::not_permitted);
  CHECK(code_of(council.record(council.service, council.genesis(council.charter(1)))) == Errc::not_permitted);
}

TEST_CASE("a ledger is constituted once") {
  Council council(1);
  const auto again = api::genesis_event(council.charter(1), 1'709'665'200'000'000, api::system_random());
  REQUIRE(again);
  CHECK(code_of(council.record(council.governors[0], again->event)) == Errc::version_conflict);
  const std::string body = R"({"origin":")" + council.origin + R"(","log_vkey":")" + council.log.vkey().text() + R"(","service_vkey":")" + council.service.vkey().text() +
                           R"(","governors":[")" + council.governors[0].vkey().text() + R"("],"threshold":1})";
  CHECK(code_of(council.record(council.governors[0], council.event("GovernanceConstituted", body))) == Errc::illegal_transition);
}

// ── proposals ──

TEST_CASE("a proposal takes effect with the last approval it needs, and not before") {
  for (const unsigned threshold : {1u, 2u, 3u}) {
    Council council(3, threshold);
    const Signer author = Signer::generate("author");
    const Version proposed = council.version() + 1;
    REQUIRE(council.record(council.governors[2], council.proposal(enrolled(author.vkey(), {"case_system"}))));
    for (unsigned i = 0; i + 1 < threshold; ++i) {
      CHECK(council.authority.find(author.vkey().key) == nullptr);
      CHECK_FALSE(council.authority.proposals().at(proposed).in_force);
      REQUIRE(council.record(council.governors[i], council.approval(proposed)));
    }
    CHECK(council.authority.proposals().at(proposed).in_force);
    const auto* enrolment = council.authority.find(author.vkey().key);
    REQUIRE(enrolment);
    CHECK(enrolment->organisation == "org-1");
    CHECK(enrolment->from == council.streams.at(council.stream()).last);
  }
}

TEST_CASE("a governor approves a proposal once, having proposed it not at all, and nobody approves what is in force") {
  Council council(4, 3);
  const Version proposed = council.version() + 1;
  const Signer author = Signer::generate("author");
  REQUIRE(council.record(council.governors[0], council.proposal(enrolled(author.vkey(), {"case_system"}))));
  CHECK(code_of(council.record(council.governors[0], council.approval(proposed))) == Errc::illegal_transition);
  REQUIRE(council.record(council.governors[1], council.approval(proposed)));
  CHECK(code_of(council.record(council.governors[1], council.approval(proposed))) == Errc::illegal_transition);
  REQUIRE(council.record(council.governors[2], council.approval(proposed)));
  CHECK(code_of(council.record(council.governors[3], council.approval(proposed))) == Errc::illegal_transition);
}

TEST_CASE("what is no proposal cannot be approved") {
  Council council(4, 2);
  const Version approved = council.version();  // the approval of genesis
  CHECK(code_of(council.record(council.governors[2], council.approval(approved))) == Errc::unresolved_reference);
  CHECK(code_of(council.record(council.governors[2], council.approval(0))) == Errc::unresolved_reference);
  CHECK(code_of(council.record(council.governors[2], council.approval(council.version() + 1))) == Errc::unresolved_reference);
  const StreamId elsewhere = rules::governance_stream("ledger.example.org/l/other");
  council.streams[elsewhere].version = 9;
  const auto other = council.event("ProposalApproved", R"({"proposal":{"stream":")" + to_string(elsewhere) + R"(","version":2}})");
  CHECK(code_of(council.record(council.governors[2], other)) == Errc::unresolved_reference);
}

TEST_CASE("only governors propose and approve") {
  Council council(2, 2);
  const Signer author = Signer::generate("author");
  council.decide(enrolled(author.vkey(), {"case_system", "importer", "analyst", "supervisor", "privacy_officer", "auditor", "oversight", "automated_source"}));
  const Signer other = Signer::generate("other");
  CHECK(code_of(council.record(author, council.proposal(enrolled(other.vkey(), {"case_system"})))) == Errc::not_permitted);
  CHECK(code_of(council.record(council.service, council.proposal(enrolled(other.vkey(), {"case_system"})))) == Errc::not_permitted);
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(council.governors[0], council.proposal(enrolled(other.vkey(), {"case_system"}))));
  CHECK(code_of(council.record(author, council.approval(proposed))) == Errc::not_permitted);
  CHECK(code_of(council.record(other, council.approval(proposed))) == Errc::unknown_author);
}

TEST_CASE("an adopted policy is in force from the approval that adopted it") {
  Council council(3, 2);
  const StreamId policy = uuid_v8("test", bytes_of("policy"));
  const std::string action = R"({"type":"PolicyAdopted","policy":{"stream":")" + to_string(policy) + R"(","version":1},"effective_from":"2024-07-01T00:00:00Z"})";
  CHECK(code_of(council.record(council.governors[0], council.proposal(action))) == Errc::unresolved_reference);
  council.streams[policy].version = 1;
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(council.governors[0], council.proposal(action)));
  CHECK(council.authority.adoptions().empty());
  REQUIRE(council.record(council.governors[1], council.approval(proposed)));
  REQUIRE(council.authority.adoptions().size() == 1);
  CHECK(council.authority.adoptions()[0].policy == policy);
  CHECK(council.authority.adoptions()[0].version == 1);
  CHECK(to_rfc3339(council.authority.adoptions()[0].effective_from).starts_with("2024-07-01T00:00:00"));
  CHECK(council.authority.adoptions()[0].adopted == council.streams.at(council.stream()).last);
}

TEST_CASE("entries are published once, and from then on only further back") {
  Council council(1);
  const auto publish = [&](std::uint64_t from) { return council.record(council.governors[0], council.proposal(R"({"type":"EntriesPublished","from_index":)" + std::to_string(from) + '}')); };
  CHECK_FALSE(council.authority.published_from());
  REQUIRE(publish(9));
  CHECK(council.authority.published_from() == EntryIndex{9});
  CHECK(code_of(publish(9)) == Errc::illegal_transition);
  CHECK(code_of(publish(10)) == Errc::illegal_transition);
  REQUIRE(publish(0));
  CHECK(council.authority.published_from() == EntryIndex{0});
}

TEST_CASE("a rotation takes as many governors as any proposal, and its key is no one else's") {
  Council council(3, 2);
  const Signer next = Signer::generate(council.origin);
  const auto rotate = [&](const Vkey& key, std::uint64_t from) { return council.proposal(R"({"type":"KeyRotated","log_vkey":")" + key.text() + R"(","from_size":)" + std::to_string(from) + '}'); };
  for (const Vkey& taken : {council.log.vkey(), council.service.vkey(), council.governors[1].vkey()}) CHECK_FALSE(council.record(council.governors[0], rotate(taken, 9)));
  CHECK(code_of(council.record(council.governors[0], rotate(next.vkey(), 0))) == Errc::illegal_transition);
  const Version proposed = council.version() + 1;
  REQUIRE(council.record(council.governors[0], rotate(next.vkey(), 9)));
  CHECK(council.authority.log_keys().size() == 1);
  REQUIRE(council.record(council.governors[1], council.approval(proposed)));
  REQUIRE(council.authority.log_keys().size() == 2);
  CHECK(council.authority.log_keys()[1].vkey == next.vkey());
  CHECK(council.authority.log_keys()[1].from_size == 9);
  CHECK(code_of(council.record(council.governors[0], council.proposal(enrolled(next.vkey(), {"auditor"})))) == Errc::value_out_of_range);
  CHECK(code_of(council.record(council.governors[0], council.proposal(governed_by({&council.governors[0].vkey(), &next.vkey()}, 1)))) == Errc::value_out_of_range);
}
