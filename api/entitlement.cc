#include "api/entitlement.h"

#include <algorithm>

#include "api/stream_events.h"

namespace caseledger::api {

namespace {

using schema::Handling;
using schema::Role;

constexpr std::size_t remembered_max = 128 * 1024;  // streams
constexpr Version page = 64;                        // events of a stream that are read at once

Handling read_by(Role role) {
  switch (role) {
    case Role::unset:
    case Role::oversight: return Handling::unset;
    case Role::governor:
    case Role::service: return Handling::internal;
    case Role::automated_source:
    case Role::importer: return Handling::law_enforcement;
    case Role::case_system:
    case Role::analyst:
    case Role::supervisor:
    case Role::privacy_officer:
    case Role::auditor: return Handling::child_sensitive;
  }
  return Handling::unset;
}

// The narrowest handling that any of the roles covers; unset where they read no bodies.
Handling read_by(rules::Roles roles) {
  Handling most = Handling::unset;
  for (const Role role : schema::EnumValuesRole())
    if (roles & rules::bit(role)) most = std::max(most, read_by(role));
  return most;
}

bool is_common(StreamKind kind) { return kind == StreamKind::governance || kind == StreamKind::policy || kind == StreamKind::model; }

std::string_view organisation_of(const rules::Authority& authority, const PublicKey& key) {
  const rules::Enrolment* found = authority.find(key);
  return found ? std::string_view(found->organisation) : std::string_view{};
}

bool in_groups(const rules::Enrolment& reader, schema::EventGroup group) { return reader.groups == 0 || (reader.groups >> static_cast<int>(group) & 1); }

}  // namespace

bool reads_bodies(const rules::Enrolment& reader) { return read_by(reader.roles) != Handling::unset; }

bool reads_everything(const rules::Enrolment& reader) { return reader.has(Role::auditor) && reader.groups == 0 && reader.jurisdictions.empty(); }

Mark mark_of(const EventView& event, const PublicKey& author) {
  return {event.kind, static_cast<schema::EventGroup>(event_type(event.type)->group - 'A' + 1), event.fields->handling(), author, std::string(text_of(event.fields->jurisdiction()))};
}

Result<bool> may_read(const rules::Enrolment& reader, const Mark& event, std::string_view author_organisation, const std::function<Result<StreamFacts>()>& look_up) {
  const Handling covered = read_by(reader.roles);
  if (reader.revoked || covered == Handling::unset) return false;
  if (is_common(event.kind) || event.author == reader.vkey.key) return true;
  if (event.handling > covered || !in_groups(reader, event.group)) return false;
  const bool own = reader.has(Role::auditor) || author_organisation == reader.organisation;
  const std::string_view place = event.jurisdiction;
  if (own && (!place.empty() || reader.jurisdictions.empty())) return rules::covers(reader.jurisdictions, place);
  TRY_AS(stream, look_up());
  if (!own && stream.organisation != reader.organisation && !stream.shared) return false;
  return rules::covers(reader.jurisdictions, place.empty() ? stream.jurisdiction : place);
}

// Published together with the head: once that covers the last governance event, so does the authority.
std::shared_ptr<const rules::Authority> Authorities::current() {
  const Head head = ledger_.head();
  const auto state = ledger_.heads().get(rules::governance_stream(ledger_.origin()));
  const std::lock_guard lock(mutex_);
  if (current_ && (state.version == version_ || state.last >= head.next)) return current_;
  current_ = std::make_shared<const rules::Authority>(ledger_.authority());
  version_ = state.last < head.next ? state.version : 0;
  return current_;
}

Result<bool> Entitlement::may_read(const rules::Authority& authority, const rules::Enrolment& reader, const Mark& mark, const StreamId& stream,
                                   const std::function<Result<Opened>()>& opened, Micros now) const {
  return api::may_read(reader, mark, organisation_of(authority, mark.author), [&]() -> Result<StreamFacts> {
    TRY_AS(opened_by, opened());
    StreamFacts facts{std::string(organisation_of(authority, opened_by.by)), opened_by.jurisdiction, false};
    if (facts.organisation == reader.organisation) return facts;
    TRY_AS(is_shared, shared(authority, stream, facts.organisation, reader.organisation, now));
    facts.shared = is_shared;
    return facts;
  });
}

Result<bool> Entitlement::may_read(const rules::Authority& authority, const rules::Enrolment& reader, const projections::Fact& fact, Micros now,
                                   std::uint64_t& looked_up) {
  const auto by = [&] {
    ++looked_up;
    return opened(fact);
  };
  return may_read(authority, reader, mark_of(fact.event, fact.author), fact.event.stream, by, now);
}

Result<bool> Entitlement::may_read_all(const rules::Authority& authority, const rules::Enrolment& reader, const StreamId& stream, Micros now, std::uint64_t& read) {
  TRY_AS(marks, marks_of(stream, read));
  const auto by = [&]() -> Result<Opened> { return marks.opened; };
  for (const Mark& mark : marks.all) {
    TRY_AS(may, may_read(authority, reader, mark, stream, by, now));
    if (!may) return false;
  }
  return !marks.all.empty();
}

// What was read before is kept: only what came since is read.
Result<Entitlement::Marks> Entitlement::marks_of(const StreamId& stream, std::uint64_t& read) {
  TRY_AS(state, published_state(ledger_, stream));
  Marks marks;
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = marks_.find(stream); known != marks_.end()) marks = known->second;
  }
  if (marks.version >= state.version) return marks;
  while (marks.version < state.version) {
    TRY_AS(versions, versions_before(ledger_, stream, marks.version + 1, page, state.last + 1));
    for (const projections::Fact& fact : versions.events.facts) {
      if (marks.all.empty()) {
        TRY_AS(opened_by, opened(fact));
        marks.opened = std::move(opened_by);
      }
      if (auto mark = mark_of(fact.event, fact.author); std::ranges::find(marks.all, mark) == marks.all.end()) marks.all.push_back(std::move(mark));
    }
    read += versions.next - marks.version - 1;
    marks.version = versions.complete ? state.version : versions.next - 1;
  }
  const std::lock_guard lock(mutex_);
  if (marks_.size() >= remembered_max) marks_.clear();
  marks_.insert_or_assign(stream, marks);
  return marks;
}

