#include "tests/support/red_team.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <tuple>

namespace samples {

using namespace caseledger;
using namespace caseledger::reports;

namespace {

const std::vector<std::string> by_clock{"clock"}, reported_us{"reported_us"};
const std::vector<std::string> horizons{"3h", "6h", "12h", "24h", "72h", "7d", "30d", "90d", "1y"};
const std::vector<std::pair<std::string, std::vector<std::string>>> statutory{{"R11.2", {"case_type", "NFA"}}, {"R11.3", {"case_type", "FA"}}, {"R11.5", {"state_care", "yes"}}};

// Part and whole.
std::vector<std::pair<std::string, std::string>> parts() {
  std::vector<std::pair<std::string, std::string>> all{{"resolved", "begun"}, {"alive", "resolved"}, {"children", "begun"}, {"repeat", "children"}, {"long term", "open"},
                                                       {"R10.direct", "attributed"},
                                                       {"M1", "M1 known"}, {"M2", "M2 known"}, {"M3", "M3 due"}, {"activated", "asked for"}, {"found since", "activated"},
                                                       {"T6.cases.county_told", "T6.cases"}, {"T6.cases.county_shares", "T6.cases.county_told"},
                                                       {"reached", "to be reached"}, {"T11.victims.newly", "T11.victims"}, {"T16.erasures.overdue", "T16.erasures.undecided"}};
  for (std::size_t i = 0; i < horizons.size(); ++i) {
    for (std::size_t j = i + 1; j < horizons.size(); ++j)
      for (const std::string kind : {"within ", "alive within ", "dead within "}) all.emplace_back(kind + horizons[i], kind + horizons[j]);
    all.emplace_back("within " + horizons[i], "resolved");
    all.emplace_back("alive within " + horizons[i], "alive");
    all.emplace_back("dead within " + horizons[i], "dead");
    all.emplace_back("mature " + horizons[i], "within " + horizons[i]);
    all.emplace_back("mature " + horizons[i], "all mature " + horizons[i]);
    all.emplace_back("all mature " + horizons[i], "begun");
  }
  return all;
}

// As the Census Bureau numbers them: 1 Northeast, 2 Midwest, 3 South, 4 West.
std::string region_of_state(const std::string& state) {
  static const std::map<std::string, std::string> all = [] {
    std::map<std::string, std::string> regions;
    const auto add = [&](const std::string& region, std::initializer_list<const char*> states) {
      for (const char* each : states) regions[std::string("US-") + each] = region;
    };
    add("northeast", {"CT", "ME", "MA", "NH", "RI", "VT", "NJ", "NY", "PA"});
    add("midwest", {"IN", "IL", "MI", "OH", "WI", "IA", "KS", "MN", "MO", "NE", "ND", "SD"});
    add("south", {"DE", "DC", "FL", "GA", "MD", "NC", "SC", "VA", "WV", "AL", "KY", "MS", "TN", "AR", "LA", "OK", "TX"});
    add("west", {"AZ", "CO", "ID", "NM", "MT", "UT", "NV", "WY", "AK", "CA", "HI", "OR", "WA"});
    add("island_areas", {"AS", "GU", "MP", "PR", "VI"});
    return regions;
  }();
  const auto found = all.find(state);
  return found == all.end() ? std::string() : found->second;
}

bool is_persons(const std::string& measure) { return measure == "children" || measure == "repeat"; }  // a child may be in several groups and months

}  // namespace

std::pair<std::string, std::string> measures_told_by(std::string_view metric) {
  const auto horizon = std::string(metric.substr(metric.rfind('.') + 1));
  for (const std::string m : {"M1", "M2"}) {
    if (metric == m) return {m, m + " known"};
    if (metric == m + ".unknown") return {m + ".unknown", m + " asked"};
  }
  if (metric == "M3") return {"M3", "M3 due"};
  if (metric.starts_with("M4.")) return {"activated", "asked for"};
  if (metric.starts_with("M5.")) return {"found since", "activated"};
  if (metric.starts_with("T6.cases.")) return {std::string(metric), "T6.cases"};
  if (metric == "R1") return {"resolved", "begun"};
  if (metric == "R1.alive") return {"alive", "begun"};
  if (metric == "R1.clock") return {"clocked", "begun"};
  if (metric == "R2") return {"flow", "begun"};
  if (metric == "R3") return {"flow", "open and begun"};
  if (metric.starts_with("R4.") && metric.ends_with(".km")) return {"within " + std::string(metric.substr(3, metric.size() - 6)), "begun"};
  if (metric.starts_with("R4.")) return {"mature " + std::string(metric.substr(3, metric.size() - 10)), "all mature " + std::string(metric.substr(3, metric.size() - 10))};
  if (metric == "R5" || metric.starts_with("R5.")) return {"resolved", "begun"};
  if (metric.starts_with("R6.alive.")) return {"alive within " + horizon, "begun"};
  if (metric.starts_with("R6.deceased.")) return {"dead within " + horizon, "begun"};
  if (metric.starts_with("R6.closed.")) return {"closed within " + horizon, "begun"};
  if (metric == "R8") return {"open", ""};
  if (metric == "R8.long_term") return {"long term", ""};
  if (metric == "R8.oldest" || metric.starts_with("R8.age")) return {"", "open"};
  if (metric == "R9.episodes") return {"begun", ""};
  if (metric == "R9.children") return {"children", ""};
  if (metric == "R9.repeat") return {"repeat", "children"};
  if (metric.starts_with("R10.weight.")) return {"", ""};
  if (metric.starts_with("R10.")) return {std::string(metric), "flow"};
  if (metric == "R11.1") return {"begun", ""};
  if (metric == "R11.4") return {"flow", ""};
  if (metric == "T13.contact_24h") return {"reached", "to be reached"};
  if (metric == "T13.acceptance") return {"T13.accepted", "answered"};
  if (metric == "T13.minutes") return {"", ""};
  for (const std::string_view outcome : {"granted", "partial", "refused"})
    if (metric == "T16.erasures." + std::string(outcome)) return {std::string(metric), "decided"};
  if (metric.starts_with("T16.erasures.decision")) return {"decided", "T16.erasures"};
  if (metric.starts_with("T16.erasures.execution")) return {"T16.erasures.executed", "to be executed"};
  return {std::string(metric), ""};
}

int RedTeam::unknown(const Name& name) {
  const auto [at, fresh] = unknowns_.try_emplace(name, 0);
  if (fresh) {
    at->second = numbers_.unknown();
    rules_.unknown();  // the same number
  }
  return at->second;
}

std::string RedTeam::said(const Name& name) const {
  std::string group;
  for (std::size_t i = 0; i < name.by.size(); ++i) group += (i ? ", " : " by ") + name.by[i] + " = " + name.group[i];
  return name.measure + group + " in " + name.period;
}

void RedTeam::see(const std::string& measure, const Table& table, const std::vector<std::string>& group, const Row& told, std::int64_t value, bool counts, const std::string& period) {
  if (measure.empty() || value < 0) return;
  if (measure == "T13.reunified" && !group.empty() && group[0] != "reunification") return;  // there are none
  Name name{measure, period, table.by, group};
  const auto alias = std::ranges::find(statutory, table.id, [](const auto& each) { return each.first; });
  if (alias != statutory.end()) name = {"begun", period, {alias->second[0]}, {alias->second[1]}};
  if (table.id == "R1.clock" && measure == "begun") name = {measure, period, {}, {}};  // of all who began
  if (measure == "T13.reunified") name = {"T13.completed", period, {"service"}, {"reunification"}};
  truth_[name] = value;
  if (!told.withheld.empty()) {
    if (counts) rule_[name] = told.withheld;
    return;
  }
  told_.insert(name);
}

void RedTeam::read(const std::string& published, const reports::Edition& whole) {
  const auto read = parse_edition(published);
  if (!read) throw std::logic_error("a published edition cannot be read: " + read.error().sentence);
  periods_[whole.period.label] = {whole.period.from, whole.period.to};
  std::map<std::string, const Row*> seen;
  for (const Section& section : read->sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows) seen[name_of(table, row)] = &row;
  const Row absent{.group = {}, .numerator = {}, .denominator = {}, .value = {}, .interval = {}, .flags = {}, .note = {}, .withheld = "absent"};
  for (const Section& section : whole.sections)
    for (const Table& table : section.tables) {
      if (!policy_.applies_to(table.id)) continue;
      const auto [numerator, denominator] = measures_told_by(table.id);
      for (const Row& row : table.rows) {
        if (!table.by.empty()) rows_[{whole.period.label, table.by}].insert(row.group);
        const auto found = seen.find(name_of(table, row));
        const Row& told = found == seen.end() ? absent : *found->second;
        see(numerator, table, row.group, told, row.numerator.value_or(-1), true, whole.period.label);
        see(denominator, table, row.group, told, row.denominator.value_or(-1), false, whole.period.label);
      }
    }
}

// A part and the rest are the whole. What nobody tells and two figures give is the rest too: the dead, the attributed.
void RedTeam::reckon_parts() {
  const auto add = [&](const std::string& whole, const std::string& part, const std::string& rest) {
    std::vector<std::pair<Name, std::int64_t>> found;
    for (const auto& [name, value] : truth_)
      if (name.measure == part) found.emplace_back(name, value);
    for (const auto& [name, value] : found) {
      Name all = name, left = name;
      all.measure = whole;
      left.measure = rest;
      if (!truth_.contains(all) || truth_.at(all) < value) continue;
      for (Solver* solver : {&numbers_, &rules_}) solver->know_equal({unknown(name), unknown(left)}, unknown(all));
      truth_[left] = truth_.at(all) - value;
      if (told_.contains(name) && told_.contains(all)) told_.insert(left);
    }
  };
  add("resolved", "alive", "dead");
  add("flow", "R10.unattributed", "attributed");
  add("M1 asked", "M1.unknown", "M1 known");
  add("M2 asked", "M2.unknown", "M2 known");
  for (const std::string& horizon : horizons) add("within " + horizon, "alive within " + horizon, "dead within " + horizon);
  std::vector<Name> befores;
  for (const auto& [name, value] : truth_)
    if (name.measure == "R8.before") befores.push_back(name);
  for (const Name& before : befores)  // the balance of the open stock
    for (const auto& side : {std::vector{"R8.before", "R8.opened", "R8.reopened"},
                             std::vector{"R8.recovered", "R8.closed_unresolved", "R8.merged", "R8.transferred", "R8.withdrawn", "R8.voided", "R8.after"}}) {
      std::vector<int> sum;
      Name each = before;
      for (const char* measure : side) {
        each.measure = measure;
        sum.push_back(unknown(each));
      }
      each.measure = "stock and what came";
      for (Solver* solver : {&numbers_, &rules_}) solver->know_equal(sum, unknown(each));
    }
  const auto add_up = [&](const std::string& whole, const std::vector<std::string>& of) {
    std::vector<Name> places;
    for (const auto& [name, value] : truth_)
      if (name.measure == of.front()) places.push_back(name);
    for (Name name : places) {
      std::vector<int> sum;
      std::int64_t value = 0;
      for (const std::string& part : of) {
        name.measure = part;
        if (const auto found = truth_.find(name); found != truth_.end()) sum.push_back(unknown(name)), value += found->second;
      }
      if (sum.size() < of.size()) continue;
      name.measure = whole;
      if (truth_.contains(name) && truth_.at(name) != value) throw std::logic_error(said(name) + " is not the sum it is said to be");
      for (Solver* solver : {&numbers_, &rules_}) solver->know_equal(sum, unknown(name));
      truth_.try_emplace(name, value);
    }
  };
  add_up("answered", {"T13.accepted", "T13.declined"});
  add_up("T16.erasures", {"decided", "T16.erasures.undecided"});
  add_up("decided", {"T16.erasures.granted", "T16.erasures.partial", "T16.erasures.refused"});
  add_up("to be executed", {"T16.erasures.granted", "T16.erasures.partial"});
  add_up("to be executed", {"T16.erasures.executed", "T16.erasures.unexecuted"});
  for (const auto& [part, whole] : parts()) add(whole, part, whole + " without " + part);
}

// Of all who began, some have a clock and the rest do not. Whoever has been reported to us began, where no clock is chosen, when that says: each count by
// it is a part of the same of everybody.
void RedTeam::reckon_clocks() {
  std::vector<std::pair<Name, Name>> found;
  for (const auto& [name, value] : truth_) {
    const Name all{name.measure == "clocked" ? "begun" : name.measure, name.period, {}, {}};
    const bool is_part = name.measure == "clocked" || (name.by == by_clock && name.group == reported_us);
    if (is_part && truth_.contains(all)) found.emplace_back(name, all);
  }
  for (const auto& [name, all] : found) {
    Name rest = name;
    rest.measure = all.measure + " without the clock";
    for (Solver* solver : {&numbers_, &rules_}) solver->know_equal({unknown(name), unknown(rest)}, unknown(all));
    truth_[rest] = truth_.at(all) - truth_.at(name);
    if (truth_[rest] < 0) throw std::logic_error(said(name) + " is more than " + said(all));
    if (told_.contains(name) && told_.contains(all)) told_.insert(rest);
  }
}

void RedTeam::reckon_groups() {
  std::map<std::tuple<std::string, std::string, std::vector<std::string>>, std::vector<int>> groups;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<int>> regions;
  std::vector<Name> names;
  for (const auto& [name, value] : truth_)
    if (!name.by.empty() && name.by != by_clock && rows_.contains({name.period, name.by})) names.push_back(name);
  for (const Name& name : names) {
    groups[{name.measure, name.period, name.by}].push_back(unknown(name));
    if (name.by == std::vector<std::string>{"jurisdiction"}) regions[{name.measure, name.period, region_of_state(name.group[0])}].push_back(unknown(name));
  }
  for (const auto& [which, states] : regions) {
    const auto& [measure, period, region] = which;
    const Name whole{measure, period, {"region"}, {region}};
    if (is_persons(measure) || measure.find("children") != std::string::npos || !truth_.contains(whole)) continue;
    for (Solver* solver : {&numbers_, &rules_}) solver->know_equal(states, unknown(whole));
  }
  for (const auto& [which, parts] : groups) {
    const auto& [measure, period, by] = which;
    const Name whole{measure, period, {}, {}};
    // Rows that are missing are zeros only where the table has the others: a statutory count alone is no table.
    if (is_persons(measure) || measure.find("children") != std::string::npos || !truth_.contains(whole) || parts.size() < rows_.at({period, by}).size()) continue;
    for (Solver* solver : {&numbers_, &rules_}) solver->know_equal(parts, unknown(whole));
  }
}

// What is counted between two neighbouring ends of periods is an unknown of its own, and a period is the sum of those within it.
void RedTeam::reckon_time() {
  std::set<Micros> ends;
  for (const auto& [label, time] : periods_) ends.insert({time.from, time.to});
  if (ends.size() == 2) return;  // there is one time alone
  std::map<std::pair<Micros, Micros>, std::string> whole_periods;
  for (const auto& [label, time] : periods_) whole_periods[{time.from, time.to}] = label;
  std::set<Name> anywhere;
  for (const auto& [name, value] : truth_) {
    const bool at_the_as_of = name.measure.find("open") != std::string::npos || name.measure == "long term" || name.measure == "cases" || name.measure.starts_with("R8") || name.measure.starts_with("T13.consents") || name.measure.starts_with("T6.cases");
    if (at_the_as_of || is_persons(name.measure) || name.measure.find("children") != std::string::npos) continue;
    Name always = name;
    always.period.clear();
    anywhere.insert(always);
  }
  for (const Name& always : anywhere)
    for (const auto& [label, time] : periods_) {
      Name in_period = always;
      in_period.period = label;
      const bool nobody = !always.by.empty() && rows_.contains({label, always.by}) && !rows_.at({label, always.by}).contains(always.group);
      if (!truth_.contains(in_period) && !nobody) continue;
      std::vector<int> sum;
      for (auto from = ends.find(time.from); *from != time.to; ++from) {
        Name between = always;
        const auto known = whole_periods.find({*from, *std::next(from)});
        between.period = known == whole_periods.end() ? "from " + std::to_string(*from) : known->second;
        if (between != in_period) sum.push_back(unknown(between));
      }
      if (sum.empty()) {  // it is one of these pieces itself
        if (nobody) sum.push_back(unknown(in_period));
        else continue;
      }
      for (Solver* solver : {&numbers_, &rules_}) {
        if (nobody) solver->know(sum, 0, 0);
        else solver->know_equal(sum, unknown(in_period));
      }
    }
}

void RedTeam::reckon() {
  reckon_parts();
  reckon_clocks();
  reckon_groups();
  reckon_time();
  for (const Name& name : told_)
    for (Solver* solver : {&numbers_, &rules_}) solver->know({unknown(name)}, truth_.at(name), truth_.at(name));
  for (const auto& [name, rule] : rule_) {
    if (told_.contains(name)) continue;
    const std::int64_t value = truth_.at(name);
    if (rule == "primary" && small(value)) rules_.know({unknown(name)}, 1, policy_.k - 1);
    if (rule == "complementary" && value >= policy_.k) rules_.know({unknown(name)}, policy_.k, Solver::unending);
  }
  for (const auto& [name, value] : truth_) unknown(name);
  reckoned_ = true;
}

std::string RedTeam::bounded(const Name& name, std::int64_t value) {
  ++attacked;
  const int of = unknown(name);
  const auto all = [&](Range r) { return r.least <= 1 && r.most >= policy_.k - 1; };
  const auto enough = [&](Range r) { return r.most - r.least + 1 >= policy_.protection; };
  Range numbers = numbers_.seen(of), rules = rules_.seen(of);
  if (!all(numbers)) numbers = numbers_.range(of);
  if (!enough(rules)) rules = rules_.range(of);
  const auto range = [](Range r) { return std::to_string(r.least) + ".." + std::to_string(r.most); };
  if (all(numbers) && enough(rules)) return {};
  return said(name) + ", which is " + std::to_string(value) + ", is " + range(numbers) + " by the numbers and " + range(rules) + " by the rules";
}

// Who was reclassified stands between a case type at intake and now; who lacks a clock between two clocks, and between one of them and where none is chosen.
std::string RedTeam::told_apart(const Name& name) const {
  std::vector<Name> others;
  if (name.by == std::vector<std::string>{"case_type_current"}) others.push_back({name.measure, name.period, {"case_type"}, name.group});
  if (name.by == by_clock) {
    const auto everybody_has = [&](const std::vector<std::string>& clock) {
      const auto clocked = truth_.find({"clocked", name.period, by_clock, clock}), begun = truth_.find({"begun", name.period, {}, {}});
      return name.measure != "clocked" && clocked != truth_.end() && begun != truth_.end() && clocked->second == begun->second;
    };
    if (!everybody_has(name.group)) others.push_back({name.measure == "clocked" ? "begun" : name.measure, name.period, {}, {}});
    for (const std::string clock : {"last_contact", "ncic_entry", "reported_le", "reported_us"})
      if (!everybody_has(name.group) || !everybody_has({clock})) others.push_back({name.measure, name.period, by_clock, {clock}});
  }
  for (const Name& other : others) {
    if (!told_.contains(other)) continue;
    const std::int64_t moved = std::abs(truth_.at(name) - truth_.at(other));
    if (moved > 0 && moved < policy_.k) return said(name) + " and " + said(other) + ", which are told, differ by " + std::to_string(moved);
  }
  return {};
}

std::vector<std::string> RedTeam::broken(std::size_t most) {
  if (!reckoned_) reckon();
  std::vector<std::string> all;
  std::vector<Name> withheld;
  std::vector<int> unknowns;
  for (const auto& [name, value] : truth_) {
    if (!small(value)) continue;
    if (told_.contains(name)) {
      all.push_back(said(name) + ", which is " + std::to_string(value) + ", is told");
    } else {
      withheld.push_back(name);
      unknowns.push_back(unknown(name));
    }
  }
  for (const Name& name : told_)
    if (auto sentence = told_apart(name); !sentence.empty()) all.push_back(std::move(sentence));
  if (all.size() < most)
    for (Solver* solver : {&numbers_, &rules_}) solver->spread(unknowns, policy_.k - 1);
  for (const Name& name : withheld) {
    if (all.size() >= most) break;
    if (auto sentence = bounded(name, truth_.at(name)); !sentence.empty()) all.push_back(std::move(sentence));
  }
  return all;
}

}  // namespace samples
