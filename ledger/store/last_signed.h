// The size and root of the last checkpoint that may have left the process.
//
// Kept outside the databases and their backups: a log cut short, or a folder put back from a backup, looks consistent in
// itself and only this file tells. Two slots written in turn, so that a torn write leaves the one before.
#pragma once

#include <filesystem>
#include <optional>

#include "ledger/core/note.h"

namespace caseledger::store {

class LastSigned {
 public:
  static Result<LastSigned> open(const std::filesystem::path& file);
  LastSigned(LastSigned&& other) noexcept;
  LastSigned& operator=(LastSigned&&) = delete;
  ~LastSigned();

  struct Mark {
    std::uint64_t size;
    Hash root;
  };
  const std::optional<Mark>& mark() const { return mark_; }

  // What stands in the two slots, read without touching them; one never written holds nothing.
  struct Slot {
    bool damaged = false;
    std::optional<Mark> mark;
  };
  static Result<std::array<Slot, 2>> slots(const std::filesystem::path& file);

  // Durable when it returns.
  Result<void> write(const Mark& mark);

 private:
  explicit LastSigned(int file) : file_(file) {}
  int file_;
  unsigned slot_ = 0;
  std::optional<Mark> mark_;
};

}  // namespace caseledger::store
