// The protocol of one connection: who is let in, and what becomes of what it appends.
#include "tests/support/dialogue.h"

using namespace samples;

// ── identity ──

TEST_CASE("a session opens with a challenge, proves its key and is welcomed") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system", "analyst"}, "org-7", {"US-TX"});
  Dialogue talk(ledger);
  const auto& challenge = talk.expect<frames::Challenge>();
  CHECK(challenge.origin == ledger.origin());
  CHECK(challenge.checkpoint == ledger->head().checkpoint);
  CHECK(challenge.limits.batch_bytes == 1024 * 1024);
  CHECK(challenge.limits.appends_per_frame == 256);
  CHECK(talk.silent());
  CHECK_FALSE(talk->identified());

  talk.say(talk.identify(author, challenge));
  const auto& welcome = talk.expect<frames::Welcome>();
  CHECK(welcome.organisation == "org-7");
  CHECK(welcome.roles == std::vector<std::string>{"case_system", "analyst"});
  CHECK(welcome.scopes == std::vector<std::string>{"US-TX"});
  CHECK(welcome.next == ledger->head().next);
  CHECK(talk->identified());
}

TEST_CASE("a bad identity closes with 1008") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  const auto& challenge = talk.expect<frames::Challenge>();
  auto identify = talk.identify(author, challenge);

  SECTION("an authority that is not ours") { talk.say(talk.identify(author, challenge, "-", "evil.example.org")); }
  SECTION("an authority that is ours, but not the one that was signed") {
    identify.authority = "other.example.org";
    talk.say(identify);
  }
  SECTION("another nonce of the server") {
    auto other = challenge;
    other.nonce[0] ^= 1;
    talk.say(talk.identify(author, other));
  }
  SECTION("another nonce of the client") {
    identify.nonce[31] ^= 1;
    talk.say(identify);
  }
  SECTION("another ledger") {
    auto other = challenge;
    other.origin += "2";
    talk.say(talk.identify(author, other));
  }
  SECTION("another signature") {
    identify.signature[5] ^= 1;
    talk.say(identify);
  }
  SECTION("an exporter value where there is none") { talk.say(talk.identify(author, challenge, base64(Buffer(32, 1)))); }
  SECTION("a key nobody enrolled") { talk.say(talk.identify(Signer::generate("nobody"), challenge)); }
  SECTION("a revoked key") {
    ledger.revoke(author.vkey());
    talk.refresh();
    talk.say(identify);
  }
  CHECK(talk.closed().code == CloseCode::policy);
  CHECK_FALSE(talk->identified());
}

TEST_CASE("every Identify that is not accepted is told by its reason") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}), revoked = ledger.enrol({"case_system"}), nobody = Signer::generate("nobody");
  ledger.revoke(revoked.vkey());
  std::vector<AuthFault> faults;
  const auto fault = [&](auto identify) {
    Dialogue talk(ledger);
    talk.house.refused = [&](AuthFault each) { faults.push_back(each); };
    talk.say(identify(talk, talk.expect<frames::Challenge>()));
    return faults.empty() ? std::string("none") : std::string(name(std::exchange(faults, {}).at(0)));
  };
  CHECK(fault([&](Dialogue& talk, const auto& challenge) { return talk.identify(author, challenge); }) == "none");
  CHECK(fault([&](Dialogue& talk, const auto& challenge) { return talk.identify(author, challenge, "-", "evil.example"); }) == "wrong_authority");
  CHECK(fault([&](Dialogue& talk, const auto& challenge) { return talk.identify(author, challenge, "other exporter"); }) == "bad_signature");
  CHECK(fault([&](Dialogue& talk, const auto& challenge) { return talk.identify(nobody, challenge); }) == "unknown_key");
  CHECK(fault([&](Dialogue& talk, const auto& challenge) { return talk.identify(revoked, challenge); }) == "revoked_key");
}

TEST_CASE("a key that opens sessions too often is sent away for a while") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}), other = ledger.enrol({"case_system"});
  RateLimit openings({.per_second = 1, .burst = 2});
  const auto opens = [&](const Signer& key, Micros later) {
    Dialogue talk(ledger);
    talk.house.openings = &openings;
    Session session(talk.house, {.loopback = true, .exporter = {}}, talk.now + later);
    const auto greeting = session.next_frame(talk.now);
    REQUIRE(greeting);
    session.received(frames::write(talk.identify(key, std::get<frames::Challenge>(*frames::read_from_server(*greeting)))));
    if (session.closed()) CHECK(session.closed()->code == CloseCode::try_later);
    return session.identified();
  };
  CHECK(opens(author, 0));
  CHECK(opens(author, 0));
  CHECK_FALSE(opens(author, 0));
  CHECK(opens(other, 0));
  CHECK(opens(author, 1'000'000));
}

