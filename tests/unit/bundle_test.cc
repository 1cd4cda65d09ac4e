// The offline bundle: what is exported, that it stands by itself, and that no byte of it can be changed unseen.
#include "ledger/bundle.h"

#include <catch2/catch.hpp>
#include <set>

#include "ledger/beside.h"
#include "tests/support/audits.h"

using namespace caseledger;
using namespace samples;

namespace {

Audit audited(const fs::path& bundle, AuditOptions options = {}) {
  auto audit = audit_bundle(bundle, options);
  REQUIRE(audit);
  return std::move(*audit);
}

}  // namespace

TEST_CASE("a bundle holds the checkpoint, the key, and just the tiles, entries and batches of its size") {
  Story story;
  const Scratch scratch;
  const auto bundle = story.exported(scratch);
  CHECK(files_below(bundle) == std::vector<std::string>{"batch/000.p/10", "checkpoint", "tile/0/000.p/10", "tile/entries/000.p/10", "vkey"});
  CHECK(read(bundle / "checkpoint") == story.ledger->head().checkpoint);
  CHECK(read(bundle / "vkey") == story.ledger.log_vkey().text() + "\n");
  CHECK(fs::file_size(bundle / "tile/0/000.p/10") == 10 * 32);
  CHECK(fs::file_size(bundle / "tile/entries/000.p/10") == 10 * 154);
}

TEST_CASE("a bundle of several tiles has them all, full and partial, and audits clean") {
  Story story;
  story.grow(300 - 10);
  const Scratch scratch;
  const auto bundle = story.exported(scratch);
  CHECK(files_below(bundle) == std::vector<std::string>{"batch/000", "batch/001.p/44", "checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000",
                                                        "tile/entries/001.p/44", "vkey"});
  const auto audit = audited(bundle);
  CHECK(told(audit) == "");
  CHECK(audit.counts.entries == 300);
  CHECK(audit.counts.tiles == 3);
  CHECK(audit.checkpoint->size == 300);
}

TEST_CASE("a bundle of an earlier published size is what was served then") {
  Story story;
  const Scratch scratch;
  const auto bundle = story.exported(scratch, "early", {.size = 5, .withhold = {}, .progress = {}});
  CHECK(told(audited(bundle)) == "");
  CHECK(audited(bundle).checkpoint->size == 5);
  CHECK(files_below(bundle)[2] == "tile/0/000.p/5");
  CHECK(told(audited(story.exported(scratch, "first", {.size = 1, .withhold = {}, .progress = {}}))) == "");
  const auto unpublished = export_bundle(story.ledger->log(), {{story.ledger.log_vkey()}}, scratch / "never", {.size = 99, .withhold = {}, .progress = {}});
  REQUIRE_FALSE(unpublished);
  CHECK(unpublished.error().code == Errc::not_found);
  CHECK_FALSE(fs::exists(scratch / "never"));
}

TEST_CASE("a stopped and a running ledger give the same bundle") {
  Story story;
  const Scratch scratch;
  const auto running = story.exported(scratch, "running");
  const auto beside = open_log_beside(story.ledger.folder());  // while the ledger holds the folder
  REQUIRE(beside);
  REQUIRE(export_bundle(**beside, {{story.ledger.log_vkey()}}, scratch / "beside"));
  story.ledger.close();
  const auto stopped = open_log_beside(story.ledger.folder());
  REQUIRE(stopped);
  REQUIRE(export_bundle(**stopped, {{*genesis_log_key(**stopped)}}, scratch / "stopped"));
  for (const auto& file : files_below(running)) {
    CHECK(read(running / file) == read(scratch / "beside/" / file));
    CHECK(read(running / file) == read(scratch / "stopped/" / file));
  }
}

TEST_CASE("an export refuses a target that holds anything, and takes an empty folder") {
  Story story;
  const Scratch scratch;
  fs::create_directories(scratch / "full");
  write(scratch / "full/something", "mine");
  const auto refused = export_bundle(story.ledger->log(), {{story.ledger.log_vkey()}}, scratch / "full");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::usage);
  CHECK(files_below(scratch / "full") == std::vector<std::string>{"something"});
  fs::create_directories(scratch / "empty");
  CHECK(export_bundle(story.ledger->log(), {{story.ledger.log_vkey()}}, scratch / "empty/"));
  CHECK(fs::exists(scratch / "empty/checkpoint"));
}

TEST_CASE("an export that fails leaves nothing behind") {
  Story story;
  const Scratch scratch;
  story.ledger.close();
  {
    auto tamper = Tamper::log(story.ledger.folder());
    auto entry = tamper.rows(Tamper::entries)[4];
    entry.second[20] ^= 1;
    tamper.put(Tamper::entries, entry.first, entry.second);
  }
  const auto log = open_log_beside(story.ledger.folder());
  REQUIRE(log);
  const auto refused = export_bundle(**log, {{story.ledger.log_vkey()}}, scratch / "bundle");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::verification_failed);
  CHECK(files_below(scratch / "").empty());
}

