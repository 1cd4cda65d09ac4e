// Excision where copies of the log lie: audits of folders and bundles, backups and what is restored from them, a crash half-way.
#include <catch2/catch.hpp>

#include "ledger/backup.h"
#include "ledger/backup_segment.h"
#include "ledger/core/sealed.h"
#include "projections/runner.h"
#include "tests/support/excised.h"

using namespace samples;
using namespace caseledger;

namespace {

constexpr std::string_view marker = "cw-nobody-may-read-this-any-more";

// A ledger with an event that is to go.
struct Desk {
  Scratch scratch;
  TestLedger ledger;
  Signer clerk = ledger.enrol({"case_system"}), officer = ledger.enrol({"privacy_officer"});
  StreamId stream = new_stream();
  Buffer goes = event("CaseAssigned", "case", stream, 2, R"({"to_actor":")" + std::string(marker) + "\"}");
  Position at;
  fs::path backup = scratch / "backup", target = scratch / "restored", bundle = scratch / "bundle";

  Desk() {
    const auto noted = case_noted(stream, 3, "the sealed note");
    auto openings = noted.openings;
    openings[0].event = 2;
    at = ledger.record(clerk, {case_opened(stream), goes, noted.event}, openings).first_position + 1;
    ledger.record(clerk, {case_assigned(stream, 4)});
  }
  void excise() {
    REQUIRE(samples::excise(ledger, officer, excision(stream, 2, at, "case")));
    REQUIRE(purged(ledger));
  }
  Audit audited() {
    const auto audit = audit_folder(ledger.folder(), trusting(ledger.log_vkey()));
    REQUIRE(audit);
    return *audit;
  }
  BackedUp backed_up() {
    const auto done = back_up(ledger.folder(), ledger.log_vkey(), backup);
    INFO((done ? "" : done.error().sentence));
    REQUIRE(done);
    return *done;
  }
  Restored restored() {
    const auto done = restore(backup, target, {.log_key = ledger.log_vkey(), .vault = {}, .last_signed = {}, .progress = {}});
    INFO((done ? "" : done.error().sentence));
    REQUIRE(done);
    return *done;
  }
};

}  // namespace

TEST_CASE("an event whose bytes are gone from the folder without a decision is a finding", "[excision]") {
  Desk desk;
  desk.ledger.close();
  {
    auto log = store::Log::open(desk.ledger.folder() / "store" / "log");
    REQUIRE(log);
    auto group = (*log)->group();
    REQUIRE((*log)->excise(group, std::array{desk.at}));
    REQUIRE((*log)->commit(group));
  }
  const auto audit = desk.audited();
  INFO(told(audit));
  CHECK_FALSE(audit.sound());
  CHECK(found(audit, "event.missing", "position " + std::to_string(desk.at.value)));
}

TEST_CASE("an event whose bytes came back after their excision is a finding", "[excision]") {
  Desk desk;
  desk.ledger.close();
  std::string row;
  {
    auto log = store::Log::open(desk.ledger.folder() / "store" / "log", store::Access::read);
    auto rows = (*log)->rows(store::Log::Family::batches);
    for (rows.seek_first(); rows.valid() && load_be<std::uint64_t>(rows.key().data()) + 1 != desk.at.value; rows.next()) {}
    REQUIRE(rows.valid());
    row = std::string(text_of(rows.value()));
  }
  REQUIRE(desk.ledger.open());
  desk.excise();
  CHECK(desk.audited().sound());
  desk.ledger.close();
  {
    auto log = store::Log::open(desk.ledger.folder() / "store" / "log");
    auto group = (*log)->group();
    std::uint8_t key[8];
    store_be(key, desk.at.value - 1);
    group.add_row(store::Log::Family::batches, key, bytes_of(row));
    REQUIRE((*log)->commit(group));
  }
  const auto audit = desk.audited();
  CHECK_FALSE(audit.sound());
  CHECK(found(audit, "event.not_excised", "position " + std::to_string(desk.at.value)));
}

