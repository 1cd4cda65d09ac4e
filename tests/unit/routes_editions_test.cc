// Editions over HTTP: what was released is there for everyone and stays as it is; what was not, or is damaged, is not told.
#include <zlib.h>

#include "api/editions.h"
#include "api/kept_body.h"
#include "ledger/core/receipt.h"
#include "projections/reports/preview.h"
#include "projections/reports/release.h"
#include "tests/support/audits.h"
#include "tests/support/service.h"

using namespace caseledger;
using namespace samples;

namespace json = boost::json;

namespace {

std::string gunzipped(const std::string& packed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(1 << 20, 0);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

struct Publisher {
  Scratch folder;
  Service service{api::RouteConfig{.releases = folder / "releases"}};
  Signer desk = service.ledger.enrol({"case_system"});

  Publisher() {
    for (int i = 0; i < 3; ++i) service.ledger.record(desk, {case_opened(new_stream())});
    service.fold();
  }

  // What the ledger says of a year now, as bytes.
  reports::Preview preview(const std::string& period = "2024") { return reports::parse_preview(service.ask("/v1/reports/statutory-11295a?period=" + period).body).value(); }
  std::string counted(const std::string& period = "2024") { return reports::edition_json(preview(period).edition).value(); }

  // Keeps the bytes and records the event.
  reports::Edition release(const std::string& text) {
    const reports::Edition edition = reports::parse_edition(text).value();
    const auto file = folder / edition_path(reports::place_of(edition));
    fs::create_directories(file.parent_path());
    write(file, text);
    const StreamId governance = rules::governance_stream(service.ledger.origin());
    service.ledger.record(service.ledger.service(), {event("ReportReleased", "governance", governance, service.ledger.state(governance).version + 1,
                                                           R"({"template_id":")" + edition.template_id + R"(","template_version":")" + edition.template_version + R"(","period":")" + edition.period.label +
                                                               R"(","as_of_size":)" + std::to_string(edition.as_of.size) + R"(,"as_of_root":")" + hex(edition.as_of.root.bytes) +
                                                               R"(","definitions_version":")" + edition.definitions_version + R"(","sha256":")" + hex(reports::edition_digest(text).bytes) + R"("})",
                                                           {.handling = "open"})});
    return edition;
  }
  Asked stranger() const { return {.loopback = false, .remote = "192.0.2.1"}; }
};

}  // namespace

TEST_CASE("what an edition would say now is the ledger's own count, for auditors") {
  Publisher publisher;
  const std::string text = publisher.counted();
  const auto edition = reports::parse_edition(text).value();
  CHECK(edition.template_id == "statutory-11295a");
  CHECK(edition.period.label == "2024");
  CHECK(edition.as_of.size == publisher.service.ledger->head().size);
  CHECK(edition.sections[0].tables[0].id == "R11.1");
  CHECK(edition.sections[0].tables[0].rows[0].numerator == 3);
  CHECK(publisher.counted() == text);
  CHECK(publisher.service.ask("/v1/reports/statutory-11295a?period=2024", publisher.stranger()).status == 401);
  CHECK(publisher.service.problem("/v1/reports/statutory-11295a") == "malformed");
  CHECK(publisher.service.problem("/v1/reports/statutory-11295a?period=March") == "malformed");
  CHECK(publisher.service.problem("/v1/reports/nothing?period=2024") == "not_found");
  CHECK(publisher.service.problem("/v1/reports/statutory-11295a?period=9000") == "value_out_of_range");
}

