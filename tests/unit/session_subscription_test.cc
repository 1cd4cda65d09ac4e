// Subscriptions of one session: nothing left out, nothing told twice, never more than was granted.
#include "tests/support/dialogue.h"

using namespace samples;

namespace {

// Takes Events until the session has nothing to say, and holds them together.
struct Heard {
  std::vector<std::uint64_t> positions;
  std::vector<Buffer> events;
  bool caught_up = false;
  Position next;
  std::size_t frames = 0;
};

void listen(Dialogue& talk, Heard& heard, std::uint64_t id = 1) {
  while (auto bytes = talk.next()) {
    const auto frame = frames::read_from_server(*bytes);
    REQUIRE(frame);
    REQUIRE(std::holds_alternative<frames::Events>(*frame));
    const auto& events = std::get<frames::Events>(*frame);
    CHECK(events.id == id);
    for (const auto& each : events.events) {
      if (!heard.positions.empty()) CHECK(each.position.value > heard.positions.back());
      heard.positions.push_back(each.position.value);
      heard.events.emplace_back(each.event.begin(), each.event.end());
    }
    CHECK(events.next >= heard.next);
    heard.caught_up = events.caught_up;
    heard.next = events.next;
    ++heard.frames;
  }
  REQUIRE_FALSE(talk->closed());
}

std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> out;
  for (; from < to; ++from) out.push_back(from);
  return out;
}

}  // namespace

TEST_CASE("from any position, everything from there to the head is told once, byte for byte, and the end is said") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  for (int i = 0; i < 30; ++i) {
    const auto stream = new_stream();
    std::vector<Buffer> events{case_opened(stream)};
    for (Version v = 2; v < 2u + static_cast<unsigned>(i) % 5; ++v) events.push_back(case_assigned(stream, v));
    ledger.record(author, events);
  }
  Dialogue talk(ledger);
  talk.open(author);
  const std::uint64_t head = ledger->head().next.value;
  for (const std::uint64_t from : {std::uint64_t{0}, std::uint64_t{1}, head / 2, head - 1, head}) {
    talk.say(frames::Subscribe{1, {from}, {}, {}, 1000});
    Heard heard;
    listen(talk, heard);
    CHECK(heard.positions == numbers(from, head));
    CHECK(heard.caught_up);
    CHECK(heard.next.value == head);
    for (std::size_t i = 0; i < heard.events.size(); ++i) CHECK(heard.events[i] == ledger->log().event(Position{heard.positions[i]})->bytes);
    talk.say(frames::Unsubscribe{1});
    CHECK(talk.silent());
  }
}

TEST_CASE("catching up goes over into live without a gap, and nothing is told twice") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  Dialogue talk(ledger);
  talk.open(author);
  talk.say(frames::Subscribe{1, {0}, {}, {}, 100'000});
  Heard heard;
  Version version = 1;
  for (int round = 0; round < 40; ++round) {
    std::vector<Buffer> events;
    for (int i = 0; i <= round % 7; ++i) events.push_back(case_assigned(stream, ++version));
    ledger.record(author, events);
    // Told at some of the commits, in the middle of catching up at others.
    if (round % 3 != 0) talk.refresh();
    if (round % 2 == 0) {
      if (auto bytes = talk.next()) {
        const auto frame = frames::read_from_server(*bytes);
        for (const auto& each : std::get<frames::Events>(*frame).events) heard.positions.push_back(each.position.value);
      }
    } else {
      listen(talk, heard);
    }
  }
  talk.refresh();
  listen(talk, heard);
  CHECK(heard.positions == numbers(0, ledger->head().next.value));
  CHECK(heard.caught_up);
}

TEST_CASE("credit is counted in events: never one more is told, and a grant goes on where it stopped") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  std::vector<Buffer> events{case_opened(stream)};
  for (Version v = 2; v <= 50; ++v) events.push_back(case_assigned(stream, v));
  ledger.record(author, events);
  Dialogue talk(ledger);
  talk.open(author);
  talk.say(frames::Subscribe{1, {0}, {}, {}, 0});
  CHECK(talk.silent());
  Heard heard;
  for (const std::uint32_t credit : {1u, 2u, 10u, 1u, 30u}) {
    const std::size_t before = heard.positions.size();
    talk.say(frames::Grant{1, credit});
    listen(talk, heard);
    CHECK(heard.positions.size() == before + credit);
    CHECK_FALSE(heard.caught_up);
    CHECK(heard.next.value == heard.positions.size());
  }
  talk.say(frames::Grant{1, 100});
  listen(talk, heard);
  CHECK(heard.positions == numbers(0, ledger->head().next.value));
  CHECK(heard.caught_up);
}

