// Reports made from the published schema: whatever it allows is imported, admitted by a ledger, and audits clean.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "api/json.h"
#include "ledger/audit.h"
#include "tests/support/cybertip.h"
#include "tests/support/ledgers.h"
#include "tests/support/xsd_generator.h"

using namespace samples;

namespace {

std::string published_schema() {
  const char* folder = std::getenv("CASELEDGER_DATA");
  std::ifstream file(std::string(folder ? folder : ".") + "/cyber_tipline.xsd");
  std::ostringstream text;
  if (folder && file) text << file.rdbuf();
  else WARN("SKIPPED, nothing was checked: set CASELEDGER_DATA to the folder that holds cyber_tipline.xsd");
  return text.str();
}

constexpr Instant sent{1'709'661'600'000'000, 0};

void append_all(TestLedger& ledger, const Signer& importer, const Imported& import) {
  for (std::size_t at = 0; at < import.lines.size();) {
    std::vector<Buffer> events;
    std::vector<Opening> openings;
    for (std::size_t bytes = 0; at < import.lines.size() && events.size() < 64 && bytes < 500'000; ++at) {
      auto draft = event_from_json(import.lines[at], [](std::span<std::uint8_t>) { throw std::logic_error("an import leaves nothing to chance"); });
      REQUIRE(draft);
      for (auto& opening : draft->openings) {
        opening.event = static_cast<std::uint16_t>(events.size());
        bytes += opening.plaintext.size();
        openings.push_back(std::move(opening));
      }
      bytes += draft->event.size();
      events.push_back(std::move(draft->event));
    }
    const auto answer = ledger.submit(ledger.sign(importer, events, openings));
    INFO((answer ? "" : answer.error().error.sentence));
    REQUIRE(answer);
  }
}

void import_generated(const std::string& xsd, std::uint64_t seed, unsigned reports) {
  const auto schema = XmlSchema::parse(xsd);
  REQUIRE(schema);
  XsdGenerator generator(xsd, seed);
  TestLedger ledger;
  const auto importer = ledger.enrol({"importer"});
  for (unsigned i = 0; i < reports; ++i) {
    const std::uint64_t number = seed * 1'000'000 + i;
    std::vector<std::string> documents{generator.document("report"), submitted(number)};
    const std::string details = generator.document("fileDetails");
    INFO("seed " << seed << ", report " << i << "\n" << documents[0] << "\n" << details);
    REQUIRE(generator.invalid(documents[0]) == "");
    REQUIRE(generator.invalid(details) == "");
    const auto begin = details.find('>', details.find("<reportId")) + 1, end = details.find("</reportId>");
    documents.push_back(std::string(details).replace(begin, end - begin, std::to_string(number)));
    documents.push_back(finished(number));
    const Imported import(documents, {.schema = &*schema, .received_at = sent});
    INFO(import.told());
    REQUIRE(import.left_out == 0);
    append_all(ledger, importer, import);
    CHECK(Imported(documents, {.schema = &*schema, .received_at = sent}).lines == import.lines);
  }
  const auto audit = audit_folder(ledger.folder(), {.log_key = ledger.log_vkey()});
  REQUIRE(audit);
  for (const auto& finding : audit->findings) FAIL_CHECK(finding.code << ": " << finding.sentence);
  CHECK(audit->counts.imported_anomalies == 0);
}

}  // namespace

TEST_CASE("whatever the published schema allows is imported, admitted, and audits clean", "[cybertip]") {
  if (const auto xsd = published_schema(); !xsd.empty()) import_generated(xsd, 1, 60);
}

TEST_CASE("whatever the published schema allows is imported, for as long as it takes", "[.][fuzz]") {
  const auto xsd = published_schema();
  for (std::uint64_t seed = 2; !xsd.empty() && seed < 60; ++seed) import_generated(xsd, seed, 200);
}
