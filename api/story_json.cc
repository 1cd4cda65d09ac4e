#include "api/story_json.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/as_of.h"
#include "api/json.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::CaseStory;
using projections::Fact;
using projections::KnownTime;
using projections::Story;

namespace {

void tell_if(json::object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.emplace(name, text);
}

json::object time_to_json(const KnownTime& time, int offset_minutes = 0) {
  json::object out{{"at", to_rfc3339(time.at, offset_minutes)}, {"precision", schema::EnumNamePrecision(time.precision)}};
  if (time.until) out.emplace("until", to_rfc3339(*time.until, offset_minutes));
  return out;
}

json::object subject_to_json(const CaseStory::Subject& subject) {
  json::object out{{"subject", to_string(subject.id)}, {"role", schema::EnumNameSubjectRole(subject.role)}};
  if (subject.age_years) out.emplace("age_years", *subject.age_years);
  tell_if(out, "sex", subject.sex);
  if (subject.located) out.emplace("located", time_to_json(*subject.located));
  if (subject.recovered) out.emplace("recovered", time_to_json(*subject.recovered));
  if (subject.outcome) out.emplace("outcome", schema::EnumNameChildOutcome(*subject.outcome));
  return out;
}

json::object notice_to_json(const CaseStory::Notice& notice) {
  json::object out{{"kind", schema::EnumNameNoticeKind(notice.kind)}, {"action", schema::EnumNameNoticeAction(notice.action)}, {"at", to_rfc3339(notice.at)}};
  if (notice.range) out.emplace("range", schema::EnumNameNoticeRange(*notice.range));
  return out;
}

json::object close_to_json(const CaseStory::Close& close) { return {{"version", close.version}, {"reason", schema::EnumNameCloseReason(close.reason)}}; }

json::object case_to_json(const CaseStory& story) {
  json::object out{{"case_type_at_intake", schema::EnumNameCaseType(story.type_at_intake)}, {"case_type", schema::EnumNameCaseType(story.type)}};
  if (story.ncic_category) out.emplace("ncic_category", schema::EnumNameNcicCategory(*story.ncic_category));
  tell_if(out, "mpc", story.mpc);
  json::array clocks;
  for (const auto& [kind, time] : story.clocks) {
    json::object clock = time_to_json(time);
    clock.emplace("clock", schema::EnumNameClockKind(kind));
    clocks.push_back(std::move(clock));
  }
  out.emplace("clocks", std::move(clocks));
  tell_if(out, "missing_from_state", story.missing_from_state);
  tell_if(out, "missing_from_county", story.missing_from_county);
  out.emplace("episode_no", story.episode_no);
  tell_if(out, "assigned_to", story.assigned_to);
  tell_if(out, "team", story.team);
  json::array subjects, notices, links;
  for (const auto& subject : story.subjects) subjects.push_back(subject_to_json(subject));
  for (const auto& notice : story.notices) notices.push_back(notice_to_json(notice));
  for (const auto& [other, relation] : story.links) links.push_back({{"stream", to_string(other)}, {"relation", schema::EnumNameCaseRelation(relation)}});
  out.emplace("subjects", std::move(subjects));
  out.emplace("notices", std::move(notices));
  if (story.next_review_at) out.emplace("next_review_at", to_rfc3339(*story.next_review_at));
  if (story.closing) out.emplace("closing", close_to_json(*story.closing));
  if (story.closed) out.emplace("closed", close_to_json(*story.closed));
  out.emplace("links", std::move(links));
  if (story.merged_into) out.emplace("merged_into", to_string(*story.merged_into));
  return out;
}

// What an event says, with the event that a correction asks for in the place of its bytes.
json::object said_by(const EventView& event) {
  json::object said = event_to_json(event);
  if (event.type != schema::Body::CorrectionRequested) return said;
  const auto& bytes = *event.body<schema::CorrectionRequested>().replacement();
  const Buffer replacement(bytes.begin(), bytes.end());
  said.at("body").as_object()["replacement"] = event_to_json(view_event(replacement));
  return said;
}

json::object line_to_json(const Story::Line& line, const Fact& fact) {
  json::object out{{"version", line.version},
                   {"position", exact_number(line.position.value)},
                   {"entry", exact_number(line.entry.value)},
                   {"type", line.type},
                   {"occurred", time_to_json(line.occurred, line.offset_minutes)},
                   {"recorded_at", to_rfc3339(line.recorded_at)},
                   {"operator", line.operator_name}};
  tell_if(out, "jurisdiction", line.jurisdiction);
  out.emplace("automated", line.automated);
  out.emplace("imported", line.imported);
  if (line.fate == rules::Standing::Fate::corrected) out.emplace("fate", "corrected");
  if (line.fate == rules::Standing::Fate::retracted) out.emplace("fate", "retracted");
  if (line.since_reported) out.emplace("since_reported_us", *line.since_reported);
  out.emplace("author", hex(fact.author));
  json::object said = said_by(fact.event);
  for (const char* member : {"causes", "parts", "body"})
    if (auto* value = said.if_contains(member)) out.emplace(member, std::move(*value));
  return out;
}

}  // namespace

json::object story_to_json(const Story& story, std::span<const Fact> facts) {
  json::object out{{"stream", to_string(story.stream)}, {"kind", kind_name(story.kind)}, {"phase", rules::name(story.phase)}, {"version", story.version}};
  if (story.of_case) out.emplace("case", case_to_json(*story.of_case));
  json::array timeline;
  for (const auto& line : story.timeline)
    timeline.push_back(line_to_json(line, *std::ranges::lower_bound(facts, line.version, {}, [](const Fact& fact) { return fact.event.version; })));
  out.emplace("timeline", std::move(timeline));
  return out;
}

