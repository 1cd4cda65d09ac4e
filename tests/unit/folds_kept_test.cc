// What lies in the folds' files: rows that do not read, files of another version, and what a purge leaves of what was erased.
#include <catch2/catch.hpp>
#include <random>

#include "ledger/beside.h"
#include "ledger/store/database.h"
#include "projections/runner.h"
#include "tests/support/excised.h"

using namespace samples;
using namespace caseledger;

namespace {

constexpr std::string_view marker = "cw-nobody-may-read-this-any-more";

// The folds' database as rows, past everything that knows what they mean.
constexpr std::size_t state_family = 3;
std::unique_ptr<store::Database> rows_of(const fs::path& ledger) {
  auto database = store::Database::open(ledger / "store" / "folds", store::Durability::derived,
                                        {{.name = "heads"}, {.name = "skips"}, {.name = "tiles"}, {.name = "state"}, {.name = "shares"}});
  REQUIRE(database);
  return std::move(*database);
}

std::vector<std::pair<Buffer, Buffer>> kept_by_projections(const store::Database& rows) {
  std::vector<std::pair<Buffer, Buffer>> found;
  auto cursor = rows.cursor(state_family);
  for (cursor.seek_first(); cursor.valid(); cursor.next())
    if (text_of(cursor.key()).starts_with("projections-")) found.emplace_back(Buffer(cursor.key().begin(), cursor.key().end()), Buffer(cursor.value().begin(), cursor.value().end()));
  return found;
}

void put(store::Database& rows, Bytes key, Bytes value) {
  const auto batch = rows.batch();
  batch->put(state_family, key, value);
  REQUIRE(rows.write(*batch));
  REQUIRE(rows.flush());
}

// Opens the ledger, folds what has come meanwhile, moves every stream once, and tells of the first thing that went wrong.
std::optional<Error> trouble(TestLedger& ledger, const Signer& clerk, std::span<const StreamId> cases) {
  if (const auto opened = ledger.open(); !opened) return opened.error();
  std::vector<Buffer> events;
  for (const StreamId& stream : cases) events.push_back(case_assigned(stream, ledger.state(stream).version + 1));
  ledger.record(clerk, events);
  std::optional<Error> found;
  if (auto runner = projections::Runner::open(*ledger); !runner) {
    found = runner.error();
  } else {
    (*runner)->wait_for({ledger->head().size});
    found = (*runner)->failure();
    if (!found)
      if (const auto digests = (*runner)->read([](const projections::Folds& folds, EntryIndex, Micros) { return folds.digests(); }); !digests) found = digests.error();
    ledger->drain();  // so that the projections stop at once
  }
  ledger.close();
  return found;
}

struct Desk {
  TestLedger ledger;
  Signer clerk = ledger.enrol({"case_system"});
  std::vector<StreamId> cases;

  Desk() {
    for (int i = 0; i < 6; ++i) {
      cases.push_back(new_stream());
      ledger.record(clerk, {case_opened(cases.back())});
    }
    auto runner = projections::Runner::open(*ledger);
    REQUIRE(runner);
    REQUIRE((*runner)->wait_for({ledger->head().size}));
    ledger->drain();
    runner->reset();  // writes
    ledger.close();
  }
};

}  // namespace

