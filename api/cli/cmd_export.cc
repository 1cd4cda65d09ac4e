// export
#include <iostream>

#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/json.h"
#include "ledger/beside.h"
#include "ledger/bundle.h"

namespace caseledger::api {

Exit export_folder(const path& folder, const path& out, std::optional<std::uint64_t> size) {
  const auto vkey_text = read_text(folder / "vkey");
  if (!vkey_text) return report(vkey_text.error());
  const auto vkey = parse_vkey(std::string_view(*vkey_text).substr(0, vkey_text->find('\n')));
  if (!vkey) return report(vkey.error());
  const auto log = open_log_beside(folder);
  if (!log) return report(log.error());
  std::optional<Progress> progress;
  ExportOptions options{.size = size, .withhold = {}, .progress = [&](std::uint64_t done, std::uint64_t of) {
                          if (!progress) progress.emplace("exporting", of);
                          progress->at(done);
                        }};
  const auto exported = export_bundle(**log, *vkey, out, options);
  progress.reset();
  if (!exported) return report(exported.error());
  std::error_code error;
  if (std::filesystem::exists(folder / "releases", error)) std::filesystem::copy(folder / "releases", out / "releases", std::filesystem::copy_options::recursive, error);
  if (error) return report({Errc::io, "cannot copy the released editions to " + (out / "releases").string() + ": " + error.message()});
  std::cout << to_text(boost::json::object{{"entries", exported->checkpoint.size}, {"root", base64(exported->checkpoint.root.bytes)}, {"events", exported->events},
                                           {"withheld", exported->withheld}})
            << '\n';
  return Exit::ok;
}

}  // namespace caseledger::api
