// serve: the composition root. Everything that runs, in the order it is made.
#include <algorithm>
#include <csignal>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/genesis.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/service_events.h"
#include "ledger/erasure.h"
#include "ledger/own_appends.h"

namespace caseledger::api {

namespace {

struct ServeOptions {
  path folder;
  std::string listen, tls_certificate, tls_key, tls_client_ca;  // empty: as ledger.toml says
  bool after_long_stop = false;
};

struct Endpoint {
  std::string address;
  std::uint16_t port;
};

// "127.0.0.1:8420", "[::1]:8420".
Result<Endpoint> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? Result<std::uint64_t>(fail(Errc::usage, "")) : from_decimal(std::string_view(text).substr(colon + 1));
  if (!port || *port > 65535) return fail(Errc::usage, "wanted an address and a port to listen on, such as 127.0.0.1:8420; found \"" + text + '"');
  std::string address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  return Endpoint{address, static_cast<std::uint16_t>(*port)};
}

void set_up_logs() {
  auto logger = spdlog::stderr_logger_mt("caseledger");
  logger->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","message":"%v"})", spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
  spdlog::flush_on(spdlog::level::info);
}

// What goes into a line of JSON: sentences hold no personal data, but they may hold quotes.
std::string escaped(std::string_view sentence) {
  std::string text;
  for (const char c : sentence) {
    if (c == '"' || c == '\\') text += '\\';
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return text;
}

Result<std::optional<ServerTls>> tls_of(const FolderConfig& config) {
  if (config.tls_certificate.empty() != config.tls_key.empty()) return fail(Errc::usage, "a certificate and its key go together: --tls-cert and --tls-key");
  if (config.tls_certificate.empty()) {
    if (!config.tls_client_ca.empty()) return fail(Errc::usage, "client certificates can be demanded over TLS only: give --tls-cert and --tls-key too");
    return std::nullopt;
  }
  ServerTls tls{config.tls_certificate, config.tls_key, {}};
  if (!config.tls_client_ca.empty()) tls.client_ca = config.tls_client_ca;
  return tls;
}

// Sockets and the stores' files share the descriptors that a process may have: as many as it may, and connections leave the stores theirs.
void share_descriptors(ServerConfig& config) {
  constexpr rlim_t files_of_stores = 1536;  // of two databases 512 each (store/database.cc), and whatever else is open
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t sockets = limit.rlim_cur - std::min(files_of_stores, limit.rlim_cur / 2);
  config.turned_away_max = std::min(config.turned_away_max, sockets / 8);
  if (sockets - config.turned_away_max >= config.connections_max) return;
  config.connections_max = sockets - config.turned_away_max;
  spdlog::warn("this process may have {} files open, so that at most {} connections are served", limit.rlim_cur, config.connections_max);
}

// The ledger's own hand. What it cannot record is said in the log, and kept for the next time.
class Service {
 public:
  Service(Signer key, const std::string& origin)
      : key_(std::move(key)),
        events_({origin, key_.vkey().key, [this](const StreamId& stream) { return ledger_->heads().get(stream).version; },
                 [this](const Buffer& event) -> Result<void> {
                   if (auto recorded = append(event); !recorded) return std::unexpected(std::move(recorded.error().error));
                   return {};
                 },
                 system_random()},
                system_clock()) {}

  void answered(const Outcome& outcome) {
    events_.answered(outcome);
    own_.answered(outcome);
  }
  std::expected<Recorded, Rejection> append(Bytes event) { return own_.append(*ledger_, key_, event); }
  const Signer& key() const { return key_; }
  ServiceEvents& events() { return events_; }
  void serve(Ledger& ledger) { ledger_ = &ledger; }

  void write(ServiceEvents::Hours which) {
    if (auto written = events_.write(which); !written) spdlog::warn("what was refused could not be recorded: {}", escaped(written.error().sentence));
  }

 private:
  const Signer key_;
  OwnAppends own_;
  ServiceEvents events_;
  Ledger* ledger_ = nullptr;  // from before the first write
};

void tell_erasures(const Result<std::vector<Erasures::Done>>& done) {
  if (!done) return spdlog::error("erasures wait: {}", escaped(done.error().sentence));
  for (const auto& each : *done)
    spdlog::info("erased: version {} of subject stream {} is carried out, {} parts", each.erasure.decision, to_string(each.erasure.stream), each.destroyed.parts);
}

// DIR/vkey is the key that signs now.
void tell_log_key(const path& folder, const Ledger& ledger) {
  const std::string wanted = ledger.log_vkey().text() + '\n';
  const auto told = read_text(folder / "vkey");
  if (told && *told == wanted) return;
  if (auto written = write_text(folder / "vkey", wanted); !written) return spdlog::warn("{}", escaped(written.error().sentence));
  if (told) spdlog::info("the log is signed by {} from now on", ledger.log_vkey().text());
}

Result<void> run(const ServeOptions& options) {
  TRY_AS(config, read_folder(options.folder));
  if (!options.listen.empty()) config.listen = options.listen;
  if (!options.tls_certificate.empty()) config.tls_certificate = options.tls_certificate;
  if (!options.tls_key.empty()) config.tls_key = options.tls_key;
  if (!options.tls_client_ca.empty()) config.tls_client_ca = options.tls_client_ca;
  config.limits.gap_confirmed = options.after_long_stop;
  TRY_AS(endpoint, parse_listen(config.listen));
  TRY_AS(tls, tls_of(config));
  TRY_AS(service_key, read_key(options.folder / "keys" / "service.key"));

  // Signals are waited for below; no thread made from here on is to take one.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Metrics metrics;
  OutcomeRelay outcomes;
  Service service(std::move(service_key), config.origin);
  std::unique_ptr<Erasures> erasures;  // there before anything is recorded, stopped before the ledger drains
  TRY_AS(ledger, open_folder(options.folder, config,
                             {[&](Outcome outcome) {
                                metrics.answered(outcome);
                                service.answered(outcome);
                                outcomes(std::move(outcome));
                              },
                              [&](const CommitTimes& times) { metrics.committed(times); },
                              [&](std::vector<StreamId> streams) { erasures->look_at(std::move(streams)); }}));
  if (const auto older = ledger->folds().emptied()) spdlog::info("what was folded is of version {}, this build's is {}: it is folded again from the log", *older, store::Folds::format);
  service.serve(*ledger);
  const auto append = [&](Bytes event) -> std::expected<void, Rejection> {
    auto recorded = service.append(event);
    return recorded ? std::expected<void, Rejection>() : std::unexpected(std::move(recorded.error()));
  };
  erasures = std::make_unique<Erasures>(*ledger, service_voice(*ledger, service.key(), system_clock(), append), system_clock(), tell_erasures);
  const struct Stop {
    Erasures& running;
    ~Stop() { running.stop(); }
  } stop{*erasures};  // whichever way this ends, before the ledger is gone
  erasures->start();
  const auto tell_anew = [](const Head& head) {
    spdlog::info("what projections keep is not of this build: they are folded again from {} events of the log, and serving begins after that", head.next.value);
  };
  TRY_AS(runner, projections::Runner::open(*ledger, tell_anew));

  RouteConfig route_config;
  route_config.behind_proxy = config.behind_tls_proxy;
  route_config.releases = options.folder / "releases";
  route_config.open_reads_on_loopback = config.open_reads_on_loopback;
  route_config.token_refused = [&](AuthFault fault) { service.events().token_refused(fault); };
  route_config.failed = [](const Request& request, const Error& error) { spdlog::error("{} {}: {}", escaped(request.method), escaped(request.path), escaped(error.sentence)); };
  const RouteTable routes(*ledger, *runner, metrics, route_config);

  ServerConfig server_config;
  server_config.address = endpoint.address;
  server_config.port = endpoint.port;
  server_config.authorities = config.authorities;
  server_config.tls_proxy = config.behind_tls_proxy;
  server_config.complain = [](std::string_view sentence) { spdlog::warn("{}", escaped(sentence)); };
  server_config.handshake_refused = [&](HandshakeFault fault) { service.events().handshake_refused(fault); };
  server_config.session_refused = [&](AuthFault fault) { service.events().session_refused(fault); };
  server_config.tls = tls;
  share_descriptors(server_config);
  TRY_AS(server, Server::start(std::move(server_config), *ledger, outcomes, [&](const Request& request) { return routes.handle(request); }, system_clock()));
  spdlog::info("serving {} on {}:{}, {} entries, {} events", config.origin, endpoint.address, server->port(), ledger->head().size, ledger->head().next.value);

  tell_log_key(options.folder, *ledger);

  timespec poll{.tv_sec = 1, .tv_nsec = 0};
  std::optional<Error> failure;
  int signal = -1;
  while (signal < 0 && !failure) {
    signal = sigtimedwait(&signals, nullptr, &poll);
    failure = ledger->failure();
    if (!failure) service.write(ServiceEvents::Hours::over);
    tell_log_key(options.folder, *ledger);
  }
  if (failure) spdlog::error("the ledger stopped: {}", escaped(failure->sentence));
  else spdlog::info("draining");
  server->stop();
  if (!failure) service.write(ServiceEvents::Hours::all);
  erasures->stop();
  ledger->drain();
  runner.reset();
  if (failure) return std::unexpected(*failure);
  spdlog::info("stopped at {} entries", ledger->head().size);
  return {};
}

Exit serve(const ServeOptions& options) {
  set_up_logs();
  const auto ran = run(options);
  return ran ? Exit::ok : report(ran.error());
}

}  // namespace

void add_serve(CommandLine& line) {
  auto [app, asked] = line.add("serve", "Serve a ledger until SIGTERM",
                               "  caseledger serve ledger\n"
                               "  caseledger serve ledger --listen 0.0.0.0:8443 --tls-cert c.pem --tls-key k.pem", serve);
  app.add_option("DIR", asked.folder, "the ledger's folder")->required();
  app.add_option("--listen", asked.listen, "address and port; beyond loopback TLS is needed")->envname("CASELEDGER_LISTEN");
  app.add_option("--tls-cert", asked.tls_certificate, "certificate chain, PEM");
  app.add_option("--tls-key", asked.tls_key, "its private key, PEM");
  app.add_option("--client-ca", asked.tls_client_ca, "demand client certificates of this authority");
  app.add_flag("--after-long-stop", asked.after_long_stop, "confirm the clock after more than 30 days without an entry");
}

}  // namespace caseledger::api
