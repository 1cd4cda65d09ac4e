// Guards of reports, of triage, and of what goes out to others: referral, alert, deployment.
#include "ledger/rules/judged.h"

namespace caseledger::rules {

using namespace schema;

// ── report and triage ──

Result<void> submission(const Judged& j) {
  TRY(j.not_in({Phase::retracted, Phase::expired, Phase::rejected, Phase::closed}));
  const bool finished = j.state.phase == Phase::finished || j.state.phase == Phase::scored;
  if (finished && j.event.body<IntakeSubmissionOutcome>().outcome() != SubmissionOutcome::retracted)
    return j.refuse("the submission is finished");
  return {};
}

Result<void> intake_follows(const Judged& j) { return j.not_in({Phase::retracted, Phase::expired, Phase::rejected}); }

Result<void> triage(const Judged& j) {
  if (j.event.kind == StreamKind::report) return intake_follows(j);
  return j.not_in({Phase::closed, Phase::merged});
}

// ── referral ──

Result<void> responding(const Judged& j) {
  const auto& body = j.event.body<ReferralResponded>();
  if (body.response() == ReferralResponse::declined && text_of(body.reason_code()).empty()) return j.refuse("declining a referral needs a reason");
  if (body.response() == ReferralResponse::transferred) return j.in({Phase::delivered, Phase::accepted});
  return j.in({Phase::delivered});
}

// ── alert ──

Result<void> adjudicating(const Judged& j) {
  TRY(j.in({Phase::raised, Phase::adjudicated, Phase::actioned}));
  const auto raised = j.earlier(1);
  if (raised && raised->author == j.context.key && j.context.author && j.context.author->has(Role::automated_source))
    return fail(Errc::four_eyes, j.where() + ": an automated source may never adjudicate its own alert");
  return {};
}

// ── deployment ──

Result<void> progressing(const Judged& j) {
  switch (j.event.body<DeploymentProgressed>().stage()) {
    case DeploymentStage::unset: return j.refuse("progress needs a stage");
    case DeploymentStage::dispatched: return j.in({Phase::approved, Phase::converted_virtual});
    case DeploymentStage::arrived: return j.in({Phase::dispatched});
    case DeploymentStage::active: return j.in({Phase::dispatched, Phase::arrived, Phase::converted_virtual});
    case DeploymentStage::ended: return j.in({Phase::dispatched, Phase::arrived});
  }
  return {};
}

}  // namespace caseledger::rules
