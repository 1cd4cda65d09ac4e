// Files and answers: three-valued flags, codes as they were sent, and where the submission stands after each.
#include <catch2/catch.hpp>

#include "tests/support/cybertip.h"

using namespace samples;
namespace json = boost::json;

namespace {

// "opened/0 finished/0"
std::string outcomes(const Imported& import) {
  std::string all;
  for (const auto& event : import.events)
    if (event.at("type") == "IntakeSubmissionOutcome")
      all += (all.empty() ? "" : " ") + std::string(event.at("body").at("outcome").as_string()) + '/' +
          std::to_string(event.at("body").at("response_code").as_int64());
  return all;
}

std::string uploaded(std::uint64_t report, std::string_view file) {
  return answer(0, "Success", "<reportId>" + std::to_string(report) + "</reportId><fileId>" + std::string(file) +
      "</fileId><hash>af3d0406f63a0f99a8684d568a59542f</hash>");
}

const std::string seen = "<originalFileName>Cat.JPG</originalFileName><fileViewedByEsp>true</fileViewedByEsp>";

}  // namespace

TEST_CASE("fileViewedByEsp is true, false or not stated, and each is counted") {
  const Imported import({minimal_report(), submitted(7), file_details(7, "a", seen), file_details(7, "b",
      "<originalFileName>x.mp4</originalFileName><fileViewedByEsp>0</fileViewedByEsp>"),
                         file_details(7, "c", "<originalFileName>notes</originalFileName>"), file_details(7, "d", "<fileName>y.png</fileName>"), finished(7)});
  const json::object& body = import.body(0);
  CHECK(body.at("files_total") == 4);
  CHECK(body.at("images") == 2);
  CHECK(body.at("videos") == 1);
  CHECK(body.at("other_files") == 1);
  CHECK(body.at("files_viewed_by_esp") == 1);
  CHECK(body.at("files_unviewed") == 1);
  CHECK(body.at("files_unstated") == 2);
  CHECK(body.at("generative_ai_files") == 0);
  CHECK(body.at("fields_present") == json::parse(R"(["file_viewed_flag"])"));
  for (const auto* name : {"files_viewed_by_esp", "files_unviewed", "files_unstated"}) CHECK_FALSE(Imported({minimal_report()}).body(0).contains(name));
  CHECK(Imported({minimal_report(), submitted(7), file_details(7, "a", "<fileViewedByEsp>maybe</fileViewedByEsp>")}).told() ==
        "2:1: <fileViewedByEsp> is neither true nor false; the document is left out\n0:1: names no provider; written as not_stated\n");
}

