#include "projections/decimal.h"

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <memory>
#include <new>
#include <type_traits>

#include "ledger/core/result.h"
#include "ledger/core/wide.h"

namespace caseledger::projections {

using Value = boost::multiprecision::cpp_dec_float_50;

struct Decimal::Inside {
  static_assert(sizeof(Value) == sizeof(storage_) && alignof(Value) <= 8);
  static_assert(std::is_trivially_destructible_v<Value>);

  static Value& of(Decimal& x) { return *std::launder(reinterpret_cast<Value*>(x.storage_)); }
  static const Value& of(const Decimal& x) { return *std::launder(reinterpret_cast<const Value*>(x.storage_)); }

  static void place(Decimal& x, const Value& value) { std::construct_at(reinterpret_cast<Value*>(x.storage_), value); }
};

namespace {

constexpr std::uint32_t units_per_whole = 1'000'000;  // six places

// Whether a difference is nothing but rounding in numbers of this size.
bool negligible(const Value& difference, const Value& size) {
  static const Value tolerance("1e-40");
  return abs(difference) <= (size > 1 ? Value(tolerance * size) : tolerance);
}

const Value& largest_printed() {
  static const Value value("1e18");
  return value;
}

Wide magnitude(std::int64_t x) { return x < 0 ? Wide(0) - static_cast<Wide>(x) : static_cast<Wide>(x); }

std::string print(bool negative, Wide units) {
  std::string reversed;
  for (int place = 0; units != 0 || place <= 6; ++place) {
    if (place == 6) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(units % 10));
    units /= 10;
  }
  if (negative && reversed.find_first_not_of("0.") != std::string::npos) reversed += '-';
  return std::string(reversed.rbegin(), reversed.rend());
}

}  // namespace

Decimal::Decimal(std::int64_t whole) { Inside::place(*this, Value(whole)); }
Decimal::Decimal(const Decimal& other) { Inside::place(*this, Inside::of(other)); }

Decimal& Decimal::operator=(const Decimal& other) {
  Inside::of(*this) = Inside::of(other);
  return *this;
}

Decimal Decimal::scaled(std::int64_t digits, int places) {
  ENSURE(places >= 0);
  Decimal out(digits);
  for (int i = 0; i < places; ++i) Inside::of(out) /= 10;  // short division, exact while the digits end
  return out;
}

Decimal& Decimal::operator+=(const Decimal& other) {
  Inside::of(*this) += Inside::of(other);
  return *this;
}

Decimal& Decimal::operator-=(const Decimal& other) {
  Inside::of(*this) -= Inside::of(other);
  return *this;
}

Decimal& Decimal::operator*=(const Decimal& other) {
  Inside::of(*this) *= Inside::of(other);
  return *this;
}

Decimal& Decimal::operator/=(const Decimal& other) {
  ENSURE(!Inside::of(other).is_zero());
  Inside::of(*this) /= Inside::of(other);
  return *this;
}

Decimal& Decimal::scale(std::int64_t numerator, std::int64_t denominator) {
  ENSURE(denominator != 0);
  Inside::of(*this) *= numerator;
  Inside::of(*this) /= denominator;
  return *this;
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const Value difference = Decimal::Inside::of(a) - Decimal::Inside::of(b);
  if (negligible(difference, abs(Decimal::Inside::of(a)))) return std::weak_ordering::equivalent;
  return difference < 0 ? std::weak_ordering::less : std::weak_ordering::greater;
}

Decimal sqrt(const Decimal& x) {
  ENSURE(Decimal::Inside::of(x) >= 0);
  Decimal out;
  Decimal::Inside::of(out) = sqrt(Decimal::Inside::of(x));
  return out;
}

Decimal ln(const Decimal& x) {
  ENSURE(Decimal::Inside::of(x) > 0);
  Decimal out;
  Decimal::Inside::of(out) = log(Decimal::Inside::of(x));
  return out;
}

Decimal exp(const Decimal& x) {
  Decimal out;
  Decimal::Inside::of(out) = exp(Decimal::Inside::of(x));
  return out;
}

std::string Decimal::fixed() const {
  const Value& value = Inside::of(*this);
  const Value size = abs(value);
  ENSURE(size < largest_printed());
  const Value whole = floor(size);
  const Value scaled = (size - whole) * units_per_whole;
  const Value millionths = floor(scaled);
  Wide units = Wide(whole.convert_to<std::uint64_t>()) * units_per_whole + millionths.convert_to<std::uint64_t>();

  const Value above_half = scaled - millionths - Value("0.5");
  const bool tie = negligible(above_half, size);
  if (tie ? units % 2 == 1 : above_half > 0) ++units;
  return print(value < 0, units);
}

std::string ratio(std::int64_t numerator, std::int64_t denominator) {
  ENSURE(denominator != 0);
  const Wide scaled = magnitude(numerator) * units_per_whole;  // < 2^83
  const Wide divisor = magnitude(denominator);
  Wide units = scaled / divisor;
  const Wide twice_rest = scaled % divisor * 2;
  if (twice_rest > divisor || (twice_rest == divisor && units % 2 == 1)) ++units;
  return print((numerator < 0) != (denominator < 0), units);
}

}  // namespace caseledger::projections
