// The guards of the state machines: what an event has to say, and who has to say it, in a phase that would admit it.
#include <catch2/catch.hpp>

#include "tests/support/life.h"

using namespace samples;
using rules::Phase;

namespace {

constexpr std::string_view opened =
    R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00Z"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})";
constexpr std::string_view added = R"({"subject_id":"$child","role":"missing_child"})";
constexpr std::string_view located = R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","verified_by":"le-1"})";
constexpr std::string_view ann = "0192f0c1-0000-7000-8000-0000000000aa", ben = "0192f0c1-0000-7000-8000-0000000000bb",
                           eve = "0192f0c1-0000-7000-8000-0000000000ee";

std::string back(std::string_view outcome = "safe", std::string_view verified_by_class = "", std::string_view attribution = "") {
  std::string body = R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","verified_by":"by-1","outcome":")" + std::string(outcome) + '"';
  if (!verified_by_class.empty()) body += R"(,"verified_by_class":")" + std::string(verified_by_class) + '"';
  if (!attribution.empty()) body += R"(,"attribution":)" + std::string(attribution);
  return body + '}';
}

std::string closing(std::string_view reason) { return R"({"reason":")" + std::string(reason) + "\"}"; }
std::string reopening(std::string_view reason, std::string_view stream, Version version) {
  return R"({"reason_code":")" + std::string(reason) + R"(","prior_close_event_id":{"stream":")" + std::string(stream) + R"(","version":)" + std::to_string(version) + "}}";
}

Life a_case(std::initializer_list<std::string_view> children = {ann}) {
  Life life("case");
  REQUIRE(life.say("CaseOpened", opened));
  for (const auto child : children) REQUIRE(life.say("CaseSubjectAdded", added, {.child = child}));
  return life;
}

Errc code_of(const Result<void>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().sentence.empty());
  return result.error().code;
}

}  // namespace

// ── children ──

TEST_CASE("a death is recorded only on the word of law enforcement or a medical examiner") {
  for (const auto by : {"", "care", "family", "partner", "other"}) CHECK(code_of(a_case().ask("ChildRecovered", back("deceased", by), {.child = ann})) == Errc::illegal_transition);
  for (const auto by : {"le", "medical_examiner"}) CHECK(a_case().ask("ChildRecovered", back("deceased", by), {.child = ann}));
  CHECK(a_case().ask("ChildRecovered", back("safe", "family"), {.child = ann}));
}

TEST_CASE("a case without a missing child recovers nobody") {
  CHECK(code_of(a_case({}).ask("ChildRecovered", back(), {.child = ann})) == Errc::illegal_transition);
  CHECK(code_of(a_case({}).ask("ChildLocated", located, {.child = ann})) == Errc::illegal_transition);
}

TEST_CASE("a child that is not of the case is neither located nor recovered in it") {
  for (Life life : {a_case({ann}), a_case({ann, ben})}) {
    CHECK(code_of(life.ask("ChildRecovered", back(), {.child = eve})) == Errc::illegal_transition);
    CHECK(code_of(life.ask("ChildLocated", located, {.child = eve})) == Errc::illegal_transition);
  }
  Life life = a_case({ann, ben});
  REQUIRE(life.say("CaseSubjectAdded", R"({"subject_id":"$child","role":"companion"})", {.child = eve}));
  CHECK(code_of(life.ask("ChildRecovered", back(), {.child = eve})) == Errc::illegal_transition);
}

TEST_CASE("a case of several children is recovered when each of them is resolved, and each is once") {
  Life life = a_case({ann, ben});
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  CHECK(life.phase() == Phase::active);
  CHECK(code_of(life.ask("ChildRecovered", back(), {.child = ann})) == Errc::illegal_transition);
  CHECK(code_of(life.ask("ChildLocated", located, {.child = ann})) == Errc::illegal_transition);
  CHECK(code_of(life.ask("CaseClosed", closing("recovered"))) == Errc::illegal_transition);
  REQUIRE(life.say("ChildRecovered", back("deceased", "le"), {.child = ben}));
  CHECK(life.phase() == Phase::recovered);  // one of them came back alive
  CHECK(life.ask("CaseClosed", closing("recovered")));
}

TEST_CASE("a case of several children is deceased when none came back alive") {
  Life life = a_case({ann, ben});
  for (const auto child : {ann, ben}) REQUIRE(life.say("ChildRecovered", back("deceased", "medical_examiner"), {.child = child}));
  CHECK(life.phase() == Phase::deceased);
}

