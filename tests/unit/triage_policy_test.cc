// Triage policies as data: what a table yields, which tables are refused, and how the audit finds decisions that do not follow theirs.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "ledger/audit.h"
#include "ledger/rules/canonical_json.h"
#include "ledger/rules/triage_policy.h"
#include "tests/support/ledgers.h"
#include "tests/support/refs.h"

using namespace samples;
using rules::TriagePolicy;

namespace {

constexpr std::string_view table =
    R"({"bands":[{"at_least_micros":80000000,"due_minutes":60,"priority":"P0"},{"at_least_micros":30000000,"priority":"P1"},{"priority":"P4"}],)"
    R"("clauses":[{"code":"imminent","reasons":["imminent_danger","abduction"]}],)"
    R"("factors":[{"compare":"lt","feature":"age_years","points_micros":50000000,"value":12},{"compare":"eq","feature":"abduction","points_micros":40000000,"value":1}]})";

std::string published(std::string_view version, std::string_view parameters, std::string_view kind = "triage") {
  std::string escaped;
  for (const char c : parameters) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
  return R"({"version":")" + std::string(version) + R"(","kind":")" + std::string(kind) + R"(","effective_from":"2024-01-01T00:00:00Z","document_sha256":")" + std::string(64, '0') +
         R"(","parameters":")" + escaped + R"(","summary_public":"s"})";
}

struct Desk {
  TestLedger ledger;
  Signer supervisor = ledger.enrol({"supervisor"}), machine = ledger.enrol({"automated_source"}), clerk = ledger.enrol({"case_system"});
  StreamId policy = new_stream(), item = new_stream();

  Desk() {
    ledger.record(clerk, {case_opened(item)});
    ledger.record(supervisor, {event("PolicyPublished", "policy", policy, 1, published("1.0.0", table), {.handling = "open"})});
  }
  void adopt(Version version, std::string_view from = "2024-01-01T00:00:00Z") {
    const auto stream = rules::governance_stream(ledger.origin());
    ledger.record(ledger.governor(), {event("ProposalMade", "governance", stream, ledger.state(stream).version + 1,
                                            R"({"action":{"type":"PolicyAdopted","policy":)" + ref(policy, version) + R"(,"effective_from":")" + std::string(from) + "\"}}", {.handling = "open"})});
  }
  // A child of that age, and what the machine says of it.
  void score(int age, std::int64_t micros, std::string_view priority, Version under = 1) {
    ledger.record(machine, {event("TriageScored", "case", item, ledger.state(item).version + 1,
                                  R"({"model_id":")" + to_string(policy) + R"(","model_version":"1","policy_version":)" + ref(policy, under) + R"(,"score_micros":)" + std::to_string(micros) +
                                      R"(,"recommended_priority":")" + std::string(priority) + R"(","reason_codes":["a"],"feature_commit":")" + std::string(64, '0') +
                                      R"(","features":[{"name":"age_years","value":)" + std::to_string(age) + "}]}")});
  }
  std::vector<std::string> found() {
    const auto audit = audit_folder(ledger.folder(), {.log_key = ledger.log_vkey()});
    REQUIRE(audit);
    CHECK(audit->sound());
    CHECK(audit->counts.policy_breaches == audit->findings.size());
    std::vector<std::string> codes;
    for (const auto& finding : audit->findings) codes.push_back(finding.code);
    return codes;
  }
};

}  // namespace

