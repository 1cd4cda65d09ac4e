// Who is answered over HTTP, what they are told, and how often.
#include "api/story_json.h"
#include "api/token.h"
#include "ledger/audit.h"
#include "tests/support/service.h"

using namespace caseledger;
using namespace samples;
using api::AuthFault;

namespace {

// A closed service with a clock that is set, and keys of two organisations.
struct Closed {
  Micros wall = system_clock().wall(), boot = 1'000'000'000;
  std::vector<AuthFault> faults;
  Service service;
  Signer ours = service.ledger.enrol({"case_system"}, "org-1"), theirs = service.ledger.enrol({"case_system"}, "org-2");
  Signer auditor = service.ledger.enrol({"auditor"}, "audit-office"), oversight = service.ledger.enrol({"oversight"}, "board");

  explicit Closed(api::RouteConfig config = {}) : service(timed(std::move(config)), {}, false) {}

  api::RouteConfig timed(api::RouteConfig config) {
    config.clock = {[this] { return wall; }, [this] { return boot; }};
    config.token_refused = [this](AuthFault fault) { faults.push_back(fault); };
    return config;
  }
  api::Token token(const Signer& key) const {
    return {service.ledger.origin(), "ledger.example.org", wall / 1'000'000, wall / 1'000'000 + 300, key.vkey().key, {9}};
  }
  static Asked with(const std::string& token) { return {.headers = {{"authorization", "Bearer " + token}}, .loopback = false, .remote = "203.0.113.7"}; }
  Asked by(const Signer& key) const { return with(api::sign_token(token(key), key)); }
};

const Asked stranger{.loopback = false, .remote = "203.0.113.7"};

std::string example(std::string path) {
  const auto put = [&](std::string_view name, std::string_view value) {
    if (const auto at = path.find(name); at != path.npos) path.replace(at, name.size(), value);
  };
  put("{tile}", "000.p/1"), put("{level}", "0"), put("{position}", "0"), put("{template}", "transparency");
  put("{id}", path.starts_with("/v1/figures") ? "R1" : to_string(rules::governance_stream("ledger.example.org/l/test")));
  return path;
}

std::vector<std::uint64_t> positions(const boost::json::object& page) {
  std::vector<std::uint64_t> all;
  for (const auto& each : page.at("events").as_array()) all.push_back(each.at("position").to_number<std::uint64_t>());
  return all;
}

std::string path_of(const StreamId& stream) { return "/v1/streams/" + to_string(stream); }

}  // namespace

TEST_CASE("entries are for enrolled keys until the governors publish them, and from the index that they name on") {
  Closed closed;
  auto& ledger = closed.service.ledger;
  const auto status = [&](const std::string& path, const Asked& asked) { return closed.service.ask(path, asked).status; };
  CHECK(status("/tile/entries/000.p/5", stranger) == 401);
  const auto publish = [&](std::uint64_t from) { return ledger.propose(ledger.governor(), R"({"type":"EntriesPublished","from_index":)" + std::to_string(from) + '}'); };
  REQUIRE(publish(256));
  CHECK(publish(256).error().error.code == Errc::illegal_transition);
  CHECK(publish(300).error().error.code == Errc::illegal_transition);
  while (ledger->head().size < 260) ledger.record(closed.ours, {case_opened(new_stream())});
  CHECK(status("/tile/entries/000", stranger) == 401);
  CHECK(status("/tile/entries/000", closed.by(closed.ours)) == 200);
  const auto open = closed.service.ask("/tile/entries/001.p/4", stranger);
  CHECK(open.status == 200);
  CHECK(std::ranges::find(open.headers, std::pair<std::string, std::string>("Access-Control-Allow-Origin", "*")) != open.headers.end());
  CHECK(status("/tile/entries/001.p/5", stranger) == 404);
  CHECK(status("/tile/entries/01", stranger) == 404);
  CHECK(status("/v1/events", stranger) == 401);
  REQUIRE(publish(0));
  CHECK(status("/tile/entries/000", stranger) == 200);
  CHECK(status("/tile/entries/000.p/5", stranger) == 200);
}

TEST_CASE("an audit over an address needs no token once the entries are published") {
  Closed closed;
  const auto fetch = [&](std::string path) -> Result<Buffer> {
    const auto answer = closed.service.ask('/' + path, stranger);
    if (answer.status == 200) return Buffer(answer.body.begin(), answer.body.end());
    return fail(answer.status == 401 ? Errc::not_permitted : Errc::not_found, path);
  };
  AuditOptions options;
  options.log_key = closed.service.ledger.log_vkey();
  CHECK_FALSE(audit_served(fetch, options)->sound());
  REQUIRE(closed.service.ledger.propose(closed.service.ledger.governor(), R"({"type":"EntriesPublished","from_index":0})"));
  const auto audit = audit_served(fetch, options);
  CHECK(audit->sound());
  CHECK(audit->counts.entries == closed.service.ledger->head().size);
}

