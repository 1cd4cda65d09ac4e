// Who may read what: the rule by itself, and asked about a ledger.
#include <catch2/catch.hpp>

#include "api/entitlement.h"
#include "tests/support/ledgers.h"

using namespace samples;
using namespace caseledger::api;
using schema::Role;

namespace {

const PublicKey own_key{1}, colleague{2}, foreigner{3};

rules::Enrolment reader(std::initializer_list<Role> roles, std::vector<std::string> jurisdictions = {}, std::uint16_t groups = 0) {
  rules::Enrolment enrolment;
  enrolment.vkey.key = own_key;
  enrolment.organisation = "org-1";
  for (const Role role : roles) enrolment.roles |= rules::bit(role);
  enrolment.jurisdictions = std::move(jurisdictions);
  enrolment.groups = groups;
  return enrolment;
}

constexpr Role bodies_of_their_own[] = {Role::case_system, Role::analyst, Role::supervisor, Role::privacy_officer};

// The stream is looked up once at most; without an answer it must not be.
bool reads(const rules::Enrolment& reader, const Buffer& event, const PublicKey& author, std::optional<StreamFacts> stream = {}) {
  int looked_up = 0;
  const auto may = may_read(reader, mark_of(view_event(event), author), author == foreigner ? "org-2" : "org-1", [&]() -> Result<StreamFacts> {
    REQUIRE(stream);
    CHECK(++looked_up == 1);
    return *stream;
  });
  REQUIRE(may);
  return *may;
}

Buffer handled(std::string_view handling, std::string_view jurisdiction = "US-TX") {
  return case_assigned(new_stream(), 2, {.jurisdiction = std::string(jurisdiction), .handling = std::string(handling)});
}

const StreamFacts ours{"org-1", "US-TX", false}, theirs{"org-2", "US-TX", false}, shared{"org-2", "US-TX", true};

}  // namespace

TEST_CASE("roles of an organisation read what it wrote, what stands in its streams and what is shared with it") {
  const Buffer event = handled("child_sensitive");
  for (const Role role : bodies_of_their_own) {
    CHECK(reads(reader({role}), event, own_key));
    CHECK(reads(reader({role}), event, colleague));
    CHECK(reads(reader({role}), event, foreigner, ours));
    CHECK(reads(reader({role}), event, foreigner, shared));
    CHECK_FALSE(reads(reader({role}), event, foreigner, theirs));
  }
}

TEST_CASE("auditors read every organisation's events, oversight reads none") {
  for (const auto handling : {"open", "internal", "law_enforcement", "child_sensitive"}) {
    CHECK(reads(reader({Role::auditor}), handled(handling), foreigner));
    CHECK_FALSE(reads(reader({Role::oversight}), handled(handling), own_key));
  }
  CHECK(reads(reader({Role::oversight, Role::auditor}), handled("open"), foreigner));
  CHECK_FALSE(reads(reader({}), handled("open"), own_key));
  auto revoked = reader({Role::auditor, Role::case_system});
  revoked.revoked = Position{7};
  CHECK_FALSE(reads(revoked, handled("open"), own_key));
}

TEST_CASE("governance, policies and models are read by every enrolled key but oversight") {
  const Buffer governance = event("ProposalApproved", "governance", new_stream(), 2, R"({"proposal":{"stream":"0192f0c1-0000-7000-8000-000000000001","version":1}})");
  for (const Role role : {Role::case_system, Role::automated_source, Role::importer, Role::governor, Role::service, Role::auditor}) CHECK(reads(reader({role}, {"CA"}), governance, foreigner));
  CHECK_FALSE(reads(reader({Role::oversight}), governance, foreigner));
}

TEST_CASE("a role reads no further than the handling it covers, but always what its own key wrote") {
  const auto table = [](Role role) {
    std::string read;
    for (const auto handling : {"open", "internal", "law_enforcement", "child_sensitive"}) read += reads(reader({role}), handled(handling), colleague) ? 'x' : '-';
    return read;
  };
  CHECK(table(Role::case_system) == "xxxx");
  CHECK(table(Role::privacy_officer) == "xxxx");
  CHECK(table(Role::importer) == "xxx-");
  CHECK(table(Role::automated_source) == "xxx-");
  CHECK(table(Role::governor) == "xx--");
  CHECK(table(Role::service) == "xx--");
  CHECK(table(Role::oversight) == "----");
  CHECK(reads(reader({Role::automated_source}), handled("child_sensitive"), own_key));
}

