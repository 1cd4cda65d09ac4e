// GLPK, as one uses it who attacks published tables: unknown counts, what is known of their sums, and how far they can still range.
//
// Of single unknowns thousands are asked for. What is known is first made smaller without changing anything: unknowns that follow at once are
// fixed, and the rest falls into parts that share none. Each part is a problem of its own, solved on from where it was left; and every table
// that was found on the way shows of all its unknowns what they can be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

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

  // ── over fractions, of one unknown; from the first question on nothing more is known ──
  Range range(int unknown);
  // Looks for tables in which many of them are as small as can be, or `most`, at once.
  void spread(const std::vector<int>& unknowns, std::int64_t most);
  // What the tables that were found show: range() is no less.
  Range seen(int unknown);
  std::size_t parts();
  std::size_t largest_part();

 private:
  struct Known {
    std::vector<int> unknowns;
    std::vector<double> factors;
    double least, most;
  };
  class Problem;
  struct Ends {
    double least, most;
  };

  void reduce();
  bool follow(const Known& known, std::vector<int>& fixed);

  int unknowns_ = 0;
  std::vector<Known> known_;
  std::unique_ptr<Problem> all_;
  bool reduced_ = false;
  std::vector<Ends> ends_, seen_;  // by unknown
  std::vector<int> parts_of_;      // by unknown: which part; −1 where nothing binds it to others
  std::vector<std::unique_ptr<Problem>> parts_;
};

}  // namespace samples
