// Subscribers of a server: each is told what its key may read, as it is recorded.
#include "tests/support/test_server.h"

using namespace samples;

TEST_CASE("a subscriber is told the events of its own organisation and what is shared with it") {
  TestLedger ledger;
  const Signer home = ledger.enrol({"case_system"}, "org-1"), guest = ledger.enrol({"case_system"}, "org-2"), auditor = ledger.enrol({"auditor"}, "office");
  const auto file = new_stream(), own = new_stream();
  const Position first = ledger.record(home, {case_opened(file)}).first_position;
  ledger.record(guest, {case_opened(own)});
  TestServer server(ledger);
  const auto told_to = [&](const Signer& key, std::optional<StreamId> stream) {
    const auto client = server.connect(key);
    std::mutex mutex;
    std::vector<std::uint64_t> positions;
    bool caught_up = false;
    client->subscribe({first, stream, {}, 100}, [&](const Client::Told& told) {
      const std::lock_guard lock(mutex);
      for (const auto& each : told.events) positions.push_back(each.position.value - first.value);
      caught_up = caught_up || told.caught_up;
    });
    CHECK(eventually([&] {
      const std::lock_guard lock(mutex);
      return caught_up;
    }));
    client->close();
    return positions;
  };
  using Told = std::vector<std::uint64_t>;
  CHECK(told_to(home, {}) == Told{0});
  CHECK(told_to(guest, {}) == Told{1});
  CHECK(told_to(auditor, {}) == Told{0, 1});
  CHECK(told_to(guest, file).empty());
  ledger.record(home, {event("AccessGranted", "case", file, 2, R"({"organisation":"org-2","reason_code":"joint"})")});
  CHECK(told_to(guest, {}) == Told{0, 1, 2});
  CHECK(told_to(guest, file) == Told{0, 2});
}

TEST_CASE("alerts of a jurisdiction reach who listens for them as they are recorded, and may read them") {
  TestLedger ledger;
  const Signer detector = ledger.enrol({"automated_source"}, "org-1"), desk = ledger.enrol({"case_system"}, "org-1"), texan = ledger.enrol({"case_system"}, "org-1", {"US-TX"}),
               other = ledger.enrol({"case_system"}, "org-2"), auditor = ledger.enrol({"auditor"}, "office"), oversight = ledger.enrol({"oversight"}, "board");
  TestServer server(ledger);
  struct Listener {
    std::unique_ptr<Client> client;
    std::mutex mutex;
    std::vector<std::uint64_t> positions = {};
    std::string refused = {};

    Listener(TestServer& from, const Signer& key, frames::Filter filter) : client(from.connect(key)) {
      client->subscribe({from.ledger->head().next, {}, std::move(filter), 100},
                        [this](const Client::Told& told) {
                          const std::lock_guard lock(mutex);
                          for (const auto& each : told.events) positions.push_back(each.position.value);
                        },
                        [this](const frames::Rejected& rejected) {
                          const std::lock_guard lock(mutex);
                          refused = rejected.code;
                        });
    }
    bool heard(const std::vector<std::uint64_t>& wanted) {
      return eventually([&] {
        const std::lock_guard lock(mutex);
        return positions == wanted;
      });
    }
  };
  const frames::Filter texas{{}, {"AlertRaised"}, {"US-TX"}}, all{{}, {"AlertRaised"}, {}};
  Listener for_desk(server, desk, texas), for_texan(server, texan, all), for_other(server, other, texas), for_auditor(server, auditor, texas), for_oversight(server, oversight, texas);
  Listener queues(server, desk, {{}, {"TriageQueueEntered", "TriageQueueExited"}, {"US-TX"}});
  CHECK(eventually([&] { return server.server->counts().subscribers == 5; }));
  CHECK(eventually([&] {
    const std::lock_guard lock(for_oversight.mutex);
    return for_oversight.refused == "not_permitted";
  }));

  std::vector<std::uint64_t> in_texas;
  for (const char* place : {"US-TX", "US-OH", "US-TX-201", "US"}) {
    const auto position = ledger.record(detector, {alert_raised(new_stream(), {.jurisdiction = place})}).first_position.value;
    if (std::string_view(place).starts_with("US-TX")) in_texas.push_back(position);
  }
  const auto theirs = ledger.record(other, {alert_raised(new_stream())}).first_position.value;
  const StreamId file = new_stream();
  const auto queued = ledger.record(desk, {case_opened(file), event("TriageQueueEntered", "case", file, 2, R"({"queue":"desk","entered_at":"2024-03-05T20:00:00Z"})")}).first_position.value + 1;
  ledger.record(desk, {case_assigned(file, 3)});
  CHECK(for_desk.heard(in_texas));
  CHECK(for_texan.heard(in_texas));
  CHECK(for_other.heard({theirs}));
  CHECK(for_auditor.heard({in_texas[0], in_texas[1], theirs}));
  CHECK(queues.heard({queued}));
  for (Listener* each : {&for_desk, &for_texan, &for_other, &for_auditor, &for_oversight, &queues}) each->client->close();
}
