#include "projections/reports/adopted.h"

#include <algorithm>
#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"
#include "projections/reports/governed.h"

namespace caseledger::reports {

namespace json = boost::json;

namespace {

Result<std::vector<DefinitionChange>> changes_of(const Adopted::Published& policy, Micros effective_from) {
  const auto refuse = [&](const std::string& why) { return fail(Errc::malformed, "policy " + to_string(policy.stream) + " is adopted as a definition of metrics, and " + why); };
  const auto value = parse_canonical_json(policy.parameters);
  if (!value) return refuse("its parameters are " + value.error().sentence);
  const auto* object = value->if_object();
  const auto* definitions = object && object->size() == 1 ? object->if_contains("definitions") : nullptr;
  if (!definitions || !definitions->is_object()) return refuse("its parameters are not {\"definitions\":{…}}");
  std::vector<DefinitionChange> all;
  for (const auto& [metric, version] : definitions->get_object()) {
    if (!version.is_int64() || version.get_int64() < 1 || version.get_int64() > UINT32_MAX) return refuse("the version of " + quote(metric) + " is no positive number");
    all.push_back({std::string(metric), static_cast<std::uint32_t>(version.get_int64()), effective_from, to_string(policy.stream)});
  }
  return all;
}

}  // namespace

void Adopted::take(const projections::Fact& fact) {
  if (fact.event.kind == StreamKind::governance) authority_.apply(fact.author, fact.event, fact.position);
  if (fact.event.type != schema::Body::PolicyPublished) return;
  const auto& body = fact.event.body<schema::PolicyPublished>();
  Published& policy = policies_[{fact.event.stream, fact.event.version}];
  policy = {fact.event.stream, fact.event.version, std::string(text_of(body.version())), std::string(text_of(body.parameters())), body.kind(), body.effective_from(), {}};
  if (const auto to = body.effective_to()) policy.effective_to = *to;
}

std::vector<rules::Authority::Adoption> Adopted::adoptions() const {
  std::vector<rules::Authority::Adoption> all;
  for (const auto& adoption : authority_.adoptions())
    if (adoption.adopted < before_) all.push_back(adoption);
  return all;
}

std::set<StreamId> Adopted::streams() const {
  std::set<StreamId> all;
  for (const auto& adoption : adoptions()) all.insert(adoption.policy);
  return all;
}

Result<std::vector<DefinitionChange>> Adopted::definition_changes() const {
  std::vector<DefinitionChange> all;
  for (const auto& adoption : adoptions()) {
    const auto policy = policies_.find({adoption.policy, adoption.version});
    if (policy == policies_.end() || policy->second.kind != schema::PolicyKind::metric_definition) continue;
    TRY_AS(changes, changes_of(policy->second, adoption.effective_from));
    all.insert(all.end(), changes.begin(), changes.end());
  }
  return all;
}

// A version is in force from the later of its own time and its adoption's until it ends, or until another version of it begins.
std::vector<PolicyVersion> Adopted::versions() const {
  std::vector<PolicyVersion> all;
  std::map<StreamId, std::pair<std::size_t, const Published*>> last;  // of each policy, the version in force so far
  for (const auto& adoption : adoptions()) {
    const auto found = policies_.find({adoption.policy, adoption.version});
    if (found == policies_.end()) continue;
    const Published& policy = found->second;
    PolicyVersion version{to_string(policy.stream) + '/' + std::to_string(policy.stream_version), schema::EnumNamePolicyKind(policy.kind), policy.version, std::max(adoption.effective_from, policy.effective_from), policy.effective_to, {}};
    if (const auto before = last.find(adoption.policy); before != last.end()) {
      auto& until = all[before->second.first].to;
      until = until ? std::min(*until, version.from) : version.from;
      version.changes = parameters_changed(before->second.second->parameters, policy.parameters, policy.kind != schema::PolicyKind::triage);
    }
    last[adoption.policy] = {all.size(), &policy};
    all.push_back(std::move(version));
  }
  return all;
}

Result<Governed> Adopted::governed(std::uint64_t size, const EntryAt& entry_at) const {
  Governed governed;
  TRY_AS(changes, definition_changes());
  governed.definition_changes = std::move(changes);
  governed.policies = versions();
  for (const auto& [position, excision] : authority_.excisions())
    if (excision.decided < before_) governed.excised.emplace(excision.stream, excision.version);
  std::vector<rules::Authority::Revocation> revocations;
  for (const auto& each : authority_.revocations()) {
    if (each.decided >= before_) continue;
    revocations.push_back(each);
    TRY_AS(index, first_beyond(each.decided, size, entry_at));
    TRY_AS(entry, entry_at(index));
    if (entry) governed.revoked_at.push_back(entry->recorded_at);
  }
  TRY(each_suspect(revocations, size, entry_at, [&](const Suspect& suspect) { governed.suspect_events += suspect.events; }));
  return governed;
}

const Adopted::Published* Adopted::suppression(Micros at) const {
  std::optional<Micros> since;
  const Published* in_force = nullptr;
  for (const auto& adoption : adoptions()) {
    const auto policy = policies_.find({adoption.policy, adoption.version});
    if (policy == policies_.end() || policy->second.kind != schema::PolicyKind::suppression || adoption.effective_from > at) continue;
    if (since && adoption.effective_from < *since) continue;
    since = adoption.effective_from;
    in_force = &policy->second;
  }
  return in_force;
}

}  // namespace caseledger::reports