TEST_CASE("one stream is told from its first event, and then as it grows") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const auto stream = new_stream(), other = new_stream();
  ledger.record(author, {case_opened(stream), case_opened(other)});
  Version version = 1, others = 1;
  std::vector<std::uint64_t> wanted{2};
  // Longer than what is looked up at once, and mixed with another stream.
  while (version < 200) {
    const auto recorded = ledger.record(author, {case_assigned(other, ++others), case_assigned(stream, ++version), case_assigned(stream, ++version)});
    wanted.push_back(recorded.first_position.value + 1);
    wanted.push_back(recorded.first_position.value + 2);
  }
  Dialogue talk(ledger);
  talk.open(author);
  const auto subscribe = [&](Position from) {
    talk.say(frames::Subscribe{1, from, stream, {}, 100'000});
    Heard heard;
    listen(talk, heard);
    CHECK(heard.caught_up);
    CHECK(heard.next == ledger->head().next);
    for (int i = 0; i < 3; ++i) {
      const auto recorded = ledger.record(author, {case_assigned(other, ++others), case_assigned(stream, ++version)});
      wanted.push_back(recorded.first_position.value + 1);
      talk.refresh();
      listen(talk, heard);
    }
    talk.say(frames::Unsubscribe{1});
    return heard.positions;
  };
  CHECK(subscribe({0}) == wanted);
  // Resumed: from a position on, in the stream.
  const auto resumed = subscribe({wanted[150]});
  CHECK(resumed == std::vector(wanted.begin() + 150, wanted.end()));
  // One that does not exist yet.
  const auto fresh = new_stream();
  talk.say(frames::Subscribe{1, {0}, fresh, {}, 10});
  Heard heard;
  listen(talk, heard);
  CHECK(heard.positions.empty());
  CHECK(heard.caught_up);
  const auto opened = ledger.record(author, {case_opened(fresh)});
  talk.refresh();
  listen(talk, heard);
  CHECK(heard.positions == std::vector{opened.first_position.value});
}

TEST_CASE("filters by kind, event type and jurisdiction; where to resume is told though nothing matched") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  std::map<std::string, std::uint64_t> at;
  for (const std::string place : {"US", "US-TX", "US-TXX", "USA", "CA-ON", ""}) {
    const auto recorded = ledger.record(author, {case_opened(new_stream(), {.jurisdiction = place})});
    at[place] = recorded.first_position.value;
  }
  at["alert"] = ledger.record(author, {alert_raised(new_stream(), {.jurisdiction = "CA-ON"})}).first_position.value;
  Dialogue talk(ledger);
  talk.open(author);
  const auto matching = [&](frames::Filter filter) {
    talk.say(frames::Subscribe{1, {0}, {}, std::move(filter), 100});
    Heard heard;
    listen(talk, heard);
    CHECK(heard.caught_up);
    CHECK(heard.next == ledger->head().next);
    talk.say(frames::Unsubscribe{1});
    return heard.positions;
  };
  using Positions = std::vector<std::uint64_t>;
  CHECK(matching({{}, {}, {"US"}}) == Positions{at["US"], at["US-TX"], at["US-TXX"]});
  CHECK(matching({{}, {}, {"US-TX"}}) == Positions{at["US-TX"]});
  CHECK(matching({{}, {}, {"CA", "USA"}}) == Positions{at["USA"], at["CA-ON"], at["alert"]});
  CHECK(matching({{static_cast<std::uint8_t>(StreamKind::alert)}, {}, {}}) == Positions{at["alert"]});
  CHECK(matching({{}, {"AlertRaised", "ProposalMade"}, {}}) == Positions{1, at["alert"]});
  CHECK(matching({{static_cast<std::uint8_t>(StreamKind::case_)}, {}, {"CA"}}) == Positions{at["CA-ON"]});
  CHECK(matching({{}, {"CaseClosed"}, {}}).empty());

  talk.say(frames::Subscribe{1, {0}, {}, {{}, {"CaseClosed"}, {}}, 100});
  Heard heard;
  listen(talk, heard);
  CHECK(heard.frames == 1);
  ledger.record(author, {case_opened(new_stream())});
  talk.refresh();
  listen(talk, heard);
  CHECK(heard.frames == 1);  // not at every commit
  talk.tick();
  CHECK(talk.expect<frames::Head>().next == ledger->head().next);
  const auto& moved = talk.expect<frames::Events>();
  CHECK(moved.events.empty());
  CHECK(moved.caught_up);
  CHECK(moved.next == ledger->head().next);
  CHECK(talk.silent());
  talk.tick();
  CHECK(talk.silent());
}

