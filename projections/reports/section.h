// What the sections of reports show: tables, each some metrics split one way, and the sums that have to hold between them.
//
// To add a section: write its file, add its line to the list below and to the templates that show it.
#pragma once

#include <string_view>
#include <vector>

namespace caseledger::reports {

struct TablePlan {
  std::vector<std::string_view> metrics;  // ids, each with those beneath it: "R4" stands for R4.3h.mature and the like
  std::vector<std::string_view> by = {};  // dimensions; a metric that does not have them all is left out. None: over everything
};

// The numerator of the whole is the sum of those of its parts, over everything.
struct SumRule {
  std::string_view id;
  std::string_view whole;
  std::vector<std::string_view> parts;
};

struct SectionPlan {
  std::string_view id, title;
  std::string_view clock;  // what puts something into the period
  std::vector<TablePlan> tables;
  std::vector<SumRule> sums = {};
  std::vector<std::string_view> unsummed = {};  // metrics whose rows do not add up: groups share what they count, or some have no row
};

const SectionPlan& recovery_section();    // R1–R10
const SectionPlan& statutory_section();   // R11
const SectionPlan& timeliness_section();  // M1–M5
const SectionPlan& intake_section();      // T1
const SectionPlan& triage_section();      // T2
const SectionPlan& automation_section();  // T3
const SectionPlan& expedited_section();   // T4
const SectionPlan& alerts_section();      // T5
const SectionPlan& coverage_section();    // T6
const SectionPlan& searches_section();    // T7
const SectionPlan& routing_section();     // T8
const SectionPlan& border_section();      // T9
const SectionPlan& response_section();    // T10
const SectionPlan& forensics_section();   // T11
const SectionPlan& leads_section();       // T12
const SectionPlan& family_section();      // T13
const SectionPlan& policy_section();      // T14
const SectionPlan& integrity_section();   // T15
const SectionPlan& privacy_section();     // T16
const SectionPlan& cybertipline_section();  // CT

// An episode stands in the group of every clock that it has: what is counted by clock, be it by other dimensions too, adds up to nothing.
inline constexpr std::string_view shared_by_groups = "clock";
inline constexpr std::string_view default_clock = "reported_us";  // the first that is taken where none is chosen

// Does "R4" stand for "R4.3h.km"?
constexpr bool covers(std::string_view metric, std::string_view id) {
  return id.starts_with(metric) && (id.size() == metric.size() || id[metric.size()] == '.');
}

}  // namespace caseledger::reports
