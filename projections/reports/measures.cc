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
    {"R1.clock", "clocked", "begun"},
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
    {"R10.weight", "", "R10.weight of"},
    {"R10", "", "flow"},
    {"R11.1", "begun", ""},
    {"R11.2", "begun", ""},
    {"R11.3", "begun", ""},
    {"R11.4", "flow", ""},
    {"R11.5", "begun", ""},
    {"M1.unknown", "", "M1 asked"},
    {"M2.unknown", "", "M2 asked"},
    {"M4", "M4 activated", "M4 asked"},
    {"M5", "M5 found", "M4 activated"},
    {"T6.cases.county_told", "", "T6.cases"},
    {"T6.cases.county_shares", "", "T6.cases"},
    {"T13.acceptance", "T13.accepted", ""},
};

struct Group {
  std::string_view metric, dimension, value;
};
constexpr Group groups[] = {{"R11.2", "case_type", "NFA"}, {"R11.3", "case_type", "FA"}, {"R11.5", "state_care", "yes"}};

struct Part {
  std::string_view measure, of;
};
constexpr Part parts[] = {
    {"resolved", "begun"},    {"alive", "resolved"},    {"alive", "begun"},    {"children", "begun"}, {"repeat", "children"}, {"repeat", "begun"}, {"R8.long_term", "open"},
    {"deceased", "resolved"}, {"deceased", "begun"}, {"R10.direct", "attributed"}, {"R10.direct", "flow"}, {"R11.6", "flow"}, {"R11.7", "begun"}, {"M1 of", "M1 asked"}, {"M2 of", "M2 asked"},
    {"M4 activated", "M4 asked"}, {"M5 found", "M4 activated"}, {"T6.cases.county_shares", "T6.cases.county_told"}, {"T6.cases.county_shares", "T6.cases"},
    {"T6.cases.county_told", "T6.cases"}, {"T11.victims.newly", "T11.victims"},
};

constexpr std::string_view horizons[] = {"3h", "6h", "12h", "24h", "72h", "7d", "30d", "90d", "1y"};

// "R6.alive.24h", "R6.", ".24h" → "alive"; of other names, nothing.
std::string_view between(std::string_view name, std::string_view begin, std::string_view end) {
  if (!name.starts_with(begin) || !name.ends_with(end) || name.size() <= begin.size() + end.size()) return {};
  return name.substr(begin.size(), name.size() - begin.size() - end.size());
}

struct Family {
  std::string_view covers, name;
};
constexpr Family families[] = {
    {"begun", "begun"}, {"clocked", "begun"}, {"T13.consents", "consents"}, {"T13", "services"}, {"T16.erasures", "erasures"},
};

}  // namespace

Counted counted_by(std::string_view metric) {
  Counted counted{metric == "R8" ? "open" : std::string(metric), std::string(metric) + " of"};
  if (metric.starts_with("R4.") && metric.ends_with(".km")) counted.denominator = "begun";
  if (metric == "R1.clock") counted.whole_over = shared_by_groups;
  if (covers("R10.weight", metric)) counted.unit = 1'000'000;
  if (const auto group = std::ranges::find(groups, metric, &Group::metric); group != std::end(groups)) {
    counted.by = {std::string(group->dimension)};
    counted.group = {std::string(group->value)};
  }
  const auto known = std::ranges::find_if(metrics, [&](const Known& each) { return covers(each.metric, metric); });
  if (known == std::end(metrics)) return counted;
  if (!known->numerator.empty()) counted.numerator = known->numerator;
  if (!known->denominator.empty()) counted.denominator = known->denominator;
  return counted;
}

// What ended within a horizon did so within every longer one; of it, so many ended one way. What is told of a part bounds what all of these leave.
std::vector<std::string> wholes_of(std::string_view measure) {
  std::vector<std::string> all;
  if (!between(measure, "R4.", ".mature of").empty()) return {"begun"};
  const auto longer = [&](auto from, std::string_view begin, std::string_view end) {
    for (; from != std::end(horizons); ++from) all.push_back(std::string(begin) + std::string(*from) + std::string(end));
  };
  for (auto horizon = std::begin(horizons); horizon != std::end(horizons); ++horizon) {
    const std::string ending = "." + std::string(*horizon);
    const auto and_then = [&](std::initializer_list<const char*> wholes) { all.insert(all.end(), wholes.begin(), wholes.end()); };
    if (measure == "R4" + ending + ".km") longer(std::next(horizon), "R4.", ".km"), and_then({"resolved", "begun"});
    if (measure == "R6.alive" + ending) longer(std::next(horizon), "R6.alive.", ""), and_then({"alive", "resolved", "begun"});
    if (measure == "R6.deceased" + ending) longer(std::next(horizon), "R6.deceased.", ""), and_then({"deceased", "resolved", "begun"});
    if (measure == "R6.closed" + ending) longer(std::next(horizon), "R6.closed.", ""), all.push_back("begun");
  }
  for (const Part& part : parts)
    if (part.measure == measure) all.emplace_back(part.of);
  return all;
}

bool speaks_of(std::string_view metric, std::string_view measure) {
  if (covers("R5", metric)) return covers("R4", measure);
  if (metric.starts_with("R10.direct.") || covers("R10.weight", metric)) return measure == "R10.direct";
  return (covers("R6.alive", metric) || covers("R6.deceased", metric)) && measure == "R4." + std::string(metric.substr(metric.rfind('.') + 1)) + ".km";
}

std::span<const Difference> differences() {
  static constexpr Difference all[] = {{"deceased", "resolved", "alive"}, {"attributed", "flow", "R10.unattributed"}};
  return all;
}

std::string family_of(std::string_view measure) {
  const std::string_view metric = measure.substr(0, measure.find(' '));
  // Within one horizon: what ended is alive or dead, and how many are observed long enough may be all.
  for (const std::string_view horizon : horizons) {
    const std::string ending = "." + std::string(horizon);
    if (covers("R4" + ending, metric)) return "within " + std::string(horizon);
    if (metric == "R6.alive" + ending || metric == "R6.deceased" + ending) return "endings within " + std::string(horizon);
  }
  for (const std::string_view kind : {"R10.direct.", "R10.weight."})
    if (metric.starts_with(kind)) return "owed to " + std::string(metric.substr(kind.size()));
  for (const Difference& each : differences())
    if (measure == each.measure || measure == each.without) return std::string(each.measure);
  const auto family = std::ranges::find_if(families, [&](const Family& each) { return covers(each.covers, metric); });
  return family == std::end(families) ? std::string() : std::string(family->name);
}

bool is_in_balance(std::string_view measure) {
  return std::ranges::any_of(balance_sides, [&](const auto& side) { return std::ranges::find(side, measure) != side.end(); });
}

std::string told_alike(std::string_view measure) {
  const std::string_view metric = measure.substr(0, measure.find(' '));
  if (metric == "alive" || metric == "deceased" || covers("R4", metric)) return "resolved";
  return std::string(covers("R8", metric) ? "open" : metric);
}

bool adds_up_over_time(std::string_view measure) {
  // A child that is missed in two months is one in their quarter.
  constexpr std::string_view others[] = {"open", "cases", "R8", "T13.consents", "T6.cases", "children", "repeat"};
  return std::ranges::none_of(others, [&](std::string_view each) { return covers(each, measure.substr(0, measure.find(' '))); });
}

}  // namespace caseledger::reports
