// What the ledger takes and what it refuses, event by event, with everything verified behind each step.
#include <catch2/catch.hpp>

#include "ledger/history.h"
#include "tests/support/ledgers.h"

using namespace samples;
using namespace caseledger;

namespace {

// The whole log again, from its bytes: places, hashes, signatures, links, proofs, checkpoints.
void reverify(TestLedger& ledger) {
  const Head head = ledger->head();
  Edge tree;
  Position next{};
  std::unordered_map<StreamId, Position> last;
  auto scan = ledger->log().scan({0});
  REQUIRE(scan);
  Buffer scratch;
  for (; scan->valid(); scan->next()) {
    const auto entry = scan->entry();
    const auto row = scan->batch();
    REQUIRE(entry);
    REQUIRE(row);
    CHECK(row->index.value == tree.size());
    CHECK(entry->first_position == next);
    CHECK(verify_author(*entry, ledger.origin()));
    CHECK(items_root(*parse_items(row->items, row->count)) == entry->root);
    REQUIRE(each_event(*row, scratch, [&](const EventView& event, Position position) {
      const auto before = last.find(event.stream);
      CHECK(row->link(static_cast<std::uint32_t>(position - row->first)) == (before == last.end() ? store::no_link : before->second));
      last[event.stream] = position;
      CHECK(ledger->heads().get(event.stream).version >= event.version);
    }));
    next = entry->end();
    tree.append(leaf_hash(entry->encode()));
  }
  REQUIRE(scan->status());
  CHECK(next == head.next);
  const auto opened = open_checkpoint(head.checkpoint, ledger.log_vkey());
  REQUIRE(opened);
  CHECK(opened->checkpoint == Checkpoint{ledger.origin(), tree.size(), tree.root()});
  Policy policy;
  policy.logs = {ledger.log_vkey()};
  for (std::uint64_t p = 0; p < head.next.value; ++p) {
    const auto proof = receipt(ledger->log(), ledger->tiles(), {p}, false, head.size, head.checkpoint);
    REQUIRE(proof);
    CHECK(verify_receipt(*proof, policy, ledger->log().event(Position{p})->bytes));
  }
}

Errc refused(TestLedger& ledger, Submission submission) {
  const auto before = ledger->head().next;
  const auto answer = ledger.submit(std::move(submission));
  REQUIRE_FALSE(answer);
  CHECK_FALSE(answer.error().error.sentence.empty());
  CHECK(ledger->head().next == before);
  reverify(ledger);
  return answer.error().error.code;
}

}  // namespace

TEST_CASE("an admitted batch is durable, signed and provable at once") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto a = new_stream(), b = new_stream();
  const auto recorded = ledger.record(author, {case_opened(a), case_opened(b), case_assigned(a, 2)});
  const Head head = ledger->head();
  const auto opened = open_checkpoint(head.checkpoint, ledger.log_vkey());
  REQUIRE(opened);
  const auto entry = ledger->log().entry(recorded.index);
  REQUIRE(entry);
  CHECK(verify_inclusion(leaf_hash(entry->encode()), recorded.index.value, opened->checkpoint.size, recorded.path, opened->checkpoint.root));
  CHECK(ledger->heads().get(a).version == 2);
  CHECK(ledger->heads().get(a).phase == rules::Phase::active);
  reverify(ledger);
}

TEST_CASE("a batch resent as it was is answered with its original place, and nothing is written twice") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto batch = ledger.sign(author, {case_opened(new_stream())});
  const auto first = ledger.submit(batch);
  const auto size = ledger->head().size;
  const auto again = ledger.submit(batch);
  REQUIRE(first);
  REQUIRE(again);
  CHECK(again->index == first->index);
  CHECK(again->first_position == first->first_position);
  CHECK(again->recorded_at == first->recorded_at);
  CHECK(ledger->head().size == size);
  reverify(ledger);
}

