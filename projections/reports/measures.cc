#include "projections/reports/measures.h"

#include <algorithm>
#include <array>

#include "projections/reports/section.h"

namespace caseledger::reports {

namespace {

struct Known {
  std::string_view metric, numerator, denominator;  // the first that covers a metric says it; empty: something of its own
};
constexpr Known metrics[] = {
    {"R1.alive", "alive", "begun"},
    {"R1", "resolved", "begun"},
    {"R2", "flow", "begun"},
    {"R3", "flow", ""},
    {"R5", "resolved", "begun"},
    {"R6", "", "begun"},
    {"R8.age_p50", "", "open"},
    {"R8.age_p90", "", "open"},
    {"R8.oldest", "", "open"},
    {"R9.episodes", "begun", ""},
    {"R9.children", "children", ""},
    {"R9.repeat", "repeat", "children"},
    {"R10", "", "flow"},
    {"T13.acceptance", "T13.accepted", ""},
};

struct Part {
  std::string_view measure, of;
};
constexpr Part parts[] = {
    {"resolved", "begun"},    {"alive", "resolved"},       {"children", "begun"},  {"repeat", "children"},
    {"R4.24h.km", "R4.30d.km"}, {"R4.30d.km", "resolved"}, {"R8.long_term", "open"},
};

struct Family {
  std::string_view covers, name;
};
constexpr Family families[] = {
    {"R4.24h", "within 24 h"},       {"R4.30d", "within 30 d"},        {"R8.before", "balance"},      {"R8.opened", "balance"},      {"R8.reopened", "balance"},
    {"R8.recovered", "balance"},     {"R8.closed_unresolved", "balance"}, {"R8.merged", "balance"},   {"R8.transferred", "balance"}, {"R8.withdrawn", "balance"},
    {"R8.voided", "balance"},        {"R8.after", "balance"},          {"T13.consents", "consents"},  {"T13", "services"},           {"T16.erasures", "erasures"},
};

}  // namespace

Counted counted_by(std::string_view metric) {
  Counted counted{metric == "R8" ? "open" : std::string(metric), std::string(metric) + " of"};
  if (metric.starts_with("R4.") && metric.ends_with(".km")) counted.denominator = "begun";
  const auto known = std::ranges::find_if(metrics, [&](const Known& each) { return covers(each.metric, metric); });
  if (known == std::end(metrics)) return counted;
  if (!known->numerator.empty()) counted.numerator = known->numerator;
  if (!known->denominator.empty()) counted.denominator = known->denominator;
  return counted;
}

std::string_view part_of(std::string_view measure) {
  if (measure.starts_with("R4.") && measure.ends_with(".mature of")) return "begun";
  const auto part = std::ranges::find(parts, measure, &Part::measure);
  return part == std::end(parts) ? std::string_view() : part->of;
}

std::string_view family_of(std::string_view measure) {
  const std::string_view metric = measure.substr(0, measure.find(' '));
  const auto family = std::ranges::find_if(families, [&](const Family& each) { return covers(each.covers, metric); });
  return family == std::end(families) ? std::string_view() : family->name;
}

bool adds_up_over_time(std::string_view measure) {
  constexpr std::string_view at_the_as_of[] = {"open", "cases", "R8", "T13.consents"};
  return std::ranges::none_of(at_the_as_of, [&](std::string_view each) { return covers(each, measure.substr(0, measure.find(' '))); });
}

}  // namespace caseledger::reports
