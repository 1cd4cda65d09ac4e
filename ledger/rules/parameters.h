// The parameters of a policy, read strictly: every member is known, every number in its range, and the sentence names the place.
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <string>

#include "ledger/core/result.h"

namespace caseledger::rules {

inline constexpr std::size_t policy_rows_max = 200;  // rows of any one list

class Parameters {
 public:
  explicit Parameters(std::string policy) : policy_(std::move(policy)) {}  // "triage policy", as sentences begin

  std::unexpected<Error> bad(const std::string& where, std::string_view why) const;

  // The members of an object, every one of which has to be known.
  Result<const boost::json::object*> object_of(const boost::json::value& value, const std::string& where, std::initializer_list<std::string_view> known) const;
  Result<const boost::json::array*> rows_of(const boost::json::object& object, std::string_view name) const;
  Result<std::int64_t> integer(const boost::json::object& object, std::string_view name, const std::string& where, std::int64_t least, std::int64_t most) const;
  Result<std::string> word(const boost::json::object& object, std::string_view name, const std::string& where) const;  // a code of 1 to 64 characters
  Result<std::string> word(const boost::json::value& value, const std::string& place) const;

 private:
  std::string policy_;
};

}  // namespace caseledger::rules
