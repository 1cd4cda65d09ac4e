// Proofs and every single way to bend them.
#include <catch2/catch.hpp>

#include "ledger/core/merkle.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

// Calls `each` with every proof that differs from `proof` in one bit, and with every one a hash longer or shorter.
template <class Each>
void bend(const Hashes& proof, const Each& each) {
  for (std::size_t i = 0; i < proof.size(); ++i)
    for (int bit = 0; bit < 256; ++bit) {
      Hashes bent = proof;
      bent[i].bytes[static_cast<std::size_t>(bit / 8)] ^= static_cast<std::uint8_t>(1 << bit % 8);
      each(bent);
    }
  for (std::size_t i = 0; i < proof.size(); ++i) {
    Hashes shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    each(shorter);
  }
  for (std::size_t i = 0; i <= proof.size(); ++i)
    for (const Hash& extra : {Hash{}, empty_root(), proof.empty() ? Hash{} : proof[i % proof.size()]}) {
      Hashes longer = proof;
      longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i), extra);
      each(longer);
    }
}

template <class Each>
void bend(const Hash& hash, const Each& each) {
  bend(Hashes{hash}, [&](const Hashes& bent) {
    if (bent.size() == 1) each(bent[0]);
  });
}

}  // namespace

TEST_CASE("an inclusion proof with one bit changed, one hash more or one hash less is refused") {
  const Hashes leaves = byte_leaves(130);
  const auto attack = [&](std::size_t i, std::size_t n) {
    const Hash root = tree_head(first(leaves, n));
    const Hashes proof = inclusion_proof(first(leaves, n), i);
    int accepted = 0;
    bend(proof, [&](const Hashes& bent) { accepted += verify_inclusion(leaves[i], i, n, bent, root).has_value(); });
    bend(leaves[i], [&](const Hash& bent) { accepted += verify_inclusion(bent, i, n, proof, root).has_value(); });
    bend(root, [&](const Hash& bent) { accepted += verify_inclusion(leaves[i], i, n, proof, bent).has_value(); });
    INFO("leaf " << i << " of " << n);
    REQUIRE(accepted == 0);
  };
  for (std::size_t n = 1; n <= 17; ++n)
    for (std::size_t i = 0; i < n; ++i) attack(i, n);
  for (const std::size_t i : {0, 1, 63, 64, 127, 128, 129}) attack(i, 130);
}

TEST_CASE("an inclusion proof holds for its own index in its own tree and nowhere else") {
  const Hashes leaves = byte_leaves(40);
  for (std::size_t n = 1; n <= 40; ++n)
    for (std::size_t i = 0; i < n; ++i) {
      const Hash root = tree_head(first(leaves, n));
      const Hashes proof = inclusion_proof(first(leaves, n), i);
      int accepted = 0;
      for (std::uint64_t j = 0; j < 64; ++j) {
        if (j == i) continue;
        accepted += verify_inclusion(leaves[i], j, n, proof, root).has_value();
        if (j < n) accepted += verify_inclusion(leaves[j], i, n, proof, root).has_value();
      }
      for (std::size_t other = 0; other <= 40; ++other)
        if (other != n) accepted += verify_inclusion(leaves[i], i, other, proof, tree_head(first(leaves, other))).has_value();
      for (const std::uint64_t beyond : {std::uint64_t{n}, std::uint64_t{1} << 63, ~std::uint64_t{0}})
        accepted += verify_inclusion(leaves[i], beyond, n, proof, root).has_value();
      INFO("leaf " << i << " of " << n);
      REQUIRE(accepted == 0);
      REQUIRE(head_from_inclusion(leaves[i], n, n, proof).error().code == Errc::verification_failed);
    }
}

TEST_CASE("a consistency proof with one bit changed, one hash more or one hash less is refused") {
  const Hashes leaves = byte_leaves(130);
  const AllNodes nodes(leaves);
  const auto attack = [&](std::size_t m, std::size_t n) {
    const Hash before = tree_head(first(leaves, m)), after = tree_head(first(leaves, n));
    const Hashes proof = consistency_proof(m, n, nodes.within(n)).value();
    int accepted = 0;
    bend(proof, [&](const Hashes& bent) { accepted += verify_consistency(m, before, n, after, bent).has_value(); });
    bend(before, [&](const Hash& bent) { accepted += verify_consistency(m, bent, n, after, proof).has_value(); });
    bend(after, [&](const Hash& bent) { accepted += verify_consistency(m, before, n, bent, proof).has_value(); });
    INFO(m << " of " << n);
    REQUIRE(accepted == 0);
  };
  for (std::size_t n = 1; n <= 17; ++n)
    for (std::size_t m = 1; m <= n; ++m) attack(m, n);
  for (const std::size_t m : {1, 63, 64, 127, 128, 129, 130}) attack(m, 130);
}

