// Rows of a data folder changed one by one, with valid checksums: each is found and named by place.
#include <catch2/catch.hpp>

#include "tests/support/audits.h"

using namespace caseledger;
using namespace samples;

namespace {

// Changes one byte of one row, audits, and puts the row back.
void change(Story& story, Tamper tamper(const fs::path&), std::size_t family, std::size_t row, std::size_t at, const std::function<void(const Audit&)>& look) {
  std::pair<std::string, std::string> before;
  {
    auto rows = tamper(story.ledger.folder());
    before = rows.rows(family).at(row);
    std::string changed = before.second;
    changed.at(at) = static_cast<char>(changed[at] ^ (1 << at % 8));
    rows.put(family, before.first, changed);
  }
  look(story.audited());
  auto rows = tamper(story.ledger.folder());
  rows.put(family, before.first, before.second);
}

// Every `step`-th byte of a row.
void change_each(Story& story, Tamper tamper(const fs::path&), std::size_t family, std::size_t row, std::size_t step, std::string_view place) {
  const std::size_t bytes = tamper(story.ledger.folder()).rows(family).at(row).second.size();
  for (std::size_t at = 0; at < bytes; at += step)
    change(story, tamper, family, row, at, [&](const Audit& audit) {
      INFO("byte " << at << " of " << bytes << '\n' << told(audit));
      CHECK_FALSE(audit.sound());
      CHECK(told(audit).find(place) != std::string::npos);
    });
}

void expect(const Story& story, std::string_view code, std::string_view place) {
  const auto audit = story.audited();
  INFO(told(audit));
  CHECK_FALSE(audit.sound());
  CHECK(found(audit, code, place));
}

}  // namespace

TEST_CASE("every changed byte of an entry, a batch, a sealed part and a checkpoint is found and named") {
  Story story;
  story.ledger.close();
  change_each(story, Tamper::log, Tamper::entries, 5, 5, "entry 5");
  change_each(story, Tamper::log, Tamper::batches, 5, 11, "entry 5");
  change_each(story, Tamper::log, Tamper::sealed, 0, 17, "position " + std::to_string(story.sealed_at.value));
  change_each(story, Tamper::log, Tamper::checkpoints, 6, 7, "checkpoint 7");
  CHECK(told(story.audited()) == "");
}

TEST_CASE("changed heads and a cursor beyond the log are found in the folds") {
  Story story;
  story.ledger.close();
  for (std::size_t row = 1; row < 5; ++row)
    change(story, Tamper::folds, Tamper::heads, row, 4, [&](const Audit& audit) { CHECK(found(audit, "fold.head", "stream")); });
  change(story, Tamper::folds, Tamper::heads, 0, 4, [&](const Audit& audit) { CHECK(found(audit, "fold.beyond", "store/folds")); });
  Tamper::folds(story.ledger.folder()).put(Tamper::heads, std::string(16, '\x11'), std::string(32, '\x01'));
  expect(story, "fold.head", "11111111-1111");
}

TEST_CASE("a changed tile, a changed entry under it and a missing tile are told apart") {
  Story story;
  story.grow(520 - 10);
  story.ledger.close();
  CHECK(told(story.audited()) == "");
  CHECK(story.audited().counts.tiles == 2);
  change(story, Tamper::folds, Tamper::tiles, 1, 7 * 32 + 3, [](const Audit& audit) {
    INFO(told(audit));
    CHECK(audit.errors == 1);
    CHECK(found(audit, "tile.wrong", "tile/0/001"));
    CHECK(audit.findings[0].sentence.find("entry 263") != std::string::npos);
  });
  // recorded_at: nothing but the tree tells.
  change(story, Tamper::log, Tamper::entries, 300, 16, [](const Audit& audit) {
    INFO(told(audit));
    CHECK(found(audit, "entry.not_signed", "entry 300"));
    CHECK_FALSE(found(audit, "tile.wrong", ""));
    CHECK_FALSE(found(audit, "checkpoint.root", ""));
  });
  change(story, Tamper::log, Tamper::entries, 515, 16, [](const Audit& audit) { CHECK(found(audit, "entry.not_signed", "entry 515")); });
}

TEST_CASE("a missing tile and one of no entry are named") {
  Story story;
  story.grow(300 - 10);
  story.ledger.close();
  {
    auto tamper = Tamper::folds(story.ledger.folder());
    const auto tile = tamper.rows(Tamper::tiles)[0];
    tamper.put(Tamper::tiles, std::string(1, '\0') + key_of(9), tile.second);
    tamper.erase(Tamper::tiles, tile.first);
  }
  expect(story, "tile.extra", "tile/0/009");
  expect(story, "tile.missing", "tile/0/000");
}

