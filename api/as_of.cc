#include "api/as_of.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <cstdio>

namespace caseledger::api {

namespace json = boost::json;
using Period = projections::FigureQuery::Period;

AsOf as_of_head(const Head& head) {
  if (head.size == 0) return {};
  return {head.size, head.next, head.recorded_at};
}

Result<AsOf> as_of_size(const store::Log& log, std::uint64_t size) {
  if (size == 0) return AsOf{};
  TRY_AS(last, log.entry({size - 1}));
  return AsOf{size, last.end(), last.recorded_at};
}

namespace {

bool is_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }); }

Result<std::uint64_t> size_with(const store::Log& log, const AsOf& head, Position position) {
  if (position >= head.next)
    return fail(Errc::not_found, "position " + std::to_string(position.value) + " is not recorded; the next one is " + std::to_string(head.next.value));
  TRY_AS(event, log.event(position));
  return event.index.value + 1;
}

// recorded_at never decreases.
Result<std::uint64_t> size_at(const store::Log& log, const AsOf& head, Micros time) {
  std::uint64_t least = 0, most = head.size;
  while (least < most) {
    const std::uint64_t middle = least + (most - least) / 2;
    TRY_AS(entry, log.entry({middle}));
    if (entry.recorded_at <= time) least = middle + 1;
    else most = middle;
  }
  return least;
}

Result<std::uint64_t> size_named(const store::Log& log, const AsOf& head, std::string_view text) {
  constexpr std::string_view entries = "entries:";
  if (is_digits(text)) {
    TRY_AS(position, from_decimal(text));
    return size_with(log, head, {position});
  }
  if (text.starts_with(entries)) {
    TRY_AS(size, from_decimal(text.substr(entries.size())));
    if (size > head.size) return fail(Errc::not_found, "the log has " + std::to_string(head.size) + " entries, not " + std::to_string(size));
    return size;
  }
  const auto time = parse_rfc3339(text);
  if (!time) return fail(Errc::malformed, "as_of is a position, entries:<n> or an RFC 3339 time; found " + quote(text));
  return size_at(log, head, time->at);
}

}  // namespace

Result<AsOf> parse_as_of(const store::Log& log, const AsOf& head, std::string_view text) {
  TRY_AS(size, size_named(log, head, text));
  return as_of_size(log, size);
}

Result<AsOf> as_of_time(const store::Log& log, const AsOf& head, Micros time) {
  TRY_AS(size, size_at(log, head, time));
  return as_of_size(log, size);
}

Result<json::object> as_of_json(const Ledger& ledger, const AsOf& as_of) {
  Hash root = empty_root();
  if (as_of.size > 0) {
    TRY_AS(computed, ledger.tiles().root(as_of.size));
    root = computed;
  }
  json::object out{{"size", exact_number(as_of.size)}, {"next_position", exact_number(as_of.next.value)}};
  if (as_of.recorded_at) out.emplace("recorded_at", to_rfc3339(*as_of.recorded_at));
  out.emplace("root", hex(root.bytes));
  return out;
}

json::value exact_number(std::uint64_t number) {
  if (number >> 53 == 0) return number;
  return json::value(std::to_string(number));
}

// ── periods ──

namespace {

constexpr std::string_view period_forms = "a period is a year (2024), a quarter (2024-Q3), a month (2024-03) or FROM/TO; found ";

Result<Micros> start_of(std::string_view text) {
  const bool date = text.size() == 10;
  const auto instant = parse_rfc3339(date ? std::string(text) + "T00:00:00Z" : std::string(text));
  if (!instant) return fail(Errc::malformed, "a period goes from and to a date (2024-03-05) or an RFC 3339 time; found " + quote(text));
  return instant->at;
}

// The first of a month counted from January of a year, 12 being the next January.
Result<Micros> month_start(int year, int month) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-01", year + month / 12, month % 12 + 1);
  return start_of(text);
}

// A number of exactly so many digits, or −1.
int digits(std::string_view text, std::size_t count) {
  if (text.size() != count || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return -1;
  int number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number;
}

}  // namespace

Result<Period> parse_period(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    TRY_AS(from, start_of(text.substr(0, slash)));
    TRY_AS(to, start_of(text.substr(slash + 1)));
    if (from >= to) return fail(Errc::value_out_of_range, "the period ends before it begins");
    return Period{from, to};
  }
  const int year = digits(text.substr(0, 4), 4);
  int first = 0, months = 12;
  if (text.size() == 7 && text.substr(4, 2) == "-Q") {
    first = (digits(text.substr(6), 1) - 1) * 3;
    months = 3;
  } else if (text.size() == 7 && text[4] == '-') {
    first = digits(text.substr(5), 2) - 1;
    months = 1;
  } else if (text.size() != 4) {
    return fail(Errc::malformed, std::string(period_forms) + quote(text));
  }
  if (year < 1 || year > 9998 || first < 0 || first > 11) return fail(Errc::malformed, std::string(period_forms) + quote(text));
  TRY_AS(from, month_start(year, first));
  TRY_AS(to, month_start(year, first + months));
  return Period{from, to};
}

}  // namespace caseledger::api