TEST_CASE("a file's names, digests and addresses are sealed, its codes counted") {
  const std::string all = "<originalFileName>ned.jpeg</originalFileName><uploadedToEspTimestamp>2024-03-05T14:00:00Z</uploadedToEspTimestamp>"
                          "<locationOfFile>https://cdn.example/ned</locationOfFile>"
                          "<exifViewedByEsp>false</exifViewedByEsp><publiclyAvailable>true</publiclyAvailable><fileRelevance>Reported</fileRelevance>"
                          "<fileAnnotations><generativeAi>true</generativeAi><infant>true</infant></fileAnnotations><industryClassification>B2</industryClassification>"
                          "<originalFileHash hashType=\"MD5\">d41d8cd98f00b204</originalFileHash><ipCaptureEvent><ipAddress>192.0.2.7</ipAddress></ipCaptureEvent>";
  const Imported import({minimal_report(), submitted(7), file_details(7, "fe01", all), file_details(7, "fe02",
      "<industryClassification>C9</industryClassification>"), finished(7)});
  const json::object& body = import.body(0);
  CHECK(body.at("industry_class_counts") == json::parse(R"([{"industry_class":"B2","files":1}])"));
  CHECK(body.at("generative_ai_files") == 1);
  CHECK(import.events[0].at("handling") == "child_sensitive");
  CHECK(import.told().find("3:1: <industryClassification> is none of A1, A2, B1, B2; only sealed") != std::string::npos);
  const json::object& supplement = import.events.at(2);
  CHECK(supplement.at("type") == "IntakeSupplementReceived");
  CHECK(supplement.at("body").at("doc_sha256") == supplement.at("imported").at("document_digest"));
  CHECK(supplement.at("body").at("doc_sha256").as_string() != hex(sha256(bytes_of(file_details(7, "fe01", all))).bytes));
  CHECK(sealed(supplement, "content").at(0).at_pointer("/file/originalFileHash") == json::parse(R"({"@hashType":"MD5","#text":"d41d8cd98f00b204"})"));
  for (json::object event : import.events) {
    event.erase("sealed");
    for (const auto* word : {"ned.jpeg", "fe01", "cdn.example", "d41d8", "192.0.2"}) CHECK(json::serialize(event).find(word) == std::string::npos);
  }
}

TEST_CASE("a file of which only its id is known counts, and nothing is said of it") {
  const Imported import({minimal_report(), submitted(7), uploaded(7, "fe01"), finished(7)});
  CHECK(import.types() == "CtrIngested IntakeSubmissionOutcome IntakeSupplementReceived IntakeSubmissionOutcome IntakeSubmissionOutcome DocumentLinked");
  CHECK(import.body(0).at("files_total") == 1);
  CHECK(import.body(0).at("files_unstated") == 1);
  CHECK_FALSE(import.body(0).contains("generative_ai_files"));
  CHECK(sealed(import.events[2], "content").at(0).at_pointer("/answer/hash") == "af3d0406f63a0f99a8684d568a59542f");
}

TEST_CASE("files without an id are as many as their details") {
  const std::string nameless = "<fileViewedByEsp>true</fileViewedByEsp>";
  const Imported import({minimal_report(), submitted(7), uploaded(7, ""), file_details(7, "", nameless), submitted(7), uploaded(7, " "), file_details(7, " ", nameless),
                         submitted(7), uploaded(7, std::string(1000, 'f')), finished(7)});
  CHECK(import.left_out == 0);
  CHECK(import.body(0).at("files_total") == 3);
  CHECK(import.body(0).at("files_viewed_by_esp") == 2);
  CHECK(import.body(0).at("files_unstated") == 1);
  CHECK(outcomes(import) == "opened/0 opened/0 opened/0 opened/0 opened/0 opened/0 finished/0");
  CHECK(sealed(import.events[2], "content").at(0).at_pointer("/answer/hash") == "af3d0406f63a0f99a8684d568a59542f");
}

TEST_CASE("answers, and where each leaves the report") {
  const auto told = [](std::vector<std::string> documents) {
    documents.insert(documents.begin(), minimal_report());
    return outcomes(Imported(documents));
  };
  CHECK(told({submitted(7), finished(7)}) == "opened/0 finished/0");
  CHECK(told({submitted(7), uploaded(7, "a"), file_details(7, "a"), submitted(7), finished(7)}) == "opened/0 opened/0 opened/0 finished/0");
  // The answer to a retraction is that to the submission, byte for byte.
  CHECK(told({submitted(7), submitted(7)}) == "opened/0 retracted/0");
  CHECK(told({submitted(7), uploaded(7, "a"), file_details(7, "a"), submitted(7), submitted(7)}) == "opened/0 opened/0 opened/0 retracted/0");
  CHECK(told({submitted(7), file_details(7, "a"), submitted(7)}) == "opened/0 opened/0");
  CHECK(told({submitted(7), submitted(7), finished(7)}) == "opened/0 opened/0 finished/0");
  CHECK(told({submitted(7), submitted(7), finished(7, 5101)}) == "opened/0 retracted/0 retracted/5101");
  CHECK(told({submitted(7), finished(7), answer(5102, "Already finished")}) == "opened/0 finished/0 finished/5102");
  CHECK(told({submitted(7), finished(7, 1000)}) == "opened/0 opened/1000");
  CHECK(told({answer(4100, "Validation failed")}) == "rejected/4100");
  const Imported retracted({minimal_report(), submitted(7), submitted(7), finished(7, 5101)}, {.esp = "Example"});
  CHECK(retracted.told() == "2:1: answers no other document; taken as the answer to a retraction\n");
  CHECK(told({answer(1000, "Server error"), submitted(7)}) == "rejected/1000 opened/0");
}

TEST_CASE("codes that changed their meaning are kept as they were sent, with the words of their time") {
  // 1000 and 1001 in 2016, which are 2000 and 4110 today.
  for (const auto& [code, text] : {std::pair(1000, "Authentication Required"), {1001, "Malformed (xml) report submittal"}, {2000, "Authentication required"},
      {-17, "what is this"}, {2147483647, "?"}}) {
    const Imported import({minimal_report(), answer(code, text)}, {.api_version = "2016"});
    CHECK(import.body(0).at("api_version") == "2016");
    CHECK(import.body(1).at("response_code") == code);
    CHECK(import.body(1).at("response_text") == text);
    CHECK(import.body(1).at("outcome") == "rejected");
  }
  const Imported quoting({minimal_report(), answer(1001, "Malformed (xml) - cvc-pattern-valid: Value 'ned@example.org' is not facet-valid.")});
  CHECK(quoting.body(1).at("response_text") == "Malformed (xml) - cvc-pattern-valid: Value '…' is not facet-valid.");
  CHECK(quoting.lines[1].find("ned@") == std::string::npos);
  CHECK(Imported({minimal_report(), answer(1001, std::string(1000, 'x'))}).body(1).at("response_text").as_string().size() == 256);
  CHECK(Imported({minimal_report(), replaced(submitted(7), ">0<",
      ">zero<")}).told().starts_with("1:1: <responseCode> is no whole number that fits; the document is left out\n"));
}

TEST_CASE("what follows belongs to the report before it, or is left out") {
  CHECK(Imported({submitted(7)}).told() == "0:1: no report stands before it; the document is left out\n");
  CHECK(Imported({minimal_report(), submitted(7),
      finished(8)}).told().starts_with("2:1: is of report 8; the one before it is report 7; the document is left out\n"));
  // A file that cannot be read may have been a report: the answers to it are not given to the one before.
  const Imported unknown({minimal_report(), "<report>", submitted(7)});
  CHECK(unknown.types() == "CtrIngested DocumentLinked");
  CHECK(unknown.body(0).at("ctr_report_id") == 0);
  CHECK(unknown.left_out == 2);
  const Imported known({minimal_report(), submitted(7), "<fileDetails>", answer(4110, "Malformed XML"), finished(7)});
  CHECK(outcomes(known) == "opened/0 finished/0");
  CHECK(known.left_out == 2);
  CHECK(known.told().find("3:1: names no report, and what stands before it was left out") != std::string::npos);
}

TEST_CASE("one report that cannot be an event leaves the others as they are") {
  const std::string year_0 = replaced(minimal_report(), "2012-10-15T08:00:00-07:00", "0001-01-01T00:00:00+14:00");
  const Imported import({minimal_report(), submitted(7), year_0, submitted(8), finished(8), minimal_report(), submitted(9)});
  CHECK(import.types() == "CtrIngested IntakeSubmissionOutcome DocumentLinked CtrIngested IntakeSubmissionOutcome DocumentLinked");
  CHECK(import.left_out == 3);
  CHECK(import.told().find("the report is left out") != std::string::npos);
}
