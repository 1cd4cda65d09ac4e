// The events of a deployment.
#include "api/simulate/policies.h"
#include "api/simulate/stream_events.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

class DeploymentWriter {
 public:
  DeploymentWriter(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out)
      : year_(year), plan_(year.deployments[number]), case_(year.cases[plan_.of_case]), number_(number), writer_(writer), out_(out),
        place_(us(state())) {}

  void requested() {
    static constexpr Capability on_site[] = {Capability::search_mgmt, Capability::command}, from_afar[] = {Capability::tech};
    const std::span<const Capability> wanted = plan_.requested == DeploymentMode::on_site ? std::span<const Capability>(on_site) : from_afar;
    const std::string by = numbered("cw-", plan_.of_case % 400, 3);
    Chance chance = chance_of(1);
    const auto agency = writer_.text(ori(state(), chance.below(400)));
    const auto capabilities = writer_.builder().CreateVector(wanted.data(), wanted.size());
    const auto where = writer_.text(county(state(), chance.below(12)));
    const auto body = CreateDeploymentRequested(writer_.builder(), agency, plan_.requested_at, plan_.requested, capabilities, where);
    finish(1, by, plan_.requested_at, body, ref_to(case_.stream, 0), chance);
  }

  void decided() {
    const std::string by = numbered("sv-", number_ % 40, 2);
    Chance chance = chance_of(2);
    const auto reason = writer_.text(plan_.declined() ? "no_consultant_near" : "criteria_met");
    const auto body = CreateDeploymentDecided(writer_.builder(), plan_.decision, reason, plan_.decided_at, &policy_);
    finish(2, by, plan_.decided_at, body, ref_to(plan_.stream, 1), chance);
  }

  void worked() {
    if (plan_.declined()) return;
    progressed(3, DeploymentStage::dispatched, plan_.dispatched_at);
    progressed(4, DeploymentStage::arrived, plan_.arrived_at);
    progressed(5, DeploymentStage::ended, plan_.ended_at);
    Chance chance = chance_of(6);
    const auto body = CreateDeploymentOutcomeRecorded(writer_.builder(), plan_.contribution);
    finish(outcome_version(plan_), consultant(), plan_.ended_at, body, ref_to(plan_.stream, 5), chance);
  }

 private:
  const State& state() const { return states()[case_.state]; }
  Chance chance_of(Version version) const { return {year_.seed, Draw::deployment, std::uint64_t{version} << 40 | number_}; }
  std::string consultant() const { return numbered("ta-", number_ % 80, 2); }

  void progressed(Version version, DeploymentStage stage, Micros at) {
    Chance team(year_.seed, Draw::deployment, std::uint64_t{9} << 40 | number_);
    const auto personnel = static_cast<std::uint8_t>(team.between(1, 4));
    const auto distance_m = static_cast<std::uint32_t>(team.between(20'000, 600'000));
    Chance chance = chance_of(version);
    DeploymentProgressedBuilder body(writer_.builder());
    body.add_stage(stage);
    body.add_at(at);
    body.add_personnel(personnel);
    if (stage == DeploymentStage::dispatched && plan_.on_site()) body.add_distance_m(distance_m);
    if (stage == DeploymentStage::ended && plan_.on_site())
      body.add_minutes_on_site(static_cast<std::uint32_t>((plan_.ended_at - plan_.arrived_at) / minute_us));
    finish(version, consultant(), at, body.Finish(), ref_to(plan_.stream, version - 1), chance);
  }

  template <class Table>
  void finish(Version version, std::string_view by, Micros at, flatbuffers::Offset<Table> body, const Ref& cause, Chance& chance) {
    Envelope envelope{.kind = StreamKind::deployment, .stream = plan_.stream, .operator_code = by, .purpose = "missing_child", .handling = Handling::internal};
    envelope.version = version;
    envelope.occurred_at = at;
    envelope.jurisdiction = place_;
    envelope.causes = std::span(&cause, 1);
    writer_.write(envelope, body, chance, out_.add());
  }

  const YearPlan& year_;
  const Ref policy_ = policy(Rule::deployment, year_.seed);
  const DeploymentPlan& plan_;
  const CasePlan& case_;
  std::uint32_t number_;
  EventWriter& writer_;
  Group& out_;
  std::string place_;
};

}  // namespace

Version outcome_version(const DeploymentPlan&) { return 6; }

void write_deployment(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out) {
  DeploymentWriter deployment(year, number, writer, out);
  if (phase == Phase::deployments_requested) deployment.requested();
  else if (phase == Phase::deployments_decided) deployment.decided();
  else deployment.worked();
}

}  // namespace caseledger::api::simulate
