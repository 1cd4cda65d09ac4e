#include <map>

#include "projections/packed.h"
#include "projections/referral_row.h"
#include "projections/rows.h"
#include "projections/waits.h"

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

struct ReferralRow {
  explicit ReferralRow(Micros at) : as_of(at), delivery(at, Waits::Grain::binned), response(delivery) {}

  Micros as_of;
  Waits delivery, response;
  std::array<std::int64_t, standings.size()> standing_in{};
  std::int64_t all = 0, international = 0, due = 0, in_due = 0;
  std::int64_t mature = 0, mature_heard = 0, heard = 0, useful_stated = 0, useful = 0, stale = 0, reversed = 0, referred_heard = 0;
  std::array<std::int64_t, static_cast<std::size_t>(FeedbackStatus::MAX) + 1> statuses{};

  void add(const ReferralCell& cell, const Sums& sums) {
    const auto of = [&](ReferralCount what, std::size_t which = 0) { return sums.at(static_cast<Slot>(what) + static_cast<Slot>(which)); };
    all += of(ReferralCount::referrals);
    if (cell.recipient_class == RecipientClass::international) international += of(ReferralCount::referrals);
    stands(Standing::revoked) += of(ReferralCount::revoked);
    stands(Standing::accepted) += of(ReferralCount::responses, static_cast<std::size_t>(ReferralResponse::accepted));
    stands(Standing::declined) += of(ReferralCount::responses, static_cast<std::size_t>(ReferralResponse::declined));
    stands(Standing::transferred) += of(ReferralCount::responses, static_cast<std::size_t>(ReferralResponse::transferred));
    stands(Standing::on_its_way) += of(ReferralCount::unanswered, false);
    stands(Standing::delivered) += of(ReferralCount::unanswered, true);
    due += of(ReferralCount::answered) + of(ReferralCount::answered_in_due) + of(ReferralCount::revoked_past_due);
    in_due += of(ReferralCount::answered_in_due);
    for (const auto& [slot, n] : sums) add_timed(cell, slot, n);
    add_feedback(cell, of);
  }

  std::int64_t& stands(Standing standing) { return standing_in[static_cast<std::size_t>(standing)]; }

  // What depends on the as-of.
  void add_timed(const ReferralCell& cell, Slot slot, std::int64_t n) {
    const auto in = static_cast<ReferralCount>(slot / wait_slots * wait_slots);
    if (in == ReferralCount::delivery) delivery.add(cell.made, slot % wait_slots, n);
    if (in == ReferralCount::response) response.add(cell.made, slot % wait_slots, n);
    constexpr Slot undelivered = static_cast<Slot>(ReferralCount::undelivered_until), delivered = static_cast<Slot>(ReferralCount::delivered_until);
    if (slot < undelivered) return;
    const bool lapsed = after_quarters(cell.made, slot - (slot < delivered ? undelivered : delivered)) < as_of;
    stands(lapsed ? Standing::lapsed : slot < delivered ? Standing::on_its_way : Standing::delivered) += n;
    if (lapsed) due += n;
  }

  template <class Of>
  void add_feedback(const ReferralCell& cell, Of of) {
    if (begin_of_day(cell.made) <= as_of - mature_after) {
      mature += of(ReferralCount::referrals);
      mature_heard += of(ReferralCount::heard);
    }
    heard += of(ReferralCount::heard);
    for (std::size_t status = 0; status < statuses.size(); ++status) statuses[status] += of(ReferralCount::statuses, status);
    useful_stated += of(ReferralCount::useful_stated);
    useful += of(ReferralCount::useful);
    stale += of(ReferralCount::stale);
    referred_heard += of(ReferralCount::referred_heard);
    reversed += of(ReferralCount::reversed);
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
    sheet.share("T8.feedback", "Of the referrals made on days that began at least 180 days before the as-of, those with feedback", mature_heard, mature);
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

  void add(const ReasonCell&, std::int64_t n) { all += n; }
  void write(Sheet& sheet) const { sheet.count(id, title, "referrals", all); }
};

// Referrals to a country before its first training, and since; what else changed there is not known.
class Trained {
 public:
  Trained(const Cells& cells, Micros as_of) {
    for (const auto& [key, n] : cells.counts())
      if (const auto training = cell_of<TrainingCell>(key); training && begin_of_day(training->held) <= as_of) {
        const auto [country, fresh] = countries_.try_emplace(training->country, training->held, as_of);
        if (!fresh) country->second.first_held = std::min(country->second.first_held, training->held);
      }
  }

