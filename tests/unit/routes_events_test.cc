// Events over HTTP: pages and filters; a stream as it was known then.
#include "tests/support/service.h"

using namespace caseledger;
using namespace samples;

namespace json = boost::json;

namespace {

const Envelope county{.jurisdiction = "US-OH-039"}, canada{.jurisdiction = "CA"};

// Genesis and enrolment (positions 0 and 1), then: a case of three events in one batch, two alerts elsewhere, and one more event of the case.
struct Recordings {
  Service service;
  Signer author;
  StreamId file = new_stream(), here = new_stream(), abroad = new_stream();

  explicit Recordings(api::RouteConfig config = {}) : service(std::move(config)), author(service.ledger.enrol({"case_system"})) {
    service.ledger.record(author, {case_opened(file), case_assigned(file, 2), case_assigned(file, 3)});
    service.ledger.record(author, {alert_raised(here, county), alert_raised(abroad, canada)});
    Envelope later;
    later.occurred_at = "2024-04-01T12:00:00Z";
    service.ledger.record(author, {case_assigned(file, 4, later)});
  }
};

std::vector<std::uint64_t> positions(const json::object& page) {
  std::vector<std::uint64_t> all;
  for (const auto& each : page.at("events").as_array()) all.push_back(each.at("position").to_number<std::uint64_t>());
  return all;
}

using Positions = std::vector<std::uint64_t>;

std::string path_of(const StreamId& stream) { return "/v1/streams/" + to_string(stream); }

}  // namespace

TEST_CASE("pages of events tell every position once, whatever their size") {
  const Recordings recorded;
  const Positions everything{0, 1, 2, 3, 4, 5, 6, 7};
  for (const int limit : {1, 2, 3, 7, 8, 1000}) {
    Positions all;
    std::uint64_t from = 0;
    for (bool more = true; more;) {
      const auto page = recorded.service.read("/v1/events?from=" + std::to_string(from) + "&limit=" + std::to_string(limit));
      for (const auto position : positions(page)) all.push_back(position);
      from = page.at("next").to_number<std::uint64_t>();
      more = !page.at("caught_up").as_bool();
    }
    INFO(limit);
    CHECK(all == everything);
    CHECK(from == 8);
  }
  const auto beyond = recorded.service.read("/v1/events?from=100");
  CHECK(positions(beyond).empty());
  CHECK(beyond.at("next") == json::value(100));
}

TEST_CASE("a page links to the next until everything has been looked at") {
  const Recordings recorded;
  const auto page = recorded.service.ask("/v1/events?type=CaseAssigned&limit=1&jurisdiction=US");
  CHECK(header(page, "Link") == "</v1/events?from=4&type=CaseAssigned&limit=1&jurisdiction=US>; rel=\"next\"");
  CHECK(header(page, "Caseledger-Next") == "4");
  CHECK(header(page, "Vary") == "Accept");
  CHECK(header(page, "Cache-Control") == "no-store");
  CHECK(header(recorded.service.ask("/v1/events"), "Link").empty());
}

TEST_CASE("events are chosen by type, kind and jurisdiction") {
  const Recordings recorded;
  const auto chosen = [&](const std::string& query) { return positions(recorded.service.read("/v1/events?" + query)); };
  CHECK(chosen("type=CaseOpened") == Positions{2});
  CHECK(chosen("type=CaseOpened&type=AlertRaised") == Positions{2, 5, 6});
  CHECK(chosen("kind=alert") == Positions{5, 6});
  CHECK(chosen("kind=case&kind=governance") == Positions{0, 1, 2, 3, 4, 7});
  CHECK(chosen("jurisdiction=US") == Positions{2, 3, 4, 5, 7});
  CHECK(chosen("jurisdiction=US-OH") == Positions{5});
  CHECK(chosen("jurisdiction=US-O").empty());
  CHECK(chosen("jurisdiction=CA&jurisdiction=US-OH-039") == Positions{5, 6});
  CHECK(chosen("type=CaseOpened&kind=alert").empty());
  for (const char* bad : {"type=CaseOpene", "type=NONE", "type=", "kind=unset", "kind=case_", "kind=", "limit=0", "limit=1001"}) CHECK(recorded.service.problem(std::string("/v1/events?") + bad) == "value_out_of_range");
  for (const char* bad : {"from=-1", "limit=x", "colour=1", "from=0&from=1", "from", "from=%zz"}) CHECK(recorded.service.problem(std::string("/v1/events?") + bad) == "malformed");

  std::string many;
  for (int i = 0; i < 64; ++i) many += "kind=case&";
  CHECK(chosen(many + "limit=1000").size() == 4);
  CHECK(recorded.service.ask("/v1/events?" + many + "kind=case").status == 413);
}