TEST_CASE("scopes narrow what is read; an event that names no jurisdiction has that of its stream") {
  const auto texan = reader({Role::case_system}, {"US-TX"}), auditor = reader({Role::auditor}, {"US"});
  CHECK(reads(texan, handled("open", "US-TX-201"), colleague));
  CHECK_FALSE(reads(texan, handled("open", "US-OH"), colleague));
  CHECK_FALSE(reads(texan, handled("open", "US-OH"), foreigner, shared));
  CHECK(reads(auditor, handled("open", "US-OH"), foreigner));
  CHECK_FALSE(reads(auditor, handled("open", "CA"), foreigner));
  const Buffer nowhere = handled("open", "");
  CHECK(reads(reader({Role::case_system}), nowhere, colleague));
  CHECK(reads(texan, nowhere, colleague, ours));
  CHECK(reads(texan, nowhere, foreigner, shared));
  CHECK_FALSE(reads(texan, nowhere, colleague, StreamFacts{"org-1", "US-OH", false}));
  CHECK_FALSE(reads(texan, nowhere, colleague, StreamFacts{"org-1", "", false}));
  CHECK_FALSE(reads(auditor, nowhere, foreigner, StreamFacts{"org-2", "CA", false}));

  const auto group = [](char letter) { return static_cast<std::uint16_t>(1u << (letter - 'A' + 1)); };
  CHECK(reads(reader({Role::case_system}, {}, group('D')), handled("open"), colleague));
  CHECK_FALSE(reads(reader({Role::case_system}, {}, group('H')), handled("open"), colleague));
  CHECK_FALSE(reads(reader({Role::auditor}, {}, group('H')), handled("open"), foreigner));
}

TEST_CASE("everything is read by auditors without scopes alone") {
  CHECK(reads_everything(reader({Role::auditor})));
  CHECK(reads_everything(reader({Role::auditor, Role::analyst})));
  CHECK_FALSE(reads_everything(reader({Role::auditor}, {"US"})));
  CHECK_FALSE(reads_everything(reader({Role::auditor}, {}, 2)));
  CHECK_FALSE(reads_everything(reader({Role::supervisor, Role::case_system})));
}

// ── asked about a ledger ──

namespace {

// A case of org-1, and org-2 that would like to read it.
struct Neighbours {
  TestLedger ledger;
  Signer home = ledger.enrol({"case_system", "supervisor"}, "org-1"), guest = ledger.enrol({"case_system"}, "org-2"), third = ledger.enrol({"case_system"}, "org-3");
  StreamId file = new_stream(), referral = new_stream();
  Micros now = parse_rfc3339("2024-06-01T00:00:00Z")->at;
  Authorities authorities{*ledger};
  Entitlement entitlement{*ledger};

  Neighbours() { ledger.record(home, {case_opened(file), case_assigned(file, 2)}); }

