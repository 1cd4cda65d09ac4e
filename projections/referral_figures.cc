#include "projections/packed.h"
#include "projections/referral_row.h"
#include "projections/rows.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr Micros mature_after = Micros{180} * 24 * 3'600'000'000;

enum class Standing : std::uint8_t { on_its_way, delivered, lapsed, accepted, declined, transferred, revoked };
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> standings{{{"on_its_way", "not delivered yet, nor lapsed"},
                                                                               {"delivered", "delivered, and neither answered nor lapsed"},
                                                                               {"lapsed", "past their due time without an answer"},
                                                                               {"accepted", "accepted"},
                                                                               {"declined", "declined"},
                                                                               {"transferred", "transferred"},
                                                                               {"revoked", "revoked"}}};

Standing standing(const ReferralCell& referral, Micros as_of) {
  const auto came = [&](Micros at) { return at != 0 && at <= as_of; };
  if (came(referral.revoked)) return Standing::revoked;
  if (came(referral.first_response)) {
    switch (referral.response) {
      case ReferralResponse::unset: break;
      case ReferralResponse::accepted: return Standing::accepted;
      case ReferralResponse::declined: return Standing::declined;
      case ReferralResponse::transferred: return Standing::transferred;
    }
  }
  if (referral.ack_due != 0 && referral.ack_due < as_of) return Standing::lapsed;
  return came(referral.delivered) ? Standing::delivered : Standing::on_its_way;
}

struct ReferralRow {
  explicit ReferralRow(Micros at) : as_of(at), delivery(at), response(at) {}

  Micros as_of;
  Waits delivery, response;
  std::array<std::int64_t, standings.size()> standing_in{};
  std::int64_t all = 0, international = 0, due = 0, in_due = 0;
  std::int64_t mature = 0, mature_heard = 0, heard = 0, useful_stated = 0, useful = 0, stale = 0, reversed = 0, referred_heard = 0;
  std::array<std::int64_t, static_cast<std::size_t>(FeedbackStatus::MAX) + 1> statuses{};

  void add(const ReferralCell& r, std::int64_t n) {
    all += n;
    if (r.recipient_class == RecipientClass::international) international += n;
    standing_in[static_cast<std::size_t>(standing(r, as_of))] += n;
    delivery.add(r.at, r.delivered, r.revoked, n);
    response.add(r.at, r.first_response, r.revoked, n);
    add_due(r, n);
    add_feedback(r, n);
  }

  // Due: the acknowledgement is overdue, or has come. What was taken back before it was due is neither.
  void add_due(const ReferralCell& r, std::int64_t n) {
    const bool answered = r.first_response != 0 && r.first_response <= as_of;
    const bool taken_back = !answered && r.revoked != 0 && r.revoked <= std::min(r.ack_due, as_of);
    if (r.ack_due == 0 || taken_back || (!answered && r.ack_due >= as_of)) return;
    due += n;
    if (answered && r.first_response <= r.ack_due) in_due += n;
  }

  void add_feedback(const ReferralCell& r, std::int64_t n) {
    const bool has_feedback = r.first_feedback != 0 && r.first_feedback <= as_of;
    if (r.at <= as_of - mature_after) {
      mature += n;
      if (has_feedback) mature_heard += n;
    }
    if (!has_feedback) return;
    heard += n;
    statuses[static_cast<std::size_t>(r.status)] += n;
    if (r.useful_stated) useful_stated += n;
    if (r.useful) useful += n;
    if (r.not_useful_for == NotUsefulReason::stale) stale += n;
    if (r.designation != Designation::referral) return;
    referred_heard += n;
    if (r.closed_for == FeedbackClosedReason::no_crime || r.closed_for == FeedbackClosedReason::false_report) reversed += n;
  }

