// What an event claims: no time that has to have come lies ahead of the ledger's clock, times of one body are in their order, a
// jurisdiction is a code. What was recorded before these rules stands, and the audit warns of it.
#include <catch2/catch.hpp>
#include <set>

#include "ledger/core/body_times.h"
#include "ledger/core/reflected.h"
#include "tests/support/audits.h"
#include "tests/support/refs.h"

using namespace caseledger;
using namespace samples;

namespace {

constexpr Micros second = 1'000'000, now = 1'750'000'000 * second;
constexpr std::string_view child = "0192f0c1-0000-7000-8000-0000000000aa";

TestLedger::Wish at_now() { return {.clock = {[] { return now; }, [] { return now; }}}; }

std::string quoted(std::string_view name, Micros at) { return '"' + std::string(name) + R"(":")" + to_rfc3339(at) + '"'; }

// What became of it: the code and the sentence behind the name of its stream; empty when it was recorded.
std::string told(TestLedger& ledger, const Signer& author, const Buffer& event) {
  const auto answer = ledger.submit(ledger.sign(author, {event}));
  if (answer) return {};
  const auto& [code, sentence] = answer.error().error;
  return std::string(name(code)) + ": " + sentence.substr(sentence.find(": ") + 2);
}

std::string alert_body(Micros observed, Micros raised, Micros received) {
  return R"({"detector_kind":"lpr","vendor":"v","jurisdiction":"US-TX",)" + quoted("observed_at", observed) + ',' + quoted("raised_at", raised) + ',' + quoted("received_at", received) + '}';
}

Buffer known_to(std::string_view precision, const Buffer& event) {
  auto line = api::event_to_json(view_event(event));
  line["precision"] = precision;
  return api::event_from_json(api::to_text(line), api::system_random())->event;
}

Buffer alert(Micros observed, Micros raised, Micros received, std::string_view precision = "us") {
  return known_to(precision, event("AlertRaised", "alert", new_stream(), 1, alert_body(observed, raised, received)));
}

std::string case_body(Micros contact, std::string_view more = "") {
  return R"({"case_type":"ERU","clocks":[{"clock":"last_contact",)" + quoted("at", contact) + std::string(more) + R"(}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})";
}

Buffer opened(const StreamId& stream, Micros contact, std::string_view more = "") {
  return event("CaseOpened", "case", stream, 1, case_body(contact, more), {.handling = "child_sensitive"});
}

}  // namespace

TEST_CASE("no time of a body lies further ahead of the ledger's clock than its tolerance") {
  TestLedger ledger(at_now());
  const auto author = ledger.enrol({"case_system", "automated_source"});
  const Micros latest = now + std::chrono::microseconds(Config().clock_tolerance).count();
  CHECK(told(ledger, author, alert(now, now, latest)) == "");
  CHECK(told(ledger, author, alert(now, now, latest + 1)) ==
        "future: AlertRaised.received_at " + to_rfc3339(latest + 1) + " lies in the future of the ledger's clock, " + to_rfc3339(now));
  const auto stream = new_stream();
  CHECK(told(ledger, author, opened(stream, latest + 1)).starts_with("future: Clock.at "));
  CHECK(told(ledger, author, opened(stream, now, "," + quoted("until", latest + 1))).starts_with("future: Clock.until "));
  CHECK(told(ledger, author, opened(stream, now, "," + quoted("until", latest))) == "");
  CHECK(told(ledger, author, event("CasePublicNotice", "case", stream, 2, R"({"kind":"amber","action":"activated",)" + quoted("at", latest + 1) + '}')).starts_with("future: CasePublicNotice.at "));
  CHECK(told(ledger, author, event("TriageQueueEntered", "case", stream, 2, R"({"queue":"q",)" + quoted("entered_at", latest + 1) + '}')).starts_with("future: "));
  CHECK(told(ledger, author, event("CaseSubjectAdded", "case", stream, 2, R"({"subject_id":")" + std::string(child) + R"(","role":"missing_child"})")) == "");
  for (const std::string_view type : {"ChildLocated", "ChildRecovered"}) {
    const auto back = [&](Micros at) {
      return event(type, "case", stream, 3, R"({"subject_id":")" + std::string(child) + R"(","outcome":"safe","verified_by":"le-1",)" + quoted("at", at) + '}', {.handling = "child_sensitive"});
    };
    CHECK(told(ledger, author, back(latest + 1)).starts_with("future: " + std::string(type) + ".at "));
  }
}

