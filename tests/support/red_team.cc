#include "tests/support/red_team.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace samples {

using namespace caseledger;
using namespace caseledger::reports;

namespace {

const std::vector<std::string> horizons{"3h", "6h", "12h", "24h", "72h", "7d", "30d", "90d", "1y"};
const std::vector<std::pair<std::string, std::vector<std::string>>> statutory{{"R11.2", {"case_type", "NFA"}}, {"R11.3", {"case_type", "FA"}}, {"R11.5", {"state_care", "yes"}}};

// Part and whole.
std::vector<std::pair<std::string, std::string>> parts() {
  std::vector<std::pair<std::string, std::string>> all{{"resolved", "begun"}, {"alive", "resolved"}, {"children", "begun"}, {"repeat", "children"}, {"long term", "open"},
                                                       {"R10.direct", "attributed"}};
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

bool is_persons(const std::string& measure) { return measure == "children" || measure == "repeat"; }  // a child may be in several groups and months

}  // namespace

std::pair<std::string, std::string> measures_told_by(std::string_view metric) {
  const auto horizon = std::string(metric.substr(metric.rfind('.') + 1));
  if (metric == "R1") return {"resolved", "begun"};
  if (metric == "R1.alive") return {"alive", "begun"};
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

void RedTeam::see(const std::string& measure, const Table& table, const Row& told, std::int64_t value, bool counts, const std::string& period) {
  if (measure.empty() || value < 0) return;
  Name name{measure, period, table.by, told.group};
  const auto alias = std::ranges::find(statutory, table.id, [](const auto& each) { return each.first; });
  if (alias != statutory.end()) name = {"begun", period, {alias->second[0]}, {alias->second[1]}};
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
  for (std::size_t s = 0; s < whole.sections.size(); ++s)
    for (std::size_t t = 0; t < whole.sections[s].tables.size(); ++t) {
      const Table &table = whole.sections[s].tables[t], &seen = read->sections[s].tables[t];
      if (!policy_.applies_to(table.id) || table.id[0] != 'R') continue;
      const auto [numerator, denominator] = measures_told_by(table.id);
      for (std::size_t r = 0; r < table.rows.size(); ++r) {
        const Row& row = table.rows[r];
        if (!table.by.empty()) rows_[{whole.period.label, table.by}].insert(row.group);
        see(numerator, table, seen.rows[r], row.numerator.value_or(-1), true, whole.period.label);
        see(denominator, table, seen.rows[r], row.denominator.value_or(-1), false, whole.period.label);
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
  for (const auto& [part, whole] : parts()) add(whole, part, whole + " without " + part);
}

void RedTeam::reckon_groups() {
  std::map<std::tuple<std::string, std::string, std::vector<std::string>>, std::vector<int>> groups;
  std::vector<Name> names;
  for (const auto& [name, value] : truth_)
    if (!name.by.empty() && rows_.contains({name.period, name.by})) names.push_back(name);
  for (const Name& name : names) groups[{name.measure, name.period, name.by}].push_back(unknown(name));
  for (const auto& [which, parts] : groups) {
    const auto& [measure, period, by] = which;
    const Name whole{measure, period, {}, {}};
    // Rows that are missing are zeros only where the table has the others: a statutory count alone is no table.
    if (is_persons(measure) || measure.find("children") != std::string::npos || !truth_.contains(whole) || parts.size() < rows_.at({period, by}).size()) continue;
    for (Solver* solver : {&numbers_, &rules_}) solver->know_equal(parts, unknown(whole));
  }
}

void RedTeam::reckon_time() {
  for (const auto& [label, whole] : periods_) {
    std::vector<std::string> parts;
    Micros until = whole.from;
    for (bool more = true; more && until < whole.to;) {
      more = false;
      for (const auto& [each, part] : periods_)
        if (part.from == until && part.to - part.from < whole.to - whole.from) {
          parts.push_back(each);
          until = part.to;
          more = true;
          break;
        }
    }
    if (parts.empty() || until != whole.to) continue;
    std::vector<Name> names;
    for (const auto& [name, value] : truth_)
      if (name.period == label && name.measure != "open" && name.measure != "long term" && name.measure.find("R8") != 0 && name.measure.find("open") == std::string::npos && !is_persons(name.measure) &&
          name.measure.find("children") == std::string::npos)
        names.push_back(name);
    for (const Name& name : names) {
      std::vector<int> sum;
      bool all = true;
      for (const std::string& part : parts) {
        Name in = name;
        in.period = part;
        if (!truth_.contains(in)) {
          all = all && !name.by.empty() && rows_.contains({part, name.by}) && !rows_.at({part, name.by}).contains(name.group);
          continue;
        }
        sum.push_back(unknown(in));
      }
      if (all && !sum.empty())
        for (Solver* solver : {&numbers_, &rules_}) solver->know_equal(sum, unknown(name));
    }
  }
}

void RedTeam::reckon() {
  reckon_parts();
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
  reckoned_ = true;
}

std::string RedTeam::bounded(const Name& name, std::int64_t value) {
  ++attacked;
  const Range numbers = numbers_.range({unknown(name)}, false), rules = rules_.range({unknown(name)}, false);
  const auto range = [](Range r) { return std::to_string(r.least) + ".." + std::to_string(r.most); };
  if (numbers.least <= 1 && numbers.most >= policy_.k - 1 && rules.most - rules.least + 1 >= policy_.protection) return {};
  return said(name) + ", which is " + std::to_string(value) + ", is " + range(numbers) + " by the numbers and " + range(rules) + " by the rules";
}

std::vector<std::string> RedTeam::broken(std::size_t every, std::size_t most) {
  if (!reckoned_) reckon();
  std::vector<std::string> all;
  std::size_t turn = 0;
  for (const auto& [name, value] : truth_) {
    if (!small(value)) continue;
    if (all.size() >= most) break;
    if (told_.contains(name)) {
      all.push_back(said(name) + ", which is " + std::to_string(value) + ", is told");
    } else if (turn++ % every == 0) {
      if (auto sentence = bounded(name, value); !sentence.empty()) all.push_back(std::move(sentence));
    }
  }
  return all;
}

}  // namespace samples
