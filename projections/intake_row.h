// One report as its events leave it, which is the state of its stream and the key of its cell alike, and the figures of many.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

struct ReportCell {
  static constexpr char sort = 'r';
  Micros at = 0;  // received
  bool cybertip = false;
  schema::Channel channel = schema::Channel::unset;
  schema::SubmissionOutcome outcome = schema::SubmissionOutcome::unset;  // the last
  schema::Designation designation = schema::Designation::unset;         // as it stands
  bool duplicate = false, duplicate_by_machine = false, to_case = false;
  std::uint16_t supplements = 0;
  // Of a CyberTipline report.
  bool escalated = false, batched = false;
  std::uint8_t facts = 0;  // of the six that make its quality
  std::uint32_t incidents = 1;
  std::uint32_t files = 0, images = 0, videos = 0, other_files = 0;
  std::uint32_t viewed = 0, unviewed = 0, unstated = 0, generated = 0;
  std::string type, esp, country, jurisdiction;
};

inline constexpr std::int64_t quality_facts = 6;

std::vector<Figure> intake_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
