// A case's place in the queue: scored by the table, looked at by a person where it is urgent.
#include "api/simulate/case_writer.h"
#include "api/simulate/policies.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {
constexpr std::string_view queue_system = "queue 2";
}

std::array<FeatureValue, 4> CaseWriter::features() const {
  const Clocks clocks = clocks_of(plan_, number_, year_.seed);
  return {{{"age_band", plan_.age < 12 ? 0 : plan_.age < 18 ? 1 : 2},
           {"case_type", static_cast<std::int64_t>(plan_.type)},
           {"episode", plan_.episode},
           {"hours_missing", (plan_.reported_at - clocks.last_contact) / hour_us}}};
}

void CaseWriter::determined() {
  const std::string_view code = state_code_;
  const auto codes = writer_.texts(std::span(&code, 1));
  finish(CreateJurisdictionDetermined(fbb_, nullptr, codes, JurisdictionMethod::le), Handling::law_enforcement);
}

void CaseWriter::queued() {
  system_ = queue_system;
  finish(CreateTriageQueueEntered(fbb_, writer_.text("missing"), nullptr, at_), Handling::law_enforcement);
}

void CaseWriter::scored() {
  system_ = queue_system;
  const auto told = features();
  const auto verdict = case_triage().apply(told);
  Buffer committed;
  std::array<flatbuffers::Offset<Feature>, std::tuple_size_v<decltype(told)>> list;
  for (std::size_t i = 0; i < told.size(); ++i) {
    list[i] = CreateFeature(fbb_, writer_.text(told[i].name), told[i].value);
    append_le(committed, static_cast<std::uint64_t>(told[i].value));
  }
  const auto commit = bytes32_for(sha256(committed).bytes);
  const auto model = policy_.stream();
  const std::string_view why = "points";
  const auto reasons = writer_.texts(std::span(&why, 1));
  const auto version = writer_.text(rule_version);
  const auto all = fbb_.CreateVector(list.data(), list.size());
  finish(CreateTriageScored(fbb_, nullptr, &model, version, &policy_, verdict.score_micros, flatbuffers::nullopt, verdict.priority, reasons, &commit,
                            static_cast<std::uint32_t>(chance_->between(20, 400)), all),
         Handling::law_enforcement);
}

void CaseWriter::prioritised() {
  system_ = queue_system;
  const auto verdict = case_triage().apply(features());
  TriagePrioritySetBuilder body(fbb_);
  body.add_to(verdict.priority);
  body.add_basis(PriorityBasis::rule);
  body.add_policy_version(&policy_);
  body.add_due_at(at_ + verdict.due_minutes * minute_us);
  finish(body.Finish(), Handling::law_enforcement);
}

void CaseWriter::looked_at() {
  finish(CreateTriageReviewed(fbb_, nullptr, Designation::referral, true, at_ - 3 * minute_us, at_, ContentViewed::na), Handling::law_enforcement);
}

void CaseWriter::left_queue() {
  finish(CreateTriageQueueExited(fbb_, nullptr, QueueDisposition::case_opened, at_), Handling::law_enforcement);
}

}  // namespace caseledger::api::simulate