TEST_CASE("only what the session's key may read is told") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  ledger.record(author, {case_opened(new_stream()), alert_raised(new_stream())});
  Dialogue talk(ledger);
  talk.may_read = [](const EventView& event) { return event.kind == StreamKind::alert; };
  talk.open(author);
  talk.say(frames::Subscribe{1, {0}, {}, {}, 100});
  Heard heard;
  listen(talk, heard);
  CHECK(heard.positions == std::vector<std::uint64_t>{3});
  CHECK(heard.caught_up);
}

TEST_CASE("several subscriptions take turns, and heads are told to those who subscribe") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  std::vector<Buffer> events{case_opened(stream)};
  for (Version v = 2; v <= 40; ++v) events.push_back(case_assigned(stream, v));
  for (int i = 0; i < 40; ++i) ledger.record(author, {case_opened(new_stream())});
  Dialogue talk(ledger);
  talk.open(author);
  talk.tick();
  CHECK(talk.silent());
  talk.say(frames::Subscribe{1, {0}, {}, {}, 1000});
  talk.say(frames::Subscribe{2, {0}, {}, {}, 1000});
  const auto first = talk.expect<frames::Events>().id;
  CHECK(talk.expect<frames::Events>().id != first);
  CHECK(talk.expect<frames::Events>().id == first);
  CHECK(talk->has_more());
  while (talk.next()) {
  }
  CHECK_FALSE(talk->has_more());
  ledger.record(author, {case_opened(new_stream())});
  talk.refresh();
  CHECK(talk->has_more());
  talk.tick();
  const auto& head = talk.expect<frames::Head>();
  CHECK(head.checkpoint == ledger->head().checkpoint);
  talk.expect<frames::Events>();
  talk.expect<frames::Events>();
  CHECK(talk.silent());
}

TEST_CASE("limits of subscriptions: at the greatest and one past") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger, {.subscriptions_max = 2, .filter_terms_max = 3, .credit_max = 10});
  talk.open(author);
  const auto refusal = [&] {
    const auto& rejected = talk.expect<frames::Rejected>();
    return std::to_string(rejected.request) + ' ' + rejected.code;
  };
  talk.say(frames::Subscribe{1, {99}, {}, {}, 11});
  CHECK(refusal() == "1 value_out_of_range");
  talk.say(frames::Subscribe{1, {99}, {}, {{}, {}, {"a", "b", "c", "d"}}, 0});
  CHECK(refusal() == "1 too_large");
  talk.say(frames::Subscribe{1, {99}, {}, {{}, {"NoSuchEvent"}, {}}, 0});
  CHECK(refusal() == "1 value_out_of_range");
  talk.say(frames::Subscribe{1, {99}, {}, {{0}, {}, {}}, 0});
  CHECK(refusal() == "1 value_out_of_range");
  talk.say(frames::Subscribe{1, {99}, {}, {{}, {}, {"a", "b", "c"}}, 9});
  talk.say(frames::Subscribe{1, {99}, {}, {}, 1});
  CHECK(refusal() == "1 usage");
  talk.say(frames::Grant{1, 2});
  CHECK(refusal() == "1 value_out_of_range");
  talk.say(frames::Grant{1, 1});
  talk.say(frames::Subscribe{2, {99}, {}, {}, 0});
  talk.say(frames::Subscribe{3, {99}, {}, {}, 0});
  CHECK(refusal() == "3 too_large");
  talk.say(frames::Grant{3, 1});
  CHECK(refusal() == "3 not_found");
  talk.say(frames::Unsubscribe{3});
  CHECK(refusal() == "3 not_found");
}

