// CyberTipline documents, as small and as large as the XSD allows, with no real person in them.
#pragma once

#include <boost/json.hpp>

#include "api/import/cybertip.h"

namespace samples {

using namespace caseledger;
using namespace caseledger::api;

std::string minimal_report();
std::string maximal_report();  // every element and attribute that the XSD knows, once or twice
std::string file_details(std::uint64_t report, std::string_view id, std::string_view more = "");
std::string answer(int code, std::string_view text, std::string_view more = "");  // reportResponse
std::string submitted(std::uint64_t report);
std::string finished(std::uint64_t report, int code = 0);

// A report of just this incident: what stands in incidentSummary beside type and time, and in the report behind the reporter.
std::string report_with(std::string_view in_summary, std::string_view behind_reporter = "");
std::string replaced(std::string text, std::string_view what, std::string_view by);

ImportSecret importer_secret(std::uint8_t which = 1);

// What an import of these documents says.
struct Imported {
  explicit Imported(const std::vector<std::string>& documents, const CybertipSettings& settings = {}, std::uint8_t importer = 1);

  std::vector<std::string> lines;
  std::vector<boost::json::object> events;
  std::vector<CybertipProblem> problems;
  std::size_t left_out = 0;

  std::string types() const;                             // "CtrIngested IntakeSubmissionOutcome"
  const boost::json::object& body(std::size_t i) const;
  std::string told() const;                              // problems, a line each: "0:3: why", by document and line
};

// The sealed fields of an event under this name, in order.
std::vector<boost::json::value> sealed(const boost::json::object& event, std::string_view field);

}  // namespace samples
