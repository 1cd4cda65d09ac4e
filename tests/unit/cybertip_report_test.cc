// What becomes of a CyberTipline report: codes and counts in the body, people sealed, nothing lost.
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "api/json.h"
#include "tests/support/cybertip.h"

using namespace samples;
namespace json = boost::json;

namespace {

json::value parsed(std::string_view text) { return json::parse(text); }

// Everything of an event that is not sealed, as text.
std::string in_clear(json::object event) {
  if (auto* parts = event.if_contains("sealed"))
    for (auto& part : parts->as_array()) part.as_object().erase("fields");
  return to_text(event);
}

}  // namespace

TEST_CASE("a minimal report") {
  const Imported import({minimal_report()});
  CHECK(import.types() == "CtrIngested DocumentLinked");
  CHECK(import.told() == "0:1: no document after it states the report's number; written as 0\n0:1: names no provider; written as not_stated\n");
  CHECK(import.left_out == 0);
  const json::object& event = import.events.at(0);
  CHECK(event.at("occurred_at") == "2012-10-15T08:00:00-07:00");
  CHECK(event.at("handling") == "law_enforcement");
  CHECK_FALSE(event.contains("jurisdiction"));
  // Only who may open the salt can hold a document to its digest.
  const auto salt = from_hex(std::string(event.at("sealed").at(1).at("fields").at("document_salt").as_string())).value();
  Buffer salted = salt;
  append(salted, sha256(bytes_of(minimal_report())).bytes);
  CHECK(event.at("imported").at("document_digest").as_string() == hex(sha256(salted).bytes));
  json::object body = import.body(0);
  CHECK(body.at("xml_sha256") == event.at("imported").at("document_digest"));
  CHECK(body.at("xsd_sha256").as_string() == std::string(64, '0'));
  body.erase("xml_sha256");
  body.erase("xsd_sha256");
  CHECK(body == parsed(R"({"ctr_report_id":0,"esp_name":"not_stated","incident_type":"child_sex_tourism","incident_at":"2012-10-15T15:00:00Z",
    "incident_offset_minutes":-420,"esp_escalated":false,"files_total":0,"images":0,"videos":0,"other_files":0,"incidents_in_bundle":1,
    "api_version":"not_stated","fields_present":[]})"));
}

TEST_CASE("a maximal report: codes in the body") {
  const Imported import({maximal_report(), submitted(4'564'654)}, {.api_version = "2.14"});
  CHECK(import.told() == "");
  json::object body = import.body(0);
  body.erase("xml_sha256");
  body.erase("xsd_sha256");
  CHECK(body == parsed(R"({"ctr_report_id":4564654,"esp_name":"Example Chat","incident_type":"online_enticement","incident_at":"2024-03-05T19:00:00.250000Z",
    "incident_offset_minutes":-300,"annotations":["spam","sextortion","csam_solicitation","minor_to_minor_interaction","sadistic_online_exploitation"],
    "esp_escalated":true,"files_total":0,"images":0,"videos":0,"other_files":0,"prior_ctr_ids":[7001,7002,7003,7004],"geo_countries":["DE","US","XK","PE"],
    "batched_reason":"viral_potential_meme","incidents_in_bundle":1,"api_version":"2.14",
    "fields_present":["victim_identity","subject_identity","ip_event","timestamp","location","conversation_context"]})"));
  CHECK(import.events[0].at("precision") == "us");
}

