// Searches by the organisation whose key signed them, for whose case, and in which logs: worked by hand.
#include <catch2/catch.hpp>

#include "projections/contributors.h"
#include "projections/searches.h"
#include "projections/standing.h"
#include "tests/support/council.h"
#include "tests/support/told.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

// A ledger of two governors who decide together, and readers who search.
class Office {
 public:
  Office() : council_(2, 2, false) {
    say(council_.governors[0], council_.genesis(council_.charter(2)), "@0h");
    say(council_.governors[1], council_.approval(1), "@0h");
  }

  Version propose(const std::string& action, std::string_view at) {
    const Version version = council_.version() + 1;
    say(council_.governors[0], council_.proposal(action), at);
    return version;
  }
  void approve(Version proposal, std::string_view at) { say(council_.governors[1], council_.approval(proposal), at); }
  void enrol(const Signer& key, const std::string& organisation, std::string_view at) { approve(propose(enrolment(key, organisation), at), at); }

  static std::string enrolment(const Signer& key, const std::string& organisation) {
    return R"({"type":"KeyEnrolled","vkey":")" + key.vkey().text() + R"(","organisation":")" + organisation + R"(","roles":["analyst"]})";
  }

  struct Asked {
    std::string id = {};  // empty: one of its own
    unsigned of_case = 0;
    std::string recorded = {};
    std::string system = "lpr";
    unsigned networks = 7;
  };
  void search(const Signer& key, unsigned stream, const std::string& at, const Asked& asked) {
    const std::string id = asked.id.empty() ? "own-" + std::to_string(authors_.size()) : asked.id;
    const std::string why = asked.of_case > 0 ? R"("missing_child","case_ref":{"stream":"#)" + std::to_string(asked.of_case) + R"(","version":0})" : R"("other")";
    told_.tell("access " + std::to_string(stream) + " SearchExecuted", at,
               R"({"system":")" + asked.system + R"(","networks":)" + std::to_string(asked.networks) + R"(,"search_id":")" + id + R"(","reason_code":)" + why + "}", {.recorded = asked.recorded});
    authors_.push_back(key.vkey().key);
  }
  void search(const Signer& key, unsigned stream, const std::string& at, bool for_case, const std::string& recorded = {}) {
    search(key, stream, at, {.of_case = for_case ? 201u : 0u, .recorded = recorded});
  }
  void open(const Signer& key, unsigned stream, const std::string& at) {
    told_.tell("case " + std::to_string(stream) + " CaseOpened", at,
               R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":")" + at + R"("}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})");
    authors_.push_back(key.vkey().key);
  }

  std::string said(std::string_view id, const FigureQuery& query, std::string_view group = {}) const {
    const auto all = fold_of(searches(), facts()).figures(query);
    Figure figure = named(all, id, group);
    figure.interval.reset();
    return said_by(figure);
  }
  std::vector<Fact> facts() const {
    std::vector<Fact> all = decisions_;
    for (std::size_t i = 0; i < authors_.size(); ++i) all.push_back(told_.facts()[i]), all.back().author = authors_[i];
    return all;
  }

  std::vector<Fact> decisions_;  // of the governance stream; what is taken away from it was never known here

 private:
  void say(const Signer& author, Buffer event, std::string_view at) {
    REQUIRE(council_.record(author, event));
    decisions_.push_back({.event = view_event(events_.emplace_back(std::move(event))), .position = {decisions_.size()}, .entry = {}, .recorded_at = when(at), .author = author.vkey().key});
  }

  samples::Council council_;
  std::deque<Buffer> events_;
  Told told_;
  std::vector<PublicKey> authors_;  // of what is told, one after the other
};

struct TwoOffices : Office {
  const Signer police = Signer::generate("police"), center = Signer::generate("center");
  TwoOffices() {
    enrol(police, "police", "@1h");
    enrol(center, "center", "@1h");
  }
};

const FigureQuery by_organisation = by_then("@200d", {"organisation"});

}  // namespace

