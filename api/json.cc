#include "api/json.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <flatbuffers/verifier.h>

#include "api/json_reflect.h"
#include "session_generated.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

// An event on an NDJSON line differs from its table in five places: occurred_at carries occurred_offset_minutes, "type" stands beside
// "body" instead of in it, a replacement may be an object, the salt may be left to chance, and parts may be given opened. Each function below turns one into the other.

Result<void> spread_time(json::object& event) {
  if (event.contains("occurred_offset_minutes")) return fail(Errc::malformed, "occurred_offset_minutes: is part of occurred_at");
  const json::value* time = event.if_contains("occurred_at");
  if (!time || !time->is_string()) return {};
  const auto instant = parse_rfc3339(std::string_view(time->get_string()));
  if (!instant) return fail(Errc::malformed, "occurred_at: not an RFC 3339 time");
  event["occurred_at"] = to_rfc3339(instant->at);
  event["occurred_offset_minutes"] = instant->offset_minutes;
  return {};
}

Result<void> name_body(json::object& event) {
  const json::value* type = event.if_contains("type");
  if (!type) return fail(Errc::malformed, "type: is missing");
  if (!type->is_string()) return fail(Errc::malformed, "type: wanted text");
  if (body_named(std::string_view(type->get_string())) == schema::Body::NONE) return fail(Errc::malformed, "type: no such event type");
  json::value* body = event.if_contains("body");
  if (!body) return fail(Errc::malformed, "body: is missing");
  if (!body->is_object()) return fail(Errc::malformed, "body: wanted an object");
  if (!body->get_object().emplace("type", *type).second) return fail(Errc::malformed, "body: unknown member \"type\"");
  event.erase("type");
  return {};
}

// What a correction would put in the place of its target is an event too, and may be written as one.
Result<void> build_replacement(json::object& event, const RandomBytes& random) {
  json::value* replacement = event.at("body").get_object().if_contains("replacement");
  if (!replacement || !replacement->is_object()) return {};
  const Place place{nullptr, "body.replacement"};
  if (replacement->get_object().contains("sealed")) return refuse_at(place, "keeps the parts of what it replaces: sealed does not belong there");
  const auto draft = event_from_json(to_text(*replacement), random);
  if (!draft) return refuse_at(place, draft.error().sentence, draft.error().code);
  *replacement = base64(draft->event);
  return {};
}

void add_salt(json::object& event, const RandomBytes& random) {
  if (event.contains("salt")) return;
  std::array<std::uint8_t, 16> salt;
  random(salt);
  event["salt"] = base64(salt);
}

// One element of "sealed" becomes the element of "parts" that commits to it.
Result<Opening> seal(json::value& element, const Place& place, const RandomBytes& random) {
  json::object* part = element.if_object();
  if (!part) return refuse_at(place, "wanted an object");
  if (part->contains("commitment")) return refuse_at(place, "unknown member \"commitment\"");
  const Place fields_place{&place, "fields"};
  json::value* fields = part->if_contains("fields");
  if (!fields) return refuse_at(fields_place, "is missing");
  if (!fields->is_object()) return refuse_at(fields_place, "wanted an object");
  if (fields->get_object().empty()) return refuse_at(fields_place, "is empty");
  Opening opening;
  opening.plaintext = to_text(*fields);
  if (opening.plaintext.size() > part_bytes_max)
    return refuse_at(fields_place, "has " + std::to_string(opening.plaintext.size()) + " bytes, at most 16,384 belong there", Errc::too_large);
  if (const auto* given = part->if_contains("salt")) {
    const auto salt = exactly<32>(from_base64(given->is_string() ? std::string_view(given->get_string()) : std::string_view()));
    if (!salt) return refuse_at({&place, "salt"}, "wanted base64 of 32 bytes");
    opening.salt = *salt;
    part->erase("salt");
    fields = part->if_contains("fields");
  } else {
    random(opening.salt);
  }
  json::array names;
  for (const auto& each : fields->get_object()) names.emplace_back(each.key());
  *fields = std::move(names);
  (*part)["commitment"] = hex(part_commitment(opening.salt, opening.plaintext).bytes);
  return opening;
}

