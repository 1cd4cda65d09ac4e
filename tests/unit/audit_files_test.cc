// Files of a data folder damaged, cut short, exchanged or gone: each is found and named.
#include <catch2/catch.hpp>

#include "tests/support/audits.h"

using namespace caseledger;
using namespace samples;

namespace {

void expect(const Story& story, std::string_view code, std::string_view place) {
  const auto audit = story.audited();
  INFO(told(audit));
  CHECK_FALSE(audit.sound());
  CHECK(found(audit, code, place));
}

}  // namespace

TEST_CASE("a missing sealed part is an erased one; a missing key is for people to judge") {
  Story story;
  story.ledger.close();
  const auto row = Tamper::log(story.ledger.folder()).rows(Tamper::sealed)[0];
  fs::resize_file(story.ledger.folder() / "vault/subjects", 0);
  auto audit = story.audited();
  CHECK(audit.sound());
  CHECK(found(audit, "sealed.key_missing", "position " + std::to_string(story.sealed_at.value)));
  Tamper::log(story.ledger.folder()).erase(Tamper::sealed, row.first);
  audit = story.audited();
  CHECK(told(audit) == "");
  CHECK(audit.counts.erased_parts == 1);
  fs::remove_all(story.ledger.folder() / "vault");
  audit = story.audited();
  CHECK(told(audit) == "");
  CHECK(audit.not_checked.size() >= 2);
}

TEST_CASE("damage that RocksDB's checksums find is named, in the write-ahead log and in its files") {
  Story story;
  story.grow(60);
  story.ledger.close();
  const auto folder = story.ledger.folder() / "store" / "log";
  const bool flushed = GENERATE(false, true);
  if (flushed) Tamper::log(story.ledger.folder()).flush();
  std::size_t files = 0;
  for (const auto& file : files_below(folder)) {
    if (!file.ends_with(flushed ? ".sst" : ".log")) continue;
    const std::string whole = read(folder / file);
    if (whole.size() < 1000) continue;  // a log without records
    ++files;
    for (std::size_t at = 10; at < whole.size() - 64; at += whole.size() / 23) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      write(folder / file, changed);
      const auto audit = story.audited();
      INFO(file << " byte " << at << '\n' << told(audit));
      CHECK_FALSE(audit.sound());
      CHECK(told(audit).find(file) != std::string::npos);
    }
    write(folder / file, whole);
  }
  CHECK(files == (flushed ? 4 : 1));
  CHECK(told(story.audited()) == "");
}

TEST_CASE("one damaged file of several hides only its own rows") {
  Story story;
  for (int part = 0; part < 3; ++part) {
    story.grow(40);
    story.ledger.close();
    Tamper::log(story.ledger.folder()).flush();
    REQUIRE(story.ledger.open());
  }
  story.ledger.close();
  const auto folder = story.ledger.folder() / "store" / "log";
  auto tables = files_below(folder);
  std::erase_if(tables, [](const std::string& file) { return !file.ends_with(".sst"); });
  AuditOptions options;
  options.log_key = story.ledger.log_vkey();
  for (const auto& file : tables) {
    const std::string whole = read(folder / file);
    std::string changed = whole;
    changed[40] = static_cast<char>(changed[40] ^ 1);
    write(folder / file, changed);
    const auto audit = story.audited(options);
    INFO(file << '\n' << told(audit));
    CHECK(told(audit).find(file) != std::string::npos);
    CHECK_FALSE(found(audit, "log.unreadable", ""));
    CHECK(audit.counts.entries == 130);
    CHECK(audit.counts.signatures >= 130);  // of 260: a file holds rows of one family
    write(folder / file, whole);
  }
}

TEST_CASE("a damaged vault is named") {
  Story story;
  story.ledger.close();
  for (const char* file : {"root", "buckets"}) {
    const auto path = story.ledger.folder() / "vault" / file;
    const std::string whole = read(path);
    std::string changed = whole;
    changed[20] = static_cast<char>(changed[20] ^ 4);
    write(path, changed);
    expect(story, "vault.damaged", "vault");
    write(path, whole);
  }
  const auto path = story.ledger.folder() / "vault/subjects";
  std::string changed = read(path);
  changed[60] = static_cast<char>(changed[60] ^ 4);
  write(path, changed);
  expect(story, "vault.damaged", "position " + std::to_string(story.sealed_at.value));
}

TEST_CASE("a log that is shorter than what was signed, or another one, is named by its mark") {
  Story story;
  story.ledger.close();
  const auto mark = story.ledger.folder() / "last-signed";
  const std::string whole = read(mark);
  SECTION("every changed byte of it") {
    for (std::size_t at = 0; at < whole.size(); at += at % 512 < 80 ? 1 : 37) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
      write(mark, changed);
      const auto audit = story.audited();
      INFO(at << '\n' << told(audit));
      CHECK(found(audit, "last_signed.damaged", "last-signed"));
    }
  }
  SECTION("an entry less") {
    {
      auto tamper = Tamper::log(story.ledger.folder());
      tamper.erase(Tamper::entries, tamper.rows(Tamper::entries)[9].first);
      tamper.erase(Tamper::batches, tamper.rows(Tamper::batches)[9].first);
      tamper.erase(Tamper::checkpoints, tamper.rows(Tamper::checkpoints)[9].first);
    }
    expect(story, "last_signed.shorter", "last-signed");
  }
  SECTION("the mark of another log") {
    TestLedger other;
    for (int i = 0; i < 9; ++i) other.enrol({"case_system"});
    other.close();
    write(mark, read(other.folder() / "last-signed"));
    expect(story, "last_signed.root", "last-signed");
  }
  SECTION("none") {
    fs::remove(mark);
    expect(story, "last_signed.unreadable", "last-signed");
  }
}

TEST_CASE("damaged folds are named and hide nothing of the log") {
  Story story;
  story.grow(300 - 10);
  story.ledger.close();
  const auto folder = story.ledger.folder() / "store" / "folds";
  std::size_t files = 0;
  for (const auto& file : files_below(folder)) {
    if (!file.ends_with(".sst")) continue;
    ++files;
    const std::string whole = read(folder / file);
    std::string changed = whole;
    changed[40] = static_cast<char>(changed[40] ^ 1);
    write(folder / file, changed);
    const auto audit = story.audited();
    INFO(file << '\n' << told(audit));
    CHECK_FALSE(audit.sound());
    CHECK(told(audit).find(file) != std::string::npos);
    CHECK(audit.counts.signatures == 600);
    write(folder / file, whole);
  }
  CHECK(files >= 2);
}