TEST_CASE("what is due, valid or in force until some day may lie ahead") {
  TestLedger ledger(at_now());
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  CHECK(told(ledger, author, event("AnalysisRequested", "analysis", new_stream(), 1, R"({"kind":"geo","requested_by_class":"le",)" + quoted("due_at", 4 * now) + '}')) == "");
  CHECK(told(ledger, author, opened(stream, now)) == "");
  CHECK(told(ledger, author, event("CaseSuspendedLongTerm", "case", stream, 2, R"({"criteria":"c",)" + quoted("next_review_at", 4 * now) + '}')) == "");
  CHECK(told(ledger, author, event("AccessGranted", "case", stream, 3, R"({"organisation":"org-2","reason_code":"c",)" + quoted("until", 4 * now) + '}')) == "");
}

TEST_CASE("times of one body are in order, as exactly as clocks and the event's precision allow") {
  TestLedger ledger(at_now());
  const auto author = ledger.enrol({"case_system", "automated_source"});
  const Micros then = now - 90 * 86'400 * second, skew = std::chrono::microseconds(Config().clock_tolerance).count();
  CHECK(told(ledger, author, alert(then + skew, then, then)) == "");
  CHECK(told(ledger, author, alert(then + skew + 1, then, then)) ==
        "value_out_of_range: AlertRaised.raised_at " + to_rfc3339(then) + " lies before observed_at, " + to_rfc3339(then + skew + 1));
  CHECK(told(ledger, author, alert(then, then + skew + 1, then)).starts_with("value_out_of_range: AlertRaised.received_at "));
  CHECK(told(ledger, author, known_to("us", opened(new_stream(), then, "," + quoted("until", then - skew - 1)))).starts_with("value_out_of_range: Clock.until "));
  const auto received_at = [&](std::string_view precision, Micros received) { return told(ledger, author, alert(then, then, received, precision)); };
  constexpr Micros day = 86'400 * second;
  CHECK(received_at("hour", then - 3600 * second - skew) == "");
  CHECK(received_at("hour", then - 3600 * second - skew - 1).starts_with("value_out_of_range: "));
  CHECK(received_at("day", then - day - skew) == "");
  CHECK(received_at("month", then - 31 * day - skew) == "");
  CHECK(received_at("month", then - 31 * day - skew - 1).starts_with("value_out_of_range: "));
}

TEST_CASE("what another system recorded is taken in whatever order it has, and not from the future") {
  TestLedger ledger(at_now());
  const auto importer = ledger.enrol({"importer"});
  const Micros then = now - 86'400 * second;
  const auto recorded = [&](Micros received) { return imported_event("AlertRaised", "alert", new_stream(), 1, alert_body(then, then, received)); };
  CHECK(told(ledger, importer, recorded(then - 3600 * second)) == "");
  CHECK(told(ledger, importer, recorded(now + 3600 * second)).starts_with("future: "));
  ledger.close();
  const auto audit = audit_folder(ledger.folder(), trusting(ledger.log_vkey()));
  REQUIRE(audit);
  CHECK(told(*audit) == "");
}

TEST_CASE("a replacement is held to what it claims when the correction is asked for") {
  TestLedger ledger(at_now());
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  REQUIRE(told(ledger, author, opened(stream, now)) == "");
  const auto asked = [&](const Buffer& replacement) {
    return told(ledger, author, event("CorrectionRequested", "case", stream, 2, R"({"target":)" + ref(stream, 1) + R"(,"reason_code":"typo","replacement":")" + base64(replacement) + R"("})"));
  };
  CHECK(asked(opened(stream, now + 3600 * second)).starts_with("future: Clock.at "));
  CHECK(asked(event("CaseOpened", "case", stream, 1, case_body(now), {.handling = "child_sensitive", .occurred_at = to_rfc3339(4 * now)})).starts_with("future: occurred_at "));
  CHECK(asked(opened(stream, now - 3600 * second)) == "");
}

