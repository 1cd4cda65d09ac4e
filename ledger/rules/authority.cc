#include "ledger/rules/authority.h"

#include <algorithm>

namespace caseledger::rules {

using namespace schema;

namespace {

Result<Vkey> author_key(const flatbuffers::String* text) {
  TRY_AS(vkey, parse_vkey(text_of(text)));
  if (vkey.type != KeyType::ed25519) return fail(Errc::malformed, vkey.name + " is no signing key (type 01)");
  return vkey;
}

Result<void> check_governors(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>& vkeys, unsigned threshold) {
  std::set<PublicKey> keys;
  for (const auto* text : vkeys) {
    TRY_AS(vkey, author_key(text));
    if (!keys.insert(vkey.key).second) return fail(Errc::value_out_of_range, "the governor " + vkey.name + " is named twice");
  }
  if (threshold < 1 || threshold > keys.size())
    return fail(Errc::value_out_of_range, "a threshold of " + std::to_string(threshold) + " does not fit " + std::to_string(keys.size()) + " governors");
  return {};
}

}  // namespace

bool covers(const std::vector<std::string>& jurisdictions, std::string_view place) {
  return jurisdictions.empty() || std::ranges::any_of(jurisdictions, [&](const std::string& mine) {
           return place == mine || (place.size() > mine.size() && place.starts_with(mine) && place[mine.size()] == '-');
         });
}

StreamId governance_stream(std::string_view origin) { return uuid_v8("caseledger/governance/v1", bytes_of(origin)); }

const Enrolment* Authority::find(const PublicKey& author) const {
  const auto found = enrolments_.find(author);
  return found == enrolments_.end() ? nullptr : &found->second;
}

Result<const Enrolment*> Authority::author(const PublicKey& key) const {
  const Enrolment* author = find(key);
  if (!author) {
    if (!governors_.empty()) return fail(Errc::unknown_author, "the author key " + hex(key).substr(0, 16) + "… is not enrolled in " + origin_);
    return nullptr;  // before genesis: admits() decides who may write the first event
  }
  if (author->revoked) return fail(Errc::unknown_author, "the author key " + author->vkey.name + " was revoked at position " + std::to_string(author->revoked->value));
  return author;
}

Result<void> Authority::permits(const Enrolment& author, const EventView& event) const {
  const auto type = static_cast<std::size_t>(event.type);
  if (!author.events.test(type)) {
    std::string roles;
    for (const auto& each : rules::names(author.roles)) roles += (roles.empty() ? "" : ", ") + each;
    return fail(Errc::not_permitted, author.vkey.name + " (" + roles + ") may not append " + std::string(event_type(event.type)->name));
  }
  if (event.fields->imported() && !author.has(Role::importer))
    return fail(Errc::not_permitted, author.vkey.name + " is no importer: it may not append facts recorded elsewhere");
  if (author.roles == bit(Role::importer) && !event.fields->imported())
    return fail(Errc::not_permitted, author.vkey.name + " is an importer: each of its events has to say where it was recorded (imported)");
  if (!covers(author.jurisdictions, text_of(event.fields->jurisdiction())))
    return fail(Errc::not_permitted, author.vkey.name + " has no scope over jurisdiction \"" + std::string(text_of(event.fields->jurisdiction())) + '"');
  return {};
}

Result<void> Authority::admits_genesis(const PublicKey& author, const GovernanceConstituted& genesis) const {
  if (!governors_.empty()) return fail(Errc::illegal_transition, "the ledger is constituted already");
  if (text_of(genesis.origin()) != origin_) return fail(Errc::wrong_origin, "genesis names the origin " + genesis.origin()->str() + ", this ledger is " + origin_);
  TRY_AS(log, author_key(genesis.log_vkey()));
  TRY_AS(service, author_key(genesis.service_vkey()));
  if (log.name != origin_) return fail(Errc::value_out_of_range, "the log key has to carry the origin as its name");
  if (log.key == service.key) return fail(Errc::value_out_of_range, "log, service and governors need keys of their own");
  TRY(check_governors(*genesis.governors(), genesis.threshold()));
  bool is_governor = false;
  for (const auto* text : *genesis.governors()) {
    const auto governor = parse_vkey(text_of(text));
    is_governor = is_governor || governor->key == author;
    if (governor->key == log.key || governor->key == service.key) return fail(Errc::value_out_of_range, "log, service and governors need keys of their own");
  }
  if (!is_governor) return fail(Errc::not_permitted, "genesis has to be signed by one of its governors");
  return {};
}

Result<void> Authority::admits_action(const ProposalMade& proposal) const {
  const auto is_log = [&](const Vkey& vkey) { return log_key_ && log_key_->key == vkey.key; };
  const auto governs = [&](const Vkey& vkey) { return std::ranges::any_of(governors_, [&](const Vkey& g) { return g.key == vkey.key; }); };
  switch (proposal.action_type()) {
    case Action::NONE: return fail(Errc::malformed, "the proposal proposes nothing");
    case Action::KeyEnrolled: {
      const auto& enrolled = *proposal.action_as_KeyEnrolled();
      TRY_AS(vkey, author_key(enrolled.vkey()));
      for (const auto role : *enrolled.roles())
        if (role == Role::governor || role == Role::service)
          return fail(Errc::value_out_of_range, "governors and the service key are named by genesis and governors.changed, not enrolled");
      const Enrolment* known = find(vkey.key);
      if (is_log(vkey) || governs(vkey) || (known && known->has(Role::service)))
        return fail(Errc::value_out_of_range, "log, service and governors need keys of their own");
      return {};
    }
    case Action::KeyRevoked: {
      TRY_AS(vkey, author_key(proposal.action_as_KeyRevoked()->vkey()));
      const Enrolment* known = find(vkey.key);
      if (!known) return fail(Errc::unresolved_reference, "the key " + vkey.name + " is not enrolled");
      if (known->has(Role::service)) return fail(Errc::illegal_transition, vkey.name + " is the ledger's own service key; it is named by genesis and stays");
      // Otherwise too few might be left to decide anything, and an approval of the revoked key would go on counting.
      if (governs(vkey)) return fail(Errc::illegal_transition, vkey.name + " governs: governors.changed comes first, then its key can be revoked");
      return {};
    }
    case Action::GovernorsChanged: {
      const auto& changed = *proposal.action_as_GovernorsChanged();
      TRY(check_governors(*changed.governors(), changed.threshold()));
      for (const auto* text : *changed.governors()) {
        const auto vkey = parse_vkey(text_of(text));
        const Enrolment* known = find(vkey->key);
        if (is_log(*vkey) || (known && !known->has(Role::governor)))
          return fail(Errc::value_out_of_range, vkey->name + " is the log's, the service's or an author's key; governors need keys of their own");
      }
      return {};
    }
    case Action::PolicyAdopted: return {};
    // Admitting what is not carried out would be a false record.
    case Action::KeyRotated:
    case Action::EventExcised:
    case Action::EntriesPublished:
      return fail(Errc::illegal_transition, std::string("this ledger does not carry out ") + EnumNameAction(proposal.action_type()) + " yet");
  }
  return {};
}

Result<void> Authority::admits(const PublicKey& author, const EventView& event) const {
  if (event.kind == StreamKind::governance && event.stream != governance_stream(origin_))
    return fail(Errc::illegal_transition, "the governance stream of this ledger is " + to_string(governance_stream(origin_)));
  if (event.type == Body::GovernanceConstituted) return admits_genesis(author, event.body<GovernanceConstituted>());
  if (governors_.empty()) return fail(Errc::illegal_transition, "nothing is admitted before governance.constituted");
  if (event.type == Body::ProposalApproved) {
    const Ref& named = *event.body<ProposalApproved>().proposal();
    if (uuid_of(named.stream()) != event.stream) return fail(Errc::unresolved_reference, "a proposal stands in the governance stream");
    if (named.version() == 1) {
      if (genesis_approvals_.contains(author)) return fail(Errc::illegal_transition, "this governor has approved genesis already");
      return {};
    }
    const auto found = proposals_.find(named.version());
    if (found == proposals_.end()) return fail(Errc::unresolved_reference, "version " + std::to_string(named.version()) + " of the governance stream is no proposal");
    if (found->second.in_force) return fail(Errc::illegal_transition, "the proposal is in force already");
    if (found->second.approvals.contains(author)) return fail(Errc::illegal_transition, "this governor has approved the proposal already");
    return admits_action(view_event(found->second.event).body<ProposalMade>());  // what was in force since may stand against it
  }
  if (!constituted_)
    return fail(Errc::illegal_transition, "genesis has " + std::to_string(genesis_approvals_.size()) + " of " + std::to_string(threshold_) + " approvals; nothing else is admitted before");
  if (event.type == Body::ProposalMade) return admits_action(event.body<ProposalMade>());
  return {};
}

void Authority::enrol(Enrolment enrolment) {
  enrolment.events = events_of(enrolment.roles, enrolment.groups);
  const PublicKey key = enrolment.vkey.key;
  enrolments_.insert_or_assign(key, std::move(enrolment));
}

void Authority::set_governors(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>& vkeys, unsigned threshold, Position position) {
  for (const Vkey& old : governors_) enrolments_.at(old.key).revoked = position;
  governors_.clear();
  threshold_ = threshold;
  for (const auto* text : vkeys) {
    governors_.push_back(*parse_vkey(text_of(text)));
    enrol({governors_.back(), "governors", bit(Role::governor), 0, {}, position, {}, {}, {}});
  }
}

void Authority::approve(Proposal& proposal, const PublicKey& governor, Position position) {
  proposal.approvals.insert(governor);
  // Approvals count per governor, and only of those who govern now.
  const auto count = std::ranges::count_if(governors_, [&](const Vkey& g) { return proposal.approvals.contains(g.key); });
  if (static_cast<unsigned>(count) < threshold_ || proposal.in_force) return;
  proposal.in_force = true;
  enact(view_event(proposal.event).body<ProposalMade>(), position);
}

void Authority::enact(const ProposalMade& proposal, Position position) {
  switch (proposal.action_type()) {
    case Action::KeyEnrolled: {
      const auto& enrolled = *proposal.action_as_KeyEnrolled();
      Enrolment enrolment{*parse_vkey(text_of(enrolled.vkey())), enrolled.organisation()->str(), 0, 0, {}, position, {}, {}, {}};
      for (const auto role : *enrolled.roles()) enrolment.roles |= bit(role);
      if (const auto* groups = enrolled.scope_groups())
        for (const auto group : *groups) enrolment.groups |= static_cast<std::uint16_t>(1u << static_cast<int>(group));
      if (const auto* places = enrolled.scope_jurisdictions())
        for (const auto* place : *places) enrolment.jurisdictions.push_back(place->str());
      enrol(std::move(enrolment));
      return;
    }
    case Action::KeyRevoked: {
      const auto& revoked = *proposal.action_as_KeyRevoked();
      const auto found = enrolments_.find(parse_vkey(text_of(revoked.vkey()))->key);
      if (found == enrolments_.end()) return;
      found->second.revoked = position;
      if (revoked.compromised_from()) found->second.compromised_from = Position{*revoked.compromised_from()};
      return;
    }
    case Action::GovernorsChanged:
      set_governors(*proposal.action_as_GovernorsChanged()->governors(), proposal.action_as_GovernorsChanged()->threshold(), position);
      return;
    case Action::PolicyAdopted: {
      const auto& adopted = *proposal.action_as_PolicyAdopted();
      adoptions_.push_back({uuid_of(adopted.policy()->stream()), adopted.policy()->version(), adopted.effective_from(), position});
      return;
    }
    // The log's own concern: they change how it is read, not who may write.
    case Action::NONE:
    case Action::KeyRotated:
    case Action::EventExcised:
    case Action::EntriesPublished: return;
  }
}

void Authority::apply(const PublicKey& author, const EventView& event, Position position) {
  if (event.type == Body::GovernanceConstituted) {
    const auto& genesis = event.body<GovernanceConstituted>();
    log_key_ = *parse_vkey(text_of(genesis.log_vkey()));
    enrol({*parse_vkey(text_of(genesis.service_vkey())), "ledger", bit(Role::service), 0, {}, position, {}, {}, {}});
    set_governors(*genesis.governors(), genesis.threshold(), position);
    genesis_approvals_ = {author};
    constituted_ = threshold_ <= 1;
  } else if (event.type == Body::ProposalApproved) {
    const Version version = event.body<ProposalApproved>().proposal()->version();
    if (version == 1) {
      genesis_approvals_.insert(author);
      constituted_ = constituted_ || genesis_approvals_.size() >= threshold_;
    } else {
      approve(proposals_.at(version), author, position);
    }
  } else if (event.type == Body::ProposalMade) {
    auto& proposal = proposals_[event.version];
    proposal = {event.version, Buffer(event.bytes.begin(), event.bytes.end()), {}, false};
    approve(proposal, author, position);
  }
}

}  // namespace caseledger::rules
