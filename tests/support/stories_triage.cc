#include "tests/support/stories_triage.h"

namespace stories {

using namespace schema;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

namespace {

const Bytes32 digest{};
const Ref policy = ref(stream(900), 1);

template <class T>
flatbuffers::Optional<T> optional(const std::optional<T>& value) {
  return value ? flatbuffers::Optional<T>(*value) : flatbuffers::nullopt;
}

// The item that an event names, if any.
struct Named {
  explicit Named(const StreamId* item) : there(item != nullptr), at(item ? ref(*item, 0) : Ref()) {}
  const Ref* pointer() const { return there ? &at : nullptr; }
  bool there;
  Ref at;
};

std::vector<Offset<flatbuffers::String>> texts(FlatBufferBuilder& builder, const std::string& one) { return {builder.CreateString(one)}; }

}  // namespace

// ── reports ──

Triaged Triaged::report(Log& log, const StreamId& id, const Said& said, Channel channel, IntakeKind kind) {
  Triaged item(log, StreamKind::report, id);
  item.say<IntakeReportReceived>(said, [&](auto& builder) { return CreateIntakeReportReceivedDirect(builder, kind, channel, ReporterClass::public_, said.at); });
  return item;
}

Triaged Triaged::cybertip(Log& log, const StreamId& id, const Said& said, const Cybertip& tip) {
  Triaged item(log, StreamKind::report, id);
  item.say<CtrIngested>(said, [&](FlatBufferBuilder& builder) {
    const auto esp = builder.CreateString(tip.esp), api = builder.CreateString("2.14");
    Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> country;
    if (!tip.country.empty()) country = builder.CreateVector(texts(builder, tip.country));
    const auto fields = builder.CreateVector(tip.fields);
    CtrIngestedBuilder body(builder);
    body.add_ctr_report_id(1);
    body.add_esp_name(esp);
    body.add_incident_type(tip.type);
    body.add_incident_at(said.at);
    body.add_esp_escalated(tip.escalated);
    body.add_files_total(tip.images + tip.videos + tip.other_files);
    body.add_images(tip.images);
    body.add_videos(tip.videos);
    body.add_other_files(tip.other_files);
    if (tip.viewed) body.add_files_viewed_by_esp(*tip.viewed);
    if (tip.unviewed) body.add_files_unviewed(*tip.unviewed);
    if (tip.unstated) body.add_files_unstated(*tip.unstated);
    if (tip.generated) body.add_generative_ai_files(*tip.generated);
    body.add_geo_countries(country);
    if (tip.batched) body.add_batched_reason(BatchedReason::viral_potential_meme);
    body.add_incidents_in_bundle(tip.incidents);
    body.add_xml_sha256(&digest);
    body.add_xsd_sha256(&digest);
    body.add_api_version(api);
    body.add_fields_present(fields);
    return body.Finish();
  });
  return item;
}

Version Triaged::outcome(SubmissionOutcome outcome, const Said& said) {
  return say<IntakeSubmissionOutcome>(said, [&](auto& builder) { return CreateIntakeSubmissionOutcomeDirect(builder, flatbuffers::nullopt, outcome); });
}

Version Triaged::duplicate(bool automated, const Said& said) {
  const Ref of = ref(stories::stream(901), 0);
  return say<IntakeDuplicateLinked>(said, [&](auto& builder) { return CreateIntakeDuplicateLinked(builder, &of, DuplicateMethod::exact_hash, flatbuffers::nullopt, automated); });
}

Version Triaged::supplement(const Said& said) {
  return say<IntakeSupplementReceived>(said, [&](auto& builder) { return CreateIntakeSupplementReceived(builder, ReporterClass::esp); });
}

Version Triaged::to_case(const StreamId& of, const Said& said) {
  const Ref target = ref(of, 0);
  return say<IntakeTransferredToCase>(said, [&](auto& builder) { return CreateIntakeTransferredToCase(builder, &target, TransferRelation::opens); });
}

// ── triage ──

Version Triaged::entered(const std::string& queue, const Said& said, const StreamId* item) {
  const Named named(item);
  return say<TriageQueueEntered>(said, [&](auto& builder) { return CreateTriageQueueEnteredDirect(builder, queue.c_str(), named.pointer(), said.at); });
}

Version Triaged::exited(const Said& said, QueueDisposition disposition, const StreamId* item) {
  const Named named(item);
  return say<TriageQueueExited>(said, [&](auto& builder) { return CreateTriageQueueExited(builder, named.pointer(), disposition, said.at); });
}

Version Triaged::scored(const Said& said, bool recomputable) {
  const auto model = raw(recomputable ? uuid_of(policy.stream()) : stories::stream(902));
  return say<TriageScored>(said, [&](FlatBufferBuilder& builder) {
    const auto reasons = texts(builder, "age");
    std::vector<Offset<Feature>> features;
    if (recomputable) features.push_back(CreateFeatureDirect(builder, "age_years", 9));
    return CreateTriageScoredDirect(builder, nullptr, &model, "1.0", &policy, 500'000, flatbuffers::nullopt, Priority::P1, &reasons, &digest, flatbuffers::nullopt,
                                    recomputable ? &features : nullptr);
  });
}

Version Triaged::designated(Designation designation, DesignationBasis basis, const Said& said) {
  return say<TriageDesignated>(said, [&](FlatBufferBuilder& builder) {
    const auto reasons = texts(builder, "content");
    return CreateTriageDesignatedDirect(builder, nullptr, designation, flatbuffers::nullopt, basis, &policy, &reasons);
  });
}

Version Triaged::prioritised(Priority to, const Said& said, Micros due, PriorityBasis basis, const StreamId* item) {
  const Named named(item);
  const auto due_at = due == 0 ? flatbuffers::Optional<Micros>() : flatbuffers::Optional<Micros>(due);
  return say<TriagePrioritySet>(said, [&](auto& builder) { return CreateTriagePrioritySet(builder, named.pointer(), flatbuffers::nullopt, to, basis, &policy, due_at); });
}

template <class To>
Version Triaged::override_with(Version decision, To to, OverrideDirection direction, const Said& said, const std::string& reason) {
  const Ref target = ref(stream, decision);
  return say<TriageOverridden>(said, [&](FlatBufferBuilder& builder) {
    const auto verdict = [&](To value) {
      if constexpr (std::is_same_v<To, Priority>) return CreateTriageVerdict(builder, value);
      else return CreateTriageVerdict(builder, flatbuffers::nullopt, value);
    };
    const auto from = verdict(static_cast<To>(1)), into = verdict(to);
    return CreateTriageOverriddenDirect(builder, &target, from, into, direction, reason.c_str());
  });
}

Version Triaged::overridden(Version decision, Priority to, OverrideDirection direction, const Said& said, const std::string& reason) {
  return override_with(decision, to, direction, said, reason);
}
Version Triaged::overridden(Version decision, Designation to, OverrideDirection direction, const Said& said, const std::string& reason) {
  return override_with(decision, to, direction, said, reason);
}

Version Triaged::expedited(ExpediteReason reason, RequesterClass by, bool granted, const Said& said) {
  return say<TriageExpedited>(said, [&](auto& builder) { return CreateTriageExpeditedDirect(builder, nullptr, "4.2", reason, by, granted, &policy); });
}

Version Triaged::reviewed(Designation conclusion, const Said& said, const std::string& reviewer, ContentViewed viewed, bool human) {
  return say<TriageReviewed>(said, [&](auto& builder) {
    return CreateTriageReviewedDirect(builder, nullptr, conclusion, human, said.at - minute, said.at, viewed, reviewer.c_str());
  });
}

Version Triaged::determined(const std::string& jurisdiction, const Said& said) {
  return say<JurisdictionDetermined>(said, [&](FlatBufferBuilder& builder) {
    const auto all = texts(builder, jurisdiction);
    return CreateJurisdictionDeterminedDirect(builder, nullptr, &all, JurisdictionMethod::ip_geo);
  });
}

// ── referrals ──

Referral::Referral(Log& log, const StreamId& id, const Said& said, const Made& made) : log_(log), stream_(id) {
  const Ref item = ref(made.item, 1);
  const auto due = made.ack_due == 0 ? flatbuffers::Optional<Micros>() : flatbuffers::Optional<Micros>(made.ack_due);
  log_.append<ReferralMade>(StreamKind::referral, stream_, said, [&](auto& builder) {
    return CreateReferralMadeDirect(builder, &item, "org-9", made.to, made.country.c_str(), nullptr, made.designation, "investigation", "18-usc-2258a",
                                    ReferralConsent::not_required, due, nullptr, made.priority);
  });
}

Version Referral::delivered(const Said& said) {
  return log_.append<ReferralDelivered>(StreamKind::referral, stream_, said, [&](auto& builder) { return CreateReferralDeliveredDirect(builder, "portal", said.at); });
}

Version Referral::responded(ReferralResponse response, const Said& said, const std::string& reason) {
  return log_.append<ReferralResponded>(StreamKind::referral, stream_, said, [&](auto& builder) {
    return CreateReferralRespondedDirect(builder, response, reason.empty() ? nullptr : reason.c_str(), said.at);
  });
}

Version Referral::revoked(const Said& said) {
  return log_.append<ReferralRevoked>(StreamKind::referral, stream_, said, [&](auto& builder) { return CreateReferralRevokedDirect(builder, "sent_in_error"); });
}

Version Referral::feedback(FeedbackStatus status, const Said& said, std::optional<Tri> useful, std::optional<FeedbackClosedReason> closed_for) {
  return log_.append<ReferralFeedbackReceived>(StreamKind::referral, stream_, said, [&](auto& builder) {
    const auto stale = useful == Tri::no ? flatbuffers::Optional<NotUsefulReason>(NotUsefulReason::stale) : flatbuffers::nullopt;
    return CreateReferralFeedbackReceived(builder, status, flatbuffers::nullopt, flatbuffers::nullopt, optional(closed_for), flatbuffers::nullopt, optional(useful), stale);
  });
}

// ── partners ──

Version intl(Log& log, const StreamId& partner, unsigned action, IntlAction step, const Said& said, const std::string& country, Instrument instrument) {
  const auto id = raw(subject(action));
  return log.append<IntlActionRecorded>(StreamKind::partner, partner, said,
                                        [&](auto& builder) { return CreateIntlActionRecordedDirect(builder, &id, instrument, country.c_str(), step, said.at); });
}

Version trained(Log& log, const StreamId& partner, const Said& said, const Course& course) {
  return log.append<TrainingDelivered>(StreamKind::partner, partner, said, [&](auto& builder) {
    return CreateTrainingDeliveredDirect(builder, course.programme.c_str(), "org-9", course.country.c_str(), course.sessions, course.participants, course.minutes,
                                         optional(course.before), optional(course.after));
  });
}

}  // namespace stories
