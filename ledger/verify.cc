#include "ledger/verify.h"

#include <algorithm>
#include <boost/json.hpp>

namespace caseledger {

namespace {

bool holds(std::span<const std::string_view> words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

// What an event says about its parts, by itself.
Result<void> check_parts(const EventView& event, const EventType& type) {
  std::vector<std::string_view> named;
  if (const auto* parts = event.fields->parts())
    for (const auto* part : *parts) {
      if (part->fields()->size() == 0) return fail(Errc::malformed, "a sealed part names no field");
      for (const auto* field : *part->fields()) {
        if (!holds(type.sealed, field->string_view()))
          return fail(Errc::value_out_of_range, std::string(type.name) + " has no sealed field \"" + field->str() + '"');
        named.push_back(field->string_view());
      }
    }
  for (const auto field : type.sealed_must)
    if (!holds(named, field)) return fail(Errc::malformed, std::string(type.name) + " needs the sealed field \"" + std::string(field) + '"');
  return {};
}

// The opening has to be what the event committed to: a JSON object of just the named fields.
Result<void> check_opening(const schema::SealedPart& part, const Opening& opening) {
  const auto bad = [](std::string why) { return fail(Errc::bad_opening, std::move(why)); };
  if (opening.plaintext.size() > part_bytes_max) return fail(Errc::too_large, "a sealed part has at most 16,384 bytes");
  const Hash commitment = part_commitment(opening.salt, opening.plaintext);
  if (!equal(commitment.bytes, {reinterpret_cast<const std::uint8_t*>(part.commitment()), 32}))
    return bad("the opening of part " + std::to_string(opening.part) + " is not what the event committed to");
  boost::json::error_code error;
  const auto value = boost::json::parse(opening.plaintext, error);
  if (error || !value.is_object()) return bad("part " + std::to_string(opening.part) + " holds no JSON object");
  const auto& object = value.get_object();
  bool fits = object.size() == part.fields()->size();
  for (const auto* field : *part.fields()) fits = fits && object.contains(field->c_str());
  if (!fits) return bad("part " + std::to_string(opening.part) + " holds other fields than the event names");
  return {};
}

Result<void> check_openings(std::uint16_t index, const EventView& event, std::span<const Opening> openings) {
  const std::size_t parts = event.fields->parts() ? event.fields->parts()->size() : 0;
  if (openings.size() != parts)
    return fail(Errc::bad_opening, "the event has " + std::to_string(parts) + " sealed parts and came with " + std::to_string(openings.size()) + " openings");
  for (std::uint16_t i = 0; i < parts; ++i) {
    if (openings[i].event != index || openings[i].part != i) return fail(Errc::bad_opening, "a sealed part is opened twice or not at all");
    TRY(check_opening(*event.fields->parts()->Get(i), openings[i]));
  }
  return {};
}

}  // namespace

Result<void> check_event(const EventView& event) {
  const EventType* type = event_type(event.type);
  if (!type) return fail(Errc::malformed, "the event's body is of an unknown type");
  if (const int v = event.stream.version(); v != 7 && v != 8)
    return fail(Errc::value_out_of_range, "a stream id is a UUID of version 7, or 8 when derived from a source's id; found version " + std::to_string(v));
  if (!(type->streams >> static_cast<int>(event.kind) & 1))
    return fail(Errc::illegal_transition, std::string(type->name) + " has no place in a " + std::string(kind_name(event.kind)) + " stream");
  if (event.fields->occurred_until() && *event.fields->occurred_until() < event.fields->occurred_at())
    return fail(Errc::value_out_of_range, "occurred_until lies before occurred_at");
  if (event.fields->automated() && text_of(event.fields->system()).empty()) return fail(Errc::malformed, "an automated event names its system, name and version");
  return check_parts(event, *type);
}

Entry VerifiedBatch::entry(Position first, Micros recorded_at) const {
  return {static_cast<std::uint32_t>(events_.size()), first, recorded_at, author_, root_, signature_};
}

std::expected<VerifiedBatch, Rejection> verify(Submission submission, std::string_view origin) {
  const auto reject = [](Error error) { return std::unexpected(Rejection{std::move(error), {}}); };
  VerifiedBatch batch;
  batch.bytes_ = std::move(submission.batch);
  auto parts = parse_batch(batch.bytes_);
  if (!parts) return reject(std::move(parts.error()));
  batch.author_ = parts->author;
  batch.signature_ = parts->signature;

  // The signature covers everything below: without it nothing the events say is worth a sentence.
  Hashes leaves;
  leaves.reserve(parts->events.size());
  for (const Bytes event : parts->events) leaves.push_back(leaf_hash(event));
  batch.root_ = tree_head(leaves);
  const auto count = static_cast<std::uint32_t>(leaves.size());
  if (!verify_ed25519(batch.author_, bytes_of(batch_text(origin, count, batch.root_)), batch.signature_))
    return reject({Errc::bad_signature, "the batch's signature does not hold for " + std::string(origin) +
                                            ": another origin, another key, or changed bytes"});

  batch.openings_ = std::move(submission.openings);
  std::ranges::sort(batch.openings_, {}, [](const Opening& o) { return std::pair(o.event, o.part); });
  batch.events_.reserve(count);
  batch.ref_ends_.reserve(count + 1);
  batch.ref_ends_.push_back(0);
  std::vector<EventProblem> problems;
  std::span<const Opening> left = batch.openings_;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::size_t mine = 0;
    while (mine < left.size() && left[mine].event == i) ++mine;
    auto checked = check_event_bytes(parts->events[i], batch.refs_);
    if (checked) {
      batch.events_.push_back(view_event(parts->events[i]));
      checked = check_event(batch.events_.back());
      if (checked) checked = check_openings(static_cast<std::uint16_t>(i), batch.events_.back(), left.first(mine));
    }
    if (!checked) problems.push_back({i, std::move(checked.error())});
    left = left.subspan(mine);
    batch.ref_ends_.push_back(static_cast<std::uint32_t>(batch.refs_.size()));
  }
  if (!left.empty()) return reject({Errc::bad_opening, "an opening names event " + std::to_string(left[0].event) + ", which the batch does not have"});
  if (!problems.empty()) return std::unexpected(Rejection{problems[0].error, std::move(problems)});
  return batch;
}

}  // namespace caseledger
