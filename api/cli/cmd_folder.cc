// init and rebuild: a folder made, and what is derived in it made anew.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/json.h"
#include "projections/runner.h"

namespace caseledger::api {

namespace {

struct InitOptions {
  path folder;
  std::string origin;
  std::vector<std::string> governors;
  unsigned threshold = 1;
};

Exit init(const InitOptions& options) {
  NewFolder wanted{options.origin, {}, options.threshold};
  for (const auto& text : options.governors) {
    auto vkey = argument(parse_vkey(text));
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

struct RebuildOptions {
  path folder;
};

Exit rebuild(const RebuildOptions& options) {
  const path& folder = options.folder;
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

}  // namespace

void add_init(CommandLine& line) {
  auto [app, asked] = line.add("init", "Make a new, empty ledger", "  caseledger init ledger --origin ledger.example.org/l/1", init);
  app.add_option("DIR", asked.folder, "a folder that is empty or not there yet")->required();
  app.add_option("--origin", asked.origin, "the ledger's name: a URL without scheme")->required();
  app.add_option("--governor", asked.governors, "a governor's vkey, once for each; without any, a key is made in DIR/keys");
  app.add_option("--threshold", asked.threshold, "how many governors decide");
}

void add_rebuild(CommandLine& line) {
  auto [app, asked] = line.add("rebuild", "Fold everything derivable anew from the log", "  caseledger rebuild ledger", rebuild);
  app.add_option("DIR", asked.folder, "the ledger's folder; not while it is served")->required();
}

}  // namespace caseledger::api
