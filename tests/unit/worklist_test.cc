// The worklists: what waits where, and what comes first.
#include "projections/worklist.h"
#include "tests/support/figures.h"
#include "tests/support/service.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using schema::Priority;

namespace {

constexpr Micros t0 = new_year_2024;

void queued(Log& log, unsigned number, Priority priority, Micros due, Micros entered, const std::string& queue = "triage") {
  Triaged item = Triaged::report(log, stream(number), at(t0));
  item.entered(queue, at(entered));
  if (priority != Priority::unset) item.prioritised(priority, at(entered), due);
}

std::vector<unsigned> order(const Worklist& list) {
  std::vector<unsigned> numbers;
  for (const Waiting& each : list.first) numbers.push_back(load_be<std::uint32_t>(each.item.bytes.data() + 12));
  return numbers;
}

}  // namespace

TEST_CASE("a worklist is ordered by priority, then by due time, then by how long items wait", "[worklist]") {
  Log log;
  queued(log, 1, Priority::unset, 0, t0);
  queued(log, 2, Priority::P2, 0, t0 + hour);
  queued(log, 3, Priority::P2, 0, t0);
  queued(log, 4, Priority::P2, t0 + 9 * hour, t0);
  queued(log, 5, Priority::P2, t0 + 5 * hour, t0);
  queued(log, 6, Priority::P0, t0 + 90 * hour, t0);
  queued(log, 7, Priority::P4, t0 + hour, t0);
  queued(log, 8, Priority::P0, 0, t0, "triage-2");
  const Folds fold = fold_of(queues(), log.facts());
  const auto whole = list(fold.cells(queues()), "triage", t0 + 6 * hour, 100);
  CHECK(order(whole) == std::vector<unsigned>{6, 5, 4, 3, 2, 7, 1});
  CHECK(whole.length.waiting == 7);
  CHECK(whole.length.overdue == 2);
  CHECK(whole.length.oldest_entered_at == t0);
  CHECK(whole.length.by_priority == std::array<std::int64_t, 6>{1, 1, 0, 4, 0, 1});
  CHECK(whole.first[1].overdue(t0 + 6 * hour));
  CHECK_FALSE(whole.first[1].overdue(t0 + 5 * hour));

  const auto top = list(fold.cells(queues()), "triage", t0, 2);
  CHECK(order(top) == std::vector<unsigned>{6, 5});
  CHECK(top.length.waiting == 7);
  CHECK(list(fold.cells(queues()), "tri", t0, 2).first.empty());  // no queue, only the beginning of one's name
  const auto lengths = queue_lengths(fold.cells(queues()), t0 + 6 * hour);
  REQUIRE(lengths.size() == 2);
  CHECK(lengths.at("triage").overdue == 2);
  CHECK(lengths.at("triage-2").waiting == 1);
}

TEST_CASE("a priority set anew, an override and a grant show in the list; who has left does not", "[worklist]") {
  Log log;
  queued(log, 1, Priority::P3, t0 + hour, t0);
  Triaged one(log, StreamKind::report, stream(1));
  const Version set = one.prioritised(Priority::P2, at(t0 + minute));  // without a due time
  const auto first = [&] { return list(fold_of(queues(), log.facts()).cells(queues()), "triage", t0 + day, 10).first; };
  REQUIRE(first().size() == 1);
  CHECK(first()[0].priority == Priority::P2);
  CHECK(first()[0].due_at == 0);
  one.overridden(set, Priority::P0, schema::OverrideDirection::up, at(t0 + 2 * minute));
  one.expedited(schema::ExpediteReason::media, schema::RequesterClass::media, false, at(t0 + 3 * minute));
  CHECK(first()[0].priority == Priority::P0);
  CHECK_FALSE(first()[0].expedited);
  one.expedited(schema::ExpediteReason::court, schema::RequesterClass::court, true, at(t0 + 4 * minute));
  CHECK(first()[0].expedited);
  one.exited(at(t0 + hour));
  CHECK(first().empty());
  one.entered("triage", at(t0 + 2 * hour));  // again, as urgent as it was
  CHECK(first().at(0).priority == Priority::P0);
}

TEST_CASE("queues over HTTP", "[worklist]") {
  const samples::Service service;
  const Signer author = service.ledger.enrol({"case_system"});
  namespace json = boost::json;
  CHECK(service.read("/v1/queues").at("queues").as_array().empty());
  std::vector<StreamId> files;
  for (int i = 0; i < 3; ++i) {
    files.push_back(samples::new_stream());
    const std::string queue = i == 2 ? "desk/2" : "triage";
    service.ledger.record(author, {samples::case_opened(files.back()),
                                   samples::event("TriageQueueEntered", "case", files.back(), 2, R"({"queue":")" + queue + R"(","entered_at":"2024-03-05T20:0)" + std::to_string(i) + R"(:00Z"})")});
  }
  const auto queues = service.read("/v1/queues").at("queues").as_array();
  REQUIRE(queues.size() == 2);
  CHECK(queues[0] == json::value{{"queue", "desk/2"}, {"waiting", 1}, {"overdue", 0}, {"oldest_entered_at", "2024-03-05T20:02:00Z"}, {"by_priority", {{"unset", 1}}}});
  CHECK(queues[1].at("waiting") == json::value(2));

  const auto one = service.read("/v1/queues/triage");
  CHECK(one.at("length") == queues[1]);
  REQUIRE(one.at("items").as_array().size() == 2);
  CHECK(one.at("items").as_array()[0] == json::value{{"item", to_string(files[0])}, {"stream", to_string(files[0])}, {"kind", "case"}, {"entered_at", "2024-03-05T20:00:00Z"},
                                             {"overdue", false}, {"expedited", false}, {"jurisdiction", "US-TX"}});
  CHECK(service.read("/v1/queues/triage?limit=1").at("items").as_array().size() == 1);
  CHECK(service.read("/v1/queues/desk%2F2").at("items").as_array().size() == 1);
  const auto nothing = service.read("/v1/queues/nobody");
  CHECK(nothing.at("items").as_array().empty());
  CHECK(nothing.at("length").at("waiting") == json::value(0));
  CHECK(service.problem("/v1/queues/triage?limit=0") == "value_out_of_range");
  CHECK(service.problem("/v1/queues/triage?limit=1001") == "value_out_of_range");
  CHECK(service.ask("/v1/queues", {.loopback = false}).status == 401);
  CHECK(service.ask("/v1/queues/triage", {.loopback = false}).status == 401);

  const samples::Service strict({.queues_max = 0});
  const Signer other = strict.ledger.enrol({"case_system"});
  const StreamId file = samples::new_stream();
  strict.ledger.record(other, {samples::case_opened(file), samples::event("TriageQueueEntered", "case", file, 2, R"({"queue":"q","entered_at":"2024-03-05T20:00:00Z"})")});
  CHECK(strict.ask("/v1/queues").status == 413);
}
