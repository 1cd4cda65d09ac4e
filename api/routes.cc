#include "api/routes.h"

#include <algorithm>

#include "api/problem.h"
#include "api/token.h"

namespace caseledger::api {

namespace {

// The parameters of a path, "/tile/{level}/{tile}", and of its query.
std::vector<Parameter> parameters_of(std::string_view path, std::initializer_list<Parameter> in_query) {
  std::vector<Parameter> all;
  for (auto begin = path.find('{'); begin != path.npos; begin = path.find('{', begin + 1))
    all.push_back({path.substr(begin + 1, path.find('}', begin) - begin - 1), Parameter::In::path});
  all.insert(all.end(), in_query.begin(), in_query.end());
  return all;
}

bool is_public(Access access) { return access == Access::everyone || access == Access::any_page || access == Access::published; }

// Every route may be asked wrongly or, if it counts, too often, and may fail; one that is not for everyone may refuse.
std::vector<unsigned> statuses_of(Access access, std::initializer_list<unsigned> further) {
  std::vector<unsigned> all{200, 400, 500};
  if (access != Access::published) all.push_back(429);
  if (!is_public(access)) all.insert(all.end(), {401, 403});
  all.insert(all.end(), further.begin(), further.end());
  std::ranges::sort(all);
  return all;
}

// What stands behind the scheme, which may be written in any case (RFC 6750 §2.1). Nothing: it is another scheme.
std::optional<std::string_view> bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  const auto lower = [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c); };
  const bool fits = authorization.size() > scheme.size() && std::ranges::equal(authorization.substr(0, scheme.size()), scheme, {}, lower);
  return fits ? std::optional(authorization.substr(scheme.size())) : std::nullopt;
}

constexpr Parameter once(std::string_view name) { return {name, Parameter::In::query, false}; }
constexpr Parameter many(std::string_view name) { return {name, Parameter::In::query, true}; }

}  // namespace

// ── the table: the first that fits answers ──

