#include "api/cli/remote.h"

#include "api/story_json.h"

#include <atomic>
#include <boost/json.hpp>
#include <csignal>
#include <iostream>
#include <thread>

#include "api/cli/events.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/event_filter.h"
#include "api/event_page.h"
#include "api/genesis.h"
#include "api/http_client.h"
#include "api/json.h"
#include "api/problem.h"
#include "api/token.h"
#include "api/url.h"
#include "ledger/clock.h"

namespace caseledger::api {

namespace {

Errc code_named(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(last_errc); ++i)
    if (name(static_cast<Errc>(i)) == word) return static_cast<Errc>(i);
  return Errc::io;
}

// Whom a server's certificate has to be signed by, and our own where it asks for one: alike for all commands.
ClientTls tls_of_environment() {
  const auto file = [](const char* variable) {
    const char* named = std::getenv(variable);
    return named && *named ? std::optional<path>(named) : std::nullopt;
  };
  return {file("CASELEDGER_CA"), file("CASELEDGER_CERT"), file("CASELEDGER_CERT_KEY")};
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) out += c;
    else out += '%' + hex({reinterpret_cast<const std::uint8_t*>(&c), 1});
  }
  return out;
}

Result<HttpServer> HttpServer::at(const std::string& url, const path& key) {
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  if (!base.starts_with("http://") && !base.starts_with("https://"))
    return fail(Errc::usage, "wanted an address such as http://127.0.0.1:8420, found \"" + url + '"');
  HttpServer server(std::move(base));
  if (key.empty()) return server;
  TRY_AS(dialled, parse_url(server.base_));
  TRY_AS(checkpoint, server.get("/checkpoint"));  // public: its first line is the origin, which the token names
  TRY_AS(signer, read_key(key));
  server.authority_ = dialled.authority;
  server.origin_ = checkpoint.substr(0, checkpoint.find('\n'));
  server.key_ = std::make_shared<const Signer>(std::move(signer));
  return server;
}

std::string HttpServer::token() const { return new_token(origin_, authority_, *key_, system_clock().wall(), system_random()); }

namespace {

// Seconds to wait before asking again, as far as that is worth it.
std::optional<unsigned> retry_after(const Response& response) {
  if (response.status != 429) return std::nullopt;
  for (const auto& [name, value] : response.headers)
    if (const auto seconds = from_decimal(value); name == "Retry-After" && seconds && *seconds <= 60) return static_cast<unsigned>(*seconds);
  return std::nullopt;
}

}  // namespace

Result<std::string> HttpServer::get(const std::string& target) const {
  constexpr int attempts_max = 10;
  Response response;
  for (int attempt = 1;; ++attempt) {
    GetConfig config;
    config.tls = tls_of_environment();
    if (key_) config.headers.emplace_back("Authorization", "Bearer " + token());
    auto got = http_get(base_ + target, config);
    if (!got) return std::unexpected(got.error());
    response = std::move(*got);
    const auto later = retry_after(response);
    if (!later || attempt == attempts_max) break;
    std::this_thread::sleep_for(std::chrono::seconds(*later));
  }
  if (response.status == 200) return std::move(response.body);
  return std::unexpected(error_in(response.status, response.body, base_ + target + " answers " + std::to_string(response.status)));
}

Result<boost::json::value> HttpServer::get_json(const std::string& target) const {
  TRY_AS(text, get(target));
  return parse_json(text);
}

Result<Vkey> log_key_of(const Remote& remote) {
  if (!remote.vkey.empty()) return argument(parse_vkey(remote.vkey));
  TRY_AS(server, HttpServer::at(remote.server, remote.key));
  TRY_AS(authority, server.get_json("/v1/authority"));
  const auto* text = authority.as_object().if_contains("log_vkey");
  if (!text || !text->is_string()) return fail(Errc::not_found, "the server does not say its log's key; give it with --log-vkey");
  std::cerr << "log key, on the server's own word: " << text->get_string().c_str() << '\n';
  return parse_vkey(std::string_view(text->get_string()));
}

Result<std::vector<rules::Authority::LogKey>> log_keys_of(const HttpServer& server, const Vkey& trusted) {
  TRY_AS(answer, server.get_json("/v1/log-keys"));
  TRY_AS(proofs, log_keys_from_json(answer));
  return follow_successions(trusted, proofs);
}

