// The cumulative incidence against a worked example, against its definition in exact fractions, and against Kaplan and Meier.
#include <rapidcheck.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "projections/competing.h"
#include "projections/survival.h"

using namespace caseledger::projections;
using Fraction = boost::multiprecision::cpp_rational;

namespace {

struct One {
  int time;
  char ending;  // '1' asked about, '2' another, '0' censored
};

std::vector<Endings> endings_of(const std::vector<One>& all) {
  std::vector<Endings> out;
  for (const One& one : all) out.push_back({one.time, one.ending == '1', one.ending == '2', one.ending == '0'});
  return out;
}

Incidence at(const std::vector<One>& all, std::int64_t time) { return cumulative_incidence(endings_of(all), std::vector{time}).front(); }

std::string shown(const Incidence& x) {
  std::string out = std::to_string(x.events) + "/" + std::to_string(x.observations) + " " + x.value.fixed() + " " + x.variance.fixed();
  if (const auto interval = x.interval()) out += " " + interval->lower.fixed() + ".." + interval->upper.fixed();
  return out + (x.observed ? "" : " not observed");
}

// To twelve digits, which is more than what is printed shows.
Decimal decimal(const Fraction& x) {
  const boost::multiprecision::cpp_int scaled = numerator(x) * 1'000'000'000'000 / denominator(x);
  return Decimal::scaled(static_cast<std::int64_t>(scaled), 12);
}
bool close(const Decimal& a, const Fraction& b) {
  const Decimal difference = a - decimal(b);
  return difference < Decimal::scaled(2, 12) && -difference < Decimal::scaled(2, 12);
}

// F and its variance term by term, from the formulas in competing.h.
std::pair<Fraction, Fraction> by_definition(const std::vector<One>& all, int t) {
  struct Term {
    Fraction n, own, any, before, f;
  };
  std::set<int> times;
  for (const One& one : all) times.insert(one.time);
  std::vector<Term> terms;
  Fraction survival = 1, f = 0;
  for (const int time : times) {
    int n = 0, own = 0, any = 0;
    for (const One& one : all) {
      n += one.time >= time;
      own += one.time == time && one.ending == '1';
      any += one.time == time && one.ending != '0';
    }
    if (time > t || any == 0) continue;
    f += survival * own / n;
    terms.push_back({n, own, any, survival, f});
    survival *= Fraction(n - any, n);
  }
  Fraction variance = 0;
  for (const auto& [n, own, any, before, at_it] : terms) {
    if (any < n) variance += (f - at_it) * (f - at_it) * any / (n * (n - any));
    variance += before * before * own * (n - own) / (n * n * n) - 2 * (f - at_it) * before * own / (n * n);
  }
  return {f, variance};
}

// The remissions of the 6-MP group of Freireich et al. (1963), in weeks.
const std::vector<One> remissions = {{6, '1'},  {6, '1'},  {6, '1'},  {6, '0'},  {7, '1'},  {9, '0'},  {10, '1'}, {10, '0'}, {11, '0'}, {13, '1'}, {16, '1'},
                                     {17, '0'}, {19, '0'}, {20, '0'}, {22, '1'}, {23, '1'}, {25, '0'}, {32, '0'}, {32, '0'}, {34, '0'}, {35, '0'}};

}  // namespace

// By hand: S falls 1, 4/5, 3/5, then one of two ends at 4: F = 1/5 + 3/5 · 1/2. With the competitor censored, 1 − S(4) would be 3/5.
TEST_CASE("a competing ending takes its share, by hand") {
  const std::vector<One> five{{1, '1'}, {2, '2'}, {3, '0'}, {4, '1'}, {5, '2'}};
  CHECK(shown(at(five, 0)) == "0/5 0.000000 0.000000");
  CHECK(shown(at(five, 1)) == "1/5 0.200000 0.032000 0.008369..0.581853");
  CHECK(shown(at(five, 3)) == shown(at(five, 1)));
  CHECK(shown(at(five, 4)) == "2/5 0.500000 0.065000 0.053350..0.848803");
  CHECK(shown(at(five, 6)) == "2/5 0.500000 0.065000 0.053350..0.848803");  // beyond the last, and nobody is left
  std::vector<One> other = five;
  for (One& one : other) one.ending = one.ending == '1' ? '2' : one.ending == '2' ? '1' : '0';
  CHECK(at(other, 5).value.fixed() == "0.500000");

  CHECK(shown(at({}, 3)) == "0/0 0.000000 0.000000 not observed");
  CHECK(shown(at({{2, '0'}}, 3)) == "0/1 0.000000 0.000000 not observed");
  CHECK(shown(at({{2, '1'}}, 2)) == "1/1 1.000000 0.000000");
}