TEST_CASE("withheld events leave their leaf hash: everything still proves, and what cannot be judged is said") {
  Story story;
  const Scratch scratch;
  const auto opened = [](const EventView& event) { return event.type == schema::Body::CaseOpened; };
  const auto bundle = story.exported(scratch, "bundle", {.size = {}, .withhold = opened, .progress = {}});
  const auto audit = audited(bundle);
  CHECK(told(audit) == "");
  CHECK(audit.counts.withheld_events == 2);
  CHECK(audit.counts.unjudged_events > 0);
  CHECK(audit.not_checked.size() >= 3);
}

TEST_CASE("every changed byte of a bundle is found") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const StreamId stream = new_stream();
  ledger.record(author, {case_opened(stream), case_assigned(stream, 2)});
  ledger.record(author, {case_assigned(stream, 3)});
  const Scratch scratch;
  const fs::path bundle = scratch / "bundle";
  REQUIRE(export_bundle(ledger->log(), {{ledger.log_vkey()}}, bundle));
  REQUIRE(told(audited(bundle)) == "");
  AuditOptions options;
  options.threads = 1;
  const bool trusted = GENERATE(false, true);
  if (trusted) options.log_key = ledger.log_vkey();
  std::size_t flips = 0, unseen = 0, elsewhere = 0;
  for (const auto& file : files_below(bundle)) {
    const std::string whole = read(bundle / file);
    for (std::size_t at = 0; at < whole.size(); ++at, ++flips) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
      write(bundle / file, changed);
      const auto audit = audited(bundle, options);
      const bool seen = !audit.sound();
      const bool named = std::ranges::any_of(audit.findings, [&](const Finding& f) { return f.place.path == file; });
      if (!seen || !named) UNSCOPED_INFO(file << " byte " << at << (seen ? " is found, but not named:\n" : " is not found:\n") << told(audit));
      unseen += !seen;
      elsewhere += seen && !named;
    }
    write(bundle / file, whole);
  }
  CHECK(flips > 2000);
  CHECK(unseen == 0);
  CHECK(elsewhere == 0);
}

TEST_CASE("files that a bundle lacks, has too much of, or has besides are named") {
  Story story;
  story.grow(260 - 10);
  const Scratch scratch;
  const auto bundle = story.exported(scratch);
  const auto all = files_below(bundle);
  for (const auto& file : all) {
    const std::string whole = read(bundle / file);
    INFO(file);
    for (const std::string& changed : {whole + '\0', whole.substr(0, whole.size() - 1), std::string()}) {
      write(bundle / file, changed);
      const auto audit = audited(bundle);
      CHECK_FALSE(audit.sound());
      CHECK(std::ranges::any_of(audit.findings, [&](const Finding& f) { return f.place.path == file; }));
    }
    fs::remove(bundle / file);
    const auto audit = audited(bundle);
    CHECK_FALSE(audit.sound());
    CHECK(std::ranges::any_of(audit.findings, [&](const Finding& f) { return f.place.path == file; }));
    write(bundle / file, whole);
  }
  write(bundle / "tile/0/001.p/3", std::string(96, 'x'));
  const auto audit = audited(bundle);
  CHECK(audit.sound());
  CHECK(found(audit, "file.unexpected", "tile/0/001.p/3"));
}

TEST_CASE("a bundle by another log's key is not trusted") {
  Story story;
  const Scratch scratch;
  const auto bundle = story.exported(scratch);
  const Signer stranger = Signer::generate(story.ledger.origin());
  AuditOptions options;
  options.log_key = stranger.vkey();
  const auto audit = audited(bundle, options);
  CHECK(found(audit, "vkey.wrong", "vkey"));
  CHECK(found(audit, "checkpoint.wrong", "checkpoint"));
  CHECK_FALSE(audit.checkpoint);
}

TEST_CASE("a served log is audited by its paths: without batches all but the events, with them everything") {
  Story story;
  story.grow(20);
  const Scratch scratch;
  const Fetch folder = fetch_from(story.exported(scratch));
  AuditOptions options;
  CHECK(audit_served(folder, options).error().code == Errc::usage);
  options.log_key = story.ledger.log_vkey();
  std::set<std::string> asked;
  const auto public_only = audit_served(
      [&](const std::string& path) -> Result<Buffer> {
        asked.insert(path);
        if (path.starts_with("batch/")) return fail(Errc::not_found, path);
        return folder(path);
      },
      options);
  REQUIRE(public_only);
  CHECK(told(*public_only) == "");
  CHECK(public_only->counts.entries == 30);
  CHECK(public_only->counts.events == 0);
  CHECK(public_only->counts.signatures == 31);
  CHECK(asked.contains("tile/entries/000.p/30"));
  const auto all = audit_served(folder, options);
  REQUIRE(all);
  CHECK(told(*all) == "");
  CHECK(all->counts.events == story.ledger->head().next.value);
  CHECK(all->counts.unjudged_events == 0);
}
