// export: a bundle that can be audited without the ledger.
#include <algorithm>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/event_filter.h"
#include "api/json.h"
#include "ledger/beside.h"
#include "ledger/bundle.h"

namespace caseledger::api {

namespace {

struct ExportOptions {
  path folder, out;
  std::optional<std::uint64_t> size;
  std::vector<std::string> withheld;  // kinds of stream
};

// Without governance nobody could judge who was allowed what.
Result<std::vector<StreamKind>> kinds_of(std::span<const std::string> names) {
  std::vector<StreamKind> kinds;
  for (const std::string& name : names) {
    const auto kind = kind_named(name);
    if (!kind) return fail(Errc::usage, "there is no kind of stream \"" + name + '"');
    if (*kind == StreamKind::governance) return fail(Errc::usage, "governance cannot be withheld: it says who was allowed what");
    kinds.push_back(*kind);
  }
  return kinds;
}

Exit export_folder(const ExportOptions& asked) {
  const auto withheld = kinds_of(asked.withheld);
  if (!withheld) return report(withheld.error());
  const auto vkey = log_key_of(asked.folder);
  if (!vkey) return report(vkey.error());
  const auto log = open_log_beside(asked.folder);
  if (!log) return report(log.error());
  std::optional<Progress> progress;
  caseledger::ExportOptions options{.size = asked.size, .withhold = {}, .progress = [&](std::uint64_t done, std::uint64_t of) {
                          if (!progress) progress.emplace("exporting", of);
                          progress->at(done);
                        }, .editions = asked.folder};
  if (!withheld->empty()) options.withhold = [&](const EventView& event) { return std::ranges::find(*withheld, event.kind) != withheld->end(); };
  const auto folds = open_folds_beside(asked.folder);
  const auto authority = authority_of(**log, folds ? folds->get() : nullptr, vkey->name);
  if (!authority) return report(authority.error());
  const auto is_own = [&](const auto& key) { return key.vkey == *vkey; };
  if (std::ranges::none_of(authority->log_keys(), is_own)) return report({Errc::wrong_origin, "the log names another key than " + (asked.folder / "vkey").string()});
  const auto exported = export_bundle(**log, authority->log_keys(), asked.out, options);
  progress.reset();
  if (!exported) return report(exported.error());
  std::cout << to_text(boost::json::object{{"entries", exported->checkpoint.size}, {"root", base64(exported->checkpoint.root.bytes)}, {"events", exported->events},
                                           {"withheld", exported->withheld}, {"editions", exported->editions}})
            << '\n';
  return Exit::ok;
}

}  // namespace

void add_export(CommandLine& line) {
  auto [app, asked] = line.add("export", "Write a bundle that can be audited offline", "  caseledger export ledger bundle\n"
                               "  caseledger export ledger open-bundle --withhold case,forensic_exam", export_folder);
  app.add_option("DIR", asked.folder, "the ledger's folder")->required();
  app.add_option("OUT", asked.out, "a folder that is not there yet")->required();
  app.add_option("--size", asked.size, "entries to include; all without it");
  app.add_option("--withhold", asked.withheld, "kinds of stream, such as case, of whose events only the hashes go along")->delimiter(',');
}

}  // namespace caseledger::api
