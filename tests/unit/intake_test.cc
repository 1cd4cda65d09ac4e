// The figures of what comes in, by hand.
#include "projections/intake.h"
#include "tests/support/figures.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using namespace schema;

namespace {

constexpr Micros t0 = new_year_2024, far_away = t0 + 400 * day;

// Two CyberTipline reports, one of them a bundle of ten incidents, and a call about a sighting.
Log three_reports() {
  Log log;
  Triaged::cybertip(log, stream(1), at(t0),
                 {.esp = "Example", .images = 3, .videos = 1, .viewed = 1, .unviewed = 2, .generated = 2, .escalated = true,
                  .fields = {ReportField::victim_identity, ReportField::subject_identity, ReportField::ip_event, ReportField::timestamp}});
  Triaged::cybertip(log, stream(2), at(t0 + day),
                 {.esp = "Other", .type = IncidentType::child_pornography, .country = "MX", .images = 2, .incidents = 10, .batched = true, .fields = {ReportField::location}});
  Triaged::report(log, stream(3), at(t0 + 40 * day));
  return log;
}

std::string said(const Log& log, std::string_view id) { return said_by(named(figures(intake(), log, as_of(far_away)), id)); }

}  // namespace

TEST_CASE("reports, incidents and files are counted, and files of which nothing is said are not stated", "[intake]") {
  const Log log = three_reports();
  CHECK(said(log, "T1.reports") == "3/- = 3");
  CHECK(said(log, "T1.incidents") == "12/- = 12");
  CHECK(said(log, "T1.bundle_ratio") == "12/3 = 4.000000");
  CHECK(said(log, "T1.bundled").starts_with("1/3 = "));
  CHECK(said(log, "T1.cybertips") == "2/- = 2");
  CHECK(said(log, "T1.escalated").starts_with("1/2 = "));
  CHECK(said(log, "T1.batched").starts_with("1/2 = "));
  CHECK(said(log, "T1.files") == "6/- = 6");
  CHECK(said(log, "T1.files.images") == "5/- = 5");
  CHECK(said(log, "T1.files.viewed").starts_with("1/6 = "));
  CHECK(said(log, "T1.files.unviewed").starts_with("2/6 = "));
  CHECK(said(log, "T1.files.unstated").starts_with("3/6 = "));  // one of the first report, two of the second
  CHECK(said(log, "T1.files.generative_ai") == "2/- = 2");
  CHECK(said(log, "T1.generative_ai").starts_with("1/2 = "));
  // Of six facts the first states someone's identity, an IP event and a time, the second a place.
  CHECK(said(log, "T1.quality") == "4/12 = 0.333333");
}

TEST_CASE("reports split by channel, provider, type and country, and the rows add up", "[intake]") {
  const Log log = three_reports();
  const auto by = [&](const std::string& dimension) {
    std::vector<std::string> lines;
    for (const Figure& f : figures(intake(), log, as_of(far_away, {dimension})))
      if (f.id == "T1.reports") lines.push_back(said_by(f));
    return lines;
  };
  using Lines = std::vector<std::string>;
  CHECK(by("channel") == Lines{"esp_api: 2/- = 2", "hotline: 1/- = 1"});
  CHECK(by("esp") == Lines{": 1/- = 1", "Example: 1/- = 1", "Other: 1/- = 1"});
  CHECK(by("item_type") == Lines{"child_pornography: 1/- = 1", "online_enticement: 1/- = 1", "sighting: 1/- = 1"});
  CHECK(by("country") == Lines{": 1/- = 1", "MX: 1/- = 1", "US: 1/- = 1"});
}

TEST_CASE("a period takes the reports received in it", "[intake]") {
  const Log log = three_reports();
  const auto in = [&](Micros from, Micros to) { return named(figures(intake(), log, in_period(from, to, far_away)), "T1.reports").value; };
  CHECK(in(t0, t0 + 31 * day) == "2");
  CHECK(in(t0, t0 + day) == "1");
  CHECK(in(t0 + day + 1, t0 + 40 * day) == "0");
}

TEST_CASE("every report stands as one designation, an override in the place of the first", "[intake]") {
  Log log = three_reports();
  Triaged one(log, StreamKind::report, stream(1)), two(log, StreamKind::report, stream(2));
  const Version first = one.designated(Designation::informational, DesignationBasis::model, at(t0 + 2 * day));
  two.designated(Designation::unfounded, DesignationBasis::human, at(t0 + 2 * day));
  one.overridden(first, Designation::referral, OverrideDirection::up, at(t0 + 3 * day));
  CHECK(said(log, "T1.referral").starts_with("1/3 = "));
  CHECK(said(log, "T1.informational").starts_with("0/3 = "));
  CHECK(said(log, "T1.unfounded").starts_with("1/3 = "));
  CHECK(said(log, "T1.spam_test").starts_with("0/3 = "));
  CHECK(said(log, "T1.undesignated").starts_with("1/3 = "));
}

TEST_CASE("what becomes of a submission, and what is added to it", "[intake]") {
  Log log = three_reports();
  Triaged one(log, StreamKind::report, stream(1)), two(log, StreamKind::report, stream(2)), three(log, StreamKind::report, stream(3));
  one.outcome(SubmissionOutcome::finished, at(t0 + hour));
  one.outcome(SubmissionOutcome::retracted, at(t0 + 2 * hour));
  two.outcome(SubmissionOutcome::expired, at(t0 + 2 * day));
  one.duplicate(false, at(t0 + 3 * day));
  two.duplicate(true, at(t0 + 3 * day));
  two.duplicate(false, at(t0 + 4 * day));
  three.supplement(at(t0 + 41 * day));
  three.supplement(at(t0 + 42 * day));
  three.to_case(stream(9), at(t0 + 43 * day));
  CHECK(said(log, "T1.submission.finished").starts_with("0/3 = "));
  CHECK(said(log, "T1.submission.retracted").starts_with("1/3 = "));
  CHECK(said(log, "T1.submission.expired").starts_with("1/3 = "));
  CHECK(said(log, "T1.duplicates").starts_with("2/3 = "));
  CHECK(said(log, "T1.duplicates.automated").starts_with("1/2 = "));
  CHECK(said(log, "T1.supplements") == "2/- = 2");
  CHECK(said(log, "T1.to_case").starts_with("1/3 = "));
}
