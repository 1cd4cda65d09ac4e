// The worklists: what waits where, and what comes first.
#include "api/token.h"
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

std::vector<Waiting> list(const Folds& fold, const std::string& queue, Micros as_of = t0) {
  auto items = waiting(fold.cells(queues()), as_of, {.queue = queue});
  std::ranges::sort(items, {}, urgency);
  return items;
}

std::vector<unsigned> order(const std::vector<Waiting>& list) {
  std::vector<unsigned> numbers;
  for (const Waiting& each : list) numbers.push_back(load_be<std::uint32_t>(each.item.bytes.data() + 12));
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
  const auto whole = list(fold, "triage");
  CHECK(order(whole) == std::vector<unsigned>{6, 5, 4, 3, 2, 7, 1});
  CHECK(whole[1].overdue(t0 + 6 * hour));
  CHECK_FALSE(whole[1].overdue(t0 + 5 * hour));
  CHECK(list(fold, "tri").empty());  // no queue, only the beginning of one's name
  const auto lengths = queue_lengths(waiting(fold.cells(queues()), t0), t0 + 6 * hour);
  REQUIRE(lengths.size() == 2);
  CHECK(lengths.at("triage").waiting == 7);
  CHECK(lengths.at("triage").overdue == 2);
  CHECK(lengths.at("triage").oldest_entered_at == t0);
  CHECK(lengths.at("triage").by_priority == std::array<std::int64_t, 6>{1, 1, 0, 4, 0, 1});
  CHECK(lengths.at("triage-2").waiting == 1);

  const auto count = [&](const WaitingFilter& filter) { return waiting(fold.cells(queues()), t0 + 6 * hour, filter).size(); };
  CHECK(count({}) == 8);
  CHECK(count({.priorities = {Priority::P0, Priority::unset}}) == 3);
  CHECK(count({.queue = "triage", .priorities = {Priority::P0}}) == 1);
  CHECK(count({.kinds = {StreamKind::case_}}) == 0);
  CHECK(count({.overdue = true}) == 2);
}

