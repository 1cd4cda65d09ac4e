// Released editions as files: what goes along with a bundle and a backup, and what the audit says of those that lie there.
#include "ledger/editions.h"

#include <catch2/catch.hpp>

#include "ledger/backup.h"
#include "ledger/rules/authority.h"
#include "tests/support/audits.h"

using namespace caseledger;
using namespace samples;

namespace {

// A ledger that has released what it is asked to.
struct Library {
  Scratch scratch;
  TestLedger ledger;
  Signer desk = ledger.enrol({"case_system"});
  fs::path bundle = scratch / "bundle";

  // Keeps the text and records its release; its path.
  std::string release(const std::string& period, const std::string& text) {
    const std::uint64_t size = ledger->head().size;
    const StreamId governance = rules::governance_stream(ledger.origin());
    ledger.record(ledger.service(), {event("ReportReleased", "governance", governance, ledger.state(governance).version + 1,
                                           R"({"template_id":"transparency","template_version":"3","period":")" + period + R"(","as_of_size":)" + std::to_string(size) + R"(,"as_of_root":")" +
                                               std::string(64, '0') + R"(","definitions_version":"1","sha256":")" + hex(sha256(bytes_of(text)).bytes) + R"("})",
                                           {.handling = "open"})});
    const std::string path = edition_path(edition_place("transparency", period, size));
    fs::create_directories((ledger.folder() / path).parent_path());
    write(ledger.folder() / path, text);
    return path;
  }
  Exported exported(ExportOptions options = {}) {
    options.editions = ledger.folder();
    return export_bundle(ledger->log(), {{ledger.log_vkey()}}, bundle, options).value();
  }
  Audit of_folder() { return audit_folder(ledger.folder()).value(); }
  Audit of_bundle() { return audit_bundle(bundle).value(); }
};

bool says(const Audit& audit, std::string_view what) {
  return std::ranges::any_of(audit.not_checked, [&](const std::string& sentence) { return sentence.find(what) != sentence.npos; });
}

}  // namespace

TEST_CASE("an edition lies where its template, its period and its as-of say") {
  CHECK(edition_path(edition_place("transparency", "2024-Q3", 123)) == "releases/transparency/2024-Q3/123.json");
  CHECK(edition_place("transparency", "2024-01-01T00:00:00Z/2024-02-01T00:00:00Z", 7) == "transparency/2024-01-01T00.00.00Z_2024-02-01T00.00.00Z/7");
}

TEST_CASE("the audit holds released editions to their events, in a folder and in a bundle") {
  Library library;
  const std::string march = library.release("2024-03", "what March came to"), april = library.release("2024-04", "what April came to");
  CHECK(library.exported().editions == 2);
  const auto sound = [](const Audit& audit) { return told(audit) == "" && audit.counts.editions == 2; };
  CHECK(sound(library.of_folder()));
  CHECK(sound(library.of_bundle()));
  const bool bundled = GENERATE(false, true);
  const fs::path folder = bundled ? library.bundle : library.ledger.folder();
  const auto audited = [&] { return bundled ? library.of_bundle() : library.of_folder(); };

  write(folder / march, "what march came to");
  auto audit = audited();
  CHECK_FALSE(audit.sound());
  CHECK(found(audit, "edition.wrong", march));
  CHECK(audit.counts.editions == 1);

  fs::remove(folder / march);
  audit = audited();
  CHECK(told(audit) == "");
  CHECK(says(audit, "1 editions that were released"));

  write(folder / "releases/transparency/2024-03/99999.json", "never released");
  audit = audited();
  CHECK(audit.sound());
  CHECK(found(audit, "file.unexpected", "releases/transparency/2024-03/99999.json"));
}

TEST_CASE("a bundle brings the editions that were released by its size, and of these only what it tells") {
  Library library;
  const std::string march = library.release("2024-03", "what March came to");
  const std::uint64_t size = library.ledger->head().size;
  library.release("2024-04", "what April came to");
  write(library.ledger.folder() / "releases/draft.json", "never released");
  CHECK(library.exported({.size = size, .withhold = {}, .progress = {}}).editions == 1);
  CHECK(editions_in(library.bundle).value() == std::vector{march});
  CHECK(told(library.of_bundle()) == "");
}

TEST_CASE("a backup keeps released editions, and a damaged one does not keep the ledger from coming back", "[backup]") {
  Library library;
  const fs::path backup = library.scratch / "backup";
  const auto backed_up = [&] { REQUIRE(back_up(library.ledger.folder(), library.ledger.log_vkey(), backup)); };
  const std::string march = library.release("2024-03", "what March came to");
  backed_up();
  const std::string april = library.release("2024-04", "what April came to");
  backed_up();
  CHECK(editions_in(backup).value() == std::vector{march, april});
  write(backup / march, "what march came to");
  const fs::path restored = library.scratch / "restored";
  REQUIRE(restore(backup, restored));
  CHECK(read(restored / april) == "what April came to");
  CHECK(found(audit_folder(restored).value(), "edition.wrong", march));
}
