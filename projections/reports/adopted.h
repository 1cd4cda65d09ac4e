// What governors have put into force that reports depend on.
//
// A policy of kind metric_definition says by which versions metrics are counted from its adoption's time on. Its parameters are canonical JSON:
//   {"definitions":{"R4":2,"T1.reports":3}}
// where an id stands for those beneath it too. One of kind suppression says what is withheld (ledger/rules/suppression_policy.h).
#pragma once

#include <map>
#include <set>

#include "ledger/rules/authority.h"
#include "ledger/suspects.h"
#include "projections/projection.h"
#include "projections/reports/make.h"

namespace caseledger::reports {

class Adopted {
 public:
  explicit Adopted(std::string origin) : authority_(std::move(origin)) {}
  // What an authority has adopted before a position; the policies themselves are still to be taken.
  Adopted(rules::Authority authority, Position before) : authority_(std::move(authority)), before_(before) {}

  // One more event of the log, in its order. Those that are neither of governance nor a policy cost a look at their type.
  void take(const projections::Fact& fact);

  const rules::Authority& authority() const { return authority_; }

  // Streams of the policies that are adopted.
  std::set<StreamId> streams() const;

  // Of a log of so many entries. Errors: malformed (a policy that says something else), and those of entry_at.
  Result<Governed> governed(std::uint64_t size, const EntryAt& entry_at) const;

  // The suppression policy in force at a time, by the latest adoption; none: the built-in one holds.
  struct Published {
    StreamId stream;
    Version stream_version;
    std::string version, parameters;
    schema::PolicyKind kind;
    Micros effective_from;
    std::optional<Micros> effective_to;
  };
  const Published* suppression(Micros at) const;

 private:
  std::vector<rules::Authority::Adoption> adoptions() const;
  Result<std::vector<DefinitionChange>> definition_changes() const;
  std::vector<PolicyVersion> versions() const;

  rules::Authority authority_;
  Position before_{~std::uint64_t{0}};
  std::map<std::pair<StreamId, Version>, Published> policies_;
};

}  // namespace caseledger::reports
