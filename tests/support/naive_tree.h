// RFC 6962 §2.1 as its text reads: MTH, PATH, PROOF and SUBPROOF by recursion over the list D, O(n) hashes each.
//
// The reference that the fast tree is held to. It hashes its own leaves and nodes and shares nothing with the tree but SHA-256.
#pragma once

#include <span>
#include <vector>

#include "ledger/core/hash.h"

namespace naive {

using caseledger::Buffer;
using caseledger::Bytes;
using caseledger::Hash;

using List = std::span<const Hash>;  // D[n], each entry given by its leaf hash
using Hashes = std::vector<Hash>;

// SHA-256(0x00 || d(0))
inline Hash leaf(Bytes entry) {
  Buffer input{0x00};
  input.insert(input.end(), entry.begin(), entry.end());
  return caseledger::sha256(input);
}

// SHA-256(0x01 || left || right)
inline Hash node(const Hash& left, const Hash& right) {
  Buffer input{0x01};
  input.reserve(65);
  input.insert(input.end(), left.bytes.begin(), left.bytes.end());
  input.insert(input.end(), right.bytes.begin(), right.bytes.end());
  return caseledger::sha256(input);
}

// "The largest power of two smaller than n": k < n <= 2k.
inline std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

inline Hash MTH(List D) {
  const std::size_t n = D.size();
  if (n == 0) return caseledger::sha256({});
  if (n == 1) return D[0];
  const std::size_t k = split(n);
  return node(MTH(D.subspan(0, k)), MTH(D.subspan(k)));
}

inline Hashes operator+(Hashes path, const Hash& last) {
  path.push_back(last);
  return path;
}

inline Hashes PATH(std::size_t m, List D) {
  const std::size_t n = D.size();
  if (n == 1) return {};
  const std::size_t k = split(n);
  if (m < k) return PATH(m, D.subspan(0, k)) + MTH(D.subspan(k));
  return PATH(m - k, D.subspan(k)) + MTH(D.subspan(0, k));
}

inline Hashes SUBPROOF(std::size_t m, List D, bool b) {
  const std::size_t n = D.size();
  if (m == n) return b ? Hashes{} : Hashes{MTH(D)};
  const std::size_t k = split(n);
  if (m <= k) return SUBPROOF(m, D.subspan(0, k), b) + MTH(D.subspan(k));
  return SUBPROOF(m - k, D.subspan(k), false) + MTH(D.subspan(0, k));
}

inline Hashes PROOF(std::size_t m, List D) { return SUBPROOF(m, D, true); }

}  // namespace naive
