// Killed at random moments under load, the ledger keeps every batch it acknowledged and nothing half-done.
//
// A child appends and tells each acknowledgement through a pipe; it is killed with SIGKILL; the folder is opened again and
// everything is verified. CASELEDGER_CRASH_CYCLES says how often (20 without it), CASELEDGER_CRASH_SEED which moments.
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/history.h"
#include "projections/runner.h"
#include "tests/support/ledgers.h"

using namespace samples;
using namespace caseledger;

namespace {

// One acknowledgement, as the child saw it.
struct Ack {
  std::uint64_t index, first;
  Micros recorded_at;
  Hash root;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Appends until it is killed: eight batches in flight, some of one event, some of many, some with sealed parts.
[[noreturn]] void append_for_ever(TestLedger& ledger, const Signer& author, int pipe, std::uint64_t seed) {
  std::mt19937_64 chance(seed);
  std::mutex mutex;
  std::condition_variable answered;
  std::map<std::uint64_t, Hash> roots;
  ledger.forward([&](Outcome outcome) {
    std::vector<Ack> acks;
    {
      const std::lock_guard lock(mutex);
      for (const auto& recorded : outcome.recorded) {
        acks.push_back({recorded.index.value, recorded.first_position.value, recorded.recorded_at, roots.at(recorded.ticket.request)});
        roots.erase(recorded.ticket.request);
      }
      ENSURE(outcome.refused.empty());
    }
    answered.notify_all();
    if (!acks.empty()) ENSURE(::write(pipe, acks.data(), acks.size() * sizeof(Ack)) == static_cast<ssize_t>(acks.size() * sizeof(Ack)));
  });
  for (std::uint64_t request = 1;; ++request) {
    std::vector<Buffer> events;
    std::vector<Opening> openings;
    const std::size_t streams = chance() % 3 == 0 ? 1 + chance() % 40 : 1;
    for (std::size_t i = 0; i < streams; ++i) {
      const auto stream = new_stream();
      events.push_back(case_opened(stream));
      if (chance() % 4 == 0) {
        auto noted = case_noted(stream, 2, "a secret");
        noted.openings[0].event = static_cast<std::uint16_t>(events.size());
        openings.push_back(noted.openings[0]);
        events.push_back(noted.event);
      }
    }
    auto submission = ledger.sign(author, events, openings);
    {
      std::unique_lock lock(mutex);
      answered.wait(lock, [&] { return roots.size() < 8; });
      Hashes leaves;
      for (const auto& event : events) leaves.push_back(leaf_hash(event));
      roots[request] = tree_head(leaves);
    }
    ENSURE(ledger->submit({1, request}, submission));
  }
}

void verify_everything(TestLedger& ledger, const std::vector<Ack>& acks) {
  const Head head = ledger->head();
  const auto opened = open_checkpoint(head.checkpoint, ledger.log_vkey());
  REQUIRE(opened);
  REQUIRE(opened->checkpoint.size == head.size);
  for (const Ack& ack : acks) {
    REQUIRE(ack.index < head.size);
    const auto entry = ledger->log().entry({ack.index});
    REQUIRE(entry);
    REQUIRE(entry->root == ack.root);
    REQUIRE(entry->first_position.value == ack.first);
    REQUIRE(entry->recorded_at == ack.recorded_at);
    const auto path = ledger->tiles().inclusion({ack.index}, head.size);
    REQUIRE(path);
    REQUIRE(verify_inclusion(leaf_hash(entry->encode()), ack.index, head.size, *path, opened->checkpoint.root));
  }
  // Every record is whole, the heads are what the log says, and every sealed part is there and opens.
  store::Heads heads;
  REQUIRE(projections::rebuild(ledger->log(), head.size, 1, &heads));
  REQUIRE(heads.size() == ledger->heads().size());
  heads.each(0, 1, [&](const store::Heads::Row& row) { REQUIRE(ledger->heads().get(row.stream) == row.state); });
  Buffer scratch;
  auto scan = ledger->log().scan({0});
  REQUIRE(scan);
  for (; scan->valid(); scan->next()) {
    const auto entry = scan->entry();
    const auto row = scan->batch();
    REQUIRE(items_root(*parse_items(row->items, row->count)) == entry->root);
    REQUIRE(each_event(*row, scratch, [&](const EventView& event, Position position) {
      for (std::uint16_t part = 0; event.fields->parts() && part < event.fields->parts()->size(); ++part) {
        const auto& sealed = *event.fields->parts()->Get(part);
        const PartPlace place{event.stream, event.version, part};
        const auto key = ledger->vault().find(uuid_of(*sealed.subject()), place);
        const auto stored = ledger->log().sealed_part(position, part);
        REQUIRE(key);
        REQUIRE(stored);
        Hash commitment;
        std::memcpy(commitment.bytes.data(), sealed.commitment(), 32);
        REQUIRE(unseal_part(*key, ledger.origin(), place, commitment, bytes_of(*stored)));
      }
    }));
  }
  REQUIRE(scan->status());
}

}  // namespace

TEST_CASE("killed at random moments under load, every acknowledged batch proves and nothing half-done is there") {
  const auto cycles = from_environment("CASELEDGER_CRASH_CYCLES", 20), seed = from_environment("CASELEDGER_CRASH_SEED", 1);
  std::mt19937_64 chance(seed);
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  std::vector<Ack> acks;
  std::size_t cut_off = 0;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    INFO("cycle " << cycle << ", seed " << seed);
    ledger.close();
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const auto life_us = 1000 + chance() % 150'000;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(pipe[0]);
      if (!ledger.open()) ::_exit(3);
      const char ready = 'r';
      if (::write(pipe[1], &ready, 1) != 1) ::_exit(4);
      append_for_ever(ledger, author, pipe[1], chance());
    }
    ::close(pipe[1]);
    char ready = 0;
    REQUIRE(::read(pipe[0], &ready, 1) == 1);
    ::usleep(static_cast<useconds_t>(life_us));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    Ack ack;
    const auto before = acks.size();
    while (::read(pipe[0], &ack, sizeof ack) == sizeof ack) acks.push_back(ack);
    ::close(pipe[0]);
    cut_off += acks.size() > before;
    const auto opened = ledger.open();
    INFO((opened ? "" : opened.error().sentence));
    REQUIRE(opened);
    verify_everything(ledger, acks);
  }
  // A run in which nothing was ever acknowledged would prove nothing.
  CHECK(acks.size() > cycles);
  CHECK(cut_off > cycles / 2);
}
