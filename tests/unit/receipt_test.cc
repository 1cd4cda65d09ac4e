// Receipts of a small witnessed log: they verify, they read back as written, and no change to them goes unnoticed.
#include "ledger/core/receipt.h"

#include <catch2/catch.hpp>
#include <functional>

#include "ledger/core/batch.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

const std::string origin = "ledger.example/tenant-1";

// Some batches in one log, its head signed and cosigned by two witnesses.
struct SmallLog {
  Signer log = signer(origin, 0x00);
  Signer witness_1 = signer("witness.example/w1", 0x20, KeyType::cosignature);
  Signer witness_2 = signer("witness.example/w2", 0x40, KeyType::cosignature);
  Signer author = signer("author", 0x60);
  std::vector<std::vector<std::string>> batches;
  std::vector<Entry> entries;
  Edge edge;
  std::string signed_by_log, checkpoint;

  explicit SmallLog(std::vector<std::vector<std::string>> with) : batches(std::move(with)) {
    Position next{0};
    for (const auto& events : batches) {
      const Buffer batch = sign_batch(views_of(events), origin, author);
      const auto parts = parse_batch(batch).value();
      entries.push_back({static_cast<std::uint32_t>(events.size()), next, 1'700'000'000'000'000, parts.author, tree_head(leaves_of(events)),
                         parts.signature});
      edge.append(leaf_hash(entries.back().encode()));
      next = entries.back().end();
    }
    const Checkpoint head{origin, edge.size(), edge.root()};
    signed_by_log = sign_checkpoint(head, log);
    checkpoint = signed_by_log + cosign_note(head.text(), witness_1, 1'700'000'001).line() +
                 cosign_note(head.text(), witness_2, 1'700'000'002).line();
  }

  Receipt of_batch(std::size_t i) const { return {entries[i], std::nullopt, {i}, edge.inclusion_proof(i).value(), checkpoint}; }
  Receipt of_event(std::size_t i, std::uint32_t event) const {
    Receipt receipt = of_batch(i);
    receipt.inner = Receipt::Inner{event, inclusion_proof(leaves_of(batches[i]), event)};
    return receipt;
  }
  Policy policy(const std::string& quorum) const {
    const auto made = parse_policy("log " + log.vkey().text() + "\nwitness w1 " + witness_1.vkey().text() + "\nwitness w2 " +
                                   witness_2.vkey().text() + "\ngroup both all w1 w2\nquorum " + quorum + "\n");
    REQUIRE(made);
    return *made;
  }
};

const SmallLog& small_log() {
  static const SmallLog log([] {
    std::vector<std::vector<std::string>> batches;
    for (const int count : {2, 1, 5, 3, 8}) {
      batches.emplace_back();
      for (int i = 0; i < count; ++i) batches.back().push_back(event_like(std::to_string(count) + "." + std::to_string(i)));
    }
    return batches;
  }());
  return log;
}

Errc refusal(const Receipt& receipt, Bytes event = {}, const std::string& quorum = "both") {
  const auto verdict = verify_receipt(receipt, small_log().policy(quorum), event);
  REQUIRE_FALSE(verdict);
  return verdict.error().code;
}

bool same(const Receipt& a, const Receipt& b) {
  const auto inner = [](const Receipt& r) { return r.inner ? std::pair(r.inner->index, r.inner->path) : std::pair(~0u, Hashes{}); };
  return a.entry == b.entry && a.inner.has_value() == b.inner.has_value() && inner(a) == inner(b) && a.index == b.index &&
         a.path == b.path && a.checkpoint == b.checkpoint;
}

}  // namespace

TEST_CASE("the receipt of every batch and of every event verifies, and reads back as it was written") {
  const SmallLog& log = small_log();
  const Policy both = log.policy("both");
  for (std::size_t i = 0; i < log.batches.size(); ++i) {
    const Receipt whole = log.of_batch(i);
    const auto parsed = parse_receipt(whole.text());
    REQUIRE(parsed);
    CHECK(same(*parsed, whole));
    CHECK(parsed->text() == whole.text());
    const auto verdict = verify_receipt(*parsed, both);
    REQUIRE(verdict);
    CHECK(verdict->standing == Standing::witnessed);
    CHECK(verdict->checkpoint == Checkpoint{origin, 5, log.edge.root()});
    CHECK(verdict->witnesses == std::vector<std::string>{"witness.example/w1", "witness.example/w2"});
    for (std::uint32_t event = 0; event < log.batches[i].size(); ++event) {
      const Receipt one = log.of_event(i, event);
      const auto parsed_one = parse_receipt(one.text());
      REQUIRE(parsed_one);
      CHECK(same(*parsed_one, one));
      CHECK(parsed_one->text() == one.text());
      CHECK(verify_receipt(*parsed_one, both, bytes_of(log.batches[i][event])));
    }
  }
}

TEST_CASE("a receipt is a tlog-proof as C2SP writes it") {
  const SmallLog& log = small_log();
  Buffer extra;
  append(extra, log.entries[2].encode());
  append(extra, unhex("03000000"));
  for (const Hash& hash : inclusion_proof(leaves_of(log.batches[2]), 3)) append(extra, hash.bytes);
  std::string expected = "c2sp.org/tlog-proof@v1\nextra " + base64(extra) + "\nindex 2\n";
  const Hashes path = log.edge.inclusion_proof(2).value();
  for (const Hash& hash : path) expected += base64(hash.bytes) + "\n";
  CHECK(log.of_event(2, 3).text() == expected + "\n" + log.checkpoint);
}

TEST_CASE("a receipt says witnessed where the quorum is met, logged where none is wanted, and fails where it is missed") {
  const SmallLog& log = small_log();
  Receipt receipt = log.of_batch(1);
  CHECK(verify_receipt(receipt, log.policy("both"))->standing == Standing::witnessed);
  CHECK(verify_receipt(receipt, log.policy("w2"))->standing == Standing::witnessed);
  const auto logged = verify_receipt(receipt, log.policy("none"));
  CHECK(logged->standing == Standing::logged);
  CHECK(logged->witnesses.size() == 2);  // their signatures hold all the same

  receipt.checkpoint = log.signed_by_log;
  CHECK(refusal(receipt, {}, "w1") == Errc::verification_failed);
  CHECK(verify_receipt(receipt, log.policy("none"))->standing == Standing::logged);
  CHECK(verify_receipt(receipt, log.policy("none"))->witnesses.empty());

  receipt.checkpoint = log.signed_by_log + cosign_note(Checkpoint{origin, 5, log.edge.root()}.text(), log.witness_1, 1).line();
  CHECK(verify_receipt(receipt, log.policy("w1"))->standing == Standing::witnessed);
  CHECK(refusal(receipt, {}, "w2") == Errc::verification_failed);
  CHECK(refusal(receipt, {}, "both") == Errc::verification_failed);
}

// The text has one form for each receipt: plain decimals, canonical base64, fixed separators and the checkpoint verbatim.
// So no changed text reads as the same receipt; and all of it is covered: entry and inner path by the outer path, the
// outer path and index by the root, the checkpoint by the log and by the two witnesses that the quorum wants.
TEST_CASE("a receipt with any bit changed, any byte dropped or any byte doubled does not verify, and never reads as the original") {
  const SmallLog& log = small_log();
  const Policy both = log.policy("both");
  const auto attack = [&](const Receipt& original, Bytes event) {
    const std::string text = original.text();
    REQUIRE(verify_receipt(parse_receipt(text).value(), both, event));
    const auto refused = [&](const std::string& changed) {
      const auto receipt = parse_receipt(changed);
      if (!receipt) return true;
      return receipt->text() == changed && !same(*receipt, original) && !verify_receipt(*receipt, both, event);
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
      INFO("byte " << at << " of " << text);
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped = text;
        flipped[at] = static_cast<char>(flipped[at] ^ 1 << bit);
        REQUIRE(refused(flipped));
      }
      REQUIRE(refused(text.substr(0, at) + text.substr(at + 1)));
      REQUIRE(refused(text.substr(0, at) + text[at] + text.substr(at)));
      REQUIRE(refused(text.substr(0, at)));
    }
    REQUIRE(refused(text + "\n"));
    REQUIRE(refused(text + "x"));
  };
  attack(log.of_batch(2), {});
  attack(log.of_event(2, 3), bytes_of(log.batches[2][3]));
}

