// A ledger's prefix as editions need it: a bundle folds to what the ledger folds to, and adopted policies are heard.
#include <catch2/catch.hpp>

#include "api/editions.h"
#include "projections/runner.h"
#include "tests/support/audits.h"

using namespace caseledger;
using namespace caseledger::reports;
using namespace samples;

namespace {

// A year of a small ledger: cases, an alert, a retraction.
struct Year {
  TestLedger ledger;
  Signer desk, supervisor;

  Year() : desk(ledger.enrol({"case_system"})), supervisor(ledger.enrol({"supervisor", "case_system"}, "org-2")) {
    for (int i = 0; i < 5; ++i) ledger.record(desk, {case_opened(new_stream())});
    const StreamId amended = new_stream();
    ledger.record(desk, {case_opened(amended), case_assigned(amended, 2)});
    const std::string stream = to_string(amended);
    ledger.record(desk, {event("RetractionRequested", "case", amended, 3, R"({"target":{"stream":")" + stream + R"(","version":2},"reason_code":"entered_twice"})")});
    ledger.record(supervisor, {event("RetractionDecided", "case", amended, 4, R"({"request":{"stream":")" + stream + R"(","version":3},"decision":"approved"})",
                                     {.operator_code = "op-2", .causes = R"([{"stream":")" + stream + R"(","version":3}])"})});
  }

  std::uint64_t size() { return ledger->head().size; }
  Edition edition(const projections::Folds& folds) {
    const Period year{1'704'067'200'000'000, 1'735'689'600'000'000, "2024"};
    return make_edition(folds, transparency(), {ledger.origin(), year, api::as_of_checkpoint(*ledger, size()).value(), {}}).value();
  }
};

}  // namespace

TEST_CASE("a bundle folds to the edition that the ledger makes, to the byte") {
  Year year;
  const Scratch scratch;
  REQUIRE(export_bundle(year.ledger->log(), {{year.ledger.log_vkey()}}, scratch / "bundle"));
  const Served served(fetch_from(scratch / "bundle"), year.size());
  Withheld withheld;
  const auto from_bundle = fold(events_of(served, withheld), year.size());
  const auto from_log = fold(events_of(year.ledger->log()), year.size());
  const auto rebuilt = projections::rebuild(year.ledger->log(), year.size(), 2);
  REQUIRE(from_bundle);
  REQUIRE(from_log);
  REQUIRE(rebuilt);
  const std::string json = edition_json(year.edition(*rebuilt)).value();
  CHECK(edition_json(year.edition(*from_bundle)).value() == json);
  CHECK(edition_json(year.edition(*from_log)).value() == json);
  CHECK(withheld.events == 0);
  CHECK(json.find("\"numerator\":6") != std::string::npos);  // the cases
}

TEST_CASE("a checkpoint's root is the same from the tiles and from the entries") {
  Year year;
  for (std::uint64_t size = 1; size <= year.size(); ++size)
    CHECK(api::as_of_checkpoint(*year.ledger, size).value() == api::as_of_checkpoint(year.ledger->log(), size).value());
}

TEST_CASE("events that a bundle withholds are counted, with the first one's position") {
  Year year;
  const Scratch scratch;
  const auto is_assignment = [](const EventView& event) { return event.type == schema::Body::CaseAssigned; };
  REQUIRE(export_bundle(year.ledger->log(), {{year.ledger.log_vkey()}}, scratch / "bundle", {.size = {}, .withhold = is_assignment, .progress = {}}));
  const Served served(fetch_from(scratch / "bundle"), year.size());
  Withheld withheld;
  REQUIRE(fold(events_of(served, withheld), year.size()));
  CHECK(withheld.events == 1);
  REQUIRE(withheld.first);
  CHECK(year.ledger->log().event(*withheld.first)->kind == ItemKind::event);
}

TEST_CASE("a definition that governors adopt is heard by editions, from its time on") {
  Year year;
  const StreamId policy = new_stream();
  const std::string parameters = R"({\"definitions\":{\"R4\":2}})";
  year.ledger.record(year.ledger.governor(), {event("PolicyPublished", "policy", policy, 1,
                                                    R"({"version":"2.0.0","kind":"metric_definition","effective_from":"2024-07-01T00:00:00Z","document_sha256":")" + std::string(64, 'a') +
                                                        R"(","parameters":")" + parameters + R"(","summary_public":"R4 counts otherwise"})")});
  const auto before = year.size();
  const StreamId governance = rules::governance_stream(year.ledger.origin());
  const Version version = year.ledger.state(governance).version + 1;
  year.ledger.record(year.ledger.governor(), {event("ProposalMade", "governance", governance, version,
                                                    R"({"action":{"type":"PolicyAdopted","policy":{"stream":")" + to_string(policy) +
                                                        R"(","version":1},"effective_from":"2024-07-01T00:00:00Z"}})")});
  const EntryAt entry_at = events_of(year.ledger->log()).entry_at;
  const auto changes = api::adopted(*year.ledger, year.size()).value().governed(year.size(), entry_at).value().definition_changes;
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].metric == "R4");
  CHECK(changes[0].version == 2);
  CHECK(to_rfc3339(changes[0].effective_from) == "2024-07-01T00:00:00Z");
  CHECK(api::adopted(*year.ledger, before).value().governed(before, entry_at).value().definition_changes.empty());

  const auto adopted = adopted_in(events_of(year.ledger->log()), year.size(), year.ledger.origin());
  REQUIRE(adopted);
  const auto governed = adopted->governed(year.size(), entry_at).value();
  CHECK(governed.definition_changes.size() == 1);
  REQUIRE(governed.policies.size() == 1);
  CHECK(governed.policies[0].policy == to_string(policy) + "/1");
  CHECK(governed.policies[0].kind == "metric_definition");
  CHECK(governed.policies[0].from == changes[0].effective_from);
  CHECK(governed.excised.empty());
  CHECK(adopted->suppression(INT64_MAX) == nullptr);
}

TEST_CASE("periods have one label, and years and quarters their months") {
  CHECK(api::parse_report_period("2024-Q3").value().label == "2024-Q3");
  CHECK(api::parse_report_period("2024-01-01T00:00:00Z/2024-02-01").value().label == "2024-01-01/2024-02-01");
  const auto months = api::months_of(api::parse_report_period("2024-Q4").value()).value();
  REQUIRE(months.size() == 3);
  CHECK(months[0].label == "2024-10");
  CHECK(months[2].to == api::parse_report_period("2024").value().to);
  CHECK(api::months_of(api::parse_report_period("2024").value()).value().size() == 12);
  CHECK(api::months_of(api::parse_report_period("2024-02").value()).error().code == Errc::usage);
}