TEST_CASE("the log's keys are told to everyone, with the proof of each from the one before") {
  Closed closed;
  auto& ledger = closed.service.ledger;
  CHECK(closed.service.read("/v1/log-keys", stranger).at("keys").as_array().size() == 1);
  const Vkey old = ledger.log_vkey();
  const Signer fresh = Signer::generate(ledger.origin());
  ledger.hold(fresh);
  REQUIRE(ledger.propose(ledger.governor(), R"({"type":"KeyRotated","log_vkey":")" + fresh.vkey().text() + R"(","from_size":)" + std::to_string(ledger->head().size + 2) + '}'));
  for (int i = 0; i < 3; ++i) {
    const auto proofs = api::log_keys_from_json(closed.service.read("/v1/log-keys", stranger));
    REQUIRE(proofs);
    const auto keys = follow_successions(old, *proofs);
    REQUIRE(keys);
    CHECK(keys->back().vkey == fresh.vkey());
    ledger.record(closed.ours, {case_opened(new_stream())});
  }
  CHECK(closed.service.read("/v1/authority", closed.by(closed.auditor)).at("log_vkey").as_string() == fresh.vkey().text());
}

TEST_CASE("strangers are answered what is public, enrolled keys and auditors the rest") {
  const Closed closed;
  const Service open, proxied({.behind_proxy = true});
  const std::set<std::string_view> to_all{"/", "/healthz", "/readyz", "/checkpoint", "/tile/{level}/{tile}", "/v1/definitions", "/v1/policies", "/v1/editions", "/v1/log-keys"}, to_auditors{"/metrics", "/v1/figures", "/v1/figures/{id}", "/v1/figures/{id}/events", "/v1/reports/{template}"};
  for (const auto& route : closed.service.routes.list()) {
    if (route.path.starts_with("/v1/editions/")) continue;  // of a release: routes_editions_test.cc
    const auto path = example(std::string(route.path)) + (route.path.ends_with("/changes") ? "?since=0" : route.path == "/v1/reports/{template}" ? "?period=2024" : "");
    INFO(path);
    const unsigned refused = to_all.contains(route.path) ? 200 : 401, whole = route.path == "/v1/queues/{queue}" ? 404 : 200;  // nothing entered any queue
    CHECK(closed.service.ask(path).status == refused);  // on this machine too
    CHECK(closed.service.ask(path, stranger).status == refused);
    CHECK(open.ask(path).status == whole);
    CHECK(open.ask(path, stranger).status == refused);
    CHECK(proxied.ask(path).status == refused);
    CHECK(closed.service.ask(path, closed.by(closed.ours)).status == (to_auditors.contains(route.path) ? 403 : 200));
    CHECK(closed.service.ask(path, closed.by(closed.auditor)).status == whole);
  }
  CHECK(closed.service.problem("/v1/events?colour=1", stranger) == "unauthenticated");
  CHECK(header(closed.service.ask("/v1/events", stranger), "WWW-Authenticate") == "Bearer");
  CHECK(closed.service.ask("/v1/authority", closed.by(closed.oversight)).status == 403);
  CHECK(closed.service.ask("/v1/events/0", closed.by(closed.oversight)).status == 403);
  CHECK(closed.faults.empty());
}

