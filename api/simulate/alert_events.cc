// Events of hot-list entries and of the alerts of licence-plate readers.
#include "api/simulate/stream_events.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

// Invented, for the reason given for providers.
constexpr std::string_view vendors[] = {"vendor-a", "vendor-b", "vendor-c"};
constexpr std::string_view models[] = {"a-5.2", "b-3.0", "c-1.7"};

Hotlist list_of(const CasePlan& plan) {
  if (plan.amber == Amber::activated) return Hotlist::ncmec_amber;
  return plan.type == CaseType::ERU ? Hotlist::state : Hotlist::ncic;
}

std::uint32_t confidence(AlertOutcome outcome, Chance& chance) {
  const bool right = outcome == AlertOutcome::true_match || outcome == AlertOutcome::stale_list || outcome == AlertOutcome::duplicate;
  return static_cast<std::uint32_t>(right ? chance.between(880'000, 999'000) : chance.between(610'000, 990'000));
}

AlertMatch match_of(AlertOutcome outcome) {
  if (outcome == AlertOutcome::wrong_state) return AlertMatch::state_unverified;
  if (outcome == AlertOutcome::misread) return AlertMatch::partial;
  return outcome == AlertOutcome::wrong_vehicle_or_person ? AlertMatch::vehicle_only : AlertMatch::exact;
}

class AlertWriter {
 public:
  AlertWriter(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out)
      : year_(year), plan_(year.lpr.alerts[number]), number_(number), writer_(writer), out_(out), place_(us(states()[plan_.state])),
        analyst_(numbered("an-", number % 60, 2)) {
    Chance chance(year.seed, Draw::alert_events, number);
    raised_at_ = plan_.observed_at + chance.between(2, 20) * second_us;
    received_at_ = raised_at_ + chance.between(1, 30) * second_us;
    first_answer_at_ = received_at_ + chance.between(60, plan_.led ? 600 : 5400) * second_us;
    second_answer_at_ = first_answer_at_ + chance.between(180, plan_.led ? 1500 : 3600) * second_us;
  }

  void raised() {
    Chance chance = chance_of(1);
    const auto entry = ref_to(year_.lpr.entries[plan_.entry].stream, 0);
    const auto vendor = writer_.text(vendors[plan_.vendor]);
    const auto model = writer_.text(models[plan_.vendor]);
    const auto place = writer_.text(place_);
    AlertRaisedBuilder body(writer_.builder());
    body.add_detector_kind(DetectorKind::lpr);
    body.add_vendor(vendor);
    body.add_model_version(model);
    body.add_hotlist_entry_id(&entry);
    body.add_observed_at(plan_.observed_at);
    body.add_raised_at(raised_at_);
    body.add_received_at(received_at_);
    body.add_jurisdiction(place);
    body.add_confidence_millionths(confidence(plan_.outcome, chance));
    body.add_match(match_of(plan_.outcome));
    Envelope envelope = envelope_of(1, Handling::law_enforcement, plan_.observed_at);
    envelope.operator_code = "lpr-gateway";
    envelope.system = "lpr-gateway 2.1";
    writer_.write(envelope, body.Finish(), chance, out_.add());
  }

  void answered() {
    Version version = 1;
    if (plan_.acted_first) actioned(++version, first_answer_at_);
    if (plan_.outcome != AlertOutcome::unset) adjudicated(++version, plan_.acted_first ? second_answer_at_ : first_answer_at_);
    if (plan_.acted && !plan_.acted_first) actioned(++version, second_answer_at_);
  }

 private:
  void adjudicated(Version version, Micros at) {
    static constexpr std::uint32_t weights[] = {60, 30, 10};
    static constexpr AdjudicationMethod methods[] = {AdjudicationMethod::image_compare, AdjudicationMethod::live_ncic_query,
                                                     AdjudicationMethod::field_contact};
    Chance chance = chance_of(version);
    const auto body = CreateAlertAdjudicated(writer_.builder(), plan_.outcome, methods[chance.weighted(weights)], {}, true, at);
    answer(envelope_of(version, Handling::law_enforcement, at), body, chance);
  }

