// The state machines of report, referral, alert and deployment: every event type at home in such a stream, in every phase.
#include <catch2/catch.hpp>

#include "tests/support/life.h"

using namespace samples;

namespace {

constexpr Move access_granted{"access_granted", "AccessGranted", R"({"organisation":"org-2","reason_code":"joint_case"})"};
constexpr Move report_moves[] = {
    {"reported", "IntakeReportReceived", R"({"kind":"sighting","channel":"hotline","reporter_class":"public","received_at":"2024-03-05T14:00:00Z"})"},
    {"ingested", "CtrIngested",
     R"({"ctr_report_id":1,"esp_name":"an ESP","incident_type":"online_enticement","incident_at":"2024-03-05T14:00:00Z","esp_escalated":false,"files_total":0,)"
     R"("images":0,"videos":0,"other_files":0,"incidents_in_bundle":1,"api_version":"1","fields_present":[],)"
     R"("xml_sha256":"0000000000000000000000000000000000000000000000000000000000000000",)"
     R"("xsd_sha256":"0000000000000000000000000000000000000000000000000000000000000000"})"},
    {"opened", "IntakeSubmissionOutcome", R"({"outcome":"opened"})"},
    {"finished", "IntakeSubmissionOutcome", R"({"outcome":"finished"})"},
    {"retracted", "IntakeSubmissionOutcome", R"({"outcome":"retracted"})"},
    {"expired", "IntakeSubmissionOutcome", R"({"outcome":"expired"})"},
    {"rejected", "IntakeSubmissionOutcome", R"({"outcome":"rejected"})"},
    {"duplicate", "IntakeDuplicateLinked", R"({"of_id":{"stream":"$other","version":0},"method":"manual","automated":false})"},
    {"supplement", "IntakeSupplementReceived", R"({"source_class":"esp"})"},
    {"transferred", "IntakeTransferredToCase", R"({"case_id":{"stream":"$other","version":0},"relation":"joins"})"},
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
    {"left_referred", "TriageQueueExited", R"({"disposition":"referred","exited_at":"2024-03-05T14:00:00Z"})"},
    {"left_informational", "TriageQueueExited", R"({"disposition":"informational","exited_at":"2024-03-05T14:00:00Z"})"},
    {"left_case_opened", "TriageQueueExited", R"({"disposition":"case_opened","exited_at":"2024-03-05T14:00:00Z"})"},
    {"left_closed", "TriageQueueExited", R"({"disposition":"closed","exited_at":"2024-03-05T14:00:00Z"})"},
    {"left_merged", "TriageQueueExited", R"({"disposition":"merged","exited_at":"2024-03-05T14:00:00Z"})"},
    {"jurisdiction", "JurisdictionDetermined", R"({"jurisdictions":["US-TX"],"method":"statement"})"},
    {"external_refs", "ExternalRefsRecorded", R"({"issuer":"agency-1"})"},
    {"legal_process", "LegalProcessRecorded", R"({"kind":"warrant","action":"served","at":"2024-03-05T14:00:00Z","recipient_org":"org-2"})"},
    {"deconflicted", "DeconflictionRecorded", R"({"agency":"agency-1","overlap":false})"},
    {"outcome", "OutcomeRecorded", R"({"outcome":"charge","by_org":"org-2"})"},
    access_granted,
};

constexpr std::string_view report_paths = R"(
  received:       reported
  finished:       ingested finished
  scored:         ingested finished scored
  designated:     ingested finished scored designated
  referred:       ingested finished scored designated left_referred
  informational:  ingested finished scored designated left_informational
  closed:         ingested finished scored designated left_closed
  retracted:      ingested retracted
  expired:        ingested expired
  rejected:       ingested rejected
)";
constexpr std::string_view report_table = R"(
                      received      finished      scored        designated    referred      informational closed        retracted expired rejected
  reported            -             -             -             -             -             -             -             -         -       -
  ingested            -             -             -             -             -             -             -             -         -       -
  opened              =             -             -             =             =             =             -             -         -       -
  finished            finished      -             -             =             =             =             -             -         -       -
  retracted           retracted     retracted     retracted     retracted     retracted     retracted     -             -         -       -
  expired             expired       -             -             expired       expired       expired       -             -         -       -
  rejected            rejected      -             -             rejected      rejected      rejected      -             -         -       -
  duplicate           =             =             =             =             =             =             =             -         -       -
  supplement          =             =             =             =             =             =             =             -         -       -
  transferred         =             =             =             =             =             =             =             -         -       -
  queued              =             =             =             =             =             =             =             -         -       -
  scored              =             scored        =             =             =             =             =             -         -       -
  designated          designated    designated    designated    =             designated    designated    designated    -         -       -
  priority_set        =             =             =             =             =             =             =             -         -       -
  overridden          =             =             =             =             =             =             =             -         -       -
  expedited           =             =             =             =             =             =             =             -         -       -
  reviewed            =             =             =             =             =             =             =             -         -       -
  left_referred       referred      referred      referred      referred      =             referred      referred      -         -       -
  left_informational  informational informational informational informational informational =             informational -         -       -
  left_case_opened    closed        closed        closed        closed        closed        closed        =             -         -       -
  left_closed         closed        closed        closed        closed        closed        closed        =             -         -       -
  left_merged         closed        closed        closed        closed        closed        closed        =             -         -       -
  jurisdiction        =             =             =             =             =             =             =             =         =       =
  external_refs       =             =             =             =             =             =             =             =         =       =
  legal_process       =             =             =             =             =             =             =             =         =       =
  deconflicted        =             =             =             =             =             =             =             =         =       =
  outcome             =             =             =             =             =             =             =             =         =       =
  access_granted      =             =             =             =             =             =             =             =         =       =
)";

