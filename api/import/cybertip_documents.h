// What one document of the CyberTipline Reporting API says, each kind by itself: a report, the details of a file, an answer.
//
// Codes and counts come out as fields of events; everything that identifies comes out as personal data of one subject each. What is
// mapped is read strictly: a mandatory element that is missing or doubled, a time or a number that is none, refuse the document.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <optional>

#include "api/import/cybertip_parts.h"
#include "intake_generated.h"
#include "ledger/core/id.h"

namespace caseledger::api {

using FactsStated = std::array<bool, 8>;  // by schema::ReportField

struct StatedTime {
  Micros at = 0;
  std::optional<int> offset_minutes;  // where the source states one
};

struct CtReport {
  boost::json::object body;  // of CtrIngested: all but what its files, its answers and the importer know
  StatedTime incident;
  std::vector<PersonalData> personal;
  FactsStated stated{};
  std::vector<LineProblem> told;  // what is kept and yet worth a word
};
OrLine<CtReport> read_report(const Element& report);

struct CtFile {
  std::uint64_t report_id = 0;
  std::string id;  // empty where the provider left it so
  enum class Kind { image, video, other } kind = Kind::other;
  std::optional<bool> viewed_by_esp;  // true, false, not stated: three different things
  bool generative_ai = false;
  std::string industry_class;         // A1, A2, B1, B2 or empty
  boost::json::value content;
  FactsStated stated{};
  std::vector<LineProblem> told;
};
OrLine<CtFile> read_file_details(const Element& details);

struct CtAnswer {
  bool to_finish = false;  // reportDoneResponse; every other call is answered by a reportResponse
  std::int32_t code = 0;
  std::string text;
  std::optional<std::uint64_t> report_id;
  std::vector<std::string> file_ids;  // without empty ones
  boost::json::value of_file;         // all it says, where it is about a file that was sent: its id and digest
};
OrLine<CtAnswer> read_answer(const Element& answer);

// As an event's text may hold it: control characters as spaces, at most so many bytes.
std::string plain_text(std::string_view text, std::size_t bytes_max);

}  // namespace caseledger::api
