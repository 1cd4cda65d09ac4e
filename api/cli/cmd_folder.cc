// init, key, rebuild, import: commands on files.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/import/lpr_portals.h"
#include "projections/runner.h"

namespace caseledger::api {

Exit init(const InitOptions& options) {
  NewFolder wanted{options.origin, {}, options.threshold};
  for (const auto& text : options.governors) {
    auto vkey = parse_vkey(text);
    if (!vkey) return report(vkey.error());
    wanted.governors.push_back(*vkey);
  }
  if (auto made = create_folder(options.folder, wanted); !made) return report(made.error());
  const auto vkey = read_text(options.folder / "vkey");
  if (!vkey) return report(vkey.error());
  std::cout << *vkey;
  std::cerr << "The ledger " << options.origin << " lies in " << options.folder.string() << "; its log key is printed above.\n";
  if (wanted.governors.empty())
    std::cerr << "Its one governor's key is " << (options.folder / "keys" / "governor.key").string() << ": keep it elsewhere.\n";
  else
    std::cerr << "Nothing is admitted before its governors have signed " << (options.folder / "genesis.ndjson").string() << " (append, then proposal approve 1).\n";
  return Exit::ok;
}

Exit key_new(const path& file, const std::string& name) {
  if (!is_key_name(name)) return report({Errc::usage, "a key's name is not empty and has neither space nor '+'"});
  const Signer key = Signer::generate(name);
  if (auto written = write_key(file, key); !written) return report(written.error());
  std::cout << key.vkey().text() << '\n';
  return Exit::ok;
}

Exit key_show(const path& file) {
  const auto key = read_key(file);
  if (!key) return report(key.error());
  std::cout << key->vkey().text() << '\n';
  return Exit::ok;
}

Exit rebuild_folder(const path& folder, unsigned) {
  const auto config = read_folder(folder);
  if (!config) return report(config.error());
  {
    // Whoever serves the folder holds the log: do not take the folds from under it.
    auto log = store::Log::open(folder / "store" / "log");
    if (!log) return report(log.error());
    std::error_code error;
    std::filesystem::remove_all(folder / "store" / "folds", error);
    if (error) return report({Errc::io, "cannot remove the old folds: " + error.message()});
  }
  auto ledger = open_folder(folder, *config, {});
  if (!ledger) return report(ledger.error());
  auto runner = projections::Runner::open(**ledger);
  if (!runner) return report(runner.error());
  const Head head = (*ledger)->head();
  (*runner)->wait_for({head.size});
  if (auto failure = (*runner)->failure()) return report(*failure);
  const auto found = (*runner)->read([&](const projections::Folds& folds, EntryIndex, Micros) { return folds.digests(); });
  if (!found) return report(found.error());
  boost::json::object digests;
  for (const auto& [id, digest] : *found) digests[id] = hex(digest.bytes);
  std::cout << to_text(boost::json::object{{"entries", head.size}, {"events", head.next.value}, {"streams", (*ledger)->heads().size()}, {"digests", std::move(digests)}}) << '\n';
  return Exit::ok;
}

Exit import_portals(const path& file, const path& key) {
  const auto importer = read_key(key);
  if (!importer) return report(importer.error());
  const auto text = read_text(file);
  if (!text) return report(text.error());
  const auto import = import_lpr_portals(*text, ImportSecret(*importer));
  if (!import) return report(import.error());
  for (const auto& draft : import->events) std::cout << to_text(event_to_json(view_event(draft.event))) << '\n';
  for (const auto& problem : import->problems) std::cerr << "row " << problem.row << ", " << problem.column << ": " << problem.reason << '\n';
  for (const auto& [column, rows] : import->not_stated) std::cerr << column << ": not stated (NA) in " << rows << " rows\n";
  std::cerr << import->rows << " rows, " << import->events.size() << " snapshots, " << import->problems.size() << " values that cannot be read\n";
  return import->events.size() == import->rows ? Exit::ok : Exit::partly;
}

}  // namespace caseledger::api
