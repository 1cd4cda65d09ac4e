// Excision: by order of a court an event's bytes give way to their leaf hash, everywhere and for good, and every proof still holds.
#include "ledger/core/sealed.h"
#include "ledger/history.h"
#include "tests/support/excised.h"
#include "tests/support/service.h"

using namespace samples;
using rules::Phase;

namespace {

constexpr std::string_view marker = "cw-nobody-may-read-this-any-more";
constexpr std::string_view child = "0192f0c1-0000-7000-8000-0000000000aa";

Buffer marked(const StreamId& stream, Version version) {
  return event("CaseAssigned", "case", stream, version, R"({"to_actor":")" + std::string(marker) + "\"}");
}

// A case whose second event is to go: v1 opened, v2 assigned (marked), v3 noted with a sealed part, v4 assigned.
struct Desk {
  Service service;
  TestLedger& ledger = service.ledger;
  Signer clerk = ledger.enrol({"case_system"}), head = ledger.enrol({"supervisor"}), officer = ledger.enrol({"privacy_officer"});
  StreamId stream = new_stream();
  Position first;

  Desk() {
    const auto noted = case_noted(stream, 3, "the sealed note");
    auto openings = noted.openings;
    openings[0].event = 2;
    first = ledger.record(clerk, {case_opened(stream), marked(stream, 2), noted.event}, openings).first_position;
    ledger.record(clerk, {case_assigned(stream, 4)});
  }

  std::expected<void, Error> excise(Version version) { return excise(stream, version, "case"); }
  std::expected<void, Error> excise(const StreamId& of, Version version, std::string_view kind) {
    return samples::excise(ledger, officer, excision(of, version, position_of(ledger, of, version), kind));
  }
  Errc refused(Version version) { return refused(stream, version, "case"); }
  Errc refused(const StreamId& of, Version version, std::string_view kind) {
    const auto done = excise(of, version, kind);
    REQUIRE_FALSE(done);
    INFO(done.error().sentence);
    CHECK(done.error().sentence.size() > 20);
    return done.error().code;
  }
  // Step by step or from the log alone: the same; opened anew: the same; and the audit has nothing to say.
  void hold(std::uint64_t excised = 1, std::uint64_t unjudged = 0) {
    service.fold();
    const auto rebuilt = projections::rebuild(ledger->log(), ledger->head().size, 2);
    REQUIRE(rebuilt);
    service.runner().read([&](const projections::Folds& folds, EntryIndex, Micros) { CHECK(*folds.digests() == *rebuilt->digests()); });
    const auto audit = audit_folder(ledger.folder(), trusting(ledger.log_vkey()));
    REQUIRE(audit);
    INFO(told(*audit));
    CHECK(audit->findings.empty());
    CHECK(audit->counts.excised_events == excised);
    CHECK(audit->counts.unjudged_events == unjudged);
  }
};

std::string text(Bytes bytes) { return std::string(text_of(bytes)); }

}  // namespace

