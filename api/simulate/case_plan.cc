#include "api/simulate/case_plan.h"

#include <algorithm>
#include <map>
#include <queue>

namespace caseledger::api::simulate {

namespace {

// Times to recovery in hours, of those who are recovered: assumed.
constexpr Quantile runaway_hours[] = {{0, 1}, {100, 12}, {250, 30}, {500, 96}, {750, 264}, {900, 768}, {950, 1440}, {990, 3840}, {1000, 8760}};
constexpr Quantile family_hours[] = {{0, 6}, {100, 72}, {250, 216}, {500, 672}, {750, 1920}, {900, 4080}, {970, 7200}, {1000, 12000}};
constexpr Quantile nonfamily_hours[] = {{0, 1}, {100, 3}, {250, 8}, {500, 30}, {750, 144}, {900, 1440}, {950, 4320}, {1000, 16800}};
constexpr Quantile lost_hours[] = {{0, 1}, {100, 2}, {500, 20}, {750, 72}, {900, 480}, {1000, 9600}};
constexpr Quantile young_adult_hours[] = {{0, 4}, {100, 24}, {250, 72}, {500, 240}, {750, 960}, {900, 2640}, {1000, 9600}};

// Published: ERU 91 %, NFA about 1 %, and the AMBER Alerts of 2015 by case type at intake. Assumed: how FA, CMYA and LIM share the rest, how
// many of each are recovered by the year's end (scaled to the published total), die, or are located first.
struct TypeMix {
  CaseType type;
  std::uint64_t permille, recovered_permille;
  unsigned deceased_of_100000, located_permille;
  std::span<const Quantile> hours;
  std::uint64_t ambers_2015;  // 182 together
};
constexpr TypeMix mix_of_types[] = {
    {CaseType::ERU, 910, 926, 250, 60, runaway_hours, 6},      {CaseType::FA, 50, 800, 200, 250, family_hours, 121},
    {CaseType::CMYA, 22, 750, 1500, 80, young_adult_hours, 0}, {CaseType::NFA, 10, 800, 4000, 50, nonfamily_hours, 47},
    {CaseType::LIM, 8, 850, 9000, 0, lost_hours, 8},
};
constexpr std::uint64_t ambers_declined = 60;  // assumed

// Assumed, but for runaways: three of four are 15 to 17.
constexpr Quantile runaway_age[] = {{0, 11}, {60, 13}, {230, 15}, {1000, 18}};
constexpr Quantile family_age[] = {{0, 0}, {500, 5}, {900, 12}, {1000, 17}};
constexpr Quantile other_age[] = {{0, 1}, {400, 10}, {1000, 18}};
constexpr Quantile young_adult_age[] = {{0, 18}, {1000, 21}};

constexpr std::string_view races[] = {"white", "black", "hispanic", "asian", "native", "tribal", "unknown"};
constexpr std::uint32_t race_weights[] = {38, 33, 19, 2, 2, 1, 5};

constexpr unsigned repeat_permille = 150;  // of runaways who have run away before in the year: assumed

std::span<const Quantile> ages(CaseType type) {
  if (type == CaseType::ERU) return runaway_age;
  if (type == CaseType::FA) return family_age;
  return type == CaseType::CMYA ? std::span<const Quantile>(young_adult_age) : other_age;
}

constexpr Micros year_of_life = 365 * day_us + 6 * hour_us;

std::vector<std::uint64_t> state_weights() {
  std::vector<std::uint64_t> weights;
  for (const State& state : states()) weights.push_back(state.population_2023);
  return weights;
}

std::vector<std::uint64_t> type_weights() {
  std::vector<std::uint64_t> weights;
  for (const TypeMix& each : mix_of_types) weights.push_back(each.permille);
  return weights;
}

// The report: when, where, who.
std::vector<CasePlan> reported(std::uint64_t count, std::uint64_t seed, const Deal& types, const Deal& places) {
  std::vector<CasePlan> cases(count);
  const auto step = static_cast<std::int64_t>((year_ends - year_begins) / std::max<std::uint64_t>(count, 1));
  for (std::uint32_t i = 0; i < count; ++i) {
    Chance chance(seed, Draw::case_shape, i);
    CasePlan& plan = cases[i];
    const Micros within = chance.between(0, step - 1);
    plan.reported_at = std::min(year_begins + i * step + within, last_moment - hour_us) / second_us * second_us;
    plan.type = mix_of_types[types(i).slot].type;
    plan.state = static_cast<std::uint8_t>(places(i).slot);
    plan.stream = chance.uuid(plan.reported_at);
    plan.child = chance.uuid(plan.reported_at);
    plan.age = static_cast<std::uint8_t>(draw(ages(plan.type), chance));
    plan.born_at = plan.reported_at - plan.age * year_of_life - chance.between(1, 364) * day_us;
    plan.girl = chance.permille(570);
    plan.race = static_cast<std::uint8_t>(chance.weighted(race_weights));
    plan.state_care = chance.permille(plan.type == CaseType::ERU ? 600 : 30);
    plan.trafficking = chance.permille(plan.state_care ? 190 : 60);
    plan.poster = chance.permille(350);
    plan.first_case = plan.earlier_case = i;
  }
  return cases;
}

// Exactly `found` of the cases of one type end in time. Who would be back only after the year's end is still missing first, then chance
// decides; where that leaves too few, a time within the year is drawn.
void decide_recoveries(std::vector<CasePlan>& cases, const std::vector<std::uint32_t>& members, std::uint64_t found, const TypeMix& type,
                       std::uint64_t seed) {
  std::vector<std::uint32_t> in_time, too_late;
  for (const std::uint32_t i : members) {
    Chance chance(seed, Draw::case_fate, i);
    CasePlan& plan = cases[i];
    plan.recovered_at = plan.reported_at + draw(type.hours, chance) * hour_us;
    plan.recovered_at += chance.between(0, 59) * minute_us;
    (plan.recovered_at <= last_moment ? in_time : too_late).push_back(i);
  }
  const std::uint64_t missing = members.size() - found;
  Chance chance(seed, Draw::choice, static_cast<std::uint64_t>(type.type));
  auto back = pick(in_time, found, chance);
  if (too_late.size() > missing)
    for (const std::uint32_t i : pick(too_late, too_late.size() - missing, Chance(chance.next()))) {
      cases[i].recovered_at = cases[i].reported_at + chance.between(30, (last_moment - cases[i].reported_at) / minute_us) * minute_us;
      back.push_back(i);
    }
  for (const std::uint32_t i : back) cases[i].recovered = true;
  for (const std::uint32_t i : members)
    if (!cases[i].recovered) cases[i].recovered_at = 0;
}

// How it ends, and what was done on the way.
void decide_course(CasePlan& plan, std::uint32_t number, const TypeMix& type, std::uint64_t seed) {
  Chance chance(seed, Draw::case_fate, number);
  chance.next();
  chance.next();
  const Micros open_for = plan.end() - plan.reported_at;
  if (open_for > day_us && chance.permille(plan.recovered ? type.located_permille : type.located_permille * 2))
    plan.located_at = plan.reported_at + chance.between(open_for / 4, open_for * 3 / 4) / second_us * second_us;
  else if (open_for > 150 * day_us && chance.permille(400))
    plan.suspended_at = plan.reported_at + 120 * day_us;
  if (!plan.recovered) return;
  constexpr std::uint32_t weights[] = {785, 12, 48, 155};
  constexpr ChildOutcome outcomes[] = {ChildOutcome::safe, ChildOutcome::injured, ChildOutcome::exploited, ChildOutcome::returned_self};
  plan.outcome = chance.below(100'000) < type.deceased_of_100000 ? ChildOutcome::deceased : outcomes[chance.weighted(weights)];
  const Micros proposed = plan.recovered_at + chance.between(6, 240) * hour_us;
  const Micros approved = proposed + chance.between(1, 96) * hour_us;
  if (approved > last_moment) return;
  plan.close_proposed_at = proposed;
  plan.close_approved_at = approved;
}

// Some runaways have been missing, and back, earlier in the year: the same child again.
void join_episodes(std::vector<CasePlan>& cases, std::uint64_t seed) {
  using Back = std::pair<Micros, std::uint32_t>;
  std::vector<std::priority_queue<Back, std::vector<Back>, std::greater<>>> returning(states().size());
  std::vector<std::vector<std::uint32_t>> home(states().size());
  for (std::uint32_t i = 0; i < cases.size(); ++i) {
    CasePlan& plan = cases[i];
    if (plan.type != CaseType::ERU) continue;
    auto& queue = returning[plan.state];
    auto& children = home[plan.state];
    for (; !queue.empty() && queue.top().first + day_us < plan.reported_at; queue.pop()) children.push_back(queue.top().second);
    Chance chance(seed, Draw::child, i);
    if (chance.permille(repeat_permille) && !children.empty()) {
      auto& chosen = children[chance.below(children.size())];
      const CasePlan& before = cases[chosen];
      const auto age = (plan.reported_at - before.born_at) / year_of_life;
      if (age < 18) {
        plan.child = before.child;
        plan.born_at = before.born_at;
        plan.age = static_cast<std::uint8_t>(age);
        plan.girl = before.girl;
        plan.race = before.race;
        plan.episode = static_cast<std::uint16_t>(before.episode + 1);
        plan.first_case = before.first_case;
        plan.earlier_case = chosen;
        chosen = children.back();
        children.pop_back();
      }
    }
    if (plan.recovered && plan.outcome != ChildOutcome::deceased) queue.emplace(plan.recovered_at, i);
  }
}

void decide_ambers(std::vector<CasePlan>& cases, std::uint64_t parts, std::uint64_t seed) {
  std::vector<std::uint64_t> weights;
  std::uint64_t activated = 0;
  for (const TypeMix& type : mix_of_types) activated += type.ambers_2015, weights.push_back(type.ambers_2015);
  for (const auto& [what, total] : {std::pair{Amber::activated, activated}, {Amber::declined, ambers_declined}}) {
    const auto shares = apportion(round_half_up(total, parts), weights);
    for (std::size_t t = 0; t < shares.size(); ++t) {
      std::vector<std::uint32_t> eligible;
      for (std::uint32_t i = 0; i < cases.size(); ++i)
        if (cases[i].type == mix_of_types[t].type && cases[i].amber == Amber::none && cases[i].missing_for(12 * hour_us)) eligible.push_back(i);
      const Chance chance(seed, Draw::choice, 100 * static_cast<std::uint64_t>(what) + t);
      for (const std::uint32_t i : pick(std::move(eligible), shares[t], chance)) cases[i].amber = what;
    }
  }
}

}  // namespace

std::span<const std::string_view> race_codes() { return races; }

std::vector<std::uint32_t> pick(std::vector<std::uint32_t> from, std::uint64_t count, Chance chance) {
  count = std::min<std::uint64_t>(count, from.size());
  for (std::size_t i = 0; i < count; ++i) std::swap(from[i], from[i + chance.below(from.size() - i)]);
  from.resize(count);
  std::ranges::sort(from);
  return from;
}

std::vector<CasePlan> plan_cases(std::uint64_t parts, std::uint64_t seed) {
  const std::uint64_t count = round_half_up(cases_2024, parts), found = round_half_up(recovered_2024, parts);
  const Deal types(apportion(count, type_weights()), seed, Draw::shuffle_types);
  const Deal places(apportion(count, state_weights()), seed, Draw::shuffle_states);
  auto cases = reported(count, seed, types, places);

  std::vector<std::uint64_t> chances;
  for (std::size_t t = 0; t < std::size(mix_of_types); ++t) chances.push_back(types.shares()[t] * mix_of_types[t].recovered_permille);
  const auto recovered = apportion_within(found, chances, types.shares());
  for (std::size_t t = 0; t < recovered.size(); ++t) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t i = 0; i < cases.size(); ++i)
      if (cases[i].type == mix_of_types[t].type) members.push_back(i);
    decide_recoveries(cases, members, recovered[t], mix_of_types[t], seed);
    for (const std::uint32_t i : members) decide_course(cases[i], i, mix_of_types[t], seed);
  }
  decide_ambers(cases, parts, seed);
  join_episodes(cases, seed);
  return cases;
}

}  // namespace caseledger::api::simulate
