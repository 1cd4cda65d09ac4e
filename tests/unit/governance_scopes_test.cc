// What narrows an author's roles: groups of events, jurisdictions, and where a fact was recorded first.
#include <catch2/catch.hpp>

#include "tests/support/council.h"
#include "tests/support/ledgers.h"

using namespace samples;

namespace {

struct Place {
  std::string_view scope, jurisdiction;
  bool covered;
};

constexpr Place places[] = {
    {"US", "US", true},        {"US", "US-TX", true},      {"US", "US-TX-113", true},  {"US", "USA", false},      {"US", "U", false},         {"US", "", false},
    {"US", "MX", false},       {"US", "us", false},        {"US", "US_TX", false},     {"US", "MX-US", false},    {"US-TX", "US-TX", true},   {"US-TX", "US-TX-113", true},
    {"US-TX", "US", false},    {"US-TX", "US-TXX", false}, {"US-TX", "US-T", false},   {"US-TX", "US-NM", false}, {"TX2200000", "TX2200000", true},
    {"TX2200000", "TX22", false},
};

Buffer case_in(std::string_view jurisdiction) { return case_opened(new_stream(), {.jurisdiction = std::string(jurisdiction)}); }

}  // namespace

TEST_CASE("a jurisdiction covers itself and its subdivisions, and nothing that only begins like it") {
  for (const Place& place : places) {
    INFO(place.scope << " and \"" << place.jurisdiction << '"');
    Council council(1);
    const Signer author = Signer::generate("author");
    council.decide(enrolled(author.vkey(), {"case_system"}, {place.scope}));
    const auto answer = council.permits(author.vkey(), case_in(place.jurisdiction));
    CHECK(answer.has_value() == place.covered);
    if (!answer) CHECK(answer.error().code == Errc::not_permitted);
  }
}

TEST_CASE("any of several jurisdictions will do, and without one an author covers them all") {
  Council council(1);
  const Signer two = Signer::generate("two"), all = Signer::generate("all");
  council.decide(enrolled(two.vkey(), {"case_system"}, {"US-TX", "MX"}));
  council.decide(enrolled(all.vkey(), {"case_system"}));
  for (const auto place : {"US-TX", "MX", "MX-CHH"}) CHECK(council.permits(two.vkey(), case_in(place)));
  for (const auto place : {"US", "US-NM", ""}) CHECK_FALSE(council.permits(two.vkey(), case_in(place)));
  for (const auto place : {"US-TX", "FR", ""}) CHECK(council.permits(all.vkey(), case_in(place)));
}

TEST_CASE("a key enrolled for groups of events appends these only, as far as its roles go") {
  Council council(1);
  const Signer author = Signer::generate("author");
  council.decide(enrolled(author.vkey(), {"case_system"}, {}, {"D", "L"}));
  CHECK(council.permits(author.vkey(), case_in("US")));
  CHECK_FALSE(council.permits(author.vkey(), alert_raised(new_stream())));
  CHECK_FALSE(council.permits(author.vkey(), event("RecordViewed", "access", new_stream(), 1, R"({"is_owner":true})")));
  const auto allocated = event("ResourceAllocated", "partner", new_stream(), 1, R"({"unit":"team","fte_hundredths":100,"period":"2024","unit_name":"a"})");
  CHECK_FALSE(council.permits(author.vkey(), allocated));  // in a group it is enrolled for, and not in its role
}

TEST_CASE("an importer's events all say where they were recorded, and nobody else's do") {
  Council council(1);
  const Signer importer = Signer::generate("importer"), system = Signer::generate("system"), both = Signer::generate("both");
  council.decide(enrolled(importer.vkey(), {"importer"}));
  council.decide(enrolled(system.vkey(), {"case_system", "supervisor"}));
  council.decide(enrolled(both.vkey(), {"importer", "case_system"}));
  const Buffer own = case_in("US"), from_elsewhere = imported(own);
  CHECK(council.permits(importer.vkey(), from_elsewhere));
  CHECK(council.permits(importer.vkey(), own).error().code == Errc::not_permitted);
  CHECK(council.permits(system.vkey(), own));
  CHECK(council.permits(system.vkey(), from_elsewhere).error().code == Errc::not_permitted);
  CHECK(council.permits(both.vkey(), own));
  CHECK(council.permits(both.vkey(), from_elsewhere));
}

TEST_CASE("what an author may not append is refused with its name, its roles and the event type") {
  Council council(1);
  const Signer author = Signer::generate("author-17");
  council.decide(enrolled(author.vkey(), {"auditor", "oversight"}));
  const auto answer = council.permits(author.vkey(), case_in("US"));
  REQUIRE_FALSE(answer);
  for (const auto word : {"author-17", "auditor", "oversight", "CaseOpened"}) CHECK(answer.error().sentence.find(word) != std::string::npos);
}