TEST_CASE("canonical JSON sorts keys by UTF-16, escapes what must be and nothing else") {  // RFC 8785, sections 3.2.2 and 3.2.3
  const auto text = R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"o"})";
  CHECK(*canonical_json(boost::json::parse(text)) ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"o\",\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
  CHECK(*canonical_json(boost::json::parse(R"({"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})")) ==
        "{\"literals\":[null,true,false],\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  for (const char* number : {"1.5", "9007199254740992", "-9007199254740992", "1e400"}) CHECK_FALSE(parse_canonical_json(number));
  for (const char* other : {R"({"b":1,"a":2})", "{ }", "[1, 2]", "01", R"("\u0041")", R"({"a":1,"a":1})"}) CHECK_FALSE(parse_canonical_json(other));
  CHECK(parse_canonical_json(R"({"a":[-9007199254740991,9007199254740991],"b":{}})"));
}

TEST_CASE("a table adds the points that hold, and its first band that fits wins") {
  const auto policy = TriagePolicy::parse(table);
  REQUIRE(policy);
  const auto verdict = [&](std::vector<std::pair<const char*, std::int64_t>> features) {
    flatbuffers::FlatBufferBuilder builder;
    std::vector<flatbuffers::Offset<schema::Feature>> all;
    for (const auto& [name, value] : features) all.push_back(schema::CreateFeatureDirect(builder, name, value));
    builder.Finish(builder.CreateVector(all));
    return policy->score(*flatbuffers::GetRoot<TriagePolicy::Features>(builder.GetBufferPointer()));
  };
  using enum schema::Priority;
  CHECK(verdict({}) == TriagePolicy::Verdict{0, P4, {}});
  CHECK(verdict({{"age_years", 12}}) == TriagePolicy::Verdict{0, P4, {}});
  CHECK(verdict({{"age_years", 11}}) == TriagePolicy::Verdict{50'000'000, P1, {}});
  CHECK(verdict({{"abduction", 1}, {"age_years", 3}}) == TriagePolicy::Verdict{90'000'000, P0, 60});
  CHECK(policy->expedites("imminent", schema::ExpediteReason::abduction, schema::RequesterClass::le));
  CHECK_FALSE(policy->expedites("imminent", schema::ExpediteReason::media, schema::RequesterClass::le));
  CHECK_FALSE(policy->expedites("other", schema::ExpediteReason::abduction, schema::RequesterClass::le));
}

TEST_CASE("a table that could be read in two ways, or not at all, is refused") {
  for (const char* bad : {
           R"({"bands":[],"clauses":[],"factors":[]})",
           R"({"bands":[{"at_least_micros":1,"priority":"P0"}],"clauses":[],"factors":[]})",
           R"({"bands":[{"priority":"P0"},{"priority":"P1"}],"clauses":[],"factors":[]})",
           R"({"bands":[{"at_least_micros":1,"priority":"P0"},{"at_least_micros":1,"priority":"P1"},{"priority":"P2"}],"clauses":[],"factors":[]})",
           R"({"bands":[{"priority":"P9"}],"clauses":[],"factors":[]})",
           R"({"bands":[{"priority":"P0"}],"clauses":[],"factors":[{"compare":"ne","feature":"a","points_micros":1,"value":1}]})",
           R"({"bands":[{"priority":"P0"}],"clauses":[],"factors":[{"compare":"eq","feature":"a","points_micros":9000000000000,"value":1}]})",
           R"({"bands":[{"priority":"P0"}],"clauses":[],"factors":[{"compare":"eq","feature":"a","points_micros":1,"value":1,"weight":2}]})",
           R"({"bands":[{"priority":"P0"}],"clauses":[{"code":"a","reasons":[]}],"factors":[]})",
           R"({"bands":[{"priority":"P0"}],"clauses":[],"factors":[],"more":1})",
           R"({"bands":[{"priority":"P0"}],"clauses":[]})", R"({"factors":[],"bands":[{"priority":"P0"}],"clauses":[]})", "[]", "", "{"}) {
    INFO(bad);
    CHECK_FALSE(TriagePolicy::parse(bad));
  }
}

TEST_CASE("a policy is published canonical, a version once, and stays of its kind") {
  Desk desk;
  const auto publish = [&](std::string_view version, std::string_view parameters, std::string_view kind) {
    return desk.ledger.submit(desk.ledger.sign(desk.supervisor, {event("PolicyPublished", "policy", desk.policy, 2, published(version, parameters, kind), {.handling = "open"})}));
  };
  CHECK(publish("1.1.0", "{}", "triage").error().error.code == Errc::value_out_of_range);
  CHECK(publish("1.1.0", "{ }", "expedite").error().error.code == Errc::malformed);
  CHECK(publish("1.0.0", table, "triage").error().error.code == Errc::illegal_transition);
  CHECK(publish("1.1.0", "{}", "expedite").error().error.code == Errc::illegal_transition);
  CHECK(publish("1.1.0", table, "triage"));
}

TEST_CASE("the audit finds a score that the policy does not yield, and a decision under a policy that was not in force") {
  Desk desk;
  desk.score(11, 50'000'000, "P1");  // nobody has adopted it yet
  CHECK(desk.found() == std::vector<std::string>{"policy.not_in_force"});
  desk.adopt(1);
  desk.score(11, 50'000'000, "P1");
  CHECK(desk.found().size() == 1);
  desk.score(11, 50'000'001, "P1");
  desk.score(11, 50'000'000, "P0");
  desk.score(30, 0, "P4");
  CHECK(desk.found() == std::vector<std::string>{"policy.not_in_force", "policy.not_followed", "policy.not_followed"});
  desk.ledger.record(desk.supervisor, {event("PolicyPublished", "policy", desk.policy, 2, published("1.1.0", table), {.handling = "open"})});
  desk.adopt(2, "2999-01-01T00:00:00Z");
  desk.score(11, 50'000'000, "P1", 1);  // the second begins later
  CHECK(desk.found().size() == 3);
  desk.adopt(2);
  desk.score(11, 50'000'000, "P1", 1);
  desk.score(11, 50'000'000, "P1", 2);
  CHECK(desk.found().size() == 4);
}

TEST_CASE("a version that has not begun by its own word, or has ended by it, is not in force, and the one before it is in the first case only") {
  Desk desk;
  desk.adopt(1);
  const auto publish = [&](Version version, std::string_view number, std::string_view from, std::string_view to) {
    std::string body = published(number, table);
    body.replace(body.find("2024-01-01T00:00:00Z"), 20, from);
    if (!to.empty()) body.replace(body.size() - 1, 1, R"(,"effective_to":")" + std::string(to) + "\"}");
    desk.ledger.record(desk.supervisor, {event("PolicyPublished", "policy", desk.policy, version, body, {.handling = "open"})});
    desk.adopt(version);
  };
  publish(2, "2.0.0", "2999-01-01T00:00:00Z", "");
  desk.score(11, 50'000'000, "P1", 1);
  CHECK(desk.found().empty());
  desk.score(11, 50'000'000, "P1", 2);
  CHECK(desk.found() == std::vector<std::string>{"policy.not_in_force"});
  publish(3, "3.0.0", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z");
  desk.score(11, 50'000'000, "P1", 3);
  desk.score(11, 50'000'000, "P1", 1);
  CHECK(desk.found().size() == 3);
}

TEST_CASE("a feature told twice, a priority that the score does not recommend, and a clause granted to those it does not name are found") {
  Desk desk;
  const std::string clauses = R"("clauses":[{"code":"imminent","reasons":["imminent_danger"],"requesters":["le"]}])";
  std::string with_requesters(table);
  with_requesters.replace(with_requesters.find("\"clauses\""), std::string_view(R"("clauses":[{"code":"imminent","reasons":["imminent_danger","abduction"]}])").size(), clauses);
  desk.ledger.record(desk.supervisor, {event("PolicyPublished", "policy", desk.policy, 2, published("1.1.0", with_requesters), {.handling = "open"})});
  desk.adopt(2);
  const auto say = [&](const Signer& by, std::string_view type, const std::string& body) {
    desk.ledger.record(by, {event(type, "case", desk.item, desk.ledger.state(desk.item).version + 1, body)});
  };
  const std::string under = R"("policy_version":)" + ref(desk.policy, 2);
  const auto set = [&](std::string_view to, std::string_view basis) { say(desk.supervisor, "TriagePrioritySet", R"({"to":")" + std::string(to) + R"(","basis":")" + std::string(basis) + "\"," + under + "}"); };
  const auto expedite = [&](std::string_view requester, bool granted) {
    say(desk.supervisor, "TriageExpedited", R"({"policy_clause":"imminent","reason_code":"imminent_danger","requester_class":")" + std::string(requester) + R"(","granted":)" +
                                                (granted ? "true," : "false,") + under + "}");
  };
  set("P1", "rule");  // nothing was scored
  CHECK(desk.found().size() == 1);
  desk.score(11, 50'000'000, "P1", 2);
  set("P1", "rule");
  set("P0", "human");  // a person may
  expedite("le", true);
  expedite("media", false);
  CHECK(desk.found().size() == 1);
  set("P0", "rule");
  expedite("media", true);
  say(desk.machine, "TriageScored",
      R"({"model_id":")" + to_string(desk.policy) + R"(","model_version":"1",)" + under + R"(,"score_micros":100000000,"recommended_priority":"P0","reason_codes":["a"],"feature_commit":")" +
          std::string(64, '0') + R"(","features":[{"name":"age_years","value":1},{"name":"age_years","value":2}]})");
  CHECK(desk.found() == std::vector<std::string>(4, "policy.not_followed"));
}
