// The steps of a case, and the bodies of its first hours.
#include "api/simulate/case_writer.h"
#include "api/simulate/policies.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

NcicCategory category_of(CaseType type) {
  if (type == CaseType::NFA) return NcicCategory::EMI;
  if (type == CaseType::CMYA || type == CaseType::LIM) return NcicCategory::EME;
  return NcicCategory::EMJ;
}

}  // namespace

CaseWriter::CaseWriter(const YearPlan& year, std::uint32_t number, EventWriter& writer)
    : year_(year), plan_(year.cases[number]), number_(number), story_(plan_, number, year.seed), state_code_(us(state())), writer_(writer),
      fbb_(writer.builder()), policy_(policy(Rule::case_triage, year.seed)) {}

void CaseWriter::write(Phase phase, Group& out) {
  Version version = 0;
  for (const Step& step : story_.steps()) {
    ++version;
    if (phase_of(step.what) == phase) write(step, version, out.add());
  }
}

void CaseWriter::write(const Step& step, Version version, SimulatedEvent& out) {
  Chance chance(year_.seed, Draw::case_events, std::uint64_t{version} << 40 | number_);
  chance_ = &chance;
  out_ = &out;
  version_ = version;
  at_ = step.at;
  system_ = {};
  worker_ = phase_of(step.what) == Phase::cases_closed ? numbered("sv-", number_ % 40, 2) : numbered("cw-", number_ % 400, 3);
  switch (step.what) {
    case CaseStep::opened: return opened();
    case CaseStep::child_added: return child_added();
    case CaseStep::companion_added: return companion_added();
    case CaseStep::determined: return determined();
    case CaseStep::queued: return queued();
    case CaseStep::scored: return scored();
    case CaseStep::prioritised: return prioritised();
    case CaseStep::looked_at: return looked_at();
    case CaseStep::left_queue: return left_queue();
    case CaseStep::assigned: return assigned();
    case CaseStep::ncic_entered: return ncic(NcicUpdate::entry);
    case CaseStep::ncic_verified: return ncic(NcicUpdate::verify_update);
    case CaseStep::ncic_located: return ncic(NcicUpdate::locate);
    case CaseStep::amber_requested: return notice(NoticeKind::amber, NoticeAction::requested);
    case CaseStep::amber_approved: return notice(NoticeKind::amber, NoticeAction::approved);
    case CaseStep::amber_declined: return notice(NoticeKind::amber, NoticeAction::declined);
    case CaseStep::amber_activated: return notice(NoticeKind::amber, NoticeAction::activated);
    case CaseStep::amber_cancelled: return notice(NoticeKind::amber, NoticeAction::cancelled);
    case CaseStep::poster_activated: return notice(NoticeKind::poster, NoticeAction::activated);
    case CaseStep::family_contacted: return service(FamilyService::contact, FamilyAction::completed, static_cast<std::uint32_t>(chance.between(5, 60)));
    case CaseStep::noted: return noted();
    case CaseStep::linked: return linked();
    case CaseStep::suspended: return suspended();
    case CaseStep::reclassified: return reclassified();
    case CaseStep::agency_numbered: return agency_numbered();
    case CaseStep::deconflicted: return deconflicted();
    case CaseStep::process_served: return process(LegalProcessAction::served);
    case CaseStep::process_returned: return process(LegalProcessAction::returned);
    case CaseStep::service_offered: return service(FamilyService::counselling, FamilyAction::offered, 0);
    case CaseStep::service_answered: return service(FamilyService::counselling, chance.permille(650) ? FamilyAction::accepted : FamilyAction::declined, 0);
    case CaseStep::reunified: return service(FamilyService::reunification, FamilyAction::completed, static_cast<std::uint32_t>(chance.between(60, 900)));
    case CaseStep::reviewed: return reviewed(LongtermKind::periodic, "no_change");
    case CaseStep::aged: return reviewed(LongtermKind::age_progression, "product_issued");
    case CaseStep::relisted: return reviewed(LongtermKind::relist, "new_lead");
    case CaseStep::outcome_recorded: return outcome_recorded();
    case CaseStep::mistaken_recovery: return recovered(true);
    case CaseStep::correction_asked: return correction_asked();
    case CaseStep::correction_decided: return correction_decided();
    case CaseStep::retraction_asked: return retraction_asked();
    case CaseStep::retraction_decided: return retraction_decided();
    case CaseStep::reopened: return reopened();
    case CaseStep::located: return located();
    case CaseStep::recovered: return recovered();
    case CaseStep::close_proposed: return close(0);
    case CaseStep::close_approved: return close(story_.version_of(CaseStep::close_proposed));
  }
}

