// One report as its events leave it, the cell that it counts in, and the figures of many.
#pragma once

#include <array>

#include "projections/days.h"
#include "projections/item_type.h"
#include "projections/projection.h"

namespace caseledger::projections {

struct Report {
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
  ItemType type;
  std::string esp, country, jurisdiction;
};

// What reports are counted by; and what is counted of them, each in its slot.
struct ReportCell {
  static constexpr char sort = 'r';
  Day day = 0;
  bool cybertip = false;
  schema::Channel channel = schema::Channel::unset;
  ItemType type;
  std::string esp, country, jurisdiction;
};

enum class ReportCount : Slot {
  reports, incidents, bundled, escalated, batched, facts, files, images, videos, other_files, viewed, unviewed, unstated, generated, with_generated,
  duplicates, duplicates_by_machine, to_case, supplements,
  outcomes = 32,      // and one for each outcome
  designations = 48,  // and one for each designation
  slots = 64
};

inline constexpr std::int64_t quality_facts = 6;

std::vector<Figure> intake_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
