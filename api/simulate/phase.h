// The phases that a simulated year is written in, and who writes each.
//
// Phases follow each other: what an event refers to stands in an earlier phase, or before it in its own group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace caseledger::api {

enum class Phase : std::uint8_t {
  policies,               // the rules that decisions are made by
  resources,              // people and money; how well models do
  coverage,               // what licence-plate readers cover
  cases_opened,           // a child is reported missing, and what happens in the first hours
  intakes,                // the calls and forms that cases are opened from
  hotlist_added,          // vehicles on hot lists
  alerts_raised,          // readers see one
  alerts_answered,        // people say whether they were right, and act
  deployments_requested,
  deployments_decided,
  deployments_worked,
  tips,                   // and the leads that come of them
  analyses,
  evidence,               // and what is examined
  cases_worked,           // the long way: located, suspended, recovered; closing proposed
  cases_closed,           // by a second pair of eyes, which also decides on corrections
  cases_reopened,
  cases_doubled,          // opened twice, and merged
  other_cases,            // without a missing child
  other_cases_closed,
  hotlist_removed,
  partners,               // training, requests to other countries, data given out
  reports,                // CyberTipline: what was ingested
  submissions,            // reports that came in pieces, or never whole
  reports_triaged,        // by machine: whose, how urgent, what it is
  reports_reviewed,       // by people
  reports_left,           // the queue, for good
  referrals,              // to whom it was made available, and what they answered
  looked_at_by_analysts,
  looked_at_by_desks,
  subjects_asked,         // consent, preservation, and who asks to be forgotten
  subjects_decided,       // last of all: what is erased is sealed for nobody any more
};
inline constexpr std::size_t phases = 32;

// The roles that write a year; whoever appends it holds a key for each of them.
enum class Author : std::uint8_t { case_system, automated_source, analyst, supervisor, privacy_officer };
inline constexpr std::size_t authors = 5;

Author author_of(Phase phase);
// Whether each batch of the phase has to be recorded before the next is sent, because groups go on with one stream.
constexpr bool in_order(Phase phase) { return phase == Phase::looked_at_by_analysts || phase == Phase::looked_at_by_desks; }
// Whether its groups are the year's reports, by their number; what a report refers to stands before it. These phases are neighbours.
constexpr bool of_reports(Phase phase) { return phase >= Phase::reports && phase <= Phase::referrals; }
std::string_view name(Phase phase);
std::string_view name(Author author);  // as the role is called

}  // namespace caseledger::api
