#include "projections/cross_border.h"
#include "projections/decimal.h"
#include "projections/moment.h"
#include "projections/packed.h"
#include "projections/rows.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using schema::Body;
using schema::TrainingDelivered;

struct Course {
  static constexpr char sort = 'c';
  Micros at = 0;
  std::uint32_t sessions = 0, participants = 0, minutes = 0;
  bool assessed = false;  // before and after
  std::uint8_t before_percent = 0, after_percent = 0;
  std::string programme, country;
};

struct Row {
  std::int64_t courses = 0, sessions = 0, participants = 0, minutes = 0;
  std::int64_t assessed = 0, before = 0, after = 0;  // participants of assessed courses, and their percents in sum

  void add(const Course& course, std::int64_t n) {
    courses += n;
    sessions += course.sessions * n;
    participants += course.participants * n;
    minutes += course.minutes * n;
    if (!course.assessed) return;
    assessed += course.participants * n;
    before += std::int64_t{course.participants} * course.before_percent * n;
    after += std::int64_t{course.participants} * course.after_percent * n;
  }

  void write(Sheet& sheet) const {
    sheet.count("T9.training", "Trainings delivered", "trainings", courses);
    sheet.count("T9.training.sessions", "Sessions of the trainings", "sessions", sessions);
    sheet.count("T9.training.participants", "Participants of the trainings", "participants", participants);
    sheet.count("T9.training.minutes", "Minutes of the trainings in all", "minutes", minutes);
    write_percent(sheet, "T9.training.before", "Mean assessment before the training, in percent, per participant", before);
    write_percent(sheet, "T9.training.after", "Mean assessment after the training, in percent, per participant", after);
  }

  void write_percent(Sheet& sheet, std::string id, std::string title, std::int64_t sum) const {
    Figure& figure = sheet.quotient(std::move(id), std::move(title), sum, assessed);
    figure.unit = "percent";
    figure.note = "over the trainings assessed both before and after, each weighing as many as took part";
  }
};

class Training final : public Projection {
 public:
  std::string_view id() const override { return "training"; }
  bool wants(Body type) const override { return type == Body::TrainingDelivered; }

  void step(std::string& state, const Fact& fact) const override {
    const auto& body = fact.event.body<TrainingDelivered>();
    auto all = unpacked<std::vector<Course>>(state);
    const auto before = body.assessed_pre_percent(), after = body.assessed_post_percent();
    all.push_back({.at = moment_of(fact.event).at,
                   .sessions = body.sessions(),
                   .participants = body.participants(),
                   .minutes = body.minutes(),
                   .assessed = before && after,
                   .before_percent = before.value_or(0),
                   .after_percent = after.value_or(0),
                   .programme = std::string(text_of(body.programme())),
                   .country = std::string(text_of(body.country()))});
    state = packed(all);
  }

  void contribute(std::string_view state, const Share& add) const override {
    for (const Course& course : unpacked<std::vector<Course>>(state)) add(cell_key(course), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    auto rows = rows_of<Row>(query, Course{}, [](const Course& course) { return dimensions({{"programme", course.programme}, {"country", course.country}}); });
    for (const auto& [key, n] : cells.counts())
      if (const auto course = cell_of<Course>(key); course && window.holds(course->at)) rows.add(*course, n);
    std::vector<Figure> figures;
    rows.write(figures);
    return figures;
  }
};

}  // namespace

const Projection& training() {
  static const Training projection;
  return projection;
}

}  // namespace caseledger::projections
