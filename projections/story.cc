// The story of one stream. Its phase and the closes are the rules' own; everything else is read off the events one by one.
#include <algorithm>

#include "projections/cases.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/standing.h"

namespace caseledger::projections {

namespace {

using namespace schema;

template <class Timed>
KnownTime known(const Timed& timed) {
  return {timed.at(), timed.precision(), optional_of(timed.until())};
}

KnownTime known(const Event& event) { return {event.occurred_at(), event.precision(), optional_of(event.occurred_until())}; }

void open(CaseStory& story, const CaseOpened& opened) {
  story.type_at_intake = story.type = opened.case_type();
  if (const auto category = opened.ncic_category()) story.ncic_category = *category;
  for (const Clock* clock : *opened.clocks()) story.clocks.emplace_back(clock->clock(), known(*clock));
  story.missing_from_state = text_of(opened.missing_from()->state());
  story.missing_from_county = text_of(opened.missing_from()->county());
  story.episode_no = opened.episode_no();
}

// The enumerator of that name, if there is one.
template <class Enum, std::size_t N>
std::optional<Enum> named(std::string_view name, const Enum (&values)[N], const char* (*name_of)(Enum)) {
  for (const Enum value : values)
    if (value != Enum::unset && name_of(value) == name) return value;
  return std::nullopt;
}

void reclassify(CaseStory& story, const CaseReclassified& body) {
  const auto to = text_of(body.to());
  switch (body.field()) {
    case ReclassifiedField::unset: break;
    case ReclassifiedField::case_type: story.type = named(to, EnumValuesCaseType(), EnumNameCaseType).value_or(story.type); break;
    case ReclassifiedField::ncic_category:
      if (const auto category = named(to, EnumValuesNcicCategory(), EnumNameNcicCategory)) story.ncic_category = category;
      break;
    case ReclassifiedField::mpc: story.mpc = to; break;
  }
}

CaseStory::Subject& subject_named(CaseStory& story, const schema::Uuid& id) {
  const auto found = std::ranges::find(story.subjects, uuid_of(id), &CaseStory::Subject::id);
  if (found != story.subjects.end()) return *found;
  auto& fresh = story.subjects.emplace_back();
  fresh.id = uuid_of(id);
  return fresh;
}

void add_subject(CaseStory& story, const CaseSubjectAdded& added) {
  auto& subject = subject_named(story, *added.subject_id());
  subject.role = added.role();
  if (const auto age = added.age_years()) subject.age_years = *age;
  if (added.sex()) subject.sex = text_of(added.sex());
}

// A child that is located or recovered is a missing child of the case, whether or not it was added.
CaseStory::Subject& child_named(CaseStory& story, const schema::Uuid& id) {
  auto& child = subject_named(story, id);
  if (child.role == SubjectRole::unset) child.role = SubjectRole::missing_child;
  return child;
}

void note_notice(CaseStory& story, const CasePublicNotice& body) {
  auto at = std::ranges::find(story.notices, body.kind(), &CaseStory::Notice::kind);
  if (at == story.notices.end()) at = story.notices.insert(at, {.kind = body.kind(), .action = {}, .at = 0, .range = {}});
  at->action = body.action();
  at->at = body.at();
  if (const auto range = body.range()) at->range = *range;
}

void reopen(CaseStory& story, const rules::LostAgain& lost) {
  const bool everyone = std::ranges::all_of(story.subjects, [](const auto& each) { return each.role != SubjectRole::missing_child || each.recovered; });
  for (auto& subject : story.subjects) {
    if (lost.is_lost(true, subject.located_by)) subject.located.reset();
    if (!lost.is_lost(everyone, subject.recovered_by)) continue;
    subject.located.reset();
    subject.recovered.reset();
    subject.outcome.reset();
    subject.recovered_by = 0;
  }
}

void link(CaseStory& story, const CaseLinked& body) {
  const std::pair entry(uuid_of(body.other_case_id()->stream()), body.relation());
  if (std::ranges::find(story.links, entry) == story.links.end()) story.links.push_back(entry);
}

void locate(CaseStory& story, const ChildLocated& body, Version version) {
  auto& child = child_named(story, *body.subject_id());
  child.located = known(body);
  child.located_by = version;
}

void recover(CaseStory& story, const ChildRecovered& body, Version version) {
  auto& child = child_named(story, *body.subject_id());
  child.recovered = known(body);
  child.recovered_by = version;
  child.outcome = body.outcome();
}

void add_to(CaseStory& story, const EventView& event, const rules::StreamState& before) {
  on<CaseOpened>(event, [&](const auto& body) {
    if (event.version == 1) open(story, body);
  });
  on<CaseSubjectAdded>(event, [&](const auto& body) { add_subject(story, body); });
  on<CaseReclassified>(event, [&](const auto& body) { reclassify(story, body); });
  on<CaseNcicEntryRecorded>(event, [&](const auto& body) { story.ncic_category = body.category(); });
  on<CaseAssigned>(event, [&](const auto& body) {
    story.assigned_to = text_of(body.to_actor());
    story.team = text_of(body.team());
  });
  on<CasePublicNotice>(event, [&](const auto& body) { note_notice(story, body); });
  on<CaseLinked>(event, [&](const auto& body) { link(story, body); });
  on<CaseSuspendedLongTerm>(event, [&](const auto& body) { story.next_review_at = body.next_review_at(); });
  on<LongtermReviewed>(event, [&](const auto& body) { story.next_review_at = body.next_review_at(); });
  on<CaseReopened>(event, [&](const auto& body) { reopen(story, rules::lost_again(before, body)); });
  on<CaseMerged>(event, [&](const auto& body) { story.merged_into = uuid_of(body.into_case_id()->stream()); });
  on<ChildLocated>(event, [&](const auto& body) { locate(story, body, event.version); });
  on<ChildRecovered>(event, [&](const auto& body) { recover(story, body, event.version); });
}

// The closes as the rules see them: proposed, confirmed, or undone.
void settle(CaseStory& story, const rules::StreamState& state, std::span<const Fact> facts) {
  const auto close_at = [&](Version version) -> std::optional<CaseStory::Close> {
    for (const Fact& fact : facts)
      if (fact.event.version == version && fact.event.type == Body::CaseClosed)
        return CaseStory::Close{version, fact.event.body<CaseClosed>().reason()};
    return std::nullopt;
  };
  story.closing = close_at(state.closing);
  if (state.phase == rules::Phase::closed) story.closed = close_at(state.closed_by);
  if (state.phase != rules::Phase::long_term) story.next_review_at.reset();
}

Story::Line line_of(const Fact& fact) {
  const Event& fields = *fact.event.fields;
  return {.version = fact.event.version,
          .position = fact.position,
          .entry = fact.entry,
          .type = event_type(fact.event.type)->name,
          .occurred = known(fields),
          .offset_minutes = fields.occurred_offset_minutes(),
          .recorded_at = fact.recorded_at,
          .operator_name = std::string(text_of(fields.operator_())),
          .jurisdiction = std::string(text_of(fields.jurisdiction())),
          .automated = fields.automated(),
          .imported = fields.imported() != nullptr,
          .since_reported = {}};
}

// When the case was reported to us, if its opening says so.
std::optional<Moment> reported_us(const EventView& opening) {
  if (opening.type != Body::CaseOpened) return std::nullopt;
  for (const Clock* clock : *opening.body<CaseOpened>().clocks())
    if (clock->clock() == ClockKind::reported_us) return moment_of(*clock, opening);
  return std::nullopt;
}

}  // namespace

Story tell(std::span<const Fact> recorded, std::optional<Micros> occurred_by) {
  const Standing standing(recorded);
  const auto had_occurred = [&](const Fact& fact) { return !occurred_by || fact.event.fields->occurred_at() <= *occurred_by; };
  std::vector<Fact> facts;
  std::ranges::copy_if(standing.facts(), std::back_inserter(facts), had_occurred);
  Story story;
  if (facts.empty()) return story;
  rules::StreamState state;
  if (facts.front().event.kind == StreamKind::case_) story.of_case.emplace();
  for (const Fact& fact : facts) {
    if (story.of_case) add_to(*story.of_case, fact.event, state);
    state = rules::apply(state, fact.event, fact.position);
  }
  const auto reported = reported_us(facts.front().event);
  for (const Fact& fact : recorded) {
    if (!had_occurred(fact)) continue;
    auto& line = story.timeline.emplace_back(line_of(fact));
    line.fate = standing.fate(fact);
    const Micros at = moment_of(fact.event).at;
    if (reported && at >= reported->at) line.since_reported = at - reported->at;
  }
  story.stream = facts.front().event.stream;
  story.kind = state.kind;
  story.phase = state.phase;
  story.version = state.version;
  if (story.of_case) settle(*story.of_case, state, facts);
  return story;
}

}  // namespace caseledger::projections
