// Writes the events of one case: what each step of its story says.
#pragma once

#include <optional>

#include "api/simulate/case_story.h"
#include "api/simulate/stream_events.h"
#include "api/simulate/triage_table.h"

namespace caseledger::api::simulate {

class CaseWriter {
 public:
  CaseWriter(const YearPlan& year, std::uint32_t number, EventWriter& writer);
  void write(Phase phase, Group& out);

 private:
  const State& state() const { return states()[plan_.state]; }
  schema::Ref event_of(CaseStep step) const { return ref_to(plan_.stream, story_.version_of(step)); }

  void write(const Step& step, Version version, SimulatedEvent& out);
  template <class Table>
  void finish(flatbuffers::Offset<Table> body, schema::Handling handling, std::span<const schema::Ref> causes = {}) {
    Envelope envelope{.kind = StreamKind::case_, .stream = plan_.stream, .operator_code = worker_, .purpose = "missing_child",
                      .handling = handling};
    envelope.version = version_;
    envelope.occurred_at = at_;
    envelope.jurisdiction = state_code_;
    envelope.system = system_;
    envelope.causes = causes;
    writer_.write(envelope, body, *chance_, *out_);
  }

  // The first hours.
  void opened();
  void child_added();
  void companion_added();
  void assigned();
  void ncic(schema::NcicUpdate update, Micros shift = 0);
  void notice(schema::NoticeKind kind, schema::NoticeAction action);
  void noted();

  // Its place in the queue.
  void determined();
  void queued();
  void scored();
  void prioritised();
  void looked_at();
  void left_queue();
  std::array<FeatureValue, 4> features() const;

  // What is noted on the way.
  void reclassified();
  void agency_numbered();
  void deconflicted();
  void process(schema::LegalProcessAction action);
  void service(schema::FamilyService which, schema::FamilyAction action, std::uint32_t minutes);
  void outcome_recorded();

  // What was recorded wrongly.
  void correction_asked();
  void correction_decided();
  void retraction_asked();
  void retraction_decided();
  void reopened();

  // The long way.
  void linked();
  void suspended();
  void reviewed(schema::LongtermKind kind, std::string_view result);
  void located();
  void recovered(bool mistaken = false);
  void close(Version proposal);  // 0: this proposes it

  // What the recovery is owed to, with the events that show it; at most 1,000,000 millionths together.
  using Attributions = std::vector<flatbuffers::Offset<schema::Attribution>>;
  Attributions owed_to();
  flatbuffers::Offset<schema::Attribution> owed(schema::AttributionSource source, std::uint32_t millionths, bool direct, std::optional<schema::Ref> event = {});
  std::string found_where();
  std::string some_agency();

  const YearPlan& year_;
  const CasePlan& plan_;
  std::uint32_t number_;
  CaseStory story_;
  std::string state_code_;
  EventWriter& writer_;
  flatbuffers::FlatBufferBuilder& fbb_;
  schema::Ref policy_;
  // of the event being written
  Chance* chance_ = nullptr;
  SimulatedEvent* out_ = nullptr;
  Version version_ = 0;
  Micros at_ = 0;
  std::string worker_;
  std::string_view system_;  // of what no person does
};

}  // namespace caseledger::api::simulate
