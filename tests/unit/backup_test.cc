// Backups: taken beside a running ledger, a run at a time, and put back only when everything in them is what was signed.
#include "ledger/backup.h"

#include <catch2/catch.hpp>

#include "tests/support/audits.h"

using namespace samples;
using namespace caseledger;

namespace {

// A running ledger with cases and sealed notes, and where its backups go.
struct Safe {
  Scratch scratch;
  TestLedger ledger;
  Signer desk = ledger.enrol({"case_system"});
  fs::path backup = scratch / "backup", vault = scratch / "vault.copy", target = scratch / "restored";

  Safe() { write(ledger.folder() / "ledger.toml", "origin = \"" + ledger.origin() + "\"\n"); }
  void grow(int cases) {
    for (int i = 0; i < cases; ++i) {
      const auto stream = new_stream();
      const auto noted = case_noted(stream, 2, "note " + std::to_string(i));
      auto openings = noted.openings;
      openings[0].event = 1;
      ledger.record(desk, {case_opened(stream), noted.event}, openings);
    }
  }
  Result<BackedUp> run(const fs::path& keys = {}) { return back_up(ledger.folder(), ledger.log_vkey(), backup, {.vault = keys, .progress = {}}); }
  BackedUp backed_up(const fs::path& keys = {}) {
    const auto done = run(keys);
    INFO((done ? "" : done.error().sentence));
    REQUIRE(done);
    return *done;
  }
  Result<Restored> back(RestoreOptions options = {}) { return restore(backup, target, options); }
  RestoreOptions with_keys() const { return {.log_key = ledger.log_vkey(), .vault = vault, .last_signed = {}, .progress = {}}; }
  std::size_t beside() const {  // what a restore may have left
    std::size_t count = 0;
    for (const auto& each : fs::directory_iterator(scratch / "")) count += each.path().filename().string().starts_with("restored");
    return count;
  }
};

std::string sentence(const Result<Restored>& restored) { return restored ? "restored" : std::string(name(restored.error().code)) + ": " + restored.error().sentence; }

}  // namespace