TEST_CASE("searches count for the organisation to which the governors enrolled the key that signed them") {
  Office office;
  const Signer analyst = Signer::generate("analyst"), desk = Signer::generate("desk"), other = Signer::generate("other");
  office.enrol(analyst, "police", "@1h");
  office.enrol(desk, "center", "@1h");
  office.propose(Office::enrolment(other, "nobody"), "@1h");  // and nobody else approves it
  office.open(desk, 201, "@1d");
  for (const char* at : {"@2d", "@3d"}) office.search(analyst, 1, at, true);
  office.search(analyst, 1, "@4d", false);
  office.search(desk, 2, "@5d", true);
  office.search(other, 3, "@6d", true);
  const auto of = [&](std::string_view id, std::string_view group) { return office.said(id, by_organisation, group); };
  CHECK(of("T7.searches", "police") == "police: 3/- = 3");
  CHECK(of("T7.searches", "center") == "center: 1/- = 1");
  CHECK(of("T7.searches", "unknown") == "unknown: 1/- = 1");
  CHECK(of("T7.without_case", "police") == "police: 1/3 = 0.333333");
  CHECK(of("T7.generic_reason", "police") == "police: 1/3 = 0.333333");

  // Of the three searches for the case by organisations that are known, two are by another than the one that opened it.
  CHECK(office.said("T7.outside", by_then("@200d")) == "2/3 = 0.666667");
  CHECK(of("T7.outside", "police") == "police: 2/2 = 1.000000");
  CHECK(of("T7.outside", "center") == "center: 0/1 = 0.000000");
  CHECK(of("T7.outside", "unknown") == "unknown: 0/0 = - no_data");
  office.open(analyst, 202, "@7d");
  CHECK(office.said("T7.outside", by_then("@200d")) == "2/3 = 0.666667");
  office.search(analyst, 1, "@8d", {.of_case = 202});
  CHECK(office.said("T7.outside", by_then("@200d")) == "2/4 = 0.500000");
}

TEST_CASE("a search is from outside or not by whose case it names, whether that was opened before or after; of one that nobody opened nothing is known") {
  TwoOffices office;
  const Signer &police = office.police, &center = office.center, stranger = Signer::generate("stranger");
  const auto outside = [&] { return office.said("T7.outside", by_then("@200d")); };
  office.search(police, 1, "@1d", {.of_case = 201});
  office.search(police, 1, "@1d", {.of_case = 203});
  CHECK(outside() == "0/0 = - no_data");
  office.open(center, 201, "@2d");
  CHECK(outside() == "1/1 = 1.000000");
  office.open(stranger, 203, "@2d");
  CHECK(outside() == "1/1 = 1.000000");
  office.open(police, 202, "@3d");
  for (int i = 0; i < 2; ++i) office.search(police, 1, "@4d", {.of_case = 202});
  office.search(center, 2, "@4d", {.of_case = 202});
  CHECK(outside() == "2/4 = 0.500000");
  CHECK(office.said("T7.outside", by_organisation, "police") == "police: 1/3 = 0.333333");
}