TEST_CASE("a signature that nobody knows may stand in a receipt, and whatever becomes of it shows nothing else") {
  const SmallLog& log = small_log();
  Receipt receipt = log.of_batch(2);
  receipt.checkpoint += NoteSignature{"stranger.example", 7, Buffer(72, 1)}.line();
  const std::string text = receipt.text();
  const auto original = verify_receipt(receipt, log.policy("both")).value();
  int unnoticed = 0;
  for (std::size_t at = text.find("stranger"); at < text.size(); ++at) {
    std::string flipped = text;
    flipped[at] ^= 1;
    const auto changed = parse_receipt(flipped);
    if (!changed) continue;
    CHECK_FALSE(same(*changed, receipt));
    if (const auto verdict = verify_receipt(*changed, log.policy("both"))) {
      ++unnoticed;
      CHECK(verdict->checkpoint == original.checkpoint);
      CHECK(verdict->witnesses == original.witnesses);
    }
  }
  CHECK(unnoticed > 0);
}

TEST_CASE("an event's receipt holds for that event's exact bytes only") {
  const SmallLog& log = small_log();
  for (std::uint32_t event = 0; event < 5; ++event) {
    const Receipt receipt = log.of_event(2, event);
    for (std::uint32_t other = 0; other < 5; ++other)
      if (other != event) CHECK(refusal(receipt, bytes_of(log.batches[2][other])) == Errc::verification_failed);
    CHECK(refusal(receipt, bytes_of(log.batches[2][event] + '\0')) == Errc::verification_failed);
    CHECK(refusal(receipt, {}) == Errc::usage);
    Receipt moved = receipt;
    for (std::uint32_t place = 0; place < 5; ++place) {
      moved.inner->index = place;
      if (place != event) CHECK(refusal(moved, bytes_of(log.batches[2][event])) == Errc::verification_failed);
    }
  }
  CHECK(refusal(log.of_batch(2), bytes_of(log.batches[2][0])) == Errc::usage);  // says nothing of one event
}

