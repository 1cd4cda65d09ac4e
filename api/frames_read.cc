// Reading frames: verified first, then copied out within bounds.
#include <algorithm>

#include "api/frames.h"
#include "session_generated.h"

namespace caseledger::api::frames {

namespace {

constexpr std::size_t tables_max = 64 * 1024, depth_max = 8, filter_terms_max = 256, told_bytes_max = 4096;

std::unexpected<Error> malformed(std::string why) { return fail(Errc::malformed, std::move(why)); }

template <class To, class Raw>
To copied(const Raw& raw) {
  static_assert(sizeof(To) == sizeof(Raw));
  To out;
  std::memcpy(static_cast<void*>(&out), &raw, sizeof out);
  return out;
}

Bytes view(const flatbuffers::Vector<std::uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }
std::string told(const flatbuffers::String* text) { return text ? text->str().substr(0, told_bytes_max) : std::string(); }

std::span<const Hash> hashes(const flatbuffers::Vector<const schema::Bytes32*>& all) {
  static_assert(sizeof(Hash) == 32 && alignof(Hash) == 1);
  return {reinterpret_cast<const Hash*>(all.Data()), all.size()};
}

Result<const schema::Frame*> verified(Bytes frame) {
  flatbuffers::Verifier verifier(frame.data(), frame.size(), depth_max, tables_max);
  if (frame.size() < 8 || !schema::VerifyFrameBuffer(verifier)) return malformed("not a frame (FlatBuffers table Frame, identifier CLFR)");
  return schema::GetFrame(frame.data());
}

std::unexpected<Error> unexpected_frame(const schema::Frame& frame) {
  const auto type = static_cast<unsigned>(frame.message_type());
  const char* name = type <= static_cast<unsigned>(schema::Message::MAX) ? schema::EnumNameMessage(frame.message_type()) : "";
  return malformed(*name ? std::string("the frame ") + name + " goes the other way" : "a frame of unknown type " + std::to_string(type));
}

// ── what a client sends ──

Result<std::vector<std::string>> terms(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* all) {
  std::vector<std::string> out;
  if (!all) return out;
  if (all->size() > filter_terms_max) return malformed("a filter names at most 256 values of a kind");
  for (const auto* each : *all) out.push_back(each->str().substr(0, 128));
  return out;
}

Result<FromClient> read(const schema::Identify& identify) {
  return Identify{copied<PublicKey>(*identify.author()), copied<Nonce>(*identify.nonce()), told(identify.authority()), copied<Signature>(*identify.signature())};
}

// Tables of a FlatBuffer may point at the same bytes many times: what they say together is held to what there is.
Result<FromClient> read(const schema::Append& append, Bytes frame) {
  std::size_t left = frame.size();
  const auto take = [&](std::size_t bytes) { return bytes > left ? false : (left -= bytes, true); };
  Append out;
  for (const auto* item : *append.items()) {
    const Bytes batch = view(*item->batch());
    if ((batch.data() - frame.data()) % 8 != 0) return malformed("a batch does not start on an 8-byte boundary of its frame");
    if (!take(batch.size())) return malformed("the frame names the same bytes twice");
    out.items.push_back({item->request(), batch, {}});
    if (!item->openings()) continue;
    for (const auto* opening : *item->openings()) {
      const Bytes plaintext = view(*opening->plaintext());
      if (!take(plaintext.size())) return malformed("the frame names the same bytes twice");
      out.items.back().openings.push_back(
          {opening->event(), opening->part(), copied<std::array<std::uint8_t, 32>>(*opening->salt()), std::string(text_of(plaintext))});
    }
  }
  if (out.items.empty()) return malformed("an Append frame without items");
  return out;
}

Result<FromClient> read(const schema::Subscribe& subscribe) {
  Subscribe out{subscribe.id(), {subscribe.from()}, {}, {}, subscribe.credit()};
  if (const auto* stream = subscribe.stream()) out.stream = copied<StreamId>(*stream);
  const auto* filter = subscribe.filter();
  if (!filter) return out;
  if (const auto* kinds = filter->kinds()) {
    if (kinds->size() > filter_terms_max) return malformed("a filter names at most 256 values of a kind");
    for (const auto kind : *kinds) out.filter.kinds.push_back(static_cast<std::uint8_t>(kind));
  }
  TRY_AS(types, terms(filter->types()));
  TRY_AS(jurisdictions, terms(filter->jurisdictions()));
  out.filter.types = std::move(types);
  out.filter.jurisdictions = std::move(jurisdictions);
  return out;
}

// ── what a server sends ──

Result<FromServer> read(const schema::Challenge& challenge) {
  const auto& l = *challenge.limits();
  return Challenge{challenge.origin()->str(), copied<Nonce>(*challenge.nonce()), challenge.checkpoint()->str(),
                   {l.frame_bytes(), l.batch_bytes(), l.events_per_batch(), l.appends_per_frame(), l.appends_in_flight(), l.subscriptions()}};
}

Result<FromServer> read(const schema::Welcome& welcome) {
  Welcome out{told(welcome.organisation()), {}, {}, welcome.checkpoint()->str(), {welcome.next_position()}};
  TRY_AS(roles, terms(welcome.roles()));
  TRY_AS(scopes, terms(welcome.scopes()));
  out.roles = std::move(roles);
  out.scopes = std::move(scopes);
  return out;
}

Result<FromServer> read(const schema::Appended& appended) {
  Appended out{appended.checkpoint()->string_view(), hashes(*appended.shared()), {}};
  for (const auto* each : *appended.results())
    out.results.push_back({each->request(), {each->first_position()}, {each->entry_index()}, each->recorded_at(), hashes(*each->own())});
  return out;
}

Result<FromServer> read(const schema::Rejected& rejected) {
  Rejected out{rejected.request(), told(rejected.code()), told(rejected.sentence()), {}, rejected.retry_after_ms()};
  if (!rejected.events()) return out;
  if (rejected.events()->size() > events_per_batch_max) return malformed("a rejection of more events than a batch has");
  for (const auto* each : *rejected.events()) {
    const auto position = each->position();
    out.events.push_back({each->event(), told(each->code()), told(each->sentence()), each->current_version(),
                          position ? std::optional(Position{*position}) : std::nullopt});
  }
  return out;
}

Result<FromServer> read(const schema::Events& events, Bytes frame) {
  Events out{events.id(), {}, events.caught_up(), {events.next()}};
  for (const auto* each : *events.events()) {
    const Bytes event = view(*each->event());
    if ((event.data() - frame.data()) % 8 != 0) return malformed("an event does not start on an 8-byte boundary of its frame");
    out.events.push_back({{each->position()}, {each->entry_index()}, event});
  }
  return out;
}

Result<FromServer> read(const schema::Unsealed& unsealed, Bytes frame) {
  Unsealed out{unsealed.request(), {}};
  std::size_t left = frame.size();
  for (const auto* each : *unsealed.openings()) {
    const Bytes plaintext = view(*each->plaintext());
    if (plaintext.size() > left) return malformed("the frame names the same bytes twice");
    left -= plaintext.size();
    out.openings.push_back({each->event(), each->part(), copied<std::array<std::uint8_t, 32>>(*each->salt()), std::string(text_of(plaintext))});
  }
  return out;
}

}  // namespace

Result<FromClient> read_from_client(Bytes bytes) {
  TRY_AS(frame, verified(bytes));
  switch (frame->message_type()) {
    case schema::Message::Identify: return read(*frame->message_as_Identify());
    case schema::Message::Append: return read(*frame->message_as_Append(), bytes);
    case schema::Message::Subscribe: return read(*frame->message_as_Subscribe());
    case schema::Message::Grant: return Grant{frame->message_as_Grant()->id(), frame->message_as_Grant()->credit()};
    case schema::Message::Unsubscribe: return Unsubscribe{frame->message_as_Unsubscribe()->id()};
    case schema::Message::Unseal: return Unseal{frame->message_as_Unseal()->request(), {frame->message_as_Unseal()->position()}};
    case schema::Message::NONE:
    case schema::Message::Challenge:
    case schema::Message::Welcome:
    case schema::Message::Appended:
    case schema::Message::Rejected:
    case schema::Message::Events:
    case schema::Message::Head:
    case schema::Message::Unsealed: break;
  }
  return unexpected_frame(*frame);
}

Result<FromServer> read_from_server(Bytes bytes) {
  TRY_AS(frame, verified(bytes));
  switch (frame->message_type()) {
    case schema::Message::Challenge: return read(*frame->message_as_Challenge());
    case schema::Message::Welcome: return read(*frame->message_as_Welcome());
    case schema::Message::Appended: return read(*frame->message_as_Appended());
    case schema::Message::Rejected: return read(*frame->message_as_Rejected());
    case schema::Message::Events: return read(*frame->message_as_Events(), bytes);
    case schema::Message::Head: return Head{frame->message_as_Head()->checkpoint()->str(), {frame->message_as_Head()->next_position()}};
    case schema::Message::Unsealed: return read(*frame->message_as_Unsealed(), bytes);
    case schema::Message::NONE:
    case schema::Message::Identify:
    case schema::Message::Append:
    case schema::Message::Subscribe:
    case schema::Message::Grant:
    case schema::Message::Unsubscribe:
    case schema::Message::Unseal: break;
  }
  return unexpected_frame(*frame);
}

}  // namespace caseledger::api::frames
