#include "ledger/unseal.h"

namespace caseledger {

using rules::Role;

namespace {

struct Found {
  store::StoredEvent event;
  PublicKey author;
};

std::string at(Position position) { return "position " + std::to_string(position.value); }

Result<Found> found_at(const Ledger& ledger, Position position) {
  TRY_AS(event, ledger.log().event(position));
  if (event.kind != ItemKind::event) return fail(Errc::not_found, "the bytes of the event at " + at(position) + " are gone");
  TRY_AS(entry, ledger.log().entry(event.index));
  return Found{std::move(event), entry.author};
}

Result<Found> version_of(const Ledger& ledger, Position published, const StreamId& stream, Version version) {
  const auto state = ledger.heads().get(stream);
  if (version == 0 || version > state.version)
    return fail(Errc::not_found, "stream " + to_string(stream) + " has no version " + std::to_string(version));
  if (state.last >= published) return fail(Errc::overloaded, "stream " + to_string(stream) + " is being written to; try again");
  Version here = state.version;
  Position position = state.last;
  if (here - version > store::skip_every) {
    TRY_AS(skip, ledger.folds().skip_at_least(stream, version));
    if (skip && skip->version < here) here = skip->version, position = skip->position;
  }
  for (auto cursor = ledger.log().batches(); here > version; --here) {
    TRY_AS(event, ledger.log().event(cursor, position));
    position = event.previous;
  }
  return found_at(ledger, position);
}

Result<Found> record_of(const Ledger& ledger, const Unsealing& wanted, Position published) {
  const rules::Enrolment& reader = wanted.reader;
  if (!reader.has(Role::analyst) && !reader.has(Role::supervisor) && !reader.has(Role::privacy_officer))
    return fail(Errc::not_permitted, "sealed parts are for analysts, supervisors and privacy officers; this key is none of them");
  if (wanted.viewed >= published) return fail(Errc::not_found, "nothing is recorded at " + at(wanted.viewed) + " yet");
  TRY_AS(found, found_at(ledger, wanted.viewed));
  const EventView event = view_event(found.event.bytes);
  if (event.type != schema::Body::RecordViewed || found.author != reader.vkey.key)
    return fail(Errc::not_permitted, "the event at " + at(wanted.viewed) + " is no RecordViewed of this reader");
  if (text_of(event.fields->purpose()).empty()) return fail(Errc::not_permitted, "the RecordViewed at " + at(wanted.viewed) + " names no purpose");
  TRY_AS(entry, ledger.log().entry(found.event.index));
  if (wanted.now - entry.recorded_at > std::chrono::microseconds(unsealed_within).count())
    return fail(Errc::not_permitted, "the RecordViewed at " + at(wanted.viewed) + " was recorded at " + to_rfc3339(entry.recorded_at) + "; to read again takes a new one");
  return std::move(found);
}

// Nothing where it is erased.
Result<std::optional<Opening>> open_part(const Ledger& ledger, const EventView& event, Position position, std::uint16_t part) {
  const auto* parts = event.fields->parts();
  if (!parts || part >= parts->size())
    return fail(Errc::value_out_of_range, describe(event.kind, event.stream) + ": version " + std::to_string(event.version) + " has no sealed part " + std::to_string(part));
  const auto& sealed = *parts->Get(part);
  const PartPlace place{event.stream, event.version, part};
  const SubjectId subject = uuid_of(*sealed.subject());
  auto key = ledger.vault().find(subject, place);
  if (!key && key.error().code == Errc::not_found) return std::nullopt;
  if (!key) return std::unexpected(std::move(key.error()));
  const auto stored = ledger.log().sealed_part(position, part);
  if (!stored && stored.error().code == Errc::not_found) return std::nullopt;
  if (!stored) return std::unexpected(stored.error());
  auto opening = unseal_part(*key, ledger.origin(), place, hash_of(*sealed.commitment()), bytes_of(*stored));
  if (!opening && ledger.vault().exchanged(subject)) return std::nullopt;  // what a partial erasure destroys: a moment before it is deleted
  if (!opening) return std::unexpected(std::move(opening.error()));
  return std::optional(std::move(*opening));
}

}  // namespace

Result<std::vector<Opening>> unseal(const Ledger& ledger, const Unsealing& wanted) {
  const Position published = ledger.head().next;
  TRY_AS(record, record_of(ledger, wanted, published));
  const auto* parts = view_event(record.event.bytes).body<schema::RecordViewed>().parts();
  if (!parts || parts->size() == 0) return fail(Errc::value_out_of_range, "the RecordViewed at " + at(wanted.viewed) + " names no part");
  std::vector<Opening> openings;
  for (std::uint16_t i = 0; i < parts->size(); ++i) {
    const schema::ViewedPart& each = *parts->Get(i);
    TRY_AS(found, version_of(ledger, published, uuid_of(each.event()->stream()), each.event()->version()));
    const EventView event = view_event(found.event.bytes);
    TRY_AS(may, wanted.may_read(event, found.event.position, found.author));
    if (!may)
      return fail(Errc::not_permitted, describe(event.kind, event.stream) + ": version " + std::to_string(event.version) + " is not for this reader");
    TRY_AS(opened, open_part(ledger, event, found.event.position, each.part()));
    if (!opened) continue;
    opened->event = i;
    openings.push_back(std::move(*opened));
  }
  if (openings.empty()) return fail(Errc::not_found, "erased: of the parts that the RecordViewed at " + at(wanted.viewed) + " names none is left");
  return openings;
}

}  // namespace caseledger
