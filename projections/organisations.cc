#include "projections/organisations.h"

#include "ledger/rules/authority.h"
#include "projections/on.h"
#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using namespace schema;

struct Decision {
  PublicKey author{};
  Micros recorded_at = 0;
  Buffer event;
};

// Nothing else that is proposed changes whom a key belongs to, or who decides.
bool is_kept(const EventView& event) {
  if (event.type != Body::ProposalMade) return true;
  const Action action = event.body<ProposalMade>().action_type();
  return action == Action::KeyEnrolled || action == Action::GovernorsChanged;
}

}  // namespace

bool bears_on_enrolment(Body type) { return is_among(type, {Body::GovernanceConstituted, Body::ProposalMade, Body::ProposalApproved}); }

void keep_decision(std::string& decisions, const Fact& fact) {
  const Bytes bytes = fact.event.bytes;
  if (is_kept(fact.event)) inside_packed::put(decisions, Decision{fact.author, fact.recorded_at, {bytes.begin(), bytes.end()}});
}

// Approvals of what was not kept are not admitted here, and change nothing.
std::vector<EnrolmentCell> enrolments(std::string_view decisions) {
  std::optional<rules::Authority> authority;
  std::map<std::pair<PublicKey, Month>, std::string> found;
  Decision decision;
  for (Position at; !decisions.empty(); at = at + 1) {
    inside_packed::take(decisions, decision);
    const EventView event = view_event(decision.event);
    if (!authority && event.type == Body::GovernanceConstituted) authority.emplace(std::string(text_of(event.body<GovernanceConstituted>().origin())));
    if (!authority || !authority->admits(decision.author, event)) continue;
    authority->apply(decision.author, event, at);
    const auto note = [&](const PublicKey& key) {
      const rules::Enrolment* enrolment = authority->find(key);
      if (enrolment && enrolment->from == at) found[{key, month_of(decision.recorded_at)}] = enrolment->organisation;
    };
    const ProposalMade* proposal = authority->proposal_of(event);
    const KeyEnrolled* enrolled = proposal ? proposal->action_as_KeyEnrolled() : nullptr;
    if (enrolled) note(parse_vkey(text_of(enrolled->vkey()))->key);
    else for (const auto& [key, enrolment] : authority->enrolments()) note(key);
  }
  std::vector<EnrolmentCell> all;
  for (auto& [of, organisation] : found) all.push_back({of.first, of.second, std::move(organisation)});
  return all;
}

Organisations::Organisations(const Cells& cells) {
  for (const auto& [key, n] : cells.counts())
    if (auto cell = cell_of<EnrolmentCell>(key)) of_keys_[cell->key][cell->from] = std::move(cell->organisation);
}

std::string_view Organisations::of(const PublicKey& key, Month recorded) const {
  const auto found = of_keys_.find(key);
  if (found == of_keys_.end()) return organisation_unknown;
  const auto after = found->second.upper_bound(recorded);
  return after == found->second.begin() ? organisation_unknown : std::string_view(std::prev(after)->second);
}

}  // namespace caseledger::projections
