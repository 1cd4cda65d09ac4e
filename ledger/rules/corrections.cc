// Guards of corrections and retractions: asked by one, decided by another, and never against what followed.
#include <algorithm>

#include "ledger/rules/judged.h"

namespace caseledger::rules {

using namespace schema;

namespace {

bool is_amendment(Body type) {
  return type == Body::CorrectionRequested || type == Body::CorrectionDecided || type == Body::RetractionRequested || type == Body::RetractionDecided;
}

std::unexpected<Error> malformed(const Judged& j, std::string why) { return fail(Errc::value_out_of_range, j.where() + ": " + std::move(why)); }

// The event of this stream that is to be changed, as it stands.
Result<Recorded> target_of(const Judged& j, const Ref& target) {
  if (uuid_of(target.stream()) != j.event.stream || target.version() == 0 || target.version() >= j.event.version)
    return malformed(j, "what is changed is an earlier event of the same stream");
  auto found = j.earlier(target.version());
  if (!found) return fail(Errc::unresolved_reference, j.where() + ": version " + std::to_string(target.version()) + " is void, or its bytes are gone");
  if (is_amendment(found->event.type)) return malformed(j, "a correction or retraction is itself neither corrected nor retracted; ask for another");
  return std::move(*found);
}

bool same_part(const SealedPart& a, const SealedPart& b) {
  if (std::memcmp(a.commitment(), b.commitment(), 32) != 0 || uuid_of(*a.subject()) != uuid_of(*b.subject()) || a.fields()->size() != b.fields()->size()) return false;
  for (flatbuffers::uoffset_t i = 0; i < a.fields()->size(); ++i)
    if (text_of(a.fields()->Get(i)) != text_of(b.fields()->Get(i))) return false;
  return true;
}

bool same_parts(const EventView& a, const EventView& b) {
  const auto size = [](const auto* parts) { return parts ? parts->size() : 0; };
  const auto *left = a.fields->parts(), *right = b.fields->parts();
  if (size(left) != size(right)) return false;
  for (flatbuffers::uoffset_t i = 0; i < size(left); ++i)
    if (!same_part(*left->Get(i), *right->Get(i))) return false;
  return true;
}

// The request that a decision names, not yet decided, and decided by other eyes.
template <class Asked, class Decided>
Result<Recorded> request_of(const Judged& j, const Decided& decided) {
  const Version asked = decided.request()->version();
  const auto found = uuid_of(decided.request()->stream()) == j.event.stream ? j.earlier(asked) : std::nullopt;
  if (!found || found->event.type != BodyTraits<Asked>::enum_value)
    return fail(Errc::unresolved_reference, j.where() + ": version " + std::to_string(asked) + " is no request of that kind in this stream");
  if (j.event.fields->imported()) return fail(Errc::not_permitted, j.where() + ": what stands is decided here; a decision is not imported");
  for (Version v = asked + 1; v < j.event.version; ++v) {
    const auto earlier = j.earlier(v);
    if (earlier && earlier->event.type == j.event.type && earlier->event.template body<Decided>().request()->version() == asked)
      return j.refuse("the request is decided by version " + std::to_string(v) + " already");
  }
  if (!causes_name(j.event, asked)) return j.refuse("a decision names the request among its causes");
  TRY(other_eyes(j, asked));
  return *found;
}

template <class Asked>
Result<void> decided(const Judged& j, Decision decision, const Recorded& request) {
  if (decision != Decision::approved) return {};
  const Version target = request.event.body<Asked>().target()->version();
  TRY(target_of(j, *request.event.body<Asked>().target()));  // another decision may have voided it since
  const Standing before(j.event.stream, j.state.version, j.context.find);
  Standing after(j.event.stream, j.state.version, j.context.find);
  after.add({j.event, j.context.key});
  return leaves_the_rest_legal(j.context, before, after, target, j.state.last);
}

// May the event that stands at a version follow what stands before it?
Result<void> may_follow(const Context& now, const Standing& standing, const StreamState& state, const Recorded& event) {
  Context context = now;
  context.key = event.author;
  context.author = now.authority.find(event.author);
  return judge({state, event.event, context, &standing});
}

}  // namespace

Result<void> leaves_the_rest_legal(const Context& context, const Standing& before, const Standing& after, Version from, Position last) {
  StreamState was = before.state(from - 1, last), now = was;
  for (Version v = from; v <= before.version(); was = before.step(was, v, last), now = after.step(now, v, last), ++v) {
    const auto event = after.at(v);
    if (!event || is_amendment(event->event.type)) continue;
    const auto fits = may_follow(context, after, now, *event);
    if (fits || (v != from && before.at(v) && !may_follow(context, before, was, *before.at(v)))) continue;
    return fail(Errc::illegal_transition, describe(event->event.kind, event->event.stream) + ": version " + std::to_string(v) + ", " +
                                              std::string(event_type(event->event.type)->name) + ", could then not stand: " + fits.error().sentence);
  }
  return {};
}

Result<void> asking_correction(const Judged& j) {
  const auto& body = j.event.body<CorrectionRequested>();
  TRY_AS(target, target_of(j, *body.target()));
  const Buffer bytes(body.replacement()->begin(), body.replacement()->end());
  std::vector<FoundRef> refs;
  if (auto sound = check_event_bytes(bytes, refs); !sound) return fail(sound.error().code, j.where() + ": the replacement: " + sound.error().sentence);
  const EventView replacement = view_event(bytes);
  if (replacement.stream != target.event.stream || replacement.kind != target.event.kind || replacement.version != target.event.version || replacement.type != target.event.type)
    return malformed(j, "the replacement has to be of the same stream, version and type as its target");
  if (!same_parts(replacement, target.event)) return malformed(j, "sealed parts cannot be corrected; the replacement has to keep those of its target");
  if ((replacement.fields->imported() != nullptr) != (target.event.fields->imported() != nullptr))
    return malformed(j, "whether a fact was imported is no matter of correction");
  for (const FoundRef& ref : refs)
    if (const auto named = j.context.stream(ref.stream); named.version == 0 || named.version < ref.version)
      return fail(Errc::unresolved_reference, j.where() + ": the replacement refers to version " + std::to_string(ref.version) + " of stream " + to_string(ref.stream) + ", which does not exist");
  return {};
}

Result<void> deciding_correction(const Judged& j) {
  const auto& body = j.event.body<CorrectionDecided>();
  TRY_AS(request, (request_of<CorrectionRequested>(j, body)));
  return decided<CorrectionRequested>(j, body.decision(), request);
}

Result<void> asking_retraction(const Judged& j) {
  const auto& body = j.event.body<RetractionRequested>();
  TRY_AS(target, target_of(j, *body.target()));
  if (target.event.version == 1) return malformed(j, "a stream's first event can be corrected, but without it there is no stream");
  return {};
}

Result<void> deciding_retraction(const Judged& j) {
  const auto& body = j.event.body<RetractionDecided>();
  TRY_AS(request, (request_of<RetractionRequested>(j, body)));
  return decided<RetractionRequested>(j, body.decision(), request);
}

}  // namespace caseledger::rules