TEST_CASE("an excised event leaves its hash, and its bytes in no file of the folder", "[excision]") {
  Scratch scratch;
  TestLedger ledger;
  const Signer clerk = ledger.enrol({"case_system"}), officer = ledger.enrol({"privacy_officer"});
  const auto stream = new_stream();
  const auto noted = case_noted(stream, 3, "the sealed note");
  auto openings = noted.openings;
  openings[0].event = 2;
  const Buffer goes = marked(stream, 2);
  const auto first = ledger.record(clerk, {case_opened(stream), goes, noted.event}, openings).first_position;
  ledger.record(clerk, {case_assigned(stream, 4)});
  const auto before = ledger->head();
  const auto earlier = receipt(ledger->log(), ledger->tiles(), first + 1, false, before.size, before.checkpoint);
  const auto sealed = ledger->log().sealed_part(first + 2, 0);
  REQUIRE(sealed);
  REQUIRE_FALSE(files_with(ledger.folder(), marker).empty());
  REQUIRE_FALSE(files_with(ledger.folder(), *sealed).empty());
  const auto leaf = leaf_hash(goes);

  REQUIRE(excise(ledger, officer, excision(stream, 2, first + 1, "case")));
  REQUIRE(excise(ledger, officer, excision(stream, 3, first + 2, "case")));
  CHECK(ledger.state(stream).version == 4);
  const auto stored = ledger->log().event(first + 1);
  REQUIRE(stored);
  CHECK(stored->kind == ItemKind::leaf);
  CHECK(equal(stored->bytes, leaf.bytes));
  CHECK(ledger->log().sealed_part(first + 2, 0).error().code == Errc::not_found);

  // Proofs made before and after, of this event and of its neighbours.
  const Policy policy{{ledger.log_vkey()}, {}, {}, "none"};
  CHECK(verify_receipt(*earlier, policy, goes));
  const auto head = ledger->head();
  const auto again = receipt(ledger->log(), ledger->tiles(), first, false, head.size, head.checkpoint);
  CHECK(verify_receipt(*again, policy, ledger->log().event(first)->bytes));
  CHECK(verify_receipt(*receipt(ledger->log(), ledger->tiles(), first + 1, false, head.size, head.checkpoint), policy, goes));
  CHECK(verify_receipt(*receipt(ledger->log(), ledger->tiles(), first, true, head.size, head.checkpoint), policy));

  REQUIRE(purged(ledger));
  for (const std::string& bytes : {std::string(marker), text(goes), *sealed, text(noted.event)}) CHECK(gone_from(ledger.folder(), bytes));
  ledger.close();
  for (const std::string& bytes : {std::string(marker), text(goes), *sealed, text(noted.event)}) CHECK(gone_from(ledger.folder(), bytes));
  REQUIRE(ledger.open());
  CHECK(ledger.state(stream).version == 4);
}

TEST_CASE("whoever resends an excised event is told that its version is taken", "[excision]") {
  Desk desk;
  const Buffer goes = desk.ledger->log().event(desk.first + 1)->bytes;
  REQUIRE(desk.excise(2));
  const auto answer = desk.ledger.submit(desk.ledger.sign(desk.clerk, {goes}));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == Errc::version_conflict);
}

TEST_CASE("excising takes a privacy officer and the governors' threshold, and neither alone", "[excision]") {
  Desk desk;
  const std::string action = excision(desk.stream, 2, desk.first + 1, "case");
  const auto still_there = [&] { return desk.ledger->log().event(desk.first + 1)->kind == ItemKind::event; };
  const Version proposed = desk.ledger.state(desk.ledger.governance()).version + 1;
  REQUIRE(desk.ledger.propose(desk.ledger.governor(), action));  // one governor is the threshold here
  CHECK(still_there());
  CHECK(desk.ledger.approve(desk.clerk, proposed).error().error.code == Errc::not_permitted);
  CHECK(still_there());
  REQUIRE(desk.ledger.approve(desk.officer, proposed));
  CHECK_FALSE(still_there());
  CHECK(desk.ledger.approve(desk.officer, proposed).error().error.code == Errc::illegal_transition);
}

TEST_CASE("a privacy officer decides on nothing but excisions", "[excision]") {
  Desk desk;
  const auto answer = desk.ledger.propose(desk.officer, R"({"type":"EntriesPublished","from_index":0})");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == Errc::not_permitted);
  const Signer revoked = desk.ledger.enrol({"privacy_officer"});
  const Version proposed = desk.ledger.state(desk.ledger.governance()).version + 1;
  REQUIRE(desk.ledger.propose(revoked, excision(desk.stream, 2, desk.first + 1, "case")));
  desk.ledger.revoke(revoked.vkey());
  REQUIRE(desk.ledger.approve(desk.ledger.governor(), proposed));
  CHECK(desk.ledger->log().event(desk.first + 1)->kind == ItemKind::event);  // the officer's word no longer counts
}

