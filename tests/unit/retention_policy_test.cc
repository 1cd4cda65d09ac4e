// Retention as data: until when something has to be kept follows from the rule in force, and nothing else is recorded.
#include <catch2/catch.hpp>

#include "ledger/audit.h"
#include "ledger/rules/retention_policy.h"
#include "tests/support/ledgers.h"
#include "tests/support/refs.h"

using namespace samples;
using rules::RetentionPolicy;

namespace {

// 18 U.S.C. 2258A(h): 90 days, and one year since the REPORT Act.
constexpr std::string_view table =
    R"({"preservation":[{"basis":"18-usc-2258a","before":"2024-05-07","days":90},{"basis":"18-usc-2258a","years":1},{"jurisdiction":"US-CA","months":18}],)"
    R"("retention":[{"jurisdiction":"US-CA","kind":"tip","years":2},{"kind":"report","years":5},{"days":30,"jurisdiction":"DE"}]})";

Micros at(std::string_view time) { return parse_rfc3339(time).value().at; }
std::string until(const RetentionPolicy& policy, std::string_view basis, std::string_view place, std::string_view begun) {
  const auto end = policy.preserved_until(basis, place, at(begun));
  return end ? to_rfc3339(*end) : "none";
}

struct Desk {
  TestLedger ledger;
  Signer supervisor = ledger.enrol({"supervisor"}), clerk = ledger.enrol({"case_system", "importer"});
  StreamId policy = new_stream(), person = new_stream();

  void publish(Version version, std::string_view number, std::string_view parameters, std::string_view kind = "retention") {
    std::string escaped;
    for (const char c : parameters) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
    ledger.record(supervisor, {event("PolicyPublished", "policy", policy, version,
                                     R"({"version":")" + std::string(number) + R"(","kind":")" + std::string(kind) + R"(","effective_from":"2024-01-01T00:00:00Z","document_sha256":")" +
                                         std::string(64, '0') + R"(","parameters":")" + escaped + R"(","summary_public":"s"})", {.handling = "open"})});
  }
  void adopt(Version version) {
    const auto stream = rules::governance_stream(ledger.origin());
    ledger.record(ledger.governor(), {event("ProposalMade", "governance", stream, ledger.state(stream).version + 1,
                                            R"({"action":{"type":"PolicyAdopted","policy":)" + ref(policy, version) + R"(,"effective_from":"2024-01-01T00:00:00Z"}})", {.handling = "open"})});
  }
  // What is said to a preservation that begins then; recorded where nothing is.
  std::string start(std::string_view begun, std::string_view until, Version under = 1) {
    Buffer said = event("PreservationStarted", "subject", person, ledger.state(person).version + 1,
                        R"({"rule_version":)" + ref(policy, under) + R"(,"until":")" + std::string(until) + "\"}",
                        {.occurred_at = std::string(begun), .legal_basis = "18-usc-2258a"});
    const auto answer = ledger.submit(ledger.sign(clerk, {said}));
    return answer ? "" : answer.error().error.sentence;
  }
};

}  // namespace

TEST_CASE("the first rule that fits basis, place and day says for how long, and months end on days that there are") {
  const auto policy = RetentionPolicy::parse(table).value();
  CHECK(until(policy, "18-usc-2258a", "US-TX", "2024-05-06T23:59:59.999999Z") == "2024-08-04T23:59:59.999999Z");
  CHECK(until(policy, "18-usc-2258a", "US-TX", "2024-05-07T00:00:00Z") == "2025-05-07T00:00:00Z");
  CHECK(until(policy, "18-usc-2258a", "US-TX", "2024-05-06T20:00:00-05:00") == "2025-05-07T01:00:00Z");  // the day is UTC's
  CHECK(until(policy, "other", "US-TX", "2024-05-07T00:00:00Z") == "none");
  CHECK(until(policy, "other", "US-CA", "2024-08-31T12:00:00Z") == "2026-02-28T12:00:00Z");
  CHECK(until(policy, "", "US-CA-001", "2022-08-31T12:00:00Z") == "2024-02-29T12:00:00Z");
  CHECK(policy.retained_until(StreamKind::tip, "US-CA", at("2024-02-29T00:00:00Z")) == at("2026-02-28T00:00:00Z"));
  CHECK(policy.retained_until(StreamKind::report, "US-CA", at("2024-02-29T00:00:00Z")) == at("2029-02-28T00:00:00Z"));
  CHECK(policy.retained_until(StreamKind::tip, "DE", at("2024-02-29T00:00:00Z")) == at("2024-03-30T00:00:00Z"));
  CHECK_FALSE(policy.retained_until(StreamKind::tip, "US-TX", 0));
}