std::vector<RouteTable::Route> RouteTable::routes() const {
  std::vector<Route> all;
  const auto add = [&](Access access, std::string_view path, std::string_view summary, Answer handler, std::initializer_list<Parameter> in_query,
                       std::initializer_list<unsigned> statuses) {
    const auto first = path.find('{');
    const bool exact = first == path.npos;
    all.push_back({{path, summary, access, {"GET", "HEAD"}, parameters_of(path, in_query), statuses_of(access, statuses)},
                   handler,
                   path.substr(0, first),
                   exact ? std::string_view{} : path.substr(path.rfind('}') + 1),
                   exact,
                   path.starts_with("/tile/") || path.starts_with("/v1/editions/"),
                   metrics_.route(path)});
  };
  using enum Access;
  add(everyone, "/", "The released editions, as a page for people", &RouteTable::index, {}, {304, 503});
  add(enrolled, "/openapi.yaml", "This contract", &RouteTable::openapi, {}, {304});
  add(everyone, "/healthz", "Does the process answer?", &RouteTable::healthz, {}, {});
  add(everyone, "/readyz", "Does the ledger record, and are its figures current?", &RouteTable::readyz, {}, {503});
  add(auditors, "/metrics", "Counters and gauges for Prometheus", &RouteTable::metrics, {}, {});

  add(any_page, "/checkpoint", "The latest signed checkpoint", &RouteTable::checkpoint, {}, {});
  add(opened, "/tile/entries/{tile}", "Up to 256 entries of the log", &RouteTable::entries, {}, {304, 404});
  add(any_page, "/tile/{level}/{tile}", "Up to 256 hashes of the tree", &RouteTable::tile, {}, {304, 404});
  add(readers, "/v1/receipts/{position}", "The proof of one event, or of its batch", &RouteTable::receipt, {once("of")}, {404});

  add(readers, "/v1/events", "Events in log order", &RouteTable::events, {once("from"), once("limit"), many("type"), many("kind"), many("jurisdiction"), once("since"), once("until")}, {413});
  add(readers, "/v1/events/{position}", "One event", &RouteTable::event, {}, {404});
  add(readers, "/v1/streams/{id}", "The state of a stream and its timeline", &RouteTable::stream, {once("as_of"), once("as_at")}, {404, 413, 503});
  add(readers, "/v1/streams/{id}/changes", "What changed in a stream between two points of the log", &RouteTable::stream_changes, {once("since"), once("as_of")}, {404, 413, 503});
  add(readers, "/v1/streams/{id}/events", "The events of a stream", &RouteTable::stream_events, {once("from"), once("limit"), once("as_of")}, {404, 503});

  add(auditors, "/v1/figures", "Every figure", &RouteTable::figures, {once("by"), once("period"), once("as_of")}, {404, 413, 503});
  add(auditors, "/v1/figures/{id}", "One figure and those beneath it", &RouteTable::figures, {once("by"), once("period"), once("as_of")}, {404, 413, 503});
  add(auditors, "/v1/figures/{id}/events", "The streams and events that a figure counts", &RouteTable::figure_events,
      {once("by"), once("period"), once("as_of"), once("after"), once("limit")}, {404, 413, 503});
  add(everyone, "/v1/definitions", "What the figures are", &RouteTable::definitions, {}, {304});
  add(published, "/v1/editions", "The editions that were released", &RouteTable::editions, {}, {304, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.csv-metadata.json", "What its table's columns mean", &RouteTable::edition_csvw, {}, {304, 404, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.datapackage.json", "The same, for Frictionless tools", &RouteTable::edition_datapackage, {}, {304, 404, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.html", "It as a page for people", &RouteTable::edition_html, {}, {304, 404, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.csv", "It as a table", &RouteTable::edition_csv, {}, {304, 404, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.json", "A released edition", &RouteTable::edition_json, {}, {304, 404, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.tlog-proof", "The proof that it was released", &RouteTable::edition_proof, {}, {304, 404, 503});
  add(published, "/v1/editions/{template}/{period}/{size}.event", "The event that released it", &RouteTable::edition_event, {}, {304, 404, 503});
  add(auditors, "/v1/reports/{template}", "What an edition would say now", &RouteTable::report, {once("period")}, {404, 413, 503});
  add(everyone, "/v1/policies", "The policies that bind, in words, and the digests of their documents", &RouteTable::policies, {}, {304, 503});
  add(readers, "/v1/queues", "What waits, by queue", &RouteTable::queues, {many("priority"), many("kind"), many("jurisdiction"), once("overdue")}, {413, 503});
  add(readers, "/v1/queues/{queue}", "What waits in a queue, the most urgent first", &RouteTable::queue,
      {many("priority"), many("kind"), many("jurisdiction"), once("overdue"), once("limit"), once("after")}, {404, 413, 503});
  add(any_page, "/v1/log-keys", "The keys that sign the log, and the proof of each from the one before", &RouteTable::log_keys, {}, {503});
  add(readers, "/v1/authority", "Who may do what, and what waits for approval", &RouteTable::authority, {}, {503});
  return all;
}

RouteTable::RouteTable(const Ledger& ledger, const projections::Runner& runner, Metrics& metrics, RouteConfig config)
    : ledger_(ledger),
      runner_(runner),
      metrics_(metrics),
      config_(std::move(config)),
      releases_(ledger, config_.releases),
      authorities_(ledger),
      entitlement_(ledger),
      reads_of_address_(config_.reads_of_address),
      reads_of_key_(config_.reads_of_key),
      routes_(routes()),
      unknown_(metrics.route("(none)")) {}

std::vector<RouteInfo> RouteTable::list() const {
  std::vector<RouteInfo> all;
  for (const Route& route : routes_) all.push_back(route.info);
  return all;
}

bool RouteTable::Route::fits(std::string_view asked) const {
  if (exact) return asked == before;
  if (asked.size() <= before.size() + behind.size() || !asked.starts_with(before) || !asked.ends_with(behind)) return false;
  return deep || place(asked).find('/') == asked.npos;
}

// ── one request ──

Response RouteTable::handle(const Request& request) const {
  const auto route = std::ranges::find_if(routes_, [&](const Route& each) { return each.fits(request.path); });
  Response response;
  if (route == routes_.end()) response = problem({Errc::not_found, "nothing is at this path; / says what there is"});
  else if (request.method != "GET" && request.method != "HEAD") response = method_not_allowed(request.method);
  else response = answer(*route, request);

  const auto said = [&](std::string_view header) { return std::ranges::find(response.headers, header, &std::pair<std::string, std::string>::first) != response.headers.end(); };
  if (!said("Cache-Control")) response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  (route == routes_.end() ? unknown_ : route->counted).answered(response.status);
  if (request.method == "HEAD") {
    response.headers.emplace_back("Content-Length", std::to_string(response.body.size()));
    response.body.clear();
  }
  return response;
}

Response RouteTable::answer(const Route& route, const Request& request) const {
  const bool here = !config_.behind_proxy && from_here(request);
  Access access = route.info.access;
  if (access == Access::opened) access = is_opened(route.place(request.path)) ? Access::any_page : Access::readers;
  Response response;
  if (const auto reader = identify(access, request, here); !reader) {
    response = reader.error();
  } else {
    auto found = look_up(route, access, request, *reader, here);
    response = found ? std::move(*found) : problem(here ? found.error() : told_to_strangers(found.error()));
    if (!found && response.status == 500) config_.failed(request, found.error());
  }
  if (access == Access::any_page || access == Access::published) response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  return response;
}

// Who asks. Addresses answer for what comes without a valid token, keys for the rest, so that many keys may share an address.
std::expected<Reader, Response> RouteTable::identify(Access access, const Request& request, bool here) const {
  const Micros boot = config_.clock.boot();
  const auto asked = request.headers.find("authorization");
  const bool shows_token = !is_public(access) && asked != request.headers.end();
  if (!shows_token && here && config_.open_reads_on_loopback) return Reader();
  if (!config_.behind_proxy && access != Access::published)
    if (const auto later = shows_token ? reads_of_address_.look(request.remote, boot) : reads_of_address_.take(request.remote, boot))
      return std::unexpected(too_many_requests(*later));
  if (is_public(access)) return Reader();
  if (!shows_token) return std::unexpected(unauthenticated("this is told to enrolled keys: send a bearer token; caseledger token makes one", false));

  const auto refuse = [&](AuthFault fault, std::string_view sentence) {
    reads_of_address_.take(request.remote, boot);
    config_.token_refused(fault);
    return std::unexpected(unauthenticated(sentence, true));
  };
  const Micros wall = config_.clock.wall();
  const auto token = bearer(asked->second);
  if (!token) return refuse(AuthFault::malformed, "wanted Authorization: Bearer and a token");
  const auto key = check_token(*token, ledger_.origin(), request.authorities, wall);
  if (!key) return refuse(key.error().fault, key.error().sentence);
  auto authority = authorities_.current();
  const rules::Enrolment* enrolment = authority->find(*key);
  if (!enrolment) return refuse(AuthFault::unknown_key, "the key that signed the token is not enrolled in " + ledger_.origin());
  if (enrolment->revoked) return refuse(AuthFault::revoked_key, "the key that signed the token was revoked");
  if (const auto later = reads_of_key_.take(text_of(*key), boot)) return std::unexpected(too_many_requests(*later));
  return Reader(entitlement_, std::move(authority), *enrolment, wall);
}

Result<Response> RouteTable::look_up(const Route& route, Access access, const Request& request, const Reader& reader, bool here) const {
  if (access == Access::readers && !reader.reads_bodies())
    return fail(Errc::not_permitted, "this is told to those who work on cases and to auditors; oversight reads editions, definitions and policies");
  if (access == Access::auditors && !reader.reads_everything())
    return fail(Errc::not_permitted, "this is told to auditors without scopes: it comes of events of every organisation");
  TRY_AS(query, Query::parse(request.query, route.info.parameters, config_.query_bytes_max));
  std::string place(route.place(request.path));
  if (!route.deep) {  // a tile has one spelling only
    TRY_AS(decoded, percent_decoded(place));
    place = std::move(decoded);
  }
  try {
    return (this->*route.answer)({request, std::move(query), std::move(place), reader, here});
  } catch (const std::exception& exception) {  // of a library: RocksDB, Boost.JSON, out of memory
    return fail(Errc::io, exception.what());
  }
}

// ── from here ──

namespace {

bool names_this_machine(std::string_view host) {
  std::string_view name = host;
  if (host.starts_with('[')) {
    name = host.substr(0, host.find(']') + 1);
  } else if (const auto colon = host.find(':'); colon != host.npos) {
    name = host.substr(0, colon);
  }
  const bool dotted = std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return name == "localhost" || name == "[::1]" || (dotted && name.starts_with("127."));
}

}  // namespace

bool from_here(const Request& request) {
  for (const char* proxied : {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
    if (request.headers.contains(proxied)) return false;
  const auto host = request.headers.find("host");
  return request.remote_loopback && (host == request.headers.end() || names_this_machine(host->second));
}

}  // namespace caseledger::api
