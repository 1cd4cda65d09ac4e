// An edition as a table for machines, and what tells machines how to read it.
//
// CSV after RFC 4180 in UTF-8 without a byte order mark, lines ended by LF as everything of ours:
//   section,indicator,scope,value,unit,suppressed,contextual_information
// `indicator` is the metric's id. A figure has a row, and one each for what it is made of, where that is more than the value: "R1:numerator", "R1:denominator", "R1:lower95"
// and "R1:upper95". `scope` is "all", or the group in the form of a query, "case_type=NFA&jurisdiction=US-TX", with what would be mistaken
// percent-encoded. `value` is the published digits, empty where there is none. `suppressed` is true or false, never empty.
// (section, indicator, scope) names a row.
//
// Spreadsheets take cells that begin with = + - @ or a tab for formulas. Labels come from events, but stand behind the name of their
// dimension; a text that begins so all the same gets an apostrophe before it. Numbers are left as they are, "-0.125000" too.
//
// Pure functions of the edition: the same bytes on every machine.
#pragma once

#include "projections/reports/edition.h"

namespace caseledger::reports {

std::string render_csv(const Edition& edition);

// CSV on the Web (W3C "Metadata Vocabulary for Tabular Data"): columns, datatypes, key, dialect. `csv_name`: of the file, beside this one.
std::string render_csvw(const Edition& edition, std::string_view csv_name);

// Frictionless Data Package (datapackage.json) of that file, with its size and SHA-256.
std::string render_datapackage(const Edition& edition, const Hash& digest, std::string_view csv, std::string_view csv_name);

}  // namespace caseledger::reports