TEST_CASE("a page ends at its bytes, and at what it may look at") {
  const Recordings small({.page_bytes_max = 1});
  CHECK(positions(small.service.read("/v1/events")) == Positions{0});
  CHECK(positions(small.service.read("/v1/events?from=3")) == Positions{3});
  CHECK(positions(small.service.read(path_of(small.file) + "/events?from=2")) == Positions{3});

  const Recordings brief({.scanned_events_max = 4});
  const auto page = brief.service.read("/v1/events?type=AlertRaised");
  CHECK(positions(page).empty());
  CHECK(page.at("next") == json::value(4));
  CHECK_FALSE(page.at("caught_up").as_bool());
  const auto rest = brief.service.read("/v1/events?type=AlertRaised&from=4");
  CHECK(positions(rest) == Positions{5, 6});
  CHECK(rest.at("caught_up").as_bool());
}

TEST_CASE("as NDJSON the same events come one to a line") {
  const Recordings recorded;
  const auto lines = recorded.service.ask("/v1/events?limit=3", {.headers = {{"accept", "application/x-ndjson"}}});
  CHECK(lines.content_type == "application/x-ndjson");
  CHECK(header(lines, "Caseledger-Next") == "3");
  std::string all;
  const auto page = recorded.service.read("/v1/events?limit=3");
  for (const auto& event : page.at("events").as_array()) all += api::to_text(event) + '\n';
  CHECK(lines.body == all);
}

TEST_CASE("an event says who recorded it and when, and reads back as the event it was") {
  const Recordings recorded;
  const auto one = recorded.service.read("/v1/events/2");
  CHECK(one.at("entry") == json::value(2));
  CHECK(one.at("author").as_string() == hex(recorded.author.vkey().key));
  CHECK(parse_rfc3339(std::string_view(one.at("recorded_at").as_string())));
  const auto draft = api::event_from_json(api::to_text(one.at("event")), [](auto) {});
  REQUIRE(draft);
  const auto bytes = recorded.service.ask("/v1/events/2", {.headers = {{"accept", "application/octet-stream"}}});
  CHECK(text_of(draft->event) == bytes.body);
  CHECK(recorded.service.problem("/v1/events/8") == "not_found");
  for (const char* bad : {"x", "-1", "00", "1.5"}) CHECK(recorded.service.problem(std::string("/v1/events/") + bad) == "malformed");
  CHECK(recorded.service.read("/v1/events/%32") == one);
}

TEST_CASE("a stream is told as of a position, a size or a time, and as at a time") {
  const Recordings recorded;
  const Service& service = recorded.service;
  const std::string path = path_of(recorded.file);
  const auto version = [&](const std::string& query) { return service.read(path + query).at("version").as_int64(); };
  const auto head = service.read(path);
  CHECK(head.at("phase").as_string() == "active");
  CHECK(head.at("kind").as_string() == "case");
  CHECK(head.at("case").at("case_type").as_string() == "ERU");
  CHECK(head.at("timeline").as_array().size() == 4);
  CHECK(head.at("as_of").at("size") == json::value(5));
  CHECK(head.at("as_of").at("next_position") == json::value(8));
  const auto checkpoint = open_checkpoint(service.ask("/checkpoint").body, service.ledger.log_vkey());
  CHECK(head.at("as_of").at("root").as_string() == hex(checkpoint->checkpoint.root.bytes));

  CHECK(version("?as_of=2") == 3);  // its batch is recorded as a whole
  CHECK(version("?as_of=6") == 3);
  CHECK(version("?as_of=7") == 4);
  CHECK(version("?as_of=entries:3") == 3);
  CHECK(version("?as_of=entries:5") == 4);
  const auto at_three = service.read(path + "?as_of=entries:3").at("as_of");
  CHECK(version("?as_of=" + std::string(at_three.at("recorded_at").as_string())) >= 3);
  CHECK(version("?as_of=2999-01-01T00:00:00%2B00:00") == 4);
  CHECK(version("?as_of=2999-01-01T00:00:00+01:00") == 4);

  CHECK(version("?as_at=2024-03-31T00:00:00Z") == 3);
  CHECK(version("?as_at=2024-04-01T12:00:00Z") == 4);
  CHECK(version("?as_at=2024-04-01T12:00:00Z&as_of=entries:3") == 3);

  for (const char* query : {"?as_of=1", "?as_of=entries:2", "?as_of=entries:0", "?as_of=1999-01-01T00:00:00Z", "?as_of=8", "?as_of=entries:6", "?as_at=1999-01-01T00:00:00Z"}) {
    INFO(query);
    CHECK(service.problem(path + query) == "not_found");
  }
  for (const char* query : {"?as_of=", "?as_of=yesterday", "?as_of=2024-03-31", "?as_of=entries:", "?as_of=entries:01", "?as_of=-1", "?as_at=3", "?as_at=", "?as_of=1&as_of=2"}) {
    INFO(query);
    CHECK(service.problem(path + query) == "malformed");
  }
  CHECK(service.problem(path_of(new_stream())) == "not_found");
  CHECK(service.problem("/v1/streams/nonsense") == "malformed");
}
