#include "projections/forensics.h"

#include <array>
#include <map>

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rank.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr char exam_cell = 'x', item_cell = 'i', victim_cell = 'v';

struct Exam {
  Micros requested = 0, started = 0, completed = 0;
  std::uint32_t stated_error = 0, profiles = 0, reviewed_profiles = 0;
  ForensicExam exam = ForensicExam::unset;
  ForensicResult result = ForensicResult::unset;
  std::uint8_t reviewers = 0;
  bool error_stated = false;
  StreamId criteria;
  Version criteria_version = 0;
};

// One item of evidence: who has it, and how often a hand-over was by someone who did not.
struct Item {
  Micros first_at = 0;
  std::uint32_t received = 0, transferred = 0, returned = 0, destroyed = 0, breaks = 0;
  CustodyAction last = CustodyAction::unset;
};

struct Victim {
  Micros at = 0;
  bool newly = false;
};

struct ItemState {
  Item item;
  std::string holder;
  std::vector<Victim> victims;
};

void complete(Exam& exam, const ForensicCompleted& body) {
  exam.started = body.started_at();
  exam.completed = body.ended_at();
  exam.result = body.result_code();
  exam.reviewers = body.reviewers();
  exam.error_stated = body.stated_error_millionths().has_value();
  exam.stated_error = body.stated_error_millionths().value_or(0);
}

void hand_over(ItemState& state, const EventView& event, const EvidenceCustodyChanged& body) {
  Item& item = state.item;
  if (item.first_at == 0) item.first_at = moment_of(event).at;
  else if (state.holder != text_of(body.from_org())) ++item.breaks;
  state.holder = text_of(body.to_org());
  item.last = body.action();
  switch (body.action()) {
    case CustodyAction::unset: break;
    case CustodyAction::received: ++item.received; break;
    case CustodyAction::transferred: ++item.transferred; break;
    case CustodyAction::returned: ++item.returned; break;
    case CustodyAction::destroyed: ++item.destroyed; break;
  }
}

struct Row {
  explicit Row(Micros as_of) : turnaround(as_of), bench(as_of) {}

  std::int64_t requested = 0, completed = 0, reviewed_by_two = 0, unreviewed = 0, profiles = 0, reviewed_profiles = 0;
  std::array<std::int64_t, std::size_t(ForensicResult::MAX) + 1> results{};
  std::vector<Counted> errors;
  Waits turnaround, bench;
};

void add(Row& row, const Exam& exam, std::int64_t n, Micros as_of) {
  row.requested += n;
  row.turnaround.add(exam.requested, exam.completed, 0, n);
  row.profiles += n * exam.profiles;
  row.reviewed_profiles += n * exam.reviewed_profiles;
  if (exam.completed == 0 || exam.completed > as_of) return;
  row.completed += n;
  row.bench.add(exam.started, exam.completed, 0, n);
  row.results[std::size_t(exam.result)] += n;
  row.reviewed_by_two += exam.reviewers >= 2 ? n : 0;
  row.unreviewed += exam.reviewers == 0 ? n : 0;
  if (exam.error_stated) row.errors.push_back({exam.stated_error, n});
}

void write(Sheet& sheet, const Row& row) {
  sheet.count("T11.requested", "Examinations requested in the period", "examinations", row.requested);
  sheet.count("T11.completed", "Of them, completed", "examinations", row.completed);
  write_waits(sheet, "T11.turnaround", "From the request of an examination to its end", row.turnaround, {50, 90});
  write_waits(sheet, "T11.bench", "From the start of an examination to its end", row.bench, {50, 90});
  for (const auto result : EnumValuesForensicResult()) {
    const std::string name = EnumNameForensicResult(result);
    if (result == ForensicResult::unset) continue;
    sheet.share("T11.result." + name, "Of the completed examinations, result: " + name, row.results[std::size_t(result)], row.completed);
  }
  sheet.share("T11.error_stated", "Of the completed examinations, those that state how often the method errs", total(row.errors), row.completed);
  Figure& error = sheet.add("T11.stated_error", "Stated error, median by nearest rank of those that state it", "millionths");
  error.denominator = total(row.errors);
  if (row.errors.empty()) error.flags.push_back("no_data");
  else error.value = std::to_string(nearest_rank(row.errors, 50));
  sheet.share("T11.two_reviewers", "Of the completed examinations, those reviewed by two or more", row.reviewed_by_two, row.completed);
  sheet.share("T11.no_reviewer", "Of the completed examinations, those reviewed by nobody", row.unreviewed, row.completed);
  sheet.count("T11.profiles", "Profiles issued from examinations requested in the period", "profiles", row.profiles);
  sheet.share("T11.profiles.peer_reviewed", "Of them, peer reviewed", row.reviewed_profiles, row.profiles);
}

