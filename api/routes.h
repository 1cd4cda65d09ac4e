// The HTTP resources of a ledger: reads only, without sockets.
//
// handle() answers any request, from any thread. The contract is schemas/openapi.yaml, and list() is what a test holds it to. Public are
// the checkpoint, the hashes of the tree, what the figures mean and how the service is; everything else needs a bearer token (token.h) of
// an enrolled key, and tells that key what it may read (entitlement.h). Where the configuration says so, requests from this machine
// (see from_here()) need none and read everything.
#pragma once

#include <boost/json/object.hpp>

#include "api/as_of.h"
#include "api/auth_fault.h"
#include "api/entitlement.h"
#include "api/http.h"
#include "api/metrics.h"
#include "api/query.h"
#include "api/rate_limit.h"
#include "api/releases.h"
#include "api/stream_events.h"
#include "ledger/clock.h"
#include "projections/worklist.h"

namespace caseledger::api {

struct RouteConfig {
  // Whoever is logged in at the ledger's own machine reads everything without a token. For trying a ledger out.
  bool open_reads_on_loopback = false;
  // A proxy on this machine passes requests on. They then come from a loopback address whoever sent them, and none is taken to be from here.
  bool behind_proxy = false;

  std::size_t query_bytes_max = 4 * 1024;
  std::size_t filter_terms_max = 64;            // kinds, types or jurisdictions of one filter
  std::uint64_t page_events = 100;              // of a page that does not say
  std::uint64_t page_events_max = 1'000;
  std::size_t page_bytes_max = 1u << 20;        // of the events in a page; the first one always has room
  std::uint64_t scanned_events_max = 100'000;   // looked at for one page; what lies behind is the next page's
  Version stream_events_max = 10'000;           // of a stream whose state is told
  std::size_t figures_max = 50'000;             // in one answer
  std::filesystem::path releases = {};          // where released editions lie: DIR/releases
  std::size_t contributing_streams_max = 2'000'000;  // looked at for the streams of a figure
  std::uint64_t refolded_events_max = 1'000'000;  // for figures of another point than the head, one answer at a time
  std::size_t queues_max = 1'000;               // in one answer
  std::uint64_t waiting_items = 100;            // of a queue that is asked for without a limit
  std::uint64_t waiting_items_max = 1'000;
  std::size_t waiting_looked_at_max = 250'000;          // items, for one answer
  std::uint64_t waiting_events_read_max = 200'000;      // of their streams, for one answer: each is read once
  std::chrono::milliseconds fold_wait{500};     // for the projections to reach the head, before figures are told
  std::uint64_t projection_lag_entries_max = 10'000;  // at which the ledger is not ready

  std::uint64_t looked_up_streams_max = 5'000;  // of other organisations, for one page
  Rate reads_of_address{.per_second = 100, .burst = 1'000};  // without a token, or with one that is refused; not behind a proxy
  Rate reads_of_key{.per_second = 1'000, .burst = 5'000};
  Clock clock = system_clock();

  // Told of every token that was refused.
  std::function<void(AuthFault)> token_refused = [](AuthFault) {};
  // Told of every failure of the ledger's own (status 500). Strangers are told none of it.
  std::function<void(const Request&, const Error&)> failed = [](const Request&, const Error&) {};
};

// Who is answered.
enum class Access {
  enrolled,  // every enrolled key
  readers,   // those whose roles are more than oversight; of events, those that the key may read
  auditors,  // who reads everything
  everyone,
  any_page,  // everyone, and the scripts of any web page too (CORS)
  published, // the same, as often as they like: it is kept in memory, and there is no hurry to hold anyone back
  opened,    // any_page as far as the governors opened the log's entries, else readers
};

struct RouteInfo {
  std::string_view path;                // "/v1/streams/{id}/events"
  std::string_view summary;
  Access access;
  std::vector<std::string_view> methods;
  std::vector<Parameter> parameters;
  std::vector<unsigned> statuses;       // of every answer it can give
};

// Does a request come from this machine itself: from a loopback address, through no proxy, and to a host name that only this machine has?
// A web page elsewhere whose name was made to point here gives itself away by that name.
bool from_here(const Request& request);

class RouteTable {
 public:
  // All three have to outlive it.
  RouteTable(const Ledger& ledger, const projections::Runner& runner, Metrics& metrics, RouteConfig config);

  // HEAD is answered like GET, with the length of the body that is left out.
  Response handle(const Request& request) const;

  std::vector<RouteInfo> list() const;

