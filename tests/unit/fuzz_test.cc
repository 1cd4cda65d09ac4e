// The fuzzers' targets, for as long as a unit test may take: their seeds, and a few thousand of these changed at random.
#include <catch2/catch.hpp>
#include <random>

#include "tests/fuzz/targets.h"

namespace {

using fuzz::Buffer;

class Mutator {
 public:
  Mutator(std::vector<Buffer> seeds, std::uint64_t seed) : seeds_(std::move(seeds)), random_(seed) {}

  Buffer next() {
    Buffer bytes = seeds_[below(seeds_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random_() % n); }
  auto at(Buffer& bytes, std::size_t offset) { return bytes.begin() + static_cast<std::ptrdiff_t>(offset); }

  void change(Buffer& bytes) {
    if (bytes.empty()) return bytes.push_back(static_cast<std::uint8_t>(random_()));
    constexpr std::string_view words[] = {"<", ">", "&", "]]>", "<!--", "\"", "\\u0000", "{", "}", "[", "]", "null", "-1", "18446744073709551616", "\n\n", "=", "\xff\xfe", "\xef\xbf\xbe"};
    switch (below(7)) {
      case 0: bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1u << below(8)); break;
      case 1: bytes[below(bytes.size())] = static_cast<std::uint8_t>(random_()); break;
      case 2: bytes.resize(below(bytes.size())); break;
      case 3: {  // a stretch of another one
        const Buffer& other = seeds_[below(seeds_.size())];
        const std::size_t from = below(other.size()), count = below(std::min<std::size_t>(other.size() - from, 200));
        bytes.insert(at(bytes, below(bytes.size())), other.begin() + static_cast<std::ptrdiff_t>(from), other.begin() + static_cast<std::ptrdiff_t>(from + count));
        break;
      }
      case 4: {
        const std::size_t from = below(bytes.size());
        bytes.erase(at(bytes, from), at(bytes, from + below(std::min<std::size_t>(bytes.size() - from, 100))));
        break;
      }
      case 5: {
        const auto word = words[below(std::size(words))];
        bytes.insert(at(bytes, below(bytes.size())), word.begin(), word.end());
        break;
      }
      default: {  // the same again
        const std::size_t from = below(bytes.size()), count = below(std::min<std::size_t>(bytes.size() - from, 50));
        const Buffer stretch(at(bytes, from), at(bytes, from + count));
        bytes.insert(at(bytes, from), stretch.begin(), stretch.end());
      }
    }
  }

  std::vector<Buffer> seeds_;
  std::mt19937_64 random_;
};

void run(const fuzz::Target& target, std::uint64_t seed, unsigned rounds) {
  Mutator mutator(target.seeds(), seed);
  for (unsigned round = 0; round < rounds; ++round) target.run(mutator.next());
}

}  // namespace

TEST_CASE("nothing that strangers send makes a parser stumble", "[fuzz-short]") {
  for (const auto& target : fuzz::targets()) {
    INFO(target.name);
    for (const Buffer& seed : target.seeds()) target.run(seed);
    run(target, 1, 3'000);
  }
  SUCCEED("a target that stumbles ends the process");
}

TEST_CASE("nothing that strangers send makes a parser stumble, for as long as it takes", "[.][fuzz]") {
  for (std::uint64_t seed = 2; seed < 200; ++seed)
    for (const auto& target : fuzz::targets()) run(target, seed, 10'000);
}
