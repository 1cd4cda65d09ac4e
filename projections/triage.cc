#include "projections/triage.h"

#include <boost/container/static_vector.hpp>

#include "projections/on.h"
#include "projections/packed.h"
#include "projections/triage_items.h"
#include "projections/triage_referred.h"
#include "projections/triage_rows.h"

namespace caseledger::projections {

namespace {

using schema::Body;

std::string age_band(std::uint8_t years) {
  if (years <= 5) return "0-5";
  if (years <= 11) return "6-11";
  if (years <= 14) return "12-14";
  if (years <= 17) return "15-17";
  return years <= 20 ? "18-20" : "21+";
}

constexpr Slot operator+(ItemCount first, std::uint32_t which) { return static_cast<Slot>(first) + which; }
constexpr Slot operator+(StayCount first, std::uint32_t which) { return static_cast<Slot>(first) + which; }

// When an item stopped waiting for what had not come yet: its triage ended, or it left its last queue.
Micros gone(const TriageStream& stream, const TriageItem& item) {
  if (const Micros over = stream.gone_of(item)) return over;
  return item.stays.empty() ? 0 : item.stays.back().left;
}

// When it stopped waiting for a delivery or an acceptance that had not come: its triage ended, the last of its referrals was revoked, or it was
// designated as nothing to refer and is in no queue. One that is designated a referral waits until it is one.
Micros gone_unreferred(const TriageStream& stream, const TriageItem& item, const ReferralsOfItem& referrals) {
  if (const Micros over = stream.gone_of(item)) return over;
  if (referrals.any) return referrals.standing ? 0 : referrals.revoked;
  if (item.designation == schema::Designation::referral || item.waits()) return 0;
  return item.stays.empty() ? item.designated : item.stays.back().left;
}

void add_item(const TriageStream& stream, const TriageItem& item, const Share& add) {
  ItemCell cell{.begun = day_of(item.begun), .priority = item.priority, .expedited = item.expedited, .jurisdiction = item.jurisdiction};
  if (!item.other) {
    cell.kind = stream.kind;
    cell.type = stream.type;
    if (stream.youngest != TriageStream::no_age) cell.age_band = age_band(stream.youngest);
    cell.race_ethnicity = stream.race_ethnicity;
  }
  boost::container::static_vector<Number, 10> numbers{{ItemCount::determined + 0, item.determinations > 0}, {ItemCount::jurisdiction_changes + 0, item.jurisdiction_changes}};
  if (item.begun != 0) {
    const auto wait = [&](ItemCount what, Micros reached, Micros over) { numbers.push_back({what + wait_slot(item.begun, reached, over), 1}); };
    const Micros over = gone(stream, item);
    const ReferralsOfItem referrals = item.other ? ReferralsOfItem{} : referrals_in(add.heard());
    if (!item.other && item.scored == 0 && item.reviewed == 0 && item.designation == schema::Designation::unset && !referrals.any) {
      wait(ItemCount::untouched, 0, over);
    } else {
      wait(ItemCount::scored, item.scored, over);
      wait(ItemCount::designated, item.designated, over);
      wait(ItemCount::reviewed, item.reviewed, over);
      if (!item.other) {
        const Micros unreferred = gone_unreferred(stream, item, referrals);
        wait(ItemCount::delivered, referrals.delivered, unreferred);
        wait(ItemCount::accepted, referrals.accepted, unreferred);
      }
    }
    numbers.push_back({ItemCount::designations + static_cast<Slot>(item.designation), 1});
    numbers.push_back({ItemCount::triaged + 0, item.triaged});
  }
  add(cell_key(cell), numbers);
}

// One that still waits is due when the quarter of an hour is over in which it falls due.
void add_stay(const TriageStream& stream, const TriageItem& item, const Stay& stay, const Share& add) {
  StayCell cell{.entered = day_of(stay.entered), .priority = stay.priority, .expedited = item.expedited, .jurisdiction = item.jurisdiction, .queue = stay.queue};
  if (!item.other) {
    cell.kind = stream.kind;
    cell.type = stream.type;
  }
  const Micros over = stream.gone_of(item);
  boost::container::static_vector<Number, 2> numbers{{StayCount::wait + wait_slot(stay.entered, stay.left, over), 1}};
  if (stay.due != 0) {
    if (stay.left != 0) numbers.push_back({(stay.left <= stay.due ? StayCount::in_time : StayCount::late) + 0, 1});
    else if (over == 0) numbers.push_back({StayCount::due + quarters_until(cell.entered, stay.due), 1});
    else if (over > stay.due) numbers.push_back({StayCount::late + 0, 1});
  }
  add(cell_key(cell), numbers);
}

// A partner's stream has no items: of it is kept what its queues are given.
struct Partner {
  StreamKind kind = StreamKind::partner;
  std::vector<Allocation> to_queues;
};

void allocate(std::string& state, const schema::ResourceAllocated& body) {
  if (body.unit() != schema::ResourceUnit::queue || (!state.empty() && !is_of(state, StreamKind::partner))) return;
  auto partner = unpacked<Partner>(state);
  take(partner.to_queues, body);
  pack(state, partner);
}

bool is_of_referral(Body type) { return is_among(type, {Body::ReferralMade, Body::ReferralDelivered, Body::ReferralResponded, Body::ReferralRevoked}); }

void refer(std::string& state, const EventView& event) {
  if (!state.empty() && !is_of(state, StreamKind::referral)) return;
  if (state.empty() && event.type != Body::ReferralMade) return;
  auto referral = unpacked<ReferralStream>(state);
  take(referral, event);
  pack(state, referral);
}

class Triage final : public Projection {
 public:
  std::string_view id() const override { return "triage"; }
  unsigned version() const override { return 3; }

