// The schemas may grow but not break what was released. tests/golden/released holds them as they were released; a release copies
// schemas/*.fbs there.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/schema_release.h"
#include "tests/support/source.h"

namespace {

namespace fs = std::filesystem;

const fs::path released = samples::source_folder() / "tests" / "golden" / "released";
const fs::path current = samples::source_folder() / "schemas";

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// The released schemas with one piece of text replaced, in a folder of their own for as long as this lives.
class Changed {
 public:
  Changed(const std::string& file, const std::string& piece, const std::string& replacement) {
    fs::remove_all(folder_);
    fs::copy(released, folder_);
    std::string text = content(folder_ / file);
    const auto at = text.find(piece);
    INFO(piece);
    REQUIRE(at != std::string::npos);
    std::ofstream(folder_ / file) << text.replace(at, piece.size(), replacement);
  }
  ~Changed() { fs::remove_all(folder_); }

  std::vector<std::string> breaches(const std::string& root) const { return samples::breaches(released, folder_, root); }

 private:
  fs::path folder_ = fs::temp_directory_path() / ("caseledger-schemas-" + std::to_string(::getpid()));
};

struct Change {
  std::string file, piece, replacement, sentence;
};

}  // namespace

TEST_CASE("the schemas keep what was released") {
  for (const auto* root : {"event.fbs", "batch.fbs", "session.fbs"}) {
    INFO(root);
    const auto found = samples::breaches(released, current, root);
    for (const auto& sentence : found) FAIL_CHECK(sentence);
  }
}

TEST_CASE("every schema there is has been released") {
  for (const auto& file : fs::directory_iterator(current)) {
    if (file.path().extension() != ".fbs") continue;
    INFO(file.path().filename());
    CHECK(fs::exists(released / file.path().filename()));
  }
}

