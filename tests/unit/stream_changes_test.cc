// What changed in a stream between two points of the log, and streams of every kind at any point.
#include <deque>

#include "api/story_changes.h"
#include "ledger/beside.h"
#include "projections/cases.h"
#include "tests/support/event_samples.h"
#include "tests/support/refs.h"
#include "tests/support/service.h"

using namespace caseledger;
using namespace samples;

namespace json = boost::json;

namespace {

std::string path_of(const StreamId& stream) { return "/v1/streams/" + to_string(stream); }

// "field: from -> to", each in a line.
std::string lines(const json::value& differences) {
  std::string all;
  for (const auto& each : differences.as_array()) {
    const auto said = [&](const char* key) {
      const auto* value = each.as_object().if_contains(key);
      return !value ? std::string() : value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
    };
    all += said("field") + ": " + said("from") + " -> " + said("to") + '\n';
  }
  return all;
}

Buffer reclassified(const StreamId& file, Version version, std::string_view from, std::string_view to) {
  return event("CaseReclassified", "case", file, version, R"({"field":"case_type","from":")" + std::string(from) + R"(","to":")" + std::string(to) + R"(","reason_code":"found_out"})");
}

struct Desk {
  Service service;
  TestLedger& ledger = service.ledger;
  Signer author = ledger.enrol({"case_system", "supervisor"}), head = ledger.enrol({"supervisor"});
  StreamId file = new_stream();
  json::object changes(const std::string& query) const { return service.read(path_of(file) + "/changes?" + query); }
  std::string size() const { return "entries:" + std::to_string(ledger->head().size); }
};

}  // namespace

TEST_CASE("changes are the events that came, what earlier ones say since, and the fields that differ") {
  Desk desk;
  desk.ledger.record(desk.author, {case_opened(desk.file)});
  desk.ledger.record(desk.author, {reclassified(desk.file, 2, "ERU", "NFA")});
  const std::string then = desk.size();
  desk.ledger.record(desk.author, {event("CaseSubjectAdded", "case", desk.file, 3, R"({"subject_id":"0192f0c1-0000-7000-8000-000000000001","role":"missing_child","age_years":9})")});
  const std::string added = desk.size();
  auto changes = desk.changes("since=" + then);
  CHECK(changes.at("events").as_array().size() == 1);
  CHECK(changes.at("events").at(0).at("type").as_string() == "CaseSubjectAdded");
  CHECK(changes.at("amended").as_array().empty());
  CHECK(lines(changes.at("changed")) == "version: 2 -> 3\ncase.subjects[0192f0c1-0000-7000-8000-000000000001].subject:  -> 0192f0c1-0000-7000-8000-000000000001\n"
                                        "case.subjects[0192f0c1-0000-7000-8000-000000000001].role:  -> missing_child\n"
                                        "case.subjects[0192f0c1-0000-7000-8000-000000000001].age_years:  -> 9\n");

  const Buffer right = reclassified(desk.file, 2, "ERU", "FA");
  desk.ledger.record(desk.author, {event("CorrectionRequested", "case", desk.file, 4, R"({"target":)" + ref(desk.file, 2) + R"(,"replacement":")" + base64(right) + R"(","reason_code":"typo"})")});
  CHECK(desk.changes("since=" + added).at("amended").as_array().empty());  // asked for is not decided
  desk.ledger.record(desk.head, {event("CorrectionDecided", "case", desk.file, 5, R"({"request":)" + ref(desk.file, 4) + R"(,"decision":"approved"})",
                                       {.operator_code = "op-2", .causes = causes(desk.file, 4)})});
  changes = desk.changes("since=" + added);
  CHECK(lines(changes.at("changed")) == "version: 3 -> 5\ncase.case_type: NFA -> FA\n");
  REQUIRE(changes.at("amended").as_array().size() == 1);
  CHECK(changes.at("amended").at(0).at("version") == json::value(2));
  CHECK(changes.at("amended").at(0).at("fate").as_string() == "corrected");
  const std::string said = lines(changes.at("amended").at(0).at("changed"));
  CHECK(said.find("body.to: NFA -> FA\n") != said.npos);
  const std::string corrected = desk.size();

  desk.ledger.record(desk.author, {event("RetractionRequested", "case", desk.file, 6, R"({"target":)" + ref(desk.file, 3) + R"(,"reason_code":"wrong_child"})")});
  desk.ledger.record(desk.head, {event("RetractionDecided", "case", desk.file, 7, R"({"request":)" + ref(desk.file, 6) + R"(,"decision":"approved"})",
                                       {.operator_code = "op-2", .causes = causes(desk.file, 6)})});
  changes = desk.changes("since=" + corrected);
  CHECK(changes.at("amended") == json::value{{{"version", 3}, {"type", "CaseSubjectAdded"}, {"fate", "retracted"}}});
  CHECK(lines(changes.at("changed")).find("case.subjects[0192f0c1-0000-7000-8000-000000000001].age_years: 9 -> \n") != std::string::npos);

  // Between any two points, also backwards in what is told: the whole, and nothing.
  CHECK(desk.changes("since=entries:0").at("events").as_array().size() == 7);
  CHECK(desk.changes("since=" + desk.size()).at("events").as_array().empty());
  CHECK(desk.changes("since=" + desk.size()).at("changed").as_array().empty());
  CHECK(lines(desk.changes("since=" + then + "&as_of=" + added).at("changed")).starts_with("version: 2 -> 3\n"));
}

