// Lives of reports, of what is triaged, of referrals and of partners, as stories.h has those of cases.
#pragma once

#include "tests/support/stories.h"

namespace stories {

struct Cybertip {
  std::string esp = "Example";
  schema::IncidentType type = schema::IncidentType::online_enticement;
  std::string country = "US";
  std::uint32_t images = 0, videos = 0, other_files = 0;
  std::optional<std::uint32_t> viewed = {}, unviewed = {}, unstated = {}, generated = {};
  std::uint32_t incidents = 1;
  bool escalated = false, batched = false;
  std::vector<schema::ReportField> fields = {};
};

// Something in triage: a report or a case. Each word is one event, said at its time; an item named is another than the stream itself.
class Triaged {
 public:
  const StreamId stream;

  Triaged(Log& log, StreamKind kind, const StreamId& id) : stream(id), log_(log), kind_(kind) {}  // one that is open already
  static Triaged report(Log& log, const StreamId& id, const Said& said, schema::Channel channel = schema::Channel::hotline,
                     schema::IntakeKind kind = schema::IntakeKind::sighting);
  static Triaged cybertip(Log& log, const StreamId& id, const Said& said, const Cybertip& tip = {});

  Version outcome(schema::SubmissionOutcome outcome, const Said& said);
  Version duplicate(bool automated, const Said& said);
  Version supplement(const Said& said);
  Version to_case(const StreamId& of, const Said& said);

  Version entered(const std::string& queue, const Said& said, const StreamId* item = nullptr);
  Version exited(const Said& said, schema::QueueDisposition disposition = schema::QueueDisposition::closed, const StreamId* item = nullptr);
  Version scored(const Said& said, bool recomputable = true);
  Version designated(schema::Designation designation, schema::DesignationBasis basis, const Said& said);
  Version prioritised(schema::Priority to, const Said& said, Micros due = 0, schema::PriorityBasis basis = schema::PriorityBasis::rule, const StreamId* item = nullptr);
  Version overridden(Version decision, schema::Priority to, schema::OverrideDirection direction, const Said& said, const std::string& reason = "new_facts");
  Version overridden(Version decision, schema::Designation to, schema::OverrideDirection direction, const Said& said, const std::string& reason = "new_facts");
  Version expedited(schema::ExpediteReason reason, schema::RequesterClass by, bool granted, const Said& said);
  Version reviewed(schema::Designation conclusion, const Said& said, const std::string& reviewer = "analyst-1",
                   schema::ContentViewed viewed = schema::ContentViewed::na, bool human = true);
  Version determined(const std::string& jurisdiction, const Said& said);

 private:
  template <class Table, class Make>
  Version say(const Said& said, Make make) { return log_.append<Table>(kind_, stream, said, make); }
  template <class To>
  Version override_with(Version decision, To to, schema::OverrideDirection direction, const Said& said, const std::string& reason);

  Log& log_;
  StreamKind kind_;
};

struct Made {
  schema::RecipientClass to = schema::RecipientClass::icac;
  std::string country = "US";
  schema::Priority priority = schema::Priority::P2;
  Micros ack_due = 0;
  schema::Designation designation = schema::Designation::referral;
  StreamId item = stories::stream(901);
};

class Referral {
 public:
  Referral(Log& log, const StreamId& id, const Said& said, const Made& made = {});
  Referral(Log& log, const StreamId& id) : log_(log), stream_(id) {}  // one that is made already

  Version delivered(const Said& said);
  Version responded(schema::ReferralResponse response, const Said& said, const std::string& reason = "");
  Version revoked(const Said& said);
  Version feedback(schema::FeedbackStatus status, const Said& said, std::optional<schema::Tri> useful = {}, std::optional<schema::FeedbackClosedReason> closed_for = {});

 private:
  Log& log_;
  StreamId stream_;
};

Version intl(Log& log, const StreamId& partner, unsigned action, schema::IntlAction step, const Said& said, const std::string& country = "FR",
             schema::Instrument instrument = schema::Instrument::mlat);

struct Course {
  std::string programme = "icac-basic", country = "FR";
  std::uint32_t sessions = 1, participants = 10, minutes = 60;
  std::optional<std::uint8_t> before = {}, after = {};
};
Version trained(Log& log, const StreamId& partner, const Said& said, const Course& course = {});

// One act in one of a few streams, if it may follow.
void live_in_triage(Log& log, const Choose& choose, Micros now);

}  // namespace stories
