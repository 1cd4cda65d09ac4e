// The coverage figures, by hand.
#include <catch2/catch.hpp>

#include "projections/counties.h"
#include "projections/coverage.h"
#include "projections/rank.h"
#include "tests/support/told.h"

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

namespace {

class Readers : public Told {
 public:
  void snapshot(unsigned portal, const std::string& place, const std::string& at, const std::string& rest) {
    tell("coverage " + std::to_string(portal) + " CoverageSnapshotTaken", at, R"({"vendor":"v-1","jurisdiction":")" + place + R"(","as_of":")" + at + R"(","source":"agency")" + rest + "}");
  }
  std::string of(std::string_view id, const std::string& by = {}, std::string_view group = {}) const {
    return said(coverage(), id, by_then("@20d", by.empty() ? std::vector<std::string>{} : std::vector{by}), group);
  }
};

}  // namespace

TEST_CASE("cameras are told per persons and per road where both are known, and a place within another counts with it, once") {
  Readers log;
  log.snapshot(1, "US-TX", "@1d", R"(,"cameras":300,"population":900000,"road_m":2000000)");
  log.snapshot(2, "US-TX", "@2d", R"(,"cameras":60,"population":1000000)");          // the newest word on how many live there
  log.snapshot(3, "US-TX-48201", "@1d", R"(,"cameras":40,"population":200000)");     // among them
  log.snapshot(4, "US-OH-049", "@1d", R"(,"cameras":0,"population":100000,"road_m":500000)");
  log.snapshot(5, "US-OH-051", "@1d", R"(,"cameras":7)");                             // of nobody knows how many
  log.snapshot(6, "US-OH-053", "@1d", R"(,"population":50000)");                      // nobody knows how many cameras
  CHECK(log.of("coverage.cameras_per_100000_persons") == "400/1150000 = 34.782609 partial");
  CHECK(log.of("coverage.cameras_per_100000_persons", "state", "US-TX") == "US-TX: 400/1000000 = 40.000000");
  CHECK(log.of("coverage.cameras_per_100000_persons", "state", "US-OH") == "US-OH: 0/150000 = 0.000000 partial");
  CHECK(log.of("coverage.cameras_per_100000_persons", "jurisdiction", "US-TX") == "US-TX: 360/1000000 = 36.000000");
  CHECK(log.of("coverage.cameras_per_100000_persons", "jurisdiction", "US-TX-201") == "US-TX-201: 40/200000 = 20.000000");
  CHECK(log.of("coverage.cameras_per_100000_persons", "jurisdiction", "US-OH-051") == "US-OH-051: 0/0 = - no_data partial");
  CHECK(log.of("coverage.cameras_per_1000_km") == "400/2500000 = 160.000000 partial");
  log.snapshot(7, "US", "@1d", R"(,"population":330000000)");
  CHECK(log.of("coverage.cameras_per_100000_persons").starts_with("407/330000000 = 0.123333"));
}

TEST_CASE("counties are what snapshots name behind a state, by one name each, and those without a camera are a share of them") {
  Readers log;
  log.snapshot(1, "US-TX", "@1d", R"(,"cameras":0)");
  log.snapshot(2, "US-TX-48201", "@1d", R"(,"cameras":0)");
  log.snapshot(3, "US-TX-201", "@1d", R"(,"cameras":3)");      // the same county
  log.snapshot(4, "US-TX-48453", "@1d", R"(,"cameras":0)");
  log.snapshot(5, "US-TX-48029", "@1d", R"(,"reads_30d":9)");  // does not say
  log.snapshot(6, "US-OH-049", "@1d", R"(,"cameras":0)");
  CHECK(log.of("coverage.counties") == "3/- = 3");
  CHECK(log.of("coverage.counties.without") == "2/3 = 0.666667");
  CHECK(log.of("coverage.counties.without", "state", "US-TX") == "US-TX: 1/2 = 0.500000");
  CHECK(log.of("coverage.counties.without", "state", "US-OH") == "US-OH: 1/1 = 1.000000");
}

TEST_CASE("sharing, active cameras, retention and age are told of the portals that state them") {
  Readers log;
  log.snapshot(1, "US-TX", "@1d", R"(,"cameras":10,"cameras_active":9,"sharing_orgs":400,"retention_days":30)");
  log.snapshot(2, "US-TX", "@5d", R"(,"cameras":30,"cameras_active":21,"sharing_orgs":0)");
  log.snapshot(3, "US-OH", "@9d", R"(,"cameras_active":5,"sharing_orgs":7)");
  log.snapshot(4, "US-OH", "@19d", "");
  CHECK(log.of("coverage.cameras_active") == "35/3 = 35 partial");
  CHECK(log.of("coverage.active_share") == "30/40 = 0.750000 partial");
  CHECK(log.of("coverage.sharing_orgs") == "407/3 = 407 partial");
  CHECK(log.of("coverage.sharing_orgs_median") == "-/3 = 7 partial");
  CHECK(log.of("coverage.sharing") == "2/3 = 0.666667");
  CHECK(log.of("coverage.retention_unstated") == "3/4 = 0.750000");
  CHECK(log.of("coverage.age_p50") == "-/4 = " + std::to_string(11 * day));
  CHECK(log.of("coverage.age_oldest") == "-/4 = " + std::to_string(19 * day));
}

TEST_CASE("a rate that is too large to be printed says so") {
  Readers log;
  log.snapshot(1, "US-TX", "@1d", R"(,"hits_30d":9000000000000000000,"reads_30d":1)");
  CHECK(log.of("coverage.hits_per_million_reads") == "9000000000000000000/1 = - too_large");
}

TEST_CASE("counties have one name, and what is no county has none") {
  STATIC_REQUIRE(state_in("US-TX-201") == "US-TX");
  STATIC_REQUIRE(state_in("GB-ENG") == "GB-ENG");
  STATIC_REQUIRE(state_in("US") == "US");
  STATIC_REQUIRE(state_in("").empty());
  CHECK_FALSE(is_county("US-TX"));
  CHECK_FALSE(is_county("US-TX-"));
  CHECK_FALSE(is_county("TX1234567"));
  CHECK(one_name("US-TX-48201") == "US-TX-201");
  CHECK(one_name("CA-ON-35201") == "CA-ON-35201");
  CHECK(county_of("US-TX", "48201") == "US-TX-201");
  CHECK(county_of("US", "48201").empty());
  CHECK(county_of("US-TX", "").empty());
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
