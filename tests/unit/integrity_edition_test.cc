// What an edition tells of the record's integrity: the same to the byte however it is counted, and the same as the audit counts.
#include <catch2/catch.hpp>

#include "api/editions.h"
#include "ledger/audit.h"
#include "projections/contributors.h"
#include "projections/runner.h"
#include "tests/support/council.h"
#include "tests/support/excised.h"
#include "tests/support/refs.h"
#include "tests/support/service.h"

using namespace caseledger;
using namespace caseledger::reports;
using namespace samples;

namespace {

const Period these_decades{1'577'836'800'000'000, 2'208'988'800'000'000, "2020-01-01/2040-01-01"};

// A case in which a clerk's entry was corrected and retracted, another that a stolen key has written in, and an event of the latter that a court had
// taken out.
struct Troubled {
  Service service;
  TestLedger& ledger = service.ledger;
  Signer clerk = ledger.enrol({"case_system"}), head = ledger.enrol({"supervisor"}), officer = ledger.enrol({"privacy_officer"}), stolen = ledger.enrol({"case_system"}, "org-2");
  StreamId first = new_stream(), second = new_stream();

  Troubled() {
    ledger.record(clerk, {case_opened(first), case_assigned(first, 2)});
    decide("Correction", 3, R"("replacement":")" + base64(case_assigned(first, 2, {.operator_code = "op-7"})) + R"(",)");
    decide("Retraction", 5, "");
    ledger.record(stolen, {case_opened(second)});
    const Position from = ledger.record(stolen, {case_assigned(second, 2), case_assigned(second, 3)}).first_position + 1;
    ledger.record(stolen, {case_assigned(second, 4)});
    ledger.record(clerk, {case_assigned(second, 5)});
    REQUIRE(ledger.propose(ledger.governor(), revoked(stolen.vkey(), from.value)));
    ledger.record(clerk, {case_assigned(second, 6)});
  }

  // A request that concerns the second event of the first case, and its approval.
  void decide(const std::string& what, Version version, const std::string& more) {
    ledger.record(clerk, {event(what + "Requested", "case", first, version, R"({"target":)" + ref(first, 2) + ',' + more + R"("reason_code":"typo"})")});
    ledger.record(head, {event(what + "Decided", "case", first, version + 1, R"({"request":)" + ref(first, version) + R"(,"decision":"approved"})",
                               {.operator_code = "op-2", .causes = causes(first, version)})});
  }
  void excise() { REQUIRE(samples::excise(ledger, officer, excision(second, 4, position_of(ledger, second, 4), "case"))); }

  std::uint64_t size() { return ledger->head().size; }
  Edition made(const projections::Folds& folds, const Governed& governed) {
    return make_edition(folds, transparency(), {ledger.origin(), these_decades, api::as_of_checkpoint(*ledger, size()).value(), governed}).value();
  }
  Edition made(const Events& events) { return made(fold(events, size()).value(), adopted_in(events, size(), ledger.origin()).value().governed(size(), events.entry_at).value()); }
  Edition served() {
    service.fold();
    const auto governed = api::adopted(*ledger, size()).value().governed(size(), events_of(ledger->log()).entry_at).value();
    return service.runner().read([&](const projections::Folds& folds, EntryIndex, Micros) { return made(folds, governed); });
  }
};

std::int64_t told(const Edition& edition, std::string_view id) {
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      if (table.id == id && table.by.empty()) return table.rows.at(0).numerator.value();
  FAIL("no figure " << id);
  return 0;
}

}  // namespace

