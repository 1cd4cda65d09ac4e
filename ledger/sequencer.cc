#include "ledger/sequencer.h"

#include <algorithm>

#include "ledger/rules/claims.h"

namespace caseledger {

// A batch of this group that has its place, or is being given it.
struct Sequencer::Placed {
  Ticket ticket;
  VerifiedBatch batch;
  Entry entry;
  EntryIndex index;
  std::vector<Position> links;
  bool rotates = false;  // decides that the log has a new key

  bool holds(Position position) const { return position >= entry.first_position && position - entry.first_position < batch.events().size(); }
};

struct Sequencer::Group {
  Micros now = 0;
  Position first;   // of the group
  Position next;
  EntryIndex size;
  std::vector<Placed> placed;
  struct Again {
    Ticket ticket;
    EntryIndex index;
    Position first;
    Micros recorded_at;
  };
  std::vector<Again> again;  // recorded before: answered with the original place
  std::vector<Refused> refused;
  std::vector<store::Heads::Place> touched;
  std::vector<Moved::Skip> skips;
  std::vector<Position> excised;
  std::vector<Checkpoint> handovers;  // over a decision to rotate the log key: by the key that is to go

  // Of the batch being admitted, to take it back.
  struct Before {
    store::Heads::Place place;
    rules::StreamState state;
  };
  std::vector<Before> before;
  std::optional<rules::Authority> authority_before;
  std::size_t skips_before = 0, excised_before = 0;
  bool authority_changed = false;
  std::deque<Buffer> lent;  // events the rules looked at

  const Placed* at(Position position) const {
    const auto after = std::ranges::upper_bound(placed, position, {}, [](const Placed& p) { return p.entry.first_position; });
    return after != placed.begin() && std::prev(after)->holds(position) ? &*std::prev(after) : nullptr;
  }
};

Sequencer::Sequencer(Parts parts, store::Log::End end)
    : parts_(parts), end_(end), writes_(parts.log.group()), clock_offset_(parts.clock.wall() - parts.clock.boot()) {}

Result<Micros> Sequencer::now() const {
  const Micros wall = parts_.clock.wall();
  const Micros drift = wall - parts_.clock.boot() - clock_offset_;
  if (std::abs(drift) > parts_.config.clock_divergence_max.count())
    return fail(Errc::io, "the clock was moved by " + std::to_string(drift / 1'000'000) + " s while the ledger ran; it stops rather than record wrong times");
  return std::max(wall, end_.recorded_at);
}

// ── the write path: admit, place, hash, sign, commit, publish ──

Result<Sequencer::Done> Sequencer::commit_group(std::vector<Verified> arrived) {
  TRY_AS(now, this->now());
  const Micros begun = parts_.clock.boot();
  Group group;
  group.now = now;
  group.first = group.next = end_.next;
  group.size = end_.size;
  for (Verified& each : arrived) take(std::move(each), group);

  Done done;
  const Micros admitted = parts_.clock.boot();
  Micros written = admitted;
  if (!group.placed.empty()) {
    for (const Placed& placed : group.placed) {
      parts_.tiles.append(leaf_hash(placed.entry.encode()));
      if (placed.rotates) group.handovers.push_back({parts_.origin, placed.index.value + 1, parts_.tiles.root()});
    }
    const Checkpoint checkpoint{parts_.origin, group.size.value, parts_.tiles.root()};
    TRY_AS(note, sign(checkpoint));
    done.outcome.checkpoint = std::move(note);
    TRY(write(group, done.outcome.checkpoint));
    written = parts_.clock.boot();
    TRY(parts_.last_signed.write({checkpoint.size, checkpoint.root}));
    end_ = {group.size, group.next, group.now};
  }
  TRY(answer(group, done));
  done.head = {end_.size.value, end_.next, end_.recorded_at, done.outcome.checkpoint};
  done.times = {group.placed.size(), group.next - group.first, admitted - begun, written - admitted, parts_.clock.boot() - written};
  return done;
}

Result<std::string> Sequencer::sign(const Checkpoint& checkpoint) {
  TRY_AS(key, parts_.log_keys.at(parts_.authority, checkpoint.size));
  return sign_checkpoint(checkpoint, *key);
}

void Sequencer::take(Verified arrived, Group& group) {
  auto refused = [&](Rejection rejection) { group.refused.push_back({arrived.ticket, std::move(rejection)}); };
  if (!arrived.batch) return refused(std::move(arrived.batch.error()));
  auto again = answer_again(*arrived.batch, arrived.ticket, group);
  if (!again) return refused(std::move(again.error()));
  if (*again) return;

  Placed placed{arrived.ticket, std::move(*arrived.batch), {}, group.size, {}};
  placed.entry = placed.batch.entry(group.next, group.now);
  group.placed.push_back(std::move(placed));
  if (auto admitted = admit(group); !admitted) {
    undo(group);
    return refused(std::move(admitted.error()));
  }
  group.next = group.placed.back().entry.end();
  group.size = group.size + 1;
  for (const auto& before : group.before) group.touched.push_back(before.place);
  group.authority_changed = group.authority_changed || group.authority_before.has_value();
}

// Admits the last batch of the group, event by event; every event that may not follow is told.
std::expected<void, Rejection> Sequencer::admit(Group& group) {
  Placed& placed = group.placed.back();
  group.before.clear();
  group.authority_before.reset();
  group.skips_before = group.skips.size();
  group.excised_before = group.excised.size();
  const auto author = parts_.authority.author(placed.batch.author());
  if (!author) return std::unexpected(Rejection{author.error(), {}});

  const std::function stream = [this](const StreamId& id) { return parts_.heads.get(id); };
  const std::function find_event = [this, &group](const StreamId& id, Version version) { return lend(id, version, group); };
  const std::function find_linked = [this, &group](const SubjectId& document) { return linked(document, group); };
  const rules::Context context{parts_.authority, *author, placed.batch.author(), group.now, parts_.config.clock_tolerance.count(), stream, find_event, placed.index, nullptr, &find_linked};

  std::vector<EventProblem> problems;
  std::vector<StreamId> failed;  // what follows in these streams cannot be judged
  const auto events = placed.batch.events();
  placed.links.reserve(events.size());
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const EventView& event = events[i];
    const auto place = parts_.heads.place(event.stream);
    const rules::StreamState state = parts_.heads.at(place);
    placed.links.push_back(state.version == 0 ? store::no_link : state.last);
    if (!failed.empty() && std::ranges::find(failed, event.stream) != failed.end()) continue;
    if (auto admitted = admit_event(state, event, placed.batch.refs(i), context, group); !admitted) {
      const bool is_there = admitted.error().error.code == Errc::already_recorded;  // what follows it in the stream can be judged
      problems.push_back({i, std::move(admitted.error().error), state.version, admitted.error().position});
      if (!is_there) failed.push_back(event.stream);
      continue;
    }
    const Position position = placed.entry.first_position + i;
    group.before.push_back({place, state});
    parts_.heads.set(place, rules::advance(state, event, position, find_event));
    if (event.version % store::skip_every == 0) group.skips.push_back({event.stream, event.version, position});
    if (event.kind == StreamKind::governance) govern(event, position, group);
  }
  if (!problems.empty()) return std::unexpected(Rejection{problems[0].error, std::move(problems)});
  return {};
}

