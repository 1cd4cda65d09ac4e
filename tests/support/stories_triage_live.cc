// One act at random in one of a few reports, cases, referrals and partner streams; the log keeps it only if it may follow.
#include <algorithm>

#include "tests/support/stories_triage.h"

namespace stories {

using namespace schema;

namespace {

class Triaging {
 public:
  Triaging(Log& log, const Choose& choose, Micros now) : log_(log), choose_(choose), said_{.at = now, .recorded_at = now, .author = 1 + choose(3)} {
    if (choose_(5) == 0) said_.at -= Micros{choose_(20)} * day;
  }

  void act() {
    switch (choose_(8)) {
      case 0:
      case 1: return refer();
      case 2: return go_abroad();
      case 3: {  // a case in triage, once it is open
        const StreamId file = stream(choose_(6));
        if (log_.state(file).version > 0) change(Triaged(log_, StreamKind::case_, file));
        return;
      }
      default: report();
    }
  }

 private:
  template <class Enum>
  Enum any() { return static_cast<Enum>(1 + choose_(static_cast<unsigned>(Enum::MAX))); }
  template <class T, std::size_t N>
  T one_of(const T (&all)[N]) { return all[choose_(N)]; }

  void report() {
    const StreamId id = stream(200 + choose_(5));
    if (log_.state(id).version > 0) return change(Triaged(log_, StreamKind::report, id));
    static constexpr const char* countries[] = {"US", "MX", ""};
    if (choose_(3) == 0) {
      const auto channel = any<Channel>();
      Triaged::report(log_, id, said_, channel, any<IntakeKind>());
      return;
    }
    Triaged::cybertip(log_, id, said_,
                   {.esp = choose_(2) == 0 ? "Example" : "Other",
                    .type = static_cast<IncidentType>(1 + choose_(9)),
                    .country = one_of(countries),
                    .images = choose_(5),
                    .videos = choose_(3),
                    .viewed = choose_(2) == 0 ? std::optional<std::uint32_t>(choose_(3)) : std::nullopt,
                    .incidents = 1 + choose_(3),
                    .fields = {ReportField::ip_event, ReportField::timestamp}});
  }

  void change(Triaged item) {
    const StreamId other = stream(300);
    const StreamId* about = choose_(8) == 0 ? &other : nullptr;
    const Version some = 1 + choose_(std::max(1u, log_.state(item.stream).version));
    const auto priority = any<Priority>();
    const auto designation = any<Designation>();
    const auto direction = any<OverrideDirection>();
    const bool likely = choose_(4) > 0;
    switch (choose_(16)) {
      case 0:
      case 1:
      case 2: item.entered(choose_(3) == 0 ? "urgent" : "triage", said_, about); break;
      case 3:
      case 4: item.exited(said_, any<QueueDisposition>(), about); break;
      case 5: item.scored(said_, choose_(2) == 0); break;
      case 6: item.designated(designation, any<DesignationBasis>(), said_); break;
      case 7: item.prioritised(priority, said_, likely ? said_.at + Micros{some} * hour : 0, any<PriorityBasis>(), about); break;
      case 8: item.overridden(some, priority, direction, said_); break;
      case 9: item.overridden(some, designation, direction, said_); break;
      case 10: expedite(item, likely); break;
      case 11:
      case 12: item.reviewed(designation, said_, "analyst-" + std::to_string(some % 2), any<ContentViewed>(), likely); break;
      case 13: item.determined(choose_(2) == 0 ? "US-TX" : "MX", said_); break;
      default: if (log_.state(item.stream).kind == StreamKind::report) change_report(item);
    }
  }

  void expedite(Triaged& item, bool granted) {
    const auto reason = any<ExpediteReason>();
    item.expedited(reason, any<RequesterClass>(), granted, said_);
  }

  void change_report(Triaged& item) {
    switch (choose_(4)) {
      case 0: item.outcome(any<SubmissionOutcome>(), said_); break;
      case 1: item.duplicate(choose_(2) == 0, said_); break;
      case 2: item.supplement(said_); break;
      default: item.to_case(stream(choose_(6)), said_);
    }
  }

  void refer() {
    const StreamId id = stream(400 + choose_(3));
    if (log_.state(id).version == 0) {
      const Micros due = choose_(2) == 0 ? said_.at + Micros{choose_(100)} * hour : 0;
      const StreamId item = stream(200 + choose_(5));
      Referral(log_, id, said_, {.to = any<RecipientClass>(), .country = choose_(2) == 0 ? "US" : "FR", .priority = any<Priority>(), .ack_due = due, .item = item});
      return;
    }
    Referral one(log_, id);
    const auto phase = log_.state(id).phase;
    if (choose_(6) == 0) one.revoked(said_);
    else if (phase == rules::Phase::made) one.delivered(said_);
    else if (phase == rules::Phase::delivered) one.responded(choose_(2) == 0 ? ReferralResponse::accepted : any<ReferralResponse>(), said_, "no_capacity");
    else report_back(one);
  }

  void report_back(Referral& one) {
    const auto status = any<FeedbackStatus>();
    const auto useful = static_cast<Tri>(choose_(3));
    one.feedback(status, said_, useful, any<FeedbackClosedReason>());
  }

  void go_abroad() {
    const StreamId partner = stream(450 + choose_(2));
    const auto action = any<IntlAction>();
    if (choose_(3) > 0) intl(log_, partner, choose_(4), action, said_);
    else trained(log_, partner, said_, {.participants = choose_(20), .before = 40, .after = choose_(2) == 0 ? std::optional<std::uint8_t>(80) : std::nullopt});
  }

  Log& log_;
  const Choose& choose_;
  Said said_;
};

}  // namespace

void live_in_triage(Log& log, const Choose& choose, Micros now) { Triaging(log, choose, now).act(); }

}  // namespace stories
