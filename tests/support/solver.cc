#include "tests/support/solver.h"

#include <glpk.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>

namespace samples {

namespace {
constexpr double little = 1e-6;

Range inwards(double least, double most) { return {std::llround(std::ceil(least - little)), std::llround(std::floor(most + little))}; }
}  // namespace

// Some of the unknowns, and what is known of them alone.
class Solver::Problem {
 public:
  explicit Problem(std::vector<int> some) : unknowns(std::move(some)), lp_(glp_create_prob()) {}
  ~Problem() { glp_delete_prob(lp_); }
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;

  const std::vector<int> unknowns;

  int column_of(int unknown) const { return 1 + static_cast<int>(std::ranges::lower_bound(unknowns, unknown) - unknowns.begin()); }

  void lay(const std::vector<Ends>& ends, const std::vector<const Known*>& all) {
    glp_add_cols(lp_, static_cast<int>(unknowns.size()));
    for (const int unknown : unknowns) {
      bound(unknown, ends[static_cast<std::size_t>(unknown)]);
      glp_set_col_kind(lp_, column_of(unknown), GLP_IV);
    }
    for (const Known* known : all) {
      std::vector<int> columns{0};
      std::vector<double> factors{0};
      double fixed = 0;
      for (std::size_t i = 0; i < known->unknowns.size(); ++i) {
        const Ends& of = ends[static_cast<std::size_t>(known->unknowns[i])];
        if (of.least == of.most && !std::ranges::binary_search(unknowns, known->unknowns[i])) {
          fixed += known->factors[i] * of.least;
        } else {
          columns.push_back(column_of(known->unknowns[i]));
          factors.push_back(known->factors[i]);
        }
      }
      const int row = glp_add_rows(lp_, 1);
      glp_set_row_bnds(lp_, row, known->least == known->most ? GLP_FX : GLP_DB, known->least - fixed, known->most - fixed);
      glp_set_mat_row(lp_, row, static_cast<int>(columns.size()) - 1, columns.data(), factors.data());
    }
    glp_std_basis(lp_);
  }

  void bound(int unknown, Ends ends) { glp_set_col_bnds(lp_, column_of(unknown), ends.least == ends.most ? GLP_FX : GLP_DB, ends.least, ends.most); }

  double solve(const std::vector<int>& sum, int direction, bool whole_numbers = false) {
    for (const int unknown : sum) glp_set_obj_coef(lp_, column_of(unknown), 1);
    glp_set_obj_dir(lp_, direction);
    if (!simplex()) {
      glp_std_basis(lp_);  // where it was left may be no place to go on from
      if (!simplex()) throw std::logic_error("no table at all satisfies what is known");
    }
    double found = glp_get_obj_val(lp_);
    if (whole_numbers) {
      glp_iocp integer;
      glp_init_iocp(&integer);
      integer.msg_lev = GLP_MSG_OFF;
      if (glp_intopt(lp_, &integer) != 0 || glp_mip_status(lp_) != GLP_OPT) throw std::logic_error("no table of whole numbers satisfies what is known");
      found = glp_mip_obj_val(lp_);
    }
    for (const int unknown : sum) glp_set_obj_coef(lp_, column_of(unknown), 0);
    return found;
  }

  void see(std::vector<Ends>& seen) const {
    for (std::size_t i = 0; i < unknowns.size(); ++i) {
      Ends& of = seen[static_cast<std::size_t>(unknowns[i])];
      const double value = glp_get_col_prim(lp_, static_cast<int>(i) + 1);
      of = {std::min(of.least, value), std::max(of.most, value)};
    }
  }

 private:
  bool simplex() {
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    return glp_simplex(lp_, &how) == 0 && glp_get_status(lp_) == GLP_OPT;
  }

