#include "ledger/due.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "ledger/erasure.h"
#include "ledger/history.h"
#include "ledger/rules/policy_check.h"
#include "ledger/rules/retention_policy.h"

namespace caseledger {

using namespace schema;

namespace {

// A hold or a preservation: until then, or until someone says that it is over.
struct Held {
  std::optional<Micros> until;
  bool over = false;
  bool stands(Micros now) const { return !over && (!until || *until >= now); }
};

struct Request {
  SubjectId subject;
  Micros since = 0;      // when it was to be decided, or else asked
  Version decision = 0;
  bool grants = false, executed = false;
};

struct OfSubject {
  std::map<Version, Request> requests;
  std::map<Version, Held> holds, kept;

  bool held(Micros now) const {
    const auto stands = [&](const auto& each) { return each.second.stands(now); };
    return std::ranges::any_of(holds, stands) || std::ranges::any_of(kept, stands);
  }
};

// What a retention period is counted from, and by which rule.
struct OfStream {
  rules::StreamState state;
  Micros last = 0;
  std::string jurisdiction;

  bool open() const { return state.kind == StreamKind::case_ && state.phase != rules::Phase::closed && state.phase != rules::Phase::merged; }
};

class Ledgered {
 public:
  explicit Ledgered(const std::string& origin) : authority_(origin) {}

  void take(const EventView& event, Position position, const PublicKey& author) {
    OfStream& stream = streams_[event.stream];
    stream.state = rules::apply(stream.state, event, position);
    stream.last = std::max(stream.last, event.fields->occurred_at());
    if (const auto place = text_of(event.fields->jurisdiction()); !place.empty()) stream.jurisdiction = place;
    if (event.kind == StreamKind::governance) authority_.apply(author, event, position);
    if (event.kind == StreamKind::subject) of_subject(event, position);
    if (event.type == Body::PolicyPublished) policies_[{event.stream, event.version}] = Buffer(event.bytes.begin(), event.bytes.end());
    if (const auto* parts = event.fields->parts())
      for (const auto* part : *parts) sealed_[uuid_of(*part->subject())].insert({event.stream, event.version, position});
  }

  std::vector<Due> due(Micros now) const {
    std::vector<Due> all;
    for (const auto& [stream, subject] : subjects_) {
      const bool held = is_held(stream, now);
      const auto outdated = [&](const std::map<Version, Held>& of, Due::What what) {
        for (const auto& [version, each] : of)
          if (!each.over && each.until && *each.until < now) all.push_back({what, stream, version, stream, *each.until, held});
      };
      outdated(subject.kept, Due::What::preservation_over);
      outdated(subject.holds, Due::What::hold_over);
      for (const auto& [version, request] : subject.requests) {
        const bool stands = subject.held(now) || is_held(request.subject, now);
        if (request.decision == 0) all.push_back({Due::What::erasure_undecided, stream, version, request.subject, request.since, stands});
        else if (request.grants && !request.executed) all.push_back({Due::What::erasure_unexecuted, stream, request.decision, request.subject, request.since, stands});
      }
    }
    const auto policies = in_force(now);
    for (const auto& [subject, parts] : sealed_)
      if (const auto until = retained_until(policies, parts); until && *until < now)
        all.push_back({Due::What::retention_over, subject, 0, subject, *until, is_held(subject, now)});
    std::ranges::sort(all, {}, [](const Due& each) { return std::tuple(each.what, each.since, each.stream, each.version); });
    return all;
  }

 private:
  struct Part {
    StreamId stream;
    Version version;
    Position position;
    friend auto operator<=>(const Part&, const Part&) = default;
  };

  void of_subject(const EventView& event, Position position) {
    OfSubject& subject = subjects_[event.stream];
    const auto end = [](std::map<Version, Held>& of, const Ref* begun) {
      if (const auto found = begun ? of.find(begun->version()) : of.end(); found != of.end()) found->second.over = true;
    };
    switch (event.type) {
      case Body::ErasureRequested: {
        const auto& body = event.body<ErasureRequested>();
        subject.requests[event.version] = {uuid_of(*body.subject_id()), body.due_at().value_or(event.fields->occurred_at())};
        break;
      }
      case Body::ErasureDecided: {
        const auto& body = event.body<ErasureDecided>();
        const auto request = subject.requests.find(body.request()->version());
        if (request == subject.requests.end()) break;
        request->second.decision = event.version;
        request->second.since = event.fields->occurred_at();
        request->second.grants = body.outcome() != ErasureOutcome::refused;
        if (body.outcome() == ErasureOutcome::partial) spares_[{event.stream, event.version}] = spares_of(body, position);
        break;
      }
      case Body::ErasureExecuted: return executed(event, subject);
      case Body::LegalHoldChanged: {
        const auto& body = event.body<LegalHoldChanged>();
        if (body.action() == HoldAction::placed) subject.holds[event.version] = {body.until(), false};
        else end(subject.holds, body.placed());
        break;
      }
      case Body::PreservationStarted: subject.kept[event.version] = {event.body<PreservationStarted>().until(), false}; break;
      case Body::PreservationExpired: end(subject.kept, event.body<PreservationExpired>().started()); break;
      case Body::DocumentLinked: linked_[uuid_of(*event.body<DocumentLinked>().document_subject_id())].insert(event.stream); break;
      default: break;
    }
  }

