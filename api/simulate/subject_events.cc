// What concerns a person as the subject of data: consent, preservation, holds, and erasure asked for by one and decided by another.
#include "api/simulate/casework.h"
#include "api/simulate/policies.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

// Of a child's first case of the year, so that a person has one stream.
struct SubjectCourse {
  bool consents, document, preserved, asks_erasure, held, refused;
};

SubjectCourse course_of(const CasePlan& plan, Chance& chance) {
  SubjectCourse course{};
  course.consents = plan.poster && chance.permille(900);
  course.document = chance.permille(20);
  course.preserved = chance.permille(40);
  // Those who are of age and back may ask to be forgotten.
  course.asks_erasure = !course.preserved && plan.recovered && plan.age >= 17 && chance.permille(25);
  course.held = course.asks_erasure ? chance.permille(300) : !course.preserved && chance.permille(8);
  course.refused = course.held || chance.permille(200);
  return course;
}

// The events of the stream, by the one who asks and by the one who decides.
class SubjectWriter {
 public:
  SubjectWriter(const YearPlan& year, CaseDesk& desk, const SubjectCourse& course, Pen& pen)
      : year_(year), desk_(desk), plan_(desk.plan()), course_(course), pen_(pen) {}

  // Nothing of the stream's is dated later than the year, so what would be is left out from there on.
  void asked() {
    const Micros begins = plan_.reported_at;
    if (course_.consents) {
      const std::string_view scope = "poster";
      const auto scopes = pen_.writer().texts(std::span(&scope, 1));
      const auto state = pen_.chance.permille(960) ? ConsentState::given : ConsentState::refused;
      pen_.write(begins, CreateConsentRecorded(pen_.fbb(), scopes, state, pen_.text("parent")));
    }
    if (course_.document) {
      const auto document = uuid_for(pen_.chance.uuid(begins));
      pen_.write(begins, CreateDocumentLinked(pen_.fbb(), &document));
    }
    if (course_.preserved) preserved(begins);
    if (course_.asks_erasure && erasure_asked_at() <= last_moment) {
      const auto subject = uuid_for(plan_.child);
      pen_.write(erasure_asked_at(), CreateErasureRequested(pen_.fbb(), &subject, ErasureBasis::expunction, erasure_asked_at() + 30 * day_us));
    }
  }

  void decided(Version request) {
    if (course_.held) {
      const Micros placed = course_.asks_erasure ? erasure_asked_at() + hour_us : desk_.after_report(40 * day_us);
      if (placed > last_moment) return;
      const std::string court = "court-" + std::string(desk_.agency());
      pen_.write(placed, CreateLegalHoldChanged(pen_.fbb(), HoldAction::placed, pen_.text(court)));
      const Ref hold = pen_.last();
      const Micros released = placed + 60 * day_us;
      if (!course_.asks_erasure && released <= last_moment)
        pen_.write(released, CreateLegalHoldChanged(pen_.fbb(), HoldAction::released, pen_.text(court), flatbuffers::nullopt, &hold));
    }
    const Micros at = erasure_asked_at() + 12 * day_us;
    if (!course_.asks_erasure || request == 0 || at > last_moment) return;
    const Ref asked = ref_to(pen_.envelope.stream, request);
    const auto exception = course_.refused ? pen_.text(course_.held ? "legal_hold" : "public_task") : TextOffset();
    const auto outcome = course_.refused ? ErasureOutcome::refused : ErasureOutcome::granted;
    pen_.write(at, CreateErasureDecided(pen_.fbb(), &asked, ErasureBasis::expunction, outcome, exception), std::span(&asked, 1));
  }

  Micros erasure_asked_at() const { return std::max(plan_.end() + 20 * day_us, plan_.close_approved_at); }

 private:
  void preserved(Micros begins) {
    const Ref rule = policy(Rule::retention, year_.seed);
    const Micros until = preserved_until(begins);
    pen_.write(begins, CreatePreservationStarted(pen_.fbb(), &rule, until));
    const Ref started = pen_.last();
    if (until <= last_moment) pen_.write(until, CreatePreservationExpired(pen_.fbb(), &rule, until, &started));
  }

  const YearPlan& year_;
  CaseDesk& desk_;
  const CasePlan& plan_;
  const SubjectCourse& course_;
  Pen& pen_;
};

}  // namespace

// A subject's stream has the subject's id.
void write_subject(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out) {
  const CasePlan& plan = year.cases[number];
  if (plan.first_case != number) return;
  Group asked_before;
  CaseDesk desk(year, number, Draw::subjects, writer, phase == Phase::subjects_asked ? out : asked_before);
  const SubjectCourse course = course_of(plan, desk.chance());
  if (!course.consents && !course.document && !course.preserved && !course.asks_erasure && !course.held) return;
  const std::string by = numbered("cw-", number % 400, 3);
  Pen asked = desk.go_on(StreamKind::subject, plan.child, 0, by);
  SubjectWriter(year, desk, course, asked).asked();
  if (phase == Phase::subjects_asked) return;

  // What was asked for is written again, for nobody, so that the versions go on from there.
  CaseDesk officer(year, number, Draw::subjects_decided, writer, out);
  Pen pen = officer.go_on(StreamKind::subject, plan.child, asked.envelope.version, "po-1");
  SubjectWriter decides(year, officer, course, pen);
  decides.decided(course.asks_erasure && decides.erasure_asked_at() <= last_moment ? asked.envelope.version : 0);
}

}  // namespace caseledger::api::simulate
