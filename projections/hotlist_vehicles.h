// T6.cases: where the children are missing from for whom a vehicle is listed, and whether readers there share what they read.
#pragma once

#include <map>
#include <string>

#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

// What the newest snapshot of a portal says of a county: whether it gives others access to what it reads.
struct Portal {
  static constexpr char sort = 'p';
  Micros as_of = 0;
  bool shares = false;
  std::string county;
};

// The open cases for which a vehicle is listed, each once however many are.
class Vehicles {
 public:
  void add_listed(const StreamId& of_case, const std::string& county) { of_cases_.emplace(of_case, county); }
  void add(const Portal& portal) { shares_[portal.county] |= portal.shares; }

  void write(Sheet& sheet) const {
    std::int64_t told = 0, shared = 0;
    for (const auto& [of_case, county] : of_cases_) {
      const auto shares = shares_.find(county);
      told += shares != shares_.end();
      shared += shares != shares_.end() && shares->second;
    }
    const auto all = static_cast<std::int64_t>(of_cases_.size());
    sheet.count("T6.cases", "Open cases for which a vehicle is listed at the as-of", "cases", all);
    sheet.share("T6.cases.county_told", "Of the open cases for which a vehicle is listed, those missing from a county whose sharing a snapshot states", told, all).note =
        "a snapshot of a whole state does not say which of its counties it covers, and is left out";
    sheet.share("T6.cases.county_shares", "Of the open cases for which a vehicle is listed, those missing from a county with a portal that gives others access", shared, all);
  }

 private:
  std::map<StreamId, std::string> of_cases_;  // and their counties; empty where the case does not say
  std::map<std::string, bool> shares_;
};

}  // namespace caseledger::projections