  glp_prob* lp_;
};

Solver::Solver() = default;
Solver::~Solver() = default;

int Solver::unknown() { return ++unknowns_; }

void Solver::know(const std::vector<int>& sum, std::int64_t least, std::int64_t most) {
  known_.push_back({sum, std::vector<double>(sum.size(), 1), static_cast<double>(least), static_cast<double>(most)});
}

void Solver::know_equal(const std::vector<int>& sum, int whole) {
  known_.push_back({sum, std::vector<double>(sum.size(), 1), 0, 0});
  known_.back().unknowns.push_back(whole);
  known_.back().factors.push_back(-1);
}

Range Solver::range(const std::vector<int>& sum, bool whole_numbers) {
  if (!all_) {
    std::vector<int> unknowns(static_cast<std::size_t>(unknowns_));
    std::iota(unknowns.begin(), unknowns.end(), 1);
    std::vector<const Known*> all;
    for (const Known& each : known_) all.push_back(&each);
    all_ = std::make_unique<Problem>(std::move(unknowns));
    all_->lay(std::vector<Ends>(static_cast<std::size_t>(unknowns_) + 1, {0, static_cast<double>(unending)}), all);
  }
  const double least = all_->solve(sum, GLP_MIN, whole_numbers), most = all_->solve(sum, GLP_MAX, whole_numbers);
  return inwards(least, most);
}

// ── one unknown ──

// What one sum says of a single unknown in it, or of all of them at once. True: it says nothing more.
bool Solver::follow(const Known& known, std::vector<int>& fixed) {
  double least = 0, most = 0;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < known.unknowns.size(); ++i) {
    const Ends& of = ends_[static_cast<std::size_t>(known.unknowns[i])];
    const double factor = known.factors[i];
    least += factor * (factor > 0 ? of.least : of.most);
    most += factor * (factor > 0 ? of.most : of.least);
    if (of.least != of.most) open.push_back(i);
  }
  const auto set = [&](std::size_t i, Ends ends) {
    Ends& of = ends_[static_cast<std::size_t>(known.unknowns[i])];
    of = {std::max(of.least, ends.least), std::min(of.most, ends.most)};
    if (of.least > of.most) throw std::logic_error("no table at all satisfies what is known");
    if (of.least == of.most) fixed.push_back(known.unknowns[i]);
  };
  if (open.size() == 1) {
    const double factor = known.factors[open[0]];
    const Ends& of = ends_[static_cast<std::size_t>(known.unknowns[open[0]])];
    const double others_least = least - factor * (factor > 0 ? of.least : of.most);  // all others are fixed
    const double a = (known.least - others_least) / factor, b = (known.most - others_least) / factor;
    set(open[0], {std::min(a, b), std::max(a, b)});
  } else if (least == known.most || most == known.least) {
    const bool down = least == known.most;
    for (const std::size_t i : open) {
      const Ends of = ends_[static_cast<std::size_t>(known.unknowns[i])];
      const double at = (known.factors[i] > 0) == down ? of.least : of.most;
      set(i, {at, at});
    }
    open.clear();
  }
  return open.size() < 2;
}