TEST_CASE("an Identify that was heard on one connection opens no other") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue first(ledger);
  const auto heard = first.identify(author, first.expect<frames::Challenge>());
  first.say(heard);
  first.expect<frames::Welcome>();
  // Each connection has a nonce of its own.
  std::uint8_t next = 9;
  first.house.random = [&](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, ++next); };
  Session second(first.house, {.loopback = true, .exporter = {}}, first.now);
  second.received(frames::write(heard));
  REQUIRE(second.closed());
  CHECK(second.closed()->code == CloseCode::policy);
}

TEST_CASE("the exporter value is part of the proof wherever there is TLS") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const std::string ours = base64(Buffer(32, 0x5a));
  const auto outcome = [&](Channel channel, bool tls_proxy, std::string exporter) {
    Dialogue talk(ledger, {}, std::move(channel), tls_proxy);
    talk.say(talk.identify(author, talk.expect<frames::Challenge>(), std::move(exporter)));
    return talk->identified();
  };
  CHECK(outcome({.loopback = false, .exporter = ours}, false, ours));
  CHECK_FALSE(outcome({.loopback = false, .exporter = ours}, false, base64(Buffer(32, 0x5b))));
  CHECK_FALSE(outcome({.loopback = false, .exporter = ours}, false, "-"));
  CHECK(outcome({.loopback = true, .exporter = ours}, false, "-"));
  CHECK(outcome({.loopback = true, .exporter = ours}, false, ours));
  CHECK(outcome({.loopback = true, .exporter = {}}, false, "-"));
  CHECK_FALSE(outcome({.loopback = false, .exporter = {}}, false, "-"));
  CHECK(outcome({.loopback = false, .exporter = {}}, true, "-"));
  CHECK_FALSE(outcome({.loopback = false, .exporter = {}}, true, ""));
}

TEST_CASE("before Identify nothing else is looked at, and only small frames are") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  const auto& challenge = talk.expect<frames::Challenge>();
  CHECK(talk->frame_bytes_max() == 4096);

  SECTION("another frame closes with 1002") {
    talk.say(frames::Grant{1, 1});
    CHECK(talk.closed().code == CloseCode::protocol);
  }
  SECTION("bytes that are no frame close with 1002") {
    talk->received(Buffer(64, 0xee));
    CHECK(talk.closed().code == CloseCode::protocol);
  }
  SECTION("no bytes at all close with 1002") {
    talk->received({});
    CHECK(talk.closed().code == CloseCode::protocol);
  }
  SECTION("a frame of the server's closes with 1002") {
    talk.say(challenge);
    CHECK(talk.closed().code == CloseCode::protocol);
  }
  SECTION("4,096 bytes are looked at, 4,097 close with 1009") {
    talk->received(Buffer(4096, 0));
    CHECK(talk.closed().code == CloseCode::protocol);
    Dialogue other(ledger);
    other.expect<frames::Challenge>();
    other->received(Buffer(4097, 0));
    CHECK(other.closed().code == CloseCode::too_big);
  }
  SECTION("who does not identify in time is closed with 1013") {
    talk.now += 10'000'000;
    talk->tick(talk.now);
    CHECK_FALSE(talk->closed());
    talk.now += 1;
    talk->tick(talk.now);
    CHECK(talk.closed().code == CloseCode::try_later);
  }
  SECTION("a second Identify closes with 1002") {
    talk.say(talk.identify(author, challenge));
    talk.expect<frames::Welcome>();
    talk.say(talk.identify(author, challenge));
    CHECK(talk.closed().code == CloseCode::protocol);
  }
}

TEST_CASE("a ledger without genesis lets in who stands at its machine, to read nothing") {
  TestLedger ledger({.constituted = false});
  Dialogue afar(ledger, {}, {.loopback = false, .exporter = {}}, true);
  afar.say(afar.identify(ledger.governor(), afar.expect<frames::Challenge>()));
  CHECK(afar.closed().reason == "the ledger is not constituted yet; genesis is recorded from its own machine");
  Dialogue here(ledger);
  here.say(here.identify(ledger.governor(), here.expect<frames::Challenge>()));
  CHECK(here.expect<frames::Welcome>().roles.empty());
}

