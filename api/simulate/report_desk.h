// Reports on their way through triage and out to their recipients, told and written by number.
#pragma once

#include "api/simulate/report_story.h"

namespace caseledger::api::simulate {

class ReportDesk {
 public:
  // Borrows both.
  ReportDesk(const Reports& reports, const std::vector<CasePlan>& cases, std::uint64_t seed);

  // What a report's stream says in a phase.
  void write_report(std::uint64_t number, Phase phase, EventWriter& writer, Group& out) const;
  // The referrals of a report, each a stream.
  void write_referrals(std::uint64_t number, EventWriter& writer, Group& out) const;

 private:
  friend class ReportWriter;
  ReportStory story_of(const Report& report) const;

  const Reports& reports_;
  const std::vector<CasePlan>& cases_;
  std::uint64_t seed_;
  Recipients recipients_;
  schema::Ref policy_;
};

}  // namespace caseledger::api::simulate
