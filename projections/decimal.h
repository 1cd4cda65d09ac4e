// The number that published figures are made of: a decimal of 50 digits (Boost.Multiprecision cpp_dec_float_50), printed with exactly
// six places, rounded half to even, once.
//
// Binary floating point has no way in or out, no locale is read, and two machines give the same bytes. The Boost type truncates instead of
// rounding: 2/3 · 3/4 falls short of 0.5, by some 1e-72, and in 1.81 its short division drops a limb, which leaves 56 true digits. So two
// decimals no further apart than 1e-40 (times their size, above 1) are one number here, in every comparison and in deciding what is a tie
// when printing. That is far above what a million roundings add up to (1e-50) and far below what separates two figures in practice, and
// digits that another release of Boost may get differently stay out of every answer.
// Dividing by zero, the root of a negative number and the logarithm of one that is not positive are bugs and abort.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

namespace caseledger::projections {

class Decimal {
 public:
  Decimal(std::int64_t whole = 0);
  template <std::floating_point Binary>
  Decimal(Binary) = delete;
  Decimal(const Decimal& other);
  Decimal& operator=(const Decimal& other);

  // digits / 10^places: scaled(95, 2) is 0.95.
  static Decimal scaled(std::int64_t digits, int places);

  Decimal& operator+=(const Decimal& other);
  Decimal& operator-=(const Decimal& other);
  Decimal& operator*=(const Decimal& other);
  Decimal& operator/=(const Decimal& other);

  // Multiplies by numerator / denominator; many times faster than a full division while both are below 10^8.
  Decimal& scale(std::int64_t numerator, std::int64_t denominator);

  friend Decimal operator+(Decimal a, const Decimal& b) { return a += b; }
  friend Decimal operator-(Decimal a, const Decimal& b) { return a -= b; }
  friend Decimal operator*(Decimal a, const Decimal& b) { return a *= b; }
  friend Decimal operator/(Decimal a, const Decimal& b) { return a /= b; }
  friend Decimal operator-(const Decimal& a) { return Decimal(0) - a; }

  friend std::weak_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

  friend Decimal sqrt(const Decimal& x);
  friend Decimal ln(const Decimal& x);
  friend Decimal exp(const Decimal& x);

  // "-12.345678": always six places, never "-0.000000"; |value| < 10^18.
  std::string fixed() const;

 private:
  struct Inside;  // the Boost number in `storage_`; its header costs two seconds to compile and stays in decimal.cc
  alignas(8) std::byte storage_[56];
};

// numerator / denominator as a published figure, exact before its one rounding: ratio(27'033, 29'568) is "0.914265".
// The denominator is not zero: a figure without cases says "no data" before it comes here.
std::string ratio(std::int64_t numerator, std::int64_t denominator);

}  // namespace caseledger::projections