TEST_CASE("a released edition is told to everyone, with its proof, and kept by its ETag") {
  Publisher publisher;
  const std::string text = publisher.counted();
  const auto edition = publisher.release(text);
  const std::string place = "/v1/editions/" + reports::place_of(edition);
  const auto answer = publisher.service.ask(place + ".json", publisher.stranger());
  CHECK(answer.status == 200);
  CHECK(answer.body == text);
  CHECK(header(answer, "Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(header(answer, "Access-Control-Allow-Origin") == "*");
  CHECK(publisher.service.ask(place + ".json", {.headers = {{"if-none-match", header(answer, "ETag")}}}).status == 304);
  CHECK(publisher.service.ask(place + ".json", {.method = "HEAD"}).body.empty());

  const auto packed = publisher.service.routes.handle({"GET", place + ".json", "", {{"accept-encoding", "br, gzip"}}, "", false, "192.0.2.1", publisher.service.authorities});
  CHECK(header(packed, "Content-Encoding") == "gzip");
  CHECK(header(packed, "Vary") == "Accept-Encoding");
  CHECK(header(answer, "Vary") == "Accept-Encoding");
  CHECK(header(answer, "Content-Encoding").empty());
  CHECK(packed.body.size() < text.size() / 2);
  CHECK(gunzipped(packed.body) == text);
  CHECK(header(packed, "ETag") != header(answer, "ETag"));
  const auto known = publisher.service.ask(place + ".json", {.headers = {{"accept-encoding", "gzip"}, {"if-none-match", header(packed, "ETag")}}});
  CHECK(known.status == 304);
  CHECK(header(known, "Content-Encoding").empty());

  const auto event = publisher.service.ask(place + ".event", publisher.stranger()).body;
  const auto receipt = parse_receipt(publisher.service.ask(place + ".tlog-proof", publisher.stranger()).body);
  REQUIRE(receipt);
  Policy policy;
  policy.logs.push_back(publisher.service.ledger.log_vkey());
  CHECK(verify_receipt(*receipt, policy, bytes_of(event)));

  const auto listed = publisher.service.read("/v1/editions", publisher.stranger()).at("editions").as_array();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].as_object().at("address").as_string() == place);
  CHECK(listed[0].as_object().at("sha256").as_string() == hex(reports::edition_digest(text).bytes));
}

TEST_CASE("a released edition is also a page, a table and what describes the table") {
  Publisher publisher;
  const std::string text = publisher.counted();
  const auto edition = publisher.release(text);
  const std::string place = "/v1/editions/" + reports::place_of(edition);
  for (const auto& rendering : reports::renderings(edition, reports::edition_digest(text), std::to_string(edition.as_of.size))) {
    INFO(rendering.suffix);
    const auto answer = publisher.service.ask(place + std::string(rendering.suffix), publisher.stranger());
    CHECK(answer.status == 200);
    CHECK(answer.body == rendering.bytes);
    CHECK(answer.content_type == rendering.content_type);
    CHECK(publisher.service.ask(place + std::string(rendering.suffix), {.headers = {{"if-none-match", header(answer, "ETag")}}}).status == 304);
  }
  CHECK(publisher.service.problem("/v1/editions/statutory-11295a/2024/99.html") == "not_found");
}

TEST_CASE("the front page lists what was released, the newest first, and leads everyone to each of its files") {
  Publisher publisher;
  const auto earlier = publisher.release(publisher.counted("2023")), later = publisher.release(publisher.counted());
  const auto front = publisher.service.ask("/", publisher.stranger());
  CHECK(front.status == 200);
  CHECK(front.content_type == "text/html; charset=utf-8");
  CHECK(front.body.find(reports::place_of(later)) < front.body.find(reports::place_of(earlier)));
  std::size_t files = 0;
  const std::string link = "href=\"/v1/editions/";
  for (auto at = front.body.find(link); at != front.body.npos; at = front.body.find(link, at + 1), ++files) {
    const std::string target = front.body.substr(at + 6, front.body.find('"', at + 6) - at - 6);
    INFO(target);
    CHECK(publisher.service.ask(target, publisher.stranger()).status == 200);
  }
  CHECK(files == 10);
}