TEST_CASE("a key that is revoked while its session is open is sent away") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}), other = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  ledger.revoke(other.vkey());
  talk.refresh();
  talk->authority_changed();
  CHECK_FALSE(talk->closed());
  ledger.revoke(author.vkey());
  talk.refresh();
  talk->authority_changed();
  CHECK(talk.closed().code == CloseCode::policy);
}

TEST_CASE("a peer that does not take a frame in time is closed with 1013") {
  TestLedger ledger;
  Dialogue talk(ledger, {.identify_within = std::chrono::seconds(100)});
  talk.expect<frames::Challenge>();
  talk.now += 30'000'000;
  talk->tick(talk.now);
  CHECK_FALSE(talk->closed());
  talk->tick(talk.now + 1);
  CHECK(talk.closed().code == CloseCode::try_later);
}

// ── append ──

TEST_CASE("appends under one checkpoint are answered by one frame whose proofs make receipts") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  for (int i = 0; i < 20; ++i) ledger.record(author, {case_opened(new_stream())});
  Dialogue talk(ledger);
  talk.open(author);
  std::vector<Submission> submissions;
  for (int i = 0; i < 9; ++i) {
    const auto stream = new_stream();
    submissions.push_back(ledger.sign(author, {case_opened(stream), case_assigned(stream, 2)}));
  }
  std::vector<frames::Outgoing> items;
  for (std::size_t i = 0; i < submissions.size(); ++i) items.push_back({100 + i, submissions[i]});
  talk.append(items);
  CHECK(talk->in_flight() == 9);
  talk.settle();
  CHECK(talk->in_flight() == 9);  // until the answers go out
  CHECK(talk->queued_bytes() > 0);

  std::set<std::uint64_t> answered;
  std::size_t own = 0;
  while (answered.size() < 9) {
    const auto& appended = talk.expect<frames::Appended>();
    for (const auto& result : appended.results) {
      receipt_of(appended, result, submissions[result.request - 100], ledger.log_vkey());
      answered.insert(result.request);
      own += result.own.size();
    }
    // `shared` is the longest: no result's own ends like all the others'.
    if (appended.results.size() > 1) {
      const auto& first = appended.results[0].own;
      CHECK_FALSE((!first.empty() && std::ranges::all_of(appended.results, [&](const auto& each) { return !each.own.empty() && each.own.back() == first.back(); })));
    }
  }
  CHECK(own < 9 * 5);
  CHECK(talk.silent());
  CHECK(talk->in_flight() == 0);
  CHECK(talk->queued_bytes() == 0);
}

TEST_CASE("what queues while the peer does not read goes out by checkpoint, each once") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const auto stream = new_stream();
  const Submission first = ledger.sign(author, {case_opened(stream)}), second = ledger.sign(author, {case_assigned(stream, 2)});
  talk.append({{1, first}});
  talk.settle();
  talk.append({{2, second}});
  talk.settle();
  const auto& one = talk.expect<frames::Appended>();
  REQUIRE(one.results.size() == 1);
  CHECK(one.results[0].own.empty());  // alone, it shares everything with itself
  receipt_of(one, one.results[0], first, ledger.log_vkey());
  const auto& two = talk.expect<frames::Appended>();
  CHECK(two.checkpoint != one.checkpoint);
  receipt_of(two, two.results[0], second, ledger.log_vkey());
  CHECK(talk.silent());
}

TEST_CASE("a batch resent after its answer was lost is answered as it was") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  Dialogue talk(ledger);
  talk.open(author);
  talk.append({{1, batch}});
  talk.settle();
  const auto& first = talk.expect<frames::Appended>();
  const Receipt before = receipt_of(first, first.results.at(0), batch, ledger.log_vkey());
  ledger.record(author, {case_opened(new_stream())});
  talk.append({{2, batch}});
  talk.settle();
  const auto& second = talk.expect<frames::Appended>();
  const Receipt after = receipt_of(second, second.results.at(0), batch, ledger.log_vkey());
  CHECK(after.entry == before.entry);
  CHECK(after.index == before.index);
  CHECK(after.checkpoint != before.checkpoint);
}