  bool wants(Body type) const override {
    return moves_case(type) || is_among(type, {Body::IntakeReportReceived, Body::CtrIngested, Body::IntakeSubmissionOutcome, Body::TriageQueueEntered,
                                               Body::TriageQueueExited, Body::TriageScored, Body::TriageDesignated, Body::TriagePrioritySet,
                                               Body::TriageOverridden, Body::TriageExpedited, Body::TriageReviewed, Body::JurisdictionDetermined, Body::ResourceAllocated}) ||
           is_of_referral(type);
  }

  void step(std::string& state, const Fact& fact) const override {
    if (fact.event.type == Body::ResourceAllocated) return allocate(state, fact.event.body<schema::ResourceAllocated>());
    if (is_of_referral(fact.event.type)) return refer(state, fact.event);
    if (is_of(state, StreamKind::partner) || is_of(state, StreamKind::referral)) return;
    auto stream = unpacked<TriageStream>(state);
    take(stream, fact.event);
    pack(state, stream);
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (is_of(state, StreamKind::partner)) {
      for (const Allocation& each : unpacked<Partner>(state).to_queues) add(cell_key(QueueCell{each}), 1);
      return;
    }
    if (is_of(state, StreamKind::referral)) return;
    const auto stream = unpacked<TriageStream>(state);
    for (const TriageItem& item : stream.items) {
      add_item(stream, item, add);
      for (const Stay& stay : item.stays) add_stay(stream, item, stay, add);
    }
  }

  bool tells() const override { return true; }
  void tell(std::string_view state, const Heard&, const Tell& tell) const override {
    if (!is_of(state, StreamKind::referral)) return;
    const auto referral = unpacked<ReferralStream>(state);
    tell({referral.item, packed(referral.told)});
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto figures = triage_figures(cells, query);
    std::ranges::move(queue_figures(cells, query), std::back_inserter(figures));
    return figures;
  }
};

}  // namespace

const Projection& triage() {
  static const Triage projection;
  return projection;
}

std::set<std::string> queues_entered(const Cells& cells) {
  std::set<std::string> names;
  for (const auto& [key, sums] : cells.all())
    if (auto stay = cell_of<StayCell>(key)) names.insert(std::move(stay->queue));
  return names;
}

}  // namespace caseledger::projections
