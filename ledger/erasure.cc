#include "ledger/erasure.h"

#include <algorithm>
#include <sodium.h>

#include "ledger/history.h"

namespace caseledger {

using schema::Body, schema::ErasureOutcome;

namespace {

constexpr std::chrono::seconds look_again{600};      // holds and preservation end by themselves
constexpr std::chrono::seconds look_again_soon{10};  // whoever read a file is done by then
constexpr int append_tries = 5;                      // another event of the stream may be faster
constexpr int settle_tries = 100;

// The events of a stream as the published head has it: the sequencer's own view may be ahead of what is durable.
Result<std::vector<store::StoredEvent>> events_of(const Ledger& ledger, const StreamId& stream) {
  for (int i = 0; i < settle_tries; ++i) {
    const Head head = ledger.head();
    const auto state = ledger.heads().get(stream);
    if (state.version == 0) return std::vector<store::StoredEvent>{};
    if (state.last < head.next) return walk(ledger.log(), state.last, state.version);
    ledger.wait_beyond(head.size, std::chrono::milliseconds(100));
  }
  return fail(Errc::overloaded, describe(StreamKind::subject, stream) + " does not come to rest");
}

bool names(const schema::Ref& ref, const StreamId& stream) { return uuid_of(ref.stream()) == stream; }

// Requests, grants and executions of one stream, in their order.
class Story {
 public:
  void take(const EventView& event, Position position) {
    if (event.type == Body::ErasureRequested) {
      requested_[event.version] = uuid_of(*event.body<schema::ErasureRequested>().subject_id());
    } else if (event.type == Body::ErasureDecided) {
      const auto& body = event.body<schema::ErasureDecided>();
      const auto request = requested_.find(body.request()->version());
      if (!names(*body.request(), event.stream) || request == requested_.end()) return;
      GrantedErasure grant{event.stream, event.version, request->second, {}};
      const bool partial = body.outcome() == ErasureOutcome::partial && body.spared() && body.spared()->size() > 0;
      if (partial) grant.spares = spares_of(body, position);
      if (partial || body.outcome() == ErasureOutcome::granted) granted_[event.version] = std::move(grant);
    } else if (event.type == Body::ErasureExecuted) {
      const auto found = granted_.find(event.body<schema::ErasureExecuted>().decision()->version());
      if (found == granted_.end() || !names(*event.body<schema::ErasureExecuted>().decision(), event.stream)) return;
      executed_.push_back(std::move(found->second));
      granted_.erase(found);
    }
  }
  const std::map<Version, GrantedErasure>& granted() const { return granted_; }
  const std::vector<GrantedErasure>& executed() const { return executed_; }

 private:
  std::map<Version, SubjectId> requested_;
  std::map<Version, GrantedErasure> granted_;
  std::vector<GrantedErasure> executed_;
};

template <class Struct>
Struct raw(const auto& bytes) {
  static_assert(sizeof(Struct) == sizeof bytes);
  Struct out;
  std::memcpy(static_cast<void*>(&out), bytes.data(), sizeof out);
  return out;
}

Buffer executed_event(const GrantedErasure& erasure, Version version, const Destroyed& destroyed, Micros now) {
  flatbuffers::FlatBufferBuilder builder;
  const auto stream = raw<schema::Uuid>(erasure.stream.bytes);
  const schema::Ref decision(stream, erasure.decision);
  const auto body = schema::CreateErasureExecuted(builder, &decision, destroyed.parts, destroyed.keys);
  const auto operator_code = builder.CreateString("ledger"), system = builder.CreateString("caseledger"), purpose = builder.CreateString("erasure");
  const auto causes = builder.CreateVectorOfStructs(&decision, 1);
  std::array<std::uint8_t, 16> random;
  randombytes_buf(random.data(), random.size());
  const auto salt = raw<schema::Salt>(random);
  schema::EventBuilder event(builder);
  event.add_occurred_at(now);
  event.add_stream(&stream);
  event.add_salt(&salt);
  event.add_version(version);
  event.add_operator_(operator_code);
  event.add_system(system);
  event.add_purpose(purpose);
  event.add_causes(causes);
  event.add_body(body.Union());
  event.add_body_type(Body::ErasureExecuted);
  event.add_kind(StreamKind::subject);
  event.add_automated(true);
  event.add_handling(schema::Handling::internal);
  schema::FinishEventBuffer(builder, event.Finish());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

GrantedErasure::Spares spares_of(const schema::ErasureDecided& decision, Position position) {
  GrantedErasure::Spares spares{position, {}};
  if (decision.spared())
    for (const schema::Ref* each : *decision.spared()) spares.what.emplace_back(uuid_of(each->stream()), each->version());
  return spares;
}

Result<std::vector<GrantedErasure>> outstanding_erasures(const Ledger& ledger, const StreamId& stream) {
  TRY_AS(events, events_of(ledger, stream));
  Story story;
  for (const auto& event : events)
    if (event.kind == ItemKind::event) story.take(view_event(event.bytes), event.position);
  std::vector<GrantedErasure> outstanding;
  for (const auto& [decision, grant] : story.granted()) outstanding.push_back(grant);
  return outstanding;
}

Result<std::vector<GrantedErasure>> executed_erasures(const store::Log& log) {
  std::map<StreamId, Story> stories;
  Buffer scratch;
  TRY_AS(scan, log.scan({0}));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) {
      if (event.type == Body::ErasureRequested || event.type == Body::ErasureDecided || event.type == Body::ErasureExecuted) stories[event.stream].take(event, position);
    }));
  }
  TRY(scan.status());
  std::vector<GrantedErasure> executed;
  for (const auto& [stream, story] : stories) executed.insert(executed.end(), story.executed().begin(), story.executed().end());
  return executed;
}

