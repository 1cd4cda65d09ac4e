// The log over HTTP, who is answered, and how errors are told.
#include "ledger/core/receipt.h"
#include "tests/support/samples.h"
#include "tests/support/service.h"

using namespace caseledger;
using namespace samples;

namespace {

// Batches of one event each, recorded together.
void record_entries(TestLedger& ledger, const Signer& author, std::size_t count) {
  const std::uint64_t size = ledger->head().size + count;
  for (std::size_t i = 0; i < count; ++i) {
    Submission submission = ledger.sign(author, {alert_raised(new_stream())});
    REQUIRE(ledger->submit({1, i}, submission));
  }
  while (ledger->head().size < size) ledger->wait_beyond(ledger->head().size, std::chrono::seconds(1));
}

std::vector<Entry> entries_in(const std::string& bundle) {
  std::vector<Entry> entries;
  for (Bytes rest = bytes_of(bundle); !rest.empty(); rest = rest.subspan(2 + entry_bytes)) {
    REQUIRE(rest.size() >= 2 + entry_bytes);
    REQUIRE(load_be<std::uint16_t>(rest.data()) == entry_bytes);
    const auto entry = parse_entry(rest.subspan(2, entry_bytes));
    REQUIRE(entry);
    entries.push_back(*entry);
  }
  return entries;
}

Hashes hashes_in(const std::string& tile) {
  REQUIRE(tile.size() % 32 == 0);
  Hashes hashes(tile.size() / 32);
  std::memcpy(hashes.data(), tile.data(), tile.size());
  return hashes;
}

}  // namespace

TEST_CASE("the log is served as tlog-tiles names it: the hashes lead from the entries to the checkpoint") {
  const Service service;
  const Signer author = service.ledger.enrol({"automated_source"});
  record_entries(service.ledger, author, 270 - service.ledger->head().size);

  const auto note = service.ask("/checkpoint");
  CHECK(header(note, "Cache-Control") == "no-store");
  CHECK(header(note, "Access-Control-Allow-Origin") == "*");
  const auto checkpoint = open_checkpoint(note.body, service.ledger.log_vkey());
  REQUIRE(checkpoint);
  REQUIRE(checkpoint->checkpoint.size == 270);

  Hashes leaves;
  for (const char* bundle : {"/tile/entries/000", "/tile/entries/001.p/14"})
    for (const Entry& entry : entries_in(service.ask(bundle).body)) leaves.push_back(leaf_hash(entry.encode()));
  REQUIRE(leaves.size() == 270);
  CHECK(tree_head(leaves) == checkpoint->checkpoint.root);

  const auto full = service.ask("/tile/0/000");
  CHECK(hashes_in(full.body) == Hashes(leaves.begin(), leaves.begin() + 256));
  CHECK(header(full, "Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(header(full, "Access-Control-Allow-Origin") == "*");
  CHECK(full.content_type == "application/octet-stream");
  CHECK(hashes_in(service.ask("/tile/0/001.p/14").body) == Hashes(leaves.begin() + 256, leaves.end()));
  CHECK(hashes_in(service.ask("/tile/1/000.p/1").body) == Hashes{tree_head(std::span(leaves).first(256))});
  // A partial of a tile that is full by now, or has grown.
  CHECK(hashes_in(service.ask("/tile/0/000.p/5").body) == Hashes(leaves.begin(), leaves.begin() + 5));
  CHECK(hashes_in(service.ask("/tile/0/001.p/2").body) == Hashes(leaves.begin() + 256, leaves.begin() + 258));
  CHECK(entries_in(service.ask("/tile/entries/000.p/255").body).size() == 255);
}

TEST_CASE("a tile that does not exist or is spelt otherwise is not found") {
  const Service service;
  for (const char* path : {"/tile/0/000.p/1", "/tile/entries/000.p/1"}) CHECK(service.ask(path).status == 200);
  for (const char* path :
       {"/tile/0/000", "/tile/0/000.p/2", "/tile/0/001", "/tile/0/001.p/1", "/tile/1/000.p/1", "/tile/7/000.p/1", "/tile/8/000.p/1", "/tile/63/000.p/1", "/tile/64/000.p/1",
        "/tile/0/000.p/0", "/tile/0/000.p/256", "/tile/0/000.p/01", "/tile/0/000.p/", "/tile/0/000.p/+1", "/tile/0/000.p/1/", "/tile/00/000.p/1", "/tile/-1/000.p/1", "/tile//000.p/1",
        "/tile/0/0.p/1", "/tile/0/0000.p/1", "/tile/0/x000.p/1", "/tile/0/x000/000.p/1", "/tile/0/000/000.p/1", "/tile/0/../0/000.p/1", "/tile/0/%30%30%30.p/1", "/tile/0/000%2Ep/1",
        "/tile/0/x999/x999/x999/x999/x999/x999/999", "/tile/0/", "/tile/0", "/tile/", "/tile", "/tile/data/000.p/1", "/tile/8/0/000.p/1", "/tile/entries/000", "/tile/entries/000.p/2",
        "/tile/entries/0/000.p/1", "/tile/entries/", "/tile/entries/000.p/0", "/checkpoint/", "//checkpoint", "/Checkpoint", "/v1", "/v1/", "/v1/events/", "/v1/events/0/", "/v1/streams//events"}) {
    INFO(path);
    CHECK(service.problem(path) == "not_found");
  }
  CHECK(header(service.ask("/tile/0/001"), "Cache-Control") == "no-store");
  CHECK(header(service.ask("/tile/0/001"), "Access-Control-Allow-Origin") == "*");
  CHECK(service.problem("/tile/0/000.p/1?fresh=1") == "malformed");
}

TEST_CASE("what is kept by its ETag is not sent twice, and HEAD sends no body") {
  const Service service;
  for (const char* path : {"/tile/0/000.p/1", "/tile/entries/000.p/1", "/v1/definitions"}) {
    const auto first = service.ask(path);
    const auto tag = header(first, "ETag");
    REQUIRE(tag.size() == 34);
    for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*"), "\"a,b\" , W/\"c\"," + tag}) CHECK(service.ask(path, {.headers = {{"if-none-match", known}}}).status == 304);
    for (const std::string& other : {std::string("\"other\""), std::string(), tag.substr(1), std::string("W/"), std::string(",,")})
      CHECK(service.ask(path, {.headers = {{"if-none-match", other}}}).status == 200);
    const auto head = service.ask(path, {.method = "HEAD"});
    CHECK(head.status == 200);
    CHECK(header(head, "ETag") == tag);
    CHECK(header(head, "Content-Length") == std::to_string(first.body.size()));
  }
}