TEST_CASE("a bundle from before an excision has the event, one from after it has its hash, and both hold", "[excision]") {
  Desk desk;
  REQUIRE(export_bundle(desk.ledger->log(), {{desk.ledger.log_vkey()}}, desk.scratch / "early"));
  desk.excise();
  REQUIRE(export_bundle(desk.ledger->log(), {{desk.ledger.log_vkey()}}, desk.bundle));
  CHECK(gone_from(desk.bundle, marker));
  for (const auto& folder : {desk.scratch / "early", desk.bundle}) {
    const auto audit = audit_bundle(folder, trusting(desk.ledger.log_vkey()));
    REQUIRE(audit);
    INFO(told(*audit));
    CHECK(audit->findings.empty());
    CHECK(audit->counts.excised_events == (folder == desk.bundle ? 1 : 0));
    CHECK(audit->counts.withheld_events == 0);
    CHECK(audit->counts.unjudged_events == 0);
  }
  const auto older = export_bundle(desk.ledger->log(), {{desk.ledger.log_vkey()}}, desk.scratch / "older", {.size = desk.ledger->head().size - 2, .withhold = {}, .progress = {}});
  REQUIRE(older);  // of a size before the decision: there it counts as withheld
  CHECK(audit_bundle(desk.scratch / "older", trusting(desk.ledger.log_vkey()))->counts.withheld_events == 1);
}

TEST_CASE("the backup's next run leaves an excised event in none of its segments", "[excision][backup]") {
  Desk desk;
  desk.backed_up();
  desk.ledger.record(desk.clerk, {case_assigned(desk.stream, 5)});
  desk.backed_up();
  REQUIRE_FALSE(files_with(desk.backup, marker).empty());
  desk.excise();
  const auto sealed = files_below(desk.backup);
  CHECK(desk.backed_up().rewritten == 1);
  CHECK(gone_from(desk.backup, marker));
  CHECK(files_below(desk.backup).size() == sealed.size() + 1);
  CHECK(desk.backed_up().rewritten == 0);
  const auto restored = desk.restored();
  CHECK(restored.excised_events == 0);
  CHECK(restored.audit.counts.excised_events == 1);
  CHECK(restored.audit.sound());
  CHECK(gone_from(desk.target, marker));
}

TEST_CASE("a restore from media that no later run could reach leaves out what was excised", "[excision][backup]") {
  Desk desk;
  desk.backed_up();
  const auto kept = read(backup::segment_path(desk.backup, 0));
  desk.excise();
  desk.backed_up();
  write(backup::segment_path(desk.backup, 0), kept);  // as a tape would bring it back
  const auto restored = desk.restored();
  CHECK(restored.excised_events == 1);
  CHECK(restored.audit.sound());
  CHECK(gone_from(desk.target, marker));
}

TEST_CASE("folds that a crash left behind a decision, or that are gone, come to the same state", "[excision]") {
  Desk desk;
  const auto tip = new_stream();
  const auto alone = desk.ledger.record(desk.clerk, {alert_raised(tip)}).first_position;  // all there is of its stream
  const auto folds = desk.ledger.folder() / "store" / "folds", kept = desk.scratch / "folds";
  desk.ledger.close();
  fs::copy(folds, kept, fs::copy_options::recursive);
  REQUIRE(desk.ledger.open());
  desk.excise();
  REQUIRE(samples::excise(desk.ledger, desk.officer, excision(tip, 1, alone, "alert")));
  const auto of_case = desk.ledger.state(desk.stream), of_tip = desk.ledger.state(tip);
  CHECK(of_case.version == 4);
  CHECK(of_tip.version == 1);
  CHECK(of_tip.last == alone);
  CHECK(of_tip.phase == rules::Phase::none);
  for (const bool behind : {true, false}) {
    INFO((behind ? "behind" : "gone"));
    desk.ledger.close();
    fs::remove_all(folds);
    if (behind) fs::copy(kept, folds, fs::copy_options::recursive);
    if (behind) CHECK(desk.audited().findings.empty());  // as it lies
    REQUIRE(desk.ledger.open());
    CHECK(desk.ledger.state(desk.stream) == of_case);
    CHECK(desk.ledger.state(tip) == of_tip);
    desk.ledger.close();
    CHECK(desk.audited().findings.empty());
    REQUIRE(desk.ledger.open());
  }
}