TEST_CASE("a search in the logs of several readers counts in the one that recorded it first") {
  TwoOffices office;
  const Signer &police = office.police, &center = office.center;
  office.open(center, 201, "@2h");
  const auto of = [&](std::string_view id, std::string_view group) { return office.said(id, by_organisation, group); };
  office.search(police, 1, "@2d", {.id = "one", .of_case = 201});
  office.search(center, 2, "@1d", {.id = "one"});  // made earlier, as that says, and recorded later
  office.search(center, 2, "@3d", {.id = "two"});
  office.search(police, 1, "@4d", {.id = "two"});
  CHECK(office.said("T7.searches", by_then("@200d")) == "2/- = 2");
  CHECK(office.said("T7.repeated", by_then("@200d")) == "2/- = 2");
  CHECK(of("T7.searches", "police") == "police: 1/- = 1");
  CHECK(of("T7.searches", "center") == "center: 1/- = 1");
  CHECK(of("T7.repeated", "center") == "center: 1/- = 1");
  CHECK(office.said("T7.without_case", by_then("@200d")) == "1/2 = 0.500000");
  CHECK(office.said("T7.outside", by_then("@200d")) == "1/1 = 1.000000");
  CHECK(office.said("T7.networks.p50", by_then("@200d")) == "-/2 = 7");
  CHECK(office.said("T7.hour", by_then("@200d"), "0") == "0: 2/- = 2");

  SECTION("as often as that log has it") {
    office.search(police, 1, "@5d", {.id = "one", .of_case = 201});
    CHECK(office.said("T7.searches", by_then("@200d")) == "3/- = 3");
    CHECK(office.said("T7.outside", by_then("@200d")) == "2/2 = 1.000000");
  }
  SECTION("an id is one of its system's: another system has its own") {
    office.search(center, 2, "@5d", {.id = "one", .system = "records"});
    CHECK(office.said("T7.searches", by_then("@200d")) == "3/- = 3");
  }
  SECTION("one that is made void in its first log counts in the next") {
    std::vector<Fact> facts = office.facts(), left;
    Folds fold = fold_of(searches(), facts);
    for (const Fact& fact : facts)
      if (fact.event.stream == stream(1) && fact.event.version == 2) left.push_back(fact);
    REQUIRE(fold.refold(stream(1), Standing(left)));
    fold.settle();
    const auto all = fold.figures(by_organisation);
    CHECK(said_by(named(all, "T7.searches", "center")) == "center: 2/- = 2");
    CHECK(said_by(named(all, "T7.searches", "police")) == "police: 0/- = 0");
    CHECK(said_by(named(all, "T7.repeated", "police")) == "police: 1/- = 1");
    std::erase_if(facts, [](const Fact& fact) { return fact.event.stream == stream(1) && fact.event.version == 1; });
    CHECK(*fold.digests() == *fold_of(searches(), facts).digests());

    REQUIRE(fold.refold(stream(1), Standing(std::span<const Fact>(), 2)));  // nothing is left of it
    fold.settle();
    std::erase_if(facts, [](const Fact& fact) { return fact.event.stream == stream(1); });
    CHECK(*fold.digests() == *fold_of(searches(), facts).digests());
  }
}

TEST_CASE("a log that calls all its searches the same costs no more than one that does not, and another log's search of that name counts there alone") {
  TwoOffices office;
  const Signer &police = office.police, &center = office.center;
  office.open(center, 201, "@2h");
  constexpr int many = 20'000;
  for (int i = 0; i < many; ++i) office.search(police, 1, "@2d", {.id = "na", .of_case = i % 2 == 0 ? 201u : 0u});
  office.search(center, 2, "@3d", {.id = "na"});
  Folds fold(searches());
  const auto begun = std::chrono::steady_clock::now();
  for (const Fact& fact : office.facts()) REQUIRE(fold.apply(fact));
  fold.settle();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));  // all of them at one node would take hours
  const auto all = fold.figures(by_then("@200d"));
  CHECK(named(all, "T7.searches").numerator == many);
  CHECK(named(all, "T7.repeated").numerator == 1);
  CHECK(named(all, "T7.outside").numerator == many / 2);
}

TEST_CASE("a log that another had before, search by search, costs no more, however much they differ") {
  Office office;
  const Signer police = Signer::generate("police"), center = Signer::generate("center");
  constexpr unsigned many = 10'000;
  for (unsigned log : {1u, 2u})
    for (unsigned i = 0; i < many; ++i) office.search(log == 1 ? police : center, log, "@2d", {.id = "s-" + std::to_string(i), .networks = i * 7 % 900});
  Folds fold(searches());
  const auto begun = std::chrono::steady_clock::now();
  for (const Fact& fact : office.facts()) REQUIRE(fold.apply(fact));
  fold.settle();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
  const auto all = fold.figures(by_then("@200d"));
  CHECK(named(all, "T7.searches").numerator == many);
  CHECK(named(all, "T7.repeated").numerator == many);
  CHECK(named(all, "T7.networks.max").denominator == many);
}

TEST_CASE("each reader's stream has its share of the figures of its organisation, and no other stream has any") {
  Office office;
  const Signer analyst = Signer::generate("analyst"), desk = Signer::generate("desk");
  office.enrol(analyst, "police", "@1h");
  office.enrol(desk, "center", "@1h");
  office.open(desk, 201, "@1d");
  for (const char* at : {"@2d", "@3d"}) office.search(analyst, 1, at, true);
  office.search(desk, 2, "@4d", true);
  Folds folds;
  for (const Fact& fact : office.facts()) REQUIRE(folds.apply(fact));
  folds.settle();
  const auto shares = [&](std::string_view id) {
    std::vector<std::string> all;
    const auto found = contributors(folds, id, by_organisation, {}, 100).value();
    for (const auto& each : found.first)
      for (Figure share : each.shares) {
        share.interval.reset();
        all.push_back(to_string(each.stream).substr(34) + " " + said_by(share));
      }
    return all;
  };
  CHECK(shares("T7.searches") == std::vector<std::string>{"01 police: 2/- = 2", "02 center: 1/- = 1"});
  CHECK(shares("T7.outside") == std::vector<std::string>{"01 police: 2/2 = 1.000000", "02 center: 0/1 = 0.000000"});
}

