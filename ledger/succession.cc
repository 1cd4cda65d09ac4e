#include "ledger/succession.h"

#include <algorithm>

#include "ledger/history.h"

namespace caseledger {

using schema::Action;
using schema::Body;

namespace {

// Of the governance stream, what makes governors and log keys.
bool matters(const rules::Authority& authority, const EventView& event) {
  if (event.type == Body::GovernanceConstituted) return true;
  if (event.type == Body::ProposalApproved && event.body<schema::ProposalApproved>().proposal()->version() == 1) return true;
  const auto* proposal = authority.proposal_of(event);
  return proposal && (proposal->action_type() == Action::GovernorsChanged || proposal->action_type() == Action::KeyRotated);
}

}  // namespace

Result<std::vector<Succession>> successions(const store::Log& log, const store::Tiles& tiles, const rules::Authority& authority, Position last, Version version) {
  std::vector<Succession> all;
  if (authority.log_keys().size() < 2) return all;
  TRY_AS(events, walk(log, last, version));
  for (auto key = authority.log_keys().begin() + 1; key != authority.log_keys().end(); ++key) {
    TRY_AS(note, log.checkpoint_below(key->from_size));
    TRY_AS(parsed, parse_note(note));
    TRY_AS(checkpoint, parse_checkpoint_text(parsed.text));
    Succession succession{*key, {}};
    for (const auto& event : events) {
      if (event.position > key->decided) break;
      if (!matters(authority, view_event(event.bytes))) continue;
      TRY_AS(proof, receipt(log, tiles, event.position, false, checkpoint.size, note));
      succession.events.push_back({event.bytes, proof.text()});
    }
    all.push_back(std::move(succession));
  }
  return all;
}

namespace {

// One governance event more, as the rules admit it of its proven author.
Result<void> take(rules::Authority& authority, const Succession::Proven& proven, const Policy& policy, std::uint64_t below_size) {
  TRY_AS(receipt, parse_receipt(proven.receipt));
  TRY_AS(verdict, verify_receipt(receipt, policy, proven.event));
  if (verdict.checkpoint.size >= below_size) return fail(Errc::verification_failed, "it is proved under a checkpoint of " + std::to_string(verdict.checkpoint.size) + " entries, which takes the new key");
  std::vector<FoundRef> refs;
  TRY(check_event_bytes(proven.event, refs));
  const EventView event = view_event(proven.event);
  if (event.kind != StreamKind::governance) return fail(Errc::malformed, "it is no event of governance");
  TRY_AS(author, authority.author(receipt.entry.author));
  if (author) TRY(authority.permits(*author, event));
  TRY(authority.admits(receipt.entry.author, event));
  authority.apply(receipt.entry.author, event, receipt.entry.first_position + receipt.inner->index);
  return {};
}

}  // namespace

Result<std::vector<rules::Authority::LogKey>> follow_successions(const Vkey& trusted, std::span<const Succession> successions) {
  std::vector<rules::Authority::LogKey> keys{{trusted}};
  const auto own = std::ranges::find_if(successions, [&](const Succession& each) { return each.key.vkey == trusted; });
  for (auto next = own == successions.end() ? successions.begin() : own + 1; next != successions.end(); ++next) {
    const auto unproven = [&](const std::string& why) {
      return fail(Errc::verification_failed, "that " + next->key.vkey.text() + " signs the log from size " + std::to_string(next->key.from_size) + " on is not proved: " + why);
    };
    rules::Authority authority(trusted.name);
    const Policy policy{{keys.back().vkey}, {}, {}, "none"};
    Version before = 0;
    for (const auto& proven : next->events) {
      if (auto taken = take(authority, proven, policy, next->key.from_size); !taken) return unproven(taken.error().sentence);
      const Version version = view_event(proven.event).version;
      if (version <= std::exchange(before, version)) return unproven("its events are out of order");
    }
    const auto& decided = authority.log_keys();
    const auto found = std::ranges::find(decided, next->key.vkey, &rules::Authority::LogKey::vkey);
    if (found == decided.end() || found == decided.begin() || (found - 1)->vkey != keys.back().vkey || found->from_size != next->key.from_size)
      return unproven("its events do not decide it");
    keys.push_back(*found);
  }
  return keys;
}

}  // namespace caseledger
