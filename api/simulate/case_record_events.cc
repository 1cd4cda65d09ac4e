// What is noted of a case on its way, and what was recorded wrongly: asked for by one, decided by another.
#include "api/simulate/case_writer.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

// Of every third case it is the type that is known better: who was taken to have run away was taken, and the other way round.
void CaseWriter::reclassified() {
  const bool of_type = number_ % 3 == 0;
  const CaseType now = plan_.type == CaseType::ERU ? CaseType::NFA : CaseType::ERU;
  const auto from = writer_.text(of_type ? EnumNameCaseType(plan_.type) : "MPC-1"), to = writer_.text(of_type ? EnumNameCaseType(now) : "MPC-2");
  const auto reason = writer_.text("new_information");
  finish(CreateCaseReclassified(fbb_, from, to, of_type ? ReclassifiedField::case_type : ReclassifiedField::mpc, reason), Handling::law_enforcement);
}

void CaseWriter::agency_numbered() {
  writer_.seal(plan_.child, "external_refs", '"' + numbered("SIM-", chance_->below(1'000'000), 7) + '"', *chance_);
  finish(CreateExternalRefsRecorded(fbb_, writer_.text(some_agency())), Handling::law_enforcement);
}

void CaseWriter::deconflicted() {
  const auto agency = writer_.text(some_agency());
  finish(CreateDeconflictionRecorded(fbb_, agency, chance_->permille(150)), Handling::law_enforcement);
}

void CaseWriter::process(LegalProcessAction action) {
  const bool returned = action == LegalProcessAction::returned;
  const Ref served = event_of(CaseStep::process_served);
  const auto to = writer_.text("provider-" + std::to_string(number_ % 12));
  LegalProcessRecordedBuilder body(fbb_);
  body.add_kind(number_ % 3 == 0 ? LegalProcessKind::warrant : number_ % 3 == 1 ? LegalProcessKind::subpoena : LegalProcessKind::preservation_letter);
  body.add_action(action);
  body.add_at(at_);
  body.add_recipient_org(to);
  if (returned) body.add_served(&served);
  else body.add_due_at(at_ + 21 * day_us);
  finish(body.Finish(), Handling::law_enforcement);
}

void CaseWriter::service(FamilyService which, FamilyAction action, std::uint32_t minutes) {
  FamilySupportRecordedBuilder body(fbb_);
  body.add_service(which);
  body.add_action(action);
  if (minutes > 0) body.add_minutes(minutes);
  finish(body.Finish(), Handling::law_enforcement);
}

void CaseWriter::outcome_recorded() {
  static constexpr CaseOutcome outcomes[] = {CaseOutcome::charge, CaseOutcome::safeguarding, CaseOutcome::safeguarding, CaseOutcome::other};
  const auto by = writer_.text(some_agency());
  finish(CreateOutcomeRecorded(fbb_, outcomes[chance_->below(4)], by), Handling::child_sensitive);
}

// The time of the NCIC entry was off by an hour: the same event again, with another time.
void CaseWriter::correction_asked() {
  const Version target = story_.version_of(CaseStep::ncic_entered), version = version_;
  const Micros at = at_;
  SimulatedEvent* const out = out_;
  SimulatedEvent replacement;
  version_ = target;
  at_ = story_.steps()[target - 1].at;
  out_ = &replacement;
  ncic(NcicUpdate::entry, hour_us);
  version_ = version, at_ = at, out_ = out;
  const Ref of = ref_to(plan_.stream, target);
  const auto bytes = fbb_.CreateVector(replacement.event);
  finish(CreateCorrectionRequested(fbb_, &of, bytes, writer_.text("clerical_error")), Handling::law_enforcement);
}

void CaseWriter::correction_decided() {
  const Ref request = event_of(CaseStep::correction_asked);
  finish(CreateCorrectionDecided(fbb_, &request, Decision::approved), Handling::law_enforcement, std::span(&request, 1));
}

void CaseWriter::retraction_asked() {
  const Ref target = event_of(CaseStep::mistaken_recovery);
  finish(CreateRetractionRequested(fbb_, &target, writer_.text("mistaken_identity")), Handling::law_enforcement);
}

void CaseWriter::retraction_decided() {
  const Ref request = event_of(CaseStep::retraction_asked);
  finish(CreateRetractionDecided(fbb_, &request, Decision::approved), Handling::law_enforcement, std::span(&request, 1));
}

void CaseWriter::reopened() {
  const Ref close = event_of(CaseStep::close_approved);
  finish(CreateCaseReopened(fbb_, ReopenReason::erroneous_closure, &close), Handling::law_enforcement);
}

}  // namespace caseledger::api::simulate