TEST_CASE("a missing child is added once, and a second time neither as the only nor as one of several") {
  CHECK(code_of(a_case({ann}).ask("CaseSubjectAdded", added, {.child = ann})) == Errc::illegal_transition);
  CHECK(code_of(a_case({ann, ben}).ask("CaseSubjectAdded", added, {.child = ben})) == Errc::illegal_transition);
  CHECK(a_case({ann, ben}).ask("CaseSubjectAdded", added, {.child = eve}));
}

TEST_CASE("a child whose id ends like another's is not taken for it") {
  constexpr std::string_view like_ann = "0192f0c1-0000-7000-9000-0000000000aa";
  Life life = a_case({ann});
  CHECK(code_of(life.ask("ChildRecovered", back(), {.child = like_ann})) == Errc::illegal_transition);
  REQUIRE(life.say("CaseSubjectAdded", added, {.child = like_ann}));
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  CHECK(life.phase() == Phase::active);
  REQUIRE(life.say("ChildRecovered", back(), {.child = like_ann}));
  CHECK(life.phase() == Phase::recovered);
}

TEST_CASE("a reopening that names how one child was found makes that child missing again, and no other") {
  Life life = a_case({ann, ben});
  SECTION("both were back") {
    for (const auto child : {ann, ben}) REQUIRE(life.say("ChildRecovered", back(), {.child = child}));
    CHECK(code_of(life.ask("CaseReopened", reopening("erroneous_closure", "$self", 3))) == Errc::illegal_transition);
    REQUIRE(life.say("CaseReopened", reopening("erroneous_closure", "$self", 5)));
  }
  SECTION("one was back, the other located") {
    REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
    REQUIRE(life.say("ChildLocated", located, {.child = ben}));
    CHECK(code_of(life.ask("CaseReopened", reopening("lost_again", "$self", 4))) == Errc::illegal_transition);
    REQUIRE(life.say("CaseReopened", reopening("lost_again", "$self", 5)));
    CHECK(code_of(life.ask("CaseClosed", closing("located_not_returned"))) == Errc::illegal_transition);
  }
  CHECK(life.phase() == Phase::active);
  CHECK(code_of(life.ask("ChildRecovered", back(), {.child = ann})) == Errc::illegal_transition);
  REQUIRE(life.say("ChildRecovered", back(), {.child = ben}));
  CHECK(life.phase() == Phase::recovered);
}

TEST_CASE("a reopening of a close leaves those recovered who were when others were not, and nobody when all were") {
  Life life = a_case({ann, ben});
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  const bool all = GENERATE(true, false);
  if (all) REQUIRE(life.say("ChildRecovered", back(), {.child = ben}));
  const std::string reason = all ? "recovered" : "withdrawn";
  REQUIRE(life.say("CaseClosed", closing(reason)));
  REQUIRE(life.say("CaseClosed", closing(reason), {.by = second_actor, .names = life.state().version}));
  REQUIRE(life.say("CaseReopened", reopening("erroneous_closure", "$self", life.state().closed_by)));
  CHECK(life.phase() == Phase::active);
  if (all) REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  CHECK(code_of(life.ask("ChildRecovered", back(), {.child = ann})) == Errc::illegal_transition);
  REQUIRE(life.say("ChildRecovered", back(), {.child = ben}));
  CHECK(life.phase() == Phase::recovered);
}

TEST_CASE("a death is not reopened: it is corrected or retracted") {
  Life life = a_case({ann, ben});
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  REQUIRE(life.say("ChildRecovered", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","outcome":"deceased","verified_by":"le-1","verified_by_class":"le"})", {.child = ben}));
  CHECK(life.phase() == Phase::recovered);
  CHECK(code_of(life.ask("CaseReopened", reopening("other", "$self", 5))) == Errc::illegal_transition);
  CHECK(life.ask("CaseReopened", reopening("other", "$self", 4)));
}

TEST_CASE("what a recovery is owed to adds up to no more than the whole") {
  const auto owed = [](int a, int b) {
    return R"([{"source":"tip","weight_millionths":)" + std::to_string(a) + R"(,"direct":true},{"source":"le","weight_millionths":)" + std::to_string(b) + R"(,"direct":false}])";
  };
  CHECK(a_case().ask("ChildRecovered", back("safe", "", owed(400'000, 600'000)), {.child = ann}));
  CHECK(code_of(a_case().ask("ChildRecovered", back("safe", "", owed(400'000, 600'001)), {.child = ann})) == Errc::value_out_of_range);
}

// ── closing ──

