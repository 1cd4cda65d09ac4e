// The audit of a data folder: a sound ledger has no findings, and each way to tamper with one is found and named by place.
#include "ledger/audit.h"

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

TEST_CASE("a sound ledger has no findings, running or stopped, and everything is counted") {
  Story story;
  for (const bool running : {true, false}) {
    if (!running) story.ledger.close();
    const auto audit = story.audited();
    CHECK(told(audit) == "");
    CHECK(audit.sound());
    CHECK(audit.counts.entries == 10);
    CHECK(audit.counts.events == 12);
    CHECK(audit.counts.signatures == 20);
    CHECK(audit.counts.checkpoints == 10);
    CHECK(audit.counts.streams == 4);
    CHECK(audit.counts.sealed_parts == 1);
    CHECK(audit.counts.opened_parts == 1);
    CHECK(audit.counts.unjudged_events == 0);
    CHECK(audit.checkpoint->size == 10);
  }
}

TEST_CASE("an audit changes nothing in the folder and takes no lock") {
  Story story;
  story.ledger.close();
  const auto before = files_below(story.ledger.folder());
  CHECK(told(story.audited()) == "");
  CHECK(files_below(story.ledger.folder()) == before);
  REQUIRE(story.ledger.open());
  CHECK(told(story.audited()) == "");
  story.grow(3);
  CHECK(story.audited().counts.entries == 13);
}

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

TEST_CASE("held to another key than its own, a log does not hold") {
  Story story;
  const Signer stranger = Signer::generate(story.ledger.origin());
  AuditOptions options;
  options.log_key = stranger.vkey();
  const auto audit = story.audited(options);
  CHECK(found(audit, "log_key.wrong", "entry 0"));
  CHECK(found(audit, "checkpoint.wrong", "checkpoint 10"));
  options.log_key = story.ledger.log_vkey();
  CHECK(told(story.audited(options)) == "");
}

TEST_CASE("what a compromised key signed is listed from the position on that its revocation names") {
  Story story;
  const auto from = story.ledger.record(story.second, {case_assigned(story.open_case, 4)}).first_position;
  story.ledger.record(story.second, {case_assigned(story.open_case, 5)});
  story.ledger.record(story.first, {case_assigned(story.open_case, 6)});
  const StreamId governance = rules::governance_stream(story.ledger.origin());
  story.ledger.record(story.ledger.governor(), {event("ProposalMade", "governance", governance, story.ledger.state(governance).version + 1,
                                                      R"({"action":{"type":"KeyRevoked","vkey":")" + story.second.vkey().text() + R"(","compromised_from":)" +
                                                          std::to_string(from.value) + R"(,"reason":"stolen"}})",
                                                      {.jurisdiction = {}, .operator_code = "governor"})});
  story.grow(2);
  const auto audit = story.audited();
  INFO(told(audit));
  CHECK(audit.sound());
  CHECK(audit.counts.suspect_entries == 2);
  CHECK(found(audit, "key.compromised", "position " + std::to_string(from.value)));
  CHECK(audit.findings.size() == 2);
}

TEST_CASE("imported facts that the rules would have refused are counted, not found") {
  Story story;
  const StreamId stream = new_stream();
  const auto imported = [&](Version version, std::string_view type, std::string_view body) {
    return imported_event(type, "case", stream, version, body);
  };
  story.ledger.record(story.importer, {imported(1, "CaseOpened", R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00","precision":"minute"}],)"
                                                                 R"("missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})"),
                                       imported(2, "CaseClosed", R"({"reason":"recovered"})"), imported(3, "CaseSuspendedLongTerm", R"({"criteria":"none","next_review_at":"2025-03-05T14:00:00Z"})")});
  const auto audit = story.audited();
  CHECK(told(audit) == "");
  CHECK(audit.counts.imported_anomalies == 2);
}

