#include "projections/counts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>

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

// The first eight bytes, or zeros where there are no more: in the order of keys, as far as they differ. Of an item its number follows the key, so that
// there are eight to read.
std::uint64_t first_bytes(const std::uint8_t* key, std::size_t size) {
  const auto all = std::byteswap(load_le<std::uint64_t>(key));
  return size >= 8 ? all : size == 0 ? 0 : all >> 8 * (8 - size) << 8 * (8 - size);
}

// Begins at an item that is not after the key, and says at which one to go on with keys that are not before it.
std::size_t count_from(std::size_t at, std::string& counts, std::string_view key, std::int64_t n) {
  ENSURE(key.size() <= 0xffff);
  std::array<std::uint8_t, 8> padded{};
  std::memcpy(padded.data(), key.data(), std::min(key.size(), padded.size()));
  const std::uint64_t wanted = first_bytes(padded.data(), padded.size());
  while (at < counts.size()) {
    const Item item = item_at(counts, at);
    const std::uint64_t found = first_bytes(bytes_of(item.key).data(), item.key.size());
    const int order = found != wanted ? (found < wanted ? -1 : 1) : item.key.compare(key);
    if (order > 0) break;
    if (order == 0) {
      if (item.n + n == 0) counts.erase(item.begin, item.end - item.begin);
      else store_le(reinterpret_cast<std::uint8_t*>(counts.data()) + item.end - 8, item.n + n);
      return item.begin;
    }
    at = item.end;
  }
  if (n == 0) return at;
  std::string fresh;
  append_le(fresh, static_cast<std::uint16_t>(key.size()));
  fresh += key;
  append_le(fresh, n);
  counts.insert(at, fresh);
  return at;
}

}  // namespace

void count(std::string& counts, std::string_view key, std::int64_t n) { count_from(0, counts, key, n); }

void count_each(std::string& counts, std::vector<std::string> keys) {
  std::ranges::sort(keys);
  std::size_t at = 0;
  for (const std::string& key : keys) at = count_from(at, counts, key, 1);
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