TEST_CASE("receipts of events and batches verify offline") {
  const Service service;
  const Signer author = service.ledger.enrol({"automated_source"});
  const auto recorded = service.ledger.record(author, {alert_raised(new_stream()), alert_raised(new_stream()), alert_raised(new_stream())});
  const Policy policy{{service.ledger.log_vkey()}, {}, {}, "none"};
  const std::string at = std::to_string(recorded.first_position.value + 1);

  const auto bytes = service.ask("/v1/events/" + at, {.headers = {{"accept", "application/octet-stream"}}}).body;
  const auto one = parse_receipt(service.ask("/v1/receipts/" + at).body);
  REQUIRE(one);
  REQUIRE(verify_receipt(*one, policy, bytes_of(bytes)));
  CHECK(one->inner->index == 1);
  CHECK_FALSE(verify_receipt(*one, policy, bytes_of(bytes).first(bytes.size() - 8)));

  const auto batch = parse_receipt(service.ask("/v1/receipts/" + at + "?of=batch").body);
  REQUIRE(batch);
  REQUIRE(verify_receipt(*batch, policy));
  CHECK(batch->entry == one->entry);

  CHECK(service.problem("/v1/receipts/" + std::to_string(service.ledger->head().next.value)) == "not_found");
  CHECK(service.problem("/v1/receipts/18446744073709551615") == "not_found");
  for (const char* bad : {"/v1/receipts/x", "/v1/receipts/01", "/v1/receipts/0?of=all", "/v1/receipts/0?of=event&of=event"}) CHECK(service.problem(bad) == "malformed");
}

TEST_CASE("a request is from here only to a name that only this machine has, and through no proxy") {
  const Service service;
  const auto status = [&](std::map<std::string, std::string> headers) { return service.ask("/v1/authority", {.headers = std::move(headers)}).status; };
  for (const char* host : {"localhost", "localhost:8420", "127.0.0.1", "127.0.0.1:8420", "127.1.2.3", "[::1]", "[::1]:8420"}) CHECK(status({{"host", host}}) == 200);
  for (const char* host : {"", "evil.example", "evil.example:8420", "127.evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "[fe80::1]", "0.0.0.0", "::1", "[", ":"})
    CHECK(status({{"host", host}}) == 401);
  for (const char* proxy : {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"}) CHECK(status({{"host", "localhost"}, {proxy, "127.0.0.1"}}) == 401);
}

TEST_CASE("another method is refused and told which there are") {
  const Service service;
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", ""}) {
    const auto response = service.ask("/v1/events", {.method = method});
    CHECK(response.status == 405);
    CHECK(header(response, "Allow") == "GET, HEAD");
  }
  CHECK(service.ask("/nowhere", {.method = "POST"}).status == 404);
}

TEST_CASE("readiness tells why it is not, and strangers only that") {
  std::atomic<Micros> jump = 0;
  const Clock real = system_clock();
  const Service service({}, {.clock = {[&] { return real.wall() + jump; }, real.boot}});
  CHECK(service.read("/readyz").at("status").as_string() == "ready");
  const Signer author = service.ledger.enrol({"automated_source"});
  jump = 3'600'000'000;  // the wall clock runs away from the boot clock: the ledger stops
  Submission submission = service.ledger.sign(author, {alert_raised(new_stream())});
  REQUIRE(service.ledger->submit({1, 1}, submission));
  while (!service.ledger->failure()) std::this_thread::yield();

  const auto unready = service.ask("/readyz");
  CHECK(unready.status == 503);
  CHECK(unready.body.find("the clock was moved") != std::string::npos);
  const auto stranger = service.ask("/readyz", {.loopback = false});
  CHECK(stranger.status == 503);
  CHECK(stranger.body.find("clock") == std::string::npos);
  CHECK(service.ask("/healthz").status == 200);
  CHECK(service.ask("/checkpoint").status == 200);
}

TEST_CASE("projections that have caught up make the ledger ready, however little they may lag") {
  const Service service({.projection_lag_entries_max = 0});
  service.fold();
  CHECK(service.ask("/readyz").status == 200);
}

TEST_CASE("the front page leads everyone to all that is public and has one address") {
  const Service service;
  const auto front = service.ask("/");
  CHECK(front.status == 200);
  for (const auto& route : service.routes.list()) {
    const std::string path(route.path);
    const bool is_public = route.access == api::Access::everyone || route.access == api::Access::any_page || route.access == api::Access::published;
    const bool is_to_read = path != "/" && path != "/healthz" && path != "/readyz" && path.find('{') == path.npos;
    INFO(path);
    if (is_public && is_to_read) CHECK(front.body.find("<a href=\"" + path + "\"") != std::string::npos);
  }
  CHECK(front.body.find("None was published yet") != std::string::npos);
}