// Handling is read in clear and state_care = false has no bytes: only one handling for all of them tells nothing.
void CaseWriter::opened() {
  const Clocks clocks = clocks_of(plan_, number_, year_.seed);
  const flatbuffers::Offset<Clock> all[] = {
      CreateClock(fbb_, ClockKind::last_contact, clocks.last_contact, Precision::hour),
      CreateClock(fbb_, ClockKind::reported_le, clocks.reported_le, Precision::minute),
      CreateClock(fbb_, ClockKind::reported_us, plan_.reported_at, Precision::s),
  };
  const auto clock_list = fbb_.CreateVector(all, std::size(all));
  const auto place = writer_.text(state_code_);
  const auto from = CreateMissingFrom(fbb_, place, writer_.text(county(state(), chance_->below(12))));
  const auto agency = writer_.text(some_agency());
  CaseOpenedBuilder body(fbb_);
  body.add_case_type(plan_.type);
  body.add_ncic_category(category_of(plan_.type));
  body.add_lead_agency(agency);
  body.add_clocks(clock_list);
  body.add_home_state(place);
  body.add_missing_from(from);
  body.add_state_care(plan_.state_care);
  body.add_trafficking_indicator(plan_.trafficking ? Tri::yes : Tri::unknown);
  body.add_episode_no(plan_.episode);
  finish(body.Finish(), Handling::child_sensitive);
}

// One child has one name, in whatever episode.
void CaseWriter::child_added() {
  Chance person(year_.seed, Draw::child, (std::uint64_t{1} << 32) + plan_.first_case);
  writer_.seal(plan_.child, "identity", identity_json(person, plan_.born_at), *chance_);
  static constexpr std::string_view risks[] = {"trafficking", "self_harm", "substance_use", "medical"};
  const std::string_view risk = plan_.trafficking ? risks[0] : risks[1 + chance_->below(3)];
  flatbuffers::Offset<flatbuffers::Vector<TextOffset>> flags;
  if (plan_.trafficking || chance_->permille(300)) flags = writer_.texts(std::span(&risk, 1));
  const auto race = writer_.texts(std::span(&race_codes()[plan_.race], 1));
  const auto sex = writer_.text(plan_.girl ? "F" : "M");
  const auto child = uuid_for(plan_.child);
  finish(CreateCaseSubjectAdded(fbb_, &child, SubjectRole::missing_child, plan_.age, sex, race, flags), Handling::child_sensitive);
}

void CaseWriter::companion_added() {
  Chance person(year_.seed, Draw::child, (std::uint64_t{1} << 33) + number_);
  writer_.seal(plan_.companion, "identity", identity_json(person, {}), *chance_);
  const auto companion = uuid_for(plan_.companion);
  const bool abducted = plan_.type == CaseType::FA || plan_.type == CaseType::NFA;
  finish(CreateCaseSubjectAdded(fbb_, &companion, abducted ? SubjectRole::abductor : SubjectRole::companion), Handling::child_sensitive);
}

void CaseWriter::assigned() {
  const auto to = writer_.text(worker_), team = writer_.text("intake");
  finish(CreateCaseAssigned(fbb_, to, {}, team), Handling::law_enforcement);
}

void CaseWriter::ncic(NcicUpdate update, Micros shift) {
  const Clocks clocks = clocks_of(plan_, number_, year_.seed);
  static constexpr NcicFlag flags[] = {NcicFlag::CA, NcicFlag::AA};
  flatbuffers::Offset<flatbuffers::Vector<NcicFlag>> list;
  if (plan_.type == CaseType::FA || plan_.type == CaseType::NFA) list = fbb_.CreateVector(flags, plan_.amber == Amber::activated ? 2 : 1);
  const bool entry = update == NcicUpdate::entry;
  CaseNcicEntryRecordedBuilder body(fbb_);
  body.add_entered_at(entry ? clocks.ncic_entered + shift : at_);
  body.add_category(category_of(plan_.type));
  body.add_flags(list);
  if (entry) body.add_le_report_received_at(clocks.reported_le);
  body.add_update_kind(update);
  finish(body.Finish(), Handling::law_enforcement);
}

void CaseWriter::notice(NoticeKind kind, NoticeAction action) {
  static constexpr std::string_view criteria[] = {"abduction", "imminent_danger", "description", "age_lt_18", "ncic_ca"};
  flatbuffers::Offset<flatbuffers::Vector<TextOffset>> met;
  TextOffset reason;
  if (action == NoticeAction::approved) met = writer_.texts(criteria);
  if (action == NoticeAction::declined) reason = writer_.text("criteria_not_met");
  CasePublicNoticeBuilder body(fbb_);
  body.add_kind(kind);
  body.add_action(action);
  body.add_at(at_);
  if (action == NoticeAction::activated) body.add_range(chance_->permille(700) ? NoticeRange::state : NoticeRange::regional);
  body.add_criteria_met(met);
  body.add_reason_code(reason);
  finish(body.Finish(), Handling::law_enforcement);
}

void CaseWriter::noted() {
  writer_.seal(plan_.child, "note", note_json(*chance_), *chance_);
  finish(CreateCaseStatusNoted(fbb_, writer_.text("progress")), Handling::law_enforcement);
}

std::string CaseWriter::some_agency() { return ori(state(), chance_->below(400)); }

void write_case(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out) {
  CaseWriter(year, number, writer).write(phase, out);
}

}  // namespace caseledger::api::simulate