  void add(const ReferralCell& referral, const Sums& sums) {
    const auto country = countries_.find(referral.country);
    if (country == countries_.end() || referral.made == country->second.first_held) return;
    (referral.made < country->second.first_held ? country->second.before : country->second.after).add(referral, sums);
  }

  void write(std::vector<Figure>& figures) const {
    for (const auto& [name, country] : countries_) {
      const Group group{{"country", name}};
      Sheet sheet(group, figures);
      sheet.share("T9.trained.before", "Of the referrals from before the first training there whose acknowledgement has come or is overdue, those acknowledged in time",
                  country.before.in_due, country.before.due).note = descriptive;
      sheet.share("T9.trained.after", "Of the referrals from after the first training there whose acknowledgement has come or is overdue, those acknowledged in time",
                  country.after.in_due, country.after.due).note = descriptive;
    }
  }

 private:
  static constexpr std::string_view descriptive = "a comparison and no effect: what else changed there is in no event; referrals made on the day of the training are in neither";
  struct Country {
    Country(Day held, Micros as_of) : first_held(held), before(as_of), after(as_of) {}
    Day first_held;
    ReferralRow before, after;
  };
  std::map<std::string, Country> countries_;
};

// The share of each group among all.
struct CountryRow {
  std::int64_t part = 0;

  void add(const ReferralCell&, std::int64_t n) { part += n; }
};

}  // namespace

std::vector<Figure> referral_figures(const Cells& cells, const FigureQuery& query) {
  const auto with_reason = [](const ReasonCell& r) {
    return dimensions({{"recipient_class", EnumNameRecipientClass(r.of.recipient_class)},
                       {"country", r.of.country},
                       {"priority", EnumNamePriority(r.of.priority)},
                       {"reason", r.reason}});
  };
  const auto recipient = [](const ReferralCell& r) {
    return dimensions({{"recipient_class", EnumNameRecipientClass(r.recipient_class)}, {"country", r.country}, {"priority", EnumNamePriority(r.priority)}});
  };
  auto rows = rows_of(query, ReferralCell{}, recipient, ReferralRow(query.as_of));
  auto shares = rows_of<CountryRow>(query, ReferralCell{}, recipient);
  auto declined = rows_of(query, ReasonCell{}, with_reason, ReasonRow{.id = "T8.declined_for", .title = "Referrals declined, by reason"});
  auto closed = rows_of(query, ReasonCell{}, with_reason, ReasonRow{.id = "T8.closed_for", .title = "Referrals whose case is closed, by reason"});
  Trained trained(cells, query.as_of);
  std::int64_t all = 0;
  for (const auto& [key, sums] : cells.all()) {
    if (const auto cell = cell_of<ReasonCell>(key); cell && counts_day(query, cell->of.made)) declined.add(*cell, sums.at(0));
    const auto referral = cell_of<ReferralCell>(key);
    if (!referral || !counts_day(query, referral->made)) continue;
    const std::int64_t n = sums.at(static_cast<Slot>(ReferralCount::referrals));
    all += n;
    rows.add(*referral, sums);
    shares.add(*referral, n);
    trained.add(*referral, sums);
    for (const auto reason : EnumValuesFeedbackClosedReason())
      if (const auto times = sums.at(static_cast<Slot>(ReferralCount::closed_for) + static_cast<Slot>(reason)))
        closed.add(ReasonCell{*referral, EnumNameFeedbackClosedReason(reason)}, times);
  }
  std::vector<Figure> figures;
  rows.write(figures);
  declined.write(figures);
  closed.write(figures);
  for (const auto& [group, row] : shares.all())
    Sheet(group, figures).share("T9.share", "Of all referrals, those of this group: its country, class or priority", row.part, all);
  trained.write(figures);
  define_by_days(query, figures);
  return figures;
}

}  // namespace caseledger::projections