  void actioned(Version version, Micros at) {
    static constexpr std::uint32_t weights[] = {5, 45, 30, 20};
    static constexpr AlertAction tried[] = {AlertAction::none, AlertAction::dispatched, AlertAction::stop, AlertAction::contact};
    Chance chance = chance_of(version);
    AlertAction action = tried[chance.weighted(weights)];
    ActionResult result = ActionResult::no_contact;
    if (action >= AlertAction::stop) result = chance.permille(80) ? ActionResult::wrong_person : ActionResult::suspect_located;
    if (plan_.acted_first) action = AlertAction::stop, result = ActionResult::wrong_person;
    if (plan_.led) action = AlertAction::recovery, result = ActionResult::child_located;
    AlertActionedBuilder body(writer_.builder());
    body.add_action(action);
    body.add_at(at);
    body.add_units(static_cast<std::uint8_t>(chance.between(1, 4)));
    if (action >= AlertAction::stop) {
      body.add_persons_detained(result == ActionResult::wrong_person || chance.permille(200) ? 1 : 0);
      body.add_force_used(chance.permille(15));
    }
    body.add_result(result);
    answer(envelope_of(version, Handling::child_sensitive, at), body.Finish(), chance);
  }

  Chance chance_of(Version version) const { return {year_.seed, Draw::alert_events, std::uint64_t{version} << 40 | number_}; }

  Envelope envelope_of(Version version, Handling handling, Micros at) const {
    Envelope envelope{.kind = StreamKind::alert, .stream = plan_.stream, .operator_code = analyst_, .purpose = "missing_child", .handling = handling};
    envelope.version = version;
    envelope.occurred_at = at;
    envelope.jurisdiction = place_;
    return envelope;
  }

  // Every answer names what it follows from.
  template <class Table>
  void answer(Envelope envelope, flatbuffers::Offset<Table> body, Chance& chance) {
    const Ref before = ref_to(plan_.stream, envelope.version - 1);
    envelope.causes = std::span(&before, 1);
    writer_.write(envelope, body, chance, out_.add());
  }

  const YearPlan& year_;
  const AlertPlan& plan_;
  std::uint32_t number_;
  EventWriter& writer_;
  Group& out_;
  std::string place_, analyst_;
  Micros raised_at_, received_at_, first_answer_at_, second_answer_at_;
};

}  // namespace

Version acting_version(const AlertPlan& alert) { return alert.acted_first ? 2 : 3; }

void write_alert(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out) {
  AlertWriter alert(year, number, writer, out);
  if (phase == Phase::alerts_raised) alert.raised();
  else alert.answered();
}

void write_hotlist_entry(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out) {
  const HotlistPlan& plan = year.lpr.entries[number];
  const CasePlan& its_case = year.cases[plan.of_case];
  const bool adds = phase == Phase::hotlist_added;
  if (!adds && plan.removed_at == 0) return;
  Chance chance(year.seed, Draw::hotlist, (std::uint64_t{adds ? 1u : 2u} << 40) + number);
  const State& state = states()[its_case.state];
  const std::string place = us(state), by = numbered("cw-", plan.of_case % 400, 3);
  if (adds) writer.seal(its_case.companion, "plate", plate_json(chance), chance);
  const auto plate_state = writer.text(place);
  const auto purpose = writer.text("missing_child");
  const Ref of_case = ref_to(its_case.stream, 0);
  HotlistEntryChangedBuilder body(writer.builder());
  body.add_action(adds ? HotlistAction::added : HotlistAction::removed);
  body.add_list(list_of(its_case));
  body.add_plate_state(plate_state);
  body.add_case_id(&of_case);
  body.add_valid_until(adds ? plan.added_at + 90 * day_us : plan.removed_at);
  body.add_purpose(purpose);
  if (adds) body.add_propagated_at(plan.propagated_at);
  Envelope envelope{.kind = StreamKind::hotlist_entry, .stream = plan.stream, .operator_code = by, .purpose = "missing_child",
                    .handling = Handling::law_enforcement};
  envelope.version = adds ? 1 : 2;
  envelope.occurred_at = adds ? plan.added_at : plan.removed_at;
  envelope.jurisdiction = place;
  writer.write(envelope, body.Finish(), chance, out.add());
}

}  // namespace caseledger::api::simulate
