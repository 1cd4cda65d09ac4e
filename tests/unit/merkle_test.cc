// The tree against the published vectors of RFC 6962 and C2SP, and against every single way to bend a proof.
#include "ledger/core/merkle.h"

#include <catch2/catch.hpp>

#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

// Leaf i is the single byte i.
Hashes byte_leaves(std::size_t count) {
  Hashes leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(Buffer{static_cast<std::uint8_t>(i)}));
  return leaves;
}

std::span<const Hash> first(const Hashes& leaves, std::size_t count) { return std::span(leaves).first(count); }

// Lines of numbers and hashes, digested: thousands of vectors in one.
class Digest {
 public:
  void line(std::initializer_list<std::uint64_t> numbers, std::span<const Hash> hashes) {
    std::string line;
    for (const auto number : numbers) line += std::to_string(number) + ' ';
    for (const Hash& hash : hashes) line += hex(hash.bytes) + ' ';
    line.back() = '\n';
    append(text_, bytes_of(line));
  }
  std::string value() const { return hex(sha256(text_).bytes); }

 private:
  Buffer text_;
};

constexpr auto roots_digest = "9c67f07f906103b6bf201842a50ff0b8c91fca9b3e211334a6b7aa3133165dec";
constexpr auto inclusion_digest = "893ce6eea61adc33c22c0e3a952498b76dfa3c282e78ac659f6fcc0ea44f9983";
constexpr auto consistency_digest = "2498232e1aebe8d1aa8d339d897fc471f4495fe0b8a55ac08f7dae3d88bc4c2a";

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

