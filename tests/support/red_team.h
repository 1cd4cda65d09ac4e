// One who has published editions, what docs/metrics.md and docs/policies.md say, and a solver. How far can he bound what they withhold?
//
// He reads the bytes of every figure that counts persons or cases and knows: counts are not negative, a part is no larger than its whole, rows add up to the whole and
// months to the year, a group without a row has nobody in it, states
// add up to their region, statutory counts are rows of other tables under another name, an episode is counted by each clock that it has. What editions
// mean is written down here a second time, from the documents, so that what the program forgets is not forgotten here too.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/rules/suppression_policy.h"
#include "projections/reports/edition.h"
#include "tests/support/solver.h"

namespace samples {

class RedTeam {
 public:
  explicit RedTeam(const caseledger::rules::SuppressionPolicy& policy) : policy_(policy) {}

  // `whole`: the same edition with nothing withheld. He is told of it what rules say truly of withheld rows; the test measures him by it.
  void read(const std::string& published, const caseledger::reports::Edition& whole);

  // Sentences: every small count that is told, or that is bounded more tightly than the policy allows, until `most` are found.
  std::vector<std::string> broken(std::size_t most = SIZE_MAX);
  std::size_t attacked = 0;

 private:
  // A measure, or the rest of one without another; where, and when.
  struct Name {
    std::string measure, period;
    std::vector<std::string> by, group;
    auto operator<=>(const Name&) const = default;
  };
  struct Time {
    caseledger::Micros from, to;
  };

  void see(const std::string& measure, const caseledger::reports::Table& table, const std::vector<std::string>& group, const caseledger::reports::Row& told, std::int64_t value, bool counts, const std::string& period);
  void reckon();
  void reckon_parts();
  void reckon_clocks();
  std::string told_apart(const Name& name) const;
  void reckon_groups();
  void reckon_time();
  int unknown(const Name& name);
  bool small(std::int64_t n) const { return n > 0 && n < policy_.k; }
  std::string bounded(const Name& name, std::int64_t value);
  std::string said(const Name& name) const;

  const caseledger::rules::SuppressionPolicy& policy_;
  Solver numbers_, rules_;
  std::map<Name, int> unknowns_;
  std::map<Name, std::int64_t> truth_;
  std::map<Name, std::string> rule_;  // of the withheld rows whose own count it is
  std::set<Name> told_;
  std::map<std::string, Time> periods_;
  std::map<std::pair<std::string, std::vector<std::string>>, std::set<std::vector<std::string>>> rows_;  // period and dimensions: groups that have any
  bool reckoned_ = false;
};

// The measures of a figure, as docs/metrics.md tells them; empty: nothing that is counted.
std::pair<std::string, std::string> measures_told_by(std::string_view metric);

}  // namespace samples
