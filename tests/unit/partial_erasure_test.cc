// An erasure in part: what the exception keeps is read as before, in every copy there is; what it does not keep nobody reads again.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "ledger/backup.h"
#include "ledger/erasure.h"
#include "ledger/history.h"
#include "ledger/own_appends.h"
#include "tests/support/audits.h"
#include "tests/support/refs.h"

using namespace samples;
using namespace caseledger;

namespace {

constexpr std::string_view secret = "Marisol Quintanilla-Reyes, 17 Alder Lane";

struct Desk {
  TestLedger ledger;
  OwnAppends own;
  Signer desk = ledger.enrol({"case_system"}), officer = ledger.enrol({"privacy_officer"});
  StreamId tried = new_stream(), other_case = new_stream(), person = new_stream();
  SubjectId subject = person, bystander = new_stream();
  SubjectKey old_key{};
  std::string old_root;

  Desk() {
    listen();
    ledger.record(desk, {case_opened(tried)});
    ledger.record(desk, {case_opened(other_case)});
    for (const auto& stream : {tried, other_case, other_case, tried}) note(stream, subject);  // versions 2, 2, 3, 3
    note(other_case, bystander);                                                               // version 4
    old_key = ledger->vault().find(subject).value();
    old_root = read(ledger.folder() / "vault/root");
  }
  ~Desk() { ledger.forward({}); }
  void listen() {
    ledger.forward([this](Outcome outcome) { own.answered(outcome); });
  }

  void note(const StreamId& stream, const SubjectId& of) {
    const boost::json::object line{{"stream", to_string(stream)}, {"kind", "case"}, {"version", ledger.state(stream).version + 1}, {"type", "CaseStatusNoted"},
                                   {"occurred_at", "2024-03-05T14:00:00Z"}, {"precision", "minute"}, {"operator", "op-1"}, {"handling", "internal"}, {"body", {{"category", "contact"}}},
                                   {"sealed", {{{"subject", to_string(of)}, {"handling", "child_sensitive"}, {"fields", {{"note", secret}}}}}}};
    auto made = api::event_from_json(api::to_text(line), api::system_random()).value();
    ledger.record(desk, {made.event}, made.openings);
  }
  Version next() { return ledger.state(person).version + 1; }
  void request() {
    ledger.record(desk, {event("ErasureRequested", "subject", person, next(), R"({"subject_id":")" + to_string(subject) + R"(","basis":"gdpr17"})")});
  }
  TestLedger::Answer decide(const std::string& spared) {
    const Version asked = next() - 1;
    return ledger.submit(ledger.sign(officer, {event("ErasureDecided", "subject", person, next(),
                                                     R"({"request":)" + ref(person, asked) + R"(,"basis":"gdpr17","outcome":"partial","exception_code":"art17-3e")" + spared + "}",
                                                     {.operator_code = "op-2", .causes = causes(person, asked)})}));
  }
  Erasures::Voice voice() {
    return service_voice(*ledger, ledger.service(), system_clock(), [this](Bytes said) -> std::expected<void, Rejection> {
      auto recorded = own.append(*ledger, ledger.service(), said);
      return recorded ? std::expected<void, Rejection>() : std::unexpected(recorded.error());
    });
  }
  std::vector<Erasures::Done> carry_out() { return Erasures(*ledger, voice(), system_clock()).carry_out({person}).value(); }

  // Which notes open, by case and version: "tried 2, other 4".
  static std::string readable(const store::Log& log, const store::Vault& vault, const std::string& origin, const StreamId& tried) {
    std::string all;
    Buffer scratch;
    auto scan = log.scan({0});
    for (; scan->valid(); scan->next()) {
      const auto row = scan->batch();
      REQUIRE(each_event(*row, scratch, [&](const EventView& view, Position position) {
        if (!view.fields->parts()) return;
        const auto& part = *view.fields->parts()->Get(0);
        const auto stored = log.sealed_part(position, 0);
        const PartPlace place{view.stream, view.version, 0};
        const auto key = vault.find(uuid_of(*part.subject()), place);
        Hash commitment;
        std::memcpy(commitment.bytes.data(), part.commitment(), 32);
        if (!stored || !key || !unseal_part(*key, origin, place, commitment, bytes_of(*stored))) return;
        all += (all.empty() ? "" : ", ") + std::string(view.stream == tried ? "tried " : "other ") + std::to_string(view.version);
      }));
    }
    return all;
  }
  std::string readable() { return readable(ledger->log(), ledger->vault(), ledger.origin(), tried); }

  // In every file of the folder: the plaintext, the key that was, the root that was, and whatever the old key opens.
  std::vector<std::string> traces() {
    std::vector<std::string> found;
    for (const auto& file : files_below(ledger.folder())) {
      const std::string bytes = read(ledger.folder() / file);
      for (const auto& [what, name] : {std::pair(secret, "plaintext"), std::pair(text_of(old_key), "key"), std::pair(std::string_view(old_root), "root")})
        if (bytes.find(what) != std::string::npos) found.push_back(std::string(name) + " in " + file);
    }
    return found;
  }
};

}  // namespace

