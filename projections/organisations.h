// Whose key it was: the organisation that a key was enrolled to, for figures of what keys have signed.
//
// Who was enrolled when stands in the governance stream alone, and the rules tell what took effect there (ledger/rules/authority.h). A projection keeps
// of that stream the events that the rules need for it, contributes a cell for each enrolment, and joins it to the cells of other streams when figures
// are read. Times are months: what was recorded in the month in which a key changed its organisation counts for the new one. A key that was revoked
// belongs where it was enrolled last; one that no enrolment tells of belongs to organisation_unknown.
#pragma once

#include <map>

#include "projections/counts.h"
#include "projections/projection.h"

namespace caseledger::projections {

inline constexpr std::string_view organisation_unknown = "unknown";

bool bears_on_enrolment(schema::Body type);
// Adds one more such event to the others of its stream.
void keep_decision(std::string& decisions, const Fact& fact);

// The last enrolment of a key that took effect in a month.
struct EnrolmentCell {
  static constexpr char sort = 'k';
  PublicKey key{};
  Month from = 0;
  std::string organisation;
};
std::vector<EnrolmentCell> enrolments(std::string_view decisions);

class Organisations {
 public:
  explicit Organisations(const Cells& cells);
  // Of a key that signed something recorded in that month. Holds as long as this does.
  std::string_view of(const PublicKey& key, Month recorded) const;

 private:
  std::map<PublicKey, std::map<Month, std::string>> of_keys_;
};

}  // namespace caseledger::projections
