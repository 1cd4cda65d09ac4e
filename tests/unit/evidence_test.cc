// Evidence in files: told apart, and receipts held to a bundle.
#include "ledger/evidence.h"

#include <catch2/catch.hpp>

#include "ledger/history.h"
#include "tests/support/audits.h"

using namespace caseledger;
using namespace samples;

namespace {

Receipt receipt_of(Story& story, Position position, bool whole_batch) {
  const auto head = story.ledger->head();
  auto made = receipt(story.ledger->log(), story.ledger->tiles(), position, whole_batch, head.size, head.checkpoint);
  REQUIRE(made);
  return std::move(*made);
}

Policy policy_of(const Vkey& vkey) { return *parse_policy_or_vkey(vkey.text() + "\n"); }

}  // namespace

TEST_CASE("evidence is told apart by what it is, not by its name") {
  Story story;
  const Scratch scratch;
  write(scratch / "a", receipt_of(story, {4}, true).text());
  write(scratch / "b", story.ledger->head().checkpoint);
  const Buffer event = case_opened(new_stream());
  write(scratch / "c", std::string(event.begin(), event.end()));
  write(scratch / "d", "{\"template\":1}");
  write(scratch / "e", "hello");
  write(scratch / "f", "");
  const auto bundle = story.exported(scratch);
  fs::create_directory(scratch / "empty");
  const auto kind = [&](const std::string& name) { return read_evidence(scratch / name)->kind; };
  CHECK(kind("a") == EvidenceKind::receipt);
  CHECK(kind("b") == EvidenceKind::checkpoint);
  CHECK(kind("c") == EvidenceKind::event);
  CHECK(kind("d") == EvidenceKind::json);
  CHECK(kind("e") == EvidenceKind::unknown);
  CHECK(kind("f") == EvidenceKind::unknown);
  CHECK(kind("bundle") == EvidenceKind::bundle);
  CHECK(kind("empty") == EvidenceKind::unknown);
  CHECK(read_evidence(scratch / "none").error().code == Errc::not_found);
  CHECK(read_evidence(scratch / "b")->bytes == story.ledger->head().checkpoint);
}

TEST_CASE("a bare vkey is a policy that trusts one log and asks for no witness") {
  const Signer log = Signer::generate("ledger.example.org/l/1");
  const auto policy = parse_policy_or_vkey("  " + log.vkey().text() + "\n\n");
  REQUIRE(policy);
  CHECK(policy->logs == std::vector{log.vkey()});
  CHECK(policy->quorum == "none");
  CHECK(parse_policy_or_vkey("log " + log.vkey().text() + "\nquorum none\n")->logs == policy->logs);
  CHECK_FALSE(parse_policy_or_vkey(""));
  CHECK_FALSE(parse_policy_or_vkey("nonsense"));
  const auto witness = Signer::from_seed("w.example", Buffer(32, 7), KeyType::cosignature);
  CHECK_FALSE(parse_policy_or_vkey(witness->vkey().text()));
}

TEST_CASE("a checkpoint is verified by itself") {
  Story story;
  const auto policy = policy_of(story.ledger.log_vkey());
  const std::string note = story.ledger->head().checkpoint;
  const auto verdict = verify_checkpoint(note, policy);
  REQUIRE(verdict);
  CHECK(verdict->checkpoint.size == 10);
  CHECK(verdict->standing == Standing::logged);
  std::string changed = note;
  changed[story.ledger.origin().size() + 2] ^= 1;
  CHECK_FALSE(verify_checkpoint(changed, policy));
  CHECK(verify_checkpoint(note, policy_of(Signer::generate("other.example/l/2").vkey())).error().code == Errc::wrong_origin);
  const auto witnessed = parse_policy("log " + story.ledger.log_vkey().text() + "\nwitness w1 " +
                                      Signer::from_seed("w.example", Buffer(32, 7), KeyType::cosignature)->vkey().text() + "\nquorum w1\n");
  REQUIRE(witnessed);
  CHECK(verify_checkpoint(note, *witnessed).error().code == Errc::verification_failed);
}

