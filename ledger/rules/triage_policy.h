// A points table: how a published policy of kind triage scores an item. Data, integers, nothing else.
//
// Its parameters are canonical JSON:
//   {"bands":[{"at_least_micros":80000000,"due_minutes":60,"priority":"P0"}, …, {"priority":"P4"}],
//    "clauses":[{"code":"imminent","reasons":["imminent_danger","abduction"],"requesters":["le","care"]}],
//    "factors":[{"compare":"lt","feature":"age_years","points_micros":30000000,"value":12}]}
// The points of every factor that holds are added; a factor whose feature is not given does not hold. The first band whose
// threshold is reached wins, and the last has none. Clauses name what may be put first, for which reasons and,
// where they say so, at whose request.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/core/event.h"

namespace caseledger::rules {

class TriagePolicy {
 public:
  // Errors: malformed, value_out_of_range; the sentence names the place.
  static Result<TriagePolicy> parse(std::string_view parameters);

  struct Verdict {
    std::int64_t score_micros = 0;
    schema::Priority priority = schema::Priority::unset;
    std::optional<std::uint32_t> due_minutes;
    friend bool operator==(const Verdict&, const Verdict&) = default;
  };
  using Features = flatbuffers::Vector<flatbuffers::Offset<schema::Feature>>;
  Verdict score(const Features& features) const;

  // Does the clause exist, is this one of its reasons, and, where it names who may ask, this one of them?
  bool expedites(std::string_view code, schema::ExpediteReason reason, schema::RequesterClass requester) const;

 private:
  enum class Compare : std::uint8_t { lt, le, eq, ge, gt };
  struct Factor {
    std::string feature;
    Compare compare;
    std::int64_t value, points_micros;
    bool holds(std::int64_t found) const;
  };
  struct Band {
    std::optional<std::int64_t> at_least_micros;
    schema::Priority priority;
    std::optional<std::uint32_t> due_minutes;
  };
  struct Clause {
    std::string code;
    std::vector<schema::ExpediteReason> reasons;
    std::vector<schema::RequesterClass> requesters;  // none: anybody
  };
  friend struct PolicyReader;

  std::vector<Factor> factors_;
  std::vector<Band> bands_;
  std::vector<Clause> clauses_;
};

}  // namespace caseledger::rules