Result<Connection> connect(const Remote& remote, bool in_order) {
  TRY_AS(key, read_key(remote.key));
  Connection connection;
  connection.key = std::make_unique<Signer>(std::move(key));
  TRY_AS(log, log_key_of(remote));
  connection.log = log;
  ClientConfig config;
  config.url = remote.server;
  config.log = log;
  config.in_order = in_order;
  config.tls = tls_of_environment();
  config.successors = [url = remote.server](const Vkey& trusted) -> Result<std::vector<rules::Authority::LogKey>> {
    TRY_AS(server, HttpServer::at(url));
    return log_keys_of(server, trusted);
  };
  TRY_AS(client, Client::connect(std::move(config), *connection.key));
  connection.client = std::move(client);
  return connection;
}

Error error_of(const frames::Rejected& rejected) {
  std::string sentence = rejected.sentence;
  for (const auto& problem : rejected.events)
    if (problem.sentence != rejected.sentence) sentence += "\n  event " + std::to_string(problem.event) + ": " + problem.sentence;
  return {code_named(rejected.code), sentence};
}

Result<Next> append_next(Connection& connection, boost::json::object line, const std::string& operator_code) {
  line["operator"] = operator_code.empty() ? connection.key->vkey().name : operator_code;
  line["handling"] = "internal";
  line["occurred_at"] = to_rfc3339(system_clock().wall());
  line["precision"] = "us";
  Version version = 1;
  for (int attempt = 0;; ++attempt) {
    line["version"] = version;
    TRY_AS(draft, argument(event_from_json(to_text(line), system_random())));
    auto answer = connection.client->append(Submission{sign_batch({Bytes(draft.event)}, connection.log.name, *connection.key), std::move(draft.openings)}).get();
    if (answer) return Next{version, std::move(*answer)};
    const auto& problems = answer.error().events;
    if (problems.empty() || problems[0].code != name(Errc::version_conflict) || attempt == 5) return std::unexpected(error_of(answer.error()));
    version = problems[0].current + 1;
  }
}

Exit follow_events(const EventsOptions& options, const EventLine& visit) {
  Remote remote = options.remote;
  remote.server = options.source.server;
  remote.key = options.source.key;
  if (remote.server.empty() || remote.key.empty()) return report({Errc::usage, "--follow needs --server and --key"});
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::atomic<bool> enough = options.limit == 0;  // there before whoever calls back, and after it
  auto connection = connect(remote);
  if (!connection) return report(connection.error());
  Client::Wish wish{.from = {options.from}, .stream = {}, .filter = {}, .credit = 1024};
  if (!options.stream.empty()) {
    const auto stream = argument(parse_uuid(options.stream));
    if (!stream) return report(stream.error());
    wish.stream = *stream;
  }
  for (const auto& name : options.kinds) {
    const auto kind = kind_named(name);
    if (!kind) return report({Errc::usage, "there is no kind of stream \"" + name + '"'});
    wish.filter.kinds.push_back(static_cast<std::uint8_t>(*kind));
  }
  wish.filter.types = options.types;
  wish.filter.jurisdictions = options.jurisdictions;
  connection->client->subscribe(
      std::move(wish),
      [&, left = options.limit](const Client::Told& told) mutable {
        for (const auto& delivery : told.events) {
          if (enough) break;
          const Buffer aligned(delivery.event.begin(), delivery.event.end());
          const bool more = visit(to_text(boost::json::object{{"position", delivery.position.value}, {"entry", delivery.entry_index.value}, {"event", event_to_json(view_event(aligned))}}));
          enough = !more || (left && --*left == 0);
        }
        std::cout.flush();
      },
      [](const frames::Rejected& rejected) { report(error_of(rejected)); });
  const timespec poll{.tv_sec = 0, .tv_nsec = 200'000'000};
  while (!enough && sigtimedwait(&signals, nullptr, &poll) < 0)
    if (const auto failure = connection->client->failure()) return report(*failure);
  connection->client->close();
  return Exit::ok;
}

}  // namespace caseledger::api
