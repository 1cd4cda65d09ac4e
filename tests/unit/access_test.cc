// Every resource asked as every role: who is told what, as docs/access.md has it.
#include "api/token.h"
#include "tests/support/dialogue.h"
#include "tests/support/documents.h"
#include "tests/support/service.h"

using namespace samples;
using schema::Role;

namespace {

constexpr std::string_view grant = R"({"organisation":"org-1","reason_code":"joint"})";
constexpr std::string_view nobody = "nobody";

Buffer queued(const StreamId& stream, Version version, const std::string& queue) {
  return event("TriageQueueEntered", "case", stream, version, R"({"queue":")" + queue + R"(","entered_at":"2024-03-05T20:00:00Z"})");
}

// A case of org-1, one of org-2 that is shared with it, one that is not, and a policy; and whoever may ask.
struct Office {
  Service service{api::RouteConfig{}, {}, false};
  TestLedger& ledger = service.ledger;
  std::vector<std::pair<std::string, const Signer*>> readers;
  std::map<std::string, Signer> keys;
  StreamId own = new_stream(), shared = new_stream(), foreign = new_stream(), policy = new_stream();
  std::uint64_t own_at, sensitive_at, shared_at, foreign_at, governance_at = 0;

  Office() {
    for (const char* role : {"case_system", "automated_source", "importer", "analyst", "supervisor", "privacy_officer"}) keys.emplace(role, ledger.enrol({role}, "org-1"));
    for (const char* role : {"auditor", "oversight"}) keys.emplace(role, ledger.enrol({role}, "office"));
    keys.emplace("other", ledger.enrol({"case_system", "supervisor"}, "org-2"));
    const Signer& desk = keys.at("case_system");
    own_at = ledger.record(desk, {case_opened(own), queued(own, 2, "desk")}).first_position.value;
    const Noted note = case_noted(own, 3, "Seen at the station.", {.handling = "child_sensitive"});
    sensitive_at = ledger.record(desk, {note.event}, note.openings).first_position.value;
    foreign_at = ledger.record(keys.at("other"), {case_opened(foreign), queued(foreign, 2, "night")}).first_position.value;
    shared_at = ledger.record(keys.at("other"), {case_opened(shared), queued(shared, 2, "joint"), event("AccessGranted", "case", shared, 3, grant)}).first_position.value;
    service.fold();
    for (const char* role : {"case_system", "automated_source", "importer", "analyst", "supervisor", "privacy_officer"}) readers.emplace_back(role, &keys.at(role));
    readers.emplace_back("governor", &ledger.governor());
    readers.emplace_back("service", &ledger.service());
    for (const char* role : {"auditor", "oversight"}) readers.emplace_back(role, &keys.at(role));
    readers.emplace_back(nobody, nullptr);
  }

  Asked by(const Signer* key) const {
    Asked asked{.loopback = false, .remote = "203.0.113.7"};
    const auto now = system_clock().wall() / 1'000'000;
    if (key) asked.headers = {{"authorization", "Bearer " + api::sign_token({ledger.origin(), "ledger.example.org", now, now + 300, key->vkey().key, {9}}, *key)}};
    return asked;
  }
  bool told(const std::string& target, const Signer* key) const {
    const auto response = service.ask(target, by(key));
    INFO(target << ": " << response.body);
    CHECK((response.status == 200 || response.status == (key ? 403 : 401) || (key && response.status == 404)));
    return response.status == 200;
  }
};

using Cells = std::vector<std::string>;

std::string table_of(const Office& office, const std::vector<std::pair<std::string, Cells>>& rows) {
  std::string text = "| |", rule = "\n|---|";
  for (const auto& [name, key] : office.readers) text += ' ' + name + " |", rule += "---|";
  text += rule + '\n';
  for (const auto& [what, cells] : rows) {
    text += "| " + what + " |";
    for (const auto& cell : cells) text += (cell.empty() ? " " : ' ' + cell + ' ') + '|';
    text += '\n';
  }
  return text;
}

// Events of a page of the whole log, told apart by whose they are.
std::string heard(const Office& office, const boost::json::object& page) {
  std::set<std::uint64_t> positions;
  for (const auto& each : page.at("events").as_array()) positions.insert(each.at("position").to_number<std::uint64_t>());
  std::string all;
  const auto tell = [&](std::uint64_t position, const char* name) {
    if (positions.contains(position)) all += (all.empty() ? "" : ", ") + std::string(name);
  };
  tell(office.governance_at, "governance"), tell(office.own_at, "own"), tell(office.shared_at, "shared"), tell(office.foreign_at, "all");
  return all;
}

}  // namespace