TEST_CASE("a ledger backed up in several runs while it writes is put back as it was, and goes on", "[backup]") {
  Safe safe;
  safe.grow(300);
  const auto first = safe.backed_up();
  CHECK(first.before == 0);
  CHECK(first.checkpoint.size == safe.ledger->head().size);
  safe.grow(1);
  const auto second = safe.backed_up();
  CHECK(second.before == first.checkpoint.size);
  CHECK(second.bytes < first.bytes / 20);
  CHECK(safe.backed_up().bytes == 0);  // nothing new
  safe.grow(20);
  safe.ledger.close();
  const auto third = safe.backed_up(safe.vault);
  REQUIRE(safe.ledger.open());

  const auto restored = safe.back(safe.with_keys());
  REQUIRE(sentence(restored) == "restored");
  CHECK(restored->checkpoint == third.checkpoint);
  CHECK(restored->audit.counts.events == safe.ledger->head().next.value);
  CHECK(restored->audit.counts.opened_parts == 321);
  CHECK(restored->audit.counts.checkpoints == third.checkpoint.size);
  CHECK(restored->erased_subjects == 0);
  CHECK(fs::exists(safe.target / "ledger.toml"));
  CHECK_FALSE(fs::exists(safe.target / "keys" / "log.key"));
  CHECK((fs::status(safe.target).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);

  const auto before = safe.ledger->head();
  safe.ledger.close();
  fs::remove_all(safe.ledger.folder());
  fs::rename(safe.target, safe.ledger.folder());
  REQUIRE(safe.ledger.open());
  CHECK(safe.ledger->head().checkpoint == before.checkpoint);
  safe.grow(1);
  CHECK(safe.ledger->head().size == before.size + 1);
}

TEST_CASE("a backup holds no key; without the copy of the vault its sealed parts stay shut", "[backup]") {
  Safe safe;
  safe.grow(3);
  safe.backed_up(safe.vault);
  const std::string root = read(safe.ledger.folder() / "vault/root");
  for (const auto& file : files_below(safe.backup)) {
    CHECK(read(safe.backup / file).find(root) == std::string::npos);
    CHECK((fs::status(safe.backup / file).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
  }
  const auto restored = safe.back();
  REQUIRE(sentence(restored) == "restored");
  CHECK(restored->audit.counts.sealed_parts == 3);
  CHECK(restored->audit.counts.opened_parts == 0);
}

TEST_CASE("ledger, backup and the vault's copy lie apart, whatever way their paths are written", "[backup]") {
  Safe safe;
  safe.grow(1);
  const fs::path ledger = safe.ledger.folder();
  const auto refused = [&](const fs::path& backup, const fs::path& vault) {
    const auto done = back_up(ledger, safe.ledger.log_vkey(), backup, {.vault = vault, .progress = {}});
    return !done && done.error().code == Errc::usage;
  };
  CHECK(refused(ledger / "backup", safe.vault));
  CHECK(refused(ledger, safe.vault));
  CHECK(refused(safe.backup, ledger / "vault.copy"));
  CHECK(refused(safe.backup, safe.backup / "vault.copy"));
  fs::create_directory_symlink(safe.backup, safe.scratch / "link");
  fs::create_directory(safe.backup);
  CHECK(refused(safe.backup, safe.scratch / "link" / "vault.copy"));
  CHECK_FALSE(fs::exists(safe.backup / "checkpoint"));
  safe.backed_up(safe.backup.string() + ".vault");
}

TEST_CASE("a restore refuses a folder that is there, and a log that ends before what was signed", "[backup]") {
  Safe safe;
  safe.grow(3);
  safe.backed_up();
  fs::create_directory(safe.target);
  CHECK(safe.back().error().code == Errc::usage);
  fs::remove(safe.target);

  RestoreOptions options;
  options.last_signed = safe.scratch / "last-signed";
  CHECK(safe.back(options).error().code == Errc::not_found);
  fs::copy(safe.ledger.folder() / "last-signed", options.last_signed);
  REQUIRE(sentence(safe.back(options)) == "restored");
  fs::remove_all(safe.target);
  safe.grow(1);
  fs::copy(safe.ledger.folder() / "last-signed", options.last_signed, fs::copy_options::overwrite_existing);
  const auto shorter = safe.back(options);
  CHECK(shorter.error().code == Errc::verification_failed);
  CHECK_THAT(shorter.error().sentence, Catch::Contains("last_signed.shorter"));
  CHECK(safe.beside() == 0);

  const Signer other = Signer::generate(safe.ledger.origin());
  CHECK(safe.back({.log_key = other.vkey(), .vault = {}, .last_signed = {}, .progress = {}}).error().code == Errc::wrong_origin);
  CHECK(restore(safe.scratch / "nowhere", safe.target).error().code == Errc::not_found);
}

TEST_CASE("every changed byte of a backup, and a cut anywhere, is found before anything is put in place", "[backup]") {
  Safe safe;
  safe.grow(2);
  safe.backed_up(safe.vault);
  safe.grow(1);
  safe.backed_up(safe.vault);
  for (const auto& file : files_below(safe.backup)) {
    if (file == "ledger.toml") continue;  // configuration is nobody's evidence
    const std::string whole = read(safe.backup / file);
    for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 25) {
      INFO(file << ' ' << at);
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      write(safe.backup / file, changed);
      CHECK_FALSE(safe.back(safe.with_keys()));
      write(safe.backup / file, whole.substr(0, at));
      CHECK_FALSE(safe.back(safe.with_keys()));
    }
    fs::remove(safe.backup / file);
    CHECK_FALSE(safe.back(safe.with_keys()));
    write(safe.backup / file, whole);
  }
  CHECK(safe.beside() == 0);
  REQUIRE(sentence(safe.back(safe.with_keys())) == "restored");
}

TEST_CASE("a run that a crash cut off leaves the backup as it was, and the next one makes up for it", "[backup]") {
  Safe safe;
  safe.grow(2);
  safe.backed_up();
  const std::string checkpoint = read(safe.backup / "checkpoint");
  safe.grow(2);
  const auto cut_off = safe.backed_up();
  write(safe.backup / "checkpoint", checkpoint);  // it came as far as the segment
  const auto restored = safe.back();
  REQUIRE(sentence(restored) == "restored");
  CHECK(restored->checkpoint.size == cut_off.before);
  fs::remove_all(safe.target);
  safe.grow(2);
  const auto again = safe.backed_up();
  CHECK(again.before == cut_off.before);
  REQUIRE(sentence(safe.back()) == "restored");
}

TEST_CASE("a backup takes no other log, and no log that is damaged or shorter than itself", "[backup]") {
  Safe safe;
  safe.grow(2);
  safe.backed_up();
  Safe other;
  other.grow(2);
  CHECK(back_up(other.ledger.folder(), other.ledger.log_vkey(), safe.backup).error().code == Errc::wrong_origin);
  const auto taken = safe.scratch / "taken";
  fs::create_directory(taken);
  write(taken / "letter", "dear");
  CHECK(back_up(safe.ledger.folder(), safe.ledger.log_vkey(), taken).error().code == Errc::usage);
  CHECK(back_up(safe.scratch / "nowhere", safe.ledger.log_vkey(), safe.scratch / "new").error().code == Errc::not_found);

  const auto early = safe.scratch / "early";
  safe.ledger.close();
  fs::copy(safe.ledger.folder(), early, fs::copy_options::recursive);
  REQUIRE(safe.ledger.open());
  safe.grow(1);
  safe.backed_up();
  CHECK(back_up(early, safe.ledger.log_vkey(), safe.backup).error().code == Errc::verification_failed);
}

TEST_CASE("a key erased since an earlier run does not come back with the copy of the vault made after it", "[backup]") {
  Safe safe;
  const auto stream = new_stream();
  const auto noted = case_noted(stream, 2, "about someone");
  auto openings = noted.openings;
  openings[0].event = 1;
  safe.ledger.record(safe.desk, {case_opened(stream), noted.event}, openings);
  const SubjectId subject = uuid_of(*view_event(noted.event).fields->parts()->Get(0)->subject());
  safe.backed_up(safe.vault);
  REQUIRE(safe.ledger->vault().erase(std::vector{subject}));
  safe.backed_up(safe.vault);
  const auto restored = safe.back(safe.with_keys());
  REQUIRE(sentence(restored) == "restored");
  CHECK(restored->audit.counts.opened_parts == 0);
  const auto vault = store::Vault::open(safe.target / "vault", safe.ledger.origin());
  CHECK((*vault)->erased(subject));
}
