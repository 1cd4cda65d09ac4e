// The state machines of analysis, lead, tip, evidence, forensic exam and hot-list entry: every event type in every phase.
#include <catch2/catch.hpp>

#include "tests/support/life.h"

using namespace samples;

namespace {

constexpr Move access_granted{"access_granted", "AccessGranted", R"({"organisation":"org-2","reason_code":"joint_case"})"};

constexpr Move analysis_moves[] = {
    {"requested", "AnalysisRequested", R"({"kind":"geo","requested_by_class":"le"})"},
    {"completed", "AnalysisCompleted", R"({"kind":"geo","tools":[{"name":"map","version":"1"}],"leads_generated":2})"},
    access_granted,
};
constexpr std::string_view analysis_table = R"(
                  requested  completed
  requested       -          -
  completed       completed  -
  access_granted  =          =
)";

constexpr Move lead_moves[] = {
    {"created", "LeadCreated", R"({"source":"tip","source_event_id":{"stream":"$other","version":1}})"},
    {"pending", "LeadDispositioned", R"({"disposition":"pending","by_org":"org-2"})"},
    {"corroborated", "LeadDispositioned", R"({"disposition":"corroborated","by_org":"org-2"})"},
    access_granted,
};
constexpr std::string_view lead_table = R"(
                  created        dispositioned
  created         -              -
  pending         dispositioned  =
  corroborated    dispositioned  =
  access_granted  =              =
)";

constexpr Move tip_moves[] = {
    {"received", "TipReceived", R"({"channel":"hotline","urgency":"high","anonymous":true,"received_at":"2024-03-05T14:00:00Z"})"},
    {"assessed", "TipAssessed", R"({"outcome":"forwarded","at":"2024-03-05T15:00:00Z"})"},
    access_granted,
};
constexpr std::string_view tip_table = R"(
                  received  assessed
  received        -         -
  assessed        assessed  =
  access_granted  =         =
)";

constexpr Move evidence_moves[] = {
    {"received", "EvidenceCustodyChanged", R"({"action":"received","from_org":"org-1","to_org":"org-2"})"},
    {"transferred", "EvidenceCustodyChanged", R"({"action":"transferred","from_org":"org-2","to_org":"org-3"})"},
    {"returned", "EvidenceCustodyChanged", R"({"action":"returned","from_org":"org-3","to_org":"org-1"})"},
    {"destroyed", "EvidenceCustodyChanged", R"({"action":"destroyed","from_org":"org-3","to_org":"org-3"})"},
    {"identified", "VictimIdentified", R"({"identified_by_org":"org-2","newly":true})"},
    access_granted,
};
constexpr std::string_view evidence_table = R"(
                  held       returned  destroyed
  received        =          held      -
  transferred     =          -         -
  returned        returned   -         -
  destroyed       destroyed  -         -
  identified      =          =         -
  access_granted  =          =         =
)";

constexpr Move exam_moves[] = {
    {"requested", "ForensicRequested", R"({"exam":"dna_kinship","requester":"org-1","criteria_ref":{"stream":"$other","version":1}})"},
    {"completed", "ForensicCompleted",
     R"({"exam":"dna_kinship","method":"str","result_code":"match","reviewers":2,"started_at":"2024-03-05T14:00:00Z","ended_at":"2024-03-06T14:00:00Z"})"},
    {"profiled", "ProfileIssued",
     R"({"profile_type":"behavioural","model_or_method":"m","version":"1","confidence":"low","peer_reviewed":true,"valid_until":"2025-01-01T00:00:00Z","not_for":["probable_cause"]})"},
    access_granted,
};
constexpr std::string_view exam_table = R"(
                  requested  completed
  requested       -          -
  completed       completed  -
  profiled        =          =
  access_granted  =          =
)";

constexpr Move entry_moves[] = {
    {"added", "HotlistEntryChanged", R"({"action":"added","list":"ncic","case_id":{"stream":"$other","version":1},"valid_until":"2025-01-01T00:00:00Z","purpose":"missing_child"})"},
    {"updated", "HotlistEntryChanged", R"({"action":"updated","list":"ncic","case_id":{"stream":"$other","version":1},"valid_until":"2025-01-01T00:00:00Z","purpose":"missing_child"})"},
    {"removed", "HotlistEntryChanged", R"({"action":"removed","list":"ncic","case_id":{"stream":"$other","version":1},"valid_until":"2025-01-01T00:00:00Z","purpose":"missing_child"})"},
    {"expired", "HotlistEntryChanged", R"({"action":"expired","list":"ncic","case_id":{"stream":"$other","version":1},"valid_until":"2025-01-01T00:00:00Z","purpose":"missing_child"})"},
    access_granted,
};
constexpr std::string_view entry_table = R"(
                  listed    unlisted
  added           -         -
  updated         =         -
  removed         unlisted  -
  expired         unlisted  -
  access_granted  =         =
)";

}  // namespace

TEST_CASE("an analysis, a lead and a tip take in each phase the events their machines name, and no other", "[machine]") {
  check_machine({"analysis", analysis_moves, "requested: requested\ncompleted: requested completed", analysis_table});
  check_machine({"lead", lead_moves, "created: created\ndispositioned: created corroborated", lead_table});
  check_machine({"tip", tip_moves, "received: received\nassessed: received assessed", tip_table});
}

TEST_CASE("an item, an exam and a hot-list entry take in each phase the events their machines name, and no other", "[machine]") {
  check_machine({"evidence", evidence_moves, "held: received\nreturned: received returned\ndestroyed: received destroyed", evidence_table});
  check_machine({"forensic_exam", exam_moves, "requested: requested\ncompleted: requested completed", exam_table});
  check_machine({"hotlist_entry", entry_moves, "listed: added\nunlisted: added removed", entry_table});
}

TEST_CASE("an item is received, and an entry added, before anything else is said of it", "[machine]") {
  for (const auto& move : evidence_moves)
    if (move.type == "EvidenceCustodyChanged") CHECK(Life("evidence").ask(move.type, move.body).has_value() == (move.name == "received"));
  for (const auto& move : entry_moves)
    if (move.type == "HotlistEntryChanged") CHECK(Life("hotlist_entry").ask(move.type, move.body).has_value() == (move.name == "added"));
}