TEST_CASE("sessions with the same filter are told what their own keys may read, and share a message only where that is the same") {
  TestLedger ledger;
  const Signer home = ledger.enrol({"case_system"}, "org-1"), twin = ledger.enrol({"case_system"}, "org-1"), guest = ledger.enrol({"case_system"}, "org-2");
  Dialogue talk(ledger);
  // Who is of another organisation may read alerts only.
  talk.house.may_read = [](const rules::Enrolment& reader, const projections::Fact& fact) -> Result<bool> {
    return reader.organisation == "org-1" || fact.event.kind == StreamKind::alert;
  };
  struct Side {
    Session session;
    std::vector<std::uint64_t> positions = {};
    std::vector<SharedMessage> events = {};

    Side(Dialogue& talk, std::uint64_t id, const Signer& key) : session(talk.house, id, {.loopback = true, .exporter = {}}, talk.now) {
      const auto greeting = session.next_message(talk.now);
      session.received(frames::write(talk.identify(key, std::get<frames::Challenge>(*frames::read_from_server(greeting->frame())))));
      REQUIRE(session.next_message(talk.now));
      session.received(frames::write(frames::Subscribe{1, talk.house.reading.log.head().next, {}, {{}, {}, {"US-TX"}}, 1000}));
      listen(talk);
    }
    void listen(Dialogue& talk) {
      for (;;) {
        auto message = session.next_message(talk.now);
        if (!message && session.has_more()) continue;
        if (!message) return;
        const auto frame = *frames::read_from_server(message->frame());
        for (const auto& each : std::get<frames::Events>(frame).events) positions.push_back(each.position.value);
        events.push_back(std::move(message));
      }
    }
  };
  Side for_home(talk, 1, home), for_twin(talk, 2, twin), for_guest(talk, 3, guest);
  CHECK(talk.house.reading.feeds.size() == 1);
  std::vector<std::uint64_t> all, alerts;
  const auto round = [&](std::vector<Buffer> events, bool alert) {
    const auto at = ledger.record(home, std::move(events)).first_position.value;
    all.push_back(at);
    if (alert) alerts.push_back(at);
    talk.refresh();
    for (Side* side : {&for_guest, &for_home, &for_twin}) {
      side->events.clear();
      side->listen(talk);
    }
  };
  round({alert_raised(new_stream(), {.jurisdiction = "US-TX"})}, true);
  CHECK(for_home.events == for_twin.events);
  CHECK(for_home.events == for_guest.events);
  round({case_opened(new_stream(), {.jurisdiction = "US-TX"})}, false);
  CHECK(for_home.events == for_twin.events);
  CHECK(for_guest.events.empty());
  round({alert_raised(new_stream(), {.jurisdiction = "US-TX"}), case_opened(new_stream(), {.jurisdiction = "US-TX"})}, true);
  all.push_back(all.back() + 1);
  CHECK(for_home.events == for_twin.events);
  REQUIRE(for_guest.events.size() == 1);
  CHECK(for_home.events != for_guest.events);
  CHECK(for_home.positions == all);
  CHECK(for_twin.positions == all);
  CHECK(for_guest.positions == alerts);
}

TEST_CASE("a feed wakes whom an event concerns, and what it passes over is never an event that matches") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  LogReader log(*ledger, {.slice_events = 8, .slice_bytes = 4096, .slices_kept = 3});
  Feeds feeds(log);
  const auto filter = [](std::vector<std::string> types, std::string place) { return *parse_filter({{}, std::move(types), {std::move(place)}}, 8); };
  const Position begun = log.head().next;
  std::optional<Feeds::Place> alerts(std::in_place, feeds, filter({"AlertRaised"}, "US-TX"), 1);
  const Feeds::Place again(feeds, filter({"AlertRaised"}, "US-TX"), 2), everything(feeds, EventFilter{}, 3);
  CHECK(feeds.size() == 2);
  const auto woken = [&] {
    log.refresh();
    std::multiset<std::uint64_t> ids;
    while (const auto sessions = feeds.look()) ids.insert(sessions->begin(), sessions->end());
    return ids;
  };
  using Ids = std::multiset<std::uint64_t>;
  CHECK(woken().empty());
  std::vector<Position> texan;
  // More of them than a feed remembers, and quiet stretches between.
  for (int i = 0; i < 120; ++i) {
    std::vector<Buffer> events{case_opened(new_stream())};
    for (int n = 0; n < i % 6; ++n) events.push_back(alert_raised(new_stream(), {.jurisdiction = n == 5 ? "US-OH" : "US-TX"}));
    const auto at = ledger.record(author, events).first_position;
    for (int n = 0; n < std::min(i % 6, 5); ++n) texan.push_back(at + 1 + static_cast<std::uint64_t>(n));
    if (i % 6 != 0) CHECK(woken() == Ids{1, 2, 3});
    else CHECK(woken() == Ids{3});
  }
  REQUIRE(texan.size() == 300);
  CHECK(everything->skip(begun) == begun);
  for (Position at = begun; at <= log.head().next; at = at + 1) {
    const auto next = std::ranges::lower_bound(texan, at);
    const Position nearest = next == texan.end() ? std::max(at, log.head().next) : *next;
    CHECK((*alerts)->skip(at) == (at > texan[300 - 256 - 1] ? nearest : at));
  }
  alerts.reset();
  ledger.record(author, {alert_raised(new_stream(), {.jurisdiction = "US-TX"})});
  CHECK(woken() == Ids{2, 3});
}
