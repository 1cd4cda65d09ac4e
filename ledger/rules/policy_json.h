// The parameters of a policy, read strictly: every member has to be known, and the sentence of a refusal names the place.
#pragma once

#include <algorithm>
#include <boost/json.hpp>

#include "ledger/core/result.h"

namespace caseledger::rules {

struct PolicyJson {
  static constexpr std::size_t rows_max = 200;  // of any list

  std::string_view policy;  // "triage policy"

  std::unexpected<Error> bad(const std::string& where, std::string_view why) const;

  Result<const boost::json::object*> object_of(const boost::json::value& value, const std::string& where, std::initializer_list<std::string_view> known) const;
  Result<const boost::json::array*> rows_of(const boost::json::object& object, std::string_view name) const;
  Result<std::int64_t> integer(const boost::json::object& object, std::string_view name, const std::string& where, std::int64_t least, std::int64_t most) const;
  // A code of 1 to 64 characters.
  Result<std::string> word(const boost::json::object& object, std::string_view name, const std::string& where) const;
  Result<std::string> word(const boost::json::value& value, const std::string& place) const;
  Result<std::string> word_or_none(const boost::json::object& object, std::string_view name, const std::string& where) const;

  template <class Enum, std::size_t N>
  Result<Enum> named(const std::string& text, const Enum (&values)[N], const char* (*name_of)(Enum), const std::string& where) const {
    for (const Enum value : values)
      if (const std::string_view name = name_of(value); value != Enum::unset && (name == text || name == text + '_')) return value;  // "case_" dodges a keyword
    return bad(where, "there is no \"" + text + '"');
  }
  // The names of a list, at least one.
  template <class Enum, std::size_t N>
  Result<std::vector<Enum>> all_named(const boost::json::object& object, std::string_view name, const Enum (&values)[N], const char* (*name_of)(Enum), const std::string& where) const {
    const std::string list = where + '.' + std::string(name);
    const auto* names = object.if_contains(name);
    if (!names || !names->is_array() || names->get_array().empty()) return bad(list, "wanted at least one code");
    std::vector<Enum> all;
    for (const auto& each : names->get_array()) {
      if (!each.is_string()) return bad(list, "wanted codes");
      TRY_AS(value, named(std::string(each.get_string()), values, name_of, list));
      all.push_back(value);
    }
    return all;
  }
};

}  // namespace caseledger::rules