TEST_CASE("a maximal report: a sealed part for each person, and one for the text about all of them") {
  const Imported import({maximal_report(), submitted(4'564'654)});
  const json::object& event = import.events.at(0);
  std::set<std::string> subjects, people;
  std::string fields;
  for (const auto& part : event.at("sealed").as_array()) {
    fields += std::string(part.at("fields").as_object().begin()->key()) + ' ';
    subjects.emplace(part.at("subject").as_string());
  }
  CHECK(fields == "escalation_reason reporter contact reported_person associated_person intended_recipient victim associated_person victim officer incident ");
  CHECK(subjects.size() == 10);  // the reason for the escalation and the incident are of the document
  for (const auto& each : import.events)
    if (each.at("type") == "DocumentLinked") people.emplace(each.at("stream").as_string());
  CHECK(people.size() == 9);
  for (const auto& each : people) CHECK(subjects.contains(each));

  const json::value ned = sealed(event, "reported_person").at(0);
  CHECK(ned.at_pointer("/personOrUserReportedPerson/phone/0") == parsed(R"({"@type":"Mobile","@verified":"true","@verificationDate":"2024-01-02T03:04:05-08:00",
    "@countryCallingCode":"+1","@extension":"12","#text":"5550100"})"));
  CHECK(ned.at("ipCaptureEvent").at(0) == parsed(R"({"ipAddress":"192.0.2.7","eventName":"Login","dateTime":"2024-03-05T14:00:00-05:00","possibleProxy":"true","port":"443"})"));
  CHECK(ned.at("profileBio") == "I am <nobody>");
  CHECK_FALSE(ned.as_object().contains("associatedAccount"));
  CHECK(sealed(event, "associated_person").at(0).at("of") == "reported_person/1");
  CHECK(sealed(event, "associated_person").at(0).at_pointer("/account/firstName") == "Pat");
  CHECK(sealed(event, "victim").at(1) == parsed(R"({"victimPerson":{"firstName":"Vera"}})"));
  CHECK(sealed(event, "escalation_reason").at(0) == "meets the child on Friday");
  CHECK(sealed(event, "officer").at(0).at("firstName") == "Cora");
  const json::value incident = sealed(event, "incident").at(0);
  CHECK(incident.at_pointer("/incidentSummary/incidentDateTime") == "2024-03-05T14:00:00.250-05:00");
  CHECK(incident.at("internetDetails").as_array().size() == 8);
  CHECK(incident.at_pointer("/internetDetails/3/chatImIncident/content") == "a <b> & c");
  CHECK(incident.at_pointer("/lawEnforcement/caseNumber") == "24-17");
  CHECK(incident.at_pointer("/reporter/legalURL") == "https://chat.example/legal");
}

TEST_CASE("a maximal report: nothing that identifies anyone stands in clear, and every word of it is sealed or coded") {
  const Imported import({maximal_report(), submitted(4'564'654)});
  std::string clear, all;
  for (std::size_t i = 0; i < import.events.size(); ++i) clear += in_clear(import.events[i]), all += import.lines[i];
  for (const auto* word : {"Ned", "Nobody", "5550100", "ned@", "Main St", "Austin", "73301", "1980-02-29", "u-17", "nobody17", "192.0.2", "2001:db8",
      "350000", "blue van", "g-1", "Pristina",
                           "Pat", "Vic", "Vera", "Ira", "Elm", "Rita", "Cora", "24-17", "a.example", "Subject: hi", "alt.x", "30.25", "Park", "a.jpg",
                               "Friday", "noon", "the end"}) {
    INFO(word);
    CHECK(clear.find(word) == std::string::npos);
    CHECK(all.find(word) != std::string::npos);
  }
}

TEST_CASE("the same documents give the same lines; another report shares no stream and no subject") {
  const Imported once({maximal_report(), submitted(1)}), again({maximal_report(), submitted(1)}), other({maximal_report(), submitted(2)});
  CHECK(once.lines == again.lines);
  std::set<std::string> ids;
  for (const auto& each : once.events) ids.emplace(each.at("stream").as_string());
  for (const auto& each : other.events) CHECK_FALSE(ids.contains(std::string(each.at("stream").as_string())));
  CHECK(Imported({maximal_report(), submitted(1), minimal_report(), submitted(1)}).told().find("2:1: is there already") != std::string::npos);
}

TEST_CASE("values that nobody has listed yet are kept") {
  const std::string report = replaced(report_with("<reportAnnotations><informational>true</informational><aiGenerated>true</aiGenerated></reportAnnotations>",
                                                  "<personOrUserReported><estimatedLocation><countryCode>QQ</countryCode></estimatedLocation><ageClaim>12</ageClaim></personOrUserReported><later>x</later>"),
                                      "Child Sex Tourism", "Something New");
  const Imported import({replaced(report, "<report>", "<report><batchedReport reason='NEWER'/>")});
  const json::object& body = import.body(0);
  CHECK(body.at("incident_type") == "unlisted");
  CHECK(body.at("incident_type_text") == "Something New");
  CHECK(body.at("annotations") == parsed(R"(["informational","unlisted"])"));
  CHECK(body.at("annotations_text") == parsed(R"(["aiGenerated"])"));
  CHECK(body.at("batched_reason") == "unlisted");
  CHECK(body.at("batched_reason_text") == "NEWER");
  CHECK(body.at("geo_countries") == parsed(R"(["QQ"])"));
  CHECK(import.events[0].at("jurisdiction") == "QQ");
  CHECK(sealed(import.events[0], "reported_person").at(0).at("ageClaim") == "12");
  CHECK(sealed(import.events[0], "incident").at(0).at("later") == "x");
}

