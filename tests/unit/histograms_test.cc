// Histograms of a stream beside a map that counts the same.
#include "projections/histograms.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

using namespace caseledger;
using namespace caseledger::projections;

TEST_CASE("histograms add up to what was counted, in whatever order it came") {
  CHECK(rc::check("any values under any keys", [] {
    const auto draw = [](unsigned n) { return *rc::gen::inRange(0u, n); };
    const auto wide = *rc::gen::element(3u, 200u, 4'294'967'295u);
    std::vector<std::pair<std::string, Slot>> counted;
    for (unsigned i = draw(80); i > 0; --i) counted.emplace_back(std::string(draw(3), static_cast<char>('a' + draw(3))), draw(wide));
    std::string one, other;
    std::map<std::string, std::map<Slot, std::int64_t>> expected;
    for (const auto& [key, value] : counted) count_value(one, key, value), ++expected[key][value];
    for (auto each = counted.rbegin(); each != counted.rend(); ++each) count_value(other, each->first, each->second);
    RC_ASSERT(one == other);
    Cells sums;
    add_histograms(one, Share(StreamId{}, sums));
    RC_ASSERT(sums.size() == expected.size());
    for (const auto& [key, values] : expected) {
      std::map<Slot, std::int64_t> found;
      for (const Number& number : sums.at(key)) found[number.slot] = number.n;
      RC_ASSERT(found == values);
    }
    add_histograms(one, Share(StreamId{}, sums, -1));
    RC_ASSERT(sums.size() == 0u);
  }));
}