TEST_CASE("bytes without the event identifier are no event, even where their author signed them and the log holds them") {
  const SmallLog log({{std::string("\x10\0\0\0CLBT", 8), "CLEV0123", "0123CLE", event_like("x")}});
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(refusal(log.of_event(0, i), bytes_of(log.batches[0][i])) == Errc::malformed);
  const auto verdict = verify_receipt(log.of_event(0, 3), log.policy("both"), bytes_of(log.batches[0][3]));
  CHECK(verdict);
}

TEST_CASE("a receipt with one part taken from elsewhere is refused") {
  const SmallLog& log = small_log();
  const auto refused = [&](const std::function<void(Receipt&)>& change) {
    Receipt receipt = log.of_batch(2);
    change(receipt);
    return refusal(receipt);
  };
  CHECK(refused([&](Receipt& r) { r.entry = log.entries[3]; }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.entry.recorded_at += 1; }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.entry.first_position = {0}; }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.index = {3}; }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.index = {5}; }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.path.pop_back(); }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.path.push_back(Hash{}); }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.path = log.of_batch(3).path; }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) { r.checkpoint = sign_checkpoint({origin, 4, log.edge.root()}, log.log); }) == Errc::verification_failed);
  CHECK(refused([&](Receipt& r) {
          r.checkpoint = sign_checkpoint({"ledger.example/tenant-2", 5, log.edge.root()}, log.log);
        }) == Errc::wrong_origin);
  CHECK(refused([&](Receipt& r) { r.checkpoint = ""; }) == Errc::wrong_origin);

  Receipt one = log.of_event(2, 0);
  one.inner->path.pop_back();
  CHECK(refusal(one, bytes_of(log.batches[2][0])) == Errc::verification_failed);
  one.inner->path = log.of_event(2, 0).inner->path;
  one.inner->path.push_back(Hash{});
  CHECK(refusal(one, bytes_of(log.batches[2][0])) == Errc::verification_failed);
}

TEST_CASE("a log that admits what no author signed still gives no receipt that verifies") {
  const SmallLog& log = small_log();
  Entry forged = log.entries[0];
  forged.signature[10] ^= 1;
  Edge edge;
  edge.append(leaf_hash(forged.encode()));
  const Receipt receipt{forged, std::nullopt, {0}, {}, sign_checkpoint({origin, 1, edge.root()}, log.log)};
  CHECK(refusal(receipt, {}, "none") == Errc::verification_failed);
  const Receipt honest{log.entries[0], std::nullopt, {0}, {}, sign_checkpoint({origin, 1, leaf_hash(log.entries[0].encode())}, log.log)};
  CHECK(verify_receipt(honest, log.policy("none")));
}

TEST_CASE("a receipt verifies under each key that its log has had, and under no other log's") {
  const SmallLog& log = small_log();
  const std::string later = "log " + signer(origin, 0x90).vkey().text() + "\n", now = "log " + log.log.vkey().text() + "\n";
  const Receipt receipt = log.of_batch(0);
  CHECK(verify_receipt(receipt, parse_policy(later + now + "quorum none\n").value()));
  CHECK(verify_receipt(receipt, parse_policy(now + later + "quorum none\n").value()));
  CHECK(verify_receipt(receipt, parse_policy(later + "quorum none\n").value()).error().code == Errc::verification_failed);
  const std::string elsewhere = "log " + signer("ledger.example/tenant-2", 0x00).vkey().text() + "\n";
  CHECK(verify_receipt(receipt, parse_policy(elsewhere + "quorum none\n").value()).error().code == Errc::wrong_origin);
}