TEST_CASE("times keep their offset, and one without is read as UTC and told") {
  const auto at = [](std::string_view time) { return Imported({replaced(minimal_report(), "2012-10-15T08:00:00-07:00", time)}); };
  const Imported naive = at(" 2012-10-15T08:00:00 ");
  CHECK(naive.body(0).at("incident_at") == "2012-10-15T08:00:00Z");
  CHECK_FALSE(naive.body(0).contains("incident_offset_minutes"));
  CHECK(naive.told().find("0:1: <incidentDateTime> states no offset; it is read as UTC") != std::string::npos);
  CHECK(at("2012-10-15T08:00:00Z").body(0).at("incident_offset_minutes") == 0);
  CHECK(at("2012-10-15T08:00:00+05:45").body(0).at("incident_offset_minutes") == 345);
  CHECK(at("2012-10-15T08:00:00+05:45").events[0].at("occurred_at") == "2012-10-15T08:00:00+05:45");
  for (const auto* wrong : {"yesterday", "2012-10-15", "2012-10-15 08:00:00Z", "2012-02-30T08:00:00Z", "2012-10-15T25:00:00Z", ""}) {
    INFO(wrong);
    const Imported import = at(wrong);
    CHECK(import.events.empty());
    CHECK(import.told() == "0:1: <incidentDateTime> is no time such as 2012-10-15T08:00:00-07:00; the document is left out\n");
  }
  const Imported received({minimal_report()}, {.received_at = parse_rfc3339("2024-03-05T14:00:00-05:00").value()});
  CHECK(received.events[0].at("occurred_at") == "2024-03-05T14:00:00-05:00");
  CHECK(received.body(0).at("incident_at") == "2012-10-15T15:00:00Z");
}

TEST_CASE("the first moment of 1970 is told by the next microsecond, for in an event 0 means no time") {
  for (const auto* zero : {"1970-01-01T00:00:00Z", "1970-01-01T05:30:00.000+05:30", "1969-12-31T24:00:00"}) {
    INFO(zero);
    const Imported import({replaced(minimal_report(), "2012-10-15T08:00:00-07:00", zero)});
    CHECK(import.left_out == 0);
    CHECK(import.body(0).at("incident_at") == "1970-01-01T00:00:00.000001Z");
    CHECK(parse_rfc3339(import.events[0].at("occurred_at").as_string())->at == 1);
    CHECK(import.told().find("0:1: <incidentDateTime> is 1970-01-01T00:00:00Z, which in an event means no time; written a microsecond later\n") == 0);
    CHECK(sealed(import.events[0], "incident").at(0).at_pointer("/incidentSummary/incidentDateTime") == zero);
  }
}

TEST_CASE("escalation is what the provider says by writing the element, with or without a reason") {
  CHECK(Imported({report_with("<escalateToHighPriority/>")}).body(0).at("esp_escalated") == true);
  CHECK(sealed(Imported({report_with("<escalateToHighPriority/>")}).events[0], "escalation_reason").empty());
  CHECK(Imported({minimal_report()}).body(0).at("esp_escalated") == false);
}

TEST_CASE("what is mapped is read strictly, with the line") {
  const auto told = [](const std::string& report) { return Imported({report}).told(); };
  const std::string left_out = "; the document is left out\n";
  CHECK(told("<report>\n<incidentSummary/></report>") == "0:2: <incidentSummary> has no <incidentType>" + left_out);
  CHECK(told("<report/>") == "0:1: <report> has no <incidentSummary>" + left_out);
  CHECK(told(replaced(minimal_report(), "<reportingPerson><firstName>Rita</firstName></reportingPerson>", "")) ==
      "0:1: <reporter> has no <reportingPerson>" + left_out);
  CHECK(told(replaced(minimal_report(), "</incidentSummary>", "\n<incidentType>x</incidentType></incidentSummary>")) ==
      "0:2: <incidentType> stands there twice" + left_out);
  CHECK(told(report_with("<reportAnnotations>\n<spam>false</spam></reportAnnotations>")) == "0:2: <spam> is false; an annotation is true or not there" +
      left_out);
  CHECK(told(report_with("<reportAnnotations>\n<spam>yes</spam></reportAnnotations>")) == "0:2: <spam> is neither true nor false" + left_out);
  CHECK(told(report_with("", "<victim>\n<victimPerson/><priorCTReports>seven</priorCTReports></victim>")) ==
      "0:2: <priorCTReports> is no whole number that fits" + left_out);
  CHECK(told(report_with("", "<victim>\n<victimPerson/><priorCTReports>-7</priorCTReports></victim>")) == "0:2: <priorCTReports> is negative" + left_out);
  CHECK(told(report_with("", "<victim>\n<victimPerson/><priorCTReports>+-7</priorCTReports></victim>")) == "0:2: <priorCTReports> is no whole number that fits" + left_out);
  CHECK(told("<victim/>") == "0:1: begins with <victim>; wanted report, fileDetails, reportResponse or reportDoneResponse" + left_out);
}

