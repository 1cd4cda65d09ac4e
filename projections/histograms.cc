#include "projections/histograms.h"

#include "projections/packed.h"

namespace caseledger::projections {

namespace {

using inside_packed::put;
using inside_packed::take_number;

// In the order of keys: the length of the key, the key, the length of the histogram, and that: of each value in their order how much greater it is
// than the one before, and how often it is.
struct Item {
  std::string_view key, histogram;
};

std::string_view take_text(std::string_view& rest) {
  const std::uint64_t size = take_number(rest);
  ENSURE(size <= rest.size());
  const std::string_view text = rest.substr(0, size);
  rest.remove_prefix(size);
  return text;
}

Item take(std::string_view& rest) {
  const std::string_view key = take_text(rest);
  return {key, take_text(rest)};
}

template <class Visit>
void each_number(std::string_view histogram, Visit visit) {
  std::uint64_t value = 0;
  while (!histogram.empty()) {
    value += take_number(histogram);
    visit(static_cast<Slot>(value), static_cast<std::int64_t>(take_number(histogram)));
  }
}

std::string with_one_more(std::string_view histogram, Slot wanted) {
  std::string out;
  out.reserve(histogram.size() + 8);
  Slot before = 0;
  bool done = false;
  const auto append = [&](Slot value, std::int64_t n) {
    put(out, std::uint64_t{value - std::exchange(before, value)});
    put(out, static_cast<std::uint64_t>(n));
  };
  each_number(histogram, [&](Slot value, std::int64_t n) {
    if (!done && value > wanted) append(wanted, 1), done = true;
    append(value, n + (value == wanted ? 1 : 0));
    done = done || value == wanted;
  });
  if (!done) append(wanted, 1);
  return out;
}

}  // namespace

void count_value(std::string& histograms, std::string_view key, Slot value) {
  const std::string_view all = histograms;
  std::string_view rest = all;
  std::size_t begin = 0, end = 0;
  std::string_view histogram;
  for (; !rest.empty(); begin = end) {
    const Item item = take(rest);
    end = all.size() - rest.size();
    if (item.key < key) continue;
    if (item.key == key) histogram = item.histogram;
    else end = begin;
    break;
  }
  std::string item;
  put(item, std::string(key));
  put(item, with_one_more(histogram, value));
  histograms.replace(begin, end - begin, item);
}

void add_histograms(std::string_view histograms, const Share& add) {
  std::vector<Number> numbers;
  while (!histograms.empty()) {
    const Item item = take(histograms);
    numbers.clear();
    each_number(item.histogram, [&](Slot value, std::int64_t n) { numbers.push_back({value, n}); });
    add(item.key, numbers);
  }
}

}  // namespace caseledger::projections