TEST_CASE("an excision names its event as it is recorded", "[excision]") {
  Desk desk;
  const auto asked = [&](const std::string& action) {
    const auto answer = desk.ledger.propose(desk.officer, action);
    REQUIRE_FALSE(answer);
    return answer.error().error.code;
  };
  CHECK(asked(excision(desk.stream, 2, desk.first, "case")) == Errc::value_out_of_range);
  CHECK(asked(excision(desk.stream, 2, desk.first + 1, "report")) == Errc::value_out_of_range);
  CHECK(asked(excision(desk.stream, 0, desk.first + 1, "case")) == Errc::value_out_of_range);
  CHECK(asked(excision(desk.stream, 9, desk.first + 1, "case")) == Errc::unresolved_reference);
  CHECK(asked(R"({"type":"EventExcised","target":{"stream":")" + to_string(desk.stream) + R"(","version":2},"authority":"court"})") == Errc::value_out_of_range);
  REQUIRE(desk.excise(2));
  CHECK(asked(excision(desk.stream, 2, desk.first + 1, "case")) == Errc::unresolved_reference);  // gone already
}

TEST_CASE("a stream is folded without what was excised of it", "[excision]") {
  Desk desk;
  const auto stream = new_stream();
  desk.ledger.record(desk.clerk, {case_opened(stream), event("CaseSubjectAdded", "case", stream, 2, R"({"subject_id":")" + std::string(child) + R"(","role":"missing_child"})"),
                                  event("ChildRecovered", "case", stream, 3, R"({"subject_id":")" + std::string(child) +
                                        R"(","at":"2024-03-06T00:00:00Z","verified_by":"le-1","outcome":"safe"})", {.handling = "child_sensitive"})});
  CHECK(desk.ledger.state(stream).phase == Phase::recovered);
  desk.service.fold();
  REQUIRE(desk.excise(stream, 3, "case"));
  CHECK(desk.ledger.state(stream).phase == Phase::active);
  CHECK(desk.ledger.state(stream).version == 3);
  CHECK(desk.ledger.state(stream).recovered == 0);
  desk.hold();

  // What followed goes on from there: also behind a close, which rests on the child's recovery.
  desk.ledger.record(desk.clerk, {case_assigned(stream, 4)});
  CHECK(desk.service.read("/v1/streams/" + to_string(stream)).at("phase").as_string() == "active");
  desk.hold();
}

TEST_CASE("what a later event could not stand without is not excised before it", "[excision]") {
  Desk desk;
  const auto stream = new_stream();
  const std::string first_close = R"([{"stream":")" + to_string(stream) + R"(","version":4}])";
  desk.ledger.record(desk.clerk, {case_opened(stream), event("CaseSubjectAdded", "case", stream, 2, R"({"subject_id":")" + std::string(child) + R"(","role":"missing_child"})"),
                                  event("ChildRecovered", "case", stream, 3, R"({"subject_id":")" + std::string(child) +
                                        R"(","at":"2024-03-06T00:00:00Z","verified_by":"le-1","outcome":"safe"})", {.handling = "child_sensitive"}),
                                  event("CaseClosed", "case", stream, 4, R"({"reason":"recovered"})")});
  desk.ledger.record(desk.head, {event("CaseClosed", "case", stream, 5, R"({"reason":"recovered"})", {.operator_code = "op-2", .causes = first_close})});
  CHECK(desk.refused(stream, 3, "case") == Errc::illegal_transition);
  CHECK(desk.refused(stream, 2, "case") == Errc::illegal_transition);
  CHECK(desk.refused(stream, 1, "case") == Errc::illegal_transition);
  for (const Version version : {5u, 4u, 3u, 2u, 1u}) REQUIRE(desk.excise(stream, version, "case"));
  CHECK(desk.ledger.state(stream).phase == Phase::none);
  CHECK(desk.ledger.state(stream).version == 5);
  desk.hold(5);
  const auto answer = desk.ledger.submit(desk.ledger.sign(desk.clerk, {case_assigned(stream, 6)}));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().error.code == Errc::illegal_transition);
  CHECK(desk.ledger.state(stream).kind == StreamKind::case_);
  CHECK(desk.ledger.submit(desk.ledger.sign(desk.clerk, {case_opened(stream)})).error().error.code == Errc::version_conflict);
}

