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
  const auto is_log = [&](const Vkey& vkey) { return std::ranges::any_of(log_keys_, [&](const LogKey& each) { return each.vkey.key == vkey.key; }); };
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
    case Action::KeyRotated: {
      const auto& rotated = *proposal.action_as_KeyRotated();
      TRY_AS(vkey, author_key(rotated.log_vkey()));
      if (vkey.name != origin_) return fail(Errc::value_out_of_range, "the log key has to carry the origin as its name");
      if (is_log(vkey)) return fail(Errc::illegal_transition, "the key " + vkey.text() + " signs or has signed the log; a rotation brings a new one");
      if (find(vkey.key)) return fail(Errc::value_out_of_range, "log, service, governors and authors need keys of their own");
      if (rotated.from_size() <= log_keys_.back().from_size)
        return fail(Errc::illegal_transition, "a rotation from size " + std::to_string(log_keys_.back().from_size) + " is in force; a later one has to come behind it");
      return {};
    }
    case Action::EventExcised: return {};
    case Action::EntriesPublished: {
      const std::uint64_t from = proposal.action_as_EntriesPublished()->from_index();
      if (published_from_ && published_from_->value <= from)
        return fail(Errc::illegal_transition, "entries are open to everyone from index " + std::to_string(published_from_->value) + " on already");
      return {};
    }
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
    const auto& made = view_event(found->second.event).body<ProposalMade>();
    TRY(may_decide(author, made));
    return admits_action(made);  // what was in force since may stand against it
  }
  if (!constituted_)
    return fail(Errc::illegal_transition, "genesis has " + std::to_string(genesis_approvals_.size()) + " of " + std::to_string(threshold_) + " approvals; nothing else is admitted before");
  if (event.type == Body::ProposalMade) {
    TRY(may_decide(author, event.body<ProposalMade>()));
    return admits_action(event.body<ProposalMade>());
  }
  return {};
}

// Governors decide everything; privacy officers have their part in excisions alone.
Result<void> Authority::may_decide(const PublicKey& author, const ProposalMade& proposal) const {
  const Enrolment* known = find(author);
  if (!known || known->has(Role::governor) || proposal.action_type() == Action::EventExcised) return {};
  return fail(Errc::not_permitted, known->vkey.name + " is no governor: privacy officers propose and approve excisions only");
}

const ProposalMade* Authority::proposal_of(const EventView& event) const {
  if (event.type == Body::ProposalMade) return &event.body<ProposalMade>();
  if (event.type != Body::ProposalApproved) return nullptr;
  const auto found = proposals_.find(event.body<ProposalApproved>().proposal()->version());
  return found == proposals_.end() ? nullptr : &view_event(found->second.event).body<ProposalMade>();
}

bool Authority::is_excised(const StreamId& stream, Version version) const {
  return std::ranges::any_of(excisions_, [&](const auto& each) { return each.second.stream == stream && each.second.version == version; });
}

const Excision* Authority::excision_decided_at(Position position) const {
  const auto found = std::ranges::find_if(excisions_, [&](const auto& each) { return each.second.decided == position; });
  return found == excisions_.end() ? nullptr : &found->second;
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

void Authority::approve(Proposal& proposal, const PublicKey& author, Position position) {
  proposal.approvals.insert(author);
  const auto& made = view_event(proposal.event).body<ProposalMade>();
  // Approvals count per governor, and only of those who govern now. Excising takes a privacy officer beside them.
  const auto count = std::ranges::count_if(governors_, [&](const Vkey& g) { return proposal.approvals.contains(g.key); });
  if (static_cast<unsigned>(count) < threshold_ || proposal.in_force) return;
  const auto is_officer = [&](const PublicKey& key) { return is_privacy_officer(key); };
  if (made.action_type() == Action::EventExcised && std::ranges::none_of(proposal.approvals, is_officer)) return;
  proposal.in_force = true;
  enact(made, position);
}

bool Authority::is_privacy_officer(const PublicKey& key) const {
  const Enrolment* known = find(key);
  return known && known->has(Role::privacy_officer) && !known->revoked;
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
      revocations_.push_back({found->second.vkey, revoked.compromised_from() ? std::optional(Position{*revoked.compromised_from()}) : std::nullopt, position});
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
    case Action::KeyRotated: {
      const auto& rotated = *proposal.action_as_KeyRotated();
      log_keys_.push_back({*parse_vkey(text_of(rotated.log_vkey())), rotated.from_size(), position});
      return;
    }
    case Action::EventExcised: {
      const auto& excised = *proposal.action_as_EventExcised();
      const Position at{excised.position().value_or(0)};
      excisions_[at] = {uuid_of(excised.target()->stream()), excised.target()->version(), excised.kind().value_or(StreamKind::unset), at, std::string(text_of(excised.authority())), position};
      return;
    }
    case Action::EntriesPublished: published_from_ = EntryIndex{proposal.action_as_EntriesPublished()->from_index()}; return;
    case Action::NONE: return;
  }
}

void Authority::apply(const PublicKey& author, const EventView& event, Position position) {
  if (event.type == Body::GovernanceConstituted) {
    const auto& genesis = event.body<GovernanceConstituted>();
    log_keys_ = {{*parse_vkey(text_of(genesis.log_vkey())), 0}};
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