TEST_CASE("what the rules refuse is found although the log signed it, event by event") {
  Forger forger;
  forger.genesis();
  const Signer author = forger.enrol({"case_system"}), machine = forger.enrol({"automated_source"});
  const StreamId stream = new_stream();
  forger.record(author, {case_opened(stream), case_assigned(stream, 2)});
  REQUIRE(told(forger.audited()) == "");
  const auto refused = [&](std::string_view code, std::string_view place) {
    const auto audit = forger.audited();
    INFO(told(audit));
    CHECK(audit.errors == 1);
    CHECK(found(audit, code, place));
  };
  const std::string case_place = "position 5, stream " + to_string(stream);
  const auto close = [&](Version version, std::string who, std::string causes) {
    return event("CaseClosed", "case", stream, version, R"({"reason":"unfounded"})", {.operator_code = std::move(who), .causes = std::move(causes)});
  };
  SECTION("an author who is not enrolled") {
    forger.record(Signer::generate("stranger.test"), {case_assigned(stream, 3)});
    refused("rules.unknown_author", "entry 4");
  }
  SECTION("an author whose role does not cover the event") {
    forger.record(machine, {case_assigned(stream, 3)});
    refused("rules.not_permitted", case_place + " version 3");
  }
  SECTION("a version left out") {
    forger.record(author, {case_assigned(stream, 4)});
    refused("rules.version_conflict", case_place + " version 4");
  }
  SECTION("a version twice") {
    forger.record(author, {case_assigned(stream, 2)});
    refused("rules.version_conflict", case_place + " version 2");
  }
  SECTION("a transition that is not legal") {
    forger.record(author, {event("CaseClosed", "case", stream, 3, R"({"reason":"recovered"})")});
    refused("rules.illegal_transition", case_place + " version 3");
  }
  SECTION("one pair of eyes") {
    forger.record(author, {close(3, "op-1", "[]")});
    forger.record(author, {close(4, "op-2", R"([{"stream":")" + to_string(stream) + R"(","version":3}])")});
    refused("rules.four_eyes", "position 6, stream " + to_string(stream) + " version 4");
  }
  SECTION("a reference to nothing") {
    forger.record(author, {case_assigned(stream, 3, {.causes = R"([{"stream":")" + to_string(new_stream()) + R"(","version":1}])"})});
    refused("rules.unresolved_reference", case_place + " version 3");
  }
  SECTION("an event from the future") {
    forger.now -= 200'000'000'000'000;
    forger.record(author, {case_assigned(stream, 3)});
    const auto audit = forger.audited();
    INFO(told(audit));
    CHECK(found(audit, "rules.future", case_place + " version 3"));
    CHECK(found(audit, "entry.time", "entry 4"));
  }
  SECTION("positions that are left out") {
    forger.next = forger.next + 7;
    forger.record(author, {case_assigned(stream, 3)});
    forger.record(author, {case_opened(new_stream())});
    refused("entry.chain", "entry 4");
  }
  SECTION("a type that has no place in the stream") {
    forger.record(author, {event("AlertActioned", "case", stream, 3, R"({"action":"none","at":"2024-03-05T20:00:00Z","result":"no_contact"})")});
    const auto audit = forger.audited();
    INFO(told(audit));
    CHECK(found(audit, "event.malformed", case_place + " version 3"));
  }
  SECTION("a second genesis") {
    forger.genesis();
    CHECK(found(forger.audited(), "rules.version_conflict", "position 5"));
  }
}

TEST_CASE("nothing counts before genesis") {
  Forger forger;
  const Signer author = Signer::generate("early.test");
  forger.record(author, {case_opened(new_stream())});
  forger.genesis();
  AuditOptions options;
  options.log_key = forger.log_key.vkey();
  const auto audit = *audit_folder(forger.folder(), options);
  INFO(told(audit));
  CHECK(found(audit, "rules.illegal_transition", "position 0"));
  CHECK(found(forger.audited(), "log_key.unknown", "store/log"));
}

TEST_CASE("findings past the maximum are counted") {
  Story story;
  const Signer stranger = Signer::generate(story.ledger.origin());
  AuditOptions options;
  options.log_key = stranger.vkey();
  options.findings_max = 3;
  const auto audit = story.audited(options);
  CHECK(audit.findings.size() == 3);
  CHECK(audit.further_findings > 3);
  CHECK(audit.errors == audit.findings.size() + audit.further_findings);
}
