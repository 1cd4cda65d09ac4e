#include "tests/support/simulated.h"

#include <catch2/catch.hpp>

#include "api/simulate/case_plan.h"
#include "ledger/rules/claims.h"

namespace simulated {

using namespace caseledger;
using namespace caseledger::api;

namespace {
constexpr std::size_t batch_max = 256;
}

Ledger::Ledger() {
  for (std::size_t author = 0; author < authors; ++author) {
    const auto role = name(static_cast<Author>(author));
    keys_.push_back(*Signer::from_seed(std::string(role), Buffer(32, static_cast<std::uint8_t>(author + 1))));
    council_.decide(samples::enrolled(keys_.back().vkey(), {role}));
  }
}

void Ledger::take(const SimulatedYear& year, const std::function<void(api::Phase, const EventView&)>& see) {
  for (std::size_t p = 0; p < phases; ++p) {
    const auto phase = static_cast<api::Phase>(p);
    before_phase_ = council_.streams;
    SimulatedEvent event;
    for (auto events = year.events(phase); events.next(event);) {
      REQUIRE(event.author == author_of(phase));
      append(event);
      see(phase, view_event(event.event));
    }
    flush();
    if (phase == api::Phase::policies)
      for (const StreamId& policy : year.policies())
        council_.decide(R"({"type":"PolicyAdopted","policy":{"stream":")" + to_string(policy) + R"(","version":1},"effective_from":"2024-01-01T00:00:00Z"})");
  }
}

void Ledger::append(const SimulatedEvent& event) {
  if (event.begins_group && waiting_.size() + group_events_max > batch_max) flush();
  REQUIRE(waiting_.size() < batch_max);
  waiting_.push_back(event);
}

void Ledger::flush() {
  if (waiting_.empty()) return;
  const Signer& key = keys_.at(static_cast<std::size_t>(waiting_[0].author));
  std::vector<Bytes> events;
  Submission submission;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    REQUIRE(waiting_[i].author == waiting_[0].author);
    events.emplace_back(waiting_[i].event);
    for (Opening opening : waiting_[i].openings) opening.event = static_cast<std::uint16_t>(i), submission.openings.push_back(std::move(opening));
  }
  submission.batch = sign_batch(events, council_.origin, key);
  const auto verified = verify(std::move(submission), council_.origin);
  if (!verified) FAIL(verified.error().error.sentence);
  for (std::size_t i = 0; i < verified->events().size(); ++i) {
    if (waiting_[i].begins_group) of_group_.clear();
    admit(key.vkey().key, verified->events()[i], verified->refs(i));
  }
  waiting_.clear();
}

void Ledger::admit(const PublicKey& author, const EventView& event, std::span<const FoundRef> refs) {
  auto& state = council_.streams[event.stream];
  // What is referred to stands in an earlier phase, or before it in its own group: so batches may be cut between any two groups.
  for (const FoundRef& ref : refs) {
    const auto& target = of_group_.contains(ref.stream) || ref.stream == event.stream ? council_.streams[ref.stream] : before_phase_[ref.stream];
    REQUIRE((target.version > 0 && target.version >= ref.version));
  }
  const std::function<rules::StreamState(const StreamId&)> stream = [&](const StreamId& id) { return council_.streams[id]; };
  const std::function<std::optional<rules::Recorded>(const StreamId&, Version)> find = [&](const StreamId& id, Version version) -> std::optional<rules::Recorded> {
    const auto found = recorded_.find({id, version});
    if (found == recorded_.end()) return {};
    return rules::Recorded{view_event(found->second.first), found->second.second};
  };
  const rules::Context context{council_.authority, council_.authority.find(author), author, now, 0, stream, find};
  if (const auto fits = rules::admit(state, event, refs, context); !fits) FAIL(fits.error().sentence);
  if (const auto sound = rules::check_claims(event, context); !sound) FAIL(sound.error().sentence);
  rules::Policies policies;
  if (const auto breach = rules::policy_breach(event, context, policies)) FAIL_CHECK(breach->sentence);
  state = rules::apply(state, event, {});
  of_group_.insert(event.stream);
  recorded_[{event.stream, event.version}] = {Buffer(event.bytes.begin(), event.bytes.end()), author};
}

}  // namespace simulated
