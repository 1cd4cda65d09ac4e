#include "projections/automation.h"

#include "projections/automation_rows.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// Names that the events of a stream repeat are kept once, and told by their place.
using Place = std::uint32_t;
template <class Name>
Place place_of(std::vector<Name>& names, const Name& name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<Place>(found - names.begin());
  names.push_back(name);
  return static_cast<Place>(names.size() - 1);
}

// When and under what something happened.
struct Under {
  Day day = 0;
  Place policy = 0, jurisdiction = 0;
};

// A decision on record: which event made it, of which of the stream's items.
struct Made {
  Version version = 0;
  Place item = 0;
  Under under;
  Basis basis = Basis::human;
  bool designates = false, standing = false, opaque = false, looked_at = false, overridden = false, item_reviewed = false;
};

struct Overrode {
  Under under;
  bool up = false;
  std::string reason;
};

struct Scored {
  Under under;
  bool opaque = false;
};

struct Reviewed {
  Under under;
  bool human = false;
  ContentViewed viewed = ContentViewed::unset;
};

struct Item {
  std::optional<caseledger::Uuid> other;  // none: the stream itself
  bool scored = false, opaque = false;    // opaque: the last score
  bool reviewed = false;                  // by a person
  std::string reviewer;                   // the first
  Designation first = Designation::unset, second = Designation::unset;  // what he and somebody else concluded; unset: nobody else has
  Under under;                            // of the second
};

struct Stream {
  std::vector<PolicyVersion> policies;
  std::vector<std::string> jurisdictions;
  std::vector<Item> items;
  std::vector<Made> decisions;
  std::vector<Overrode> overrides;
  std::vector<Scored> scores;
  std::vector<Reviewed> reviews;
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

Under under(Stream& stream, const EventView& event, Micros at, const Ref* policy = nullptr) {
  Under now{.day = day_of(at), .jurisdiction = place_of(stream.jurisdictions, std::string(text_of(event.fields->jurisdiction())))};
  if (policy) now.policy = place_of(stream.policies, {uuid_of(policy->stream()), policy->version()});
  return now;
}

Item& item_of(Stream& stream, const EventView& event, const Ref* ref) {
  std::optional<caseledger::Uuid> other;
  if (ref && uuid_of(ref->stream()) != event.stream) other = uuid_of(ref->stream());
  const auto found = std::ranges::find(stream.items, other, &Item::other);
  if (found != stream.items.end()) return *found;
  auto& fresh = stream.items.emplace_back();
  fresh.other = other;
  return fresh;
}
Place place_of(const Stream& stream, const Item& item) { return static_cast<Place>(&item - stream.items.data()); }

void decide(Stream& stream, const EventView& event, const Item& item, Basis basis, bool designates, const Ref& policy) {
  const Place place = place_of(stream, item);
  if (designates)
    for (Made& earlier : stream.decisions)
      if (earlier.item == place) earlier.standing = false;
  stream.decisions.push_back({.version = event.version,
                              .item = place,
                              .under = under(stream, event, moment_of(event).at, &policy),
                              .basis = basis,
                              .designates = designates,
                              .standing = designates,
                              .opaque = basis == Basis::model && (!item.scored || item.opaque),
                              .item_reviewed = item.reviewed});
}

void score(Stream& stream, const EventView& event, const TriageScored& body) {
  Item& item = item_of(stream, event, body.item_ref());
  const bool has_features = body.features() && body.features()->size() > 0;
  item.scored = true;
  item.opaque = !has_features || uuid_of(*body.model_id()) != uuid_of(body.policy_version()->stream());
  stream.scores.push_back({under(stream, event, moment_of(event).at, body.policy_version()), item.opaque});
}

void put_in_place(Stream& stream, const EventView& event, const TriageOverridden& body) {
  stream.overrides.push_back({.under = under(stream, event, moment_of(event).at),
                              .up = body.direction() == OverrideDirection::up,
                              .reason = std::string(text_of(body.reason_code()))});
  if (uuid_of(body.decision_event_id()->stream()) != event.stream) return;
  const auto made = std::ranges::find(stream.decisions, body.decision_event_id()->version(), &Made::version);
  if (made != stream.decisions.end()) made->overridden = made->looked_at = true;
}

void review(Stream& stream, const EventView& event, const TriageReviewed& body) {
  Item& item = item_of(stream, event, body.item_ref());
  const Under now = under(stream, event, body.ended_at());
  stream.reviews.push_back({now, body.human(), body.content_viewed()});
  if (!body.human()) return;
  for (Made& made : stream.decisions)
    if (made.item == place_of(stream, item)) made.looked_at = made.item_reviewed = true;
  const std::string reviewer(text_of(body.reviewer() ? body.reviewer() : event.fields->operator_()));
  if (!item.reviewed) {
    item.reviewed = true;
    item.reviewer = reviewer;
    item.first = body.conclusion();
  } else if (item.second == Designation::unset && reviewer != item.reviewer) {
    item.second = body.conclusion();
    item.under = now;
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
      decide(stream, event, item_of(stream, event, body.item_ref()), basis_of(body.basis()), true, *body.policy_version());
    });
    on<TriagePrioritySet>(event, [&](const auto& body) {
      decide(stream, event, item_of(stream, event, body.item_ref()), basis_of(body.basis()), false, *body.policy_version());
    });
    on<TriageOverridden>(event, [&](const auto& body) { put_in_place(stream, event, body); });
    on<TriageReviewed>(event, [&](const auto& body) { review(stream, event, body); });
    pack(state, stream);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto stream = unpacked<Stream>(state);
    const auto policy = [&](const Under& u) { return stream.policies[u.policy]; };
    const auto jurisdiction = [&](const Under& u) { return stream.jurisdictions[u.jurisdiction]; };
    for (const Made& m : stream.decisions)
      add(cell_key(Decision{m.under.day, m.basis, m.designates, m.standing, m.opaque, m.looked_at, m.overridden, m.item_reviewed, policy(m.under),
                            jurisdiction(m.under)}), 1);
    for (const Overrode& o : stream.overrides) add(cell_key(Override{o.under.day, o.up, o.reason, jurisdiction(o.under)}), 1);
    for (const Scored& s : stream.scores) add(cell_key(Score{s.under.day, s.opaque, policy(s.under), jurisdiction(s.under)}), 1);
    for (const Reviewed& r : stream.reviews) add(cell_key(Review{r.under.day, r.human, r.viewed, jurisdiction(r.under)}), 1);
    for (const Item& i : stream.items)
      if (i.second != Designation::unset) add(cell_key(Twice{i.under.day, i.first, i.second, jurisdiction(i.under)}), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return automation_figures(cells, query); }
};

}  // namespace

const Projection& automation() {
  static const Automation projection;
  return projection;
}

}  // namespace caseledger::projections
