// What failed, counted by the hour and recorded by the service key; the clock is set.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/genesis.h"
#include "api/service_events.h"
#include "tests/support/ledgers.h"

using namespace samples;
using namespace caseledger::api;
using Hours = ServiceEvents::Hours;

namespace {

struct Counting {
  TestLedger ledger;
  Micros now = parse_rfc3339("2024-03-05T14:10:00Z")->at;
  std::optional<Error> fails;     // instead of appending
  int stale = 0;                  // times a version is told that is taken already
  ServiceEvents events{{ledger.origin(), ledger.service().vkey().key,
                        [this](const StreamId& stream) { return ledger.state(stream).version - (stale-- > 0 ? 1 : 0); },
                        [this](const Buffer& event) { return append(event); }, system_random()},
                       {[this] { return now; }, [this] { return now; }}};

  Result<void> append(const Buffer& event) {
    if (fails) return std::unexpected(*fails);
    const auto answer = ledger.submit(ledger.sign(ledger.service(), {event}));
    if (!answer) return std::unexpected(answer.error().error);
    return {};
  }
  void at(std::string_view time) { now = parse_rfc3339(time)->at; }
  void refuse(std::initializer_list<Errc> codes, std::uint64_t session = 1) {
    Outcome outcome;
    for (const Errc code : codes) outcome.refused.push_back({{session, 1}, {{code, "…"}, {}}});
    events.answered(outcome);
  }

  // "14:00 token.expired=2" for each event of a type, in log order.
  std::vector<std::string> recorded(schema::Body type) {
    std::vector<std::string> all;
    for (Position at{0}; at < ledger->head().next; at = at + 1) {
      const auto stored = ledger->log().event(at);
      const EventView event = view_event(stored->bytes);
      if (event.type != type) continue;
      CHECK(ledger->log().entry(stored->index)->author == ledger.service().vkey().key);
      const auto json = event_to_json(event);
      std::string said = std::string(json.at("body").at("hour").as_string()).substr(11, 5);
      for (const auto& each : json.at("body").at("counts").as_array())
        said += ' ' + std::string(each.at("code").as_string()) + '=' + std::to_string(each.at("count").to_number<int>());
      all.push_back(said);
    }
    return all;
  }
  using Told = std::vector<std::string>;
  Told auth() { return recorded(schema::Body::AuthFailed); }
  Told admission() { return recorded(schema::Body::AdmissionRefused); }
};

using Told = Counting::Told;

}  // namespace

TEST_CASE("what failed within an hour is one event when the hour is over") {
  Counting c;
  c.events.token_refused(AuthFault::expired);
  c.events.token_refused(AuthFault::expired);
  c.events.session_refused(AuthFault::bad_signature);
  c.events.handshake_refused(HandshakeFault::no_certificate);
  c.refuse({Errc::version_conflict, Errc::not_permitted, Errc::version_conflict});
  c.at("2024-03-05T14:59:59Z");
  REQUIRE(c.events.write(Hours::over));
  CHECK(c.auth().empty());
  CHECK(c.admission().empty());
  c.at("2024-03-05T15:00:00Z");
  c.events.session_refused(AuthFault::unknown_key);  // of the next one
  REQUIRE(c.events.write(Hours::over));
  REQUIRE(c.events.write(Hours::over));
  CHECK(c.auth() == Told{"14:00 handshake.no_certificate=1 session.bad_signature=1 token.expired=2"});
  CHECK(c.admission() == Told{"14:00 not_permitted=1 version_conflict=2"});
  c.at("2024-03-05T18:30:00Z");
  REQUIRE(c.events.write(Hours::over));
  CHECK(c.auth() == Told{"14:00 handshake.no_certificate=1 session.bad_signature=1 token.expired=2", "15:00 session.unknown_key=1"});
  CHECK(c.ledger.state(ServiceEvents::access_stream(c.ledger.service().vkey().key)).version == 2);
  CHECK(c.ledger.state(ServiceEvents::access_stream(c.ledger.service().vkey().key)).kind == StreamKind::access);
}

TEST_CASE("at the end the hour under way is recorded too, and an hour in which nothing failed is not") {
  Counting c;
  REQUIRE(c.events.write(Hours::all));
  CHECK(c.ledger->head().size == 1);
  c.events.token_refused(AuthFault::malformed);
  REQUIRE(c.events.write(Hours::all));
  CHECK(c.auth() == Told{"14:00 token.malformed=1"});
  c.events.token_refused(AuthFault::malformed);  // the process starts again within the hour
  REQUIRE(c.events.write(Hours::all));
  CHECK(c.auth() == Told{"14:00 token.malformed=1", "14:00 token.malformed=1"});
}

TEST_CASE("what the ledger refuses of its own is not counted, and a version that was taken is tried again") {
  Counting c;
  c.refuse({Errc::version_conflict}, 0);
  c.refuse({Errc::bad_signature});
  c.stale = 4;
  REQUIRE(c.events.write(Hours::all));
  CHECK(c.admission() == Told{"14:00 bad_signature=1"});
  c.refuse({Errc::bad_signature});
  c.stale = 5;
  const auto written = c.events.write(Hours::all);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Errc::version_conflict);
}

TEST_CASE("what cannot be recorded is kept, with what is counted meanwhile, for a day") {
  Counting c;
  c.fails = Error{Errc::overloaded, "not now"};
  c.events.token_refused(AuthFault::expired);
  CHECK_FALSE(c.events.write(Hours::all));
  c.events.token_refused(AuthFault::expired);
  CHECK_FALSE(c.events.write(Hours::all));
  c.fails.reset();
  REQUIRE(c.events.write(Hours::all));
  CHECK(c.auth() == Told{"14:00 token.expired=2"});
  c.fails = Error{Errc::overloaded, "not now"};
  for (int hour = 0; hour < 30; ++hour) {
    c.now += Micros{3600} * 1'000'000;
    c.events.token_refused(AuthFault::expired);
    CHECK_FALSE(c.events.write(Hours::all));
  }
  c.fails.reset();
  REQUIRE(c.events.write(Hours::all));
  CHECK(c.auth().size() == 1 + 24);
}