TEST_CASE("a priority set anew, an override and a grant show in the list; who has left does not", "[worklist]") {
  Log log;
  queued(log, 1, Priority::P3, t0 + hour, t0);
  Triaged one(log, StreamKind::report, stream(1));
  const Version set = one.prioritised(Priority::P2, at(t0 + minute));  // without a due time
  const auto first = [&] { return list(fold_of(queues(), log.facts()), "triage"); };
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

namespace {

// Files of two organisations that wait, over HTTP, where nobody reads without a token.
struct Desks {
  samples::Service service{api::RouteConfig{}, {}, false};
  samples::TestLedger& ledger = service.ledger;
  Signer ours = ledger.enrol({"case_system", "supervisor"}, "org-1"), theirs = ledger.enrol({"case_system"}, "org-2"), auditor = ledger.enrol({"auditor"}, "office");

  StreamId queued(const Signer& by, const std::string& queue, const std::string& place = "US-TX") {
    const StreamId file = samples::new_stream();
    ledger.record(by, {samples::case_opened(file, {.jurisdiction = place}), samples::event("TriageQueueEntered", "case", file, 2, R"({"queue":")" + queue + R"(","entered_at":"2024-03-05T20:00:00Z"})", {.jurisdiction = place})});
    return file;
  }
  std::set<std::string> told(const Signer& key, const std::string& target) const {
    std::set<std::string> files;
    const auto answer = service.read(target, by(key));
    for (const auto& each : answer.at("items").as_array()) files.emplace(each.at("stream").as_string());
    CHECK(answer.at("length").at("waiting").to_number<std::size_t>() == files.size());
    return files;
  }
  samples::Asked by(const Signer& key) const {
    const auto now = system_clock().wall() / 1'000'000;
    return {.headers = {{"authorization", "Bearer " + api::sign_token({ledger.origin(), "ledger.example.org", now, now + 300, key.vkey().key, {9}}, key)}}, .loopback = false, .remote = "203.0.113.7"};
  }
};

std::set<std::string> named(std::initializer_list<StreamId> files) {
  std::set<std::string> names;
  for (const StreamId& each : files) names.insert(to_string(each));
  return names;
}

}  // namespace

TEST_CASE("a worklist is told as far as its streams may be read, and so are its numbers", "[worklist]") {
  Desks desks;
  const StreamId one = desks.queued(desks.ours, "triage"), two = desks.queued(desks.ours, "triage", "US-OH"), foreign = desks.queued(desks.theirs, "triage");
  desks.queued(desks.theirs, "night");
  CHECK(desks.told(desks.ours, "/v1/queues/triage") == named({one, two}));
  CHECK(desks.told(desks.theirs, "/v1/queues/triage") == named({foreign}));
  CHECK(desks.told(desks.auditor, "/v1/queues/triage") == named({one, two, foreign}));
  CHECK(desks.told(desks.ours, "/v1/queues/night").empty());
  CHECK(desks.told(desks.ours, "/v1/queues/noon").empty());  // nor whether others have such a queue
  CHECK(desks.told(desks.auditor, "/v1/queues/night?kind=tip").empty());
  const auto noon = desks.service.ask("/v1/queues/noon", desks.by(desks.auditor));
  CHECK(noon.status == 404);
  CHECK(noon.body.find("there are: night, triage") != std::string::npos);
  const auto queues = [&](const Signer& key, const std::string& query = "") { return desks.service.read("/v1/queues" + query, desks.by(key)).at("queues").as_array(); };
  CHECK(queues(desks.ours).size() == 1);
  CHECK(queues(desks.theirs).size() == 2);
  CHECK(queues(desks.ours, "?jurisdiction=US-OH").at(0).at("waiting") == boost::json::value(1));
  CHECK(queues(desks.ours, "?overdue=true").empty());

  const Signer ohio = desks.ledger.enrol({"case_system"}, "org-1", {"US-OH"}), importer = desks.ledger.enrol({"importer"}, "org-1");
  CHECK(desks.told(ohio, "/v1/queues/triage") == named({two}));
  CHECK(desks.told(importer, "/v1/queues/triage") == named({one, two}));
  desks.ledger.record(desks.ours, {samples::event("AccessGranted", "case", one, 3, R"({"organisation":"org-2","reason_code":"joint"})", {.handling = "child_sensitive"})});
  CHECK(desks.told(desks.theirs, "/v1/queues/triage") == named({one, foreign}));
  CHECK(desks.told(importer, "/v1/queues/triage") == named({two}));  // an event that it may not read has a part in the row
}

TEST_CASE("what has to be read for a worklist is read a part at a time, and then known", "[worklist]") {
  samples::Service service({.waiting_events_read_max = 4}, {}, false);
  const Signer author = service.ledger.enrol({"case_system"}, "org-1");
  for (int i = 0; i < 6; ++i) {
    const StreamId file = samples::new_stream();
    service.ledger.record(author, {samples::case_opened(file), samples::event("TriageQueueEntered", "case", file, 2, R"({"queue":"q","entered_at":"2024-03-05T20:00:00Z"})")});
  }
  const auto now = system_clock().wall() / 1'000'000;
  const samples::Asked asked{.headers = {{"authorization", "Bearer " + api::sign_token({service.ledger.origin(), "ledger.example.org", now, now + 300, author.vkey().key, {9}}, author)}}};
  CHECK(service.problem("/v1/queues", asked) == "overloaded");
  for (int asks = 1; service.ask("/v1/queues", asked).status == 503; ++asks) REQUIRE(asks < 3);
  CHECK(service.read("/v1/queues", asked).at("queues").at(0).at("waiting") == boost::json::value(6));
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
  CHECK(one.at("items").as_array()[0] == json::value{{"queue", "triage"}, {"item", to_string(files[0])}, {"stream", to_string(files[0])}, {"kind", "case"}, {"entered_at", "2024-03-05T20:00:00Z"},
                                             {"overdue", false}, {"expedited", false}, {"jurisdiction", "US-TX"}});
  CHECK_FALSE(one.contains("next"));
  const auto first = service.read("/v1/queues/triage?limit=1");
  CHECK(first.at("items").as_array() == json::array{one.at("items").as_array()[0]});
  CHECK(first.at("length") == queues[1]);
  const auto next = service.read("/v1/queues/triage?limit=1&after=" + std::string(first.at("next").as_string()));
  CHECK(next.at("items").as_array() == json::array{one.at("items").as_array()[1]});
  CHECK_FALSE(next.contains("next"));
  CHECK(samples::header(service.ask("/v1/queues/triage?limit=1"), "Link") == "</v1/queues/triage?after=" + std::string(first.at("next").as_string()) + "&limit=1>; rel=\"next\"");
  CHECK(service.read("/v1/queues/desk%2F2").at("items").as_array().size() == 1);
  CHECK(service.problem("/v1/queues/nobody") == "not_found");
  const auto nothing = service.read("/v1/queues/triage?kind=tip");
  CHECK(nothing.at("items").as_array().empty());
  CHECK(nothing.at("length").at("waiting") == json::value(0));
  CHECK(service.problem("/v1/queues/triage?limit=0") == "value_out_of_range");
  CHECK(service.problem("/v1/queues/triage?limit=1001") == "value_out_of_range");
  for (const char* bad : {"priority=P5", "priority=p0", "priority=", "kind=cases", "kind="}) CHECK(service.problem(std::string("/v1/queues?") + bad) == "value_out_of_range");
  for (const char* bad : {"overdue=yes", "overdue=", "queue=triage", "after=00"}) CHECK(service.problem(std::string("/v1/queues?") + bad) == "malformed");
  for (const char* bad : {"00", "", "zz"}) CHECK(service.problem(std::string("/v1/queues/triage?after=") + bad) == "malformed");
  CHECK(service.problem("/v1/queues/triage?after=" + std::string(106, '0')) == "malformed");
  CHECK(service.ask("/v1/queues", {.loopback = false}).status == 401);
  CHECK(service.ask("/v1/queues/triage", {.loopback = false}).status == 401);

  const samples::Service strict({.queues_max = 0});
  const Signer other = strict.ledger.enrol({"case_system"});
  const StreamId file = samples::new_stream();
  strict.ledger.record(other, {samples::case_opened(file), samples::event("TriageQueueEntered", "case", file, 2, R"({"queue":"q","entered_at":"2024-03-05T20:00:00Z"})")});
  CHECK(strict.ask("/v1/queues").status == 413);
}