std::expected<void, Sequencer::Problem> Sequencer::admit_event(const rules::StreamState& state, const EventView& event, std::span<const FoundRef> refs,
                                                               const rules::Context& context, Group& group) {
  if (event.version > state.version || state.kind != event.kind) {
    auto admitted = rules::admit(state, event, refs, context);
    if (admitted) admitted = rules::check_claims(event, context);
    if (!admitted) return std::unexpected(Problem{std::move(admitted.error()), std::nullopt});
    if (auto sealable = this->sealable(event); !sealable) return std::unexpected(Problem{std::move(sealable.error()), std::nullopt});
    if (event.kind == StreamKind::governance)
      if (auto can = can_carry_out(event, group); !can) return std::unexpected(Problem{std::move(can.error()), std::nullopt});
    return {};
  }
  const auto stored = find(event.stream, event.version, group);
  if (!stored) return std::unexpected(Problem{stored.error(), std::nullopt});
  const std::string where = describe(event.kind, event.stream);
  if (*stored && equal((*stored)->event.bytes, event.bytes) && (*stored)->author == context.key)
    return std::unexpected(Problem{{Errc::already_recorded, where + ": version " + std::to_string(event.version) + " is recorded already, at position " +
                                                                std::to_string((*stored)->event.position.value)},
                                   (*stored)->event.position});
  return std::unexpected(Problem{
      {Errc::version_conflict, where + ": the event says version " + std::to_string(event.version) + ", the stream is at " + std::to_string(state.version)}, std::nullopt});
}

Result<void> Sequencer::sealable(const EventView& event) const {
  const auto* parts = event.fields->parts();
  if (!parts) return {};
  for (const auto* part : *parts)
    if (const SubjectId subject = uuid_of(*part->subject()); parts_.vault.erased(subject))
      return fail(Errc::not_permitted, describe(event.kind, event.stream) + ": subject " + to_string(subject) +
                                           " is erased; what is recorded of them from now on needs a subject id of its own");
  return {};
}

