#include "ledger/scaffold.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace caseledger {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> cannot(std::string_view what, const fs::path& path) {
  return fail(Errc::io, "cannot " + std::string(what) + ' ' + path.string() + ": " + std::strerror(errno));
}

Result<void> sync(const fs::path& folder, int (*call)(int)) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && call(file) == 0;
  if (file >= 0) ::close(file);
  return synced ? Result<void>{} : Result<void>(cannot("sync", folder));
}

}  // namespace

Result<Scaffold> Scaffold::beside(const fs::path& target) {
  std::string name = target.string() + ".partial-XXXXXX";
  if (!mkdtemp(name.data())) return cannot("make a folder beside", target);
  return Scaffold(name);
}

Scaffold::Scaffold(Scaffold&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Scaffold::~Scaffold() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> Scaffold::become(const fs::path& target) {
  TRY(sync(path_, ::syncfs));
  if (::rename(path_.c_str(), target.c_str()) != 0) return cannot("put in place", target);
  path_.clear();
  return sync(target.parent_path().empty() ? fs::path(".") : target.parent_path(), ::fsync);
}

}  // namespace caseledger
