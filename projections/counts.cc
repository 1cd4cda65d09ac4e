#include "projections/counts.h"

#include <chrono>

namespace caseledger::projections {

namespace {

struct Item {
  std::string_view key;
  std::int64_t n;
  std::size_t begin, end;
};

Item item_at(std::string_view counts, std::size_t begin) {
  const auto* at = bytes_of(counts).data() + begin;
  const std::size_t size = load_le<std::uint16_t>(at);
  return {counts.substr(begin + 2, size), load_le<std::int64_t>(at + 2 + size), begin, begin + 2 + size + 8};
}

}  // namespace

void count(std::string& counts, std::string_view key, std::int64_t n) {
  ENSURE(key.size() <= 0xffff);
  std::size_t at = 0;
  while (at < counts.size()) {
    const Item item = item_at(counts, at);
    const int order = item.key.compare(key);
    if (order > 0) break;
    if (order == 0) {
      if (item.n + n == 0) counts.erase(item.begin, item.end - item.begin);
      else store_le(reinterpret_cast<std::uint8_t*>(counts.data()) + item.end - 8, item.n + n);
      return;
    }
    at = item.end;
  }
  if (n == 0) return;
  std::string fresh;
  append_le(fresh, static_cast<std::uint16_t>(key.size()));
  fresh += key;
  append_le(fresh, n);
  counts.insert(at, fresh);
}

void add_counts(std::string_view counts, const Share& add) {
  for (std::size_t at = 0; at < counts.size();) {
    const Item item = item_at(counts, at);
    add(item.key, item.n);
    at = item.end;
  }
}

Month month_of(Micros at) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_time<microseconds>(microseconds(at)))};
  return (static_cast<int>(date.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

Micros begin_of(Month month) {
  using namespace std::chrono;
  const sys_days first = (year(1970) / January + months(month)) / 1;
  return Micros{first.time_since_epoch().count()} * 86'400'000'000;
}

bool counts_month(const FigureQuery& query, Month month) {
  const Micros begin = begin_of(month);
  return begin <= query.as_of && (!query.period || (query.period->from <= begin && begin < query.period->to));
}

std::uint32_t three_digits(std::uint32_t n) {
  std::uint32_t unit = 1;
  while (n / unit >= 1000) unit *= 10;
  return n / unit * unit;
}

}  // namespace caseledger::projections