TEST_CASE("a row of the projections that does not read is told of, whatever is wrong with it") {
  Desk desk;
  const fs::path folds = desk.ledger.folder() / "store" / "folds";
  std::mt19937 chance(1);
  for (int round = 0; round < 24; ++round) {
    const auto whole = kept_by_projections(*rows_of(desk.ledger.folder()));
    REQUIRE(whole.size() > desk.cases.size());
    const auto& [key, value] = whole[chance() % whole.size()];
    Buffer damaged = value;
    switch (chance() % 4) {
      case 0: damaged[chance() % damaged.size()] ^= static_cast<std::uint8_t>(1 + chance() % 255); break;
      case 1: damaged.resize(chance() % damaged.size()); break;
      case 2: damaged.push_back(static_cast<std::uint8_t>(chance())); break;
      default: std::ranges::generate(damaged, [&] { return static_cast<std::uint8_t>(chance()); });
    }
    put(*rows_of(desk.ledger.folder()), key, damaged);
    const auto found = trouble(desk.ledger, desk.clerk, desk.cases);
    INFO("round " << round << ", " << hex(key));
    REQUIRE(found);
    CHECK(found->code == Errc::verification_failed);
    CHECK(found->sentence.find("caseledger rebuild") != std::string::npos);
    fs::remove_all(folds);
    if (const auto none = trouble(desk.ledger, desk.clerk, desk.cases)) FAIL(none->sentence);
  }
}

TEST_CASE("folds of another version are told of by who reads them, and folded again by who writes them") {
  Desk desk;
  {
    const auto rows = rows_of(desk.ledger.folder());
    const std::string key = std::string(1, '\0') + "format";
    REQUIRE(rows->get(state_family, bytes_of(key)).value());
    Buffer other(8);
    store_be(other.data(), std::uint64_t{1});
    put(*rows, bytes_of(key), other);
  }
  const auto beside = open_folds_beside(desk.ledger.folder());
  REQUIRE_FALSE(beside);
  CHECK(beside.error().code == Errc::usage);
  const auto audit = audit_folder(desk.ledger.folder(), trusting(desk.ledger.log_vkey()));
  REQUIRE(audit);
  CHECK(audit->sound());
  CHECK(std::ranges::any_of(audit->not_checked, [](const std::string& each) { return each.find("of version 1") != each.npos; }));
  CHECK(beside.error().sentence.find("the folds are of version 1, this build reads version 2; run `caseledger rebuild`") != std::string::npos);
  if (const auto none = trouble(desk.ledger, desk.clerk, desk.cases)) FAIL(none->sentence);
  CHECK(open_folds_beside(desk.ledger.folder()));
}

TEST_CASE("folds say that opening emptied them, and of which version; new ones and those of this version do not") {
  Desk desk;
  const fs::path folder = desk.ledger.folder() / "store" / "folds", other = desk.ledger.folder() / "other";
  fs::create_directories(other);
  CHECK_FALSE((*store::Folds::open(other))->emptied());
  {
    const auto rows = rows_of(desk.ledger.folder());
    Buffer one(8);
    store_be(one.data(), std::uint64_t{1});
    put(*rows, bytes_of(std::string(1, '\0') + "format"), one);
  }
  CHECK((*store::Folds::open(folder))->emptied() == 1);
  CHECK_FALSE((*store::Folds::open(folder))->emptied());
}

TEST_CASE("a purge waits for whoever reads a file that it replaces, and does not say that it is gone while it is not") {
  Scratch scratch;
  auto opened = store::Database::open(scratch / "db", store::Durability::synced, {{.name = "rows"}});
  REQUIRE(opened);
  store::Database& database = **opened;
  const Buffer key{1, 2, 3}, other{4};
  const auto write = [&](const auto& change) {
    const auto batch = database.batch();
    change(*batch);
    REQUIRE(database.write(*batch));
  };
  write([&](auto& batch) { batch.put(0, key, bytes_of(marker)); });
  write([&](auto& batch) { batch.put(0, other, bytes_of("stays")); });
  REQUIRE(database.flush());
  auto reader = std::make_unique<store::Database::Cursor>(database.cursor(0));
  reader->seek_first();
  write([&](auto& batch) { batch.erase(0, key); });

  const auto refused = database.purge(0, std::array{key});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::overloaded);
  CHECK_FALSE(files_with(scratch / "db", marker).empty());
  CHECK(database.purge(0, std::array{key}).error().code == Errc::overloaded);  // though nothing is left to compact

  std::thread done([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    reader.reset();
  });
  CHECK(database.purge(0, std::array{key}));
  CHECK(files_with(scratch / "db", marker).empty());
  done.join();
  CHECK(database.get(0, other).value() == "stays");
}