void Solver::reduce() {
  if (std::exchange(reduced_, true)) return;
  const std::size_t n = static_cast<std::size_t>(unknowns_) + 1;
  ends_.assign(n, {0, static_cast<double>(unending)});
  std::vector<std::vector<std::size_t>> of_unknown(n);
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    waiting.push_back(i);
    for (const int unknown : known_[i].unknowns) of_unknown[static_cast<std::size_t>(unknown)].push_back(i);
  }
  std::vector<bool> said(known_.size());
  while (!waiting.empty()) {
    const std::size_t i = waiting.back();
    waiting.pop_back();
    if (said[i]) continue;
    std::vector<int> fixed;
    said[i] = follow(known_[i], fixed);
    for (const int unknown : fixed) waiting.insert(waiting.end(), of_unknown[static_cast<std::size_t>(unknown)].begin(), of_unknown[static_cast<std::size_t>(unknown)].end());
  }

  std::vector<std::size_t> first(n);  // of those bound together, by union
  std::iota(first.begin(), first.end(), 0);
  const auto root = [&](std::size_t unknown) {
    while (first[unknown] != unknown) unknown = first[unknown] = first[first[unknown]];
    return unknown;
  };
  const auto is_open = [&](int unknown) { return ends_[static_cast<std::size_t>(unknown)].least != ends_[static_cast<std::size_t>(unknown)].most; };
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (said[i]) continue;
    left.push_back(i);
    std::optional<std::size_t> one;
    for (const int unknown : known_[i].unknowns) {
      if (!is_open(unknown)) continue;
      if (one) first[root(static_cast<std::size_t>(unknown))] = root(*one);
      else one = static_cast<std::size_t>(unknown);
    }
  }
  std::vector<std::vector<int>> unknowns_of(n);
  std::vector<std::vector<const Known*>> known_of(n);
  for (const std::size_t i : left) known_of[root(static_cast<std::size_t>(*std::ranges::find_if(known_[i].unknowns, is_open)))].push_back(&known_[i]);
  for (int unknown = 1; unknown <= unknowns_; ++unknown)
    if (is_open(unknown)) unknowns_of[root(static_cast<std::size_t>(unknown))].push_back(unknown);
  parts_of_.assign(n, -1);
  seen_.assign(n, {static_cast<double>(unending), 0});
  for (std::size_t unknown = 1; unknown < n; ++unknown) {
    const std::size_t of = root(unknown);
    if (!is_open(static_cast<int>(unknown)) || known_of[of].empty()) {
      seen_[unknown] = ends_[unknown];
    } else if (unknowns_of[of].front() == static_cast<int>(unknown)) {
      for (const int each : unknowns_of[of]) parts_of_[static_cast<std::size_t>(each)] = static_cast<int>(parts_.size());
      parts_.push_back(std::make_unique<Problem>(unknowns_of[of]));
      parts_.back()->lay(ends_, known_of[of]);
    }
  }
}

Range Solver::seen(int unknown) {
  reduce();
  const Ends& of = seen_[static_cast<std::size_t>(unknown)];
  return inwards(of.least, of.most);
}

Range Solver::range(int unknown) {
  reduce();
  const int part = parts_of_[static_cast<std::size_t>(unknown)];
  if (part < 0) return seen(unknown);
  Problem& problem = *parts_[static_cast<std::size_t>(part)];
  const double least = problem.solve({unknown}, GLP_MIN);
  problem.see(seen_);
  const double most = problem.solve({unknown}, GLP_MAX);
  problem.see(seen_);
  return inwards(least, most);
}

// Held to `most`, none of them takes what the others want; a table within narrower ends is a table.
void Solver::spread(const std::vector<int>& unknowns, std::int64_t most) {
  reduce();
  std::vector<std::vector<int>> wanted(parts_.size());
  for (const int unknown : unknowns)
    if (const int part = parts_of_[static_cast<std::size_t>(unknown)]; part >= 0) wanted[static_cast<std::size_t>(part)].push_back(unknown);
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    Problem& problem = *parts_[part];
    const auto ends_of = [&](int unknown) { return ends_[static_cast<std::size_t>(unknown)]; };
    for (const int unknown : wanted[part]) problem.bound(unknown, {ends_of(unknown).least, std::min(ends_of(unknown).most, std::max(ends_of(unknown).least, static_cast<double>(most)))});
    for (const int direction : {GLP_MAX, GLP_MIN}) {
      std::vector<int> left = wanted[part];
      for (std::size_t before = SIZE_MAX; !left.empty() && left.size() < before;) {
        before = left.size();
        problem.solve(left, direction);
        problem.see(seen_);
        std::erase_if(left, [&](int unknown) {
          const Ends& of = seen_[static_cast<std::size_t>(unknown)];
          return direction == GLP_MAX ? of.most >= static_cast<double>(most) - little : of.least <= std::max(1.0, ends_of(unknown).least) + little;
        });
      }
    }
    for (const int unknown : wanted[part]) problem.bound(unknown, ends_of(unknown));
  }
}

std::size_t Solver::parts() {
  reduce();
  return parts_.size();
}

std::size_t Solver::largest_part() {
  reduce();
  std::size_t most = 0;
  for (const auto& part : parts_) most = std::max(most, part->unknowns.size());
  return most;
}

}  // namespace samples