TEST_CASE("a consistency proof holds between its own two sizes and no others") {
  const Hashes leaves = byte_leaves(33);
  const AllNodes nodes(leaves);
  Hashes roots;
  for (std::size_t n = 0; n <= 33; ++n) roots.push_back(tree_head(first(leaves, n)));
  for (std::size_t n = 1; n <= 33; ++n)
    for (std::size_t m = 1; m < n; ++m) {
      const Hashes proof = consistency_proof(m, n, nodes.within(n)).value();
      int accepted = 0;
      for (std::size_t other = 0; other <= 33; ++other) {
        if (other != m) accepted += verify_consistency(other, roots[other], n, roots[n], proof).has_value();
        if (other != m) accepted += verify_consistency(m, roots[other], n, roots[n], proof).has_value();
        if (other != n) accepted += verify_consistency(m, roots[m], other, roots[other], proof).has_value();
        if (other != n) accepted += verify_consistency(m, roots[m], n, roots[other], proof).has_value();
      }
      INFO(m << " of " << n);
      REQUIRE(accepted == 0);
    }
}

TEST_CASE("a proof of the wrong length leads to no head, and is not taken for a fork") {
  const Hashes leaves = byte_leaves(17);
  const AllNodes nodes(leaves);
  for (std::size_t n = 1; n <= 17; ++n) {
    const Hash root = tree_head(first(leaves, n));
    for (std::size_t i = 0; i < n; ++i) {
      Hashes proof = inclusion_proof(first(leaves, n), i);
      const std::size_t length = proof.size();
      proof.resize(length + 3);
      for (std::size_t wrong = 0; wrong <= length + 3; ++wrong)
        REQUIRE(head_from_inclusion(leaves[i], i, n, first(proof, wrong)).has_value() == (wrong == length));
    }
    for (std::size_t m = 1; m < n; ++m) {
      Hashes proof = consistency_proof(m, n, nodes.within(n)).value();
      const std::size_t length = proof.size();
      proof.resize(length + 3);
      for (std::size_t wrong = 0; wrong <= length + 3; ++wrong) {
        if (wrong == length) continue;
        const auto verdict = verify_consistency(m, tree_head(first(leaves, m)), n, root, first(proof, wrong));
        REQUIRE_FALSE(verdict);
        REQUIRE(verdict.error().sentence.ends_with(wrong < length ? "the proof is too short" : "the proof is too long"));
      }
    }
  }
}

TEST_CASE("equal and empty trees are consistent only with equal roots and an empty proof") {
  const Hashes leaves = byte_leaves(3);
  const Hash one = tree_head(first(leaves, 1)), three = tree_head(leaves);
  CHECK(verify_consistency(3, three, 3, three, {}));
  CHECK_FALSE(verify_consistency(3, three, 3, one, {}));
  CHECK_FALSE(verify_consistency(3, three, 3, three, Hashes{three}));
  CHECK(verify_consistency(0, empty_root(), 0, empty_root(), {}));
  CHECK_FALSE(verify_consistency(0, empty_root(), 0, one, {}));
  CHECK(verify_consistency(0, empty_root(), 3, three, {}));
  CHECK_FALSE(verify_consistency(0, one, 3, three, {}));
  CHECK_FALSE(verify_consistency(0, empty_root(), 3, three, Hashes{three}));
  CHECK(verify_consistency(3, three, 1, one, {}).error().sentence.ends_with("the older one is larger"));
  CHECK_FALSE(verify_consistency(1, one, 3, three, {}));
}

TEST_CASE("a node that cannot be read fails the proof with the reader's own error") {
  const ReadNode broken = [](Node node) -> Result<Hash> {
    if (node.level == 0 && node.index == 4) return fail(Errc::io, "the disk is gone");
    return Hash{};
  };
  for (const auto& proof : {inclusion_proof(0, 5, broken), inclusion_proof(5, 6, broken), consistency_proof(4, 5, broken)}) {
    REQUIRE_FALSE(proof);
    CHECK(proof.error().code == Errc::io);
    CHECK(proof.error().sentence == "the disk is gone");
  }
  CHECK(tree_head(5, broken).error().code == Errc::io);
  CHECK(tree_head(4, broken));
}
