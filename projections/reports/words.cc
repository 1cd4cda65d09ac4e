#include "projections/reports/words.h"

#include <algorithm>
#include <array>

namespace caseledger::reports {

namespace {

using namespace std::string_view_literals;

constexpr Millionths power_of_ten(int n) { return n == 0 ? 1 : 10 * power_of_ten(n - 1); }

std::string digits_of(Millionths n) {
  if (n == 0) return "0";
  std::string out;
  for (; n > 0; n /= 10) out += static_cast<char>('0' + static_cast<int>(n % 10));
  return {out.rbegin(), out.rend()};
}

std::string grouped(std::string digits) {
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

Millionths rounded(Millionths value, Millionths step) {
  const Millionths whole = value / step, rest = value % step;
  return whole + (2 * rest > step || (2 * rest == step && whole % 2 == 1) ? 1 : 0);
}

// Ratios that are no share of anything. A new one is a share unless it is named here.
constexpr std::array quotients{"R2"sv, "T1.bundle_ratio"sv, "T3.kappa"sv, "T4.disparity"sv, "T8.jurisdiction_changes"sv};

struct Words {
  std::string_view name, words;
};

std::string_view found(std::span<const Words> in, std::string_view name) {
  const auto at = std::ranges::find(in, name, &Words::name);
  return at == in.end() ? std::string_view() : at->words;
}

std::string without_underscores(std::string_view code) {
  std::string out(code);
  std::ranges::replace(out, '_', ' ');
  return out;
}

}  // namespace

std::optional<Millionths> millionths(std::string_view value) {
  const bool negative = value.starts_with('-');
  if (negative) value.remove_prefix(1);
  const auto point = value.find('.');
  const std::string_view whole = value.substr(0, point);
  std::string fraction(point == std::string_view::npos ? std::string_view() : value.substr(point + 1));
  const auto are_digits = [](std::string_view text) { return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }); };
  if (whole.empty() || whole.size() > 24 || fraction.size() > 6 || !are_digits(whole) || !are_digits(fraction) || (point != value.npos && fraction.empty())) return {};
  fraction.resize(6, '0');
  Millionths sum = 0;
  for (const char c : whole) sum = sum * 10 + (c - '0');
  for (const char c : fraction) sum = sum * 10 + (c - '0');
  return negative ? -sum : sum;
}

Measure measure_of(const Table& table) {
  if (table.unit == "ratio") return std::ranges::find(quotients, table.id) == quotients.end() ? Measure::share : Measure::quotient;
  if (table.unit == "us") return Measure::duration;
  const bool whole = std::ranges::all_of(table.rows, [](const Row& row) { return !row.value || row.value->find('.') == row.value->npos; });
  return whole ? Measure::count : Measure::number;
}

std::string count_words(std::int64_t n) { return fixed_words(Millionths(n) * million, 0); }

std::string fixed_words(Millionths value, int places) {
  if (value < 0) {
    const std::string positive = fixed_words(-value, places);
    return positive.find_first_not_of("0.,") == positive.npos ? positive : "−" + positive;
  }
  std::string digits = digits_of(rounded(value, power_of_ten(6 - places)));
  if (digits.size() <= static_cast<std::size_t>(places)) digits.insert(0, static_cast<std::size_t>(places) + 1 - digits.size(), '0');
  const std::size_t point = digits.size() - static_cast<std::size_t>(places);
  return grouped(digits.substr(0, point)) + (places > 0 ? "." + digits.substr(point) : "");
}

std::string share_words(Millionths share) {
  if (share == 0 || share == million) return share == 0 ? "0 %" : "100 %";
  const Millionths percent = share * 100;  // exact to four places
  int places = 1;
  const auto is_enough = [&] {
    const Millionths shown = rounded(percent < 0 ? -percent : percent, power_of_ten(6 - places)), whole = 100 * power_of_ten(places);
    return shown >= 10 && (shown != whole);  // two digits that count, and not everything
  };
  while (places < 4 && !is_enough()) ++places;
  return fixed_words(percent, places) + " %";
}