// Admitting what is not carried out would be a false record.
Result<void> Sequencer::can_carry_out(const EventView& event, const Group& group) {
  using schema::Action;
  if (event.type == schema::Body::GovernanceConstituted && text_of(event.body<schema::GovernanceConstituted>().log_vkey()) != parts_.log_keys.given().text())
    return fail(Errc::value_out_of_range, "genesis names another log key than the one this ledger signs with, " + parts_.log_keys.given().text());
  const auto* proposal = parts_.authority.proposal_of(event);
  if (!proposal) return {};
  if (proposal->action_type() == Action::KeyRotated) {
    TRY_AS(vkey, parse_vkey(text_of(proposal->action_as_KeyRotated()->log_vkey())));
    TRY(parts_.log_keys.of(vkey));
  }
  if (const auto* excised = proposal->action_as_EventExcised(); excised && Position{excised->position().value_or(0)} >= group.first)
    return fail(Errc::unresolved_reference, "the event at position " + std::to_string(excised->position().value_or(0)) + " is being recorded at this moment; try again once it is");
  return {};
}

void Sequencer::govern(const EventView& event, Position position, Group& group) {
  Placed& placed = group.placed.back();
  if (!group.authority_before) group.authority_before = parts_.authority;
  const std::size_t keys = parts_.authority.log_keys().size();
  parts_.authority.apply(placed.batch.author(), event, position);
  placed.rotates = placed.rotates || (keys > 0 && parts_.authority.log_keys().size() > keys);
  const rules::Excision* excision = parts_.authority.excision_decided_at(position);
  if (!excision) return;
  const auto place = parts_.heads.place(excision->stream);
  const rules::StreamState state = parts_.heads.at(place);
  group.before.push_back({place, state});
  group.excised.push_back(excision->position);
  parts_.heads.set(place, rules::refold(excision->stream, state.kind, state.version, state.last, [&](const StreamId& id, Version version) { return lend(id, version, group); }));
}

void Sequencer::undo(Group& group) {
  for (auto before = group.before.rbegin(); before != group.before.rend(); ++before) parts_.heads.set(before->place, before->state);
  if (group.authority_before) parts_.authority = std::move(*group.authority_before);
  group.skips.resize(group.skips_before);
  group.excised.resize(group.excised_before);
  group.placed.pop_back();
}

// A batch resent as it was is answered as it was.
std::expected<bool, Rejection> Sequencer::answer_again(const VerifiedBatch& batch, Ticket ticket, Group& group) {
  const EventView& event = batch.events()[0];
  if (event.version > parts_.heads.get(event.stream).version) return false;
  const auto stored = find(event.stream, event.version, group);
  if (!stored) return std::unexpected(Rejection{stored.error(), {}});
  if (!*stored || (*stored)->author != batch.author() || (*stored)->root != batch.root()) return false;
  group.again.push_back({ticket, (*stored)->event.index, (*stored)->first, (*stored)->recorded_at});
  return true;
}

Result<void> Sequencer::write(Group& group, const std::string& checkpoint) {
  writes_.clear();
  const auto sealing = parts_.vault.sealing();
  std::vector<std::uint8_t> heads;
  std::vector<Bytes> pieces;
  for (const Placed& placed : group.placed) {
    const auto events = placed.batch.events();
    heads.resize(5 * events.size());
    pieces.clear();
    for (std::size_t i = 0; i < events.size(); ++i) {
      heads[5 * i] = static_cast<std::uint8_t>(ItemKind::event);
      store_le(&heads[5 * i + 1], static_cast<std::uint32_t>(events[i].bytes.size()));
      pieces.push_back(Bytes(heads).subspan(5 * i, 5));
      pieces.push_back(events[i].bytes);
    }
    static_assert(sizeof(Position) == 8);
    const Bytes links{reinterpret_cast<const std::uint8_t*>(placed.links.data()), 8 * placed.links.size()};
    writes_.add(placed.index, placed.entry, links, pieces);
    TRY(seal_parts(placed));
  }
  for (const Checkpoint& each : group.handovers) {
    TRY_AS(note, sign(each));
    writes_.add_checkpoint(each.size, note);
  }
  writes_.add_checkpoint(group.size.value, checkpoint);
  if (!group.excised.empty()) TRY(parts_.log.excise(writes_, group.excised));
  TRY(parts_.vault.sync());
  return parts_.log.commit(writes_);
}

