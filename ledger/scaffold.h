// A folder made beside its target: there whole under its name, or gone again.
#pragma once

#include <filesystem>

#include "ledger/core/result.h"

namespace caseledger {

class Scaffold {
 public:
  // Mode 0700. Errors: io.
  static Result<Scaffold> beside(const std::filesystem::path& target);
  Scaffold(Scaffold&& other) noexcept;
  Scaffold& operator=(Scaffold&&) = delete;
  ~Scaffold();
  const std::filesystem::path& path() const { return path_; }

  // Durable under its name when this returns. An empty folder of that name gives way; anything else stays. Errors: io.
  Result<void> become(const std::filesystem::path& target);

 private:
  explicit Scaffold(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace caseledger
