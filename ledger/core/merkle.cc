#include "ledger/core/merkle.h"

#include <bit>

namespace caseledger {

namespace {

// The largest power of two below n > 1: where RFC 6962 splits a tree.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

// MTH over leaves [from, to), from complete nodes. `from` is a multiple of the largest power of two within.
Result<Hash> range_head(std::uint64_t from, std::uint64_t to, const ReadNode& read) {
  const std::uint64_t count = to - from;
  if (std::has_single_bit(count)) {
    const auto level = static_cast<unsigned>(std::countr_zero(count));
    return read({level, from >> level});
  }
  const std::uint64_t k = split(count);
  TRY_AS(left, range_head(from, from + k, read));
  TRY_AS(right, range_head(from + k, to, read));
  return node_hash(left, right);
}

Result<void> add_path(std::uint64_t index, std::uint64_t from, std::uint64_t to, const ReadNode& read, Hashes& proof) {
  if (to - from == 1) return {};
  const std::uint64_t middle = from + split(to - from);
  const bool left = index < middle;
  TRY(left ? add_path(index, from, middle, read, proof) : add_path(index, middle, to, read, proof));
  TRY_AS(sibling, left ? range_head(middle, to, read) : range_head(from, middle, read));
  proof.push_back(sibling);
  return {};
}

// RFC 6962 §2.1.2 SUBPROOF over leaves [from, to); `whole` says that the old tree is this very subtree.
Result<void> add_subproof(std::uint64_t old_size, std::uint64_t from, std::uint64_t to, bool whole, const ReadNode& read,
                          Hashes& proof) {
  if (from + old_size == to) {
    if (whole) return {};
    TRY_AS(head, range_head(from, to, read));
    proof.push_back(head);
    return {};
  }
  const std::uint64_t k = split(to - from);
  if (old_size <= k) {
    TRY(add_subproof(old_size, from, from + k, whole, read, proof));
    TRY_AS(right, range_head(from + k, to, read));
    proof.push_back(right);
  } else {
    TRY(add_subproof(old_size - k, from + k, to, false, read, proof));
    TRY_AS(left, range_head(from, from + k, read));
    proof.push_back(left);
  }
  return {};
}

}  // namespace

Hash empty_root() { return sha256({}); }

Hash tree_head(std::span<const Hash> leaves) {
  if (leaves.empty()) return empty_root();
  // Each round pairs up a level in place; an odd last node moves up unchanged, which is what the RFC's split amounts to.
  Hashes level(leaves.begin(), leaves.end());
  for (std::size_t n = level.size(); n > 1; n = (n + 1) / 2) {
    for (std::size_t i = 0; i + 1 < n; i += 2) level[i / 2] = node_hash(level[i], level[i + 1]);
    if (n % 2 == 1) level[n / 2] = level[n - 1];
  }
  return level[0];
}

Hashes inclusion_proof(std::span<const Hash> leaves, std::uint64_t index) {
  ENSURE(index < leaves.size());
  Hashes level(leaves.begin(), leaves.end()), proof;
  for (std::size_t n = level.size(); n > 1; n = (n + 1) / 2, index /= 2) {
    if ((index ^ 1) < n) proof.push_back(level[index ^ 1]);
    for (std::size_t i = 0; i + 1 < n; i += 2) level[i / 2] = node_hash(level[i], level[i + 1]);
    if (n % 2 == 1) level[n / 2] = level[n - 1];
  }
  return proof;
}

Result<Hashes> inclusion_proof(std::uint64_t index, std::uint64_t size, const ReadNode& read) {
  ENSURE(index < size);
  Hashes proof;
  TRY(add_path(index, 0, size, read, proof));
  return proof;
}

Result<Hashes> consistency_proof(std::uint64_t old_size, std::uint64_t size, const ReadNode& read) {
  ENSURE(old_size >= 1 && old_size <= size);
  Hashes proof;
  TRY(add_subproof(old_size, 0, size, true, read, proof));
  return proof;
}

Result<Hash> tree_head(std::uint64_t size, const ReadNode& read) {
  if (size == 0) return empty_root();
  return range_head(0, size, read);
}

// RFC 9162 §2.1.3.2, which gives the RFC 6962 proofs an algorithm.
Result<Hash> head_from_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> proof) {
  if (index >= size)
    return fail(Errc::verification_failed, "index " + std::to_string(index) + " lies beyond a tree of " + std::to_string(size));
  const auto wrong_length = [&] {
    return fail(Errc::verification_failed, "an inclusion proof of " + std::to_string(proof.size()) + " hashes does not fit leaf " +
                                               std::to_string(index) + " of " + std::to_string(size));
  };
  std::uint64_t fn = index, sn = size - 1;
  Hash head = leaf;
  for (const Hash& sibling : proof) {
    if (sn == 0) return wrong_length();
    if (fn % 2 == 1 || fn == sn) {
      head = node_hash(sibling, head);
      if (fn % 2 == 0) {
        const int rise = std::countr_zero(fn | std::uint64_t{1} << 63);
        fn >>= rise;
        sn >>= rise;
      }
    } else {
      head = node_hash(head, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return wrong_length();
  return head;
}

Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> proof,
                              const Hash& root) {
  TRY_AS(head, head_from_inclusion(leaf, index, size, proof));
  if (head != root)
    return fail(Errc::verification_failed, "the inclusion proof of leaf " + std::to_string(index) + " leads to " +
                                               base64(head.bytes) + ", the root is " + base64(root.bytes));
  return {};
}

// RFC 9162 §2.1.4.2.
Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size, const Hash& root,
                                std::span<const Hash> proof) {
  const std::string what = "a tree of " + std::to_string(old_size) + " and one of " + std::to_string(size);
  const auto differ = [&](const char* why) { return fail(Errc::verification_failed, what + ": " + why); };
  if (old_size > size) return differ("the older one is larger");
  if (old_size == size) {
    if (!proof.empty()) return differ("equal sizes need an empty proof");
    return old_root == root ? Result<void>{} : differ("equal sizes with different roots");
  }
  if (old_size == 0) {
    if (!proof.empty()) return differ("a proof from the empty tree is empty");
    return old_root == empty_root() ? Result<void>{} : differ("the empty tree has another root");
  }
  Hashes path(proof.begin(), proof.end());
  if (std::has_single_bit(old_size)) path.insert(path.begin(), old_root);
  if (path.empty()) return differ("the proof is too short");
  std::uint64_t fn = old_size - 1, sn = size - 1;
  const int rise = std::countr_one(fn);
  fn >>= rise;
  sn >>= rise;
  Hash fr = path[0], sr = path[0];
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return differ("the proof is too long");
    if (fn % 2 == 1 || fn == sn) {
      fr = node_hash(path[i], fr);
      sr = node_hash(path[i], sr);
      while (fn % 2 == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return differ("the proof is too short");
  if (fr != old_root) return differ("the proof does not lead to the older root: the log was forked or rewritten");
  if (sr != root) return differ("the proof does not lead to the newer root: the log was forked or rewritten");
  return {};
}

// ── the growing edge ──

Hash Edge::root() const {
  if (size_ == 0) return empty_root();
  std::optional<Hash> head;
  for (unsigned level = 0; level < levels_.size(); ++level)
    if (size_ >> level & 1) {
      const Hash& left = levels_[level].nodes.back();
      head = head ? node_hash(left, *head) : left;
    }
  return *head;
}

void Edge::append(const Hash& leaf) {
  Hash hash = leaf;
  std::uint64_t index = size_++;
  for (unsigned level = 0;; ++level, index >>= 1) {
    if (level == levels_.size()) levels_.emplace_back();
    auto& nodes = levels_[level].nodes;
    nodes.push_back(hash);
    if (index % 2 == 0) return;
    hash = node_hash(nodes[nodes.size() - 2], nodes.back());
  }
}

std::optional<Hash> Edge::node(Node node) const {
  if (node.level >= levels_.size()) return std::nullopt;
  const Level& level = levels_[node.level];
  if (node.index < level.first || node.index - level.first >= level.nodes.size()) return std::nullopt;
  return level.nodes[node.index - level.first];
}

Result<Hashes> Edge::inclusion_proof(std::uint64_t index) const {
  return caseledger::inclusion_proof(index, size_, [this](Node place) -> Result<Hash> {
    const auto hash = node(place);
    ENSURE(hash);
    return *hash;
  });
}

std::vector<Edge::FullTile> Edge::trim() {
  std::vector<FullTile> full;
  for (unsigned base = 0; base < levels_.size(); base += 8) {
    auto& hashes = levels_[base];
    const std::uint64_t closed = hashes.nodes.size() / 256;
    for (std::uint64_t t = 0; t < closed; ++t) {
      const auto from = hashes.nodes.begin() + static_cast<std::ptrdiff_t>(t * 256);
      full.push_back({{base / 8, (hashes.first >> 8) + t, 256}, Hashes(from, from + 256)});
    }
    for (unsigned level = base; closed > 0 && level < base + 8 && level < levels_.size(); ++level) {
      const std::uint64_t gone = closed * 256 >> (level - base);
      levels_[level].first += gone;
      levels_[level].nodes.erase(levels_[level].nodes.begin(), levels_[level].nodes.begin() + static_cast<std::ptrdiff_t>(gone));
    }
  }
  return full;
}

}  // namespace caseledger