// ── carrying out ──

Erasures::Erasures(Ledger& ledger, Voice voice, Clock clock, Told told)
    : ledger_(ledger), voice_(std::move(voice)), clock_(std::move(clock)), told_(std::move(told)) {}

Erasures::~Erasures() { stop(); }

Result<std::vector<Erasures::Done>> Erasures::carry_out(std::set<StreamId> streams) {
  streams.merge(waiting_);
  waiting_ = streams;  // until everything below is done
  std::set<StreamId> still_waiting;
  std::vector<GrantedErasure> due;
  for (const StreamId& stream : streams) {
    TRY_AS(outstanding, outstanding_erasures(ledger_, stream));
    for (const GrantedErasure& each : outstanding) {
      const Buffer event = executed_event(each, ledger_.heads().get(stream).version + 1, {}, clock_.wall());
      if (const auto may = voice_.may(view_event(event)); !may) {
        if (may.error().code != Errc::illegal_transition && may.error().code != Errc::unresolved_reference) return std::unexpected(may.error());
        still_waiting.insert(stream);
        continue;
      }
      due.push_back(each);
    }
  }
  std::vector<Done> done;
  if (!due.empty()) {
    const auto destroy = [&](Position from, Position end) { return caseledger::destroy(ledger_.log(), ledger_.vault(), ledger_.origin(), due, from, end); };
    const Position end = ledger_.head().next;
    TRY_AS(destroyed, destroy({0}, end));
    for (std::size_t i = 0; i < due.size(); ++i) {
      TRY(say(due[i], destroyed[i]));
      done.push_back({due[i], destroyed[i]});
    }
    // What was sealed before the keys went and committed after the look at the log: unreadable, and now gone too.
    std::erase_if(due, [](const GrantedErasure& each) { return each.spares.has_value(); });
    TRY(destroy(end, ledger_.head().next));
  }
  waiting_ = std::move(still_waiting);
  return done;
}

Result<void> Erasures::say(const GrantedErasure& erasure, const Destroyed& destroyed) {
  for (int i = 1;; ++i) {
    const auto answer = voice_.append(executed_event(erasure, ledger_.heads().get(erasure.stream).version + 1, destroyed, clock_.wall()));
    if (answer) return {};
    if (answer.error().error.code != Errc::version_conflict || i == append_tries) return std::unexpected(answer.error().error);
  }
}

void Erasures::start() {
  std::vector<StreamId> all;
  ledger_.heads().each(0, 1, [&](const store::Heads::Row& row) {
    if (row.state.kind == StreamKind::subject) all.push_back(row.stream);
  });
  look_at(std::move(all));
  thread_ = std::thread([this] { run(); });
}

void Erasures::look_at(std::vector<StreamId> streams) {
  const std::lock_guard lock(mutex_);
  streams_.insert(streams.begin(), streams.end());
  changed_.notify_all();
}

void Erasures::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    std::set<StreamId> streams;
    streams.swap(streams_);
    lock.unlock();
    const auto done = carry_out(std::move(streams));
    if (told_ && (!done || !done->empty())) told_(done);
    lock.lock();
    const bool soon = !done && done.error().code == Errc::overloaded;
    changed_.wait_for(lock, soon ? look_again_soon : look_again, [&] { return stopping_ || !streams_.empty(); });
  }
}

void Erasures::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Erasures::Voice service_voice(Ledger& ledger, const Signer& service, Clock clock, std::function<std::expected<void, Rejection>(Bytes event)> append) {
  const auto may = [&ledger, key = service.vkey().key, clock = std::move(clock)](const EventView& event) -> Result<void> {
    const rules::Authority authority = ledger.authority();
    TRY_AS(author, authority.author(key));
    std::map<StreamId, std::vector<store::StoredEvent>> streams;  // asked for: that of the erasure, and of those who may hold it up
    std::optional<Error> failure;
    const auto events_in = [&](const StreamId& id) -> const std::vector<store::StoredEvent>& {
      if (const auto found = streams.find(id); found != streams.end()) return found->second;
      auto events = events_of(ledger, id);
      if (!events) failure = events.error();
      return streams[id] = events ? std::move(*events) : std::vector<store::StoredEvent>();
    };
    const std::function stream = [&](const StreamId& id) { return ledger.heads().get(id); };
    const std::function find = [&](const StreamId& id, Version version) -> std::optional<rules::Recorded> {
      const auto& events = events_in(id);
      if (version < 1 || version > events.size() || events[version - 1].kind != ItemKind::event) return std::nullopt;
      const auto entry = ledger.log().entry(events[version - 1].index);
      return entry ? std::optional(rules::Recorded{view_event(events[version - 1].bytes), entry->author}) : std::nullopt;
    };
    const rules::FindLinked linked = [&](const SubjectId& document) { return ledger.shares().linked(document, ledger.log()); };
    std::vector<FoundRef> refs;
    TRY(check_event_bytes(event.bytes, refs));
    auto admitted = rules::admit(ledger.heads().get(event.stream), event, refs,
                            {authority, author, key, clock.wall(), ledger.config().clock_tolerance.count(), stream, find, {}, nullptr, &linked});
    if (failure) return std::unexpected(std::move(*failure));
    return admitted;
  };
  return {may, std::move(append)};
}

}  // namespace caseledger
