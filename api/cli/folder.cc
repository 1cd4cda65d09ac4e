#include "api/cli/folder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <sstream>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "api/genesis.h"

namespace caseledger::api {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> io(const std::string& what) { return fail(Errc::io, what + ": " + std::strerror(errno)); }

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(Errc::io, "cannot make " + folder.string() + ": " + error.message());
  return {};
}

Result<void> check_origin(const std::string& origin) {
  if (!is_key_name(origin) || origin.find("://") != std::string::npos || origin.ends_with("/batch") || origin.size() > 200)
    return fail(Errc::malformed, "an origin is a URL without scheme, spaces or '+', not ending in /batch, such as ledger.example.org/l/3q2d; found \"" + origin + '"');
  return {};
}

std::string first_configuration(const std::string& origin) {
  return "# caseledger\norigin = \"" + origin + "\"\nlisten = \"127.0.0.1:8420\"\n\n"
         "# Everyone who is logged in on this machine reads everything over HTTP without a token. Made for trying the ledger out:\n"
         "# with real cases take this line away, and readers show who they are (--key, or caseledger token).\n"
         "open_reads_on_loopback = true\n";
}

// Appends one batch to a ledger that nobody else has open.
Result<void> record(Ledger& ledger, std::mutex& mutex, std::optional<Outcome>& outcome, const Result<Draft>& draft, const Signer& author) {
  if (!draft) return std::unexpected(draft.error());
  Submission submission{sign_batch({Bytes(draft->event)}, ledger.origin(), author), {}};
  TRY(ledger.submit({}, submission));
  for (;;) {
    ledger.wait_beyond(ledger.head().size, std::chrono::milliseconds(20));
    const std::lock_guard lock(mutex);
    if (auto failure = ledger.failure()) return std::unexpected(*failure);
    if (!outcome) continue;
    if (!outcome->refused.empty()) return std::unexpected(outcome->refused[0].rejection.error);
    return {};
  }
}

Result<void> record_genesis(const fs::path& folder, const NewFolder& wanted, const Signer& service, const Signer& governor) {
  TRY_AS(config, read_folder(folder));
  std::mutex mutex;
  std::optional<Outcome> outcome;
  TRY_AS(ledger, open_folder(folder, config, {[&](Outcome done) {
                                                const std::lock_guard lock(mutex);
                                                outcome = std::move(done);
                                              },
                                              [](const CommitTimes&) {}}));
  const Genesis genesis{wanted.origin, ledger->log_vkey(), service.vkey(), wanted.governors, wanted.threshold, {}};
  return record(*ledger, mutex, outcome, genesis_event(genesis, system_clock().wall(), system_random()), governor);
}

