// The log's key, rotated by the governors: who signs from when on, and how those who trust the old key learn of the new one.
#include <catch2/catch.hpp>

#include "api/outbox.h"
#include "ledger/backup.h"
#include "ledger/history.h"
#include "ledger/succession.h"
#include "tests/support/audits.h"

using namespace samples;
using namespace caseledger;

namespace {

std::string rotation(const Vkey& key, std::uint64_t from_size) {
  return R"({"type":"KeyRotated","log_vkey":")" + key.text() + R"(","from_size":)" + std::to_string(from_size) + '}';
}

// A ledger that holds the key it may go over to.
struct Desk {
  Scratch scratch;
  TestLedger ledger;
  Signer desk = ledger.enrol({"case_system"});
  Vkey old = ledger.log_vkey();
  Signer fresh = Signer::generate(ledger.origin());

  Desk() { ledger.hold(fresh); }
  std::uint64_t size() { return ledger->head().size; }
  void grow(int entries = 1) {
    for (int i = 0; i < entries; ++i) ledger.record(desk, {case_opened(new_stream())});
  }
  std::expected<void, Error> rotate(std::uint64_t from_size) { return rotate(fresh, from_size); }
  std::expected<void, Error> rotate(const Signer& to, std::uint64_t from_size) {
    const auto answer = ledger.propose(ledger.governor(), rotation(to.vkey(), from_size));
    if (!answer) return std::unexpected(answer.error().error);
    return {};
  }
  bool signed_by(std::uint64_t at, const Vkey& key) { return open_checkpoint(*ledger->log().checkpoint(at), key).has_value(); }
  std::vector<rules::Authority::LogKey> keys() { return ledger->authority().log_keys(); }
  std::vector<Succession> proofs() {
    const auto state = ledger.state(ledger.governance());
    auto all = successions(ledger->log(), ledger->tiles(), ledger->authority(), state.last, state.version);
    INFO((all ? "" : all.error().sentence));
    REQUIRE(all);
    return std::move(*all);
  }
  void sound(const Vkey& trusted) {
    const auto audit = audit_folder(ledger.folder(), trusting(trusted));
    REQUIRE(audit);
    INFO(told(*audit));
    CHECK(audit->findings.empty());
    CHECK(audit->checkpoint->size == ledger->log().end()->size.value);
  }
};

}  // namespace

TEST_CASE("from its size on the log is signed by the new key, before it by the old one", "[rotation]") {
  Desk desk;
  const std::uint64_t from = desk.size() + 3;
  REQUIRE(desk.rotate(from));
  CHECK(desk.ledger->log_vkey() == desk.old);
  desk.grow(4);
  for (std::uint64_t at = 1; at <= desk.size(); ++at) {
    INFO(at);
    CHECK(desk.signed_by(at, at < from ? desk.old : desk.fresh.vkey()));
    CHECK_FALSE(desk.signed_by(at, at < from ? desk.fresh.vkey() : desk.old));
  }
  CHECK(desk.ledger->log_vkey() == desk.fresh.vkey());
  desk.sound(desk.old);
  desk.sound(desk.fresh.vkey());
  const auto audit = audit_folder(desk.ledger.folder(), trusting(Signer::generate(desk.ledger.origin()).vkey()));
  CHECK_FALSE(audit->sound());
}

TEST_CASE("a checkpoint by the old key alone is refused at the new one's sizes", "[rotation]") {
  Desk desk;
  const std::uint64_t from = desk.size() + 2;
  REQUIRE(desk.rotate(from));
  desk.grow(2);
  const Checkpoint checkpoint{desk.ledger.origin(), desk.size(), desk.ledger->tiles().root()};
  auto again = Signer::generate(desk.ledger.origin());
  const auto forged = open_checkpoint(sign_checkpoint(checkpoint, again), desk.keys());
  CHECK_FALSE(forged);
  CHECK(open_checkpoint(sign_checkpoint(checkpoint, desk.fresh), desk.keys()));
  const Checkpoint early{desk.ledger.origin(), from - 1, {}};
  CHECK_FALSE(open_checkpoint(sign_checkpoint(early, desk.fresh), desk.keys()));  // nor the new key before its time
}

