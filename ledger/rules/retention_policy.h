// How long data is kept: what a published policy of kind retention says, as data.
//
// Its parameters are canonical JSON:
//   {"preservation":[{"basis":"18-usc-2258a","before":"2024-05-07","days":90},{"basis":"18-usc-2258a","years":1}],
//    "retention":[{"jurisdiction":"US-CA","kind":"tip","years":2},{"kind":"report","years":5}]}
// Preservation is what has to be kept: the first rule that fits the legal basis, the jurisdiction and the day (in UTC) it begins on says for
// how long. Retention is what may be kept: the first rule that fits the kind of stream and its jurisdiction says how long after the
// stream's last event. What a rule does not name it fits. A period is days, months or years: a month ends on the day it began
// on, or on its last; "US" covers "US-TX".
#pragma once

#include <optional>
#include <vector>

#include "ledger/core/event.h"

namespace caseledger::rules {

class RetentionPolicy {
 public:
  // Errors: malformed, value_out_of_range; the sentence names the place.
  static Result<RetentionPolicy> parse(std::string_view parameters);

  bool limits() const { return !retention_.empty(); }  // says of something how long it may be kept
  // Nothing where no rule fits.
  std::optional<Micros> preserved_until(std::string_view legal_basis, std::string_view jurisdiction, Micros begun) const;
  std::optional<Micros> retained_until(StreamKind kind, std::string_view jurisdiction, Micros last_event) const;

 private:
  struct Rule {
    std::string basis, jurisdiction;  // empty: any
    std::optional<Micros> before;
    std::optional<StreamKind> kind;
    int days = 0, months = 0;         // one of them

    bool fits(std::string_view place) const;
    Micros behind(Micros begun) const;
  };
  friend struct RetentionReader;

  std::vector<Rule> preservation_, retention_;
};

}  // namespace caseledger::rules