std::string tick_words(Millionths value, Measure measure, std::string_view unit) {
  const Millionths shown = measure == Measure::share ? value * 100 : value;
  if (measure == Measure::duration) return duration_words(value);
  int places = 0;
  while (places < 6 && shown % power_of_ten(6 - places) != 0) ++places;
  return fixed_words(shown, places) + (measure == Measure::share || unit == "percent" ? " %" : "");
}

std::string duration_words(Millionths microseconds) {
  const Millionths us = microseconds / million;
  constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  const auto two = [&](std::int64_t large, std::string_view of_large, std::int64_t small, std::string_view of_small) {
    Millionths smalls = rounded(us, small);
    const Millionths per = large / small, larges = smalls / per;
    smalls %= per;
    return grouped(digits_of(larges)) + " " + std::string(of_large) + (smalls ? " " + digits_of(smalls) + " " + std::string(of_small) : "");
  };
  // What would round up to the next unit is said in it.
  if (us < 0) return "−" + duration_words(-microseconds);
  if (us == 0) return "0 s";
  if (us < 1000) return digits_of(us) + " µs";
  if (us < second) return fixed_words(microseconds / 1000, 0) + " ms";
  if (us < minute - second / 20) return us % second ? fixed_words(us, 1) + " s" : fixed_words(us, 0) + " s";
  if (us < hour - second / 2) return two(minute, "min", second, "s");
  if (us < day - minute / 2) return two(hour, "h", minute, "min");
  if (us < 100 * day) return two(day, "d", hour, "h");
  return grouped(digits_of(rounded(us, day))) + " d";
}

std::string said(Millionths value, Measure measure, std::string_view unit) {
  switch (measure) {
    case Measure::share: return share_words(value);
    case Measure::quotient: return fixed_words(value, 2);
    case Measure::duration: return duration_words(value);
    case Measure::count: return fixed_words(value, 0) + (unit == "m" ? " m" : unit == "h" ? " h" : "");
    case Measure::number: return (unit == "usd" ? "$" : "") + fixed_words(value, value % million == 0 ? 0 : 2) + (unit == "percent" ? " %" : "");
  }
  return {};
}

bool is_told(const Row& row) { return row.withheld.empty() && row.value.has_value(); }

std::string said(const Table& table, const Row& row) {
  if (row.withheld == "coarsened") return "in its region";
  if (!row.withheld.empty()) return "withheld";
  if (row.value) {
    const auto value = millionths(*row.value);
    return value ? said(*value, measure_of(table), table.unit) : *row.value;
  }
  const auto has = [&](std::string_view flag) { return std::ranges::find(row.flags, flag) != row.flags.end(); };
  return has("not_reached") ? "not reached" : has("not_observed") ? "not observed yet" : has("not_defined") ? "not defined" : has("too_large") ? "too large" : "no data";
}

std::string interval_words(const Table& table, const Row& row) {
  if (!row.interval || !row.withheld.empty()) return {};
  const auto low = millionths(row.interval->first), high = millionths(row.interval->second);
  if (!low || !high) return row.interval->first + " to " + row.interval->second;
  const Measure measure = measure_of(table);
  return said(*low, measure, table.unit) + " to " + said(*high, measure, table.unit);
}

std::string counted_words(const Row& row) {
  if (!row.withheld.empty() || row.denominator.value_or(0) == 0) return {};
  return (row.numerator ? count_words(*row.numerator) + " " : "") + "of " + count_words(*row.denominator);
}

std::string unit_words(std::string_view unit) {
  static constexpr Words words[] = {
      {"us", "time"}, {"ratio", ""}, {"m", "metres"}, {"h", "hours"}, {"usd", "US dollars"}, {"persons_sent", "people sent"}, {"episodes_weighted", "episodes, weighted"},
      {"per_million", "per million"}, {"per_thousand", "per thousand"}, {"per_hundred", "per hundred"}, {"per_100000", "per 100,000"}, {"per_1000_km", "per 1,000 km"}, {"hand_overs", "hand-overs"}};
  if (unit == "us" || unit == "ratio") return std::string(found(words, unit));
  const std::string_view known = found(words, unit);
  return known.empty() ? without_underscores(unit) : std::string(known);
}

