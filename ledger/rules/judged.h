// One event under judgement, and the words that every guard shares.
#pragma once

#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"

namespace caseledger::rules {

struct Judged {
  const StreamState& state;
  const EventView& event;
  const Context& context;
  const Standing* standing = nullptr;  // where a correction or retraction changed what earlier events say

  // What stands at an earlier version of the event's own stream.
  std::optional<Recorded> earlier(Version version) const {
    return standing ? standing->at(version) : context.find(event.stream, version);
  }
  std::string where() const { return describe(event.kind, event.stream); }

  Result<void> in(std::initializer_list<Phase> phases) const;
  Result<void> not_in(std::initializer_list<Phase> phases) const;
  std::unexpected<Error> refuse(std::string why) const { return fail(Errc::illegal_transition, where() + ": " + std::move(why)); }
};

// May it follow? The arm of every event type.
Result<void> judge(const Judged& j);

// An earlier event that this one confirms or decides has to be by another author and another operator.
Result<void> other_eyes(const Judged& j, Version first);
bool causes_name(const EventView& event, Version version);

// ── guards: what an event has to say beyond the phase it comes in ──

// case
Result<void> adding_subject(const Judged& j);
Result<void> locating(const Judged& j);
Result<void> recovering(const Judged& j);
Result<void> closing(const Judged& j);
Result<void> reopening(const Judged& j);
Result<void> linking(const Judged& j);
Result<void> merging(const Judged& j);

// report and triage
Result<void> submission(const Judged& j);
Result<void> intake_follows(const Judged& j);
Result<void> triage(const Judged& j);

// referral, alert, deployment
Result<void> responding(const Judged& j);
Result<void> adjudicating(const Judged& j);
Result<void> progressing(const Judged& j);

// evidence, hot list, policy, access
Result<void> custody(const Judged& j);
Result<void> hotlist(const Judged& j);
Result<void> publishing(const Judged& j);
Result<void> own_stream(const Judged& j);

// what governors decide
Result<void> proposing(const Judged& j);
Result<void> approving(const Judged& j);

// corrections and retractions
Result<void> asking_correction(const Judged& j);
Result<void> deciding_correction(const Judged& j);
Result<void> asking_retraction(const Judged& j);
Result<void> deciding_retraction(const Judged& j);

// erasure, holds, preservation
Result<void> asking_erasure(const Judged& j);
Result<void> deciding_erasure(const Judged& j);
Result<void> executing_erasure(const Judged& j);
Result<void> changing_hold(const Judged& j);
Result<void> starting_preservation(const Judged& j);
Result<void> ending_preservation(const Judged& j);

// Where `after` takes the place of `before`, every event from a version on has to be one that may follow; those that could not before are
// anomalies already. Errors: illegal_transition, naming the first that could not stand.
Result<void> leaves_the_rest_legal(const Context& context, const Standing& before, const Standing& after, Version from, Position last);

}  // namespace caseledger::rules