TEST_CASE("corrections, retractions, revocations and what a stolen key signed are counted as they were recorded, and nothing is a gap") {
  Troubled troubled;
  const Edition edition = troubled.served();
  const auto events = static_cast<std::int64_t>(troubled.ledger->head().next.value);
  CHECK(told(edition, "T15.recorded") == events);  // the retracted and the corrected ones too
  CHECK(told(edition, "T15.corrections") == 1);
  CHECK(told(edition, "T15.retractions") == 1);
  CHECK(told(edition, "T15.revocations") == 1);
  CHECK(told(edition, "T15.suspect") == 2);
  CHECK(told(edition, "T15.gaps") == 0);
  const auto audit = audit_folder(troubled.ledger.folder(), {.log_key = troubled.ledger.log_vkey()});
  REQUIRE(audit);
  CHECK(audit->counts.suspect_events == 2);
  CHECK(audit->counts.suspect_entries == 2);
}

TEST_CASE("an event that was excised is missing and no gap, and a stolen key has signed it all the same") {
  Troubled troubled;
  const auto before = told(troubled.served(), "T15.recorded");
  troubled.excise();
  const Edition edition = troubled.served();
  CHECK(told(edition, "T15.recorded") == before + 1);  // its proposal and approval came, it went
  CHECK(told(edition, "T15.excised") == 1);
  CHECK(told(edition, "T15.missing") == 1);
  CHECK(told(edition, "T15.gaps") == 0);
  CHECK(told(edition, "T15.suspect") == 2);
  const auto audit = audit_folder(troubled.ledger.folder(), {.log_key = troubled.ledger.log_vkey()});
  REQUIRE(audit);
  CHECK(audit->counts.suspect_events == 2);
}

TEST_CASE("integrity is counted to the same bytes from the server's folds, from the log and from a bundle") {
  Troubled troubled;
  const bool excised = GENERATE(false, true);
  if (excised) troubled.excise();
  const std::string json = edition_json(troubled.served()).value();
  CHECK(edition_json(troubled.made(events_of(troubled.ledger->log()))).value() == json);
  const Governed governed = api::adopted(*troubled.ledger, troubled.size()).value().governed(troubled.size(), events_of(troubled.ledger->log()).entry_at).value();
  CHECK(edition_json(troubled.made(*projections::rebuild(troubled.ledger->log(), troubled.size(), 2), governed)).value() == json);

  const Scratch scratch;
  REQUIRE(export_bundle(troubled.ledger->log(), {{troubled.ledger.log_vkey()}}, scratch / "bundle"));
  const Served served(fetch_from(scratch / "bundle"), troubled.size());
  Withheld withheld;
  CHECK(edition_json(troubled.made(events_of(served, withheld))).value() == json);
  CHECK(withheld.events == (excised ? 1 : 0));
}

TEST_CASE("an event that a bundle withholds is a gap to whoever counts by it") {
  Troubled troubled;
  const Scratch scratch;
  const auto withhold = [&](const EventView& event) { return event.stream == troubled.second && event.version == 3; };
  REQUIRE(export_bundle(troubled.ledger->log(), {{troubled.ledger.log_vkey()}}, scratch / "bundle", {.size = {}, .withhold = withhold, .progress = {}}));
  const Served served(fetch_from(scratch / "bundle"), troubled.size());
  Withheld withheld;
  CHECK(told(troubled.made(events_of(served, withheld)), "T15.gaps") == 1);
}

TEST_CASE("who contributes to figures of the recording is found by stream") {
  Troubled troubled;
  troubled.excise();
  troubled.service.fold();
  troubled.service.runner().read([&](const projections::Folds& folds, EntryIndex, Micros clock) {
    const auto of = [&](std::string_view id) { return projections::contributors(folds, id, {.as_of = clock, .period = {}, .by = {}}, {}, 100).value(); };
    REQUIRE(of("T15.corrections").first.size() == 1);
    CHECK(of("T15.corrections").first[0].stream == troubled.first);
    CHECK(of("T15.retractions").first.size() == 1);
    REQUIRE(of("T15.missing").first.size() == 1);
    CHECK(of("T15.missing").first[0].stream == troubled.second);
    CHECK(of("T15.recorded").first.size() == 3);  // the two cases, and governance
  });
}
