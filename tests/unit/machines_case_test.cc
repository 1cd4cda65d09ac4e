// The state machine of a case: every event type at home in a case stream, in every phase.
#include <catch2/catch.hpp>

#include "tests/support/life.h"

using namespace samples;

namespace {

constexpr Move moves[] = {
    {"opened", "CaseOpened",
     R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00Z"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})"},
    {"child", "CaseSubjectAdded", R"({"subject_id":"$child","role":"missing_child"})"},
    {"sibling", "CaseSubjectAdded", R"({"subject_id":"$other","role":"missing_child"})"},
    {"companion", "CaseSubjectAdded", R"({"subject_id":"$other","role":"companion"})"},
    {"reclassified", "CaseReclassified", R"({"from":"ERU","to":"NFA","field":"case_type","reason_code":"new_facts"})"},
    {"ncic", "CaseNcicEntryRecorded", R"({"entered_at":"2024-03-05T14:00:00Z","category":"EMJ","update_kind":"entry"})"},
    {"assigned", "CaseAssigned", R"({"to_actor":"cw-17"})"},
    {"linked", "CaseLinked", R"({"other_case_id":{"stream":"$other","version":0},"relation":"same_child"})"},
    {"noted", "CaseStatusNoted", R"({"category":"contact"})"},
    {"notice_requested", "CasePublicNotice", R"({"kind":"amber","action":"requested","at":"2024-03-05T14:00:00Z"})"},
    {"notice_approved", "CasePublicNotice", R"({"kind":"amber","action":"approved","at":"2024-03-05T14:00:00Z"})"},
    {"notice_declined", "CasePublicNotice", R"({"kind":"amber","action":"declined","at":"2024-03-05T14:00:00Z"})"},
    {"notice_activated", "CasePublicNotice", R"({"kind":"amber","action":"activated","at":"2024-03-05T14:00:00Z"})"},
    {"notice_extended", "CasePublicNotice", R"({"kind":"amber","action":"extended","at":"2024-03-05T14:00:00Z"})"},
    {"notice_cancelled", "CasePublicNotice", R"({"kind":"amber","action":"cancelled","at":"2024-03-05T14:00:00Z"})"},
    {"suspended", "CaseSuspendedLongTerm", R"({"criteria":"no_leads","next_review_at":"2024-09-01T00:00:00Z"})"},
    {"close_recovered", "CaseClosed", R"({"reason":"recovered"})"},
    {"close_deceased", "CaseClosed", R"({"reason":"located_deceased"})"},
    {"close_not_returned", "CaseClosed", R"({"reason":"located_not_returned"})"},
    {"close_unfounded", "CaseClosed", R"({"reason":"unfounded"})"},
    {"close_hoax", "CaseClosed", R"({"reason":"hoax"})"},
    {"close_duplicate", "CaseClosed", R"({"reason":"duplicate"})"},
    {"close_transferred", "CaseClosed", R"({"reason":"transferred"})"},
    {"close_aged_out", "CaseClosed", R"({"reason":"aged_out_policy"})"},
    {"close_withdrawn", "CaseClosed", R"({"reason":"withdrawn"})"},
    {"close_complete", "CaseClosed", R"({"reason":"investigation_complete"})"},
    {"close_identified", "CaseClosed", R"({"reason":"identified"})"},
    {"reopened_erroneous", "CaseReopened", R"({"reason_code":"erroneous_closure","prior_close_event_id":{"stream":"$self","version":$prior}})"},
    {"reopened_lost_again", "CaseReopened", R"({"reason_code":"lost_again","prior_close_event_id":{"stream":"$self","version":$prior}})"},
    {"reopened_new", "CaseReopened", R"({"reason_code":"new_information","prior_close_event_id":{"stream":"$self","version":$prior}})"},
    {"reopened_other", "CaseReopened", R"({"reason_code":"other","prior_close_event_id":{"stream":"$self","version":$prior}})"},
    {"merged", "CaseMerged", R"({"into_case_id":{"stream":"$other","version":0},"reason_code":"same_child"})"},
    {"located", "ChildLocated", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","verified_by":"le-1"})"},
    {"safe", "ChildRecovered", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","outcome":"safe","verified_by":"le-1"})"},
    {"injured", "ChildRecovered", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","outcome":"injured","verified_by":"le-1"})"},
    {"exploited", "ChildRecovered", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","outcome":"exploited","verified_by":"le-1"})"},
    {"returned_self", "ChildRecovered", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","outcome":"returned_self","verified_by":"le-1"})"},
    {"found_dead", "ChildRecovered", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","outcome":"deceased","verified_by":"le-1","verified_by_class":"le"})"},
    {"review_periodic", "LongtermReviewed", R"({"kind":"periodic","result":"none","next_review_at":"2024-09-01T00:00:00Z"})"},
    {"review_age", "LongtermReviewed", R"({"kind":"age_progression","result":"none","next_review_at":"2024-09-01T00:00:00Z"})"},
    {"review_dna", "LongtermReviewed", R"({"kind":"dna_collected","result":"none","next_review_at":"2024-09-01T00:00:00Z"})"},
    {"review_remains", "LongtermReviewed", R"({"kind":"remains_compared","result":"none","next_review_at":"2024-09-01T00:00:00Z"})"},
    {"review_relist", "LongtermReviewed", R"({"kind":"relist","result":"new_lead","next_review_at":"2024-09-01T00:00:00Z"})"},
    {"queued", "TriageQueueEntered", R"({"queue":"intake","entered_at":"2024-03-05T14:00:00Z"})"},
    {"scored", "TriageScored",
     R"({"model_id":"$other","model_version":"1","policy_version":{"stream":"$other","version":1},"score_micros":1,"recommended_priority":"P1","reason_codes":["a"],)"
     R"("feature_commit":"0000000000000000000000000000000000000000000000000000000000000000"})"},
    {"designated", "TriageDesignated", R"({"designation":"referral","basis":"human","policy_version":{"stream":"$other","version":1},"reasons":["a"]})"},
    {"priority_set", "TriagePrioritySet", R"({"to":"P1","basis":"human","policy_version":{"stream":"$other","version":1}})"},
    {"overridden", "TriageOverridden",
     R"({"decision_event_id":{"stream":"$self","version":1},"from":{"priority":"P2"},"to":{"priority":"P1"},"direction":"up","reason_code":"a"})"},
    {"expedited", "TriageExpedited",
     R"({"policy_clause":"a","reason_code":"court","requester_class":"court","granted":true,"policy_version":{"stream":"$other","version":1}})"},
    {"reviewed", "TriageReviewed",
     R"({"conclusion":"referral","human":true,"started_at":"2024-03-05T14:00:00Z","ended_at":"2024-03-05T14:01:00Z","content_viewed":"na"})"},
    {"queue_left", "TriageQueueExited", R"({"disposition":"closed","exited_at":"2024-03-05T14:00:00Z"})"},
    {"jurisdiction", "JurisdictionDetermined", R"({"jurisdictions":["US-TX"],"method":"statement"})"},
    {"family_support", "FamilySupportRecorded", R"({"service":"contact","action":"completed"})"},
    {"external_refs", "ExternalRefsRecorded", R"({"issuer":"agency-1"})"},
    {"legal_process", "LegalProcessRecorded", R"({"kind":"warrant","action":"served","at":"2024-03-05T14:00:00Z","recipient_org":"org-2"})"},
    {"deconflicted", "DeconflictionRecorded", R"({"agency":"agency-1","overlap":false})"},
    {"outcome", "OutcomeRecorded", R"({"outcome":"charge","by_org":"org-2"})"},
    {"access_granted", "AccessGranted", R"({"organisation":"org-2","reason_code":"joint_case"})"},
};

constexpr Machine machine{"case", moves,
                          R"(
  active:     opened child
  located:    opened child located
  recovered:  opened child safe
  deceased:   opened child found_dead
  long_term:  opened child suspended
  closed:     opened child safe close_recovered
  merged:     opened child merged
)",
                          R"(
                      active     located    recovered  deceased   long_term  closed     merged
  opened              -          -          -          -          -          -          -
  sibling             =          =          -          -          =          -          -
  child               -          -          -          -          -          -          -
  companion           =          =          =          =          =          -          -
  reclassified        =          =          =          =          =          =          -
  ncic                =          =          =          =          =          =          -
  assigned            =          =          =          =          =          =          -
  linked              =          =          =          =          =          =          -
  noted               =          =          =          =          =          =          -
  notice_requested    =          =          =          =          =          =          -
  notice_approved     =          =          =          =          =          =          -
  notice_declined     =          =          =          =          =          =          -
  notice_activated    =          -          -          -          -          -          -
  notice_extended     =          =          =          =          =          =          -
  notice_cancelled    =          =          =          =          =          =          -
  suspended           long_term  -          -          -          -          -          -
  close_recovered     -          -          closed     -          -          -          -
  close_deceased      -          -          -          closed     -          -          -
  close_not_returned  -          closed     -          -          -          -          -
  close_unfounded     closed     -          -          -          closed     -          -
  close_hoax          closed     -          -          -          closed     -          -
  close_duplicate     closed     -          -          -          closed     -          -
  close_transferred   closed     -          -          -          closed     -          -
  close_aged_out      closed     -          -          -          closed     -          -
  close_withdrawn     closed     -          -          -          closed     -          -
  close_complete      closed     -          -          -          closed     -          -
  close_identified    closed     -          -          -          closed     -          -
  reopened_erroneous  -          -          active     -          -          active     -
  reopened_lost_again -          active     active     -          -          active     -
  reopened_new        -          -          active     -          -          active     -
  reopened_other      -          -          active     -          -          active     -
  merged              merged     merged     merged     merged     merged     merged     -
  located             located    =          -          -          located    -          -
  safe                recovered  recovered  -          -          recovered  -          -
  injured             recovered  recovered  -          -          recovered  -          -
  exploited           recovered  recovered  -          -          recovered  -          -
  returned_self       recovered  recovered  -          -          recovered  -          -
  found_dead          deceased   deceased   -          -          deceased   -          -
  review_periodic     -          -          -          -          =          -          -
  review_age          -          -          -          -          =          -          -
  review_dna          -          -          -          -          =          -          -
  review_remains      -          -          -          -          =          -          -
  review_relist       -          -          -          -          active     -          -
  queued              =          =          =          =          =          -          -
  scored              =          =          =          =          =          -          -
  designated          =          =          =          =          =          -          -
  priority_set        =          =          =          =          =          -          -
  overridden          =          =          =          =          =          -          -
  expedited           =          =          =          =          =          -          -
  reviewed            =          =          =          =          =          -          -
  queue_left          =          =          =          =          =          -          -
  jurisdiction        =          =          =          =          =          =          -
  family_support      =          =          =          =          =          =          -
  external_refs       =          =          =          =          =          =          -
  legal_process       =          =          =          =          =          =          -
  deconflicted        =          =          =          =          =          =          -
  outcome             =          =          =          =          =          =          -
  access_granted      =          =          =          =          =          =          =
)"};

}  // namespace

TEST_CASE("a case takes in each phase the events its machine names, and no other", "[machine]") { check_machine(machine); }

TEST_CASE("a close proposed in one phase is confirmed in the next only where that phase admits it too") {
  Life life("case");
  for (const Move& move : {moves[0], moves[1]}) REQUIRE(make(life, move));
  REQUIRE(life.say("CaseClosed", R"({"reason":"withdrawn"})"));
  const Version proposed = life.state().closing;
  REQUIRE(life.say("CaseSuspendedLongTerm", R"({"criteria":"no_leads","next_review_at":"2024-09-01T00:00:00Z"})"));
  CHECK(life.ask("CaseClosed", R"({"reason":"withdrawn"})", {.by = second_actor, .names = proposed}));
  REQUIRE(life.say("ChildLocated", R"({"subject_id":"$child","at":"2024-03-06T00:00:00Z","verified_by":"le-1"})"));
  CHECK_FALSE(life.ask("CaseClosed", R"({"reason":"withdrawn"})", {.by = second_actor, .names = proposed}));
}
