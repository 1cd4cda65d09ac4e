// The tree against the published vectors of RFC 6962, C2SP witnesses and C2SP logs.
#include <catch2/catch.hpp>

#include "ledger/core/merkle.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

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

}  // namespace

TEST_CASE("the eight leaves of Certificate Transparency have the published roots") {
  const std::vector<Buffer> entries{unhex(""),     unhex("00"),       unhex("10"),               unhex("2021"),
                                    unhex("3031"), unhex("40414243"), unhex("5051525354555657"), unhex("606162636465666768696a6b6c6d6e6f")};
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
  const Hashes tessera = leaves_of({"one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten", "ileven", "twelf",
                                    "threeten", "fourten", "fivten"});
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