TEST_CASE("a close is confirmed by another author and another operator who name it") {
  Life life = a_case();
  REQUIRE(life.say("CaseClosed", closing("hoax")));
  CHECK(life.phase() == Phase::active);
  const Version proposed = life.state().version;
  CHECK(life.state().closing == proposed);
  CHECK(code_of(life.ask("CaseClosed", closing("hoax"), {.by = {1, "op-2"}, .names = proposed})) == Errc::four_eyes);
  CHECK(code_of(life.ask("CaseClosed", closing("hoax"), {.by = {2, "op-1"}, .names = proposed})) == Errc::four_eyes);
  CHECK(code_of(life.ask("CaseClosed", closing("unfounded"), {.by = second_actor, .names = proposed})) == Errc::illegal_transition);
  REQUIRE(life.say("CaseAssigned", R"({"to_actor":"cw-17"})"));
  REQUIRE(life.say("CaseClosed", closing("hoax"), {.by = second_actor, .names = proposed}));
  CHECK(life.phase() == Phase::closed);
  CHECK(life.state().closed_by == life.state().version);
  CHECK(life.state().closing == 0);
}

TEST_CASE("a second close that does not name the first only proposes anew, and only the latest can be confirmed") {
  Life life = a_case();
  REQUIRE(life.say("CaseClosed", closing("hoax")));
  const Version first = life.state().version;
  REQUIRE(life.say("CaseClosed", closing("withdrawn"), {.by = second_actor}));
  CHECK(life.phase() == Phase::active);
  const Version second = life.state().version;
  CHECK(life.state().closing == second);
  CHECK(code_of(life.ask("CaseClosed", closing("withdrawn"), {.by = second_actor, .names = second})) == Errc::four_eyes);
  REQUIRE(life.say("CaseClosed", closing("hoax"), {.by = {3, "op-3"}, .names = first}));
  CHECK(life.phase() == Phase::active);
  REQUIRE(life.say("CaseClosed", closing("hoax"), {.by = second_actor, .names = life.state().version}));
  CHECK(life.phase() == Phase::closed);
}

TEST_CASE("a reopening takes back a close that was proposed before") {
  Life life = a_case();
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  REQUIRE(life.say("CaseClosed", closing("recovered")));
  const Version proposed = life.state().closing;
  REQUIRE(life.say("CaseReopened", reopening("erroneous_closure", "$self", 3)));
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  REQUIRE(life.say("CaseClosed", closing("recovered"), {.by = second_actor, .names = proposed}));
  CHECK(life.phase() == Phase::recovered);
}

TEST_CASE("a reopening names the event that closed the case, and no other") {
  Life life = a_case();
  REQUIRE(life.say("CaseClosed", closing("hoax")));
  REQUIRE(life.say("CaseClosed", closing("hoax"), {.by = second_actor, .names = 3}));
  for (const Version version : {0u, 1u, 2u, 3u}) CHECK(code_of(life.ask("CaseReopened", reopening("erroneous_closure", "$self", version))) == Errc::illegal_transition);
  CHECK(code_of(life.ask("CaseReopened", reopening("erroneous_closure", "$other", 4))) == Errc::illegal_transition);
  CHECK(life.ask("CaseReopened", reopening("erroneous_closure", "$self", 4)));
}

TEST_CASE("a reopening of a case that was not closed names the event that ended the search") {
  Life life = a_case();
  REQUIRE(life.say("ChildLocated", located, {.child = ann}));
  for (const Version version : {0u, 1u, 2u}) CHECK(code_of(life.ask("CaseReopened", reopening("lost_again", "$self", version))) == Errc::illegal_transition);
  CHECK(life.ask("CaseReopened", reopening("lost_again", "$self", 3)));
  CHECK(code_of(life.ask("CaseReopened", reopening("new_information", "$self", 3))) == Errc::illegal_transition);
  REQUIRE(life.say("ChildRecovered", back(), {.child = ann}));
  CHECK(life.ask("CaseReopened", reopening("new_information", "$self", 4)));
}

// ── merging, notices ──

TEST_CASE("a case is merged into another that goes on, not into itself, into a merged one or into anything else") {
  constexpr std::string_view into_other = R"({"into_case_id":{"stream":"$other","version":0},"reason_code":"same_child"})";
  Life life = a_case();
  CHECK(code_of(life.ask("CaseMerged", R"({"into_case_id":{"stream":"$self","version":0},"reason_code":"same_child"})")) == Errc::illegal_transition);
  CHECK(life.ask("CaseMerged", into_other));
  life.other_state.phase = Phase::merged;
  CHECK(code_of(life.ask("CaseMerged", into_other)) == Errc::illegal_transition);
  life.other_state = {};
  life.other_state.kind = StreamKind::report;
  life.other_state.phase = Phase::received;
  life.other_state.version = 1;
  CHECK(code_of(life.ask("CaseMerged", into_other)) == Errc::illegal_transition);
}

