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
#include "projections/packed.h"
#include "tests/support/stories.h"
#include "tests/support/source.h"

using namespace caseledger;
using namespace caseledger::projections;

namespace {

using Rows = std::map<std::string, std::string>;

void write(Rows& rows, std::vector<Folds::Row> changes) {
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
  void step(std::string& state, const Fact&) const override { state.resize(state.empty() ? 1 : 0, 'x'); }
  void contribute(std::string_view state, const Share& add) const override { add(state, 1); }
  std::vector<Figure> figures(const Cells&, const FigureQuery&) const override { return {}; }
};

}  // namespace

TEST_CASE("a stream that comes to nothing leaves nothing") {
  const EveryOther projection;
  stories::Log log;
  for (int i = 0; i < 4; ++i) stories::snapshot(log, stories::stream(1), {});
  Folds fold(projection);
  Rows rows;
  for (const Fact& fact : log.facts()) {
    REQUIRE(fold.apply(fact));
    write(rows, fold.take_changes());
    const bool there = fact.event.version % 2 == 1;
    CHECK(fold.streams_in_memory() == (there ? 1 : 0));
    CHECK(fold.cells(projection).at("x").at(0) == (there ? 1 : 0));
    CHECK(rows.size() == (there ? 2 : 0));
    CHECK((*fold.digests() == *Folds(projection).digests()) == !there);
  }
}

TEST_CASE("a fold that was moved keeps its own account of changes") {
  stories::Log log;
  for (unsigned i = 0; i < 2; ++i) stories::snapshot(log, stories::stream(i), {.cameras = i});
  Folds first(coverage());
  REQUIRE(first.apply(log.facts()[0]));
  CHECK(first.take_changes().size() == 2);
  CHECK(first.take_changes().empty());
  Folds moved = std::move(first);
  REQUIRE(moved.apply(log.facts()[1]));
  CHECK(moved.take_changes().size() == 2);
}

TEST_CASE("rows of other projections, of another version or damaged are not taken for one's own") {
  const EveryOther projection;
  Folds fold(projection);
  CHECK(fold.kind_of_rows() == Folds(projection).kind_of_rows());
  CHECK(fold.kind_of_rows() != Folds(coverage()).kind_of_rows());
  CHECK(fold.kind_of_rows() != Folds().kind_of_rows());
  const std::string stream = 's' + std::string(16, '\1');
  CHECK(fold.load(stream, std::string("\0\1x", 3)));
  for (const auto& [key, value] : Rows{{stream, std::string("\1\1x", 3)}, {stream, std::string("\0\2x", 3)}, {stream, "\xff\xff"}, {"s", ""}, {"", ""}, {"c\1x", ""},
                                       {std::string("c\0x", 3), "\x80"}, {std::string("c\0x", 3), "\1"}, {"x", ""}})
    CHECK_FALSE(fold.load(key, value));
}

TEST_CASE("numbers of a cell stand in the order of their slots, and what comes to zero is gone") {
  Cells cells;
  const Number some[] = {{7, 2}, {3, 1}, {7, 1}, {5, 0}};
  cells.add("a", some);
  CHECK(std::vector<Number>(cells.at("a").begin(), cells.at("a").end()) == std::vector<Number>{{3, 1}, {7, 3}});
  CHECK(cells.at("a").at(5) == 0);
  CHECK(cells.at("b").empty());
  Cells others;
  others.add("a", some, -1);
  others.add("b", 4);
  cells.merge(others);
  CHECK(cells.size() == 1);
  CHECK(cells.at("b").at(0) == 4);
  CHECK(cells.take_touched() == std::vector<std::string>{"b"});
  CHECK(cells.take_touched().empty());
  cells.add("b", -4);
  cells.add("b", 1);
  CHECK(cells.take_touched() == std::vector<std::string>{"b"});
}

TEST_CASE("numbers are packed in as few bytes as they need, and come out as they went in") {
  struct Some {
    std::int64_t a;
    std::uint32_t b;
    bool c;
    std::string d;
    std::vector<std::uint16_t> e;
  };
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64}, INT64_MAX, INT64_MIN}) {
    const auto bytes = packed(Some{n, 300, true, "x", {1, 40'000}});
    const auto back = unpacked<Some>(bytes);
    CHECK(back.a == n);
    CHECK(back.b == 300);
    CHECK(back.c);
    CHECK(back.d == "x");
    CHECK(back.e == std::vector<std::uint16_t>{1, 40'000});
  }
  CHECK(packed(Some{-1, 127, false, {}, {}}).size() == 5);
}

TEST_CASE("bytes of streams are found again, however they grow, shrink and go") {
  Streams streams;
  std::map<StreamId, std::string> expected;
  unsigned luck = 1;
  for (int i = 0; i < 20'000; ++i) {
    luck = luck * 1'103'515'245 + 12'345;
    const StreamId id = stories::stream((luck >> 16) % 997);
    const std::size_t size = (luck >> 8) % 16 == 0 ? luck % 3'000 : luck % 200;
    if (luck % 7 == 0) {
      streams.erase(id);
      expected.erase(id);
    } else {
      streams.set(streams.place(id), expected[id] = std::string(size, static_cast<char>('a' + i % 26)));
    }
  }
  CHECK(streams.size() == expected.size());
  Streams moved = std::move(streams);
  Streams whole;
  whole.adopt(std::move(moved));
  std::size_t seen = 0;
  whole.each([&](const StreamId& id, std::string_view bytes) { seen += expected.at(id) == bytes; });
  CHECK(seen == expected.size());
  for (const auto& [id, bytes] : expected) CHECK(whole.find(id) == bytes);
  CHECK(whole.find(stories::stream(5'000)).empty());
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
