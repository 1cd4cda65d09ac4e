#include "tests/support/contract.h"

#include <boost/json.hpp>
#include <regex>
#include <stdexcept>

#include "api/json.h"

namespace samples {

namespace json = boost::json;
using caseledger::api::Request;
using caseledger::api::Response;

namespace {

constexpr std::string_view methods[] = {"get", "put", "post", "delete", "options", "head", "patch", "trace"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// A value against a schema: empty, or "place: what is wrong".
class Check {
 public:
  explicit Check(std::function<YAML::Node(const YAML::Node&)> follow) : follow_(std::move(follow)) {}

  std::string operator()(const json::value& value, const YAML::Node& unfollowed, const std::string& place = "body") const {
    const YAML::Node schema = follow_(unfollowed);
    for (const auto& keyword : schema)
      if (auto wrong = keep_to(keyword.first.as<std::string>(), keyword.second, value, schema, place); !wrong.empty()) return wrong;
    return {};
  }

 private:
  std::string keep_to(const std::string& keyword, const YAML::Node& says, const json::value& value, const YAML::Node& schema, const std::string& place) const {
    static const std::set<std::string> remarks{"description", "format", "contentEncoding", "default", "example", "uniqueItems"};
    if (remarks.contains(keyword)) return {};
    if (keyword == "type") return is_a(value, says.as<std::string>()) ? "" : place + ": is no " + says.as<std::string>();
    if (keyword == "enum") return one_of(value, says) ? "" : place + ": is none of the values named: " + json::serialize(value);
    if (keyword == "const") return value == json::value(says.as<std::string>()) ? "" : place + ": is another value";
    if (keyword == "pattern") return !value.is_string() || std::regex_search(std::string(value.get_string()), std::regex(says.as<std::string>())) ? "" : place + ": has another form: " + json::serialize(value);
    if (keyword == "minimum") return !value.is_int64() || value.get_int64() >= says.as<std::int64_t>() ? "" : place + ": is too small";
    if (keyword == "maximum") return !value.is_int64() || value.get_int64() <= says.as<std::int64_t>() ? "" : place + ": is too great";
    if (keyword == "minItems") return value.as_array().size() >= says.as<std::size_t>() ? "" : place + ": is too short";
    if (keyword == "maxItems") return value.as_array().size() <= says.as<std::size_t>() ? "" : place + ": is too long";
    if (keyword == "oneOf") return fits_one(value, says) ? "" : place + ": fits none or several of the schemas: " + json::serialize(value);
    if (keyword == "items") return all_items(value, says, place);
    if (keyword == "required") return all_there(value, says, place);
    if (keyword == "properties") return all_members(value, says, place);
    if (keyword == "additionalProperties") return no_others(value, says, schema, place);
    throw std::logic_error("the schema keyword " + keyword + " is not understood");
  }

  static bool is_a(const json::value& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    throw std::logic_error("the type " + type + " is not understood");
  }

  static bool one_of(const json::value& value, const YAML::Node& names) {
    for (const auto& name : names)
      if (value.is_string() && value.get_string() == name.as<std::string>()) return true;
    return false;
  }

  bool fits_one(const json::value& value, const YAML::Node& schemas) const {
    int fitting = 0;
    for (const auto& each : schemas) fitting += (*this)(value, each).empty();
    return fitting == 1;
  }

  std::string all_items(const json::value& value, const YAML::Node& schema, const std::string& place) const {
    std::size_t i = 0;
    for (const auto& item : value.as_array())
      if (auto wrong = (*this)(item, schema, place + '[' + std::to_string(i++) + ']'); !wrong.empty()) return wrong;
    return {};
  }

  static std::string all_there(const json::value& value, const YAML::Node& names, const std::string& place) {
    for (const auto& name : names)
      if (!value.as_object().contains(name.as<std::string>())) return place + ": lacks " + name.as<std::string>();
    return {};
  }

  std::string all_members(const json::value& value, const YAML::Node& schemas, const std::string& place) const {
    for (const auto& each : schemas) {
      const auto name = each.first.as<std::string>();
      const auto* member = value.as_object().if_contains(name);
      if (!member) continue;
      if (auto wrong = (*this)(*member, each.second, place + '.' + name); !wrong.empty()) return wrong;
    }
    return {};
  }

  std::string no_others(const json::value& value, const YAML::Node& says, const YAML::Node& schema, const std::string& place) const {
    for (const auto& member : value.as_object()) {
      const std::string name(member.key());
      if (schema["properties"] && schema["properties"][name]) continue;
      if (says.IsScalar()) return place + ": has a member that is not named, " + name;
      if (auto wrong = (*this)(member.value(), says, place + '.' + name); !wrong.empty()) return wrong;
    }
    return {};
  }

  std::function<YAML::Node(const YAML::Node&)> follow_;
};

}  // namespace

Contract::Contract(const std::string& file) : root_(YAML::LoadFile(file)) {}

YAML::Node Contract::follow(const YAML::Node& node) const {
  if (!node.IsMap() || !node["$ref"]) return node;
  std::string rest = node["$ref"].as<std::string>().substr(2);
  YAML::Node at;
  at.reset(root_);
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    at.reset(std::as_const(at)[rest.substr(0, slash)]);
    rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
  }
  if (!at) throw std::logic_error("nothing is at " + node["$ref"].as<std::string>());
  return follow(at);
}

std::map<std::string, std::map<std::string, Contract::Operation>> Contract::operations() const {
  std::map<std::string, std::map<std::string, Operation>> all;
  for (const auto& path : root_["paths"]) {
    std::set<std::string> parameters;
    for (const auto& each : path.second["parameters"]) {
      const YAML::Node parameter = follow(each);
      const bool repeats = parameter["explode"] && parameter["explode"].as<bool>();
      parameters.insert(parameter["in"].as<std::string>() + ' ' + parameter["name"].as<std::string>() + (repeats ? "*" : ""));
    }
    for (const auto method : methods) {
      const YAML::Node operation = path.second[std::string(method)];
      if (!operation) continue;
      auto& said = all[path.first.as<std::string>()][upper(method)];
      said.parameters = parameters;
      said.summary = operation["summary"].as<std::string>();
      for (const auto& response : operation["responses"]) said.statuses.insert(response.first.as<unsigned>());
    }
  }
  return all;
}

// Of the paths that fit, the one that says most literally, as OpenAPI has it.
YAML::Node Contract::path_of(const std::string& asked) const {
  YAML::Node best;
  std::size_t most = 0;
  for (const auto& path : root_["paths"]) {
    const auto named = path.first.as<std::string>();
    const std::string segments = std::regex_replace(named, std::regex(R"(\{tile\})"), ".+");
    if (!std::regex_match(asked, std::regex(std::regex_replace(segments, std::regex(R"(\{[a-z]+\})"), "[^/]+")))) continue;
    const std::size_t literal = std::regex_replace(named, std::regex(R"(\{[a-z]+\})"), "").size();
    if (!best.IsMap() || literal > most) best.reset(path.second), most = literal;
  }
  return best;
}

std::string Contract::broken_by(const Request& request, const Response& response) const {
  const YAML::Node path = path_of(request.path);
  YAML::Node answer;
  if (!path.IsMap() || (request.method != "GET" && request.method != "HEAD")) {
    if (response.status != (path.IsMap() ? 405u : 404u)) return "what is not in the contract is answered with " + std::to_string(response.status);
    answer = root_["components"]["responses"]["NotFound"];
  } else {
    const YAML::Node responses = path[request.method == "GET" ? "get" : "head"]["responses"];
    answer.reset(follow(responses[std::to_string(response.status)]));
  }
  if (!answer.IsMap()) return request.path + ": the status " + std::to_string(response.status) + " is not in the contract";
  if (response.status == 304 || request.method == "HEAD") return response.body.empty() ? "" : "a body where none belongs";

  const std::string type = response.content_type.substr(0, response.content_type.find(';'));
  const YAML::Node content = answer["content"][type];
  if (!content) return request.path + ": the type \"" + response.content_type + "\" is not in the contract";
  const Check check([this](const YAML::Node& node) { return follow(node); });
  if (type == "application/x-ndjson") return {};
  if (!type.ends_with("json")) return response.body.find('\0') == std::string::npos || type == "application/octet-stream" ? "" : "text with a zero byte";
  const auto parsed = caseledger::api::parse_json(response.body);
  return parsed ? check(*parsed, content["schema"]) : "no JSON: " + parsed.error().sentence;
}

std::string Contract::misfit(const json::value& value, const std::string& name) const {
  const Check check([this](const YAML::Node& node) { return follow(node); });
  return check(value, root_["components"]["schemas"][name], name);
}

}  // namespace samples
