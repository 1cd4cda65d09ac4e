// The keys of data subjects: the only state that erasure changes.
//
// Each subject has a random key of its own, wrapped by the key of one of 4,096 buckets, which are wrapped by the root key.
// A key is durable before anything sealed with it is committed.
//   root      32 bytes, mode 0600, in no backup
//   buckets   u64le epoch ‖ 4096 × (nonce ‖ wrapped key), aad = origin ‖ "bucket" ‖ number ‖ epoch
//   subjects  append-only: subject ‖ u64le epoch ‖ nonce ‖ wrapped key, aad = origin ‖ subject ‖ epoch; the last one counts
//   erased    append-only: subject ‖ u64le epoch of which its key is no more, 0 where it never had one
// To erase is to say so in `erased`, to wrap the rest of the bucket under a new bucket key, all bucket keys under a new root,
// and to destroy the old root: `buckets` changing its epoch is the moment. open() finishes what a crash left half-way.
#pragma once

#include <memory>
#include <mutex>
#include <functional>
#include <unordered_map>

#include "ledger/core/sealed.h"
#include "ledger/store/safe_file.h"

namespace caseledger::store {

class Vault {
 public:
  // Errors: io, verification_failed (keys that do not unwrap).
  // read_only: nothing is made or mended, so that a running ledger's vault can be read beside it; only const calls may follow.
  static Result<std::unique_ptr<Vault>> open(const std::filesystem::path& folder, std::string origin, bool read_only = false);
  ~Vault();

  // The subject's key, made on first sight. A new key counts once sync() has returned.
  // Errors: not_permitted (erased: such a subject is given no key again), io, verification_failed.
  Result<SubjectKey> obtain(const SubjectId& subject);
  Result<void> sync();

  // Errors: not_found (erased, or never there), verification_failed.
  Result<SubjectKey> find(const SubjectId& subject) const;
  std::size_t size() const;

  // The durable steps of an erasure, for those who look at what a crash between them leaves.
  enum class Step { told, rewrapped, new_root, switched, old_root_overwritten, done };
  using Watch = std::function<void(Step)>;

  // Destroys the subjects' keys: once it returns, nothing in the folder opens what was sealed with them. How many of the subjects had
  // one, now or before. After an error nothing more is given out; opening again finishes it.
  Result<std::uint32_t> erase(std::span<const SubjectId> subjects, const Watch& watch = {});
  bool erased(const SubjectId& subject) const;

  // A copy to be kept apart, as one file of mode 0600, under a root key of its own: whoever has the file has the keys.
  // The copy that was there is overwritten. Errors: io.
  Result<void> export_to(const std::filesystem::path& file) const;
  // The vault that such a file holds, in a folder that has none. Errors: io, malformed.
  static Result<void> import_from(const std::filesystem::path& file, const std::filesystem::path& folder);

 private:
  explicit Vault(std::string origin) : origin_(std::move(origin)) {}
  Result<void> load(bool read_only);
  Result<void> load_keys(bool read_only);
  Result<void> make();
  bool opens(Bytes table, Bytes root);
  Result<void> load_erased(bool read_only);
  Result<void> load_subjects(bool read_only);
  Result<void> compact();
  Result<void> write_staged();
  Result<void> rekey(const Watch& watch);
  Result<Buffer> rewrap(std::span<const std::size_t> affected, const std::uint8_t* keys, std::vector<std::pair<SubjectId, std::uint64_t>>& moved) const;
  Buffer table(const std::uint8_t* keys, std::uint64_t epoch, Bytes root) const;
  Result<Buffer> record(std::uint64_t place) const;
  Result<SubjectKey> unwrap(const SubjectId& subject, Bytes record) const;
  Result<SubjectKey> look_up(const SubjectId& subject) const;

  using Places = std::unordered_map<SubjectId, std::uint64_t>;
  static constexpr std::size_t record_bytes = 16 + 8 + 72, erased_bytes = 16 + 8, buckets = 4096, table_bytes = 8 + buckets * 72;
  const std::string origin_;
  std::filesystem::path folder_;
  LockedKeys bucket_keys_ = locked_keys(buckets);
  std::uint64_t epoch_ = 1;
  int file_ = -1;
  std::uint64_t file_bytes_ = 0;
  mutable std::mutex mutex_;
  std::vector<Places> places_ = std::vector<Places>(buckets);  // where in `subjects` the record begins, by bucket
  Places erased_;                                              // the epoch a key ended with
  Buffer staged_;                                              // records not yet written
  bool half_way_ = false;                                      // an erasure failed between its steps
};

}  // namespace caseledger::store
