// schemas/asyncapi.yaml and the session's frames say the same, in both directions.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/json.h"
#include "api/json_reflect.h"
#include "tests/support/contract.h"
#include "tests/support/event_samples.h"
#include "tests/support/source.h"

using namespace caseledger;
using namespace samples;

namespace {

Contract session_contract() { return Contract((samples::source_folder() / "schemas/asyncapi.yaml").string()); }

std::vector<std::string> frame_types() {
  std::vector<std::string> types;
  for (const auto type : schema::EnumValuesMessage())
    if (type != schema::Message::NONE) types.emplace_back(schema::EnumNameMessage(type));
  return types;
}

std::set<std::string> names_of(const YAML::Node& map) {
  std::set<std::string> names;
  for (const auto& each : map) names.insert(each.first.as<std::string>());
  return names;
}

}  // namespace

TEST_CASE("every frame as JSON is what the AsyncAPI file describes, filled or not") {
  const Contract contract = session_contract();
  for (int type = 1; type <= static_cast<int>(schema::Message::MAX); ++type)
    for (const bool maximal : {false, true})
      for (std::uint64_t seed = 0; seed < 6; ++seed) {
        const auto text = api::frame_to_json(sample_frame(static_cast<schema::Message>(type), maximal, seed));
        REQUIRE(text);
        INFO(*text);
        CHECK(contract.misfit(*api::parse_json(*text), schema::EnumNameMessage(static_cast<schema::Message>(type))) == "");
      }
}

TEST_CASE("the AsyncAPI file names the fields of every frame and of every table within, and no others") {
  const Contract contract = session_contract();
  const auto types = frame_types();
  const std::set<std::string> frames(types.begin(), types.end());
  CHECK(names_of(contract.root()["components"]["messages"]) == frames);
  CHECK(names_of(contract.root()["channels"]["session"]["messages"]) == frames);

  std::set<std::string> described;
  for (const auto& record : api::frame_spellings().records) {
    const std::string table(record.name);
    if (record.is_struct || table == "Frame") continue;
    const auto described_as = contract.root()["components"]["schemas"][table];
    INFO(table);
    REQUIRE(described_as);
    described.insert(table);
    std::set<std::string> fields;
    for (const auto& field : record.fields) fields.emplace(field.name);
    if (frames.contains(table)) fields.insert("type");
    CHECK(names_of(described_as["properties"]) == fields);
  }
  for (const auto& each : contract.root()["components"]["schemas"])
    if (each.second["properties"]) CHECK(described.contains(each.first.as<std::string>()));
}

TEST_CASE("every frame is sent or received by an operation") {
  std::set<std::string> used;
  const auto note = [&](const YAML::Node& messages) {
    for (const auto& each : messages) {
      const auto target = each["$ref"].as<std::string>();
      used.insert(target.substr(target.rfind('/') + 1));
    }
  };
  const Contract contract = session_contract();
  for (const auto& operation : contract.root()["operations"]) {
    note(operation.second["messages"]);
    if (operation.second["reply"]) note(operation.second["reply"]["messages"]);
  }
  const auto types = frame_types();
  CHECK(used == std::set<std::string>(types.begin(), types.end()));
}
