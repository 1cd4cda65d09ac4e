#include "projections/intake_row.h"
#include "projections/packed.h"
#include "projections/rows.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using schema::Designation;
using schema::SubmissionOutcome;

template <class Enum>
using CountOf = std::array<std::int64_t, static_cast<std::size_t>(Enum::MAX) + 1>;

struct Row {
  std::int64_t reports = 0, incidents = 0, bundled = 0, cybertips = 0, escalated = 0, batched = 0, facts = 0;
  std::int64_t files = 0, images = 0, videos = 0, other_files = 0, viewed = 0, unviewed = 0, unstated = 0;
  std::int64_t generated = 0, with_generated = 0;
  std::int64_t duplicates = 0, duplicates_by_machine = 0, to_case = 0, supplements = 0;
  CountOf<SubmissionOutcome> outcomes{};
  CountOf<Designation> designations{};

  void add(const ReportCell& r, std::int64_t n) {
    reports += n;
    incidents += r.incidents * n;
    if (r.incidents > 1) bundled += n;
    outcomes[static_cast<std::size_t>(r.outcome)] += n;
    designations[static_cast<std::size_t>(r.designation)] += n;
    if (r.duplicate) duplicates += n;
    if (r.duplicate_by_machine) duplicates_by_machine += n;
    if (r.to_case) to_case += n;
    supplements += r.supplements * n;
    if (!r.cybertip) return;
    cybertips += n;
    if (r.escalated) escalated += n;
    if (r.batched) batched += n;
    facts += r.facts * n;
    files += r.files * n;
    images += r.images * n;
    videos += r.videos * n;
    other_files += r.other_files * n;
    viewed += r.viewed * n;
    unviewed += r.unviewed * n;
    unstated += r.unstated * n;
    generated += r.generated * n;
    if (r.generated > 0) with_generated += n;
  }

  void write(Sheet& sheet) const {
    sheet.count("T1.reports", "Reports received", "reports", reports);
    sheet.count("T1.incidents", "Incidents that the reports stand for", "incidents", incidents);
    sheet.quotient("T1.bundle_ratio", "Incidents per report", incidents, reports);
    sheet.share("T1.bundled", "Of the reports, those that stand for more than one incident", bundled, reports);
    write_cybertips(sheet);
    write_files(sheet);
    write_fates(sheet);
  }

  void write_cybertips(Sheet& sheet) const {
    sheet.count("T1.cybertips", "CyberTipline reports received", "reports", cybertips);
    sheet.share("T1.escalated", "Of the CyberTipline reports, those that the provider escalated", escalated, cybertips);
    sheet.share("T1.batched", "Of the CyberTipline reports, those sent as a batch", batched, cybertips);
    sheet.quotient("T1.quality", "Of six facts that a CyberTipline report may state, those stated", facts, quality_facts * cybertips).note =
        "victim or subject, IP event, whether files were viewed, time, place, context of the conversation";
  }

  void write_files(Sheet& sheet) const {
    sheet.count("T1.files", "Files in CyberTipline reports", "files", files);
    sheet.count("T1.files.images", "Images in CyberTipline reports", "files", images);
    sheet.count("T1.files.videos", "Videos in CyberTipline reports", "files", videos);
    sheet.count("T1.files.other", "Other files in CyberTipline reports", "files", other_files);
    const std::int64_t all = viewed + unviewed + unstated;
    sheet.share("T1.files.viewed", "Of the files, those that the provider viewed", viewed, all);
    sheet.share("T1.files.unviewed", "Of the files, those that the provider did not view", unviewed, all);
    sheet.share("T1.files.unstated", "Of the files, those of which it is not stated whether the provider viewed them", unstated, all);
    sheet.count("T1.files.generative_ai", "Files stated to come from generative AI", "files", generated);
    sheet.share("T1.generative_ai", "Of the CyberTipline reports, those with files stated to come from generative AI", with_generated, cybertips);
  }

  void write_fates(Sheet& sheet) const {
    for (const auto outcome : schema::EnumValuesSubmissionOutcome()) {
      if (outcome == SubmissionOutcome::unset) continue;
      const std::string name = schema::EnumNameSubmissionOutcome(outcome);
      sheet.share("T1.submission." + name, "Of the reports, those whose submission was last " + name, outcomes[static_cast<std::size_t>(outcome)], reports);
    }
    for (const auto designation : schema::EnumValuesDesignation()) {
      const std::string name = designation == Designation::unset ? "undesignated" : schema::EnumNameDesignation(designation);
      sheet.share("T1." + name, "Of the reports, those that stand as " + name, designations[static_cast<std::size_t>(designation)], reports);
    }
    sheet.share("T1.duplicates", "Of the reports, those that repeat another", duplicates, reports);
    sheet.share("T1.duplicates.automated", "Of the reports that repeat another, those linked by a machine", duplicates_by_machine, duplicates);
    sheet.count("T1.supplements", "Supplements to the reports", "supplements", supplements);
    sheet.share("T1.to_case", "Of the reports, those that open a case or join one", to_case, reports);
  }
};

}  // namespace

std::vector<Figure> intake_figures(const Cells& cells, const FigureQuery& query) {
  auto rows = rows_of<Row>(query, ReportCell{}, [](const ReportCell& r) {
    return dimensions({{"channel", schema::EnumNameChannel(r.channel)},
                       {"item_type", r.type},
                       {"esp", r.esp},
                       {"country", r.country},
                       {"jurisdiction", r.jurisdiction}});
  });
  const Window window = window_of(query);
  for (const auto& [key, n] : cells.counts())
    if (const auto report = cell_of<ReportCell>(key); report && window.holds(report->at)) rows.add(*report, n);
  std::vector<Figure> figures;
  rows.write(figures);
  return figures;
}

}  // namespace caseledger::projections