TEST_CASE("of a corrected event the replacement goes first", "[excision]") {
  Desk desk;
  const std::string target = R"({"stream":")" + to_string(desk.stream) + R"(","version":2})", request = R"({"stream":")" + to_string(desk.stream) + R"(","version":5})";
  desk.ledger.record(desk.clerk, {event("CorrectionRequested", "case", desk.stream, 5, R"({"target":)" + target + R"(,"replacement":")" + base64(marked(desk.stream, 2)) + R"(","reason_code":"typo"})")});
  desk.ledger.record(desk.head, {event("CorrectionDecided", "case", desk.stream, 6, R"({"request":)" + request + R"(,"decision":"approved"})",
                                       {.operator_code = "op-2", .causes = "[" + request + "]"})});
  CHECK(desk.refused(2) == Errc::illegal_transition);
  REQUIRE(desk.excise(5));
  REQUIRE(desk.excise(2));
  desk.hold(2, 1);  // the decision that approved the replacement: its request is gone
  REQUIRE(purged(desk.ledger));
  CHECK(gone_from(desk.ledger.folder() / "store" / "log", marker));
}

TEST_CASE("governance, looks, erasures and policies in force stay on record", "[excision]") {
  Desk desk;
  CHECK(desk.refused(desk.ledger.governance(), 2, "governance") == Errc::illegal_transition);
  const auto looks = new_stream(), person = new_stream();
  desk.ledger.record(desk.officer, {event("RecordViewed", "access", looks, 1, R"({"is_owner":true})")});
  CHECK(desk.refused(looks, 1, "access") == Errc::illegal_transition);
  desk.ledger.record(desk.clerk, {event("ErasureRequested", "subject", person, 1, R"({"subject_id":")" + to_string(person) + R"(","basis":"gdpr17"})")});
  CHECK(desk.refused(person, 1, "subject") == Errc::illegal_transition);
}

TEST_CASE("a decision that comes within the same moment as its target waits for it", "[excision]") {
  Desk desk;
  const auto head = desk.ledger->head();
  const auto stream = new_stream();
  const auto proposal = event("ProposalMade", "governance", desk.ledger.governance(), desk.ledger.state(desk.ledger.governance()).version + 1,
                              R"({"action":)" + excision(stream, 1, head.next, "case") + '}', {.jurisdiction = {}, .operator_code = "governor"});
  CHECK_FALSE(desk.ledger.submit(desk.ledger.sign(desk.officer, {proposal})));  // nothing there yet
  CHECK(desk.ledger->log().end()->size.value == head.size);
}

TEST_CASE("readers are told nothing of an excised event but its hash", "[excision]") {
  Desk desk;
  const Buffer goes = desk.ledger->log().event(desk.first + 1)->bytes;
  REQUIRE(desk.excise(2));
  const auto position = std::to_string((desk.first + 1).value);
  const auto gone = desk.service.ask("/v1/events/" + position);
  CHECK(gone.status == 404);
  CHECK(gone.body.find(hex(leaf_hash(goes).bytes)) != std::string::npos);
  CHECK(gone.body.find("by order of court-3/117") != std::string::npos);
  for (const std::string& path : {std::string("/v1/events"), "/v1/streams/" + to_string(desk.stream), "/v1/streams/" + to_string(desk.stream) + "/events",
                                 "/v1/streams/" + to_string(desk.stream) + "?as_of=" + std::to_string(desk.ledger->head().size - 2)}) {
    const auto answer = desk.service.ask(path);
    INFO(path);
    CHECK(answer.status == 200);
    CHECK(answer.body.find(marker) == std::string::npos);
  }
  CHECK(desk.service.ask("/v1/receipts/" + position).status == 200);
}