json::object excised_to_json(const ExcisedPlace& place) {
  const rules::Excision& excision = place.excision;
  return {{"stream", to_string(excision.stream)},
          {"version", excision.version},
          {"kind", kind_name(excision.kind)},
          {"authority", excision.authority},
          {"decided_position", exact_number(excision.decided.value)},
          {"decided_at", to_rfc3339(place.decided_at)},
          {"proposal", place.proposal},
          {"approved_by", json::array(place.approved_by.begin(), place.approved_by.end())}};
}

json::object story_to_json(Story story, std::span<const Fact> facts, std::span<const ExcisedPlace> excised) {
  if (!excised.empty()) {
    const rules::Excision& last = excised.back().excision;
    story.stream = last.stream;
    story.kind = last.kind;
    story.version = std::max(story.version, last.version);
  }
  json::object out = story_to_json(story, facts);
  json::array places;
  for (const auto& each : excised) {
    json::object place{{"position", exact_number(each.excision.position.value)}, {"recorded_at", to_rfc3339(each.recorded_at)}};
    for (auto& [key, value] : excised_to_json(each))
      if (key != "stream" && key != "kind") place.emplace(key, value);
    places.push_back(std::move(place));
  }
  if (!places.empty()) out.emplace("excised", std::move(places));
  return out;
}

// ── authority ──

namespace {

json::object key_to_json(const rules::Enrolment& key) {
  json::array roles, groups;
  for (const auto& role : rules::names(key.roles)) roles.emplace_back(role);
  for (const auto group : schema::EnumValuesEventGroup())
    if (group != schema::EventGroup::unset && (key.groups >> static_cast<int>(group) & 1)) groups.emplace_back(schema::EnumNameEventGroup(group));
  json::object out{{"vkey", key.vkey.text()}, {"author", hex(key.vkey.key)}, {"organisation", key.organisation}, {"roles", std::move(roles)}};
  out.emplace("scope_groups", std::move(groups));
  out.emplace("scope_jurisdictions", json::array(key.jurisdictions.begin(), key.jurisdictions.end()));
  out.emplace("enrolled_at", exact_number(key.from.value));
  out.emplace("revoked", key.revoked.has_value());
  if (key.revoked) out.emplace("revoked_at", exact_number(key.revoked->value));
  if (key.compromised_from) out.emplace("compromised_from", exact_number(key.compromised_from->value));
  return out;
}

json::object proposal_to_json(const rules::Authority::Proposal& proposal, const rules::Authority& authority) {
  json::array approvals;
  for (const PublicKey& governor : proposal.approvals) {
    const auto* enrolment = authority.find(governor);
    approvals.push_back(enrolment ? json::value(enrolment->vkey.text()) : json::value(hex(governor)));
  }
  const json::object event = event_to_json(view_event(proposal.event));
  return {{"version", proposal.version}, {"action", event.at("body").at("action")}, {"approvals", std::move(approvals)}, {"in_force", proposal.in_force}};
}

}  // namespace

json::object log_keys_to_json(const std::string& origin, std::span<const rules::Authority::LogKey> keys, std::span<const Succession> proofs) {
  json::array all;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    json::array proof;
    if (i > 0)
      for (const auto& each : proofs[i - 1].events) proof.push_back(json::object{{"event", base64(each.event)}, {"receipt", each.receipt}});
    all.push_back(json::object{{"vkey", keys[i].vkey.text()}, {"from_size", exact_number(keys[i].from_size)}, {"proof", std::move(proof)}});
  }
  return {{"origin", origin}, {"keys", std::move(all)}};
}

Result<std::vector<Succession>> log_keys_from_json(const json::value& value) {
  try {
    std::vector<Succession> all;
    const auto& keys = value.as_object().at("keys").as_array();
    for (std::size_t i = 1; i < keys.size(); ++i) {
      const auto& key = keys[i].as_object();
      TRY_AS(vkey, parse_vkey(std::string_view(key.at("vkey").as_string())));
      Succession succession{{vkey, key.at("from_size").to_number<std::uint64_t>()}, {}};
      for (const auto& each : key.at("proof").as_array()) {
        TRY_AS(event, from_base64(std::string_view(each.as_object().at("event").as_string())));
        succession.events.push_back({std::move(event), std::string(each.as_object().at("receipt").as_string())});
      }
      all.push_back(std::move(succession));
    }
    return all;
  } catch (const std::exception& exception) {  // Boost.JSON's, of a value of another kind
    return fail(Errc::malformed, std::string("the log's keys cannot be read: ") + exception.what());
  }
}

json::object authority_to_json(const rules::Authority& authority, const Vkey& log_key, Version version) {
  json::array governors, keys, proposals;
  for (const Vkey& governor : authority.governors()) governors.emplace_back(governor.text());
  for (const auto& [author, key] : authority.enrolments()) keys.push_back(key_to_json(key));
  for (const auto& [at, proposal] : authority.proposals()) proposals.push_back(proposal_to_json(proposal, authority));
  json::object out{{"origin", authority.origin()}, {"constituted", authority.constituted()}};
  out.emplace("governance", json::object{{"stream", to_string(rules::governance_stream(authority.origin()))}, {"version", version}});
  out.emplace("log_vkey", log_key.text());
  out.emplace("governors", std::move(governors));
  out.emplace("threshold", authority.threshold());
  out.emplace("keys", std::move(keys));
  out.emplace("proposals", std::move(proposals));
  return out;
}

}  // namespace caseledger::api
