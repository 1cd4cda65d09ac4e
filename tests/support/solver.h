// GLPK, as one uses it who attacks published tables: unknown counts, what is known of their sums, and how far a sum can still range.
#pragma once

#include <cstdint>
#include <vector>

extern "C" {
struct glp_prob;
}

namespace samples {

struct Range {
  std::int64_t least, most;
};

class Solver {
 public:
  static constexpr std::int64_t unending = 1'000'000'000;  // far more than any count

  Solver();
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  int unknown();                                                        // a whole number from 0 on
  void know(const std::vector<int>& sum, std::int64_t least, std::int64_t most);  // of unknowns added up
  void know_equal(const std::vector<int>& sum, int whole);              // that they add up to another one

  // With whole_numbers exactly; without, over fractions too, the ends rounded inwards. Aborts the test if nothing satisfies what is known.
  Range range(const std::vector<int>& sum, bool whole_numbers);

 private:
  void row(const std::vector<int>& columns, const std::vector<double>& factors, double least, double most);
  double solve(int direction, bool whole_numbers);

  glp_prob* lp_;
};

}  // namespace samples
