// Starting again: only from what is durable, and only as far as it agrees with what was signed.
#include <catch2/catch.hpp>
#include <fstream>

#include "ledger/history.h"
#include "tests/support/ledgers.h"

using namespace samples;
using namespace caseledger;
namespace fs = std::filesystem;

namespace {

void copy_folder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

struct Snapshot {
  std::uint64_t size;
  Position next;
  std::string checkpoint;
  std::uint64_t streams;
};
Snapshot snapshot(TestLedger& ledger) { return {ledger->head().size, ledger->head().next, ledger->head().checkpoint, ledger->heads().size()}; }

}  // namespace

TEST_CASE("a ledger opened again goes on where it was") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream), case_assigned(stream, 2)});
  const auto before = snapshot(ledger);
  for (int round = 0; round < 3; ++round) {
    ledger.close();
    REQUIRE(ledger.open());
    CHECK(ledger->head().size == before.size + static_cast<std::uint64_t>(round));
    CHECK(ledger->authority().find(author.vkey().key) != nullptr);
    CHECK(ledger.state(stream).version == 2u + static_cast<unsigned>(round));
    ledger.record(author, {case_assigned(stream, 3u + static_cast<unsigned>(round))});
  }
}

TEST_CASE("the folds can be deleted and are folded again from the log") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  std::vector<StreamId> streams;
  for (int i = 0; i < 300; ++i) {
    streams.push_back(new_stream());
    ledger.record(author, {case_opened(streams.back())});
  }
  const auto before = snapshot(ledger);
  ledger.close();
  fs::remove_all(ledger.folder() / "store" / "folds");
  REQUIRE(ledger.open());
  CHECK(snapshot(ledger).checkpoint == before.checkpoint);
  for (const auto& stream : streams) CHECK(ledger.state(stream).version == 1);
  for (std::uint64_t i = 0; i < before.size; i += 37) CHECK(ledger->tiles().inclusion({i}, before.size));
  ledger.record(author, {case_opened(new_stream())});
}

TEST_CASE("a long stream is read and written at any version") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  std::vector<Buffer> events{case_opened(stream)};
  for (Version v = 2; v <= 700; ++v) events.push_back(case_assigned(stream, v));
  ledger.record(author, events);
  const auto check = [&] {
    const auto state = ledger.state(stream);
    const auto walked = walk(ledger->log(), state.last, state.version);
    REQUIRE(walked);
    REQUIRE(walked->size() == 700);
    for (std::size_t i = 0; i < 700; ++i) CHECK(view_event((*walked)[i].bytes).version == i + 1);
    for (const Version v : {1u, 2u, 63u, 64u, 65u, 128u, 500u, 700u}) {
      const auto answer = ledger.submit(ledger.sign(author, {events[v - 1]}));
      REQUIRE_FALSE(answer);
      CHECK(answer.error().events[0].error.code == Errc::already_recorded);
    }
  };
  check();
  ledger.close();
  REQUIRE(ledger.open());
  check();
}

TEST_CASE("a log shorter than what was signed is refused with a sentence an operator understands") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  ledger.record(author, {case_opened(new_stream())});
  ledger.close();
  const auto backup = fs::path(ledger.folder().string() + ".backup");
  copy_folder(ledger.folder() / "store", backup);
  REQUIRE(ledger.open());
  ledger.record(author, {case_opened(new_stream())});
  ledger.close();
  copy_folder(backup, ledger.folder() / "store");
  const auto opened = ledger.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::verification_failed);
  CHECK(opened.error().sentence.find("cut short or put back from a backup") != std::string::npos);
  fs::remove_all(backup);
}

TEST_CASE("a log whose last commit never left the process is taken as it is") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  ledger.close();
  const auto mark = ledger.folder() / "last-signed";
  fs::copy_file(mark, mark.string() + ".old");
  REQUIRE(ledger.open());
  ledger.record(author, {case_opened(new_stream())});
  const auto before = snapshot(ledger);
  ledger.close();
  fs::rename(mark.string() + ".old", mark);
  REQUIRE(ledger.open());
  CHECK(snapshot(ledger).checkpoint == before.checkpoint);
}

TEST_CASE("a log with another root than was signed is refused") {
  TestLedger a, b;
  a.enrol({"case_system"});
  b.enrol({"case_system"});
  a.close();
  b.close();
  copy_folder(b.folder() / "store", a.folder() / "store");
  const auto opened = a.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::verification_failed);
}

TEST_CASE("a second ledger on the same folder is refused") {
  TestLedger ledger;
  std::array<std::uint8_t, 32> seed{9};
  const auto second = Ledger::open(ledger.folder(), ledger.origin(), std::move(*Signer::from_seed(ledger.origin(), seed)), Config{}, system_clock(), {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::locked);
}

TEST_CASE("any byte changed in the write-ahead log, tail or not, is never opened as if nothing had happened") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  for (int i = 0; i < 20; ++i) ledger.record(author, {case_opened(new_stream())});
  const auto before = snapshot(ledger);
  ledger.close();
  fs::path wal;
  for (const auto& file : fs::directory_iterator(ledger.folder() / "store" / "log"))
    if (file.path().extension() == ".log" && fs::file_size(file.path()) > 0) wal = file.path();
  REQUIRE(!wal.empty());
  const auto backup = fs::path(ledger.folder().string() + ".backup");
  copy_folder(ledger.folder(), backup);
  const auto size = fs::file_size(wal);
  int refused = 0;
  for (std::uintmax_t at = 3; at < size; at += std::max<std::uintmax_t>(1, size / 40)) {
    copy_folder(backup, ledger.folder());
    {
      std::fstream file(wal, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(at));
      const char byte = static_cast<char>(file.get() ^ 0x10);
      file.seekp(static_cast<std::streamoff>(at));
      file.put(byte);
    }
    const auto opened = ledger.open();
    if (opened) {
      CHECK(snapshot(ledger).checkpoint == before.checkpoint);  // a byte nobody reads
      ledger.close();
    } else {
      CHECK(opened.error().code == Errc::verification_failed);
      ++refused;
    }
  }
  CHECK(refused > 30);
  fs::remove_all(backup);
}

TEST_CASE("a clock that is moved while the ledger runs stops it, and nothing wrong is recorded") {
  Micros shift = 0;
  const Clock real = system_clock();
  TestLedger ledger(TestLedger::Wish{.clock = {[&] { return real.wall() + shift; }, real.boot}});
  const auto author = ledger.enrol({"case_system"});
  const auto before = snapshot(ledger);
  shift = -60'000'000;
  auto submission = ledger.sign(author, {case_opened(new_stream())});
  REQUIRE(ledger->submit({1, 1}, submission));
  while (!ledger->failure()) ledger->wait_beyond(before.size, std::chrono::milliseconds(5));
  CHECK(ledger->failure()->sentence.find("clock") != std::string::npos);
  CHECK(ledger->head().size == before.size);
}

TEST_CASE("after more than thirty days without an entry somebody has to confirm the clock") {
  Micros shift = 0;
  const Clock real = system_clock();
  TestLedger ledger(TestLedger::Wish{.clock = {[&] { return real.wall() + shift; }, real.boot}});
  ledger.close();
  shift = Micros{31} * 86'400 * 1'000'000;
  const auto opened = ledger.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().sentence.find("30 days") != std::string::npos);
}
