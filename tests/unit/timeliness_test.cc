// How soon what is due was done, and how often models were right, by hand.
#include <catch2/catch.hpp>

#include "projections/models.h"
#include "projections/timeliness.h"
#include "tests/support/told_cases.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

class Searches : public Cases {
 public:
  void amber(unsigned n, const std::string& action, const std::string& at) {
    tell(Cases::of(n, "CasePublicNotice"), at, R"({"kind":"amber","action":")" + action + R"(","at":")" + at + "\"}");
  }
  std::string figure(std::string_view id, const FigureQuery& query = by_then("@100d")) const { return said(timeliness(), id, query); }
};

}  // namespace

TEST_CASE("an NCIC entry is in time within two hours of what law enforcement was told, of the cases that state both") {
  Searches log;
  log.missing(1, "@10h");
  log.ncic(1, "entry", "@10h", "@8h");                           // two hours to the second
  log.missing(2, "@10h", {.clocks = clock("reported_le", "@8h")});
  log.ncic(2, "entry", "@601m");                                 // a minute late, by the case's clock
  log.missing(3, "@10h", {.clocks = clock("reported_le", "@2h")});
  log.ncic(3, "entry", "@10h", "@9h");                           // what the entry says comes first
  log.ncic(3, "entry", "@40h", "@9h");                           // made once more
  log.missing(4, "@10h", {.clocks = clock("reported_le", "@9h")});  // no entry
  log.missing(5, "@10h");
  log.ncic(5, "entry", "@10h");                                  // nobody says when law enforcement was told
  log.missing(6, "@10h", {.type = "EXPL", .clocks = clock("reported_le", "@9h")});
  log.ncic(6, "entry", "@10h");                                  // no missing child
  CHECK(log.figure("M1") == "2/3 = 0.666667");
  CHECK(log.figure("M1.unknown") == "2/5 = 0.400000");
  CHECK(log.figure("M1", in_period(when("@11h"), when("@90d"), when("@100d"))) == "0/0 = - no_data");
}

TEST_CASE("an NCIC entry that was there before law enforcement was told is in time: the law says when it is to be made at the latest") {
  Searches log;
  log.missing(1, "@50h", {.clocks = clock("reported_le", "@49h")});
  log.ncic(1, "entry", "@40h");  // nine hours before, by another agency
  log.missing(2, "@50h", {.clocks = clock("reported_le", "@49h")});
  log.ncic(2, "entry", "@60h");  // eleven hours after
  CHECK(log.figure("M1") == "1/2 = 0.500000");
}

TEST_CASE("a child missing from care is reported in time within a day of the last contact") {
  Searches log;
  log.missing(1, "@50h", {.clocks = clock("last_contact", "@26h"), .state_care = true});
  log.missing(2, "@50h", {.clocks = clock("last_contact", "@25h"), .state_care = true});
  log.missing(3, "@50h", {.state_care = true});
  log.missing(4, "@50h", {.clocks = clock("last_contact", "@1h")});  // not from care
  CHECK(log.figure("M2") == "1/2 = 0.500000");
  CHECK(log.figure("M2.unknown") == "1/3 = 0.333333");
}

TEST_CASE("a record is to be verified within thirty days of its entry while the search goes on") {
  Searches log;
  for (const unsigned n : {1u, 2u, 3u, 4u, 5u}) log.missing(n, "@0h");
  for (const unsigned n : {1u, 2u, 3u, 4u, 5u}) log.ncic(n, "entry", "@0h");
  log.ncic(1, "verify_update", "@30d");
  log.ncic(2, "verify_update", "@31d");
  log.ncic(4, "locate", "@29d");  // nothing left to verify
  log.back(5, "@65d");
  CHECK(log.figure("M3") == "1/4 = 0.250000");
  CHECK(log.figure("M3", by_then("@29d")) == "0/0 = - no_data");
  Searches ended;
  ended.missing(1, "@0h");
  ended.ncic(1, "entry", "@0h");
  ended.back(1, "@20d");
  CHECK(ended.figure("M3") == "0/0 = - no_data");
}

TEST_CASE("AMBER alerts: from the report to the activation, and from there until every child is found") {
  Searches log;
  for (const unsigned n : {1u, 2u, 3u, 4u}) log.missing(n, "@0h");
  log.amber(1, "requested", "@1h");
  log.amber(1, "activated", "@2h");
  log.amber(2, "requested", "@1h");
  log.amber(2, "declined", "@3h");
  log.amber(3, "requested", "@1h");
  log.amber(3, "activated", "@4h");
  log.back(1, "@12h");
  CHECK(log.figure("M4.p50") == "2/3 = " + std::to_string(4 * hour));  // after 2 h one of three; one is out after 3; then the other
  CHECK(log.figure("M5.p50") == "1/2 = " + std::to_string(10 * hour));
  CHECK(log.figure("M5.p90") == "1/2 = - not_reached");
  log.tell("case 1 CaseReopened", "@2d", R"({"reason_code":"lost_again","prior_close_event_id":{"stream":"#1","version":5}})");
  CHECK(log.figure("M5.p50") == "0/2 = - not_reached");
}

TEST_CASE("precision, recall and accuracy are those of a version of a model by the last word on each of its datasets") {
  Told log;
  const auto evaluated = [&](unsigned model, const std::string& version, const std::string& dataset, const std::string& counts, const std::string& at = "@1d") {
    log.tell("model " + std::to_string(model) + " ModelEvaluated", at,
             R"({"version":")" + version + R"(","dataset_id":")" + dataset + R"(","dataset_sha256":")" + std::string(64, 'a') + R"(","evaluator_org":"lab",)" + counts + "}");
  };
  evaluated(1, "1.0", "a", R"("tp":1,"fp":1,"fn":1,"tn":1)");
  evaluated(1, "1.0", "a", R"("tp":80,"fp":20,"fn":10,"tn":890)");
  evaluated(1, "1.0", "b", R"("tp":10,"fp":0,"fn":10,"tn":80)");
  evaluated(1, "1.1", "a", R"("tp":0,"fp":0,"fn":5,"tn":95)");
  evaluated(2, "1.0", "a", R"("tp":18446744073709551615,"fp":1,"fn":0,"tn":0)");
  const auto of = [&](std::string_view id, unsigned model, const std::string& version) { return log.said(models(), id, by_then("@9d"), to_string(stream(model)) + '/' + version).substr(42); };
  CHECK(log.said(models(), "T3.models", by_then("@9d")) == "4/- = 4");
  CHECK(log.said(models(), "T3.models", in_period(when("@2d"), when("@9d"), when("@9d"))) == "0/- = 0");
  CHECK(of("T3.models.precision", 1, "1.0") == "90/110 = 0.818182");
  CHECK(of("T3.models.recall", 1, "1.0") == "90/110 = 0.818182");
  CHECK(of("T3.models.accuracy", 1, "1.0") == "1060/1100 = 0.963636");
  CHECK(of("T3.models.precision", 1, "1.1") == "0/0 = - no_data");
  CHECK(of("T3.models.recall", 1, "1.1") == "0/5 = 0.000000");
  CHECK(of("T3.models.precision", 2, "1.0") == "-/- = - too_large");
}