TEST_CASE("retention tables that say nothing clear are refused") {
  for (const char* bad :
       {"{}", R"({"preservation":[],"retention":[],"x":1})", R"({"preservation":[{"basis":"a"}],"retention":[]})", R"({"preservation":[{"days":1,"years":1}],"retention":[]})",
        R"({"preservation":[{"days":0}],"retention":[]})", R"({"preservation":[{"years":201}],"retention":[]})", R"({"preservation":[{"before":"2024-02-30","days":1}],"retention":[]})",
        R"({"preservation":[{"before":"7 May","days":1}],"retention":[]})", R"({"preservation":[],"retention":[{"days":1,"kind":"person"}]})",
        R"({"preservation":[],"retention":[{"basis":"a","days":1}]})", R"({"preservation":[],"retention":[{"days":-1}]})", R"({"preservation":[],"retention":[{"days":1.5}]})"}) {
    INFO(bad);
    CHECK_FALSE(RetentionPolicy::parse(bad));
  }
}

TEST_CASE("a preservation lasts as long as the rule in force has it, and is refused otherwise") {
  Desk desk;
  desk.publish(1, "1.0.0", table);
  CHECK_THAT(desk.start("2024-03-01T00:00:00Z", "2024-05-30T00:00:00Z"), Catch::Contains("is not in force"));
  desk.adopt(1);
  CHECK_THAT(desk.start("2024-03-01T00:00:00Z", "2024-05-29T00:00:00Z"), Catch::Contains("has it preserved until 2024-05-30T00:00:00Z"));
  CHECK(desk.start("2024-03-01T00:00:00Z", "2024-05-30T00:00:00Z") == "");
  CHECK(desk.start("2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z") == "");
  CHECK_THAT(desk.start("2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z", 0), Catch::Contains("names the version of the policy"));

  // It ends as it began.
  const auto end = [&](Version started, std::string_view until) {
    const auto answer = desk.ledger.submit(desk.ledger.sign(desk.clerk, {event("PreservationExpired", "subject", desk.person, 3,
                                           R"({"rule_version":)" + ref(desk.policy, 1) + R"(,"until":")" + std::string(until) + R"(","started":)" + ref(desk.person, started) + '}')}));
    return answer ? "" : answer.error().error.sentence;
  };
  CHECK_THAT(end(1, "2024-05-31T00:00:00Z"), Catch::Contains("another time than version 1"));
  CHECK(end(1, "2024-05-30T00:00:00Z") == "");

  desk.publish(2, "2.0.0", R"({"preservation":[{"days":10}],"retention":[]})");
  desk.adopt(2);
  CHECK_THAT(desk.start("2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z"), Catch::Contains("is not in force"));
  CHECK(desk.start("2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z", 2) == "");
  const auto audit = audit_folder(desk.ledger.folder(), {.log_key = desk.ledger.log_vkey()});
  CHECK(audit->findings.empty());
}

TEST_CASE("no other kind of policy says how long something is preserved") {
  Desk desk;
  desk.publish(1, "1.0.0", "{}", "expedite");
  desk.adopt(1);
  CHECK_THAT(desk.start("2024-03-01T00:00:00Z", "2024-05-30T00:00:00Z"), Catch::Contains("is no retention policy"));
}
