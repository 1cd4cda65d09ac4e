// Who is let into a session, and who is sent away.
#include "tests/support/dialogue.h"

using namespace samples;

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
    Session session(talk.house, 1, {.loopback = true, .exporter = {}}, talk.now + later);
    const auto greeting = session.next_message(talk.now);
    REQUIRE(greeting);
    session.received(frames::write(talk.identify(key, std::get<frames::Challenge>(*frames::read_from_server(greeting->frame())))));
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
  Session second(first.house, 2, {.loopback = true, .exporter = {}}, first.now);
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