void write_evidence(Sheet& sheet, const Cells& cells, const Window& window) {
  std::int64_t items = 0, held = 0, destroyed = 0, returned = 0, transfers = 0, broken = 0, victims = 0, newly = 0;
  for (const auto& [key, n] : cells.counts()) {
    const auto rest = std::string_view(key).substr(1);
    if (key[0] == item_cell) {
      const auto item = unpacked<Item>(rest);
      if (!window.holds(item.first_at)) continue;
      items += n;
      destroyed += item.last == CustodyAction::destroyed ? n : 0;
      returned += item.last == CustodyAction::returned ? n : 0;
      held += item.last == CustodyAction::received || item.last == CustodyAction::transferred ? n : 0;
      transfers += n * (std::int64_t{item.received} + item.transferred + item.returned);
      broken += item.breaks > 0 ? n : 0;
    } else if (key[0] == victim_cell) {
      const auto victim = unpacked<Victim>(rest);
      if (!window.holds(victim.at)) continue;
      victims += n;
      newly += victim.newly ? n : 0;
    }
  }
  sheet.count("T11.items", "Items of evidence taken in during the period", "items", items);
  sheet.count("T11.items.held", "Of them, still held", "items", held);
  sheet.count("T11.items.returned", "Of them, returned", "items", returned);
  sheet.count("T11.items.destroyed", "Of them, destroyed", "items", destroyed);
  sheet.count("T11.items.hand_overs", "Hand-overs of these items", "hand_overs", transfers);
  sheet.share("T11.items.broken_custody", "Of them, handed over at some time by someone who did not have them on record", broken, items);
  sheet.count("T11.victims", "Victims identified in the period", "victims", victims);
  sheet.count("T11.victims.newly", "Of them, not identified by anybody before", "victims", newly);
}

class Forensics final : public Projection {
 public:
  std::string_view id() const override { return "forensics"; }
  bool wants(Body type) const override {
    using enum Body;
    return is_among(type, {ForensicRequested, ForensicCompleted, ProfileIssued, EvidenceCustodyChanged, VictimIdentified});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const bool of_item = event.type == Body::EvidenceCustodyChanged || event.type == Body::VictimIdentified;
    const char letter = of_item ? item_cell : exam_cell;
    if (!state.empty() && state[0] != letter) return;
    const auto old = std::string_view(state).substr(state.empty() ? 0 : 1);
    if (of_item) {
      auto item = unpacked<ItemState>(old);
      on<EvidenceCustodyChanged>(event, [&](const auto& body) { hand_over(item, event, body); });
      on<VictimIdentified>(event, [&](const auto& body) { item.victims.push_back({.at = moment_of(event).at, .newly = body.newly()}); });
      state = cell_key(item_cell, item);
    } else if (!state.empty() || event.type == Body::ForensicRequested) {
      auto exam = unpacked<Exam>(old);
      on<ForensicRequested>(event, [&](const auto& body) { request(exam, event, body); });
      on<ForensicCompleted>(event, [&](const auto& body) { complete(exam, body); });
      on<ProfileIssued>(event, [&](const auto& body) {
        ++exam.profiles;
        exam.reviewed_profiles += body.peer_reviewed();
      });
      state = cell_key(exam_cell, exam);
    }
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (state[0] == exam_cell) return add(state, 1);
    const auto item = unpacked<ItemState>(state.substr(1));
    if (item.item.first_at != 0) add(cell_key(item_cell, item.item), 1);
    for (const Victim& victim : item.victims) add(cell_key(victim_cell, victim), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    std::map<Group, Row> rows;
    const auto row_of = [&](const Exam& exam) -> Row& {
      const std::string criteria = to_string(exam.criteria) + '@' + std::to_string(exam.criteria_version);
      return rows.try_emplace(group_of(query, {{"exam", EnumNameForensicExam(exam.exam)}, {"criteria", criteria}}), query.as_of).first->second;
    };
    if (group_of(query, {{"exam", ""}, {"criteria", ""}}).empty()) row_of({});
    for (const auto& [key, n] : cells.counts()) {
      if (key[0] != exam_cell) continue;
      if (const auto exam = unpacked<Exam>(std::string_view(key).substr(1)); window.holds(exam.requested)) add(row_of(exam), exam, n, query.as_of);
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    const Group whole;  // items and victims have no dimension of examinations
    Sheet sheet(whole, figures);
    write_evidence(sheet, cells, window);
    return figures;
  }

 private:
  static void request(Exam& exam, const EventView& event, const ForensicRequested& body) {
    if (exam.requested != 0) return;
    exam.requested = moment_of(event).at;
    exam.exam = body.exam();
    exam.criteria = uuid_of(body.criteria_ref()->stream());
    exam.criteria_version = body.criteria_ref()->version();
  }
};

}  // namespace

const Projection& forensics() {
  static const Forensics projection;
  return projection;
}

}  // namespace caseledger::projections
