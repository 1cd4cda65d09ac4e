#include "projections/triage.h"

#include "projections/on.h"
#include "projections/packed.h"
#include "projections/triage_items.h"
#include "projections/triage_rows.h"

namespace caseledger::projections {

namespace {

using schema::Body;

std::string age_band(std::uint8_t years) {
  if (years <= 5) return "0-5";
  if (years <= 11) return "6-11";
  if (years <= 14) return "12-14";
  if (years <= 17) return "15-17";
  return years <= 20 ? "18-20" : "21+";
}

TriagedKind kind_of(const TriageStream& stream, const TriageItem& item) {
  TriagedKind is;
  is.priority = item.priority;
  is.expedited = item.expedited;
  is.jurisdiction = item.jurisdiction;
  if (!stream.is_own(item)) return is;
  is.kind = stream.kind;
  is.type = stream.type;
  if (stream.youngest != TriageStream::no_age) is.age_band = age_band(stream.youngest);
  is.race_ethnicity = stream.race_ethnicity;
  return is;
}

// When an item stopped waiting for what had not come yet: its triage ended, or it left its last queue.
Micros gone(const TriageStream& stream, const TriageItem& item) {
  if (const Micros over = stream.gone_of(item)) return over;
  return item.stays.empty() ? 0 : item.stays.back().left;
}

class Triage final : public Projection {
 public:
  std::string_view id() const override { return "triage"; }

  bool wants(Body type) const override {
    return moves_case(type) || is_among(type, {Body::IntakeReportReceived, Body::CtrIngested, Body::IntakeSubmissionOutcome, Body::TriageQueueEntered,
                                               Body::TriageQueueExited, Body::TriageScored, Body::TriageDesignated, Body::TriagePrioritySet,
                                               Body::TriageOverridden, Body::TriageExpedited, Body::TriageReviewed, Body::JurisdictionDetermined});
  }

  void step(std::string& state, const Fact& fact) const override {
    auto stream = unpacked<TriageStream>(state);
    take(stream, fact.event);
    state = packed(stream);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto stream = unpacked<TriageStream>(state);
    for (const TriageItem& item : stream.items) {
      ItemCell cell{.is = kind_of(stream, item),
                    .begun = item.begun,
                    .scored = item.scored,
                    .designated = item.designated,
                    .reviewed = item.reviewed,
                    .gone = gone(stream, item),
                    .designation = item.designation,
                    .triaged = item.triaged,
                    .determinations = item.determinations,
                    .jurisdiction_changes = item.jurisdiction_changes};
      add(cell_key(cell), 1);
      for (const Stay& stay : item.stays) {
        cell.is.priority = stay.priority;
        add(cell_key(StayCell{cell.is, stay.entered, stay.left, stream.gone_of(item), stay.due, stay.queue}), 1);
      }
    }
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return triage_figures(cells, query); }
};

}  // namespace

const Projection& triage() {
  static const Triage projection;
  return projection;
}

}  // namespace caseledger::projections
