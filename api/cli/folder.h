// A ledger's folder: ledger.toml, keys/, store/, vault/, last-signed. All of it 0700, keys 0600.
#pragma once

#include <filesystem>

#include "ledger/ledger.h"

namespace caseledger::api {

struct FolderConfig {
  std::string origin;
  std::string listen = "127.0.0.1:8420";
  std::vector<std::string> authorities;  // names that clients may dial; empty: the address listened on
  bool behind_tls_proxy = false;
  bool open_reads_on_loopback = false;
  std::string tls_certificate, tls_key, tls_client_ca;
  Config limits;
};

struct NewFolder {
  std::string origin;
  std::vector<Vkey> governors;  // empty: a governor's key is made beside the others
  unsigned threshold = 1;
};

// Makes the folder, its keys and configuration, and, where a governor's key was made, records genesis.
// Errors: usage (it is not empty), malformed (origin), io.
Result<void> create_folder(const std::filesystem::path& folder, const NewFolder& wanted);

// Errors: not_found (it is no ledger's folder), malformed, io.
Result<FolderConfig> read_folder(const std::filesystem::path& folder);
Result<Vkey> log_key_of(const std::filesystem::path& folder);
Result<std::unique_ptr<Ledger>> open_folder(const std::filesystem::path& folder, const FolderConfig& config, Ledger::Sinks sinks);

// A private key, "PRIVATE+KEY+…" on one line. Refuses a file that others may read. Errors: io, malformed, not_permitted.
Result<Signer> read_key(const std::filesystem::path& file);
Result<void> write_key(const std::filesystem::path& file, const Signer& key);

Result<std::string> read_text(const std::filesystem::path& file);  // "-": standard input
// Written whole or not at all.
Result<void> write_text(const std::filesystem::path& file, std::string_view text, unsigned mode = 0644);

}  // namespace caseledger::api