TEST_CASE("a wrong place of a long stream's event is found in the folds") {
  Story story;
  std::vector<Buffer> events;
  for (Version version = 4; version <= 130; ++version) events.push_back(case_assigned(story.open_case, version));
  story.ledger.record(story.first, events);
  story.grow(1);
  story.ledger.close();
  REQUIRE(Tamper::folds(story.ledger.folder()).rows(Tamper::skips).size() == 2);
  CHECK(told(story.audited()) == "");
  change(story, Tamper::folds, Tamper::skips, 1, 7, [&](const Audit& audit) { CHECK(found(audit, "fold.skip", to_string(story.open_case) + " version 128")); });
  Tamper::folds(story.ledger.folder()).put(Tamper::skips, std::string(20, '\x11'), key_of(3));
  expect(story, "fold.skip", "11111111-1111");
}

TEST_CASE("forged links are named by the event they belong to") {
  Story story;
  story.ledger.close();
  {
    auto tamper = Tamper::log(story.ledger.folder());
    auto row = tamper.rows(Tamper::batches)[7];  // the second close
    store_le<std::uint64_t>(reinterpret_cast<std::uint8_t*>(row.second.data()) + 12, 4);
    tamper.put(Tamper::batches, row.first, row.second);
  }
  expect(story, "link.wrong", "stream " + to_string(story.closed_case) + " version 3");
}

TEST_CASE("swapped, missing and extra rows are named") {
  Story story;
  story.ledger.close();
  const auto entries = Tamper::log(story.ledger.folder()).rows(Tamper::entries), batches = Tamper::log(story.ledger.folder()).rows(Tamper::batches);
  SECTION("two entries change places") {
    auto tamper = Tamper::log(story.ledger.folder());
    tamper.put(Tamper::entries, entries[6].first, entries[7].second);
    tamper.put(Tamper::entries, entries[7].first, entries[6].second);
  }
  SECTION("an entry is gone") { Tamper::log(story.ledger.folder()).erase(Tamper::entries, entries[6].first); }
  SECTION("a batch is gone") { Tamper::log(story.ledger.folder()).erase(Tamper::batches, batches[6].first); }
  SECTION("a batch is that of another entry") { Tamper::log(story.ledger.folder()).put(Tamper::batches, batches[6].first, batches[7].second); }
  expect(story, entries.empty() ? "" : story.audited().findings.at(0).code, "entry 6");
}

TEST_CASE("rows that belong to nothing are named, wherever they stand") {
  Story story;
  story.ledger.close();
  const auto copy = [&](Tamper::Log family, const std::string& key, std::size_t of) {
    auto tamper = Tamper::log(story.ledger.folder());
    tamper.put(family, key, tamper.rows(family)[of].second);
  };
  SECTION("entry") {
    copy(Tamper::entries, key_of(1'000'000'000'000), 3);
    expect(story, "entry.extra", "store/log");
  }
  SECTION("batch") {
    copy(Tamper::batches, key_of(5), 3);
    expect(story, "batch.extra", "store/log");
  }
  SECTION("batch behind the end") {
    copy(Tamper::batches, key_of(500), 3);
    expect(story, "batch.extra", "store/log");
  }
  SECTION("sealed part of an event that has none") {
    copy(Tamper::sealed, key_of(4) + std::string(2, '\0'), 0);
    expect(story, "sealed.extra", "position 4");
  }
  SECTION("checkpoint behind the end") {
    copy(Tamper::checkpoints, key_of(11), 3);
    expect(story, "checkpoint.extra", "store/log");
  }
  SECTION("a key of another length") {
    copy(Tamper::entries, "abc", 0);
    expect(story, "entry.extra", "store/log");
  }
}

TEST_CASE("a replaced checkpoint is named, and the last one missing leaves entries uncovered") {
  Story story;
  story.ledger.close();
  const auto notes = Tamper::log(story.ledger.folder()).rows(Tamper::checkpoints);
  SECTION("by that of another size") {
    Tamper::log(story.ledger.folder()).put(Tamper::checkpoints, notes[4].first, notes[5].second);
    expect(story, "checkpoint.wrong", "checkpoint 5");
  }
  SECTION("missing at the end") {
    Tamper::log(story.ledger.folder()).erase(Tamper::checkpoints, notes[9].first);
    expect(story, "checkpoint.missing", "entry 9");
  }
  SECTION("by a stranger's") {
    const Signer stranger = Signer::generate(story.ledger.origin());
    Tamper::log(story.ledger.folder()).put(Tamper::checkpoints, notes[4].first, sign_checkpoint({story.ledger.origin(), 5, {}}, stranger));
    expect(story, "checkpoint.wrong", "checkpoint 5");
  }
}
