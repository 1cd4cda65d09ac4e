// A vault as one file, kept apart from the ledger's backups: magic ‖ root ‖ buckets ‖ u64le count ‖ records of subjects ‖
// u64le count ‖ records of the erased ‖ u64le count ‖ records of kept parts ‖ SHA-256 of what stands before.
#include <cerrno>
#include <optional>
#include <sodium.h>
#include <unistd.h>

#include "ledger/core/hash.h"
#include "ledger/store/vault.h"

namespace caseledger::store {

namespace {
constexpr std::string_view magic = "caseledger vault 2\n";
}

Result<void> Vault::export_to(const std::filesystem::path& file) const {
  Secret all;
  Buffer& to = *all;
  {
    const std::lock_guard lock(mutex_);
    std::size_t live = 0;
    for (const auto& bucket : places_) live += bucket.size();
    std::size_t kept = 0;
    for (const auto& [subject, parts] : kept_) kept += parts.size();
    to.reserve(magic.size() + 32 + table_bytes + 24 + live * record_bytes + erased_.size() * erased_bytes + kept * kept_bytes + 32);
    append(to, bytes_of(magic));
    to.resize(to.size() + 32);
    randombytes_buf(to.data() + magic.size(), 32);
    append(to, table(bucket_keys_.get(), epoch_, Bytes(to).last(32)));
    append_le(to, static_cast<std::uint64_t>(live));
    for (const auto& bucket : places_)
      for (const auto& [subject, place] : bucket) {
        TRY_AS(bytes, record(place));
        append(to, bytes);
      }
    append_le(to, static_cast<std::uint64_t>(erased_.size()));
    for (const auto& [subject, epoch] : erased_) {
      append(to, subject.bytes);
      append_le(to, epoch);
    }
    append_le(to, static_cast<std::uint64_t>(kept));
    for (const auto& [subject, parts] : kept_)
      for (const auto& [place, at] : parts) {
        TRY_AS(bytes, kept_file_.read(at, kept_bytes));
        append(to, bytes);
      }
  }
  append(to, sha256(to).bytes);
  // The copy before this one can open what was erased since: it is not left lying in free blocks.
  const std::filesystem::path old = file.string() + ".old";
  TRY(destroy_file(old));
  if (::link(file.c_str(), old.c_str()) != 0 && errno != ENOENT) return fail(Errc::io, "vault: cannot keep " + old.string() + ": " + std::strerror(errno));
  TRY(write_file(file, to));
  return destroy_file(old);
}

Result<void> Vault::import_from(const std::filesystem::path& file, const std::filesystem::path& folder) {
  TRY_AS(all, read_file(file));
  Bytes left = *all;
  const auto malformed = [&] { return fail(Errc::malformed, file.string() + " is no whole copy of a vault"); };
  if (left.size() < magic.size() + 32 + table_bytes + 24 + 32 || text_of(left.first(magic.size())) != magic) return malformed();
  if (!equal(sha256(left.first(left.size() - 32)).bytes, left.last(32))) return malformed();
  left = left.subspan(magic.size(), left.size() - magic.size() - 32);
  const auto take = [&](std::size_t bytes) {
    const Bytes taken = left.first(bytes);
    left = left.subspan(bytes);
    return taken;
  };
  const auto take_records = [&](std::size_t each) -> std::optional<Bytes> {
    if (left.size() < 8) return std::nullopt;
    const auto count = load_le<std::uint64_t>(take(8).data());
    if (count > left.size() / each) return std::nullopt;
    return take(count * each);
  };
  const Bytes root = take(32), table = take(table_bytes);
  const auto subjects = take_records(record_bytes), erased = take_records(erased_bytes), kept = take_records(kept_bytes);
  if (!subjects || !erased || !kept || !left.empty()) return malformed();

  std::error_code error;
  if (std::filesystem::exists(folder, error)) return fail(Errc::usage, folder.string() + " is there already");
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Errc::io, "vault: cannot make " + folder.string() + ": " + error.message());
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  TRY(write_file(folder / "root", root));
  TRY(write_file(folder / "subjects", *subjects));
  TRY(write_file(folder / "erased", *erased));
  TRY(write_file(folder / "kept", *kept));
  return write_file(folder / "buckets", table);
}

}  // namespace caseledger::store
