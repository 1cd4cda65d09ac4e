// import cybertip: XML documents in, NDJSON out, problems by file and line.
#include <fstream>
#include <iostream>

#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/import/cybertip.h"

namespace caseledger::api {

namespace {

// No more than one byte past what the import reads: of a larger file it says that it is too large.
Result<std::string> read_start(const path& file) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  if (!opened) return fail(Errc::io, "cannot read " + file.string());
  std::istream& in = file == "-" ? std::cin : opened;
  std::string text(xml_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(Errc::io, "cannot read " + file.string());
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

void print(CybertipImport& import) {
  for (const auto& line : import.take_lines()) std::cout << line << '\n';
  for (const auto& problem : import.take_problems()) std::cerr << problem.file << ", line " << problem.line << ": " << problem.reason << '\n';
}

}  // namespace

Exit import_cybertip(const CybertipOptions& options) {
  const auto importer = read_key(options.key);
  if (!importer) return report(importer.error());
  CybertipSettings settings{.esp = options.esp, .api_version = options.api_version};
  std::optional<XmlSchema> schema;
  if (!options.schema.empty()) {
    const auto text = read_text(options.schema);
    if (!text) return report(text.error());
    auto compiled = XmlSchema::parse(*text);
    if (!compiled) return report(compiled.error());
    settings.schema = &schema.emplace(std::move(*compiled));
  }
  if (!options.received_at.empty()) {
    const auto at = parse_rfc3339(options.received_at);
    if (!at) return report({Errc::usage, "--received-at: " + at.error().sentence});
    settings.received_at = *at;
  }
  CybertipImport import(ImportSecret(*importer), settings);
  for (const path& file : options.files) {
    if (const auto text = read_start(file)) import.read(file.string(), *text);
    else import.skip(file.string(), text.error().sentence);
    print(import);
  }
  import.finish();
  print(import);
  if (!settings.schema) std::cerr << "Not validated against the schema: none was given (--schema, CASELEDGER_CYBERTIP_XSD)\n";
  std::cerr << import.documents() << " documents, " << import.left_out() << " left out, " << import.reports() << " reports, " << import.events() << " events\n";
  if (import.left_out() == 0) return Exit::ok;
  return import.events() > 0 ? Exit::partly : Exit::failure;
}

}  // namespace caseledger::api