Result<std::vector<Opening>> seal_all(json::object& event, const RandomBytes& random) {
  std::vector<Opening> openings;
  json::value* sealed = event.if_contains("sealed");
  if (!sealed) return openings;
  if (event.contains("parts")) return fail(Errc::malformed, "sealed: stands beside parts, one of them belongs there");
  json::array* elements = sealed->if_array();
  if (!elements) return fail(Errc::malformed, "sealed: wanted an array");
  if (elements->size() > parts_per_event_max)
    return fail(Errc::too_large, "sealed: has " + std::to_string(elements->size()) + " parts, at most 16 belong there");
  const Place place{nullptr, "sealed"};
  for (std::size_t i = 0; i < elements->size(); ++i) {
    TRY_AS(opening, seal((*elements)[i], {&place, {}, i}, random));
    opening.part = static_cast<std::uint16_t>(i);
    openings.push_back(std::move(opening));
  }
  json::value parts = std::move(*sealed);
  event.erase("sealed");
  if (!openings.empty()) event["parts"] = std::move(parts);
  return openings;
}

Buffer finished(flatbuffers::FlatBufferBuilder& builder) { return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()}; }

Result<Buffer> build_event(const json::value& event) {
  const Spellings& spellings = event_spellings();
  flatbuffers::FlatBufferBuilder builder;
  TRY_AS(root, Reader(spellings, builder).table(event, spellings.records[spellings.root], {}));
  builder.Finish(flatbuffers::Offset<schema::Event>(root), schema::EventIdentifier());
  return finished(builder);
}

const Enumeration& messages() {
  const Spellings& spellings = frame_spellings();
  return spellings.union_of(spellings.records[spellings.root], "message");
}

}  // namespace

json::object event_to_json(const EventView& event) {
  const Spellings& spellings = event_spellings();
  Writer writer(spellings);
  json::object table = writer.record(reinterpret_cast<const std::uint8_t*>(event.fields), spellings.records[spellings.root]);
  ENSURE(writer.sound());
  json::object out;
  out.reserve(table.size() + 1);
  for (auto& each : table) {
    if (each.key() == "occurred_offset_minutes") continue;
    if (each.key() == "salt") out.emplace("type", table.at("body").at("type"));
    if (each.key() == "occurred_at") {
      out.emplace("occurred_at", to_rfc3339(event.fields->occurred_at(), event.fields->occurred_offset_minutes()));
    } else if (each.key() == "body") {
      json::object body;
      for (auto& field : each.value().get_object())
        if (field.key() != "type") body.emplace(field.key(), std::move(field.value()));
      out.emplace("body", std::move(body));
    } else {
      out.emplace(each.key(), std::move(each.value()));
    }
  }
  return out;
}

Result<Draft> event_from_json(std::string_view line, const RandomBytes& random) {
  if (line.size() > event_json_max) return fail(Errc::too_large, "a line of " + std::to_string(line.size()) + " bytes; at most 262,144 are allowed");
  TRY_AS(parsed, parse_json(line));
  if (!parsed.is_object()) return fail(Errc::malformed, "wanted an object");
  json::object& event = parsed.get_object();
  TRY(spread_time(event));
  TRY(name_body(event));
  TRY(build_replacement(event, random));
  add_salt(event, random);
  TRY_AS(openings, seal_all(event, random));
  auto bytes = build_event(parsed);
  if (!bytes) {  // what was given as sealed is told as sealed
    if (!openings.empty() && bytes.error().sentence.starts_with("parts")) bytes.error().sentence.replace(0, 5, "sealed");
    return std::unexpected(std::move(bytes.error()));
  }
  std::vector<FoundRef> refs;
  TRY(check_event_bytes(*bytes, refs));
  return Draft{std::move(*bytes), std::move(openings)};
}

Result<std::string> frame_to_json(Bytes frame) {
  flatbuffers::Verifier verifier(frame.data(), frame.size());
  if (!schema::VerifyFrameBuffer(verifier)) return fail(Errc::malformed, "not a frame (FlatBuffers table Frame, identifier CLFR)");
  const auto* fields = schema::GetFrame(frame.data());
  const auto type = static_cast<std::uint8_t>(fields->message_type());
  if (type >= messages().names.size() || messages().names[type].empty())
    return fail(Errc::malformed, "a frame of unknown type " + std::to_string(type));
  Writer writer(frame_spellings());
  const json::object message = writer.member(static_cast<const std::uint8_t*>(fields->message()), messages(), type);
  if (!writer.sound()) return fail(Errc::malformed, "a frame with text that is no UTF-8");
  return json::serialize(message);
}

Result<Buffer> frame_from_json(std::string_view text) {
  TRY_AS(parsed, parse_json(text));
  flatbuffers::FlatBufferBuilder builder;
  TRY_AS(message, Reader(frame_spellings(), builder).member(parsed, messages(), {}));
  const auto frame = schema::CreateFrame(builder, static_cast<schema::Message>(message.type), flatbuffers::Offset<void>(message.table));
  schema::FinishFrameBuffer(builder, frame);
  return finished(builder);
}

}  // namespace caseledger::api