TEST_CASE("earlier reports and countries beyond what an event holds stay sealed, and are told") {
  std::string person = "<personOrUserReported>";
  for (int i = 1; i <= 257; ++i) person += "<priorCTReports>" + std::to_string(i) + "</priorCTReports>";
  person += "<priorCTReports>1</priorCTReports><estimatedLocation><countryCode>USA</countryCode></estimatedLocation></personOrUserReported>";
  const Imported import({report_with("", person)});
  CHECK(import.body(0).at("prior_ctr_ids").as_array().size() == 256);
  CHECK(import.told().find("<priorCTReports> is one of more than 256 earlier reports; only sealed") != std::string::npos);
  CHECK(import.told().find("<countryCode> is no country code of two characters; only sealed") != std::string::npos);
  CHECK(sealed(import.events[0], "reported_person").at(0).at("priorCTReports").as_array().size() == 258);
}

TEST_CASE("a long chat and many people go on in further events, word for word") {
  std::string chat;
  for (int i = 0; i < 60'000; ++i) chat += i % 7 == 0 ? "\"ü\"\n" : "word ";
  std::string people;
  for (int i = 0; i < 40; ++i) people += "<victim><victimPerson><firstName>V" + std::to_string(i) + "</firstName></victimPerson></victim>";
  const std::string xml_chat = "<internetDetails><chatImIncident><content>" + chat + "</content></chatImIncident></internetDetails>";
  const Imported import({replaced(report_with("", people), "<reporter>", xml_chat + "<reporter>"), submitted(9)});
  CHECK(import.left_out == 0);
  CHECK(import.types().starts_with("CtrIngested IntakeSupplementReceived IntakeSupplementReceived "));

  std::vector<json::value> victims, texts;
  for (const auto& event : import.events) {
    for (auto& each : sealed(event, "victim")) victims.push_back(each);
    for (auto& each : sealed(event, "incident")) texts.push_back(each);
    for (auto& content : sealed(event, "content")) {
      if (const auto* each = content.as_object().if_contains("victim")) victims.push_back(*each);
      if (const auto* each = content.as_object().if_contains("incident")) texts.push_back(*each);
    }
  }
  REQUIRE(victims.size() == 40);
  for (std::size_t i = 0; i < 40; ++i) CHECK(victims[i].at_pointer("/victimPerson/firstName").as_string() == "V" + std::to_string(i));
  std::string joined;
  std::int64_t number = 0;
  for (const auto& text : texts)
    if (const auto* details = text.as_object().if_contains("internetDetails")) {
      const json::object& piece = details->at_pointer("/chatImIncident/content").as_object();
      CHECK(piece.at("piece").as_int64() == ++number);
      joined += piece.at("text").as_string();
    }
  CHECK(joined == chat);
}

TEST_CASE("pieces are as large as they may be, and together they are what was cut") {
  const json::value content = parsed(R"({"a":["one","two","three"],"b":{"c":"four","d":"five"},"e":"six"})");
  CHECK(pieces_of(content, 1000) == std::vector<json::value>{content});
  json::array list;
  for (int i = 0; i < 5000; ++i) list.push_back(json::value("entry " + std::to_string(i)));
  json::array joined;
  std::size_t smallest = SIZE_MAX;
  const auto pieces = pieces_of(json::object{{"list", list}}, 6000);
  for (const auto& piece : pieces) {
    CHECK(to_text(piece).size() <= 6000);
    if (&piece != &pieces.back()) smallest = std::min(smallest, to_text(piece).size());
    for (const auto& each : piece.at("list").as_array()) joined.push_back(each);
  }
  CHECK(joined == list);
  CHECK(smallest > 5900);
  for (const char c : {'x', '\x01'})
    for (const auto& piece : pieces_of(json::string(std::string(50'000, c)), 6000)) CHECK(to_text(piece).size() <= 6000);
}

TEST_CASE("a report with bytes changed at random makes events or is left out with a reason") {
  std::mt19937 random(1);
  std::size_t taken = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string report = maximal_report();
    for (int changes = i % 4; changes >= 0; --changes) report[random() % report.size()] = "<>&;'\"/ =-x9\n\xff\0T!["[random() % 19];
    const Imported import({report});
    INFO(i);
    CHECK(import.events.empty() == (import.left_out == 1));
    CHECK(import.told() != "");
    taken += !import.events.empty();
  }
  CHECK(taken > 50);
}