TEST_CASE("corrections within corrections, as deep as an event can hold, are refused by the outermost, and an audit finds it") {
  TestLedger ledger(at_now());
  const auto author = ledger.enrol({"case_system"});
  const auto stream = new_stream();
  REQUIRE(told(ledger, author, opened(stream, now)) == "");
  const auto asks = [&](Version version, Version target, const Buffer& replacement) {
    return event("CorrectionRequested", "case", stream, version,
                 R"({"target":)" + ref(stream, target) + R"(,"reason_code":"typo","replacement":")" + base64(replacement) + R"("})");
  };
  Buffer nested = opened(stream, 4 * now);  // what is innermost lies ahead, and is never come to
  int depth = 0;
  for (; nested.size() + 1024 < event_bytes_max; ++depth) nested = asks(1, 1, nested);
  CHECK(depth > 50);
  CHECK(told(ledger, author, asks(2, 1, nested)) == "value_out_of_range: the replacement has to be of the same stream, version and type as its target");
  const Buffer asked = asks(2, 1, opened(stream, now - second));
  REQUIRE(told(ledger, author, asked) == "");
  CHECK(told(ledger, author, asks(3, 2, asks(2, 1, nested))) == "value_out_of_range: a correction or retraction is itself neither corrected nor retracted; ask for another");

  Forger forger;
  forger.genesis();
  const Signer clerk = forger.enrol({"case_system"});
  forger.record(clerk, {opened(stream, forger.now), asks(2, 1, nested)});
  const auto audit = forger.audited();
  INFO(told(audit));
  CHECK(found(audit, "rules.value_out_of_range", "position 3"));
}

TEST_CASE("a jurisdiction is a code") {
  TestLedger ledger(at_now());
  const auto author = ledger.enrol({"case_system"});
  CHECK(told(ledger, author, case_opened(new_stream(), {.jurisdiction = "Austin, Texas"})) ==
        "value_out_of_range: the jurisdiction \"Austin, Texas\" is no code, such as US, US-TX or an ORI: letters, digits and _-.:/ only");
  for (const auto* code : {"US", "US-TX", "TX2270000", "XK", "CSXX", ""}) CHECK(told(ledger, author, case_opened(new_stream(), {.jurisdiction = code})) == "");
}

TEST_CASE("what was recorded before these rules is sound, and the audit warns of it") {
  Forger forger;
  forger.genesis();
  const Signer author = forger.enrol({"case_system", "automated_source"});
  const auto day = 86'400 * second;
  forger.record(author, {alert(forger.now, forger.now - day, forger.now), alert(forger.now, forger.now, forger.now + day), case_opened(new_stream(), {.jurisdiction = "Austin, Texas"})});
  const auto audit = forger.audited();
  INFO(told(audit));
  CHECK(audit.sound());
  CHECK(audit.findings.size() == 3);
  CHECK(found(audit, "claims.value_out_of_range", "position 2"));
  CHECK(found(audit, "claims.future", "position 3"));
  CHECK(found(audit, "claims.value_out_of_range", "position 4"));
}

TEST_CASE("every time of the schemas that may not lie ahead is held, and those that follow another are these") {
  std::set<std::string> declared, held, orders;
  for (const auto* table : *reflected::binary_schema().objects())
    for (const auto* field : *table->fields())
      if (table->name()->string_view() != "caseledger.schema.Event" && reflected::has_attribute(*field, "time") && !reflected::has_attribute(*field, "ahead"))
        declared.insert(std::string(reflected::short_name(*table->name())) + '.' + field->name()->str());
  for (std::size_t type = 1; type < body_numbers; ++type)
    for (const BodyTime& time : body_times(static_cast<schema::Body>(type))) {
      if (!time.ahead) held.insert(std::string(time.table) + '.' + std::string(time.name));
      if (time.after != 0) orders.insert(std::string(time.table) + '.' + std::string(time.after_name) + " <= " + std::string(time.name));
    }
  CHECK(held == declared);
  CHECK(held.size() > 30);
  CHECK(orders == std::set<std::string>{"AlertRaised.observed_at <= raised_at", "AlertRaised.raised_at <= received_at", "CaseNcicEntryRecorded.le_report_received_at <= entered_at",
                                        "ChildLocated.at <= until", "ChildRecovered.at <= until", "Clock.at <= until", "ForensicCompleted.started_at <= ended_at",
                                        "ReferralDelivered.delivered_at <= first_opened_at", "SearchExecuted.window_from <= window_to", "TriageReviewed.started_at <= ended_at"});
}
