// The fold engine by itself, and what holds for the catalogue as a list.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>

#include "projections/catalogue.h"
#include "projections/coverage.h"
#include "projections/fold.h"
#include "tests/support/stories.h"
#include "tests/support/source.h"

using namespace caseledger;
using namespace caseledger::projections;

namespace {

using Rows = std::map<std::string, std::string>;

void write(Rows& rows, std::vector<Fold::Row> changes) {
  for (auto& [key, value] : changes) {
    if (value.empty()) rows.erase(key);
    else rows[key] = std::move(value);
  }
}

// Remembers every other event of a stream, and nothing in between.
class EveryOther final : public Projection {
 public:
  std::string_view id() const override { return "every_other"; }
  bool wants(schema::Body) const override { return true; }
  void step(std::string& state, const Fact&) const override { state = state.empty() ? "x" : ""; }
  void contribute(std::string_view state, const std::function<void(std::string_view, std::int64_t)>& add) const override { add(state, 1); }
  std::vector<Figure> figures(const Cells&, const FigureQuery&) const override { return {}; }
};

}  // namespace

TEST_CASE("a stream that comes to nothing leaves nothing") {
  const EveryOther projection;
  stories::Log log;
  for (int i = 0; i < 4; ++i) stories::snapshot(log, stories::stream(1), {});
  Fold fold(projection);
  fold.track_changes();
  Rows rows;
  for (const Fact& fact : log.facts()) {
    fold.apply(fact);
    write(rows, fold.take_changes());
    const bool there = fact.event.version % 2 == 1;
    CHECK(fold.streams() == (there ? 1 : 0));
    CHECK(fold.cells().at("x") == (there ? 1 : 0));
    CHECK(rows.size() == (there ? 2 : 0));
    CHECK((fold.digest() == Fold(projection).digest()) == !there);
  }
}

TEST_CASE("a fold that was moved or copied keeps its own account of changes") {
  stories::Log log;
  for (unsigned i = 0; i < 2; ++i) stories::snapshot(log, stories::stream(i), {.cameras = i});
  Fold first(coverage());
  first.track_changes();
  Fold copy = first;
  copy.apply(log.facts()[0]);
  CHECK(copy.take_changes().size() == 2);
  CHECK(first.take_changes().empty());
  Fold moved = std::move(copy);
  moved.apply(log.facts()[1]);
  CHECK(moved.take_changes().size() == 2);
}

TEST_CASE("ids are stable words, each once") {
  std::map<std::string_view, int> ids;
  for (const Projection* projection : catalogue()) ++ids[projection->id()];
  for (const auto& [id, times] : ids) {
    CHECK(times == 1);
    CHECK(std::ranges::all_of(id, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }));
  }
  CHECK(ids.contains("cases"));
  CHECK(ids.contains("coverage"));
  CHECK(ids.contains("recovery"));
}

TEST_CASE("no projection computes in floating point") {
  const std::regex comment("//.*"), binary(R"(\b(double|float)\b)");
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(samples::source_folder() / "projections")) {
    const auto extension = entry.path().extension();
    if (extension != ".cc" && extension != ".h") continue;
    ++files;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      CAPTURE(entry.path().filename().string(), line);
      CHECK_FALSE(std::regex_search(std::regex_replace(line, comment, ""), binary));
    }
  }
  CHECK(files > 20);
}
