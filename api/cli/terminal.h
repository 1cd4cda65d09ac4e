// What the commands show: tables, progress on a terminal, errors as sentences with an exit code.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger::api {

enum class Exit : int {
  ok = 0,
  failure = 1,
  usage = 2,
  verification_failed = 3,
  not_found = 4,
  conflict = 5,
  unavailable = 6,
  not_permitted = 7,
  partly = 8,
};

Exit exit_of(Errc code);

// Prints the sentence on standard error and gives the exit code.
Exit report(const Error& error);

enum class Format { table, json, jsonl, csv };
Result<Format> parse_format(std::string_view name);

// Columns lined up on a terminal; the same cells as CSV (RFC 4180).
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> right;  // columns of numbers

  std::string text() const;
  std::string csv() const;
};

// A line on standard error that shows how far something is, where that is a terminal; else nothing.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total);  // 0: not known
  ~Progress();
  void at(std::uint64_t done);

 private:
  void draw(std::uint64_t done);
  std::string what_;
  std::uint64_t total_;
  bool shown_;
  double begun_, drawn_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace caseledger::api