TEST_CASE("a key that changes its organisation takes its searches along from the month of the change on, and a revoked one keeps them") {
  Office office;
  const Signer key = Signer::generate("reader");
  office.enrol(key, "police", "@1h");
  const Version moved = office.propose(Office::enrolment(key, "sheriff"), "@20d");
  office.search(key, 1, "@25d", true);
  office.approve(moved, "@40d");                        // 10 February: then it takes effect, and not when it was proposed
  office.search(key, 1, "@35d", true, "@41d");
  office.search(key, 1, "@30d", true, "@42d");          // made in January, recorded since
  office.search(key, 1, "@70d", true);
  office.approve(office.propose(samples::revoked(key.vkey()), "@80d"), "@80d");
  CHECK(office.said("T7.searches", by_organisation, "police") == "police: 1/- = 1");
  CHECK(office.said("T7.searches", by_organisation, "sheriff") == "sheriff: 3/- = 3");
  auto january = in_period(when("@0h"), when("@31d"), when("@200d"));
  january.by = {"organisation"};
  CHECK(office.said("T7.searches", january, "sheriff") == "sheriff: 1/- = 1");
  office.enrol(key, "court", "@100d");                  // again, after it was revoked
  office.search(key, 1, "@101d", false);
  CHECK(office.said("T7.searches", by_organisation, "court") == "court: 1/- = 1");
  CHECK(office.said("T7.searches", by_organisation, "sheriff") == "sheriff: 3/- = 3");
}

TEST_CASE("a key counts for nobody before its enrolment, or where its enrolment is not in the copy that is counted") {
  Office office;
  const Signer early = Signer::generate("early"), lost = Signer::generate("lost");
  office.enrol(lost, "police", "@1h");
  const std::size_t proposal = office.decisions_.size() - 2;
  office.search(early, 1, "@2d", true);
  office.search(lost, 2, "@3d", true);
  office.enrol(early, "sheriff", "@35d");
  office.search(early, 1, "@36d", true);
  CHECK(office.said("T7.searches", by_organisation, "unknown") == "unknown: 1/- = 1");
  CHECK(office.said("T7.searches", by_organisation, "sheriff") == "sheriff: 1/- = 1");
  office.decisions_.erase(office.decisions_.begin() + static_cast<std::ptrdiff_t>(proposal));  // its approval is left, and approves nothing
  CHECK(office.said("T7.searches", by_organisation, "unknown") == "unknown: 2/- = 2");
  CHECK(office.said("T7.searches", by_organisation, "sheriff") == "sheriff: 1/- = 1");
  office.decisions_.clear();
  CHECK(office.said("T7.searches", by_organisation, "unknown") == "unknown: 3/- = 3");
  CHECK(office.said("T7.outside", by_then("@200d")) == "0/0 = - no_data");
}

TEST_CASE("lives in office, to which the laws of folds are held, have searches of several organisations and of nobody's, from outside, and in two logs") {
  Log log;
  unsigned next = 0;
  live_in_office(log, [&](unsigned n) { return (next = next * 1'103'515'245 + 12'345) / 65'536 % n; }, 200);
  const auto all = figures(searches(), log, as_of(log.clock(), {"organisation"}));
  for (const char* organisation : {"police", "sheriff", "unknown"}) CHECK(named(all, "T7.searches", organisation).numerator > 0);
  const auto whole = figures(searches(), log, as_of(log.clock()));
  CHECK(named(whole, "T7.repeated").numerator > 0);
  CHECK(named(whole, "T7.outside").numerator > 0);
  CHECK(named(whole, "T7.outside").numerator < named(whole, "T7.outside").denominator);
}
