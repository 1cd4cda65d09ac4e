#include "projections/triage_items.h"

#include "projections/moment.h"
#include "projections/on.h"

namespace caseledger::projections {

namespace {

using namespace schema;

TriageItem& item_named(TriageStream& stream, const EventView& event, const Ref* ref) {
  std::optional<caseledger::Uuid> other;
  if (ref && uuid_of(ref->stream()) != event.stream) other = uuid_of(ref->stream());
  const auto found = std::ranges::find(stream.items, other, &TriageItem::other);
  if (found != stream.items.end()) return *found;
  auto& fresh = stream.items.emplace_back();
  fresh.other = other;
  fresh.jurisdiction = text_of(event.fields->jurisdiction());
  return fresh;
}

// Of an event that is about an item's triage and happened at that time.
TriageItem& triaged(TriageStream& stream, const EventView& event, const Ref* ref, Micros at) {
  auto& item = item_named(stream, event, ref);
  if (item.begun == 0) item.begun = at;
  item.triaged = true;
  return item;
}

void note_first(Micros& first, Micros at) {
  if (first == 0) first = at;
}

void receive(TriageStream& stream, const EventView& event, Micros received_at, ItemType type) {
  stream.type = type;
  item_named(stream, event, nullptr).begun = received_at;
}

void enter(TriageItem& item, const TriageQueueEntered& body) {
  const auto queue = text_of(body.queue());
  if (item.waits()) {
    if (item.stays.back().queue == queue) return;
    item.stays.back().left = body.entered_at();
  }
  item.stays.push_back({.entered = body.entered_at(), .due = item.due, .priority = item.priority, .queue = std::string(queue)});
}

void leave(TriageItem& item, const TriageQueueExited& body) {
  if (item.waits()) item.stays.back().left = body.exited_at();
}

void prioritise(TriageItem& item, Priority priority, Version by) {
  item.priority = priority;
  item.priority_by = by;
  if (item.waits()) item.stays.back().priority = priority;
}

void designate(TriageItem& item, Designation designation, Version by) {
  item.designation = designation;
  item.designation_by = by;
}

// Puts another verdict in the place of a decision: of the item that the decision was about, which is plain where there is one only.
void override_verdict(TriageStream& stream, const EventView& event, const TriageOverridden& body) {
  const Version named = uuid_of(body.decision_event_id()->stream()) == event.stream ? body.decision_event_id()->version() : 0;
  const auto settled = [&](const TriageItem& item) { return named != 0 && (item.priority_by == named || item.designation_by == named); };
  auto item = std::ranges::find_if(stream.items, settled);
  if (item == stream.items.end() && stream.items.size() == 1) item = stream.items.begin();
  if (item == stream.items.end()) return;
  item->triaged = true;
  if (const auto priority = body.to()->priority()) prioritise(*item, *priority, event.version);
  if (const auto designation = body.to()->designation()) designate(*item, *designation, event.version);
}

void determine(TriageItem& item, const JurisdictionDetermined& body) {
  const auto first = text_of(body.jurisdictions()->Get(0));
  if (item.determinations > 0 && item.jurisdiction != first && item.jurisdiction_changes < UINT16_MAX) ++item.jurisdiction_changes;
  if (item.determinations < UINT16_MAX) ++item.determinations;
  item.jurisdiction = first;
}

void end_report(TriageStream& stream, SubmissionOutcome outcome, Micros at) {
  switch (outcome) {
    case SubmissionOutcome::unset:
    case SubmissionOutcome::opened:
    case SubmissionOutcome::finished: return;
    case SubmissionOutcome::retracted:
    case SubmissionOutcome::expired:
    case SubmissionOutcome::rejected: note_first(stream.gone, at);
  }
}

// The rules' own state machine says when a case is over: an imported event may well move one that was closed.
void move_case(TriageStream& stream, const EventView& event, Micros at) {
  if (!moves_case(event.type)) return;
  stream.phase = after(stream.phase, event, {});
  const bool over = stream.phase.phase == rules::Phase::closed || stream.phase.phase == rules::Phase::merged;
  if (over) note_first(stream.gone, at);
  else stream.gone = 0;
}

void add_child(TriageStream& stream, const CaseSubjectAdded& body) {
  if (body.role() != SubjectRole::missing_child) return;
  if (const auto age = body.age_years()) stream.youngest = std::min(stream.youngest, *age);
  if (const auto* codes = body.race_ethnicity())
    for (const auto* code : *codes) {
      const bool same = stream.race_ethnicity.empty() || stream.race_ethnicity == text_of(code);
      stream.race_ethnicity = same ? text_of(code) : "several";
    }
}

}  // namespace

void take(TriageStream& stream, const EventView& event) {
  const Micros at = moment_of(event).at;
  stream.kind = event.kind;
  const auto about = [&](const auto& body) -> TriageItem& { return triaged(stream, event, body.item_ref(), at); };

  on<IntakeReportReceived>(event, [&](const auto& body) { receive(stream, event, body.received_at(), ItemType::from(body.kind())); });
  on<CtrIngested>(event, [&](const auto& body) { receive(stream, event, at, ItemType::from(body.incident_type())); });
  on<IntakeSubmissionOutcome>(event, [&](const auto& body) { end_report(stream, body.outcome(), at); });
  on<CaseOpened>(event, [&](const auto& body) { stream.type = ItemType::from(body.case_type()); });
  on<CaseSubjectAdded>(event, [&](const auto& body) { add_child(stream, body); });
  move_case(stream, event, at);

  on<TriageQueueEntered>(event, [&](const auto& body) { enter(triaged(stream, event, body.item_ref(), body.entered_at()), body); });
  on<TriageQueueExited>(event, [&](const auto& body) { leave(about(body), body); });
  on<TriageScored>(event, [&](const auto& body) { note_first(about(body).scored, at); });
  on<TriageDesignated>(event, [&](const auto& body) {
    auto& item = about(body);
    note_first(item.designated, at);
    designate(item, body.designation(), event.version);
  });
  on<TriagePrioritySet>(event, [&](const auto& body) {
    auto& item = about(body);
    item.due = body.due_at().value_or(0);
    if (item.waits()) item.stays.back().due = item.due;
    prioritise(item, body.to(), event.version);
  });
  on<TriageOverridden>(event, [&](const auto& body) { override_verdict(stream, event, body); });
  on<TriageExpedited>(event, [&](const auto& body) { about(body).expedited |= body.granted(); });
  on<TriageReviewed>(event, [&](const auto& body) {
    auto& item = about(body);
    if (body.human()) note_first(item.reviewed, body.ended_at());
  });
  on<JurisdictionDetermined>(event, [&](const auto& body) { determine(item_named(stream, event, body.item_ref()), body); });
}

}  // namespace caseledger::projections