TEST_CASE("each refusal is typed and names its events") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}), other = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  talk.refresh();

  const Submission not_mine = ledger.sign(other, {case_opened(new_stream())});
  const Submission stale = ledger.sign(author, {case_opened(new_stream()), case_assigned(stream, 4), case_assigned(new_stream(), 1)});
  const Submission garbage{Buffer(40, 1), {}};
  Submission forged = ledger.sign(author, {case_opened(new_stream())});
  forged.batch[forged.batch.size() - 3] ^= 1;
  const Submission large{Buffer(batch_bytes_max + 1, 0), {}};
  talk.append({{1, not_mine}, {2, stale}, {3, garbage}, {4, forged}, {5, large}});
  talk.settle();

  std::map<std::uint64_t, frames::Rejected> rejected;
  for (int i = 0; i < 5; ++i) {
    const auto& each = talk.expect<frames::Rejected>();
    rejected[each.request] = each;
  }
  CHECK(rejected[1].code == "not_permitted");
  CHECK(rejected[2].code == "version_conflict");
  REQUIRE(rejected[2].events.size() == 2);
  CHECK(rejected[2].events[0].event == 1);
  CHECK(rejected[2].events[0].current == 1);
  CHECK(rejected[2].events[1].event == 2);
  CHECK(rejected[2].events[1].code == "illegal_transition");
  CHECK(rejected[3].code == "malformed");
  CHECK((rejected[4].code == "bad_signature" || rejected[4].code == "malformed"));
  CHECK(rejected[5].code == "too_large");
  CHECK(talk.silent());
  CHECK(talk->in_flight() == 0);
}

TEST_CASE("appends in flight: the greatest number is taken, one more is told to wait") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger, {.appends_per_frame_max = 4, .appends_in_flight_max = 3, .overloaded_retry_ms = 77});
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  talk.append({{1, batch}, {2, batch}, {3, batch}, {4, batch}});
  CHECK(talk->in_flight() == 3);
  const auto& rejected = talk.expect<frames::Rejected>();
  CHECK(rejected.request == 4);
  CHECK(rejected.code == "overloaded");
  CHECK(rejected.retry_after_ms == 77);
  CHECK(talk.silent());
  talk.settle();
  while (talk->in_flight() > 0) talk.expect<frames::Appended>();
  talk.append({{4, batch}});
  talk.settle();
  CHECK(talk.expect<frames::Appended>().results.at(0).request == 4);

  talk.append({{5, batch}, {6, batch}, {7, batch}, {8, batch}, {9, batch}});
  CHECK(talk.closed().code == CloseCode::protocol);  // more than a frame holds
}

TEST_CASE("bytes in flight are limited too") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  Dialogue talk(ledger, {.append_bytes_in_flight_max = 2 * batch.batch.size()});
  talk.open(author);
  talk.append({{1, batch}, {2, batch}, {3, batch}});
  CHECK(talk->in_flight() == 2);
  CHECK(talk.expect<frames::Rejected>().code == "overloaded");
}

TEST_CASE("a request that is in flight already closes with 1002") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  talk.append({{1, batch}, {1, batch}});
  CHECK(talk.closed().code == CloseCode::protocol);
}

TEST_CASE("what the ledger will not take in is refused at once, with when to come again") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  ledger->drain();
  talk.append({{1, batch}});
  talk.settle();
  CHECK(talk.expect<frames::Rejected>().code == "draining");
}

TEST_CASE("draining answers what was taken in, refuses what comes later, and closes with 1001") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())}), late = ledger.sign(author, {case_opened(new_stream())});
  talk.append({{1, batch}});
  talk->drain();
  CHECK_FALSE(talk->closed());
  talk.append({{2, late}});
  talk.settle();
  CHECK(talk.expect<frames::Appended>().results.at(0).request == 1);
  const auto& rejected = talk.expect<frames::Rejected>();
  CHECK(rejected.request == 2);
  CHECK(rejected.code == "draining");
  CHECK(talk.closed().code == CloseCode::draining);
}

TEST_CASE("a session with nothing in flight drains at once; one that never identified too, its challenge told") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  talk->drain();
  CHECK(talk.closed().code == CloseCode::draining);
  Dialogue stranger(ledger);
  stranger->drain();
  stranger.expect<frames::Challenge>();
  CHECK(stranger.closed().code == CloseCode::draining);
}
