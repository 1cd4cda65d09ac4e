#include "ledger/due.h"

#include <algorithm>
#include <set>

#include "ledger/history.h"
#include "ledger/retention.h"
#include "ledger/rules/policy_check.h"

namespace caseledger {

using namespace schema;

namespace {

// A hold or a preservation that nobody has ended: until then, or until somebody does.
struct Held {
  std::optional<Micros> until;
  bool stands(Micros now) const { return !until || *until >= now; }
};

struct Request {
  SubjectId subject;
  Micros since = 0;      // when it was to be decided, or else asked
  Version decision = 0;
  bool grants = false;
};

// What is outstanding in a subject's stream.
struct OfSubject {
  std::map<Version, Request> requests;
  std::map<Version, Held> holds, kept;

  bool held(Micros now) const {
    const auto stands = [&](const auto& each) { return each.second.stands(now); };
    return std::ranges::any_of(holds, stands) || std::ranges::any_of(kept, stands);
  }
};

// What the streams of subjects say, and the policies.
class Files {
 public:
  explicit Files(const std::string& origin) : authority_(origin) {}

  void take(const EventView& event, Position position, const PublicKey& author) {
    if (event.kind == StreamKind::governance) authority_.apply(author, event, position);
    if (event.kind == StreamKind::subject) of_subject(event, position);
    if (event.type == Body::PolicyPublished) policies_[{event.stream, event.version}] = Buffer(event.bytes.begin(), event.bytes.end());
  }

  std::vector<Due> due(Micros now) const {
    std::vector<Due> all;
    for (const auto& [stream, subject] : subjects_) {
      const bool held = is_held(stream, now);
      const auto outdated = [&](const std::map<Version, Held>& of, Due::What what) {
        for (const auto& [version, each] : of)
          if (each.until && *each.until < now) all.push_back({what, stream, version, stream, *each.until, held});
      };
      outdated(subject.kept, Due::What::preservation_over);
      outdated(subject.holds, Due::What::hold_over);
      for (const auto& [version, request] : subject.requests) {
        const bool stands = subject.held(now) || is_held(request.subject, now);
        if (request.decision == 0) all.push_back({Due::What::erasure_undecided, stream, version, request.subject, request.since, stands});
        else if (request.grants) all.push_back({Due::What::erasure_unexecuted, stream, request.decision, request.subject, request.since, stands});
      }
    }
    return all;
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

  const std::vector<ExecutedErasure>& executed() const { return executed_; }

  std::vector<rules::RetentionPolicy> retention_in_force(Micros now) const {
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

 private:
  void of_subject(const EventView& event, Position position) {
    const auto end = [&](std::map<Version, Held> OfSubject::*of, const Ref* begun) {
      if (begun) (subjects_[event.stream].*of).erase(begun->version());
    };
    switch (event.type) {
      case Body::ErasureRequested: {
        const auto& body = event.body<ErasureRequested>();
        subjects_[event.stream].requests[event.version] = {uuid_of(*body.subject_id()), body.due_at().value_or(event.fields->occurred_at())};
        break;
      }
      case Body::ErasureDecided: {
        const auto& body = event.body<ErasureDecided>();
        auto& requests = subjects_[event.stream].requests;
        const auto request = requests.find(body.request()->version());
        if (request == requests.end()) break;
        request->second.decision = event.version;
        request->second.since = event.fields->occurred_at();
        request->second.grants = body.outcome() != ErasureOutcome::refused;
        if (body.outcome() == ErasureOutcome::partial) spares_[{event.stream, event.version}] = spares_of(body, position);
        break;
      }
      case Body::ErasureExecuted: return executed(event, position);
      case Body::LegalHoldChanged: {
        const auto& body = event.body<LegalHoldChanged>();
        if (body.action() == HoldAction::placed) subjects_[event.stream].holds[event.version] = {body.until()};
        else end(&OfSubject::holds, body.placed());
        break;
      }
      case Body::PreservationStarted: subjects_[event.stream].kept[event.version] = {event.body<PreservationStarted>().until()}; break;
      case Body::PreservationExpired: end(&OfSubject::kept, event.body<PreservationExpired>().started()); break;
      case Body::DocumentLinked: linked_[uuid_of(*event.body<DocumentLinked>().document_subject_id())].insert(event.stream); break;
      default: break;
    }
  }

  void executed(const EventView& event, Position position) {
    auto& requests = subjects_[event.stream].requests;
    const Version decision = event.body<ErasureExecuted>().decision()->version();
    const auto request = std::ranges::find_if(requests, [&](const auto& each) { return each.second.decision == decision; });
    if (request == requests.end()) return;
    GrantedErasure grant{event.stream, decision, request->second.subject, {}};
    if (const auto spares = spares_.find({event.stream, decision}); spares != spares_.end()) grant.spares = spares->second;
    executed_.push_back({std::move(grant), position});
    requests.erase(request);
  }

  rules::Authority authority_;
  std::map<StreamId, OfSubject> subjects_;
  std::map<SubjectId, std::set<StreamId>> linked_;  // document → people
  std::map<std::pair<StreamId, Version>, GrantedErasure::Spares> spares_;
  std::vector<ExecutedErasure> executed_;
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
  Files files(origin);
  Buffer scratch;
  TRY_AS(scan, log.scan({0}));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(entry, scan.entry());
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) { files.take(event, position, entry.author); }));
  }
  TRY(scan.status());
  std::vector<Due> due = files.due(now);
  TRY_AS(over, kept_too_long(log, files.retention_in_force(now), files.executed(), now));
  for (const auto& [subject, since] : over) due.push_back({Due::What::retention_over, subject, 0, subject, since, files.is_held(subject, now)});
  std::ranges::sort(due, {}, [](const Due& each) { return std::tuple(each.what, each.since, each.stream, each.version); });
  return due;
}

}  // namespace caseledger