std::string dimension_words(std::string_view dimension) {
  static constexpr Words words[] = {
      {"age_band", "Age"}, {"case_type", "Case type at intake"}, {"case_type_current", "Case type now"}, {"country", "Country"}, {"detector_kind", "Kind of detector"},
      {"esp", "Service provider"}, {"exam", "Examination"}, {"imported", "Recorded elsewhere first"}, {"race_ethnicity", "Race or ethnicity"}, {"state_care", "In State care"}, {"resolved_share", "Share resolved, in percent"}, {"model", "Model and version"}, {"unit_name", "Unit"}};
  if (const auto known = found(words, dimension); !known.empty()) return std::string(known);
  std::string out = without_underscores(dimension);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string flag_words(std::string_view flag) {
  static constexpr Words words[] = {
      {"no_data", "Nothing was counted, so there is no value."},
      {"not_reached", "Not reached: by the as-of, too few had ended to say."},
      {"not_observed", "Nobody has been observed for so long yet."},
      {"not_defined", "The formula has no value here."},
      {"not_representative", "Not representative: too few were adjudicated to speak for the rest."},
      {"partial", "Partial: counted over those that state it."},
      {"coarse_starts", "Some starts are known to the day only; their midpoint is used."},
      {"resolved_before_start", "Some ends are on record before their start; they count as no time at all."},
      {"not_in_force", "Cited on a day on which it was not in force."},
      {"stands_for_states", "Stands for its states, most of which are too small to be told one by one."},
      {"too_large", "Larger than the ledger can add up."},
  };
  const auto known = found(words, flag);
  return known.empty() ? without_underscores(flag) : std::string(known);
}

std::string why_words(std::string_view reason) {
  static constexpr Words words[] = {
      {"time", "the passing of time"},         {"late_records", "late records"},     {"later_events", "events of after the period"},
      {"suppression", "what is withheld"}, {"recounted", "another count of the earlier record"},
  };
  const auto known = found(words, reason);
  return known.empty() ? without_underscores(reason) : std::string(known);
}

std::string withheld_words(std::string_view rule) {
  static constexpr Words words[] = {
      {"primary", "Withheld: so few that persons could be recognised."},
      {"difference", "Withheld: so few more or fewer than in an earlier edition, or than at intake, or than another clock counts, that persons could be recognised."},
      {"earlier", "Withheld in an earlier edition, and so withheld still."},
      {"complementary", "Withheld so that another withheld figure cannot be worked out from it."},
      {"coarsened", "Told only as part of its region."},
      {"line", "Withheld with the rest of its row or column: nothing less protects a withheld figure in it."},
      {"figure", "Withheld altogether: nothing less protects a withheld figure that belongs to it."},
      {"dependent", "Withheld because it is computed from a withheld figure."},
  };
  const auto known = found(words, rule);
  return known.empty() ? "Withheld by rule: " + without_underscores(rule) + "." : std::string(known);
}

std::string title_words(std::string_view title) {
  std::string out(title);
  for (std::size_t at = 0; (at = out.find("<= ", at)) != out.npos;) out.replace(at, 2, "≤");
  const auto code = out.rfind(": ");
  if (code != out.npos) std::replace(out.begin() + static_cast<std::ptrdiff_t>(code), out.end(), '_', ' ');
  return out;
}

std::string date_words(Micros at) {
  static constexpr std::string_view months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
  const std::string stamp = to_rfc3339(at);  // 2024-03-05T14:03:00Z
  const auto number = [&](std::size_t from, std::size_t count) { return static_cast<std::size_t>(std::stoul(stamp.substr(from, count))); };
  if (stamp.size() < 20 || stamp[4] != '-' || number(5, 2) - 1 >= std::size(months)) return stamp;
  return std::to_string(number(8, 2)) + " " + std::string(months[number(5, 2) - 1]) + " " + std::to_string(number(0, 4));
}

std::string time_words(Micros at) { return date_words(at) + ", " + to_rfc3339(at).substr(11, 5) + " UTC"; }

std::string period_words(const Period& period) {
  const std::string first = date_words(period.from), last = date_words(period.to - 1);
  return first == last ? first : first + " to " + last;
}

}  // namespace caseledger::reports
