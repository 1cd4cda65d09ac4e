// Erasure: after it no file of the folder holds key, plaintext or ciphertext, the log proves as before, and a crash only delays it.
#include "ledger/erasure.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <future>

#include "ledger/history.h"
#include "ledger/own_appends.h"
#include "tests/support/audits.h"

using namespace samples;
using namespace caseledger;

namespace {

namespace json = boost::json;

constexpr std::string_view secret = "Marisol Quintanilla-Reyes, 17 Alder Lane";

api::Draft draft(const json::object& line) {
  auto made = api::event_from_json(api::to_text(line), api::system_random());
  if (!made) throw std::logic_error(made.error().sentence);
  return std::move(*made);
}

json::object envelope(std::string_view type, std::string_view kind, const StreamId& stream, Version version, std::string_view operator_code, json::object body) {
  return {{"stream", to_string(stream)}, {"kind", kind}, {"version", version}, {"type", type}, {"occurred_at", "2024-03-05T14:00:00Z"}, {"precision", "minute"},
          {"operator", operator_code}, {"handling", "internal"}, {"body", std::move(body)}};
}

// A ledger with notes about two people, and an erasure of one of them that was granted.
struct Files {
  TestLedger ledger;
  Signer desk = ledger.enrol({"case_system"}), asks = ledger.enrol({"case_system", "importer"}), decides = ledger.enrol({"privacy_officer", "importer"});
  StreamId stream = new_stream(), person = new_stream();
  SubjectId subject = person, other = new_stream();
  SubjectKey key{};
  std::string old_root;
  std::vector<std::string> ciphertexts;

  Files() {
    ledger.record(desk, {case_opened(stream)});
    for (const auto& of : {subject, other, subject}) note(of, secret);
    key = ledger->vault().find(subject).value();
    old_root = read(ledger.folder() / "vault/root");
    for (const Version version : {2u, 4u}) ciphertexts.push_back(sealed(version).value());
  }
  TestLedger::Answer try_note(const SubjectId& of, std::string_view text) {
    auto line = envelope("CaseStatusNoted", "case", stream, ledger.state(stream).version + 1, "op-1", {{"category", "contact"}});
    line["sealed"] = {{{"subject", to_string(of)}, {"handling", "child_sensitive"}, {"fields", {{"note", text}}}}};
    auto made = draft(line);
    return ledger.submit(ledger.sign(desk, {made.event}, made.openings));
  }
  void note(const SubjectId& of, std::string_view text) { REQUIRE(try_note(of, text)); }
  Result<std::string> sealed(Version version) {
    const auto events = walk(ledger->log(), ledger.state(stream).last, ledger.state(stream).version);
    return ledger->log().sealed_part(events->at(version - 1).position, 0);
  }

  // Facts recorded elsewhere are admitted whatever the rules say of their order.
  void imported(const Signer& author, std::string_view type, json::object body, std::string_view operator_code) {
    auto line = envelope(type, "subject", person, ledger.state(person).version + 1, operator_code, std::move(body));
    line["imported"] = json::object{{"source", "registry"}, {"source_id_digest", std::string(64, 'a')}};
    if (type == "ErasureDecided") line["causes"] = json::array{line.at("body").at("request")};
    ledger.record(author, {draft(line).event});
  }
  void request() { imported(asks, "ErasureRequested", {{"subject_id", to_string(subject)}, {"basis", "gdpr17"}}, "op-1"); }
  void decide(std::string_view outcome) {
    json::object body{{"request", {{"stream", to_string(person)}, {"version", ledger.state(person).version}}}, {"basis", "gdpr17"}, {"outcome", outcome}};
    if (outcome != "granted") body["exception_code"] = "art17-3b";
    imported(decides, "ErasureDecided", std::move(body), "op-2");
  }

  std::vector<Buffer> said;
  bool may = true, fails = false;
  Erasures::Voice voice() {
    return {[this](const EventView& event) -> Result<void> {
              std::vector<FoundRef> refs;
              TRY(check_event_bytes(event.bytes, refs));
              TRY(check_event(event));
              return may ? Result<void>() : fail(Errc::illegal_transition, "held");
            },
            [this](Bytes event) -> std::expected<void, Rejection> {
              if (fails) return std::unexpected(Rejection{{Errc::io, "gone"}, {}});
              said.emplace_back(event.begin(), event.end());
              return {};
            }};
  }

  // The scan: every file of the folder, the write-ahead log included.
  std::vector<std::string> traces() {
    std::vector<std::string> found;
    for (const auto& file : files_below(ledger.folder())) {
      const std::string bytes = read(ledger.folder() / file);
      const auto look = [&](std::string_view what, std::string_view name) {
        if (bytes.find(what) != std::string::npos) found.push_back(std::string(name) + " in " + file);
      };
      look(secret, "plaintext");
      look(text_of(key), "key");
      look(old_root, "old root");
      for (const auto& each : ciphertexts) look(std::string_view(each).substr(24, 64), "ciphertext");
    }
    return found;
  }
};

}  // namespace

