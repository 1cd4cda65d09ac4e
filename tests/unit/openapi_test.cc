// schemas/openapi.yaml and the routes say the same, in both directions.
#include <fstream>

#include "api/figures_json.h"
#include "api/openapi_text.h"
#include "tests/support/service.h"
#include "tests/support/source.h"

using namespace caseledger;
using namespace samples;

namespace {

std::string contract_file() { return (samples::source_folder() / "schemas/openapi.yaml").string(); }

Contract::Operation operation_of(const api::RouteInfo& route) {
  Contract::Operation operation;
  for (const auto& parameter : route.parameters)
    operation.parameters.insert((parameter.in == api::Parameter::In::path ? "path " : "query ") + std::string(parameter.name) + (parameter.repeats ? "*" : ""));
  operation.statuses.insert(route.statuses.begin(), route.statuses.end());
  return operation;
}

}  // namespace

TEST_CASE("the OpenAPI file and the routes name the same paths, methods, parameters and statuses") {
  const Service service;
  const auto documented = Contract(contract_file()).operations();
  std::map<std::string, api::RouteInfo> routes;
  for (const auto& route : service.routes.list()) CHECK(routes.emplace(route.path, route).second);

  for (const auto& [path, operations] : documented) {
    INFO(path);
    REQUIRE(routes.contains(path));
  }
  for (const auto& [path, route] : routes) {
    INFO(path);
    REQUIRE(documented.contains(path));
    const auto& operations = documented.at(path);
    CHECK(operations.size() == route.methods.size());
    const auto expected = operation_of(route);
    for (const auto method : route.methods) {
      INFO(method);
      REQUIRE(operations.contains(std::string(method)));
      const auto& operation = operations.at(std::string(method));
      CHECK(operation.parameters == expected.parameters);
      CHECK(operation.statuses == expected.statuses);
    }
    CHECK(operations.at("GET").summary == route.summary);
  }
}

TEST_CASE("a path, parameter or status too many is noticed on either side") {
  auto file = YAML::LoadFile(contract_file());
  const auto written = [&] {
    const auto path = (std::filesystem::temp_directory_path() / ("contract-" + std::to_string(getpid()) + ".yaml")).string();
    std::ofstream(path) << file;
    auto operations = Contract(path).operations();
    std::filesystem::remove(path);
    return operations;
  };
  const auto before = written();
  file["paths"]["/v1/events"]["get"]["responses"]["418"]["description"] = "a teapot";
  CHECK(written().at("/v1/events").at("GET").statuses.contains(418));
  YAML::Node colour;
  colour["name"] = "colour";
  colour["in"] = "query";
  file["paths"]["/v1/events"]["parameters"].push_back(colour);
  CHECK(written().at("/v1/events").at("GET").parameters.contains("query colour"));
  file["paths"]["/v1/teapots"]["post"]["summary"] = "Make tea";
  CHECK(written().at("/v1/teapots").contains("POST"));
  CHECK(before.size() + 1 == written().size());
}

TEST_CASE("the contract that is served is the file of this source") {
  std::ifstream file(contract_file());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK(api::openapi_text() == text);
  const Service service;
  const auto response = service.ask("/openapi.yaml");
  CHECK(response.body == text);
  CHECK(service.ask("/openapi.yaml", {.headers = {{"if-none-match", header(response, "ETag")}}}).status == 304);
}

TEST_CASE("every named problem is in the contract, and none beside") {
  std::set<std::string> documented;
  for (const auto& type : YAML::LoadFile(contract_file())["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]) documented.insert(type.as<std::string>());
  std::set<std::string> known;
  for (const char* of_http : {"method_not_allowed", "unauthenticated", "too_many_requests"}) known.insert(std::string("urn:caseledger:problem:") + of_http);
  for (int code = 0; code <= static_cast<int>(last_errc); ++code) known.insert("urn:caseledger:problem:" + std::string(name(static_cast<Errc>(code))));
  CHECK(documented == known);
}

TEST_CASE("what figures may be split by is in the contract") {
  std::set<std::string> documented;
  for (const auto& dimension : YAML::LoadFile(contract_file())["components"]["parameters"]["by"]["schema"]["items"]["enum"]) documented.insert(dimension.as<std::string>());
  CHECK(documented == std::set<std::string>(reports::dimensions().begin(), reports::dimensions().end()));
}
