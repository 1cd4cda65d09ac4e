// The bodies of a case's long way: found or not, what the recovery is owed to, and the close by two pairs of eyes.
#include "api/simulate/case_writer.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

void CaseWriter::linked() {
  const Ref earlier = ref_to(year_.cases[plan_.earlier_case].stream, 0);
  finish(CreateCaseLinked(fbb_, &earlier, CaseRelation::same_child), Handling::law_enforcement);
}

void CaseWriter::suspended() {
  const auto criteria = writer_.text("no_leads_120_days");
  finish(CreateCaseSuspendedLongTerm(fbb_, criteria, at_ + 30 * day_us), Handling::law_enforcement);
}

void CaseWriter::reviewed(LongtermKind kind, std::string_view result) {
  finish(CreateLongtermReviewed(fbb_, kind, writer_.text(result), at_ + 90 * day_us), Handling::law_enforcement);
}

// Mostly in the state the child is missing from.
std::string CaseWriter::found_where() {
  if (chance_->permille(880)) return state_code_;
  return us(states()[chance_->below(states().size())]);
}

void CaseWriter::located() {
  const auto child = uuid_for(plan_.child);
  const auto where = writer_.text(found_where());
  const auto by = writer_.text(some_agency());
  ChildLocatedBuilder body(fbb_);
  body.add_subject_id(&child);
  body.add_at(at_);
  body.add_precision(Precision::hour);
  body.add_where(where);
  body.add_verified_by(by);
  body.add_verified_by_class(VerifierClass::le);
  finish(body.Finish(), Handling::child_sensitive);
}

flatbuffers::Offset<Attribution> CaseWriter::owed(AttributionSource source, std::uint32_t millionths, bool direct, std::optional<Ref> event) {
  return CreateAttribution(fbb_, source, event ? &*event : nullptr, millionths, direct);
}

CaseWriter::Attributions CaseWriter::owed_to() {
  using enum AttributionSource;
  if (plan_.alert != CasePlan::none) {
    const Ref alert_raised = ref_to(year_.lpr.alerts[plan_.alert].stream, 1);
    return {owed(alert, 600'000, true, alert_raised), owed(le, 400'000, false)};
  }
  if (plan_.deployment_led) {
    const auto& its = year_.deployments[plan_.deployment];
    return {owed(deployment, 500'000, true, ref_to(its.stream, outcome_version(its))), owed(le, 500'000, true)};
  }
  if (plan_.outcome == ChildOutcome::returned_self) return {owed(self, 1'000'000, true)};
  if (plan_.amber == Amber::activated && chance_->permille(330)) return {owed(amber, 700'000, true, event_of(CaseStep::amber_activated))};
  if (story_.version_of(CaseStep::poster_activated) != 0 && chance_->permille(60))
    return {owed(poster, 500'000, true, event_of(CaseStep::poster_activated)), owed(tip, 300'000, false)};
  static constexpr std::uint32_t weights[] = {62, 15, 7, 4, 12};
  switch (chance_->weighted(weights)) {
    case 0: return {owed(le, 1'000'000, true)};
    case 1: return {owed(family, 800'000, true)};
    case 2: return {owed(tip, 600'000, true), owed(le, 400'000, false)};
    case 3: return {owed(partner, 500'000, false)};
    default: return {};  // nobody says
  }
}

// A mistaken one is owed to nothing.
void CaseWriter::recovered(bool mistaken) {
  const auto attributions = mistaken ? Attributions() : owed_to();
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<Attribution>>> list;
  if (!attributions.empty()) list = fbb_.CreateVector(attributions);
  const bool examined = plan_.outcome == ChildOutcome::deceased && chance_->permille(600);
  const auto child = uuid_for(plan_.child);
  const auto where = writer_.text(found_where());
  const auto by = writer_.text(some_agency());
  ChildRecoveredBuilder body(fbb_);
  body.add_subject_id(&child);
  body.add_at(at_);
  body.add_precision(Precision::s);
  body.add_where(where);
  if (chance_->permille(500)) body.add_distance_m(static_cast<std::uint32_t>(chance_->between(200, 400'000)));
  body.add_outcome(mistaken ? ChildOutcome::safe : plan_.outcome);
  body.add_verified_by(by);
  body.add_verified_by_class(examined ? VerifierClass::medical_examiner : VerifierClass::le);
  body.add_attribution(list);
  const auto made = body.Finish();

  std::vector<Ref> causes;
  if (plan_.alert != CasePlan::none) {
    const auto& alert = year_.lpr.alerts[plan_.alert];
    causes.push_back(ref_to(alert.stream, acting_version(alert)));
  }
  if (plan_.deployment_led) {
    const auto& its = year_.deployments[plan_.deployment];
    causes.push_back(ref_to(its.stream, outcome_version(its)));
  }
  finish(made, Handling::child_sensitive, causes);
}

void CaseWriter::close(Version proposal) {
  const auto reason = !plan_.recovered                            ? CloseReason::withdrawn
                      : plan_.outcome == ChildOutcome::deceased ? CloseReason::located_deceased
                                                                : CloseReason::recovered;
  const Ref first = ref_to(plan_.stream, proposal);
  finish(CreateCaseClosed(fbb_, reason), Handling::law_enforcement, std::span(&first, proposal == 0 ? 0 : 1));
}

}  // namespace caseledger::api::simulate
