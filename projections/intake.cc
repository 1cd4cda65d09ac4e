#include "projections/intake.h"

#include <bit>

#include "projections/intake_row.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// Victim or subject is one fact; each of the others counts by itself. What a report states twice, or we have no name for, adds nothing.
std::uint8_t facts_stated(const CtrIngested& body) {
  unsigned facts = 0;  // a bit for each
  for (const auto each : *body.fields_present()) {
    const auto field = static_cast<ReportField>(each);
    if (field == ReportField::victim_identity) facts |= 1u << static_cast<unsigned>(ReportField::subject_identity);
    else if (ReportField::subject_identity <= field && field <= ReportField::conversation_context) facts |= 1u << static_cast<unsigned>(field);
  }
  return static_cast<std::uint8_t>(std::popcount(facts));
}

void receive(Report& report, const IntakeReportReceived& body) {
  report.at = body.received_at();
  report.channel = body.channel();
  report.type = ItemType::from(body.kind());
}

// Files that the report says nothing of count as not stated, like those it says so of.
void ingest(Report& report, const CtrIngested& body, Micros at) {
  report.at = at;
  report.cybertip = true;
  report.channel = body.reporter_class() == ReporterClass::public_ ? Channel::web : Channel::esp_api;
  report.type = ItemType::from(body.incident_type());
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
    auto report = unpacked<Report>(state);
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
    pack(state, report);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto r = unpacked<Report>(state);
    using enum ReportCount;
    const auto one_of = [](ReportCount first, auto which) { return static_cast<Slot>(first) + static_cast<Slot>(which); };
    const auto number = [](ReportCount slot, std::int64_t n) { return Number{static_cast<Slot>(slot), n}; };
    const Number all[] = {number(reports, 1),
                          number(incidents, r.incidents),
                          number(bundled, r.incidents > 1),
                          number(escalated, r.escalated),
                          number(batched, r.batched),
                          number(facts, r.facts),
                          number(files, r.files),
                          number(images, r.images),
                          number(videos, r.videos),
                          number(other_files, r.other_files),
                          number(viewed, r.viewed),
                          number(unviewed, r.unviewed),
                          number(unstated, r.unstated),
                          number(generated, r.generated),
                          number(with_generated, r.generated > 0),
                          number(duplicates, r.duplicate),
                          number(duplicates_by_machine, r.duplicate_by_machine),
                          number(to_case, r.to_case),
                          number(supplements, r.supplements),
                          {one_of(outcomes, r.outcome), 1},
                          {one_of(designations, r.designation), 1}};
    add(cell_key(ReportCell{day_of(r.at), r.cybertip, r.channel, r.type, r.esp, r.country, r.jurisdiction}), all);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return intake_figures(cells, query); }
};

}  // namespace

const Projection& intake() {
  static const Intake projection;
  return projection;
}

}  // namespace caseledger::projections