  // What is gone is kept no longer.
  void executed(const EventView& event, OfSubject& of) {
    const Version decision = event.body<ErasureExecuted>().decision()->version();
    const auto request = std::ranges::find_if(of.requests, [&](const auto& each) { return each.second.decision == decision; });
    if (request == of.requests.end()) return;
    request->second.executed = true;
    const auto spares = spares_.find({event.stream, decision});
    GrantedErasure grant{event.stream, decision, request->second.subject, {}};
    if (spares != spares_.end()) grant.spares = spares->second;
    std::erase_if(sealed_[grant.subject], [&](const Part& part) { return grant.covers(part.stream, part.version, part.position); });
  }

  // A text about several people is held for each of them.
  bool is_held(const SubjectId& subject, Micros now) const {
    const auto stands = [&](const StreamId& stream) {
      const auto found = subjects_.find(stream);
      return found != subjects_.end() && found->second.held(now);
    };
    const auto linked = linked_.find(subject);
    return stands(subject) || (linked != linked_.end() && std::ranges::any_of(linked->second, stands));
  }

  std::vector<rules::RetentionPolicy> in_force(Micros now) const {
    const std::function stream = [](const StreamId&) { return rules::StreamState{}; };
    const rules::FindRecorded find = [&](const StreamId& id, Version version) -> std::optional<rules::Recorded> {
      const auto found = policies_.find({id, version});
      return found == policies_.end() ? std::nullopt : std::optional(rules::Recorded{view_event(found->second), {}});
    };
    const rules::Context context{authority_, nullptr, {}, now, 0, stream, find};
    std::vector<rules::RetentionPolicy> policies;
    for (const auto& [place, bytes] : policies_) {
      const auto& body = view_event(bytes).body<PolicyPublished>();
      if (body.kind() != PolicyKind::retention || !rules::in_force(Ref(*view_event(bytes).fields->stream(), place.second), context)) continue;
      if (auto policy = rules::RetentionPolicy::parse(text_of(body.parameters()))) policies.push_back(std::move(*policy));
    }
    return policies;
  }

  // Nothing where something keeps it: no rule says for how long, or the case is open. Of several policies the longest counts.
  std::optional<Micros> retained_until(const std::vector<rules::RetentionPolicy>& policies, const std::set<Part>& parts) const {
    std::optional<Micros> all;
    for (const Part& part : parts) {
      const OfStream& stream = streams_.at(part.stream);
      std::optional<Micros> until;
      for (const auto& policy : policies) until = std::max(until, policy.retained_until(stream.state.kind, stream.jurisdiction, stream.last));
      if (!until || stream.open()) return std::nullopt;
      all = std::max(all, until);
    }
    return all;
  }

  rules::Authority authority_;
  std::unordered_map<StreamId, OfStream> streams_;
  std::map<StreamId, OfSubject> subjects_;
  std::map<SubjectId, std::set<StreamId>> linked_;  // document → people
  std::map<SubjectId, std::set<Part>> sealed_;
  std::map<std::pair<StreamId, Version>, GrantedErasure::Spares> spares_;
  std::map<std::pair<StreamId, Version>, Buffer> policies_;
};

}  // namespace

std::string_view name(Due::What what) {
  switch (what) {
    case Due::What::preservation_over: return "preservation_over";
    case Due::What::hold_over: return "hold_over";
    case Due::What::erasure_undecided: return "erasure_undecided";
    case Due::What::erasure_unexecuted: return "erasure_unexecuted";
    case Due::What::retention_over: return "retention_over";
  }
  return "";
}

Result<std::vector<Due>> what_is_due(const store::Log& log, const std::string& origin, Micros now) {
  Ledgered ledgered(origin);
  Buffer scratch;
  TRY_AS(scan, log.scan({0}));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(entry, scan.entry());
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) { ledgered.take(event, position, entry.author); }));
  }
  TRY(scan.status());
  return ledgered.due(now);
}

}  // namespace caseledger