TEST_CASE("a token that does not hold is refused, told why, and counted by its reason") {
  Closed closed;
  const Signer unknown = Signer::generate("unknown"), revoked = closed.service.ledger.enrol({"auditor"});
  CHECK(closed.service.ask("/v1/events", closed.by(revoked)).status == 200);
  closed.service.ledger.revoke(revoked.vkey());
  const auto refused = [&](const Asked& asked) {
    closed.faults.clear();
    const auto response = closed.service.ask("/v1/events", asked);
    CHECK(response.status == 401);
    CHECK(header(response, "WWW-Authenticate") == "Bearer error=\"invalid_token\"");
    REQUIRE(closed.faults.size() == 1);
    return closed.faults[0];
  };
  const auto changed = [&](auto change) {
    auto token = closed.token(closed.auditor);
    change(token);
    return Closed::with(api::sign_token(token, closed.auditor));
  };
  CHECK(refused(Closed::with("rubbish")) == AuthFault::malformed);
  CHECK(refused({.headers = {{"authorization", "Basic dXNlcjpwYXNz"}}}) == AuthFault::malformed);
  CHECK(refused({.headers = {{"authorization", ""}}}) == AuthFault::malformed);
  CHECK(refused(changed([](api::Token& t) { t.origin += "2"; })) == AuthFault::wrong_origin);
  CHECK(refused(changed([](api::Token& t) { t.authority = "elsewhere.example"; })) == AuthFault::wrong_authority);
  CHECK(refused(changed([](api::Token& t) { t.not_before += 120; })) == AuthFault::not_yet_valid);
  CHECK(refused(changed([](api::Token& t) { t.not_before -= 300, t.expires -= 300; })) == AuthFault::expired);
  CHECK(refused(changed([](api::Token& t) { t.expires += 1000; })) == AuthFault::too_long);
  CHECK(refused(Closed::with(api::sign_token(closed.token(closed.auditor), closed.ours))) == AuthFault::bad_signature);
  CHECK(refused(closed.by(unknown)) == AuthFault::unknown_key);
  CHECK(refused(closed.by(revoked)) == AuthFault::revoked_key);
  const auto sent = closed.by(closed.auditor);
  CHECK(closed.service.ask("/v1/events", sent).status == 200);
  closed.wall += 300'000'000;
  CHECK(refused(sent) == AuthFault::expired);
  CHECK(closed.service.ask("/checkpoint", Closed::with("rubbish")).status == 200);  // what is public asks nobody
  auto lower = closed.by(closed.auditor);
  lower.headers["authorization"].replace(0, 6, "bEARER");
  CHECK(closed.service.ask("/v1/events", lower).status == 200);
}

TEST_CASE("a page tells the events of one's own organisation and nothing of the others but where it goes on") {
  Closed closed;
  auto& ledger = closed.service.ledger;
  const StreamId file = new_stream(), foreign = new_stream();
  const auto first = ledger.record(closed.ours, {case_opened(file)}).first_position.value;
  ledger.record(closed.theirs, {case_opened(foreign), case_assigned(foreign, 2), case_assigned(foreign, 3)});
  ledger.record(closed.theirs, {case_assigned(file, 2)});
  ledger.record(closed.ours, {case_assigned(foreign, 4)});
  ledger.record(closed.theirs, {case_assigned(foreign, 5)});
  using Positions = std::vector<std::uint64_t>;
  const std::string from = "/v1/events?from=" + std::to_string(first);
  const auto page = closed.service.read(from, closed.by(closed.ours));
  CHECK(positions(page) == Positions{first, first + 4, first + 5});
  CHECK(page.at("next") == boost::json::value(first + 7));
  CHECK(page.at("caught_up").as_bool());
  CHECK(positions(closed.service.read(from, closed.by(closed.theirs))) == Positions{first + 1, first + 2, first + 3, first + 4, first + 5, first + 6});
  CHECK(positions(closed.service.read(from, closed.by(closed.auditor))) == Positions{first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6});
  CHECK(closed.service.problem(from, closed.by(closed.oversight)) == "not_permitted");
  for (std::uint64_t at = first, told = 0; at < first + 7; ++told) {  // one by one the same, all of them
    const auto one = closed.service.read("/v1/events?limit=1&from=" + std::to_string(at), closed.by(closed.ours));
    at = one.at("next").to_number<std::uint64_t>();
    CHECK(positions(one).size() == (told < 3 ? 1 : 0));
    REQUIRE(told < 4);
  }
  // One event and its receipt.
  const std::string mine = std::to_string(first + 4), not_mine = std::to_string(first + 1);
  CHECK(closed.service.ask("/v1/events/" + mine, closed.by(closed.ours)).status == 200);
  CHECK(closed.service.ask("/v1/receipts/" + mine, closed.by(closed.ours)).status == 200);
  CHECK(closed.service.problem("/v1/events/" + not_mine, closed.by(closed.ours)) == "not_permitted");
  CHECK(closed.service.problem("/v1/receipts/" + not_mine, closed.by(closed.ours)) == "not_permitted");
  CHECK(closed.service.problem("/v1/receipts/" + not_mine + "?of=batch", closed.by(closed.ours)) == "not_permitted");
}

