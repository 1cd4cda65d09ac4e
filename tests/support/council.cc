#include "tests/support/council.h"

#include <boost/json.hpp>
#include <stdexcept>

namespace samples {

namespace json = boost::json;

namespace {

constexpr Micros now = 1'709'665'200'000'000;

Buffer must(Result<api::Draft> draft) {
  if (!draft) throw std::logic_error(draft.error().sentence);
  return std::move(draft->event);
}

json::array texts(std::initializer_list<std::string_view> values) { return json::array(values.begin(), values.end()); }

}  // namespace

Council::Council(unsigned count, unsigned threshold, bool constituted)
    : log(Signer::generate(origin)), service(Signer::generate("service.test")), authority(origin), streams{{stream(), {}}} {
  for (unsigned i = 0; i < count; ++i) governors.push_back(Signer::generate("governor-" + std::to_string(i)));
  if (!constituted) return;
  auto done = record(governors[0], genesis(charter(threshold)));
  for (unsigned i = 1; done && i < threshold; ++i) done = record(governors[i], approval(1));
  if (!done) throw std::logic_error(done.error().sentence);
}

api::Genesis Council::charter(unsigned threshold) const {
  api::Genesis genesis{origin, log.vkey(), service.vkey(), {}, threshold, {}};
  for (const Signer& governor : governors) genesis.governors.push_back(governor.vkey());
  return genesis;
}

Buffer Council::genesis(const api::Genesis& genesis) const { return must(api::genesis_event(genesis, now, api::system_random())); }

Buffer Council::event(std::string_view type, std::string_view body) const {
  const json::object line{{"stream", to_string(stream())}, {"kind", "governance"}, {"version", version() + 1}, {"type", type}, {"occurred_at", to_rfc3339(now)},
                          {"operator", "governor"},        {"handling", "open"},   {"body", json::parse(body)}};
  return must(api::event_from_json(api::to_text(line), api::system_random()));
}

Buffer Council::proposal(std::string_view action) const { return event("ProposalMade", R"({"action":)" + std::string(action) + '}'); }
Buffer Council::approval(Version proposal) const { return must(api::approval_event(origin, version() + 1, proposal, now, api::system_random())); }

Result<void> Council::record(const Signer& author, const Buffer& bytes) {
  std::vector<FoundRef> refs;
  TRY(check_event_bytes(bytes, refs));
  const EventView event = view_event(bytes);
  TRY_AS(enrolment, authority.author(author.vkey().key));
  const std::function stream_of = [this](const StreamId& id) {
    const auto found = streams.find(id);
    return found == streams.end() ? rules::StreamState{} : found->second;
  };
  const std::function find = [](const StreamId&, Version) { return std::optional<rules::Recorded>(); };
  TRY(rules::admit(stream_of(event.stream), event, refs, {authority, enrolment, author.vkey().key, now, 0, stream_of, find}));
  if (event.kind == StreamKind::governance) authority.apply(author.vkey().key, event, next_);
  streams[event.stream] = rules::apply(stream_of(event.stream), event, next_);
  next_ = next_ + 1;
  return {};
}

Version Council::decide(std::string_view action) {
  const Version proposed = version() + 1;
  auto done = record(governors[0], proposal(action));
  for (unsigned i = 1; done && i < authority.threshold(); ++i) done = record(governors[i], approval(proposed));
  if (!done) throw std::logic_error(done.error().sentence);
  return proposed;
}

Result<void> Council::permits(const Vkey& author, const Buffer& event) const {
  TRY_AS(enrolment, authority.author(author.key));
  return authority.permits(*enrolment, view_event(event));
}

// ── actions ──

std::string enrolled(const Vkey& vkey, std::initializer_list<std::string_view> roles, std::initializer_list<std::string_view> jurisdictions,
                     std::initializer_list<std::string_view> groups) {
  json::object action{{"type", "KeyEnrolled"}, {"vkey", vkey.text()}, {"organisation", "org-1"}, {"roles", texts(roles)}};
  if (jurisdictions.size() > 0) action["scope_jurisdictions"] = texts(jurisdictions);
  if (groups.size() > 0) action["scope_groups"] = texts(groups);
  return api::to_text(action);
}

std::string revoked(const Vkey& vkey, std::optional<std::uint64_t> compromised_from) {
  json::object action{{"type", "KeyRevoked"}, {"vkey", vkey.text()}, {"reason", "lost"}};
  if (compromised_from) action["compromised_from"] = *compromised_from;
  return api::to_text(action);
}

std::string governed_by(std::initializer_list<const Vkey*> governors, unsigned threshold) {
  json::array keys;
  for (const Vkey* each : governors) keys.emplace_back(each->text());
  return api::to_text(json::object{{"type", "GovernorsChanged"}, {"governors", std::move(keys)}, {"threshold", threshold}});
}

Buffer imported(const Buffer& event) {
  json::object line = api::event_to_json(view_event(event));
  line["imported"] = {{"source", "other-system"}, {"source_id_digest", std::string(64, 'a')}};
  return must(api::event_from_json(api::to_text(line), api::system_random()));
}

}  // namespace samples