TEST_CASE("a partial erasure destroys what its exception does not keep, and the key that opened it", "[erasure]") {
  Desk desk;
  const PartPlace gone{desk.other_case, 2, 0};
  const auto events = walk(desk.ledger->log(), desk.ledger.state(desk.other_case).last, desk.ledger.state(desk.other_case).version).value();
  const std::string ciphertext = desk.ledger->log().sealed_part(events[1].position, 0).value();
  desk.request();
  CHECK(desk.decide("").error().error.code == Errc::illegal_transition);  // spares nothing
  REQUIRE(desk.decide(R"(,"spared":[)" + ref(desk.tried, 0) + "]"));
  desk.note(desk.other_case, desk.subject);  // after the decision: none of its business
  const auto done = desk.carry_out();
  REQUIRE(done.size() == 1);
  CHECK(done[0].destroyed.parts == 2);
  CHECK(done[0].destroyed.keys == 1);
  CHECK(desk.readable() == "tried 2, tried 3, other 4, other 5");
  CHECK(desk.traces() == std::vector<std::string>{});
  for (const auto& file : files_below(desk.ledger.folder()))
    CHECK(read(desk.ledger.folder() / file).find(ciphertext.substr(24, 64)) == std::string::npos);
  CHECK(desk.ledger->vault().find(desk.subject).value() != desk.old_key);
  CHECK(desk.ledger->vault().find(desk.subject, gone).value() != part_key(desk.old_key, gone));

  desk.note(desk.tried, desk.subject);  // life goes on
  desk.ledger.close();
  REQUIRE(desk.ledger.open());
  CHECK(desk.readable() == "tried 2, tried 3, other 4, other 5, tried 4");
  CHECK(outstanding_erasures(*desk.ledger, desk.person).value().empty());
  const auto audit = audit_folder(desk.ledger.folder());
  REQUIRE(audit);
  for (const auto& finding : audit->findings) UNSCOPED_INFO(finding.sentence);
  CHECK(audit->findings.empty());
  CHECK(audit->counts.erased_parts == 2);
  CHECK(audit->counts.opened_parts == 5);

  // Another one, of a single event; then all that is left.
  desk.listen();
  desk.request();
  REQUIRE(desk.decide(R"(,"spared":[)" + ref(desk.tried, 3) + "]"));
  CHECK(desk.carry_out().at(0).destroyed.parts == 5);  // two of them were gone
  CHECK(desk.readable() == "tried 3, other 4");
  REQUIRE(desk.ledger->vault().erase(std::vector{desk.subject}));
  CHECK(desk.readable() == "other 4");
}

TEST_CASE("backups made before a partial erasure give back what it kept and nothing else", "[erasure][backup]") {
  Desk desk;
  const Scratch scratch;
  const auto backup = scratch / "backup", before = scratch / "before.copy", after = scratch / "after.copy";
  REQUIRE(back_up(desk.ledger.folder(), desk.ledger.log_vkey(), backup, {.vault = before, .progress = {}}));
  desk.request();
  REQUIRE(desk.decide(R"(,"spared":[)" + ref(desk.tried, 0) + "]"));
  REQUIRE(desk.carry_out().size() == 1);
  desk.note(desk.tried, desk.subject);
  REQUIRE(back_up(desk.ledger.folder(), desk.ledger.log_vkey(), backup, {.vault = after, .progress = {}}));
  const auto restored = [&](const std::filesystem::path& copy) {
    const auto target = scratch / (copy.stem().string() + ".restored");
    const auto done = restore(backup, target, {.log_key = desk.ledger.log_vkey(), .vault = copy, .last_signed = {}, .progress = {}});
    INFO((done ? "" : done.error().sentence));
    REQUIRE(done);
    CHECK(done->erased_subjects == 1);
    const auto log = store::Log::open(target / "store/log").value();
    const auto vault = store::Vault::open(target / "vault", desk.ledger.origin()).value();
    return Desk::readable(*log, *vault, desk.ledger.origin(), desk.tried);
  };
  CHECK(restored(after) == "tried 2, tried 3, other 4, tried 4");
  CHECK(restored(before) == "tried 2, tried 3, other 4");  // the last note's key is not in that copy
}

TEST_CASE("wherever a crash cuts a partial erasure off, it is done again and keeps what it keeps", "[erasure]") {
  Desk desk;
  desk.request();
  REQUIRE(desk.decide(R"(,"spared":[)" + ref(desk.tried, 0) + "]"));
  const auto due = outstanding_erasures(*desk.ledger, desk.person).value();
  REQUIRE(due.size() == 1);
  desk.ledger.forward({});
  desk.ledger.close();
  const auto vault_folder = desk.ledger.folder() / "vault";
  const Scratch scratch;
  std::vector<std::filesystem::path> left{scratch / "untouched"};
  std::filesystem::copy(vault_folder, left[0]);
  {
    const auto vault = store::Vault::open(vault_folder, desk.ledger.origin()).value();
    const std::vector kept{PartPlace{desk.tried, 2, 0}, PartPlace{desk.tried, 3, 0}};
    CHECK(vault->exchange(desk.subject, kept, [&](store::Vault::Step step) {
      left.push_back(scratch / ("after-" + std::to_string(static_cast<int>(step))));
      std::filesystem::copy(vault_folder, left.back());
    }).value());
  }
  REQUIRE(left.size() == 6);
  for (const auto& crashed : left) {
    INFO(crashed);
    std::filesystem::remove_all(vault_folder);
    std::filesystem::copy(crashed, vault_folder);
    REQUIRE(desk.ledger.open());
    const auto destroyed = destroy(desk.ledger->log(), desk.ledger->vault(), desk.ledger.origin(), due, {0}, desk.ledger->head().next);
    REQUIRE(destroyed);
    CHECK(destroyed->at(0).parts == 2);
    CHECK(desk.readable() == "tried 2, tried 3, other 4");
    CHECK(desk.traces() == std::vector<std::string>{});
    desk.ledger.close();
    CHECK(audit_folder(desk.ledger.folder())->sound());
  }
}