constexpr Move referral_moves[] = {
    {"made", "ReferralMade",
     R"({"item_ref":{"stream":"$other","version":0},"recipient_org":"org-2","recipient_class":"icac","country":"US","designation":"referral","purpose":"a",)"
     R"("legal_basis":"b","consent":"not_required","priority":"P1"})"},
    {"delivered", "ReferralDelivered", R"({"channel":"portal","delivered_at":"2024-03-05T14:00:00Z"})"},
    {"accepted", "ReferralResponded", R"({"response":"accepted","responded_at":"2024-03-05T14:00:00Z"})"},
    {"declined", "ReferralResponded", R"({"response":"declined","reason_code":"no_nexus","responded_at":"2024-03-05T14:00:00Z"})"},
    {"declined_unexplained", "ReferralResponded", R"({"response":"declined","responded_at":"2024-03-05T14:00:00Z"})"},
    {"transferred", "ReferralResponded", R"({"response":"transferred","responded_at":"2024-03-05T14:00:00Z"})"},
    {"revoked", "ReferralRevoked", R"({"reason_code":"wrong_recipient"})"},
    {"feedback", "ReferralFeedbackReceived", R"({"case_status":"ongoing"})"},
    access_granted,
};

constexpr std::string_view referral_paths = R"(
  made:         made
  delivered:    made delivered
  accepted:     made delivered accepted
  declined:     made delivered declined
  transferred:  made delivered accepted transferred
  revoked:      made delivered revoked
)";
constexpr std::string_view referral_table = R"(
                        made       delivered    accepted     declined  transferred  revoked
  made                  -          -            -            -         -            -
  delivered             delivered  -            -            -         -            -
  accepted              -          accepted     -            -         -            -
  declined              -          declined     -            -         -            -
  declined_unexplained  -          -            -            -         -            -
  transferred           -          transferred  transferred  -         -            -
  revoked               revoked    revoked      -            -         -            -
  feedback              -          -            =            -         -            -
  access_granted        =          =            =            =         =            =
)";

constexpr Move alert_moves[] = {
    {"raised", "AlertRaised",
     R"({"detector_kind":"lpr","vendor":"vendor-1","observed_at":"2024-03-05T19:00:00Z","raised_at":"2024-03-05T19:00:01Z",)"
     R"("received_at":"2024-03-05T19:00:02Z","jurisdiction":"US-TX"})"},
    {"right", "AlertAdjudicated", R"({"outcome":"true_match","method":"image_compare","human":true,"at":"2024-03-05T19:05:00Z"})"},
    {"misread", "AlertAdjudicated", R"({"outcome":"misread","method":"image_compare","human":true,"at":"2024-03-05T19:05:00Z"})"},
    {"superseded", "AlertAdjudicated",
     R"({"outcome":"wrong_state","method":"lab","human":true,"at":"2024-03-05T19:05:00Z","supersedes":{"stream":"$self","version":2}})"},
    {"stopped", "AlertActioned", R"({"action":"stop","at":"2024-03-05T19:06:00Z","result":"wrong_person"})"},
    {"ignored", "AlertActioned", R"({"action":"none","at":"2024-03-05T19:06:00Z","result":"no_contact"})"},
    access_granted,
};

