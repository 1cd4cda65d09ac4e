#include "ledger/audit_editions.h"

#include <algorithm>

#include "ledger/editions.h"

namespace caseledger::audit {

void check_editions(const std::filesystem::path& folder, Pass& pass) {
  const auto& released = pass.replay->released();
  const auto files = editions_in(folder);
  if (!files) return pass.findings.add(error("edition.unreadable", {.path = "releases"}, files.error().sentence));
  const Fetch fetch = fetch_from(folder);
  const auto is_here = [&](const Replay::Released& each) { return std::ranges::binary_search(*files, each.path); };
  for (const std::string& path : *files) {
    const auto of_it = std::ranges::find(released, path, &Replay::Released::path);
    if (of_it == released.end()) {
      pass.findings.add(warning("file.unexpected", {.path = path}, "no event here released an edition of that name"));
      continue;
    }
    const auto bytes = fetch(path);
    if (!bytes) pass.findings.add(error("edition.unreadable", {.path = path, .position = of_it->position}, bytes.error().sentence));
    else if (const Hash digest = sha256(*bytes); digest != of_it->sha256)
      pass.findings.add(error("edition.wrong", {.path = path, .position = of_it->position}, "its SHA-256 is " + hex(digest.bytes) + ", what was released has " + hex(of_it->sha256.bytes)));
    else ++pass.audit.counts.editions;
  }
  if (const auto absent = std::ranges::count_if(released, std::not_fn(is_here)); absent > 0) pass.say(number(absent) + " editions that were released: their files are not here");
}

}  // namespace caseledger::audit
