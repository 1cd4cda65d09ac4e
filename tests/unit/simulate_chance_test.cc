// Chance that falls the same way everywhere, and totals dealt out exactly.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "api/simulate/apportion.h"
#include "api/simulate/case_plan.h"

using namespace caseledger;
using namespace caseledger::api::simulate;

TEST_CASE("the generator is SplitMix64") {
  Chance chance(1'234'567);
  CHECK(chance.next() == 6'457'827'717'110'365'317u);
  CHECK(chance.next() == 3'203'168'211'198'807'973u);
  CHECK(chance.next() == 9'817'491'932'198'370'423u);
}

TEST_CASE("an id of chance is what uuid_v7 would make") {
  Chance chance(3);
  const caseledger::Uuid id = chance.uuid(year_begins + 123'456);
  CHECK(id == uuid_v7(year_begins + 123'456, Bytes(id.bytes).subspan(6)));
}

TEST_CASE("shares are whole, add up, and lie within one of their quota") {
  CHECK(rc::check("apportion", [] {
    const auto weights = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 40'000'000)));
    const auto total = *rc::gen::inRange<std::uint64_t>(0, 30'000'000);
    const auto all = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    RC_PRE(all > 0u);
    const auto shares = apportion(total, weights);
    RC_ASSERT(std::accumulate(shares.begin(), shares.end(), std::uint64_t{0}) == total);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const auto quota = static_cast<std::uint64_t>(Wide{total} * weights[i] / all);
      RC_ASSERT((shares[i] == quota || (shares[i] == quota + 1 && Wide{total} * weights[i] % all != 0)));
    }
  }));
}

TEST_CASE("shares within limits keep to them and still add up") {
  CHECK(rc::check("apportion_within", [] {
    const auto limits = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 1'000)));
    const auto weights = *rc::gen::container<std::vector<std::uint64_t>>(limits.size(), rc::gen::inRange<std::uint64_t>(0, 1'000));
    const auto room = std::accumulate(limits.begin(), limits.end(), std::uint64_t{0});
    const auto total = *rc::gen::inRange<std::uint64_t>(0, room + 1);
    const auto shares = apportion_within(total, weights, limits);
    RC_ASSERT(std::accumulate(shares.begin(), shares.end(), std::uint64_t{0}) == total);
    for (std::size_t i = 0; i < shares.size(); ++i) RC_ASSERT(shares[i] <= limits[i]);
  }));
}

TEST_CASE("a deal gives every slot its share and a spread adds up to its total") {
  CHECK(rc::check("deal and spread", [](std::uint64_t seed) {
    const auto shares = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 90));
    const Deal deal(shares, seed, Draw::shuffle_types);
    const auto things = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
    std::set<std::pair<std::size_t, std::uint64_t>> dealt;
    for (std::uint64_t i = 0; i < things; ++i) {
      const auto [slot, place, overall] = deal(i);
      RC_ASSERT(place < shares.at(slot));
      RC_ASSERT(overall == std::accumulate(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(slot), std::uint64_t{0}) + place);
      dealt.emplace(slot, place);
    }
    RC_ASSERT(dealt.size() == things);

    const auto total = *rc::gen::inRange<std::uint64_t>(0, 5'000);
    const Band bands[] = {{50, 0}, {40, 1}, {10, 9}};
    const Spread spread(total, things, bands, seed, Draw::shuffle_images);
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < things; ++i) sum += spread(i);
    RC_ASSERT(sum == (things == 0 ? 0 : total));
  }));
}