TEST_CASE("an event recorded before, in another batch, is told by its position and refuses the batch whole") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  const auto event = case_opened(stream);
  const auto recorded = ledger.record(author, {event});
  const auto answer = ledger.submit(ledger.sign(author, {case_opened(new_stream()), event}));
  REQUIRE_FALSE(answer);
  REQUIRE(answer.error().events.size() == 1);
  CHECK(answer.error().events[0].event == 1);
  CHECK(answer.error().events[0].error.code == Errc::already_recorded);
  CHECK(answer.error().events[0].position == recorded.first_position);
  reverify(ledger);
}

TEST_CASE("of a batch that is recorded in part, every event that is there is told, and what follows them is judged") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  const std::vector<Buffer> there{case_opened(stream), case_assigned(stream, 2)};
  ledger.record(author, there);
  const auto codes = [&](Version next) {
    const auto answer = ledger.submit(ledger.sign(author, {there[0], there[1], case_assigned(stream, next)}));
    std::vector<Errc> all;
    for (const auto& problem : answer.error().events) all.push_back(problem.error.code);
    return all;
  };
  CHECK(codes(3) == std::vector{Errc::already_recorded, Errc::already_recorded});
  CHECK(codes(4) == std::vector{Errc::already_recorded, Errc::already_recorded, Errc::version_conflict});
  reverify(ledger);
}

TEST_CASE("an event that names an old or a skipped version is refused with the stream's version") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream), case_assigned(stream, 2)});
  for (const Version version : {Version{1}, Version{2}, Version{4}, Version{400}}) {
    const auto answer = ledger.submit(ledger.sign(author, {case_assigned(stream, version)}));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().events[0].error.code == Errc::version_conflict);
    CHECK(answer.error().events[0].current == 2);
  }
  reverify(ledger);
}

TEST_CASE("when one event is refused the whole batch is, and what it had changed is taken back") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto a = new_stream(), b = new_stream();
  CHECK(refused(ledger, ledger.sign(author, {case_opened(a), case_assigned(b, 1)})) == Errc::illegal_transition);
  CHECK(ledger->heads().get(a).version == 0);
  ledger.record(author, {case_opened(a)});
  reverify(ledger);
}

TEST_CASE("every offending event is told, and what follows it in its stream is not judged") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto a = new_stream(), b = new_stream();
  const auto answer = ledger.submit(ledger.sign(author, {case_assigned(a, 1), case_opened(b), case_assigned(b, 3), case_assigned(a, 2), case_assigned(b, 2)}));
  REQUIRE_FALSE(answer);
  REQUIRE(answer.error().events.size() == 2);
  CHECK(answer.error().events[0].event == 0);
  CHECK(answer.error().events[1].event == 2);
}

TEST_CASE("unknown, revoked and unprivileged authors are refused") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto machine = ledger.enrol({"automated_source"});
  const auto local = ledger.enrol({"case_system"}, "texas", {"US-TX"});
  CHECK(refused(ledger, ledger.sign(Signer::generate("stranger"), {case_opened(new_stream())})) == Errc::unknown_author);
  CHECK(refused(ledger, ledger.sign(machine, {case_opened(new_stream())})) == Errc::not_permitted);
  CHECK(refused(ledger, ledger.sign(local, {case_opened(new_stream(), {.jurisdiction = "US-NM"})})) == Errc::not_permitted);
  ledger.record(local, {case_opened(new_stream(), {.jurisdiction = "US-TX"})});
  ledger.revoke(author.vkey());
  CHECK(refused(ledger, ledger.sign(author, {case_opened(new_stream())})) == Errc::unknown_author);
}

TEST_CASE("a batch signed for another origin, by another key or over other bytes is refused") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto event = case_opened(new_stream());
  CHECK(refused(ledger, signed_by(author, "ledger.example.org/l/other", {event})) == Errc::bad_signature);
  auto batch = ledger.sign(author, {event});
  const auto parts = parse_batch(batch.batch);
  batch.batch[static_cast<std::size_t>(parts->events[0].data() - batch.batch.data()) + 60] ^= 1;
  CHECK(refused(ledger, std::move(batch)) == Errc::bad_signature);
}

