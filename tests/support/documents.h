// What a document says is what a test found: sections between <!-- name --> and <!-- end -->.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/source.h"

namespace samples {

// CASELEDGER_WRITE_DOCS=1 writes the section anew. file: from the source folder.
inline void hold_document(const std::string& file, std::string_view name, const std::string& section) {
  const std::filesystem::path path = source_folder() / file;
  const std::string opening = "<!-- " + std::string(name) + " -->\n", closing = "<!-- end -->\n";
  std::stringstream whole;
  whole << std::ifstream(path).rdbuf();
  std::string document = whole.str();
  INFO(path << ", " << name);
  const auto mark = document.find(opening);
  REQUIRE(mark != document.npos);
  const auto begin = mark + opening.size(), end = document.find(closing, begin);
  REQUIRE(end != document.npos);
  if (std::getenv("CASELEDGER_WRITE_DOCS")) std::ofstream(path) << document.replace(begin, end - begin, section);
  else CHECK(document.substr(begin, end - begin) == section);
}

}  // namespace samples