TEST_CASE("what a crash left between an excision and its purge is purged by the next start", "[excision]") {
  Desk desk;
  const Scratch& scratch = desk.scratch;
  // The decision is durable; the process dies before a file is touched: as the folder lay at that moment.
  REQUIRE(samples::excise(desk.ledger, desk.officer, excision(desk.stream, 2, desk.at, "case")));
  REQUIRE(purged(desk.ledger));
  desk.ledger.close();
  {
    auto log = store::Log::open(desk.ledger.folder() / "store" / "log");
    auto group = (*log)->group();
    std::uint8_t key[8];
    store_be(key, desk.at.value - 1);
    Buffer again;  // the row as it was, so that the write-ahead log holds the bytes once more
    auto rows = (*log)->rows(store::Log::Family::batches);
    rows.seek(key);
    const auto row = store::parse_batch_row(rows.key(), rows.value());
    const auto items = parse_items(row->items, row->count);
    append(again, rows.value().first(rows.value().size() - row->items.size()));
    for (std::size_t i = 0; i < items->size(); ++i) append_item(again, i == 1 ? ItemKind::event : (*items)[i].kind, i == 1 ? Bytes(desk.goes) : (*items)[i].bytes);
    group.add_row(store::Log::Family::batches, key, again);
    REQUIRE((*log)->commit(group));
    group.clear();
    REQUIRE((*log)->excise(group, std::array{desk.at}));
    REQUIRE((*log)->commit(group));
    CHECK((*log)->owed().value() == std::vector{desk.at});
  }
  CHECK(read(desk.ledger.folder() / "store" / "excising") == std::to_string(desk.at.value) + '\n');
  REQUIRE_FALSE(files_with(desk.ledger.folder(), marker).empty());
  REQUIRE(desk.ledger.open());
  REQUIRE(purged(desk.ledger));
  CHECK(gone_from(desk.ledger.folder(), marker));
  CHECK(desk.audited().findings.empty());
  (void)scratch;
}

TEST_CASE("what a crash left between folds without an excised event and their purge is purged by the next start", "[excision]") {
  TestLedger ledger;
  const Signer clerk = ledger.enrol({"case_system"}), source = ledger.enrol({"automated_source"}), officer = ledger.enrol({"privacy_officer"});
  const auto coverage = new_stream();
  const auto at = ledger.record(source, {event("CoverageSnapshotTaken", "coverage", coverage, 1, R"({"vendor":")" + std::string(marker) +
                                               R"(","jurisdiction":"US-TX","as_of":"2024-03-05T19:00:00Z","cameras":3,"reads_30d":9,"source":"agency"})")}).first_position;
  const auto fold = [&] {
    auto runner = projections::Runner::open(*ledger);
    REQUIRE(runner);
    REQUIRE((*runner)->wait_for({ledger->head().size}));
    return std::move(*runner);
  };
  fold().reset();  // writes
  REQUIRE(excise(ledger, officer, excision(coverage, 1, at, "coverage")));
  REQUIRE(purged(ledger));
  fold().reset();
  CHECK(gone_from(ledger.folder(), marker));

  // As the files lay before the purge: the row that tells of the event overwritten, and nothing noted of a purge.
  const std::string kind = projections::Folds().kind_of_rows();
  const EntryIndex cursor = ledger->folds().rows_cursor(kind).value();
  using Row = store::Folds::Row;
  REQUIRE(ledger->folds().row(kind, "purged").value());
  REQUIRE(ledger->folds().write_rows(kind, std::array{Row{projections::Folds::stream_key(coverage), std::string(marker)}}, cursor));
  REQUIRE(ledger->folds().flush());
  REQUIRE(ledger->folds().write_rows(kind, std::array{Row{"purged", ""}, Row{projections::Folds::stream_key(coverage), ""}}, cursor));
  ledger.close();
  REQUIRE_FALSE(files_with(ledger.folder(), marker).empty());
  REQUIRE(ledger.open());
  {
    const auto runner = fold();
    CHECK(gone_from(ledger.folder(), marker));
    for (int i = 0; i < 400 && !ledger->folds().row(kind, "purged").value(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(ledger->folds().row(kind, "purged").value());
}

TEST_CASE("whom an excised event granted access is in none of the folds' files", "[excision]") {
  Desk desk;
  const auto at = desk.ledger.record(desk.clerk, {event("AccessGranted", "case", desk.stream, 5, R"({"organisation":")" + std::string(marker) + R"(-granted","reason_code":"joint_case"})")}).first_position;
  desk.ledger.close();
  REQUIRE(desk.ledger.open());
  REQUIRE_FALSE(files_with(desk.ledger.folder() / "store" / "folds", marker).empty());
  REQUIRE(samples::excise(desk.ledger, desk.officer, excision(desk.stream, 5, at, "case")));
  desk.excise();
  CHECK(files_with(desk.ledger.folder(), marker).empty());
  CHECK(desk.ledger->shares().of(desk.stream)->empty());
}