TEST_CASE("a receipt stands in a bundle of the same log, earlier or later than its checkpoint") {
  Story story;
  const Scratch scratch;
  const auto policy = policy_of(story.ledger.log_vkey());
  const auto early = story.exported(scratch, "early", {.size = 6, .withhold = {}, .progress = {}});
  const Receipt receipt = receipt_of(story, {5}, false);
  const auto verdict = verify_receipt(receipt, policy, story.ledger->log().event({5})->bytes);
  REQUIRE(verdict);
  story.grow(300);
  const auto late = story.exported(scratch, "late");
  const auto in_late = verify_in_bundle(receipt, *verdict, policy, late);
  REQUIRE(in_late);
  CHECK(in_late->consistent);
  CHECK_FALSE(in_late->event_withheld);
  CHECK(in_late->checkpoint.size == 310);
  const auto in_early = verify_in_bundle(receipt, *verdict, policy, early);
  REQUIRE(in_early);
  CHECK_FALSE(in_early->consistent);
  const Receipt beyond = receipt_of(story, {11}, true);
  CHECK(verify_in_bundle(beyond, *verify_receipt(beyond, policy), policy, early).error().code == Errc::not_found);
}

TEST_CASE("a receipt says so when its event is withheld from the bundle") {
  Story story;
  const Scratch scratch;
  const auto policy = policy_of(story.ledger.log_vkey());
  const Receipt receipt = receipt_of(story, {5}, false);
  const auto verdict = verify_receipt(receipt, policy, story.ledger->log().event({5})->bytes);
  REQUIRE(verdict);
  const auto bundle = story.exported(scratch, "bundle", {.size = {}, .withhold = [](const EventView& event) { return event.version == 2; }, .progress = {}});
  const auto found = verify_in_bundle(receipt, *verdict, policy, bundle);
  REQUIRE(found);
  CHECK(found->event_withheld);
}

TEST_CASE("a receipt of a forked log, or a bundle that was changed, is found out") {
  Forger one;
  one.genesis();
  const Signer author = one.enrol({"case_system"});
  const StreamId stream = new_stream();
  one.record(author, {case_opened(stream)});
  const auto log = [&] { return store::Log::open(one.folder() / "store" / "log", store::Access::read); };
  const Scratch scratch;
  REQUIRE(export_bundle(**log(), {{one.log_key.vkey()}}, scratch / "bundle"));
  const auto policy = policy_of(one.log_key.vkey());
  // The same log key signs another history over the same batch.
  const Entry entry = *(*log())->entry({2});
  Receipt forked{entry, std::nullopt, {0}, {}, sign_checkpoint({one.origin, 1, leaf_hash(entry.encode())}, one.log_key)};
  const auto verdict = verify_receipt(forked, policy);
  REQUIRE(verdict);
  CHECK(verify_in_bundle(forked, *verdict, policy, scratch / "bundle").error().code == Errc::verification_failed);
  forked.index = {2};  // the place is right, the checkpoint is not of this history
  const auto fork = verify_in_bundle(forked, *verdict, policy, scratch / "bundle");
  REQUIRE_FALSE(fork);
  CHECK(fork.error().sentence.find("forked") != std::string::npos);

  const Receipt honest{entry, std::nullopt, {2}, *inclusion_proof(2, 3, [&](Node node) { return Served(fetch_from(scratch / "bundle"), 3).node(node); }),
                       **(*log())->last_checkpoint()};
  const auto good = verify_receipt(honest, policy);
  REQUIRE(good);
  REQUIRE(verify_in_bundle(honest, *good, policy, scratch / "bundle"));
  // Where the proof of the last entry passes through.
  const std::pair<const char*, std::size_t> places[] = {
      {"checkpoint", 40}, {"tile/0/000.p/3", 40}, {"tile/entries/000.p/3", 400}, {"batch/000.p/3", fs::file_size(scratch / "bundle/batch/000.p/3") - 20}};
  for (const auto& [file, at] : places) {
    const std::string whole = read(scratch / "bundle" / file);
    std::string changed = whole;
    changed.at(at) = static_cast<char>(changed[at] ^ 1);
    write(scratch / "bundle" / file, changed);
    INFO(file);
    CHECK_FALSE(verify_in_bundle(honest, *good, policy, scratch / "bundle"));
    write(scratch / "bundle" / file, whole);
  }
}
