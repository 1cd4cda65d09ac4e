// A key under another: nonce ‖ XChaCha20-Poly1305 of 32 bytes. And the append-only files that hold them.
#pragma once

#include <filesystem>

#include "ledger/core/result.h"
#include "ledger/core/bytes.h"

namespace caseledger::store {

inline constexpr std::size_t wrapped_bytes = 24 + 32 + 16;

void wrap(Buffer& to, Bytes key, const std::uint8_t* under, Bytes aad);
bool unwrap(std::uint8_t* key, Bytes wrapped, const std::uint8_t* under, Bytes aad);

// Records one behind the other. What is written counts once it is taken: until then the next write goes over it.
class KeyFile {
 public:
  KeyFile() = default;
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile();

  // Made where there is none, unless read_only. Errors: io.
  Result<void> open(const std::filesystem::path& path, bool read_only);
  std::uint64_t bytes() const { return bytes_; }
  void take(std::uint64_t bytes) { bytes_ += bytes; }
  Result<void> cut();  // what was never taken

  Result<Buffer> read(std::uint64_t at, std::size_t bytes) const;
  Result<void> write(Bytes records);     // durable when it returns
  Result<void> replace(Bytes records);   // the whole file

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t bytes_ = 0;
};

}  // namespace caseledger::store
