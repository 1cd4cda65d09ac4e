#include "projections/intake.h"

#include <set>

#include "projections/intake_row.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// Victim or subject is one fact; each of the others counts by itself. What a report states twice, or we have no name for, adds nothing.
std::uint8_t facts_stated(const CtrIngested& body) {
  std::set<ReportField> facts;
  for (const auto each : *body.fields_present()) {
    const auto field = static_cast<ReportField>(each);
    if (field == ReportField::victim_identity) facts.insert(ReportField::subject_identity);
    else if (ReportField::subject_identity <= field && field <= ReportField::conversation_context) facts.insert(field);
  }
  return static_cast<std::uint8_t>(facts.size());
}

void receive(ReportCell& report, const IntakeReportReceived& body) {
  report.at = body.received_at();
  report.channel = body.channel();
  report.type = EnumNameIntakeKind(body.kind());
}

// Files that the report says nothing of count as not stated, like those it says so of.
void ingest(ReportCell& report, const CtrIngested& body, Micros at) {
  report.at = at;
  report.cybertip = true;
  report.channel = Channel::esp_api;
  report.type = name_or_number(body.incident_type(), EnumNameIncidentType);
  report.esp = text_of(body.esp_name());
  if (const auto* countries = body.geo_countries(); countries && countries->size() > 0) report.country = text_of(countries->Get(0));
  report.incidents = body.incidents_in_bundle();
  report.files = body.files_total();
  report.images = body.images();
  report.videos = body.videos();
  report.other_files = body.other_files();
  report.viewed = body.files_viewed_by_esp().value_or(0);
  report.unviewed = body.files_unviewed().value_or(0);
  const std::uint64_t stated = std::uint64_t{report.viewed} + report.unviewed;
  report.unstated = body.files_unstated().value_or(stated < report.files ? static_cast<std::uint32_t>(report.files - stated) : 0);
  report.generated = body.generative_ai_files().value_or(0);
  report.escalated = body.esp_escalated();
  report.batched = body.batched_reason().has_value();
  report.facts = facts_stated(body);
}

bool is_own(const EventView& event, const Ref* item) { return !item || uuid_of(item->stream()) == event.stream; }

class Intake final : public Projection {
 public:
  std::string_view id() const override { return "intake"; }

  bool wants(Body type) const override {
    return is_among(type, {Body::IntakeReportReceived, Body::CtrIngested, Body::IntakeSubmissionOutcome, Body::IntakeDuplicateLinked,
                           Body::IntakeSupplementReceived, Body::IntakeTransferredToCase, Body::TriageDesignated, Body::TriageOverridden});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const bool opens = event.type == Body::IntakeReportReceived || event.type == Body::CtrIngested;
    if (state.empty() && !opens) return;  // a case, or what an import left without its beginning
    auto report = unpacked<ReportCell>(state);
    if (opens) report.jurisdiction = text_of(event.fields->jurisdiction());
    on<IntakeReportReceived>(event, [&](const auto& body) { receive(report, body); });
    on<CtrIngested>(event, [&](const auto& body) { ingest(report, body, moment_of(event).at); });
    on<IntakeSubmissionOutcome>(event, [&](const auto& body) { report.outcome = body.outcome(); });
    on<IntakeDuplicateLinked>(event, [&](const auto& body) {
      if (!report.duplicate) report.duplicate_by_machine = body.automated();
      report.duplicate = true;
    });
    on<IntakeSupplementReceived>(event, [&](const auto&) {
      if (report.supplements < UINT16_MAX) ++report.supplements;
    });
    on<IntakeTransferredToCase>(event, [&](const auto&) { report.to_case = true; });
    on<TriageDesignated>(event, [&](const auto& body) {
      if (is_own(event, body.item_ref())) report.designation = body.designation();
    });
    on<TriageOverridden>(event, [&](const auto& body) {
      if (is_own(event, body.decision_event_id())) report.designation = body.to()->designation().value_or(report.designation);
    });
    state = packed(report);
  }

  void contribute(std::string_view state, const Share& add) const override {
    add(cell_key(unpacked<ReportCell>(state)), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return intake_figures(cells, query); }
};

}  // namespace

const Projection& intake() {
  static const Intake projection;
  return projection;
}

}  // namespace caseledger::projections