Result<void> Sequencer::seal_parts(const Placed& placed) {
  for (const Opening& opening : placed.batch.openings()) {
    const EventView& event = placed.batch.events()[opening.event];
    const auto& part = *event.fields->parts()->Get(opening.part);
    auto key = parts_.vault.obtain(uuid_of(*part.subject()));
    if (!key && key.error().code == Errc::not_permitted) continue;  // erased since it was admitted
    if (!key) return std::unexpected(std::move(key.error()));
    const PartPlace place{event.stream, event.version, opening.part};
    const Buffer sealed = seal_part(part_key(*key, place), parts_.origin, place, hash_of(*part.commitment()), opening);
    writes_.add_part(placed.entry.first_position + opening.event, opening.part, sealed);
  }
  return {};
}

Result<void> Sequencer::answer(Group& group, Done& done) {
  if (done.outcome.checkpoint.empty()) {
    TRY_AS(last, parts_.log.last_checkpoint());
    TRY_AS(empty, sign({parts_.origin, 0, empty_root()}));
    done.outcome.checkpoint = last ? std::move(*last) : std::move(empty);
  }
  for (const Placed& placed : group.placed) {
    TRY_AS(path, parts_.tiles.fresh_proof(placed.index));
    done.outcome.recorded.push_back({placed.ticket, placed.entry.first_position, placed.index, placed.entry.recorded_at, std::move(path)});
    Position at = placed.entry.first_position;
    for (const EventView& event : placed.batch.events()) std::ranges::move(store::shares_of(event, std::exchange(at, at + 1)), std::back_inserter(done.moved.shares));
  }
  for (const auto& again : group.again) {
    TRY_AS(path, parts_.tiles.inclusion(again.index, group.size.value));
    done.outcome.recorded.push_back({again.ticket, again.first, again.index, again.recorded_at, std::move(path)});
  }
  parts_.tiles.keep();
  done.outcome.refused = std::move(group.refused);
  done.authority_changed = group.authority_changed;
  done.moved.size = group.size;
  done.moved.skips = std::move(group.skips);
  done.moved.excised = std::move(group.excised);
  done.moved.heads.reserve(group.touched.size());
  for (const auto place : group.touched) done.moved.heads.push_back(parts_.heads.row(place));
  return {};
}

// ── what is recorded already, in the log or in this group ──

Result<std::optional<Sequencer::Found>> Sequencer::find(const StreamId& stream, Version version, const Group& group) const {
  const auto state = parts_.heads.get(stream);
  if (version == 0 || version > state.version) return std::nullopt;
  Version at = state.version;
  Position position = state.last;
  if (at - version > store::skip_every) {
    TRY_AS(skip, parts_.folds.skip_at_least(stream, version));
    if (skip && skip->version < at) at = skip->version, position = skip->position;
  }
  auto cursor = parts_.log.batches();
  for (;; --at) {
    if (const Placed* placed = group.at(position)) {
      const auto i = position - placed->entry.first_position;
      if (at > version) {
        position = placed->links[i];
        continue;
      }
      const Bytes bytes = placed->batch.events()[i].bytes;
      return Found{{placed->index, position, placed->links[i], ItemKind::event, Buffer(bytes.begin(), bytes.end())},
                   placed->entry.first_position, placed->entry.recorded_at, placed->batch.author(), placed->batch.root()};
    }
    TRY_AS(event, parts_.log.event(cursor, position));
    if (at > version) {
      position = event.previous;
      continue;
    }
    TRY_AS(entry, parts_.log.entry(event.index));
    return Found{std::move(event), entry.first_position, entry.recorded_at, entry.author, entry.root};
  }
}

std::optional<rules::Recorded> Sequencer::lend(const StreamId& stream, Version version, Group& group) const {
  if (parts_.authority.is_excised(stream, version)) return std::nullopt;  // its bytes go with this commit
  auto found = find(stream, version, group);
  if (!found || !*found || (*found)->event.kind != ItemKind::event) return std::nullopt;
  group.lent.push_back(std::move((*found)->event.bytes));
  return rules::Recorded{view_event(group.lent.back()), (*found)->author, (*found)->event.position};
}

Result<std::vector<StreamId>> Sequencer::linked(const SubjectId& document, const Group& group) const {
  TRY_AS(people, parts_.shares.linked(document, parts_.log));
  for (const Placed& placed : group.placed)
    for (const EventView& event : placed.batch.events())
      if (event.type == schema::Body::DocumentLinked && uuid_of(*event.body<schema::DocumentLinked>().document_subject_id()) == document) people.push_back(event.stream);
  return people;
}

}  // namespace caseledger