TEST_CASE("events in log order tell of excised places, page by page, to whoever reads everything and asks nothing of them", "[excision]") {
  Desk desk;
  REQUIRE(desk.excise(2));
  REQUIRE(desk.excise(3));
  const auto listed = [&](const std::string& query) {
    std::string all;
    const auto page = desk.service.read("/v1/events?from=" + std::to_string(desk.first.value) + query);
    for (const auto& each : page.at("events").as_array()) {
      const auto position = each.at("position").to_number<std::uint64_t>();
      if (position < desk.first.value + 4) all += (each.as_object().contains("event") ? " " : " -") + std::to_string(position - desk.first.value);
    }
    return all + ", next " + std::to_string(page.at("next").to_number<std::uint64_t>() - desk.first.value);
  };
  CHECK(listed("&limit=4") == " 0 -1 -2 3, next 4");
  CHECK(listed("&limit=2") == " 0 -1, next 2");
  CHECK(listed("&limit=2&kind=case") == " 0 3, next 4");
  const auto page = desk.service.read("/v1/events?limit=1&from=" + std::to_string((desk.first + 2).value));
  CHECK(page.at("events").at(0).at("excised").at("authority") == "court-3/117");
  CHECK(page.at("events").at(0).at("excised").at("version") == 3);
  const auto ends = desk.service.read("/v1/events?from=" + std::to_string((desk.first + 3).value) + "&limit=1");
  CHECK(ends.at("events").at(0).as_object().contains("event"));
}

TEST_CASE("whoever reads a stream is told of its excised places by whose order and by whom they were decided", "[excision]") {
  Desk desk;
  const std::string path = "/v1/streams/" + to_string(desk.stream);
  CHECK_FALSE(desk.service.read(path).contains("excised"));
  const auto before = std::to_string(desk.ledger->head().size);
  REQUIRE(desk.excise(2));
  for (const std::string& query : {std::string(), "?as_of=entries:" + before}) {
    const auto told = desk.service.read(path + query);
    CHECK(told.at("timeline").as_array().size() == 3);
    const auto& places = told.at("excised").as_array();
    REQUIRE(places.size() == 1);
    CHECK(places[0].at("version") == 2);
    CHECK(places[0].at("position").to_number<std::uint64_t>() == (desk.first + 1).value);
    CHECK(places[0].at("authority") == "court-3/117");
    CHECK(places[0].at("approved_by").as_array().size() == 2);
    CHECK(places[0].at("decided_at").as_string() > places[0].at("recorded_at").as_string());
  }
  const auto versions = [&](const std::string& query) {
    std::string all;
    const auto page = desk.service.read(path + "/events" + query);
    for (const auto& each : page.at("events").as_array()) {
      const bool there = each.as_object().contains("event");
      all += (there ? " " : " -") + std::to_string(each.at(there ? "event" : "excised").at("version").as_int64());
    }
    return all + ", next " + std::to_string(page.at("next").as_int64());
  };
  CHECK(versions("") == " 1 -2 3 4, next 5");
  CHECK(versions("?limit=2") == " 1 -2, next 3");
  CHECK(versions("?from=2&limit=1") == " -2, next 3");
  CHECK(versions("?from=3") == " 3 4, next 5");
  REQUIRE(desk.excise(4));
  CHECK(desk.service.read(path).at("version") == 4);
  CHECK(versions("") == " 1 -2 3 -4, next 5");
  for (const Version version : {3u, 1u}) REQUIRE(desk.excise(version));
  const auto told = desk.service.read(path);
  CHECK(told.at("phase") == "none");
  CHECK(told.at("timeline").as_array().empty());
  CHECK(told.at("excised").as_array().size() == 4);
  CHECK(versions("") == " -1 -2 -3 -4, next 5");
  CHECK(desk.service.problem(path + "/changes?since=entries:1") == "not_found");
}
