#include "projections/intake_row.h"
#include "projections/packed.h"
#include "projections/rows.h"

namespace caseledger::projections {

namespace {

using schema::Designation;
using schema::SubmissionOutcome;

using enum ReportCount;

struct Row {
  std::array<std::int64_t, static_cast<std::size_t>(slots)> numbers{};
  std::int64_t cybertips = 0;

  void add(const ReportCell& cell, const Sums& sums) {
    for (const Number& each : sums)
      if (each.slot < numbers.size()) numbers[each.slot] += each.n;
    if (cell.cybertip) cybertips += sums.at(static_cast<Slot>(reports));
  }
  std::int64_t of(ReportCount slot, std::size_t which = 0) const { return numbers[static_cast<std::size_t>(slot) + which]; }

  void write(Sheet& sheet) const {
    sheet.count("T1.reports", "Reports received", "reports", of(reports));
    sheet.count("T1.incidents", "Incidents that the reports stand for", "incidents", of(incidents));
    sheet.quotient("T1.bundle_ratio", "Incidents per report", of(incidents), of(reports));
    sheet.share("T1.bundled", "Of the reports, those that stand for more than one incident", of(bundled), of(reports));
    write_cybertips(sheet);
    write_files(sheet);
    write_fates(sheet);
  }

  void write_cybertips(Sheet& sheet) const {
    sheet.count("T1.cybertips", "CyberTipline reports received", "reports", cybertips);
    sheet.share("T1.escalated", "Of the CyberTipline reports, those that the provider escalated", of(escalated), cybertips);
    sheet.share("T1.batched", "Of the CyberTipline reports, those sent as a batch", of(batched), cybertips);
    sheet.quotient("T1.quality", "Of six facts that a CyberTipline report may state, those stated", of(facts), quality_facts * cybertips).note =
        "victim or subject, IP event, whether files were viewed, time, place, context of the conversation";
  }

  void write_files(Sheet& sheet) const {
    sheet.count("T1.files", "Files in CyberTipline reports", "files", of(files));
    sheet.count("T1.files.images", "Images in CyberTipline reports", "files", of(images));
    sheet.count("T1.files.videos", "Videos in CyberTipline reports", "files", of(videos));
    sheet.count("T1.files.other", "Other files in CyberTipline reports", "files", of(other_files));
    const std::int64_t all = of(viewed) + of(unviewed) + of(unstated);
    sheet.share("T1.files.viewed", "Of the files, those that the provider viewed", of(viewed), all);
    sheet.share("T1.files.unviewed", "Of the files, those that the provider did not view", of(unviewed), all);
    sheet.share("T1.files.unstated", "Of the files, those of which it is not stated whether the provider viewed them", of(unstated), all);
    sheet.count("T1.files.generative_ai", "Files stated to come from generative AI", "files", of(generated));
    sheet.share("T1.generative_ai", "Of the CyberTipline reports, those with files stated to come from generative AI", of(with_generated), cybertips);
  }

  void write_fates(Sheet& sheet) const {
    for (const auto outcome : schema::EnumValuesSubmissionOutcome()) {
      if (outcome == SubmissionOutcome::unset) continue;
      const std::string name = schema::EnumNameSubmissionOutcome(outcome);
      sheet.share("T1.submission." + name, "Of the reports, those whose submission was last " + name, of(outcomes, static_cast<std::size_t>(outcome)), of(reports));
    }
    for (const auto designation : schema::EnumValuesDesignation()) {
      const std::string name = designation == Designation::unset ? "undesignated" : schema::EnumNameDesignation(designation);
      sheet.share("T1." + name, "Of the reports, those that stand as " + name, of(designations, static_cast<std::size_t>(designation)), of(reports));
    }
    sheet.share("T1.duplicates", "Of the reports, those that repeat another", of(duplicates), of(reports));
    sheet.share("T1.duplicates.automated", "Of the reports that repeat another, those linked by a machine", of(duplicates_by_machine), of(duplicates));
    sheet.count("T1.supplements", "Supplements to the reports", "supplements", of(supplements));
    sheet.share("T1.to_case", "Of the reports, those that open a case or join one", of(to_case), of(reports));
  }
};

}  // namespace

std::vector<Figure> intake_figures(const Cells& cells, const FigureQuery& query) {
  auto rows = rows_of<Row>(query, ReportCell{}, [](const ReportCell& r) {
    return dimensions({{"channel", schema::EnumNameChannel(r.channel)},
                       {"item_type", name(r.type)},
                       {"esp", r.esp},
                       {"country", r.country},
                       {"jurisdiction", r.jurisdiction}});
  });
  for (const auto& [key, sums] : cells.all())
    if (const auto report = cell_of<ReportCell>(key); report && counts_day(query, report->day)) rows.add(*report, sums);
  std::vector<Figure> figures;
  rows.write(figures);
  define_by_days(query, figures);
  return figures;
}

}  // namespace caseledger::projections
