// What projections keep on disk: the same events give the same bytes, or the projection has another version. Folds that an earlier build wrote
// under the same versions are read as they lie.
//
// After a change that is meant, with the version one higher: `tests "[write-golden]"`.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "projections/catalogue.h"
#include "projections/fold.h"
#include "tests/support/event_samples.h"
#include "tests/support/source.h"
#include "tests/support/stories.h"

using namespace caseledger;
using namespace caseledger::projections;

namespace {

const std::filesystem::path file = samples::source_folder() / "tests" / "golden" / "projections.sha256";

struct Kept {
  unsigned version = 0;
  std::string digest;
};

// Some lives, and after them samples of every event type, each in a stream of its own.
std::map<std::string, Kept> kept_now() {
  std::mt19937 chance(7);
  stories::Log log;
  stories::live(log, [&](unsigned n) { return static_cast<unsigned>(chance() % n); }, 3'000);
  std::vector<Fact> facts(log.facts().begin(), log.facts().end());
  std::deque<Buffer> events;
  for (const auto type : samples::event_types())
    for (unsigned seed = 1; seed <= 6; ++seed) {
      const unsigned place = 1'000'000 + static_cast<unsigned>(type) * 8 + seed;  // whatever other types there are
      events.push_back(samples::sample_event(type, seed % 2 == 0, seed));
      Fact fact{.event = view_event(events.back()), .position = {place}, .entry = {place}, .recorded_at = stories::new_year_2024 + place * stories::second};
      fact.event.stream = stories::stream(place);
      fact.event.version = 1;
      facts.push_back(fact);
    }
  std::map<std::string, Kept> kept;
  for (const Projection* projection : catalogue()) {
    Folds folds(*projection);
    for (const Fact& fact : facts) REQUIRE(folds.apply(fact));
    folds.settle();
    const auto digests = folds.digests();
    REQUIRE(digests);
    kept[std::string(projection->id())] = {projection->version(), hex(digests->begin()->second.bytes)};
  }
  return kept;
}

std::map<std::string, Kept> kept_then() {
  std::map<std::string, Kept> kept;
  std::ifstream in(file);
  std::string id;
  for (Kept each; in >> each.digest >> each.version >> id;) kept[id] = each;
  return kept;
}

}  // namespace

TEST_CASE("what a projection keeps changes with its version, and not without") {
  const auto now = kept_now(), then = kept_then();
  for (const auto& [id, each] : now) {
    INFO(id << ": where what it keeps is meant to change, its version() becomes one higher and the golden file is written anew");
    const auto found = then.find(id);
    REQUIRE(found != then.end());
    CHECK(each.version == found->second.version);
    CHECK(each.digest == found->second.digest);
  }
  CHECK(then.size() == now.size());
}

TEST_CASE("the golden digests of projections are written", "[.][write-golden]") {
  const auto then = kept_then();
  std::ofstream out(file);
  for (const auto& [id, each] : kept_now()) {
    if (const auto found = then.find(id); found != then.end() && found->second.digest != each.digest) {
      INFO(id << " keeps something else under the same version");
      CHECK(each.version > found->second.version);
    }
    out << each.digest << ' ' << each.version << ' ' << id << '\n';
  }
}