TEST_CASE("the eight leaves of Certificate Transparency have the published roots") {
  const std::vector<Buffer> entries{unhex(""),
                                    unhex("00"),
                                    unhex("10"),
                                    unhex("2021"),
                                    unhex("3031"),
                                    unhex("40414243"),
                                    unhex("5051525354555657"),
                                    unhex("606162636465666768696a6b6c6d6e6f")};
  const char* roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Hashes leaves;
  Edge edge;
  for (std::size_t size = 0; size <= 8; ++size) {
    CHECK(hex(tree_head(leaves).bytes) == roots[size]);
    CHECK(hex(edge.root().bytes) == roots[size]);
    CHECK(hex(tree_head(size, AllNodes(leaves).within(size))->bytes) == roots[size]);
    CHECK(edge.size() == size);
    if (size == 8) break;
    leaves.push_back(leaf_hash(entries[size]));
    edge.append(leaves.back());
  }
  CHECK(empty_root() == hash64("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
}

TEST_CASE("all roots to 130 leaves are those that RFC 6962 gives, from leaves, nodes and edge alike") {
  const Hashes leaves = byte_leaves(130);
  const AllNodes nodes(leaves);
  Digest from_leaves, from_nodes, from_edge;
  Edge edge;
  for (std::size_t n = 0; n <= 130; ++n) {
    if (n > 0) edge.append(leaves[n - 1]);
    from_leaves.line({n}, Hashes{tree_head(first(leaves, n))});
    from_nodes.line({n}, Hashes{tree_head(n, nodes.within(n)).value()});
    from_edge.line({n}, Hashes{edge.root()});
  }
  CHECK(from_leaves.value() == roots_digest);
  CHECK(from_nodes.value() == roots_digest);
  CHECK(from_edge.value() == roots_digest);
}

TEST_CASE("all inclusion proofs to 130 leaves are those that RFC 6962 gives, from leaves, nodes and edge alike") {
  const Hashes leaves = byte_leaves(130);
  const AllNodes nodes(leaves);
  Digest from_leaves, from_nodes, from_edge;
  Edge edge;
  for (std::size_t n = 1; n <= 130; ++n) {
    edge.append(leaves[n - 1]);
    const Hash root = edge.root();
    for (std::size_t i = 0; i < n; ++i) {
      const Hashes proof = inclusion_proof(first(leaves, n), i);
      from_leaves.line({i, n}, proof);
      from_nodes.line({i, n}, inclusion_proof(i, n, nodes.within(n)).value());
      from_edge.line({i, n}, edge.inclusion_proof(i).value());
      REQUIRE(verify_inclusion(leaves[i], i, n, proof, root));
      REQUIRE(head_from_inclusion(leaves[i], i, n, proof).value() == root);
    }
  }
  CHECK(from_leaves.value() == inclusion_digest);
  CHECK(from_nodes.value() == inclusion_digest);
  CHECK(from_edge.value() == inclusion_digest);
}

TEST_CASE("all consistency proofs to 130 leaves are those that RFC 6962 gives, from nodes and edge alike") {
  const Hashes leaves = byte_leaves(130);
  const AllNodes nodes(leaves);
  Digest from_nodes, from_edge;
  Edge edge;
  const ReadNode from_the_edge = [&](Node place) -> Result<Hash> {
    const auto hash = edge.node(place);
    return hash ? Result<Hash>(*hash) : fail(Errc::io, "no complete node");
  };
  Hashes roots{empty_root()};
  for (std::size_t n = 1; n <= 130; ++n) {
    edge.append(leaves[n - 1]);
    roots.push_back(edge.root());
    for (std::size_t m = 1; m <= n; ++m) {
      const Hashes proof = consistency_proof(m, n, nodes.within(n)).value();
      from_nodes.line({m, n}, proof);
      from_edge.line({m, n}, consistency_proof(m, n, from_the_edge).value());
      REQUIRE(verify_consistency(m, roots[m], n, roots[n], proof));
    }
  }
  CHECK(from_nodes.value() == consistency_digest);
  CHECK(from_edge.value() == consistency_digest);
}

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
  CHECK_FALSE(verify_consistency(3, three, 1, one, {}));
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

TEST_CASE("the consistency proofs that litewitness exchanges come out of the tree") {
  Hashes leaves(5);  // leaf hashes 2a 00 …, 2a 01 …, not hashes of anything
  for (std::uint8_t i = 0; i < 5; ++i) leaves[i].bytes[0] = 0x2a, leaves[i].bytes[1] = i;
  const AllNodes nodes(leaves);
  CHECK(tree_head(first(leaves, 1)) == hash64("KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
  CHECK(tree_head(first(leaves, 3)) == hash64("RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0="));
  CHECK(tree_head(leaves) == hash64("QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY="));
  CHECK(consistency_proof(1, 3, nodes.within(3)).value() ==
        Hashes{hash64("KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), hash64("KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")});
  CHECK(consistency_proof(3, 5, nodes.within(5)).value() ==
        Hashes{hash64("KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), hash64("KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
               hash64("wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE="), hash64("KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")});
}

TEST_CASE("the entries of the Tessera test log and of the deterministic vector hash to their checkpoints") {
  const Hashes tessera = leaves_of(
      {"one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"});
  CHECK(tree_head(tessera) == hash64("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="));

  const Hashes events = leaves_of({"event 0", "event 1", "event 2"});
  CHECK(hex(events[0].bytes) == "a344deda6399e079700f18caccc174ed11ef1b1d164271e3a95d82c734466977");
  CHECK(hex(events[1].bytes) == "189a944dd1bd99ed6685a75670d57a64591e901d32714d6f6c58e55d8a9edb46");
  CHECK(hex(events[2].bytes) == "9b0b2f1d58bf086890b4146f09efa42ca13e525aa03393921560c5814ff53088");
  CHECK(tree_head(events) == hash64("cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI="));
  CHECK(tree_head(first(events, 2)) == hash64("lZegCMOZEI3cZ/iBYp372ha+Y/y3S0KJL3Sd3gjTNko="));
  CHECK(inclusion_proof(events, 1) ==
        Hashes{hash64("o0Te2mOZ4HlwDxjKzMF07RHvGx0WQnHjqV2CxzRGaXc="), hash64("mwsvHVi/CGiQtBRvCe+kLKE+UlqgM5OSFWDFgU/1MIg=")});
}
