// The coverage figures, by hand.
#include <catch2/catch.hpp>

#include "projections/coverage.h"
#include "projections/rank.h"
#include "tests/support/figures.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

std::vector<std::string> said(const Log& log, std::string_view id, std::vector<std::string> by = {}) {
  std::vector<std::string> out;
  for (const Figure& f : figures(coverage(), log, as_of(log.clock(), std::move(by))))
    if (f.id == id) out.push_back(said_by(f));
  return out;
}

using Lines = std::vector<std::string>;

// Four portals, three of them as published: Avon, Hendricks County, Sterling Heights, and one that states little.
Log four_portals() {
  Log log;
  snapshot(log, stream(1), {.jurisdiction = "US-IN", .cameras = 6, .reads = 269'427, .hits = 33'267, .retention_days = 30});
  snapshot(log, stream(2), {.jurisdiction = "US-IN", .cameras = 12, .reads = 665'721, .hits = 54'043, .retention_days = 30});
  snapshot(log, stream(3), {.jurisdiction = "US-MI", .cameras = 20, .reads = 870'060, .hits = 369, .retention_days = 21});
  snapshot(log, stream(4), {.jurisdiction = "US-MI", .cameras = 3, .hits = 11});
  return log;
}

}  // namespace

TEST_CASE("portals, cameras, reads and hits add up over those that state them") {
  const Log log = four_portals();
  CHECK(said(log, "coverage.portals") == Lines{"4/- = 4"});
  CHECK(said(log, "coverage.cameras") == Lines{"41/4 = 41"});
  CHECK(said(log, "coverage.reads_30d") == Lines{"1805208/3 = 1805208 partial"});
  CHECK(said(log, "coverage.hits_30d") == Lines{"87690/4 = 87690"});
  CHECK(said(log, "coverage.hits_per_million_reads") == Lines{"87679/1805208 = 48570.026280 partial"});
  CHECK(said(log, "coverage.reads_30d", {"jurisdiction"}) == Lines{"US-IN: 935148/2 = 935148", "US-MI: 870060/1 = 870060 partial"});
  CHECK(said(log, "coverage.hits_per_million_reads", {"jurisdiction"}) == 
        Lines{"US-IN: 87310/935148 = 93364.900529", "US-MI: 369/870060 = 424.108682 partial"});
}

TEST_CASE("retention is a distribution and its median by nearest rank") {
  const Log log = four_portals();
  CHECK(said(log, "coverage.retention_days") == Lines{"21: 1/3 = 1", "30: 2/3 = 2"});
  CHECK(said(log, "coverage.retention_days", {"jurisdiction"}) == Lines{"US-IN: 30: 2/2 = 2", "US-MI: 21: 1/1 = 1"});
  CHECK(said(log, "coverage.retention_days_median") == Lines{"-/3 = 30 partial"});
  CHECK(figures(coverage(), log, as_of(log.clock())).back().group == std::vector<std::pair<std::string, std::string>>{{"retention_days", "30"}});
}

TEST_CASE("of one portal the snapshot that was taken last counts, whenever it was recorded") {
  Log log;
  snapshot(log, stream(1), {.as_of = new_year_2024 + 10 * day, .cameras = 10, .reads = 5});
  snapshot(log, stream(1), {.as_of = new_year_2024 + 5 * day, .cameras = 99, .reads = 5});
  CHECK(said(log, "coverage.cameras") == Lines{"10/1 = 10"});
  snapshot(log, stream(1), {.as_of = new_year_2024 + 10 * day, .cameras = 11});  // said again, otherwise
  CHECK(said(log, "coverage.cameras") == Lines{"11/1 = 11"});
  snapshot(log, stream(1), {.jurisdiction = "US-OH", .as_of = new_year_2024 + 20 * day, .cameras = 12});
  CHECK(said(log, "coverage.cameras", {"jurisdiction"}) == Lines{"US-OH: 12/1 = 12"});
  CHECK(said(log, "coverage.reads_30d") == Lines{"0/0 = - no_data"});
}

TEST_CASE("without a portal there is nothing but that, and sums too large for a figure say so") {
  Log log;
  CHECK(said(log, "coverage.portals") == Lines{"0/- = 0"});
  CHECK(said(log, "coverage.cameras") == Lines{"0/0 = - no_data"});
  CHECK(said(log, "coverage.hits_per_million_reads") == Lines{"0/0 = - no_data"});
  CHECK(said(log, "coverage.retention_days_median") == Lines{"-/0 = - no_data"});
  CHECK(said(log, "coverage.portals", {"jurisdiction"}).empty());
  for (unsigned i = 0; i < 3; ++i) snapshot(log, stream(i), {.cameras = 1, .reads = UINT64_MAX, .hits = 0, .retention_days = 0});
  CHECK(said(log, "coverage.reads_30d") == Lines{"-/3 = - too_large"});
  CHECK(said(log, "coverage.hits_per_million_reads") == Lines{"0/- = - too_large"});
  CHECK(said(log, "coverage.retention_days") == Lines{"0: 3/3 = 3"});
}

TEST_CASE("a nearest rank is a value that occurs") {
  CHECK(nearest_rank({{15, 1}, {20, 1}, {35, 1}, {40, 1}, {50, 1}}, 5) == 15);
  CHECK(nearest_rank({{15, 1}, {20, 1}, {35, 1}, {40, 1}, {50, 1}}, 30) == 20);
  CHECK(nearest_rank({{15, 1}, {20, 1}, {35, 1}, {40, 1}, {50, 1}}, 40) == 20);
  CHECK(nearest_rank({{50, 1}, {40, 1}, {35, 1}, {20, 1}, {15, 1}}, 50) == 35);
  CHECK(nearest_rank({{15, 1}, {20, 1}, {35, 1}, {40, 1}, {50, 1}}, 100) == 50);
  CHECK(nearest_rank({{7, 9}, {8, 1}}, 90) == 7);
  CHECK(nearest_rank({{7, 9}, {8, 1}}, 91) == 8);
  CHECK(nearest_rank({{1, INT64_MAX / 2}, {2, INT64_MAX / 2}}, 50) == 1);
}