TEST_CASE("editions are handed out as often as anyone likes") {
  Publisher publisher;
  const std::string place = "/v1/editions/" + reports::place_of(publisher.release(publisher.counted())) + ".json";
  for (int i = 0; i < 3'000; ++i) REQUIRE(publisher.service.routes.handle({"GET", place, "", {}, "", false, "192.0.2.1", publisher.service.authorities}).status == 200);
}

TEST_CASE("an edition that was not released, or whose bytes are other ones, is not told") {
  Publisher publisher;
  CHECK(publisher.service.read("/v1/editions").at("editions").as_array().empty());
  CHECK(publisher.service.problem("/v1/editions/statutory-11295a/2024/3.json") == "not_found");
  CHECK(publisher.service.problem("/v1/editions/x.json") == "not_found");
  const std::string text = publisher.counted();
  const auto edition = publisher.release(text);
  const auto file = publisher.folder / edition_path(reports::place_of(edition));
  const std::string target = "/v1/editions/" + reports::place_of(edition) + ".json";
  std::string damaged = text;
  damaged[text.size() / 2] ^= 1;
  write(file, damaged);
  CHECK(publisher.service.ask(target).status == 500);
  fs::remove(file);
  CHECK(publisher.service.problem(target) == "not_found");
  write(file, text);
  CHECK(publisher.service.ask(target).body == text);
}

TEST_CASE("the event that released an edition says which") {
  Publisher publisher;
  const std::string text = publisher.counted();
  auto edition = publisher.release(text);
  const auto stored = publisher.service.ledger->log().event(publisher.service.ledger.state(rules::governance_stream(publisher.service.ledger.origin())).last);
  REQUIRE(stored);
  const auto release = reports::release_of({view_event(stored->bytes), stored->position, stored->index, 0, {}});
  REQUIRE(release);
  const Hash digest = reports::edition_digest(text);
  CHECK(reports::check_release(*release, edition, digest));
  edition.period.label = "2023";
  CHECK(reports::check_release(*release, edition, digest).error().sentence == "the event released another edition: its period is 2024, this edition's 2023");
  edition = reports::parse_edition(text).value();
  const auto other = reports::check_release(*release, edition, sha256(bytes_of("other")));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::verification_failed);
  CHECK(other.error().sentence.find("its SHA-256 is") != std::string::npos);
  const Buffer another = case_opened(new_stream());
  CHECK_FALSE(reports::release_of({view_event(another), {}, {}, 0, {}}));
}

TEST_CASE("gzip is sent to who takes it") {
  for (const char* yes : {"gzip", "GZIP", "br, gzip", "gzip;q=0.5", "deflate;q=1,gzip ; q=1.0"}) CHECK(api::takes_gzip(yes));
  for (const char* no : {"", "br", "identity", "gzip;q=0", "gzip; q=0.000", "xgzip", ",;,", "gzip;q="}) CHECK_FALSE(api::takes_gzip(no));
  const auto tiny = api::kept_body("x", "\"1\"");
  CHECK(tiny.gzip.empty());
}

TEST_CASE("a preview says what is withheld and what could be computed all the same, and reads back as it was written") {
  reports::Preview preview = Publisher().preview();
  CHECK(preview.suppression.shortfalls.empty());
  preview.suppression = {.withheld = {{"R1 by case_type = ERU", "primary", ""}, {"R2", "complementary", "flow by \"x\""}}, .shortfalls = {"begun: only 3 to 5 stay possible"}};
  const std::string text = reports::preview_json(preview).value();
  const auto again = reports::parse_preview(text).value();
  CHECK(again.edition == preview.edition);
  CHECK(again.suppression.shortfalls == preview.suppression.shortfalls);
  REQUIRE(again.suppression.withheld.size() == 2);
  CHECK(again.suppression.withheld[1].because == "flow by \"x\"");
  CHECK(reports::preview_json(again).value() == text);
  for (const char* rubbish : {"", "[]", "{}", "{\"edition\":3}", "{\"edition\":{\"format\":\"caseledger/edition/v1\"}}", "{\"edition\":"}) CHECK(reports::parse_preview(rubbish).error().code == Errc::malformed);
}