TEST_CASE("a schema that breaks what was released is told what it breaks") {
  const std::vector<Change> changes = {
      // what flatc --conform sees
      {"case.fbs", "episode_no:uint16  ", "episode_no:uint32  ", "types differ for field: episode_no"},
      {"case.fbs", "episode_no:uint16  ", "episode_no:uint32  ", "CaseOpened.episode_no was a ushort and is a uint"},
      {"event.fbs", "body:Body (id: 19", "before:Handling (id: 18); body:Body (id: 20", "Event.body_type is now called before"},
      {"common.fbs", "hotline = 1, web = 2", "hotline = 2, web = 1", "Channel.hotline is now called web"},
      // what it does not
      {"case.fbs", "ncic_category:NcicCategory = null (id: 1)", "ncic_category:NcicCategory = null (id: 1, must)", "CaseOpened.ncic_category has become must"},
      {"case.fbs", "county:string (id: 1, code", "county:string (id: 1, required, code", "MissingFrom.county is no longer as required or optional as it was"},
      {"case.fbs", "case_type:CaseType ", "type_of_case:CaseType ", "CaseOpened.case_type is now called type_of_case"},
      {"case.fbs", "table CaseMerged (group: \"D\", streams: \"case\") {", "table CaseMerged (group: \"D\", streams: \"case\") { new:string (id: 2, required);", "CaseMerged.new is new and demanded"},
      {"case.fbs", "sex:string              (id: 3, code", "sex:string              (id: 3, deprecated, code", "CaseSubjectAdded.sex is deprecated"},
      {"case.fbs", "  until:int64 = null  (id: 3, time);\n", "", "Clock.until is gone"},
      {"case.fbs", "until:int64 = null  (id: 3, time)", "until:int64 = null  (id: 3)", "Clock.until has changed being a time"},
      {"case.fbs", "until:int64 = null ", "until:int64", "Clock.until is no longer as required or optional as it was"},
      {"event.fbs", ", CaseMerged = 32", "", "Body.CaseMerged is gone"},
      {"event.fbs", "CaseMerged = 32", "CaseMerged = 99", "Body.CaseMerged is gone"},
      {"event.fbs", "CaseMerged = 32", "Merged:CaseMerged = 32", "Body.CaseMerged is now called Merged"},
      {"governance.fbs", "KeyRevoked = 2", "KeyRevoked:KeyRotated = 2", "Action.KeyRevoked is now of another type"},
      {"common.fbs", "subject = 5, ", "", "StreamKind.subject is gone"},
      {"common.fbs", "day = 4", "days = 4", "Precision.day is now called days"},
      {"common.fbs", "RequesterClass : ubyte (open)", "RequesterClass : ubyte", "RequesterClass is no longer open"},
      {"common.fbs", "struct Ref { stream:Uuid; version:uint32; }", "struct Ref { stream:Uuid; version:uint32; part:uint32; }", "Ref is a struct and has changed its layout"},
      {"case.fbs", "sealed: \"identity narrative\"", "sealed: \"identity\"", "CaseOpened has lost narrative of its sealed"},
      {"case.fbs", "sealed: \"identity narrative\"", "sealed: \"identity narrative\", sealed_must: \"identity\"", "CaseOpened now demands a sealed identity"},
      {"triage.fbs", "streams: \"report case\"", "streams: \"report\"", "TriageQueueEntered has lost case of its streams"},
      {"case.fbs", "opens: \"case\", ", "", "CaseOpened has lost case of its opens"},
      {"case.fbs", "table CaseLinked (group: \"D\"", "table CaseLinked (group: \"E\"", "CaseLinked has changed its group"},
      {"event.fbs", "system:string (id: 10)", "system:string (id: 10, max: \"63\")", "Event.system has a lower max"},
      {"event.fbs", "system:string (id: 10)", "system:string (id: 10, code)", "Event.system has become code"},
      {"event.fbs", "system:string (id: 10)", "system:string (id: 10, pii: \"P4\")", "Event.system has become child-sensitive"},
      {"governance.fbs", "witnesses:[string]  (id: 5, each: \"256\")", "witnesses:[string]  (id: 5)", "GovernanceConstituted.witnesses has a lower each"},
      {"governance.fbs", "governors:[string]  (id: 3, required, min: \"1\"", "governors:[string]  (id: 3, required, min: \"2\"", "GovernanceConstituted.governors has a higher min"},
      {"event.fbs", "\"CLEV\"", "\"CLEW\"", "the file identifier is another"},
  };
  for (const auto& [file, piece, replacement, sentence] : changes) {
    const auto found = Changed(file, piece, replacement).breaches("event.fbs");
    std::string all;
    for (const auto& each : found) all += each + '\n';
    INFO(file << ": " << piece << " → " << replacement << "\n" << all);
    CHECK(std::ranges::find(found, sentence) != found.end());
  }
}

TEST_CASE("a schema that only grows breaks nothing") {
  const std::vector<Change> changes = {
      {"case.fbs", "into_case_id:Ref   (id: 0, required);", "into_case_id:Ref   (id: 0, required); note_code:string (id: 2, code);", ""},
      {"common.fbs", "access = 18", "access = 18, archive = 19", ""},
      {"event.fbs", "AccessGranted = 88", "AccessGranted = 88, Clock = 89", ""},
      {"event.fbs", "system:string (id: 10)", "system:string (id: 10, max: \"65\")", ""},
      {"case.fbs", "sealed: \"identity narrative\"", "sealed: \"identity narrative voice\"", ""},
      {"case.fbs", "streams: \"case\", opens: \"case\"", "streams: \"case lead\", opens: \"case lead\"", ""},
      {"triage.fbs", "queue:string     (id: 0, required, code)", "queue:string     (id: 0, required)", ""},
      {"common.fbs", "enum Designation : ubyte", "enum Designation : ubyte (open)", ""},
  };
  for (const auto& [file, piece, replacement, sentence] : changes) {
    INFO(file << ": " << piece << " → " << replacement);
    CHECK(Changed(file, piece, replacement).breaches("event.fbs") == std::vector<std::string>{});
  }
}
