// Published CyberTipline data as its files have it, in the folder that CASELEDGER_DATA names: what the program's own tables are held to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace published {

// Without it a test says aloud that it compares nothing.
std::string folder();

// Rows of a file, RFC 4180 with separated thousands, without its heading and empty lines.
std::vector<std::vector<std::string>> rows(const std::string& file);

// "reports: total" → 36210368, of one year.
std::map<std::string, std::uint64_t> contents(unsigned year);
// "federal law enforcement: actionable" → 1543016.
std::map<std::string, std::uint64_t> recipients(unsigned year);
// By ISO 3166 alpha-3, "" without one; 2020 to 2023.
std::map<std::string, std::uint64_t> countries(unsigned year);
// By postal code; 2023.
std::map<std::string, std::uint64_t> states();

}  // namespace published