// statsmodels, test_survfunc.py, test_incidence: estimates as R's cmprsk, standard errors as Stata's stcompet give them; three endings, with ties and
// censorings at the times of endings.
TEST_CASE("three competing endings come out as R and Stata publish them") {
  const std::vector<int> times{1, 1, 2, 4, 4, 4, 6, 6, 7, 8, 9, 9, 9, 1, 2, 2, 4, 4};
  const std::string endings = "111222333000000000";
  const auto published = std::vector<std::tuple<char, int, std::string, std::string>>{
      {'1', 1, "0.111111", "0.074074"}, {'1', 2, "0.170370", "0.089763"}, {'1', 9, "0.170370", "0.089763"}, {'2', 2, "0.000000", "0.000000"},
      {'2', 4, "0.207407", "0.106104"}, {'3', 6, "0.177778", "0.111961"}, {'3', 7, "0.266667", "0.127878"}, {'3', 9, "0.266667", "0.127878"}};
  for (const auto& [ending, time, value, error] : published) {
    std::vector<One> all;
    for (std::size_t i = 0; i < times.size(); ++i) all.push_back({times[i], endings[i] == ending ? '1' : endings[i] == '0' ? '0' : '2'});
    CHECK(at(all, time).value.fixed() == value);
    CHECK(sqrt(at(all, time).variance).fixed() == error);
  }
}

TEST_CASE("where nothing competes it is what Kaplan and Meier leave, as published") {
  CHECK(at(remissions, 6).value.fixed() == "0.142857");
  CHECK(at(remissions, 6).variance.fixed() == "0.005831");  // Greenwood's
  CHECK(at(remissions, 23).value.fixed() == "0.551821");
  std::vector<Tally> tallies;
  for (const One& one : remissions) tallies.push_back({one.time, one.ending == '1', one.ending == '0'});
  const SurvivalCurve curve(tallies);
  for (int t = 0; t < 36; ++t) {
    CHECK(at(remissions, t).value == curve.within(t));
    CHECK(at(remissions, t).variance == curve.at(t).variance());
  }
}

TEST_CASE("the incidence keeps its laws") {
  CHECK(rc::check("F and its variance are those of exact fractions, and with the competitor's and S they make one", [] {
    std::vector<One> all, swapped;
    const auto drawn = *rc::gen::container<std::vector<std::tuple<int, int>>>(rc::gen::tuple(rc::gen::inRange(0, 10), rc::gen::inRange(0, 3)));
    std::vector<Tally> tallies;
    for (const auto& [time, ending] : drawn) {
      all.push_back({time, static_cast<char>('0' + ending)});
      swapped.push_back({time, ending == 1 ? '2' : ending == 2 ? '1' : '0'});
      tallies.push_back({time, ending != 0, ending == 0});
    }
    const SurvivalCurve curve(tallies);
    const std::vector<std::int64_t> times{0, 1, 2, 3, 5, 8, 9};
    const auto incidences = cumulative_incidence(endings_of(all), times), others = cumulative_incidence(endings_of(swapped), times);
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto [f, variance] = by_definition(all, static_cast<int>(times[i]));
      RC_ASSERT(close(incidences[i].value, f));
      RC_ASSERT(close(incidences[i].variance, variance));
      RC_ASSERT(incidences[i].value + others[i].value + curve.survival(times[i]) == Decimal(1));
      if (const auto interval = incidences[i].interval()) {
        RC_ASSERT(interval->lower <= incidences[i].value);
        RC_ASSERT(incidences[i].value <= interval->upper);
      }
    }
  }));
}