  bool reads(const Signer& key, Position position) {
    const auto stored = ledger->log().event(position);
    const auto entry = ledger->log().entry(stored->index);
    const auto authority = authorities.current();
    std::uint64_t looked_up = 0;
    const auto may = entitlement.may_read(*authority, *authority->find(key.vkey().key), {view_event(stored->bytes), position, stored->index, 0, entry->author}, now, looked_up);
    REQUIRE(may);
    return *may;
  }
  bool reads_all(const Signer& key, std::uint64_t* counted = nullptr) {
    const auto authority = authorities.current();
    std::uint64_t read = 0;
    const auto may = entitlement.may_read_all(*authority, *authority->find(key.vkey().key), file, now, counted ? *counted : read);
    REQUIRE(may);
    return *may;
  }
  bool reads_file(const Signer& key) { return reads(key, ledger.state(file).last); }
  Version next() const { return ledger.state(file).version + 1; }
  void refer(const Signer& by, std::string_view to = "org-2") {
    ledger.record(by, {event("ReferralMade", "referral", referral, 1,
                             R"({"item_ref":{"stream":")" + to_string(file) + R"(","version":0},"recipient_org":")" + std::string(to) +
                                 R"(","recipient_class":"local","country":"US","designation":"referral","purpose":"investigation","legal_basis":"statute","consent":"not_required","priority":"P1"})")});
  }
  void grant(const Signer& by, std::string_view to, std::string_view until = "") {
    ledger.record(by, {event("AccessGranted", "case", file, next(),
                             R"({"organisation":")" + std::string(to) + R"(","reason_code":"joint")" + (until.empty() ? "" : R"(,"until":")" + std::string(until) + '"') + '}')});
  }
};

}  // namespace

TEST_CASE("a stream is its opener's, also what others write in it; they read their own part") {
  Neighbours n;
  CHECK(n.reads_file(n.home));
  CHECK_FALSE(n.reads_file(n.guest));
  const auto noted = n.ledger.record(n.guest, {case_assigned(n.file, 3)}).first_position;
  CHECK(n.reads(n.home, noted));
  CHECK(n.reads(n.guest, noted));
  CHECK_FALSE(n.reads(n.third, noted));
  CHECK_FALSE(n.reads(n.guest, Position{noted.value - 1}));
  for (Version v = 4; v <= 150; ++v) n.ledger.record(n.guest, {case_assigned(n.file, v)});  // past the places kept of long streams
  CHECK(n.reads_file(n.home));
  CHECK_FALSE(n.reads_file(n.third));
}

TEST_CASE("all of a stream is read by its opener and by whom it is shared with, each event of it once") {
  Neighbours n;
  for (Version v = 3; v <= 150; ++v) n.ledger.record(v % 2 ? n.guest : n.home, {case_assigned(n.file, v)});
  std::uint64_t read = 0;
  CHECK(n.reads_all(n.home, &read));
  CHECK(read == 150);
  CHECK_FALSE(n.reads_all(n.guest, &read));
  CHECK(read == 150);
  n.grant(n.home, "org-2", "2024-06-02T00:00:00Z");
  CHECK(n.reads_all(n.guest, &read));
  CHECK(read == 151);
  n.now = parse_rfc3339("2024-06-02T00:00:00Z")->at;
  CHECK_FALSE(n.reads_all(n.guest));
  const Signer importer = n.ledger.enrol({"importer"}, "org-1"), texan = n.ledger.enrol({"case_system"}, "org-1", {"US-TX"});
  CHECK(n.reads_all(importer));
  CHECK(n.reads_all(texan));
  n.ledger.record(n.home, {case_assigned(n.file, n.next(), {.jurisdiction = "US-OH", .handling = "child_sensitive"})});
  CHECK(n.reads_all(n.home));
  CHECK_FALSE(n.reads_all(importer));  // one event is enough
  CHECK_FALSE(n.reads_all(texan));
}

TEST_CASE("a grant opens the stream to the organisation it names, until its time is over") {
  Neighbours n;
  n.grant(n.home, "org-2", "2024-06-02T00:00:00Z");
  CHECK(n.reads_file(n.guest));
  CHECK(n.reads(n.guest, Position{n.ledger.state(n.file).last.value - 1}));  // what was there before, too
  CHECK_FALSE(n.reads_file(n.third));
  n.now = parse_rfc3339("2024-06-02T00:00:00Z")->at - 1;
  CHECK(n.reads_file(n.guest));
  n.now += 1;
  CHECK_FALSE(n.reads_file(n.guest));
  n.grant(n.home, "org-2");
  CHECK(n.reads_file(n.guest));
}

TEST_CASE("a grant that is retracted opens nothing any more") {
  Neighbours n;
  const Signer head = n.ledger.enrol({"supervisor"}, "org-1");
  n.grant(n.home, "org-2");
  const Version granted = n.next() - 1;
  const auto ref = [&](Version version) { return R"({"stream":")" + to_string(n.file) + R"(","version":)" + std::to_string(version) + '}'; };
  n.ledger.record(n.home, {event("RetractionRequested", "case", n.file, granted + 1, R"({"target":)" + ref(granted) + R"(,"reason_code":"wrong_partner"})")});
  CHECK(n.reads_file(n.guest));
  n.ledger.record(head, {event("RetractionDecided", "case", n.file, granted + 2, R"({"request":)" + ref(granted + 1) + R"(,"decision":"approved"})",
                               {.operator_code = "op-2", .causes = '[' + ref(granted + 1) + ']'})});
  CHECK_FALSE(n.reads_file(n.guest));
  n.grant(n.home, "org-2");
  CHECK(n.reads_file(n.guest));
}

TEST_CASE("a referral opens the item and itself to its recipient, until it is declined or revoked") {
  Neighbours n;
  n.refer(n.home);
  const Position made = n.ledger.state(n.referral).last;
  CHECK(n.reads_file(n.guest));
  CHECK(n.reads(n.guest, made));
  CHECK_FALSE(n.reads_file(n.third));
  CHECK_FALSE(n.reads(n.third, made));
  const auto goes_on = [&](const Signer& by, std::string_view type, std::string_view body) {
    n.ledger.record(by, {event(type, "referral", n.referral, n.ledger.state(n.referral).version + 1, body)});
  };
  SECTION("revoked") { goes_on(n.home, "ReferralRevoked", R"({"reason_code":"mistake"})"); }
  SECTION("declined") {
    goes_on(n.home, "ReferralDelivered", R"({"channel":"portal","delivered_at":"2024-03-05T20:00:00Z"})");
    CHECK(n.reads_file(n.guest));
    goes_on(n.guest, "ReferralResponded", R"({"response":"declined","reason_code":"capacity","responded_at":"2024-03-05T21:00:00Z"})");
  }
  CHECK_FALSE(n.reads_file(n.guest));
  CHECK_FALSE(n.reads(n.guest, made));
}

TEST_CASE("nobody lets himself in: only the organisation that opened a stream shares it") {
  Neighbours n;
  n.refer(n.guest);
  CHECK_FALSE(n.reads_file(n.guest));
  n.grant(n.guest, "org-2");
  CHECK_FALSE(n.reads(n.guest, Position{4}));
  n.grant(n.guest, "org-3");
  CHECK_FALSE(n.reads_file(n.third));
}

TEST_CASE("a row of the folds that no event bears out shares nothing") {
  Neighbours n;
  n.grant(n.home, "org-3");
  auto changes = n.ledger->folds().changes();
  for (const Position at : {Position{4}, n.ledger.state(n.file).last}) changes.put_share({n.file, at, "org-2"});
  REQUIRE(n.ledger->folds().write(changes));
  REQUIRE(n.ledger->shares().of(n.file)->size() >= 2);
  CHECK_FALSE(n.reads_file(n.guest));
}

TEST_CASE("what is shared is known again after a restart, and when the folds are made anew") {
  Neighbours n;
  n.grant(n.home, "org-2");
  const bool anew = GENERATE(false, true);
  n.ledger.close();
  if (anew) std::filesystem::remove_all(n.ledger.folder() / "store" / "folds");
  REQUIRE(n.ledger.open());
  const auto shares = n.ledger->shares().of(n.file);
  REQUIRE(shares);
  REQUIRE(shares->size() == 1);
  CHECK(shares->front().organisation == "org-2");
  CHECK(shares->front().position == n.ledger.state(n.file).last);
  CHECK(n.ledger->shares().of(n.referral)->empty());
}

TEST_CASE("the authority is a copy of the one in force, made anew when that changed") {
  TestLedger ledger;
  Authorities authorities(*ledger);
  const auto first = authorities.current();
  CHECK(first == authorities.current());
  const Signer author = ledger.enrol({"case_system"});
  CHECK_FALSE(first->find(author.vkey().key));
  REQUIRE(authorities.current()->find(author.vkey().key));
  ledger.revoke(author.vkey());
  CHECK(authorities.current()->find(author.vkey().key)->revoked);
}