TEST_CASE("a stream is told as far as it may be read; its state only to who may read all of it") {
  Closed closed;
  auto& ledger = closed.service.ledger;
  const StreamId file = new_stream(), foreign = new_stream(), nowhere = new_stream();
  ledger.record(closed.ours, {case_opened(file)});
  ledger.record(closed.theirs, {case_opened(foreign), case_assigned(foreign, 2)});
  ledger.record(closed.ours, {case_assigned(foreign, 3)});
  ledger.record(closed.theirs, {case_assigned(foreign, 4), case_assigned(foreign, 5)});
  CHECK(closed.service.read(path_of(file), closed.by(closed.ours)).at("version") == boost::json::value(1));
  CHECK(closed.service.read(path_of(foreign), closed.by(closed.theirs)).at("version") == boost::json::value(5));
  CHECK(closed.service.problem(path_of(foreign), closed.by(closed.ours)) == "not_permitted");
  const auto page = closed.service.read(path_of(foreign) + "/events", closed.by(closed.ours));
  CHECK(page.at("events").as_array().size() == 1);
  CHECK(page.at("next") == boost::json::value(4));
  CHECK(page.at("caught_up").as_bool());
  CHECK(closed.service.read(path_of(foreign) + "/events?limit=1", closed.by(closed.ours)).at("next") == boost::json::value(4));
  CHECK(closed.service.read(path_of(foreign) + "/events?from=4", closed.by(closed.ours)).at("next") == boost::json::value(4));
  CHECK(closed.service.read(path_of(foreign) + "/events", closed.by(closed.theirs)).at("next") == boost::json::value(6));

  // A stream of which nothing may be read is like one that is not there, in every word.
  for (const char* what : {"", "/events", "/events?from=2", "/events?from=3&limit=1"}) {
    auto hidden = closed.service.ask(path_of(file) + what, closed.by(closed.theirs)), missing = closed.service.ask(path_of(nowhere) + what, closed.by(closed.theirs));
    CHECK(hidden.status == 404);
    CHECK(missing.status == 404);
    const auto at = hidden.body.find(to_string(file));
    REQUIRE(at != hidden.body.npos);
    CHECK(hidden.body.replace(at, 36, to_string(nowhere)) == missing.body);
  }
}

TEST_CASE("a stream too long to be told is not given away by its length") {
  Closed closed({.stream_events_max = 3});
  auto& ledger = closed.service.ledger;
  const StreamId file = new_stream();
  ledger.record(closed.ours, {case_opened(file), case_assigned(file, 2), case_assigned(file, 3), case_assigned(file, 4)});
  CHECK(closed.service.problem(path_of(file), closed.by(closed.ours)) == "too_large");
  CHECK(closed.service.problem(path_of(file), closed.by(closed.theirs)) == "not_found");
}

TEST_CASE("a page ends after so many streams that had to be looked up, and the next goes on") {
  Closed closed({.looked_up_streams_max = 3});
  auto& ledger = closed.service.ledger;
  const std::uint64_t first = ledger->head().next.value;
  for (int i = 0; i < 10; ++i) ledger.record(closed.theirs, {case_opened(new_stream())});
  const auto mine = ledger.record(closed.ours, {case_opened(new_stream())}).first_position.value;
  std::vector<std::uint64_t> told;
  int pages = 0;
  for (std::uint64_t from = first; from <= mine; ++pages) {
    const auto page = closed.service.read("/v1/events?from=" + std::to_string(from), closed.by(closed.ours));
    for (const auto position : positions(page)) told.push_back(position);
    from = page.at("next").to_number<std::uint64_t>();
    REQUIRE(pages < 10);
  }
  CHECK(told == std::vector<std::uint64_t>{mine});
  CHECK(pages == 4);
}

TEST_CASE("whoever asks too fast is told when to come again: addresses without a token, keys with one") {
  Closed closed({.reads_of_address = {.per_second = 2, .burst = 3}, .reads_of_key = {.per_second = 1, .burst = 2}});
  const auto status = [&](const std::string& path, const Asked& asked) { return closed.service.ask(path, asked).status; };
  for (int i = 0; i < 3; ++i) CHECK(status("/checkpoint", stranger) == 200);
  const auto refused = closed.service.ask("/checkpoint", stranger);
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "1");
  CHECK(status("/v1/events", stranger) == 429);
  CHECK(status("/checkpoint", {.loopback = false, .remote = "203.0.113.8"}) == 200);
  CHECK(status("/v1/events", closed.by(closed.ours)) == 429);  // from an address that is used up no token is looked at
  closed.boot += 1'000'000;
  CHECK(status("/v1/events", closed.by(closed.ours)) == 200);
  CHECK(status("/v1/events", closed.by(closed.ours)) == 200);
  CHECK(status("/v1/events", closed.by(closed.ours)) == 429);
  CHECK(status("/v1/events", closed.by(closed.theirs)) == 200);  // two keys behind one address
  for (int i = 0; i < 2; ++i) CHECK(status("/v1/events", Closed::with("rubbish")) == 401);
  CHECK(status("/v1/events", Closed::with("rubbish")) == 429);
  CHECK(closed.faults.size() == 2);

  const Service open({.reads_of_address = {.per_second = 1, .burst = 1}});
  for (int i = 0; i < 3; ++i) CHECK(open.ask("/v1/events").status == 200);  // whoever is at the ledger's own machine
}