TEST_CASE("every resource is told to the roles that it is for, and to nobody else", "[access]") {
  const Office office;
  std::vector<std::pair<std::string, Cells>> rows;
  std::set<std::string> tried;
  const auto row = [&](const std::string& route, const std::string& what, const std::function<std::string(const Signer*)>& ask) {
    tried.insert(route);
    auto& cells = rows.emplace_back(what.empty() ? "`" + route + "`" : "`" + route + "`, " + what, Cells{}).second;
    for (const auto& [name, key] : office.readers) cells.push_back(ask(key));
  };
  const auto at = [&](const std::string& route, const std::string& what, const std::string& target) {
    row(route, what, [&, target](const Signer* key) { return office.told(target, key) ? "yes" : ""; });
  };
  const auto number = [](std::uint64_t position) { return std::to_string(position); };
  const auto stream = [](const StreamId& id) { return "/v1/streams/" + to_string(id); };

  for (const char* open : {"/healthz", "/readyz", "/checkpoint", "/v1/definitions", "/v1/policies", "/v1/log-keys", "/"}) at(open, "", open);
  at("/tile/{level}/{tile}", "", "/tile/0/000.p/1");
  at("/openapi.yaml", "", "/openapi.yaml");
  at("/tile/entries/{tile}", "", "/tile/entries/000.p/1");
  at("/v1/authority", "", "/v1/authority");
  row("/v1/events", "which it tells", [&](const Signer* key) { return office.told("/v1/events", key) ? heard(office, office.service.read("/v1/events", office.by(key))) : ""; });
  for (const std::string route : {"/v1/events/{position}", "/v1/receipts/{position}"}) {
    const std::string path = route.substr(0, route.find('{'));
    at(route, "governance", path + number(office.governance_at));
    at(route, "own", path + number(office.own_at));
    at(route, "own, child-sensitive", path + number(office.sensitive_at));
    at(route, "shared with it", path + number(office.shared_at));
    at(route, "of another organisation", path + number(office.foreign_at));
  }
  for (const std::string what : {"", "/events", "/changes"}) {
    const std::string query = what == "/changes" ? "?since=entries:0" : "";
    at("/v1/streams/{id}" + what, "own", stream(office.own) + what + query);
    at("/v1/streams/{id}" + what, "shared with it", stream(office.shared) + what + query);
    at("/v1/streams/{id}" + what, "of another organisation", stream(office.foreign) + what + query);
  }
  const std::map<std::string, std::string> queues{{"desk", "own"}, {"joint", "shared"}, {"night", "all"}};
  const auto waiting = [&](const Signer* key, const std::string& queue) {
    return office.service.read("/v1/queues/" + queue, office.by(key)).at("items").as_array().size() == 1;
  };
  row("/v1/queues", "what it counts", [&](const Signer* key) {
    if (!office.told("/v1/queues", key)) return std::string();
    std::string all;
    const auto answer = office.service.read("/v1/queues", office.by(key));
    for (const auto& queue : answer.at("queues").as_array())
      all += (all.empty() ? "" : ", ") + queues.at(std::string(queue.at("queue").as_string()));
    return all.empty() ? std::string("nothing") : all;
  });
  row("/v1/queues/{queue}", "what waits there", [&](const Signer* key) {
    if (!office.told("/v1/queues/desk", key)) return std::string();
    std::string all;
    for (const auto& [queue, whose] : queues)
      if (waiting(key, queue)) all += (all.empty() ? "" : ", ") + whose;
    return all.empty() ? std::string("nothing") : all;
  });
  at("/v1/figures", "", "/v1/figures"), at("/v1/figures/{id}", "", "/v1/figures/cases"), at("/v1/figures/{id}/events", "", "/v1/figures/cases/events");
  at("/v1/editions", "", "/v1/editions"), at("/v1/reports/{template}", "", "/v1/reports/transparency?period=2024");
  at("/metrics", "", "/metrics");

  hold_document("docs/access.md", "http", table_of(office, rows));
  for (const auto& route : office.service.routes.list()) {
    INFO(route.path);
    CHECK((tried.contains(std::string(route.path)) || route.path.starts_with("/v1/editions/")));  // of a release: routes_editions_test.cc
  }
}

