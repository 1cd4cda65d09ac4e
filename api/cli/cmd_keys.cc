// key, token, enroll: keys made and shown, and what they are good for.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/governing.h"
#include "api/cli/reading.h"
#include "api/genesis.h"

namespace caseledger::api {

namespace {

constexpr std::uint64_t rotation_lead_entries = 1'000;  // between a proposal that names no size and its key's first checkpoint

struct KeyOptions {
  path file;
  std::string name;
};

Exit key_new(const KeyOptions& options) {
  if (!is_key_name(options.name)) return report({Errc::usage, "a key's name is not empty and has neither space nor '+'"});
  const Signer key = Signer::generate(options.name);
  if (auto written = write_key(options.file, key); !written) return report(written.error());
  std::cout << key.vkey().text() << '\n';
  return Exit::ok;
}

Exit key_show(const KeyOptions& options) {
  const auto key = read_key(options.file);
  if (!key) return report(key.error());
  std::cout << key->vkey().text() << '\n';
  return Exit::ok;
}

struct RotateOptions {
  Remote remote;  // key: a governor's
  path folder;    // of the ledger
  std::optional<std::uint64_t> from_size;
};

// The key lies in the folder before anyone decides for it: a rotation to a key that the ledger does not hold is refused.
Exit key_rotate(const RotateOptions& options) {
  const auto config = read_folder(options.folder);
  if (!config) return report(config.error());
  std::uint64_t from_size = options.from_size.value_or(0);
  if (!options.from_size) {
    const auto server = HttpServer::at(options.remote.server);
    if (!server) return report(server.error());
    const auto note = server->get("/checkpoint");
    if (!note) return report(note.error());
    const auto parsed = parse_note(*note);
    const auto checkpoint = parsed ? parse_checkpoint_text(parsed->text) : Result<Checkpoint>(std::unexpected(parsed.error()));
    if (!checkpoint) return report(checkpoint.error());
    from_size = checkpoint->size + rotation_lead_entries;
  }
  const Signer key = Signer::generate(config->origin);
  const path file = options.folder / "keys" / ("log-" + hex(Bytes(key.vkey().key).first(4)) + ".key");
  if (auto written = write_key(file, key); !written) return report(written.error());
  std::cerr << "the log's next key lies in " << file.string() << "; it signs from size " << from_size << " on, once the governors have decided\n";
  return proposed(options.remote, {{"type", "KeyRotated"}, {"log_vkey", key.vkey().text()}, {"from_size", from_size}});
}

struct TokenOptions {
  std::string server;
  path key;
};

Exit print_token(const TokenOptions& options) {
  const auto server = HttpServer::at(options.server, options.key);
  if (!server) return report(server.error());
  std::cout << server->token() << '\n';
  return Exit::ok;
}

struct EnrollOptions {
  Remote remote;  // key: a governor's
  std::string vkey, organisation;
  std::vector<std::string> roles, groups, jurisdictions;
};

Exit enroll(const EnrollOptions& options) {
  const auto vkey = argument(parse_vkey(options.vkey));
  if (!vkey) return report(vkey.error());
  const EnrolmentRequest request{*vkey, options.organisation, options.roles, options.groups, options.jurisdictions};
  return governed(options.remote, [&](std::string_view origin, Version version) { return enrolment_event(origin, version, request, system_clock().wall(), system_random()); });
}

void add_new(CommandLine& line, CLI::App& key) {
  auto [app, asked] = line.add(key, "new", "Make a private key; prints its vkey", "  caseledger key new desk.key --name desk.example.org", key_new);
  app.add_option("FILE", asked.file, "a file that is not there yet")->required();
  app.add_option("--name", asked.name, "the key's name, without spaces")->required();
}

void add_show(CommandLine& line, CLI::App& key) {
  auto [app, asked] = line.add(key, "show", "Print the vkey of a private key", "  caseledger key show desk.key", key_show);
  app.add_option("FILE", asked.file, "a private key")->required();
}

void add_rotate(CommandLine& line, CLI::App& key) {
  auto [app, asked] = line.add(key, "rotate", "Make a new log key in a ledger's folder, and propose that it signs from a size on",
                               "  caseledger key rotate ledger --as governor.key --server http://127.0.0.1:8420", key_rotate);
  app.add_option("DIR", asked.folder, "the ledger's folder")->required();
  app.add_option("--from-size", asked.from_size, "its first checkpoint has so many entries, or more; 1000 from now without it");
  add_remote(app, asked.remote, true, "--as", "a governor's private key");
}

}  // namespace

void add_key(CommandLine& line) {
  CLI::App& key = line.add_group("key", "Make and show keys", "  caseledger key new desk.key --name desk.example.org\n  caseledger key show desk.key");
  add_new(line, key);
  add_rotate(line, key);
  add_show(line, key);
}

void add_token(CommandLine& line) {
  auto [app, asked] = line.add("token", "Print a bearer token for HTTP reads, good for five minutes",
                               "  curl -H \"Authorization: Bearer $(caseledger token --key desk.key --server http://127.0.0.1:8420)\" http://127.0.0.1:8420/v1/events", print_token);
  app.add_option("--server", asked.server, "the ledger's address, as the token's user dials it")->envname("CASELEDGER_SERVER")->required();
  app.add_option("--key", asked.key, "an enrolled key")->envname("CASELEDGER_KEY")->required();
}

void add_enroll(CommandLine& line) {
  auto [app, asked] = line.add("enroll", "Propose, as a governor, to enrol an author's key",
                               "  caseledger enroll --server http://127.0.0.1:8420 --as ledger/keys/governor.key \\\n    --vkey \"$(caseledger key show desk.key)\" --organisation desk --role case_system",
                               enroll);
  add_remote(app, asked.remote, true, "--as", "the governor's private key");
  app.add_option("--vkey", asked.vkey, "the author's vkey")->required();
  app.add_option("--organisation", asked.organisation, "whom it writes for")->required();
  app.add_option("--role", asked.roles, "what it may do, once for each")
      ->type_name("{case_system,automated_source,importer,analyst,supervisor,privacy_officer,auditor,oversight}")
      ->required();
  app.add_option("--scope-group", asked.groups, "event group A to N; all without it");
  app.add_option("--scope-jurisdiction", asked.jurisdictions, "such as US or US-TX; all without it");
}

}  // namespace caseledger::api