  void write(Sheet& sheet) const {
    sheet.count("T8.referrals", "Referrals made", "referrals", all);
    for (std::size_t i = 0; i < standings.size(); ++i)
      sheet.share("T8." + std::string(standings[i].first), "Of the referrals, those " + std::string(standings[i].second), standing_in[i], all);
    sheet.share("T8.ack_in_due", "Of the referrals whose acknowledgement has come or is overdue, those acknowledged in time", in_due, due);
    write_waits(sheet, "T8.delivery", "From the referral to its delivery", delivery, {50, 90});
    write_waits(sheet, "T8.response", "From the referral to its first answer", response, {50, 90});
    write_feedback(sheet);
    sheet.share("T9.international", "Of the referrals, those to an international recipient", international, all);
  }

  void write_feedback(Sheet& sheet) const {
    sheet.share("T8.feedback", "Of the referrals made at least 180 days before the as-of, those with feedback", mature_heard, mature);
    for (const auto status : EnumValuesFeedbackStatus()) {
      if (status == FeedbackStatus::unset) continue;
      const std::string name = EnumNameFeedbackStatus(status);
      sheet.share("T8.outcome." + name, "Of the referrals with feedback, those whose case is now: " + name, statuses[static_cast<std::size_t>(status)], heard);
    }
    sheet.share("T8.useful", "Of the referrals whose feedback says, those whose information was useful", useful, useful_stated);
    sheet.share("T8.stale", "Of the referrals whose feedback says, those whose information was stale", stale, useful_stated);
    sheet.share("T3.reversal", "Of the items designated referral whose recipient gave feedback, those closed as no crime or a false report", reversed,
                referred_heard);
  }
};

// The reasons, which split only what has one.
struct ReasonRow {
  std::int64_t all = 0;
  std::string id, title;

  void add(const ReferralCell&, std::int64_t n) { all += n; }
  void write(Sheet& sheet) const { sheet.count(id, title, "referrals", all); }
};

// The share of each group among all.
struct CountryRow {
  std::int64_t part = 0;

  void add(const ReferralCell&, std::int64_t n) { part += n; }
};

}  // namespace

std::vector<Figure> referral_figures(const Cells& cells, const FigureQuery& query) {
  const auto with_reason = [](const ReferralCell& r, std::string_view reason) {
    return dimensions({{"recipient_class", EnumNameRecipientClass(r.recipient_class)},
                       {"country", r.country},
                       {"priority", EnumNamePriority(r.priority)},
                       {"reason", reason}});
  };
  const auto recipient = [](const ReferralCell& r) {
    return dimensions({{"recipient_class", EnumNameRecipientClass(r.recipient_class)}, {"country", r.country}, {"priority", EnumNamePriority(r.priority)}});
  };
  auto rows = rows_of(query, ReferralCell{}, recipient, ReferralRow(query.as_of));
  auto shares = rows_of<CountryRow>(query, ReferralCell{}, recipient);
  auto declined = rows_of(query, ReferralCell{}, [&](const ReferralCell& r) { return with_reason(r, r.decline_reason); },
                          ReasonRow{.id = "T8.declined_for", .title = "Referrals declined, by reason"});
  auto closed = rows_of(query, ReferralCell{}, [&](const ReferralCell& r) { return with_reason(r, EnumNameFeedbackClosedReason(r.closed_for)); },
                        ReasonRow{.id = "T8.closed_for", .title = "Referrals whose case is closed, by reason"});
  const Window window = window_of(query);
  std::int64_t all = 0;
  for (const auto& [key, n] : cells.counts()) {
    const auto referral = cell_of<ReferralCell>(key);
    if (!referral || !window.holds(referral->at)) continue;
    all += n;
    rows.add(*referral, n);
    shares.add(*referral, n);
    if (standing(*referral, query.as_of) == Standing::declined) declined.add(*referral, n);
    if (referral->first_feedback <= query.as_of && referral->status == FeedbackStatus::closed) closed.add(*referral, n);
  }
  std::vector<Figure> figures;
  rows.write(figures);
  declined.write(figures);
  closed.write(figures);
  for (const auto& [group, row] : shares.all())
    Sheet(group, figures).share("T9.share", "Of all referrals, those of this group: its country, class or priority", row.part, all);
  return figures;
}

}  // namespace caseledger::projections