TEST_CASE("a case is linked with another case, not with itself or with anything else") {
  constexpr std::string_view with_other = R"({"other_case_id":{"stream":"$other","version":0},"relation":"same_child"})";
  Life life = a_case();
  CHECK(code_of(life.ask("CaseLinked", R"({"other_case_id":{"stream":"$self","version":0},"relation":"same_child"})")) == Errc::illegal_transition);
  CHECK(life.ask("CaseLinked", with_other));
  life.other_state.kind = StreamKind::tip;
  CHECK(code_of(life.ask("CaseLinked", with_other)) == Errc::illegal_transition);
}

TEST_CASE("nothing that is imported into a merged case brings it back") {
  for (const auto& [type, body] : {std::pair<std::string_view, std::string>{"ChildRecovered", back()}, {"CaseOpened", std::string(opened)}, {"ChildLocated", std::string(located)},
                                   {"CaseClosed", closing("hoax")}, {"CaseReopened", reopening("other", "$self", 1)}}) {
    Life life = a_case();
    REQUIRE(life.say("CaseMerged", R"({"into_case_id":{"stream":"$other","version":0},"reason_code":"same_child"})"));
    life.force(type, body, {.imported = true, .child = ann});
    CHECK(life.phase() == Phase::merged);
  }
}

TEST_CASE("a case is alerted from the notice's activation to its cancellation") {
  const auto notice = [](std::string_view action) { return R"({"kind":"amber","at":"2024-03-05T14:00:00Z","action":")" + std::string(action) + "\"}"; };
  Life life = a_case();
  for (const auto action : {"requested", "approved", "declined", "extended"}) {
    REQUIRE(life.say("CasePublicNotice", notice(action)));
    CHECK((life.state().flags & rules::alerted) == 0);
  }
  REQUIRE(life.say("CasePublicNotice", notice("activated")));
  CHECK((life.state().flags & rules::alerted) != 0);
  REQUIRE(life.say("CasePublicNotice", notice("cancelled")));
  CHECK((life.state().flags & rules::alerted) == 0);
}

// ── alerts ──

namespace {
constexpr std::string_view raised =
    R"({"detector_kind":"lpr","vendor":"vendor-1","observed_at":"2024-03-05T19:00:00Z","raised_at":"2024-03-05T19:00:01Z",)"
    R"("received_at":"2024-03-05T19:00:02Z","jurisdiction":"US-TX"})";
std::string found(std::string_view outcome) { return R"({"method":"image_compare","human":true,"at":"2024-03-05T19:05:00Z","outcome":")" + std::string(outcome) + "\"}"; }
}  // namespace

TEST_CASE("an automated source never adjudicates its own alert, whatever else it may do") {
  const auto machine_roles = static_cast<rules::Roles>(rules::bit(schema::Role::automated_source) | rules::bit(schema::Role::case_system));
  Life life("alert");
  REQUIRE(life.say("AlertRaised", raised, {.by = {7, "lpr-1", machine_roles}}));
  CHECK(code_of(life.ask("AlertAdjudicated", found("true_match"), {.by = {7, "lpr-1", machine_roles}})) == Errc::four_eyes);
  CHECK(code_of(life.ask("AlertAdjudicated", found("true_match"), {.by = {7, "someone", machine_roles}})) == Errc::four_eyes);
  CHECK(life.ask("AlertAdjudicated", found("true_match"), {.by = {8, "lpr-2", machine_roles}}));
  CHECK(life.ask("AlertAdjudicated", found("true_match"), {.by = second_actor}));
  REQUIRE(life.say("AlertAdjudicated", found("misread"), {.by = second_actor}));
  CHECK(code_of(life.ask("AlertAdjudicated", found("true_match"), {.by = {7, "lpr-1", machine_roles}})) == Errc::four_eyes);
}

TEST_CASE("an alert that was once found true stays so in the state, whatever later adjudications say") {
  Life life("alert");
  REQUIRE(life.say("AlertRaised", raised));
  REQUIRE(life.say("AlertAdjudicated", found("misread"), {.by = second_actor}));
  CHECK((life.state().flags & rules::confirmed) == 0);
  REQUIRE(life.say("AlertAdjudicated", found("true_match"), {.by = second_actor}));
  REQUIRE(life.say("AlertAdjudicated", found("wrong_state"), {.by = second_actor}));
  CHECK((life.state().flags & rules::confirmed) != 0);
}