// Walks back from the event, by the places that long streams have at every 64th version.
Result<Entitlement::Opened> Entitlement::opened(const projections::Fact& fact) {
  if (fact.event.version == 1) return Opened{fact.author, std::string(text_of(fact.event.fields->jurisdiction()))};
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = opened_.find(fact.event.stream); known != opened_.end()) return known->second;
  }
  Version version = fact.event.version;
  Position at = fact.position;
  if (version > store::skip_every) {
    TRY_AS(skip, ledger_.folds().skip_at_least(fact.event.stream, 1));
    if (skip && skip->version < version) version = skip->version, at = skip->position;
  }
  auto cursor = ledger_.log().batches();
  for (; version > 1; --version) {
    TRY_AS(event, ledger_.log().event(cursor, at));
    at = event.previous;
  }
  TRY_AS(first, ledger_.log().event(cursor, at));
  TRY_AS(entry, ledger_.log().entry(first.index));
  Opened opened{entry.author, {}};
  if (first.kind == ItemKind::event) opened.jurisdiction = text_of(view_event(first.bytes).fields->jurisdiction());
  const std::lock_guard lock(mutex_);
  if (opened_.size() >= remembered_max) opened_.clear();
  opened_.emplace(fact.event.stream, opened);
  return opened;
}

// The rows only say where to look: what is shared is what stands in the log, for as long as it does.
Result<bool> Entitlement::in_force(const EventView& recorded, const store::Share& share, Micros now) const {
  TRY_AS(state, published_state(ledger_, recorded.stream));
  const auto shares = [&](const EventView& event) {
    const auto said = store::shares_of(event, share.position);
    if (std::ranges::find(said, share) == said.end()) return false;
    if (event.type == schema::Body::AccessGranted) return event.body<schema::AccessGranted>().until().value_or(now + 1) > now;
    return state.phase != rules::Phase::declined && state.phase != rules::Phase::revoked;
  };
  if (!shares(recorded) || !(state.flags & rules::amended)) return shares(recorded);
  TRY_AS(all, projections::recorded_facts(ledger_.log(), state.last, state.version));
  const projections::Standing standing(all.facts);
  return std::ranges::any_of(standing.facts(), [&](const projections::Fact& fact) { return fact.event.version == recorded.version && shares(fact.event); });
}

Result<bool> Entitlement::shared(const rules::Authority& authority, const StreamId& stream, std::string_view by, std::string_view with, Micros now) const {
  TRY_AS(shares, ledger_.shares().of(stream));
  for (const store::Share& share : shares) {
    if (share.organisation != with) continue;
    TRY_AS(stored, ledger_.log().event(share.position));
    if (stored.kind != ItemKind::event) continue;
    TRY_AS(stands, in_force(view_event(stored.bytes), share, now));
    if (!stands) continue;
    // Anyone may refer to a stream: nobody shares what another organisation opened.
    TRY_AS(entry, ledger_.log().entry(stored.index));
    if (organisation_of(authority, entry.author) == by) return true;
  }
  return false;
}

}  // namespace caseledger::api