TEST_CASE("changes that cannot be told are refused") {
  Desk desk;
  desk.ledger.record(desk.author, {case_opened(desk.file)});
  CHECK(desk.service.problem(path_of(desk.file) + "/changes") == "malformed");
  CHECK(desk.service.problem(path_of(desk.file) + "/changes?since=yesterday") == "malformed");
  CHECK(desk.service.problem(path_of(desk.file) + "/changes?since=99") == "not_found");
  CHECK(desk.service.problem(path_of(desk.file) + "/changes?since=" + desk.size() + "&as_of=0") == "value_out_of_range");
  CHECK(desk.service.problem(path_of(desk.file) + "/changes?since=0&as_of=1") == "not_found");
  CHECK(desk.service.problem(path_of(new_stream()) + "/changes?since=0") == "not_found");
  CHECK(desk.service.problem(path_of(desk.file) + "/changes?since=0&as_at=2024-01-01T00:00:00Z") == "malformed");
}

// ── every kind of stream ──

TEST_CASE("a stream of any kind is told as of any of its events, as at any time, and as what changed between") {
  for (const auto kind : schema::EnumValuesStreamKind()) {
    std::deque<Buffer> bytes;
    std::vector<projections::Fact> facts;
    for (const auto type : event_types()) {
      if (kind == StreamKind::unset || !(event_type(type)->streams >> static_cast<int>(kind) & 1)) continue;
      bytes.push_back(sample_event(type, true, 1));
      projections::Fact fact{.event = view_event(bytes.back()), .position = {10 * facts.size()}, .entry = {facts.size()}, .recorded_at = static_cast<Micros>(facts.size())};
      fact.event.kind = kind;
      fact.event.stream = {};
      fact.event.version = static_cast<Version>(facts.size() + 1);
      facts.push_back(fact);
    }
    INFO(kind_name(kind));
    if (kind != StreamKind::unset) CHECK_FALSE(facts.empty());
    for (std::size_t n = 1; n <= facts.size(); ++n) {
      const auto known = std::span(facts).first(n);
      CHECK(projections::tell(known).timeline.size() == n);
      const Micros middle = known[n / 2].event.fields->occurred_at();
      for (const auto& line : projections::tell(known, middle).timeline) CHECK(line.occurred.at <= middle);
      CHECK(projections::tell(known, INT64_MIN).timeline.empty());
      for (std::size_t since = 0; since <= n; ++since) CHECK(api::changes_to_json(known, {10 * since}).at("events").as_array().size() == n - since);
    }
  }
}

// ── beside a ledger ──

TEST_CASE("a stream is found in a folder by its index, by the rest of the log, and where the folds are gone or wrong") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const StreamId file = new_stream(), late = new_stream();
  std::vector<Buffer> events{case_opened(file)};
  for (Version v = 2; v <= 100; ++v) events.push_back(case_assigned(file, v));
  ledger.record(author, events);
  const auto found = [&](const StreamId& stream) {
    const auto log = open_log_beside(ledger.folder());
    REQUIRE(log);
    const auto end = stream_end_beside(ledger.folder(), **log, stream);
    REQUIRE(end);
    return *end ? std::pair((*end)->version, (*end)->last.value) : std::pair(Version{0}, std::uint64_t{0});
  };
  const auto stands = [&](const StreamId& stream) {
    const auto state = ledger.state(stream);
    return std::pair(state.version, state.last.value);
  };
  CHECK(found(file) == stands(file));
  CHECK(found(late).first == 0);
  ledger.close();
  REQUIRE(ledger.open());
  ledger.record(author, {case_assigned(file, 101), case_opened(late)});
  CHECK(found(file) == stands(file));
  CHECK(found(late) == stands(late));
  const auto file_stands = stands(file), late_stands = stands(late);
  auto rows = std::vector<store::Heads::Row>{{file, {}}, {late, ledger.state(file)}};
  rows[0].state.version = 5;
  rows[0].state.last = {50};
  std::ranges::sort(rows, {}, &store::Heads::Row::stream);
  REQUIRE(ledger->folds().write_heads(rows, {ledger->head().size}));
  CHECK(found(file) == file_stands);
  CHECK(found(late) == late_stands);
  ledger.close();
  std::filesystem::remove_all(ledger.folder() / "store" / "folds");
  CHECK(found(file) == file_stands);
}
