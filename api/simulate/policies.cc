#include "api/simulate/policies.h"

#include "api/simulate/triage_table.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr Micros report_act_begins = 1'715'040'000 * second_us;  // 2024-05-07

struct Text {
  PolicyKind kind;
  std::string parameters;
  std::string_view summary;
};

Text text_of(Rule rule) {
  switch (rule) {
    case Rule::report_triage:
      return {PolicyKind::triage, report_triage().parameters(),
              "How urgent a CyberTipline report is: points for what it says, the sum decides."};
    case Rule::case_triage:
      return {PolicyKind::triage, case_triage().parameters(),
              "How urgent a missing-child case is: points for its type, the child's age and the time missing."};
    case Rule::expedite:
      return {PolicyKind::expedite, R"({"clauses":["authority","imminent","young"]})",
              "What may be put first, and for which reasons; neither media nor standing is one."};
    case Rule::deployment:
      return {PolicyKind::deployment, R"({"reasons":["criteria_met","no_consultant_near"]})",
              "Help goes on site or from afar when the lead agency asks for it; the nearest consultant with the skill goes."};
    case Rule::retention:
      return {PolicyKind::retention, R"({"preservation":[{"before":"2024-05-07","days":90},{"days":365}],"retention":[]})",
              "What providers report is preserved for 90 days, and for a year from 7 May 2024."};
    case Rule::suppression:
      return {PolicyKind::suppression,
              R"({"coarsen_percent":50,"differences":true,"exempt":["R11.1","R11.2","R11.3","R11.4","R11.5","R11.6","R11.7"],)"
              R"("hierarchy":[{"dimension":"jurisdiction","levels":["county","state","region"]}],"k":11,"protection":5,)"
              R"("subject":["M1","M2","M3","M4","M5","R1","R2","R3","R4","R5","R6","R8","R9","R10","R11","T11.victims","T13","T16.erasures","T6.cases","cases"],"zero_allowed":true})",
              "Counts of persons and cases below eleven are withheld, and whatever tells them; the seven statutory counts are not."};
    case Rule::metric_definition: return {PolicyKind::metric_definition, R"({"definitions":{}})", "How the published figures are defined."};
    case Rule::model_card:
      return {PolicyKind::model_card, R"({"model":"image-match","not_for":["probable_cause"]})",
              "What the image matcher is for, and what it is not for."};
    case Rule::forensic_partnership:
      return {PolicyKind::forensic_partnership, R"({"reviewed":"yearly"})", "By which criteria laboratories are chosen, 34 U.S.C. 11295a(c); reviewed yearly."};
  }
  return {};
}

}  // namespace

Ref policy(Rule rule, std::uint64_t seed) {
  Chance chance(seed, Draw::policy, static_cast<std::uint64_t>(rule));
  return ref_to(chance.uuid(year_begins), 1);
}

void write_policy(Rule rule, std::uint64_t seed, EventWriter& writer, Group& out) {
  const Text said = text_of(rule);
  const auto version = writer.text(rule_version);
  const auto document = bytes32_for(sha256(bytes_of(said.summary)).bytes);
  const auto parameters = writer.text(said.parameters);
  const auto prose = writer.text(said.summary);
  const auto body = CreatePolicyPublished(writer.builder(), version, said.kind, year_begins, flatbuffers::nullopt, &document, parameters, prose);
  const Envelope envelope{.kind = StreamKind::policy, .stream = uuid_of(policy(rule, seed).stream()), .operator_code = "sv-00", .purpose = "policy",
                          .handling = Handling::open};
  Pen(writer, out, envelope, {seed, Draw::policy, 100 + static_cast<std::uint64_t>(rule)}).write(year_begins, body);
}

Micros preserved_until(Micros from) { return from + (from < report_act_begins ? 90 : 365) * day_us; }

}  // namespace caseledger::api::simulate
