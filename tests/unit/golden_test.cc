// Golden samples: one event of every type in JSON, and the digest of its bytes. A schema that moves a byte or renames a word is seen here.
//
// A sample stays as it was released. For a new event type, `tests "[write-golden]"` adds what is missing and touches nothing else.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "api/json.h"
#include "tests/support/event_samples.h"
#include "tests/support/source.h"

using namespace caseledger;

namespace {

namespace fs = std::filesystem;

const fs::path folder = samples::source_folder() / "tests" / "golden";
const fs::path digests_file = folder / "events.sha256";

// "CaseOpened", or "ProposalMade.KeyEnrolled" where the body holds a union itself.
std::string sample_name(Bytes event) {
  const auto json = api::event_to_json(view_event(event));
  std::string name(json.at("type").as_string());
  for (const auto& field : json.at("body").as_object())
    if (const auto* object = field.value().if_object(); object && object->contains("type")) name += '.' + std::string(object->at("type").as_string());
  return name;
}

// Every sample there has to be, by name.
std::map<std::string, Buffer> all_samples() {
  std::map<std::string, Buffer> samples;
  for (const auto type : samples::event_types())
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      Buffer event = samples::sample_event(type, true, seed);
      samples.try_emplace(sample_name(event), std::move(event));
    }
  return samples;
}

std::map<std::string, std::string> digests() {
  std::map<std::string, std::string> all;
  std::ifstream file(digests_file);
  for (std::string digest, name; file >> digest >> name;) all[name] = digest;
  return all;
}

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every event type and every action of a proposal has its golden sample") {
  const auto listed = digests();
  for (const auto& [name, event] : all_samples()) {
    INFO(name << " has none: run this with [write-golden]");
    CHECK(listed.contains(name));
    CHECK(fs::exists(folder / (name + ".json")));
  }
}

TEST_CASE("golden JSON gives the bytes it always gave, and those bytes give the JSON") {
  const auto listed = digests();
  REQUIRE_FALSE(listed.empty());
  for (const auto& [name, digest] : listed) {
    INFO(name);
    const std::string text = content(folder / (name + ".json"));
    const auto draft = api::event_from_json(text, [](std::span<std::uint8_t>) { FAIL("a golden sample names its salt"); });
    INFO((draft ? "" : draft.error().sentence));
    REQUIRE(draft);
    CHECK(hex(sha256(draft->event).bytes) == digest);
    CHECK(api::to_text(api::event_to_json(view_event(draft->event))) + '\n' == text);
  }
}

TEST_CASE("write the golden samples that are missing", "[.][write-golden]") {
  auto listed = digests();
  for (const auto& [name, event] : all_samples()) {
    if (listed.contains(name)) continue;
    std::ofstream(folder / (name + ".json")) << api::to_text(api::event_to_json(view_event(event))) << '\n';
    listed[name] = hex(sha256(event).bytes);
  }
  std::ofstream file(digests_file);
  for (const auto& [name, digest] : listed) file << digest << "  " << name << '\n';
}