constexpr std::string_view alert_paths = R"(
  raised:       raised
  adjudicated:  raised right
  actioned:     raised right stopped
)";
constexpr std::string_view alert_table = R"(
                      raised       adjudicated  actioned
  raised              -            -            -
  right               adjudicated  =            adjudicated
  misread             adjudicated  =            adjudicated
  superseded          adjudicated  =            adjudicated
  stopped             actioned     actioned     =
  ignored             actioned     actioned     =
  access_granted      =            =            =
)";

constexpr Move deployment_moves[] = {
    {"requested", "DeploymentRequested",
     R"({"requested_by":"TX0000000","at":"2024-03-05T14:00:00Z","mode":"on_site","capability":["command"],"location_county":"48201"})"},
    {"approved", "DeploymentDecided",
     R"({"decision":"approved","reason_code":"a","at":"2024-03-05T14:00:00Z","policy_version":{"stream":"$other","version":1}})"},
    {"declined", "DeploymentDecided",
     R"({"decision":"declined","reason_code":"a","at":"2024-03-05T14:00:00Z","policy_version":{"stream":"$other","version":1}})"},
    {"converted", "DeploymentDecided",
     R"({"decision":"converted_virtual","reason_code":"a","at":"2024-03-05T14:00:00Z","policy_version":{"stream":"$other","version":1}})"},
    {"dispatched", "DeploymentProgressed", R"({"stage":"dispatched","at":"2024-03-05T14:00:00Z","personnel":2})"},
    {"arrived", "DeploymentProgressed", R"({"stage":"arrived","at":"2024-03-05T14:00:00Z","personnel":2})"},
    {"working", "DeploymentProgressed", R"({"stage":"active","at":"2024-03-05T14:00:00Z","personnel":2})"},
    {"ended", "DeploymentProgressed", R"({"stage":"ended","at":"2024-03-05T14:00:00Z","personnel":2,"minutes_on_site":60})"},
    {"outcome", "DeploymentOutcomeRecorded", R"({"contribution":"assisted"})"},
    access_granted,
};

constexpr std::string_view deployment_paths = R"(
  requested:          requested
  approved:           requested approved
  declined:           requested declined
  converted_virtual:  requested converted
  dispatched:         requested approved dispatched
  arrived:            requested approved dispatched arrived
  ended:              requested approved dispatched arrived ended
)";
constexpr std::string_view deployment_table = R"(
                      requested          approved    declined  converted_virtual  dispatched  arrived  ended
  requested           -                  -           -         -                  -           -        -
  approved            approved           -           -         -                  -           -        -
  declined            declined           -           -         -                  -           -        -
  converted           converted_virtual  -           -         -                  -           -        -
  dispatched          -                  dispatched  -         dispatched         -           -        -
  arrived             -                  -           -         -                  arrived     -        -
  working             -                  -           -         arrived            arrived     =        -
  ended               -                  -           -         -                  ended       ended    -
  outcome             -                  -           -         -                  -           -        =
  access_granted      =                  =           =         =                  =           =        =
)";

}  // namespace

TEST_CASE("a report takes in each phase the events its machine names, and no other", "[machine]") {
  check_machine({"report", report_moves, report_paths, report_table});
}

TEST_CASE("a referral takes in each phase the events its machine names, and no other", "[machine]") {
  check_machine({"referral", referral_moves, referral_paths, referral_table});
}

TEST_CASE("an alert takes in each phase the events its machine names, and no other", "[machine]") {
  check_machine({"alert", alert_moves, alert_paths, alert_table});
}

TEST_CASE("a deployment takes in each phase the events its machine names, and no other", "[machine]") {
  check_machine({"deployment", deployment_moves, deployment_paths, deployment_table});
}

TEST_CASE("a report that was triaged before it was finished is not taken back to finished") {
  Life life("report");
  REQUIRE(make(life, report_moves[1]));
  REQUIRE(life.say("TriageDesignated", R"({"designation":"referral","basis":"human","policy_version":{"stream":"$other","version":1},"reasons":["a"]})"));
  REQUIRE(life.say("IntakeSubmissionOutcome", R"({"outcome":"finished"})"));
  CHECK(life.phase() == rules::Phase::designated);
}