TEST_CASE("rubbish, truncated and oversize batches are refused") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto whole = ledger.sign(author, {case_opened(new_stream())}).batch;
  for (std::size_t size = 0; size < whole.size(); size += 7)
    CHECK(refused(ledger, {Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), {}}) == Errc::malformed);
  CHECK(refused(ledger, {Buffer(batch_bytes_max + 1, 0), {}}) == Errc::too_large);
}

TEST_CASE("bytes that no field reaches have no place in an event") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  Buffer event = case_opened(new_stream());
  event.insert(event.end(), 8, 0);
  CHECK(refused(ledger, ledger.sign(author, {event})) == Errc::malformed);
  event = case_opened(new_stream());
  event.insert(event.end(), 64, 'x');
  CHECK(refused(ledger, ledger.sign(author, {event})) == Errc::malformed);
  event = case_opened(new_stream());
  event.push_back(0);
  CHECK(refused(ledger, ledger.sign(author, {event})) == Errc::malformed);
}

TEST_CASE("a reference has to resolve in the log or earlier in the batch") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto a = new_stream(), b = new_stream();
  const auto cause = [](const StreamId& stream, int version) { return R"([{"stream":")" + to_string(stream) + R"(","version":)" + std::to_string(version) + "}]"; };
  CHECK(refused(ledger, ledger.sign(author, {case_opened(a, {.causes = cause(b, 1)})})) == Errc::unresolved_reference);
  CHECK(refused(ledger, ledger.sign(author, {case_opened(a, {.causes = cause(b, 1)}), case_opened(b)})) == Errc::unresolved_reference);
  ledger.record(author, {case_opened(b), case_opened(a, {.causes = cause(b, 1)})});
  CHECK(refused(ledger, ledger.sign(author, {case_opened(new_stream(), {.causes = cause(a, 2)})})) == Errc::unresolved_reference);
}

TEST_CASE("what has not happened yet cannot be recorded") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  CHECK(refused(ledger, ledger.sign(author, {case_opened(new_stream(), {.occurred_at = "2999-01-01T00:00:00Z"})})) == Errc::future);
}

TEST_CASE("a sealed part is admitted only with the opening it committed to, and stands in the log as ciphertext") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  const auto noted = case_noted(stream, 2, "a note nobody is to find in any file");
  CHECK(refused(ledger, ledger.sign(author, {noted.event}, {})) == Errc::bad_opening);
  auto wrong = noted.openings;
  wrong[0].plaintext.insert(wrong[0].plaintext.size() - 2, "!");
  CHECK(refused(ledger, ledger.sign(author, {noted.event}, wrong)) == Errc::bad_opening);
  auto twice = noted.openings;
  twice.push_back(twice[0]);
  CHECK(refused(ledger, ledger.sign(author, {noted.event}, twice)) == Errc::bad_opening);
  auto elsewhere = noted.openings;
  elsewhere[0].event = 5;
  CHECK(refused(ledger, ledger.sign(author, {noted.event}, elsewhere)) == Errc::bad_opening);

  const auto recorded = ledger.record(author, {noted.event}, noted.openings);
  const auto sealed = ledger->log().sealed_part(recorded.first_position, 0);
  REQUIRE(sealed);
  CHECK(sealed->find("nobody") == std::string::npos);
  const EventView event = view_event(noted.event);
  const auto& part = *event.fields->parts()->Get(0);
  const PartPlace place{stream, 2, 0};
  const auto key = ledger->vault().find(uuid_of(*part.subject()), place);
  REQUIRE(key);
  Hash commitment;
  std::memcpy(commitment.bytes.data(), part.commitment(), 32);
  const auto opened = unseal_part(*key, ledger.origin(), place, commitment, bytes_of(*sealed));
  REQUIRE(opened);
  CHECK(opened->plaintext == noted.openings[0].plaintext);
  reverify(ledger);
}

TEST_CASE("nothing is admitted before genesis, and genesis only once") {
  TestLedger ledger(TestLedger::Wish{.constituted = false});
  CHECK(refused(ledger, ledger.sign(ledger.governor(), {case_opened(new_stream())})) == Errc::illegal_transition);
}