TEST_CASE("a rotation that cannot be carried out is refused", "[rotation]") {
  Desk desk;
  const auto code = [&](const Signer& to, std::uint64_t from_size) {
    const auto done = desk.rotate(to, from_size);
    REQUIRE_FALSE(done);
    INFO(done.error().sentence);
    CHECK(done.error().sentence.size() > 20);
    return done.error().code;
  };
  CHECK(code(desk.fresh, desk.size() + 1) == Errc::illegal_transition);  // the decision itself would be the first under the new key
  CHECK(code(desk.fresh, desk.size()) == Errc::illegal_transition);
  CHECK(code(desk.fresh, 0) == Errc::illegal_transition);
  CHECK(code(Signer::generate(desk.ledger.origin()), desk.size() + 10) == Errc::not_found);  // nobody holds it
  CHECK(code(Signer::generate("ledger.example.org/l/other"), desk.size() + 10) == Errc::value_out_of_range);
  CHECK(desk.size() == desk.ledger->log().end()->size.value);
  REQUIRE(desk.rotate(desk.size() + 10));
  CHECK(code(desk.fresh, desk.size() + 20) == Errc::illegal_transition);
  const auto third = Signer::generate(desk.ledger.origin());
  desk.ledger.hold(third);
  CHECK(code(third, desk.size() + 5) == Errc::illegal_transition);  // behind the one that is decided
  const auto enrolled = desk.ledger.propose(desk.ledger.governor(), R"({"type":"KeyEnrolled","vkey":")" + third.vkey().text() + R"(","organisation":"x","roles":["auditor"]})");
  CHECK(enrolled);  // it signs nothing yet
  CHECK(code(third, desk.size() + 30) == Errc::value_out_of_range);
}

TEST_CASE("a ledger starts before, at and after the size of its new key, and not without the key", "[rotation]") {
  Desk desk;
  const std::uint64_t from = desk.size() + 3;
  REQUIRE(desk.rotate(from));
  while (desk.size() < from + 1) {
    desk.ledger.close();
    REQUIRE(desk.ledger.open());
    desk.grow();
  }
  desk.sound(desk.old);
  desk.ledger.close();
  const auto without = Ledger::open(desk.ledger.folder(), desk.ledger.origin(), Signer::generate(desk.ledger.origin()), Config{}, system_clock(), {});
  REQUIRE_FALSE(without);
  CHECK(without.error().code == Errc::wrong_origin);
  auto given = Signer::parse(desk.fresh.private_text());  // the old one is not needed any more
  const auto with = Ledger::open(desk.ledger.folder(), desk.ledger.origin(), std::move(*given), Config{}, system_clock(), {});
  INFO((with ? "" : with.error().sentence));
  CHECK(with);
}

TEST_CASE("the log goes over from key to key to key", "[rotation]") {
  Desk desk;
  const auto third = Signer::generate(desk.ledger.origin());
  desk.ledger.hold(third);
  REQUIRE(desk.rotate(desk.size() + 2));
  REQUIRE(desk.rotate(third, desk.size() + 3));
  desk.grow(4);
  for (const Vkey& trusted : {desk.old, desk.fresh.vkey(), third.vkey()}) desk.sound(trusted);
  const auto proofs = desk.proofs();
  REQUIRE(proofs.size() == 2);
  CHECK(follow_successions(desk.old, proofs)->size() == 3);
  CHECK(follow_successions(desk.fresh.vkey(), proofs)->size() == 2);
  CHECK(follow_successions(third.vkey(), proofs)->size() == 1);
  CHECK(follow_successions(desk.old, proofs)->back().vkey == third.vkey());
}

