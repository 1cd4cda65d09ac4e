#include "ledger/rules/policy_json.h"

namespace caseledger::rules {

namespace json = boost::json;

std::unexpected<Error> PolicyJson::bad(const std::string& where, std::string_view why) const {
  return fail(Errc::value_out_of_range, std::string(policy) + ": " + where + ": " + std::string(why));
}

Result<const json::object*> PolicyJson::object_of(const json::value& value, const std::string& where, std::initializer_list<std::string_view> known) const {
  if (!value.is_object()) return bad(where, "wanted an object");
  for (const auto& member : value.get_object())
    if (std::ranges::find(known, std::string_view(member.key())) == known.end()) return bad(where, "there is no \"" + std::string(member.key()) + '"');
  return &value.get_object();
}

Result<const json::array*> PolicyJson::rows_of(const json::object& object, std::string_view name) const {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_array()) return bad(std::string(name), "wanted an array");
  if (value->get_array().size() > rows_max) return bad(std::string(name), "at most " + std::to_string(rows_max) + " rows");
  return &value->get_array();
}

Result<std::int64_t> PolicyJson::integer(const json::object& object, std::string_view name, const std::string& where, std::int64_t least, std::int64_t most) const {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_int64() || value->get_int64() < least || value->get_int64() > most)
    return bad((where.empty() ? "" : where + '.') + std::string(name), "wanted an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return value->get_int64();
}

Result<std::string> PolicyJson::word(const json::object& object, std::string_view name, const std::string& where) const {
  const auto* value = object.if_contains(name);
  return word(value ? *value : json::value(nullptr), where + '.' + std::string(name));
}

Result<std::string> PolicyJson::word(const json::value& value, const std::string& place) const {
  if (!value.is_string() || value.get_string().empty() || value.get_string().size() > 64) return bad(place, "wanted a code of 1 to 64 characters");
  return std::string(value.get_string());
}

Result<std::string> PolicyJson::word_or_none(const json::object& object, std::string_view name, const std::string& where) const {
  return object.contains(name) ? word(object, name, where) : Result<std::string>(std::string());
}

}  // namespace caseledger::rules
