#include "projections/automation.h"

#include "projections/automation_rows.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// A decision on record: which event made it, of which of the stream's items.
struct Made {
  Version version = 0;
  caseledger::Uuid item;
  Decision decision;
};

struct Item {
  caseledger::Uuid id;
  bool scored = false, opaque = false;  // opaque: the last score
  bool reviewed = false;                // by a person
  std::string reviewer;                 // the first
  Twice twice;                          // the second conclusion unset: nobody else has reviewed it
};

struct Stream {
  std::vector<Item> items;
  std::vector<Made> decisions;
  std::vector<Override> overrides;
  std::vector<Score> scores;
  std::vector<Review> reviews;
};

Basis basis_of(DesignationBasis basis) {
  switch (basis) {
    case DesignationBasis::rule: return Basis::rule;
    case DesignationBasis::model: return Basis::model;
    case DesignationBasis::unset:
    case DesignationBasis::human: return Basis::human;
  }
  return Basis::human;
}

Basis basis_of(PriorityBasis basis) {
  switch (basis) {
    case PriorityBasis::rule: return Basis::rule;
    case PriorityBasis::model: return Basis::model;
    case PriorityBasis::unset:
    case PriorityBasis::human: return Basis::human;
    case PriorityBasis::esp_escalation:
    case PriorityBasis::imminent_danger: return Basis::assertion;
  }
  return Basis::human;
}

std::string policy_named(const Ref& policy) { return to_string(uuid_of(policy.stream())) + '/' + std::to_string(policy.version()); }
std::string jurisdiction_of(const EventView& event) { return std::string(text_of(event.fields->jurisdiction())); }

Item& item_of(Stream& stream, const EventView& event, const Ref* ref) {
  const caseledger::Uuid id = ref ? uuid_of(ref->stream()) : event.stream;
  const auto found = std::ranges::find(stream.items, id, &Item::id);
  if (found != stream.items.end()) return *found;
  auto& fresh = stream.items.emplace_back();
  fresh.id = id;
  return fresh;
}

void decide(Stream& stream, const EventView& event, const Item& item, Basis basis, bool designates, std::string policy) {
  if (designates)
    for (Made& earlier : stream.decisions)
      if (earlier.item == item.id) earlier.decision.standing = false;
  stream.decisions.push_back({.version = event.version,
                              .item = item.id,
                              .decision = {.at = moment_of(event).at,
                                           .basis = basis,
                                           .designates = designates,
                                           .standing = designates,
                                           .opaque = basis == Basis::model && (!item.scored || item.opaque),
                                           .item_reviewed = item.reviewed,
                                           .policy = std::move(policy),
                                           .jurisdiction = jurisdiction_of(event)}});
}

void score(Stream& stream, const EventView& event, const TriageScored& body) {
  Item& item = item_of(stream, event, body.item_ref());
  const bool has_features = body.features() && body.features()->size() > 0;
  item.scored = true;
  item.opaque = !has_features || uuid_of(*body.model_id()) != uuid_of(body.policy_version()->stream());
  stream.scores.push_back({moment_of(event).at, item.opaque, policy_named(*body.policy_version()), jurisdiction_of(event)});
}

void put_in_place(Stream& stream, const EventView& event, const TriageOverridden& body) {
  stream.overrides.push_back({.at = moment_of(event).at,
                              .up = body.direction() == OverrideDirection::up,
                              .reason = std::string(text_of(body.reason_code())),
                              .jurisdiction = jurisdiction_of(event)});
  if (uuid_of(body.decision_event_id()->stream()) != event.stream) return;
  const auto made = std::ranges::find(stream.decisions, body.decision_event_id()->version(), &Made::version);
  if (made != stream.decisions.end()) made->decision.overridden = made->decision.looked_at = true;
}

void review(Stream& stream, const EventView& event, const TriageReviewed& body) {
  Item& item = item_of(stream, event, body.item_ref());
  stream.reviews.push_back({body.ended_at(), body.human(), body.content_viewed(), jurisdiction_of(event)});
  if (!body.human()) return;
  for (Made& made : stream.decisions)
    if (made.item == item.id) made.decision.looked_at = made.decision.item_reviewed = true;
  const std::string reviewer(text_of(body.reviewer() ? body.reviewer() : event.fields->operator_()));
  if (!item.reviewed) {
    item.reviewed = true;
    item.reviewer = reviewer;
    item.twice.first = body.conclusion();
  } else if (item.twice.second == Designation::unset && reviewer != item.reviewer) {
    item.twice.at = body.ended_at();
    item.twice.second = body.conclusion();
    item.twice.jurisdiction = jurisdiction_of(event);
  }
}

class Automation final : public Projection {
 public:
  std::string_view id() const override { return "automation"; }

  bool wants(Body type) const override {
    return is_among(type, {Body::TriageScored, Body::TriageDesignated, Body::TriagePrioritySet, Body::TriageOverridden, Body::TriageReviewed});
  }

  void step(std::string& state, const Fact& fact) const override {
    auto stream = unpacked<Stream>(state);
    const EventView& event = fact.event;
    on<TriageScored>(event, [&](const auto& body) { score(stream, event, body); });
    on<TriageDesignated>(event, [&](const auto& body) {
      decide(stream, event, item_of(stream, event, body.item_ref()), basis_of(body.basis()), true, policy_named(*body.policy_version()));
    });
    on<TriagePrioritySet>(event, [&](const auto& body) {
      decide(stream, event, item_of(stream, event, body.item_ref()), basis_of(body.basis()), false, policy_named(*body.policy_version()));
    });
    on<TriageOverridden>(event, [&](const auto& body) { put_in_place(stream, event, body); });
    on<TriageReviewed>(event, [&](const auto& body) { review(stream, event, body); });
    state = packed(stream);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto stream = unpacked<Stream>(state);
    const auto add_all = [&](const auto& cells) {
      for (const auto& cell : cells) add(cell_key(cell), 1);
    };
    for (const Made& made : stream.decisions) add(cell_key(made.decision), 1);
    add_all(stream.overrides);
    add_all(stream.scores);
    add_all(stream.reviews);
    for (const Item& item : stream.items)
      if (item.twice.second != Designation::unset) add(cell_key(item.twice), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return automation_figures(cells, query); }
};

}  // namespace

const Projection& automation() {
  static const Automation projection;
  return projection;
}

}  // namespace caseledger::projections
