#include "tests/support/stories.h"

#include <algorithm>

namespace stories {

using namespace schema;
using flatbuffers::FlatBufferBuilder;

schema::Uuid raw(const caseledger::Uuid& id) {
  schema::Uuid out;
  std::memcpy(&out, id.bytes.data(), 16);
  return out;
}

Ref ref(const StreamId& stream, Version version) { return Ref(raw(stream), version); }

namespace {

caseledger::Uuid numbered(std::uint8_t family, unsigned number) {
  caseledger::Uuid id;
  id.bytes = {0x01, 0x8c, family, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0};
  store_be(id.bytes.data() + 12, static_cast<std::uint32_t>(number));
  return id;
}

template <class T>
flatbuffers::Optional<T> optional(const std::optional<T>& value) {
  return value ? flatbuffers::Optional<T>(*value) : flatbuffers::nullopt;
}

Buffer event_bytes(StreamKind kind, const StreamId& stream, Version version, const Said& said, Body type, const Log::Build& build) {
  FlatBufferBuilder builder;
  const auto body = build(builder);
  const auto who = builder.CreateString("op-" + std::to_string(said.author));
  const auto where = builder.CreateString("US-TX");
  flatbuffers::Offset<flatbuffers::Vector<const Ref*>> causes;
  if (said.names != 0) {
    const Ref cause = ref(stream, said.names);
    causes = builder.CreateVectorOfStructs(&cause, 1);
  }
  flatbuffers::Offset<Imported> imported;
  const Bytes32 digest{};
  if (said.imported) imported = CreateImportedDirect(builder, "legacy", &digest);
  const auto id = raw(stream);
  const Salt salt{};
  EventBuilder event(builder);
  event.add_stream(&id);
  event.add_kind(kind);
  event.add_version(version);
  event.add_salt(&salt);
  event.add_occurred_at(said.at);
  event.add_occurred_offset_minutes(static_cast<std::int16_t>(said.offset_minutes));
  event.add_precision(said.precision);
  if (said.until) event.add_occurred_until(*said.until);
  event.add_operator_(who);
  event.add_jurisdiction(where);
  event.add_handling(Handling::child_sensitive);
  event.add_causes(causes);
  event.add_imported(imported);
  event.add_body_type(type);
  event.add_body(body);
  builder.Finish(event.Finish(), EventIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

SubjectId subject(unsigned number) { return numbered(1, number); }
StreamId stream(unsigned number) { return numbered(2, number); }

PublicKey key_of(unsigned author) {
  PublicKey key{};
  key[0] = static_cast<std::uint8_t>(author);
  return key;
}

// ── the log ──

Version Log::append(StreamKind kind, const StreamId& stream, const Said& said, Body type, const Build& build) {
  const Version version = state(stream).version + 1;
  const Buffer& bytes = events_.emplace_back(event_bytes(kind, stream, version, said, type, build));
  std::vector<FoundRef> refs;
  const auto checked = check_event_bytes(bytes, refs);
  ENSURE(checked);
  const Fact fact{.event = view_event(bytes),
                  .position = {facts_.size()},
                  .entry = {facts_.size()},
                  .recorded_at = std::max({clock(), said.at, said.recorded_at}),
                  .author = key_of(said.author)};
  if (strict_ && !said.imported && !admitted(fact)) {
    events_.pop_back();
    return 0;
  }
  facts_.push_back(fact);
  states_[stream] = rules::apply(state(stream), fact.event, fact.position);
  return version;
}

bool Log::admitted(const Fact& fact) const {
  const rules::Authority nobody("stories.example");
  const std::function<rules::StreamState(const StreamId&)> state_of = [&](const StreamId& id) { return state(id); };
  const std::function<std::optional<rules::Recorded>(const StreamId&, Version)> find = [&](const StreamId& id, Version version) {
    for (const Fact& earlier : facts_)
      if (earlier.event.stream == id && earlier.event.version == version) return std::optional<rules::Recorded>({earlier.event, earlier.author});
    return std::optional<rules::Recorded>();
  };
  const rules::Context context{nobody, nullptr, fact.author, fact.recorded_at, 0, state_of, find};
  return rules::admit_transition(state(fact.event.stream), fact.event, context).has_value();
}

std::vector<Fact> Log::facts_of(const StreamId& stream) const {
  std::vector<Fact> own;
  std::ranges::copy_if(facts_, std::back_inserter(own), [&](const Fact& fact) { return fact.event.stream == stream; });
  return own;
}

rules::StreamState Log::state(const StreamId& stream) const {
  const auto found = states_.find(stream);
  return found == states_.end() ? rules::StreamState{} : found->second;
}

// ── a case ──

Case::Case(Log& log, const StreamId& id, const Opening& opening, const Said& said) : stream(id), log_(log) {
  say<CaseOpened>(said, [&](FlatBufferBuilder& builder) {
    std::vector<flatbuffers::Offset<Clock>> clocks;
    for (const auto& [kind, at, precision, until] : opening.clocks)
      clocks.push_back(CreateClock(builder, kind, at, precision, optional(until)));
    if (clocks.empty()) clocks.push_back(CreateClock(builder, ClockKind::reported_us, said.at, said.precision));
    const auto from = CreateMissingFromDirect(builder, opening.state.c_str(), "48201");
    return CreateCaseOpenedDirect(builder, opening.type, NcicCategory::EMJ, nullptr, &clocks, nullptr, from, false, flatbuffers::nullopt, 1);
  });
}

Version Case::child(const SubjectId& id, const Said& said, SubjectRole role, std::optional<std::uint8_t> age) {
  return say<CaseSubjectAdded>(said, [&](FlatBufferBuilder& builder) {
    const auto subject_id = raw(id);
    return CreateCaseSubjectAddedDirect(builder, &subject_id, role, optional(age), "F");
  });
}

Version Case::located(const SubjectId& child, const Said& said) {
  return say<ChildLocated>(said, [&](FlatBufferBuilder& builder) {
    const auto id = raw(child);
    const auto by = builder.CreateString("le-1");
    ChildLocatedBuilder body(builder);
    body.add_subject_id(&id);
    body.add_at(said.at);
    body.add_precision(said.precision);
    if (said.until) body.add_until(*said.until);
    body.add_verified_by(by);
    return body.Finish();
  });
}

Version Case::recovered(const SubjectId& child, const Said& said, ChildOutcome outcome) {
  return say<ChildRecovered>(said, [&](FlatBufferBuilder& builder) {
    const auto id = raw(child);
    const auto by = builder.CreateString("le-1");
    ChildRecoveredBuilder body(builder);
    body.add_subject_id(&id);
    body.add_at(said.at);
    body.add_precision(said.precision);
    if (said.until) body.add_until(*said.until);
    body.add_outcome(outcome);
    body.add_verified_by(by);
    body.add_verified_by_class(VerifierClass::le);
    return body.Finish();
  });
}

Version Case::suspended(const Said& said) {
  const Micros review = said.at + 90 * day;
  return say<CaseSuspendedLongTerm>(said, [&](auto& builder) { return CreateCaseSuspendedLongTermDirect(builder, "no_leads", review); });
}

Version Case::relisted(const Said& said) {
  const Micros review = said.at + 180 * day;
  return say<LongtermReviewed>(said, [&](auto& builder) { return CreateLongtermReviewedDirect(builder, LongtermKind::relist, "new_lead", review); });
}

Version Case::reclassified(ReclassifiedField field, const std::string& from, const std::string& to, const Said& said) {
  return say<CaseReclassified>(said, [&](auto& builder) {
    return CreateCaseReclassifiedDirect(builder, from.c_str(), to.c_str(), field, "new_facts");
  });
}

Version Case::assigned(const std::string& to, const std::string& team, const Said& said) {
  return say<CaseAssigned>(said, [&](auto& builder) { return CreateCaseAssignedDirect(builder, to.c_str(), nullptr, team.c_str()); });
}

Version Case::notice(NoticeKind kind, NoticeAction action, const Said& said) {
  return say<CasePublicNotice>(said, [&](auto& builder) {
    return CreateCasePublicNoticeDirect(builder, kind, action, said.at, NoticeRange::state);
  });
}

Version Case::linked(const StreamId& other, CaseRelation relation, const Said& said) {
  const Ref target = ref(other, 0);
  return say<CaseLinked>(said, [&](auto& builder) { return CreateCaseLinked(builder, &target, relation); });
}

Version Case::merged(const StreamId& into, const Said& said) {
  const Ref target = ref(into, 0);
  return say<CaseMerged>(said, [&](auto& builder) { return CreateCaseMergedDirect(builder, &target, "same_child"); });
}

Version Case::reopened(ReopenReason reason, Version prior, const Said& said) {
  const Ref target = ref(stream, prior);
  return say<CaseReopened>(said, [&](auto& builder) { return CreateCaseReopened(builder, reason, &target); });
}

Version Case::closing(CloseReason reason, const Said& said) {
  return say<CaseClosed>(said, [&](auto& builder) { return CreateCaseClosed(builder, reason); });
}

Version Case::closed(CloseReason reason, Said said) {
  said.names = closing(reason, said);
  ++said.author;
  return closing(reason, said);
}

Version snapshot(Log& log, const StreamId& stream, const Snapshot& s, const Said& said) {
  return log.append<CoverageSnapshotTaken>(StreamKind::coverage, stream, said, [&](FlatBufferBuilder& builder) {
    const auto vendor = builder.CreateString("vendor-1");
    const auto jurisdiction = builder.CreateString(s.jurisdiction);
    CoverageSnapshotTakenBuilder body(builder);
    body.add_vendor(vendor);
    body.add_jurisdiction(jurisdiction);
    body.add_as_of(s.as_of);
    body.add_cameras(s.cameras);
    if (s.reads) body.add_reads_30d(*s.reads);
    if (s.hits) body.add_hits_30d(*s.hits);
    if (s.retention_days) body.add_retention_days(*s.retention_days);
    body.add_source(CoverageSource::vendor_portal);
    return body.Finish();
  });
}

}  // namespace stories
