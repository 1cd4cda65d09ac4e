#include "tests/support/published_files.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

namespace published {

namespace {

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> found(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool separator = quoted && c == ',' && i > 0 && i + 1 < line.size() && std::isdigit(line[i - 1]) && std::isdigit(line[i + 1]);
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) found.emplace_back();
    else if (c != '\r' && !separator) found.back() += c;
  }
  return found;
}

// Rows of (what, of which sort, year, count).
std::map<std::string, std::uint64_t> of_year(const std::string& file, unsigned year) {
  std::map<std::string, std::uint64_t> table;
  for (const auto& row : rows(folder() + file))
    if (row.at(2) == std::to_string(year)) table[row[0] + ": " + row[1]] = std::stoull(row.at(3));
  return table;
}

}  // namespace

std::string folder() {
  const char* folder = std::getenv("CASELEDGER_DATA");
  if (!folder) WARN("CASELEDGER_DATA is not set: the published tables are NOT compared with their sources");
  return folder ? folder : "";
}

std::vector<std::vector<std::string>> rows(const std::string& file) {
  std::ifstream in(file);
  REQUIRE(in);
  std::vector<std::vector<std::string>> found;
  for (std::string line; std::getline(in, line);)
    if (auto row = cells(line); row.size() > 2) found.push_back(std::move(row));
  found.erase(found.begin());
  return found;
}

std::map<std::string, std::uint64_t> contents(unsigned year) { return of_year("/cybertipline-report-contents.csv", year); }
std::map<std::string, std::uint64_t> recipients(unsigned year) { return of_year("/cybertipline-report-recipients.csv", year); }

std::map<std::string, std::uint64_t> countries(unsigned year) {
  std::map<std::string, std::uint64_t> table;
  for (const auto& row : rows(folder() + "/cybertipline-reports-per-country.csv")) {
    const std::string& count = row.at(3 + year - 2020);
    table[row[1]] += count.empty() ? 0 : std::stoull(count);  // one country is listed twice
  }
  return table;
}

std::map<std::string, std::uint64_t> states() {
  std::map<std::string, std::uint64_t> table;
  for (const auto& row : rows(folder() + "/cybertipline-reports-by-state.csv"))
    if (row.at(1).size() == 2) table[row[1]] = std::stoull(row.at(2));
  return table;
}

}  // namespace published
