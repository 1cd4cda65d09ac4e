// Small files that matter: written whole or not at all, durable when a call returns, overwritten before they are let go.
#pragma once

#include <filesystem>
#include <memory>

#include "ledger/core/bytes.h"

namespace caseledger::store {

// Bytes that are wiped when they are let go.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : bytes_(size) {}
  Secret(Secret&&) = default;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  Buffer& operator*() { return bytes_; }
  Buffer* operator->() { return &bytes_; }
  const Buffer& operator*() const { return bytes_; }
  const Buffer* operator->() const { return &bytes_; }

 private:
  void wipe();
  Buffer bytes_;
};

// Keys in memory that is neither swapped out nor left behind; made of n × 32 bytes.
struct FreeLocked {
  void operator()(std::uint8_t* keys) const;
};
using LockedKeys = std::unique_ptr<std::uint8_t[], FreeLocked>;
LockedKeys locked_keys(std::size_t n);

// Empty where there is none. Errors: io.
Result<Secret> read_file(const std::filesystem::path& path);

// Durable under another name first, then put in its place; mode 0600. Errors: io.
Result<void> write_file(const std::filesystem::path& path, Bytes bytes);

// Behind what is there, durable when it returns. Errors: io.
Result<void> append_file(const std::filesystem::path& path, Bytes bytes);

// Its bytes are zeros on the disk when this returns; one that is not there is fine. Errors: io.
Result<void> overwrite_file(const std::filesystem::path& path);

// Overwritten and gone. Errors: io.
Result<void> destroy_file(const std::filesystem::path& path);

// What is at `fresh` takes the place of `path`. Errors: io.
Result<void> replace_file(const std::filesystem::path& fresh, const std::filesystem::path& path);

}  // namespace caseledger::store