TEST_CASE("what does not prove a new key is told apart from what does", "[rotation]") {
  Desk desk;
  REQUIRE(desk.rotate(desk.size() + 2));
  desk.grow(2);
  const auto proofs = desk.proofs();
  const auto refused = [&](std::vector<Succession> changed, const Vkey& trusted) { return !follow_successions(trusted, changed); };
  REQUIRE_FALSE(refused(proofs, desk.old));
  CHECK(refused(proofs, Signer::generate(desk.ledger.origin()).vkey()));
  for (std::size_t i = 0; i < proofs[0].events.size(); ++i) {
    auto lacking = proofs;
    lacking[0].events.erase(lacking[0].events.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(refused(lacking, desk.old));
    auto changed = proofs;
    changed[0].events[i].event[changed[0].events[i].event.size() / 2] ^= 1;
    CHECK(refused(changed, desk.old));
  }
  auto other_key = proofs;
  other_key[0].key.vkey = Signer::generate(desk.ledger.origin()).vkey();
  CHECK(refused(other_key, desk.old));
  auto other_size = proofs;
  ++other_size[0].key.from_size;
  CHECK(refused(other_size, desk.old));
}

TEST_CASE("a client that trusts the old key goes over with the log, and takes the old one alone no more", "[rotation]") {
  Desk desk;
  const std::uint64_t from = desk.size() + 2;
  REQUIRE(desk.rotate(from));
  int asked = 0;
  api::KnownLog known(desk.old, {}, {}, [&](const Vkey& trusted) {
    ++asked;
    return follow_successions(trusted, desk.proofs());
  });
  CHECK(known.open(desk.ledger->head().checkpoint));
  CHECK(asked == 0);
  desk.grow(2);
  CHECK(known.open(desk.ledger->head().checkpoint));
  CHECK(asked == 1);
  CHECK(known.keys().size() == 2);
  desk.grow();
  CHECK(known.open(desk.ledger->head().checkpoint));
  CHECK(asked == 1);
  api::KnownLog alone(desk.old, {}, {});
  CHECK_FALSE(alone.open(desk.ledger->head().checkpoint));
}

TEST_CASE("receipts from before and after a rotation verify by the key of their time, and by both together", "[rotation]") {
  Desk desk;
  const auto of_head = [&] {
    const auto head = desk.ledger->head();
    return *receipt(desk.ledger->log(), desk.ledger->tiles(), {head.next.value - 1}, true, head.size, head.checkpoint);
  };
  const auto before = of_head();
  REQUIRE(desk.rotate(desk.size() + 2));
  desk.grow(2);
  const auto after = of_head();
  const Policy old{{desk.old}, {}, {}, "none"}, fresh{{desk.fresh.vkey()}, {}, {}, "none"}, both{{desk.old, desk.fresh.vkey()}, {}, {}, "none"};
  CHECK(verify_receipt(before, old));
  CHECK_FALSE(verify_receipt(before, fresh));
  CHECK(verify_receipt(after, fresh));
  CHECK_FALSE(verify_receipt(after, old));
  CHECK(verify_receipt(before, both));
  CHECK(verify_receipt(after, both));
}

TEST_CASE("a bundle brings what leads from the old key to the new one", "[rotation]") {
  Desk desk;
  const std::uint64_t from = desk.size() + 2;
  REQUIRE(desk.rotate(from));
  desk.grow(3);
  const auto bundle = desk.scratch / "bundle";
  REQUIRE(export_bundle(desk.ledger->log(), desk.keys(), bundle));
  for (const Vkey& trusted : {desk.old, desk.fresh.vkey()}) {
    const auto audit = audit_bundle(bundle, trusting(trusted));
    INFO(told(*audit));
    CHECK(audit->findings.empty());
    CHECK(audit->checkpoint->size == desk.size());
  }
  CHECK_FALSE(audit_bundle(bundle, trusting(Signer::generate(desk.ledger.origin()).vkey()))->sound());
  SECTION("without the old key's last word it does not") {
    fs::remove(bundle / "handover" / "1");
    CHECK(found(*audit_bundle(bundle, trusting(desk.old)), "log_key.handover", "handover"));
    CHECK(audit_bundle(bundle, trusting(desk.fresh.vkey()))->sound());
  }
  SECTION("nor with a changed one") {
    auto note = read(bundle / "handover" / "1");
    note[note.size() - 10] ^= 1;
    write(bundle / "handover" / "1", note);
    CHECK_FALSE(audit_bundle(bundle, trusting(desk.old))->sound());
  }
  SECTION("of a size before the rotation takes effect it is the old key's") {
    const auto early = desk.scratch / "early";
    REQUIRE(export_bundle(desk.ledger->log(), desk.keys(), early, {.size = from - 1, .withhold = {}, .progress = {}}));
    CHECK(audit_bundle(early, trusting(desk.old))->findings.empty());
  }
}

TEST_CASE("backups go on across a rotation, and are restored by either key", "[rotation][backup]") {
  Desk desk;
  const auto backup = desk.scratch / "backup";
  REQUIRE(back_up(desk.ledger.folder(), desk.old, backup));
  REQUIRE(desk.rotate(desk.size() + 2));
  REQUIRE(back_up(desk.ledger.folder(), desk.old, backup));
  desk.grow(3);
  REQUIRE(back_up(desk.ledger.folder(), desk.fresh.vkey(), backup));
  for (const Vkey& trusted : {desk.old, desk.fresh.vkey()}) {
    const auto target = desk.scratch / ("restored-" + std::to_string(trusted.id()));
    const auto restored = restore(backup, target, {.log_key = trusted, .vault = {}, .last_signed = {}, .progress = {}});
    INFO((restored ? "" : restored.error().sentence));
    REQUIRE(restored);
    CHECK(restored->audit.findings.empty());
    CHECK(restored->checkpoint.size == desk.size());
  }
  const auto stranger = restore(backup, desk.scratch / "no", {.log_key = Signer::generate(desk.ledger.origin()).vkey(), .vault = {}, .last_signed = {}, .progress = {}});
  CHECK(stranger.error().code == Errc::wrong_origin);
}
