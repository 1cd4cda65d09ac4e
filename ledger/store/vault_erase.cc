// How keys end: buckets and root are made anew without them, and `buckets` changing its epoch is the moment.
#include <algorithm>
#include <set>
#include <sodium.h>

#include "ledger/store/vault.h"

namespace caseledger::store {

Result<std::uint32_t> Vault::erase(std::span<const SubjectId> subjects, const Watch& watch) {
  const std::lock_guard lock(mutex_);
  TRY(write_staged());
  Buffer told;
  Places ending;
  for (const SubjectId& subject : subjects) {
    if (erased_.contains(subject) || ending.contains(subject)) continue;
    const std::uint64_t epoch = places_[bucket_of(subject)].contains(subject) ? epoch_ + 1 : 0;
    ending[subject] = epoch;
    append(told, subject.bytes);
    append_le(told, epoch);
  }
  half_way_ = true;
  if (!told.empty()) TRY(append_file(folder_ / "erased", told));
  erased_.insert(ending.begin(), ending.end());
  if (watch) watch(Step::told);
  if (std::ranges::any_of(ending, [](const auto& each) { return each.second != 0; })) TRY(rekey(nullptr, watch));
  half_way_ = false;
  return static_cast<std::uint32_t>(std::ranges::count_if(subjects, [&](const SubjectId& subject) { return erased_.at(subject) != 0; }));
}

Vault::Exchange::~Exchange() {
  sodium_memzero(fresh.data(), fresh.size());
  for (auto& [place, key] : kept) sodium_memzero(key.bytes.data(), key.bytes.size());
}

Result<bool> Vault::exchange(const SubjectId& subject, std::span<const PartPlace> kept, const Watch& watch) {
  const std::lock_guard lock(mutex_);
  TRY(write_staged());
  if (erased_.contains(subject) || !places_[bucket_of(subject)].contains(subject)) return false;
  Exchange exchange{subject, {}, {}};
  randombytes_buf(exchange.fresh.data(), exchange.fresh.size());
  exchange.kept.emplace_back();  // of the nil place: that there was an exchange, with a key that opens nothing
  randombytes_buf(exchange.kept[0].second.bytes.data(), 32);
  for (const PartPlace& place : kept) {
    const auto key = look_up(subject, place);
    if (!key && key.error().code != Errc::verification_failed) return std::unexpected(key.error());
    if (key) exchange.kept.emplace_back(place, *key);
  }
  half_way_ = true;
  TRY(rekey(&exchange, watch));
  half_way_ = false;
  return true;
}

// Every bucket that holds a key which is to end gets a new key, and so does the root.
Result<void> Vault::rekey(const Exchange* exchange, const Watch& watch) {
  const auto reached = [&](Step step) {
    if (watch) watch(step);
  };
  std::set<std::size_t> found;
  for (const auto& [subject, epoch] : erased_)
    if (epoch > epoch_) found.insert(bucket_of(subject));
  if (exchange) found.insert(bucket_of(exchange->subject));
  const std::vector<std::size_t> affected(found.begin(), found.end());

  LockedKeys keys = locked_keys(buckets);
  std::memcpy(keys.get(), bucket_keys_.get(), buckets * 32);
  for (const std::size_t bucket : affected) randombytes_buf(keys.get() + 32 * bucket, 32);
  TRY_AS(rewrapped, rewrap(affected, keys.get(), exchange));
  TRY(subjects_file_.write(rewrapped.subjects));
  TRY(kept_file_.write(rewrapped.kept));
  reached(Step::rewrapped);

  Secret root(32);
  randombytes_buf(root->data(), root->size());
  TRY(write_file(folder_ / "root.next", *root));
  reached(Step::new_root);
  TRY(write_file(folder_ / "buckets", table(keys.get(), epoch_ + 1, *root)));
  reached(Step::switched);
  switch_over(affected, std::move(keys), std::move(rewrapped));

  TRY(overwrite_file(folder_ / "root"));
  reached(Step::old_root_overwritten);
  TRY(replace_file(folder_ / "root.next", folder_ / "root"));
  reached(Step::done);
  return {};
}

// What lives on in these buckets, under their new keys. What was damaged before stays what it is, and keeps nobody from being erased.
Result<Vault::Rewrapped> Vault::rewrap(std::span<const std::size_t> affected, const std::uint8_t* keys, const Exchange* exchange) const {
  Rewrapped out;
  const auto keep = [&](const SubjectId& subject, const PartPlace& place, const PartKey& key) {
    out.kept_places[subject][place] = kept_file_.bytes() + out.kept.size();
    const std::size_t begin = out.kept.size();
    append(out.kept, subject.bytes);
    append(out.kept, place.stream.bytes);
    append_le(out.kept, place.version);
    append_le(out.kept, place.part);
    append_le(out.kept, epoch_ + 1);
    const Buffer aad = kept_aad(Bytes(out.kept).subspan(begin));
    wrap(out.kept, key.bytes, keys + 32 * bucket_of(subject), aad);
  };
  for (const std::size_t bucket : affected)
    for (const auto& [subject, place] : places_[bucket]) {
      if (erased_.contains(subject)) continue;
      const bool fresh = exchange && exchange->subject == subject;
      TRY_AS(old, record(place));
      auto key = fresh ? Result<SubjectKey>(exchange->fresh) : unwrap_key(subject, old);
      if (!key) continue;
      out.subject_places.emplace_back(subject, subjects_file_.bytes() + out.subjects.size());
      append(out.subjects, subject.bytes);
      append_le(out.subjects, epoch_ + 1);
      wrap(out.subjects, *key, keys + 32 * bucket, subject_aad(subject, epoch_ + 1));
      sodium_memzero(key->data(), key->size());
      if (fresh) {
        for (const auto& [kept, part] : exchange->kept) keep(subject, kept, part);
      } else if (const auto parts = kept_.find(subject); parts != kept_.end()) {
        for (const auto& [kept, at] : parts->second)  // the nil place is the first
          if (auto part = unwrap_kept(subject, at)) {
            keep(subject, kept, *part);
            sodium_memzero(part->bytes.data(), part->bytes.size());
          }
      }
    }
  return out;
}

void Vault::switch_over(std::span<const std::size_t> affected, LockedKeys keys, Rewrapped&& rewrapped) {
  ++epoch_;
  bucket_keys_ = std::move(keys);
  subjects_file_.take(rewrapped.subjects.size());
  kept_file_.take(rewrapped.kept.size());
  for (const auto& [subject, place] : rewrapped.subject_places) places_[bucket_of(subject)][subject] = place;
  for (auto& [subject, parts] : rewrapped.kept_places) kept_[subject] = std::move(parts);
  for (const std::size_t bucket : affected) std::erase_if(places_[bucket], [&](const auto& each) { return erased_.contains(each.first); });
  std::erase_if(kept_, [&](const auto& each) { return erased_.contains(each.first); });
}

}  // namespace caseledger::store
