// Killed at random moments of an excision, nothing of what it took out is in any file once the next start has purged what was owed.
//
// A child has an event excised while the projections follow, and is killed: as the decision is recorded, as the log is purged, or a second later,
// when the projections write and purge in turn. CASELEDGER_CRASH_CYCLES and CASELEDGER_CRASH_SEED as in crash_test.cc.
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "projections/runner.h"
#include "tests/support/excised.h"

using namespace samples;
using namespace caseledger;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// The projections follow to the head, and in the end write.
void fold_and_close(TestLedger& ledger, const std::function<void()>& meanwhile = [] {}) {
  auto runner = projections::Runner::open(*ledger);
  REQUIRE(runner);
  REQUIRE((*runner)->wait_for({ledger->head().size}));
  meanwhile();
  ledger->drain();  // so that they stop at once
  runner->reset();
  ledger.close();
}

[[noreturn]] void excise_and_wait(TestLedger& ledger, const Signer& officer, const std::string& action, int pipe) {
  if (!ledger.open()) ::_exit(3);
  const auto runner = projections::Runner::open(*ledger);
  if (!runner) ::_exit(4);
  if (::write(pipe, "r", 1) != 1) ::_exit(5);
  if (!excise(ledger, officer, action)) ::_exit(6);
  for (;;) ::pause();
}

}  // namespace

TEST_CASE("killed at random moments of an excision, nothing of what it took out outlasts the next start") {
  const auto cycles = from_environment("CASELEDGER_CRASH_CYCLES", 12), seed = from_environment("CASELEDGER_CRASH_SEED", 1);
  std::mt19937_64 chance(seed);
  TestLedger ledger;
  const Signer source = ledger.enrol({"automated_source"}), officer = ledger.enrol({"privacy_officer"});
  std::uint64_t decided = 0;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    INFO("cycle " << cycle << ", seed " << seed);
    const std::string marker = "vendor-to-be-forgotten-" + std::to_string(100'000 + cycle);
    const auto stream = new_stream();
    const auto at = ledger.record(source, {event("CoverageSnapshotTaken", "coverage", stream, 1, R"({"vendor":")" + marker +
                                                 R"(","jurisdiction":"US-TX","as_of":"2024-03-05T19:00:00Z","cameras":3,"reads_30d":9,"source":"agency"})")}).first_position;
    const std::string action = excision(stream, 1, at, "coverage");
    fold_and_close(ledger);
    REQUIRE_FALSE(files_with(ledger.folder() / "store" / "folds", marker).empty());
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const auto life_us = (chance() % 2 ? 1'000'000 : 0) + chance() % 100'000;  // the projections write after a second of rest
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) excise_and_wait(ledger, officer, action, pipe[1]);
    ::close(pipe[1]);
    char ready = 0;
    REQUIRE(::read(pipe[0], &ready, 1) == 1);
    ::close(pipe[0]);
    ::usleep(static_cast<useconds_t>(life_us));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));

    REQUIRE(ledger.open());
    decided += ledger->authority().is_excised(stream, 1);
    if (!ledger->authority().is_excised(stream, 1)) REQUIRE(excise(ledger, officer, action));
    REQUIRE(purged(ledger));
    fold_and_close(ledger, [&] { CHECK(gone_from(ledger.folder(), marker)); });
    REQUIRE(ledger.open());
  }
  // Killed before every decision, nothing would have been owed.
  CHECK(decided > cycles / 3);
}