TEST_CASE("every frame is answered as the key's roles have it", "[access]") {
  Office office;
  Entitlement entitlement(*office.ledger);
  Authorities authorities(*office.ledger);
  std::vector<std::pair<std::string, Cells>> rows{{"Identify", {}}, {"Subscribe, what is told", {}}, {"Append, RecordViewed", {}}, {"Unseal", {}}};
  struct Appended {
    std::string_view type;
    std::function<Buffer()> make;
  };
  const auto made = [](std::string_view type, std::string_view kind, std::string body) { return [=] { return event(type, kind, new_stream(), 1, body); }; };
  const std::vector<Appended> appends{
      {"CaseOpened", [] { return case_opened(new_stream()); }},
      {"AlertRaised", [] { return alert_raised(new_stream()); }},
      {"AnalysisRequested", made("AnalysisRequested", "analysis", R"({"kind":"geo","requested_by_class":"le"})")},
      {"PolicyPublished", made("PolicyPublished", "policy", R"({"version":"1.0.0","kind":"retention","effective_from":"2024-01-01T00:00:00Z","document_sha256":")" + std::string(64, '0') +
                                                               R"(","parameters":"{\"preservation\":[],\"retention\":[{\"years\":10}]}","summary_public":"Kept for ten years."})")},
      {"ErasureRequested", [] {
         const StreamId subject = new_stream();
         return event("ErasureRequested", "subject", subject, 1, R"({"subject_id":")" + to_string(subject) + R"(","basis":"gdpr17"})");
       }}};
  for (const auto& each : appends) rows.emplace_back("Append, " + std::string(each.type), Cells{});

  for (const auto& [name, key] : office.readers) {
    Dialogue talk(office.ledger);
    const Signer stranger = Signer::generate("nobody");
    const Signer& author = key ? *key : stranger;
    talk.house.may_read = [&](const rules::Enrolment& reader, const projections::Fact& fact) {
      std::uint64_t looked_up = 0;
      return entitlement.may_read(*authorities.current(), reader, fact, system_clock().wall(), looked_up);
    };
    talk.say(talk.identify(author, talk.expect<frames::Challenge>()));
    if (!key) {
      CHECK(talk.closed().code == CloseCode::policy);
      for (auto& [what, cells] : rows) cells.emplace_back();
      continue;
    }
    talk.expect<frames::Welcome>();
    rows[0].second.push_back("yes");

    talk.say(frames::Subscribe{1, {0}, {}, {}, 1'000});
    std::set<std::uint64_t> positions;
    bool rejected = false;
    while (const auto bytes = talk.next()) {
      const auto frame = frames::read_from_server(*bytes);
      REQUIRE(frame);
      if (const auto* refusal = std::get_if<frames::Rejected>(&*frame)) rejected = refusal->code == "not_permitted";
      if (const auto* events = std::get_if<frames::Events>(&*frame))
        for (const auto& each : events->events) positions.insert(each.position.value);
    }
    std::string all;
    for (const auto& [position, whose] : {std::pair(office.governance_at, "governance"), std::pair(office.own_at, "own"), std::pair(office.shared_at, "shared"), std::pair(office.foreign_at, "all")})
      if (positions.contains(position)) all += (all.empty() ? "" : ", ") + std::string(whose);
    CHECK(rejected == all.empty());
    rows[1].second.push_back(all);
    talk.say(frames::Unsubscribe{1});
    while (talk.next()) {
    }

    std::uint64_t request = 10;
    const auto append = [&](const std::vector<Buffer>& events) -> std::optional<Position> {
      const Submission submission = office.ledger.sign(author, events);
      talk.append({{++request, submission}});
      talk.settle();
      const auto bytes = talk.next();
      REQUIRE(bytes);
      const auto frame = frames::read_from_server(*bytes);
      REQUIRE(frame);
      if (const auto* refusal = std::get_if<frames::Rejected>(&*frame)) {
        INFO(name << ": " << refusal->sentence << (refusal->events.empty() ? "" : refusal->events[0].sentence));
        CHECK((refusal->events.empty() ? refusal->code : refusal->events[0].code) == "not_permitted");
        return std::nullopt;
      }
      return std::get<frames::Appended>(*frame).results.at(0).first_position;
    };
    // Nothing is unsealed but against a record of the reader's own.
    const auto viewed = append({event("RecordViewed", "access", new_stream(), 1, R"({"parts":[{"event":{"stream":")" + to_string(office.own) + R"(","version":3},"part":0}],"is_owner":true})")});
    rows[2].second.push_back(viewed ? "yes" : "");
    talk.say(frames::Unseal{++request, viewed.value_or(Position{office.sensitive_at})});
    const auto bytes = talk.next();
    REQUIRE(bytes);
    const auto opened = frames::read_from_server(*bytes);
    REQUIRE(opened);
    rows[3].second.push_back(std::holds_alternative<frames::Unsealed>(*opened) ? "yes" : "");
    if (const auto* refusal = std::get_if<frames::Rejected>(&*opened)) CHECK(refusal->code == "not_permitted");
    for (std::size_t i = 0; i < appends.size(); ++i) rows[4 + i].second.push_back(append({appends[i].make()}) ? "yes" : "");
  }
  hold_document("docs/access.md", "session", table_of(office, rows));
}

TEST_CASE("policies are told to everyone in words and digests, once the governors adopted them", "[access]") {
  Office office;
  auto& ledger = office.ledger;
  const auto told = [&] { return office.service.read("/v1/policies", office.by(nullptr)).at("policies").as_array(); };
  const Signer publisher = ledger.enrol({"supervisor"}, "org-1");
  const std::string body = R"({"version":"2.1.0","kind":"retention","effective_from":"2024-01-01T00:00:00Z","document_sha256":")" + std::string(64, 'a') + R"(","parameters":"{\"preservation\":[],\"retention\":[{\"years\":10}]}","summary_public":"Kept for ten years."})";
  ledger.record(publisher, {event("PolicyPublished", "policy", office.policy, 1, body)});
  CHECK(told().empty());
  const auto stream = rules::governance_stream(ledger.origin());
  ledger.record(ledger.governor(), {event("ProposalMade", "governance", stream, ledger.state(stream).version + 1,
                                          R"({"action":{"type":"PolicyAdopted","policy":{"stream":")" + to_string(office.policy) + R"(","version":1},"effective_from":"2024-02-01T00:00:00Z"}})", {.handling = "internal"})});
  const auto policies = told();
  REQUIRE(policies.size() == 1);
  const auto& policy = policies[0].as_object();
  CHECK(policy.at("version").as_string() == "2.1.0");
  CHECK(policy.at("kind").as_string() == "retention");
  CHECK(policy.at("effective_from").as_string() == "2024-02-01T00:00:00Z");
  CHECK(policy.at("summary").as_string() == "Kept for ten years.");
  CHECK(policy.at("document_sha256").as_string() == std::string(64, 'a'));
  CHECK(policy.at("parameters_sha256").as_string() == hex(sha256(bytes_of(std::string_view(R"({"preservation":[],"retention":[{"years":10}]})"))).bytes));
  CHECK(office.service.ask("/v1/policies", office.by(nullptr)).body.find("years\\\"") == std::string::npos);
}