TEST_CASE("a granted erasure leaves neither key nor plaintext nor ciphertext in any file of the folder", "[erasure]") {
  Files files;
  files.request();
  CHECK(outstanding_erasures(*files.ledger, files.person).value().empty());
  files.decide("granted");
  const auto outstanding = outstanding_erasures(*files.ledger, files.person).value();
  REQUIRE(outstanding.size() == 1);
  CHECK(outstanding[0].decision == 2);
  CHECK(outstanding[0].subject == files.subject);
  CHECK(files.traces().size() >= 2);  // what is to go is there: the old root and the ciphertexts

  Erasures erasures(*files.ledger, files.voice(), system_clock());
  const auto done = erasures.carry_out({files.person});
  INFO((done ? "" : done.error().sentence));
  REQUIRE(done);
  REQUIRE(done->size() == 1);
  CHECK(done->at(0).destroyed.parts == 2);
  CHECK(done->at(0).destroyed.keys == 1);
  REQUIRE(files.said.size() == 1);
  const EventView event = view_event(files.said[0]);
  CHECK(event.type == schema::Body::ErasureExecuted);
  CHECK(event.version == 3);
  CHECK(event.body<schema::ErasureExecuted>().decision()->version() == 2);
  CHECK(event.body<schema::ErasureExecuted>().parts_destroyed() == 2);
  CHECK(event.body<schema::ErasureExecuted>().keys_destroyed() == 1);

  CHECK(files.traces() == std::vector<std::string>{});
  CHECK(files.sealed(2).error().code == Errc::not_found);
  CHECK(files.sealed(3));
  CHECK(files.ledger->vault().find(files.other));

  // Nothing more can be sealed about them; about others, and in the next run, all goes on.
  const auto answer = files.try_note(files.subject, "again");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == Errc::not_permitted);
  CHECK_THAT(answer.error().error.sentence, Catch::Contains("erased"));
  files.note(files.other, "goes on");
  files.ledger.close();
  REQUIRE(files.ledger.open());
  CHECK(files.ledger->vault().erased(files.subject));
  CHECK(files.traces() == std::vector<std::string>{});
  const auto audit = audit_folder(files.ledger.folder());
  REQUIRE(audit);
  CHECK(audit->sound());
  CHECK(audit->counts.erased_parts == 2);
  CHECK(audit->counts.opened_parts == 2);
}

TEST_CASE("an erasure cut off before the log says so is outstanding still, and says the same when it is done again", "[erasure]") {
  Files files;
  files.request();
  files.decide("granted");
  files.fails = true;
  {
    Erasures erasures(*files.ledger, files.voice(), system_clock());
    CHECK(erasures.carry_out({files.person}).error().code == Errc::io);
  }
  CHECK(files.traces() == std::vector<std::string>{});
  files.ledger.close();
  REQUIRE(files.ledger.open());
  files.fails = false;
  std::promise<std::size_t> told;
  Erasures erasures(*files.ledger, files.voice(), system_clock(), [&](const auto& done) { told.set_value(done ? done->size() : 0); });
  erasures.start();  // finds the stream by itself
  CHECK(told.get_future().get() == 1);
  erasures.stop();
  REQUIRE(files.said.size() == 1);
  CHECK(view_event(files.said[0]).body<schema::ErasureExecuted>().parts_destroyed() == 2);
  CHECK(view_event(files.said[0]).body<schema::ErasureExecuted>().keys_destroyed() == 1);
}

TEST_CASE("what the rules would not have said is not done, and is looked at again", "[erasure]") {
  Files files;
  files.request();
  files.decide("granted");
  Erasures erasures(*files.ledger, files.voice(), system_clock());
  files.may = false;
  CHECK(erasures.carry_out({files.person}).value().empty());
  CHECK(files.ledger->vault().find(files.subject).value() == files.key);
  CHECK(files.sealed(2));
  files.may = true;
  CHECK(erasures.carry_out({}).value().size() == 1);
  CHECK(files.ledger->vault().erased(files.subject));
}

TEST_CASE("a refused erasure destroys nothing, nor does a partial one that does not say what it spares", "[erasure]") {
  Files files;
  for (const char* outcome : {"refused", "partial"}) {
    files.request();
    files.decide(outcome);
  }
  Erasures erasures(*files.ledger, files.voice(), system_clock());
  CHECK(erasures.carry_out({files.person}).value().empty());
  CHECK(files.ledger->vault().find(files.subject).value() == files.key);
}

TEST_CASE("the ledger tells of every subject stream that moved", "[erasure]") {
  Files files;
  std::mutex mutex;
  std::condition_variable told;
  std::set<StreamId> moved;
  files.ledger.watch([&](std::vector<StreamId> streams) {
    const std::lock_guard lock(mutex);
    moved.insert(streams.begin(), streams.end());
    told.notify_all();
  });
  files.note(files.other, "no subject stream");
  files.request();
  {
    std::unique_lock lock(mutex);
    CHECK(told.wait_for(lock, std::chrono::seconds(10), [&] { return !moved.empty(); }));
    CHECK(moved == std::set{files.person});
  }
  files.ledger.watch({});
}

TEST_CASE("the ledger's own appends are answered one by one, refusals too", "[erasure]") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  OwnAppends own;
  ledger.forward([&](Outcome outcome) { own.answered(outcome); });
  const auto stream = new_stream();
  const auto recorded = own.append(*ledger, author, case_opened(stream));
  REQUIRE(recorded);
  CHECK(ledger.state(stream).last == recorded->first_position);
  const auto refused = own.append(*ledger, author, case_assigned(stream, 7));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().error.code == Errc::version_conflict);
  ledger.forward({});
  ledger->drain();
  CHECK(own.append(*ledger, author, case_assigned(stream, 2)).error().error.code == Errc::draining);
}