TEST_CASE("rows of a run are there once it was taken in; of one that was given up, or that a crash cut short, nothing is left") {
  Scratch scratch;
  const auto open = [&] { return store::Database::open(scratch / "db", store::Durability::derived, {{.name = "rows"}}); };
  const auto runs = [&] {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(scratch / "db"))
      if (entry.path().filename().native().starts_with("run-")) found.push_back(entry.path());
    return found;
  };
  const Buffer first{1}, second{2};
  {
    const auto opened = open();
    REQUIRE(opened);
    store::Database& database = **opened;
    {
      auto given_up = database.run(0);
      REQUIRE(given_up);
      REQUIRE(given_up->put(first, bytes_of(marker)));
      CHECK(runs().size() == 1);
    }
    CHECK(runs().empty());
    auto run = database.run(0);
    REQUIRE(run);
    REQUIRE(run->put(first, bytes_of("one")));
    CHECK_FALSE(run->put(first, bytes_of("again")));
    REQUIRE(run->put(second, bytes_of("two")));
    CHECK(database.get(0, second).value() == std::nullopt);
    REQUIRE(run->take_in());
    CHECK(runs().empty());
    CHECK(database.get(0, second).value() == "two");
  }
  std::ofstream(scratch / "db" / "run-7.sst") << marker;
  const auto again = open();
  REQUIRE(again);
  CHECK(runs().empty());
  CHECK((*again)->get(0, first).value() == "one");
}

TEST_CASE("heads that are folded from the beginning are written a part after the other, and the last says how far they reach") {
  TestLedger ledger({.config = {.heads_run_rows = 3, .heads_rows_max = 5}});
  const auto clerk = ledger.enrol({"case_system"});
  for (unsigned i = 0; i < 40; ++i) ledger.record(clerk, {case_opened(new_stream())});
  const std::uint64_t streams = ledger->heads().size();
  const EntryIndex size{ledger->head().size};
  ledger.close();
  fs::remove_all(ledger.folder() / "store" / "folds");
  REQUIRE(ledger.open());
  ledger.close();
  const auto folds = store::Folds::open(ledger.folder() / "store" / "folds", store::Access::read);
  REQUIRE(folds);
  CHECK((*folds)->heads_cursor().value() == size);
  std::uint64_t written = 0;
  REQUIRE((*folds)->each_head([&](const store::Heads::Row& row) {
    ++written;
    CHECK(row.state.version > 0);
  }));
  CHECK(streams > 40);
  CHECK(written == streams);
}

TEST_CASE("heads of a writing from the beginning that a crash cut short are folded once, not on top of what was written") {
  TestLedger ledger;
  const auto clerk = ledger.enrol({"case_system"});
  std::vector<StreamId> streams;
  for (unsigned i = 0; i < 8; ++i) {
    streams.push_back(new_stream());
    ledger.record(clerk, {case_opened(streams.back()), case_assigned(streams.back(), 2)});
  }
  const auto all = [&] {
    std::vector<store::Heads::Row> found;
    ledger->heads().each(0, 1, [&](const store::Heads::Row& row) { found.push_back(row); });
    std::ranges::sort(found, {}, &store::Heads::Row::stream);
    return found;
  };
  const auto before = all();
  ledger.close();
  const fs::path folder = ledger.folder() / "store" / "folds";
  fs::remove_all(folder);
  {
    const auto folds = store::Folds::open(folder);
    REQUIRE(folds);
    auto half = before;
    for (auto& row : half) row.state.children += 1, row.state.phase = rules::Phase::closed;
    REQUIRE((*folds)->write_heads(half, EntryIndex{0}));
    CHECK((*folds)->head(streams.front()).value() == std::nullopt);
    REQUIRE((*folds)->flush());
  }
  REQUIRE(ledger.open());
  const auto after = all();
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < after.size(); ++i) CHECK(after[i].state == before[i].state);
}
