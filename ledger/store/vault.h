// The keys of data subjects: the only state that erasure changes.
//
// Each subject has a random key of its own, wrapped by the key of one of 4,096 buckets, which are wrapped by the root key.
// A key is durable before anything sealed with it is committed.
//   root      32 bytes, mode 0600, in no backup
//   buckets   u64le epoch ‖ 4096 × (nonce ‖ wrapped key), aad = origin ‖ "bucket" ‖ number ‖ epoch
//   subjects  append-only: subject ‖ u64le epoch ‖ nonce ‖ wrapped key, aad = origin ‖ subject ‖ epoch; the last one counts
//   kept      append-only: subject ‖ place of a part ‖ u64le epoch ‖ nonce ‖ wrapped part key, aad = origin ‖ what stands before it
//   erased    append-only: subject ‖ u64le epoch of which its key is no more, 0 where it never had one
// To erase is to say so in `erased`, to wrap the rest of the bucket under a new bucket key, all bucket keys under a new root,
// and to destroy the old root: `buckets` changing its epoch is the moment. open() finishes what a crash left half-way.
// To exchange a key is the same with nobody erased: the subject goes on under a fresh key, and of what the old one opened the parts
// that are kept have their own keys in `kept`. A crash before the moment leaves it undone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "ledger/core/sealed.h"
#include "ledger/store/safe_file.h"
#include "ledger/store/wrapped_key.h"

namespace caseledger::store {

class Vault {
 public:
  // Errors: io, verification_failed (keys that do not unwrap).
  // read_only: nothing is made or mended, so that a running ledger's vault can be read beside it; only const calls may follow.
  static Result<std::unique_ptr<Vault>> open(const std::filesystem::path& folder, std::string origin, bool read_only = false);

  // The subject's key, made on first sight. A new key counts once sync() has returned.
  // Errors: not_permitted (erased: such a subject is given no key again), io, verification_failed.
  Result<SubjectKey> obtain(const SubjectId& subject);
  Result<void> sync();

  // Errors: not_found (erased, or never there), verification_failed.
  Result<SubjectKey> find(const SubjectId& subject) const;
  // What opens one part of the subject: its own key where it outlived an exchange, else that which follows from the subject's.
  Result<PartKey> find(const SubjectId& subject, const PartPlace& place) const;
  std::size_t size() const;

  // Held from the first obtain() until what was sealed is committed, and by whoever has to know of every part there is.
  std::unique_lock<std::mutex> sealing() { return std::unique_lock(sealing_); }

  // The durable steps of an erasure, for those who look at what a crash between them leaves.
  enum class Step { told, rewrapped, new_root, switched, old_root_overwritten, done };
  using Watch = std::function<void(Step)>;

  // Destroys the subjects' keys: once it returns, nothing in the folder opens what was sealed with them. How many of the subjects had
  // one, now or before. After an error nothing more is given out; opening again finishes it.
  Result<std::uint32_t> erase(std::span<const SubjectId> subjects, const Watch& watch = {});
  bool erased(const SubjectId& subject) const;

  // Destroys the subject's key and gives it a fresh one, for what is sealed from now on; of all that is sealed by now only the parts at
  // these places open once it returns. Whether the subject had a key.
  Result<bool> exchange(const SubjectId& subject, std::span<const PartPlace> kept, const Watch& watch = {});
  bool exchanged(const SubjectId& subject) const;

  // A copy to be kept apart, as one file of mode 0600, under a root key of its own: whoever has the file has the keys.
  // The copy that was there is overwritten. Errors: io.
  Result<void> export_to(const std::filesystem::path& file) const;
  // The vault that such a file holds, in a folder that has none. Errors: io, malformed.
  static Result<void> import_from(const std::filesystem::path& file, const std::filesystem::path& folder);

 private:
  using Places = std::unordered_map<SubjectId, std::uint64_t>;  // where in its file a record begins
  using KeptParts = std::map<PartPlace, std::uint64_t>;          // of one subject; the nil place says that it was exchanged
  struct Exchange {
    SubjectId subject;
    SubjectKey fresh;
    std::vector<std::pair<PartPlace, PartKey>> kept;
    ~Exchange();
  };
  struct Rewrapped {  // what the next epoch's files end with, and where
    Buffer subjects, kept;
    std::vector<std::pair<SubjectId, std::uint64_t>> subject_places;
    std::unordered_map<SubjectId, KeptParts> kept_places;
  };

  explicit Vault(std::string origin) : origin_(std::move(origin)) {}
  Result<void> load(bool read_only);
  Result<void> load_keys(bool read_only);
  Result<void> make();
  bool opens(Bytes table, Bytes root);
  Result<void> load_erased(bool read_only);
  Result<void> load_subjects(bool read_only);
  Result<void> load_kept(bool read_only);
  Result<void> compact();
  Result<void> write_staged();
  Result<void> rekey(const Exchange* exchange, const Watch& watch);
  Result<Rewrapped> rewrap(std::span<const std::size_t> affected, const std::uint8_t* keys, const Exchange* exchange) const;
  void switch_over(std::span<const std::size_t> affected, LockedKeys keys, Rewrapped&& rewrapped);
  Buffer table(const std::uint8_t* keys, std::uint64_t epoch, Bytes root) const;
  Result<Buffer> record(std::uint64_t place) const;
  static std::size_t bucket_of(const SubjectId& subject);
  Buffer subject_aad(const SubjectId& subject, std::uint64_t epoch) const;
  Buffer kept_aad(Bytes head) const;
  Result<SubjectKey> unwrap_key(const SubjectId& subject, Bytes record) const;
  Result<PartKey> unwrap_kept(const SubjectId& subject, std::uint64_t at) const;
  Result<SubjectKey> look_up(const SubjectId& subject) const;
  Result<PartKey> look_up(const SubjectId& subject, const PartPlace& place) const;

  static constexpr std::size_t record_bytes = 16 + 8 + wrapped_bytes, erased_bytes = 16 + 8, kept_head_bytes = 16 + 16 + 4 + 2 + 8,
                               kept_bytes = kept_head_bytes + wrapped_bytes, buckets = 4096, table_bytes = 8 + buckets * wrapped_bytes;
  const std::string origin_;
  std::filesystem::path folder_;
  LockedKeys bucket_keys_ = locked_keys(buckets);
  std::uint64_t epoch_ = 1;
  KeyFile subjects_file_, kept_file_;
  mutable std::mutex mutex_;
  std::mutex sealing_;
  std::vector<Places> places_ = std::vector<Places>(buckets);  // in `subjects`, by bucket
  std::unordered_map<SubjectId, KeptParts> kept_;
  Places erased_;       // the epoch a key ended with
  Buffer staged_;       // records not yet written
  bool half_way_ = false;  // an erasure failed between its steps
};

}  // namespace caseledger::store
