// What reports tell of governance itself, beside what is counted from the folds: the versions of policies and what was decided under each (T14), how
// much the log holds, what was taken out of it, and what revoked keys have signed (T15).
#pragma once

#include <functional>
#include <map>

#include "projections/recording.h"
#include "projections/reports/make.h"

namespace caseledger::reports {

// How many decisions made on days that begin in [from, to) cite each version of a policy: T3.decisions by policy.
using Decisions = std::function<std::map<std::string, std::int64_t>(Micros from, Micros to)>;

// What the folds found no event of: where it was not excised, it is a gap.
using Missing = std::function<std::vector<projections::MissingVersions>()>;

// Of a section, in their order; most sections have none. A version is in force on every day on which it is so at some time.
std::vector<Table> governed_tables(std::string_view section, const Terms& terms, const Decisions& decisions, const Missing& missing);

// How one policy's parameters, canonical JSON, differ from another's: "k is 5, was 11; subject[3] is new". Without values where those would teach how
// to evade: "factors[2].points_micros changed". At most changes_max are told. Empty: they do not differ, or are no JSON.
inline constexpr std::size_t changes_max = 20;
std::string parameters_changed(std::string_view before, std::string_view now, bool with_values);

}  // namespace caseledger::reports
