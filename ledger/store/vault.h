// The keys of data subjects: the only state that erasure changes.
//
// Each subject has a random key of its own, wrapped by the key of one of 4,096 buckets, which are wrapped by the root key.
// To make one key unreadable it is enough to wrap the rest of its bucket anew and replace root and bucket keys. A key is
// durable before anything sealed with it is committed.
//   root      32 bytes, mode 0600, in no backup
//   buckets   u64le epoch ‖ 4096 × (nonce ‖ wrapped key), aad = origin ‖ "bucket" ‖ number ‖ epoch
//   subjects  append-only: subject ‖ u64le epoch ‖ nonce ‖ wrapped key, aad = origin ‖ subject ‖ epoch; the last one counts
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "ledger/core/sealed.h"

namespace caseledger::store {

class Vault {
 public:
  // Errors: io, verification_failed (keys that do not unwrap).
  // read_only: nothing is made or mended, so that a running ledger's vault can be read beside it; only find() may be called.
  static Result<std::unique_ptr<Vault>> open(const std::filesystem::path& folder, std::string origin, bool read_only = false);
  ~Vault();

  // The subject's key, made on first sight. A new key counts once sync() has returned.
  Result<SubjectKey> obtain(const SubjectId& subject);
  Result<void> sync();

  // Errors: not_found, verification_failed.
  Result<SubjectKey> find(const SubjectId& subject) const;
  std::size_t size() const;

 private:
  explicit Vault(std::string origin) : origin_(std::move(origin)) {}
  Result<void> load(const std::filesystem::path& folder, bool read_only);
  Result<void> load_buckets(const std::filesystem::path& folder, bool read_only);
  Result<void> load_subjects(const std::filesystem::path& folder, bool read_only);
  Result<SubjectKey> unwrap(const SubjectId& subject, Bytes record) const;

  static constexpr std::size_t record_bytes = 16 + 8 + 24 + 48, buckets = 4096;
  std::string origin_;
  std::uint8_t* bucket_keys_ = nullptr;  // 4096 × 32, locked memory
  std::uint64_t epoch_ = 1;
  int file_ = -1;
  std::uint64_t file_bytes_ = 0;
  mutable std::mutex mutex_;
  std::unordered_map<SubjectId, std::uint64_t> places_;  // where in `subjects` its record begins
  Buffer staged_;                                        // records not yet written
};

}  // namespace caseledger::store
