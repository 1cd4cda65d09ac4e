// What a request asks for: its query parameters, read strictly, and the type of answer it accepts.
//
// RFC 3986: a query holds pchar, '/', '?' and percent-encoded bytes, and '+' is a plus sign. (That HTML forms mean a space by it serves
// nobody here: no parameter has spaces, and an RFC 3339 time often has a plus.) Refused are unknown parameters, one written twice that may
// not be, anything that is no such query, and values that are no UTF-8 once decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger::api {

struct Parameter {
  enum class In { path, query };
  std::string_view name;
  In in = In::query;
  bool repeats = false;  // may be written several times
};

// Errors: malformed.
Result<std::string> percent_decoded(std::string_view text);

class Query {
 public:
  // Errors: malformed, value_out_of_range (longer than bytes_max).
  static Result<Query> parse(std::string_view text, std::span<const Parameter> known, std::size_t bytes_max);

  std::optional<std::string_view> one(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;

  // A decimal between least and most. Errors: malformed, value_out_of_range.
  Result<std::uint64_t> number(std::string_view name, std::uint64_t fallback, std::uint64_t least, std::uint64_t most) const;

  // The same query with one parameter set to a value that needs no encoding: where a page goes on.
  std::string with(std::string_view name, std::string_view value) const;

 private:
  struct Pair {
    std::string name, value, raw;  // raw: as written
  };
  std::vector<Pair> pairs_;
};

// Which of the offered media types the Accept header (RFC 9110 §12.5.1) likes best; the first where it likes several as much, names none
// of them, or is not there.
std::size_t accepted(std::string_view accept, std::span<const std::string_view> offered);

}  // namespace caseledger::api
