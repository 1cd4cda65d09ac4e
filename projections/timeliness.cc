#include "projections/timeliness.h"

#include "projections/case_phase.h"
#include "projections/clocks.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr Micros hour = 3600 * Micros{1'000'000}, day = 24 * hour;

// Times are 0 where nothing is on record; of an event that is recorded several times the first counts.
struct Times {
  Micros opened = 0;
  Micros last_contact = 0, reported_le = 0, reported_us = 0;
  Micros entered = 0, le_told = 0, verified = 0, taken_out = 0;  // of the NCIC record; le_told: by the record itself
  Micros requested = 0, activated = 0, called_off = 0;           // of the AMBER alert; called_off: declined or cancelled
  Micros over = 0;                                               // the search
  bool found = false;                                            // it ended with every child back, or dead
  bool state_care = false;
};

struct Case {
  CasePhase phase;
  Times times;
};

void first(Micros& time, Micros at) {
  if (time == 0) time = at;
}

void open(Times& times, const EventView& event, const CaseOpened& body) {
  times.opened = moment_of(event).at;
  times.state_care = body.state_care();
  const auto at = [](const std::optional<Moment>& clock) { return clock ? clock->at : 0; };
  const Clocks clocks = clocks_of(event);
  times.last_contact = at(clocks.last_contact);
  times.reported_le = at(clocks.reported_le);
  times.reported_us = at(clocks.reported_us);
}

void record(Times& times, const CaseNcicEntryRecorded& body) {
  switch (body.update_kind()) {
    case NcicUpdate::unset: break;
    case NcicUpdate::entry:
      if (times.entered == 0) times.le_told = body.le_report_received_at().value_or(0);
      first(times.entered, body.entered_at());
      break;
    case NcicUpdate::verify_update: first(times.verified, body.entered_at()); break;
    case NcicUpdate::cancel:
    case NcicUpdate::locate: first(times.taken_out, body.entered_at()); break;
  }
}

void notify(Times& times, const CasePublicNotice& body) {
  if (body.kind() != NoticeKind::amber) return;
  switch (body.action()) {
    case NoticeAction::unset:
    case NoticeAction::approved:
    case NoticeAction::extended: break;
    case NoticeAction::requested: first(times.requested, body.at()); break;
    case NoticeAction::activated: first(times.activated, body.at()); break;
    case NoticeAction::declined:
    case NoticeAction::cancelled: first(times.called_off, body.at()); break;
  }
}

void follow(Case& file, const Fact& fact) {
  if (!moves_case(fact.event.type)) return;
  file.phase = after(file.phase, fact.event, fact.position);
  using enum rules::Phase;
  file.times.found = file.phase.phase == recovered || file.phase.phase == deceased || (file.phase.phase == closed && file.times.found);
  if (!file.times.found && file.phase.phase != closed && file.phase.phase != merged) file.times.over = 0;
  else if (fact.event.type == Body::ChildRecovered) first(file.times.over, moment_of(fact.event.body<ChildRecovered>(), fact.event).at);
  else first(file.times.over, moment_of(fact.event).at);
}

// What is known of some, and how many of those that ought to.
struct Kept {
  std::int64_t in_time = 0, known = 0, all = 0;
};

struct Row {
  explicit Row(Micros at) : as_of(at), to_alert(at), to_recovery(at) {}

  Micros as_of;
  Kept ncic, care;
  std::int64_t due = 0, verified = 0;
  Waits to_alert, to_recovery;

  bool came(Micros at) const { return at != 0 && at <= as_of; }

  void add(const Times& t, std::int64_t n) {
    count(ncic, came(t.entered) ? t.entered : 0, t.le_told != 0 ? t.le_told : t.reported_le, 2 * hour, n);
    if (t.state_care) count(care, t.reported_us, t.last_contact, 24 * hour, n);
    count_verified(t, n);
    if (came(t.requested) || came(t.activated)) to_alert.add(t.reported_us != 0 ? t.reported_us : t.opened, t.activated, earlier(t.called_off, t.over), n);
    if (came(t.activated)) to_recovery.add(t.activated, t.found ? t.over : 0, t.found ? 0 : t.over, n);
  }

  static Micros earlier(Micros a, Micros b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

  static void count(Kept& kept, Micros done, Micros due_from, Micros within, std::int64_t n) {
    kept.all += n;
    if (done == 0 || due_from == 0) return;
    kept.known += n;
    kept.in_time += done - due_from <= within ? n : 0;
  }

  // Of records that were 30 days old while the search went on.
  void count_verified(const Times& t, std::int64_t n) {
    if (!came(t.entered) || t.entered > as_of - 30 * day) return;
    const Micros by = t.entered + 30 * day, ended = earlier(t.taken_out, t.over);
    if (came(ended) && ended < by) return;
    due += n;
    verified += t.verified != 0 && t.verified <= by ? n : 0;
  }
};

void write(Sheet& sheet, const Row& row) {
  sheet.share("M1", "Entered into NCIC within 2 h of the report to law enforcement, of the cases that state both times", row.ncic.in_time, row.ncic.known).note =
      "of cases of missing children opened in the period; the first entry counts, and the report's time as the entry has it, or else as the case does; an entry of before the report is in "
      "time, as 34 U.S.C. 41308 says only when it is to be made at the latest";
  sheet.share("M1.unknown", "Of the cases of missing children opened in the period, those that do not state both times", row.ncic.all - row.ncic.known, row.ncic.all);
  sheet.share("M2", "Reported within 24 h of the last contact, of the cases of children missing from State-sponsored care that state both times", row.care.in_time, row.care.known).note =
      "when the care agency learnt that the child was missing is in no event; it is after the last contact, so that no fewer reports were in time";
  sheet.share("M2.unknown", "Of the cases of children missing from State-sponsored care opened in the period, those that do not state both times", row.care.all - row.care.known, row.care.all);
  sheet.share("M3", "Verified or updated in NCIC within 30 days of the entry, of the records that were so old while the search went on", row.verified, row.due);
  write_waits(sheet, "M4", "From the report to us to the activation of an AMBER alert that was asked for", row.to_alert, {50, 90});
  write_waits(sheet, "M5", "From the activation of an AMBER alert to the end of the search with every child found", row.to_recovery, {50, 90});
}

class Timeliness final : public Projection {
 public:
  std::string_view id() const override { return "timeliness"; }
  bool wants(Body type) const override { return moves_case(type) || type == Body::CaseNcicEntryRecorded || type == Body::CasePublicNotice; }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const bool begins = state.empty() && event.version == 1 && event.type == Body::CaseOpened;
    if (begins ? !is_of_missing_child(event.body<CaseOpened>().case_type()) : state.empty()) return;
    auto file = unpacked<Case>(state);
    if (begins) open(file.times, event, event.body<CaseOpened>());
    on<CaseNcicEntryRecorded>(event, [&](const auto& body) { record(file.times, body); });
    on<CasePublicNotice>(event, [&](const auto& body) { notify(file.times, body); });
    follow(file, fact);
    pack(state, file);
  }

  void contribute(std::string_view state, const Share& add) const override { add(packed(unpacked<Case>(state).times), 1); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    Row row(query.as_of);
    for (const auto& [key, n] : cells.counts())
      if (const auto times = unpacked<Times>(key); window.holds(times.opened)) row.add(times, n);
    std::vector<Figure> figures;
    const Group whole;
    Sheet sheet(whole, figures);
    write(sheet, row);
    return figures;
  }
};

}  // namespace

const Projection& timeliness() {
  static const Timeliness projection;
  return projection;
}

}  // namespace caseledger::projections
