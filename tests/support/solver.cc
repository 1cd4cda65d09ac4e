#include "tests/support/solver.h"

#include <glpk.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace samples {

Solver::Solver() : lp_(glp_create_prob()) {}
Solver::~Solver() { glp_delete_prob(lp_); }

int Solver::unknown() {
  const int column = glp_add_cols(lp_, 1);
  glp_set_col_bnds(lp_, column, GLP_DB, 0, static_cast<double>(unending));
  glp_set_col_kind(lp_, column, GLP_IV);
  return column;
}

void Solver::row(const std::vector<int>& columns, const std::vector<double>& factors, double least, double most) {
  const int row = glp_add_rows(lp_, 1);
  glp_set_row_bnds(lp_, row, least == most ? GLP_FX : GLP_DB, least, most);
  std::vector<int> from_one{0};
  std::vector<double> factors_from_one{0};
  from_one.insert(from_one.end(), columns.begin(), columns.end());
  factors_from_one.insert(factors_from_one.end(), factors.begin(), factors.end());
  glp_set_mat_row(lp_, row, static_cast<int>(columns.size()), from_one.data(), factors_from_one.data());
}

void Solver::know(const std::vector<int>& sum, std::int64_t least, std::int64_t most) {
  row(sum, std::vector<double>(sum.size(), 1), static_cast<double>(least), static_cast<double>(most));
}

void Solver::know_equal(const std::vector<int>& sum, int whole) {
  std::vector<int> columns = sum;
  std::vector<double> factors(sum.size(), 1);
  columns.push_back(whole);
  factors.push_back(-1);
  row(columns, factors, 0, 0);
}

double Solver::solve(int direction, bool whole_numbers) {
  glp_set_obj_dir(lp_, direction);
  glp_smcp simplex;
  glp_init_smcp(&simplex);
  simplex.msg_lev = GLP_MSG_OFF;
  if (glp_simplex(lp_, &simplex) != 0 || glp_get_status(lp_) != GLP_OPT) throw std::logic_error("no table at all satisfies what is known");
  if (!whole_numbers) return glp_get_obj_val(lp_);
  glp_iocp integer;
  glp_init_iocp(&integer);
  integer.msg_lev = GLP_MSG_OFF;
  if (glp_intopt(lp_, &integer) != 0 || glp_mip_status(lp_) != GLP_OPT) throw std::logic_error("no table of whole numbers satisfies what is known");
  return glp_mip_obj_val(lp_);
}

Range Solver::range(const std::vector<int>& sum, bool whole_numbers) {
  for (const int column : sum) glp_set_obj_coef(lp_, column, 1);
  const double least = solve(GLP_MIN, whole_numbers), most = solve(GLP_MAX, whole_numbers);
  for (const int column : sum) glp_set_obj_coef(lp_, column, 0);
  return {std::llround(std::ceil(least - 1e-6)), std::llround(std::floor(most + 1e-6))};
}

}  // namespace samples