 private:
  struct Call {
    const Request& request;
    Query query;
    std::string place;  // what stands where the path has {…}
    const Reader& reader;
    bool here;
  };
  using Answer = Result<Response> (RouteTable::*)(const Call&) const;
  struct Route {
    RouteInfo info;
    Answer answer;
    std::string_view before, behind;  // the path around its {…}
    bool exact;                       // it has none
    bool deep;                        // {…} may hold slashes
    Metrics::Route counted;

    bool fits(std::string_view asked) const;
    std::string_view place(std::string_view asked) const { return exact ? std::string_view{} : asked.substr(before.size(), asked.size() - before.size() - behind.size()); }
  };
  std::vector<Route> routes() const;
  Response answer(const Route& route, const Request& request) const;
  bool is_opened(std::string_view entries) const;
  std::expected<Reader, Response> identify(Access access, const Request& request, bool here) const;
  Result<Response> look_up(const Route& route, Access access, const Request& request, const Reader& reader, bool here) const;

  // ── the log (routes_log.cc) ──
  Result<Response> checkpoint(const Call& call) const;
  Result<Response> tile(const Call& call) const;
  Result<Response> entries(const Call& call) const;
  Result<Response> receipt(const Call& call) const;

  // ── events and streams (routes_events.cc) ──
  Result<Response> events(const Call& call) const;
  Result<Response> event(const Call& call) const;
  Result<bool> reads_some(const Call& call, const StreamId& stream, Position limit) const;
  Result<projections::RecordedFacts> readable_facts(const Call& call, const StreamId& stream, Position limit) const;
  Result<void> check_readable(const Call& call, const StreamId& stream, std::span<const projections::Fact> facts) const;
  Result<store::StoredEvent> readable_event(const Call& call, Position position) const;
  Result<Response> stream(const Call& call) const;
  Result<std::vector<std::pair<Version, std::string>>> told_of(const Call& call, const StreamPage& page, std::span<const ExcisedPlace> excised, Version from) const;
  Result<Response> stream_changes(const Call& call) const;
  Result<Response> stream_events(const Call& call) const;

  // ── what the ledger knows (routes_v1.cc) ──
  template <class Read>
  auto read_folds(const Call& call, Read read) const -> std::invoke_result_t<Read, const projections::Folds&, const AsOf&>;
  Result<Response> figures(const Call& call) const;
  Result<Response> figure_events(const Call& call) const;
  Result<Response> definitions(const Call& call) const;
  Result<Response> policies(const Call& call) const;
  Result<Response> authority(const Call& call) const;
  Result<Response> log_keys(const Call& call) const;

  // ── editions (routes_editions.cc) ──
  Result<Response> editions(const Call& call) const;
  Result<Response> edition_json(const Call& call) const;
  Result<Response> edition_rendering(const Call& call, std::string_view suffix) const;
  Result<Response> edition_html(const Call& call) const;
  Result<Response> edition_csv(const Call& call) const;
  Result<Response> edition_csvw(const Call& call) const;
  Result<Response> edition_datapackage(const Call& call) const;
  Result<Response> edition_proof(const Call& call) const;
  Result<Response> edition_event(const Call& call) const;
  Result<Response> report(const Call& call) const;
  Result<std::optional<reports::EditionFile>> latest_edition(std::string_view template_id) const;
  std::optional<reports::EditionFile> released_edition(const Hash& digest) const;

  // ── what waits (routes_queues.cc) ──
  struct WhatWaits {
    std::vector<projections::Waiting> items;  // in no order
    Micros clock;
    boost::json::object as_of;
  };
  Result<WhatWaits> what_waits(const Call& call, std::optional<std::string> queue) const;
  Result<Response> queues(const Call& call) const;
  Result<Response> queue(const Call& call) const;

  // ── the service (routes_service.cc) ──
  Result<Response> index(const Call& call) const;
  Result<Response> healthz(const Call& call) const;
  Result<Response> readyz(const Call& call) const;
  Result<Response> metrics(const Call& call) const;
  Result<Response> openapi(const Call& call) const;

  const Ledger& ledger_;
  const projections::Runner& runner_;
  Metrics& metrics_;
  const RouteConfig config_;
  const Releases releases_;
  mutable Authorities authorities_;
  mutable Entitlement entitlement_;
  mutable std::mutex refolding_;
  mutable RateLimit reads_of_address_, reads_of_key_;
  const std::vector<Route> routes_;
  const Metrics::Route unknown_;
};

}  // namespace caseledger::api