// A disk that is nearly full takes a part first, and says why at the rest.
bool write_all(int out, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(out, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_text(const fs::path& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::error_code error;
  if (fs::is_directory(file, error)) return fail(Errc::io, file.string() + " is a folder");
  std::ifstream in(file, std::ios::binary);
  if (!in) return io("cannot read " + file.string());
  text << in.rdbuf();
  if (in.bad()) return io("cannot read " + file.string());
  return text.str();
}

Result<void> write_text(const fs::path& file, std::string_view text, unsigned mode) {
  const std::string fresh = file.string() + ".new";
  const int out = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (out < 0) return io("cannot write " + fresh);
  Result<void> written = write_all(out, text) && ::fsync(out) == 0 ? Result<void>() : io("cannot write " + file.string());
  ::close(out);
  if (written && ::rename(fresh.c_str(), file.c_str()) != 0) written = io("cannot write " + file.string());
  if (!written) ::unlink(fresh.c_str());
  return written;
}

Result<Signer> read_key(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return io("cannot read the key " + file.string());
  if ((info.st_mode & 077) != 0)
    return fail(Errc::not_permitted, "the key " + file.string() + " can be read by others; take that away first (chmod 600)");
  TRY_AS(text, read_text(file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  auto key = Signer::parse(text);
  if (!key) return fail(Errc::malformed, file.string() + ": " + key.error().sentence);
  return key;
}

Result<void> write_key(const fs::path& file, const Signer& key) {
  if (fs::exists(file)) return fail(Errc::usage, file.string() + " exists already; a key is never overwritten");
  return write_text(file, key.private_text() + '\n', 0600);
}

Result<void> create_folder(const fs::path& folder, const NewFolder& asked) {
  NewFolder wanted = asked;
  TRY(check_origin(wanted.origin));
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) return fail(Errc::usage, folder.string() + " is not empty");
  TRY(make_folder(folder));
  TRY(make_folder(folder / "keys"));
  const Signer log = Signer::generate(wanted.origin), service = Signer::generate(wanted.origin + "/service");
  const Signer governor = Signer::generate(wanted.origin + "/governor");
  const bool own_governor = wanted.governors.empty();
  if (own_governor) wanted.governors = {governor.vkey()};
  if (wanted.threshold < 1 || wanted.threshold > wanted.governors.size())
    return fail(Errc::usage, "a threshold of " + std::to_string(wanted.threshold) + " does not fit " + std::to_string(wanted.governors.size()) + " governors");
  TRY(write_key(folder / "keys" / "log.key", log));
  TRY(write_key(folder / "keys" / "service.key", service));
  if (own_governor) TRY(write_key(folder / "keys" / "governor.key", governor));
  TRY(write_text(folder / "vkey", log.vkey().text() + '\n'));
  TRY(write_text(folder / "ledger.toml", first_configuration(wanted.origin), 0600));
  if (own_governor && wanted.threshold == 1) return record_genesis(folder, wanted, service, governor);
  // Others have to sign: what they are to sign lies ready.
  const Genesis genesis{wanted.origin, log.vkey(), service.vkey(), wanted.governors, wanted.threshold, {}};
  TRY_AS(draft, genesis_event(genesis, system_clock().wall(), system_random()));
  return write_text(folder / "genesis.ndjson", to_text(event_to_json(view_event(draft.event))) + '\n');
}

namespace {
Result<std::string> read_part(const fs::path& folder, const char* part) {
  if (std::error_code error; !fs::exists(folder / part, error) && !error) return fail(Errc::not_found, folder.string() + " is no ledger's folder: it has no " + part);
  return read_text(folder / part);
}
}  // namespace

Result<Vkey> log_key_of(const fs::path& folder) {
  TRY_AS(text, read_part(folder, "vkey"));
  return parse_vkey(std::string_view(text).substr(0, text.find('\n')));
}

Result<FolderConfig> read_folder(const fs::path& folder) {
  const auto path = folder / "ledger.toml";
  TRY_AS(text, read_part(folder, "ledger.toml"));
  const auto parsed = [&]() -> Result<toml::table> {
    try {
      return toml::parse(text, path.string());
    } catch (const toml::parse_error& error) {
      return fail(Errc::malformed, path.string() + " line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
    }
  }();
  if (!parsed) return std::unexpected(parsed.error());
  const toml::table& table = *parsed;
  FolderConfig config;
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    const auto text_value = [&](std::string& to) { return value.is_string() ? (to = **value.as_string(), true) : false; };
    bool fits = false;
    if (name == "origin") fits = text_value(config.origin);
    else if (name == "listen") fits = text_value(config.listen);
    else if (name == "tls_certificate") fits = text_value(config.tls_certificate);
    else if (name == "tls_key") fits = text_value(config.tls_key);
    else if (name == "tls_client_ca") fits = text_value(config.tls_client_ca);
    else if (name == "behind_tls_proxy") fits = value.is_boolean() && (config.behind_tls_proxy = **value.as_boolean(), true);
    else if (name == "open_reads_on_loopback") fits = value.is_boolean() && (config.open_reads_on_loopback = **value.as_boolean(), true);
    else if (name == "verify_threads") fits = value.is_integer() && **value.as_integer() > 0 && (config.limits.verify_threads = static_cast<unsigned>(**value.as_integer()), true);
    else if (name == "authorities" && value.is_array()) {
      fits = true;
      for (const auto& each : *value.as_array()) {
        fits = fits && each.is_string();
        if (fits) config.authorities.push_back(**each.as_string());
      }
    }
    if (!fits) return fail(Errc::malformed, path.string() + ": \"" + std::string(name) + "\" is unknown or of another kind");
  }
  if (config.origin.empty()) return fail(Errc::malformed, path.string() + " names no origin");
  return config;
}

namespace {

// A rotation's key lies beside the first under any name that ends in .key.
Result<Signer> log_key_among(const fs::path& keys, const Vkey& wanted) {
  std::error_code error;
  for (const auto& each : fs::directory_iterator(keys, error)) {
    if (each.path().extension() != ".key") continue;
    auto key = read_key(each.path());
    if (key && key->vkey() == wanted) return key;
  }
  return fail(Errc::not_found, "no file in " + keys.string() + " holds it");
}

}  // namespace

Result<std::unique_ptr<Ledger>> open_folder(const fs::path& folder, const FolderConfig& config, Ledger::Sinks sinks) {
  TRY_AS(key, read_key(folder / "keys" / "log.key"));
  if (key.vkey().name != config.origin)
    return fail(Errc::wrong_origin, "the folder's log key is of " + key.vkey().name + ", its configuration says " + config.origin);
  return Ledger::open(folder, config.origin, std::move(key), config.limits, system_clock(), std::move(sinks),
                      [keys = folder / "keys"](const Vkey& wanted) { return log_key_among(keys, wanted); });
}

}  // namespace caseledger::api
