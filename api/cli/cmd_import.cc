// import: published files in, NDJSON out, problems by file and line or row.
#include <fstream>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/import/cybertip.h"
#include "api/import/lpr_portals.h"

namespace caseledger::api {

namespace {

struct CybertipOptions {
  std::vector<path> files;
  path key;     // the importer's, from which salts are derived
  path schema;  // empty: documents are not validated
  std::string esp, api_version = "not_stated", received_at;
};

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

// ── licence-plate-reader portals ──

struct PortalsOptions {
  path file, key;  // key: the importer's, from which salts are derived
};

Exit import_portals(const PortalsOptions& options) {
  const auto importer = read_key(options.key);
  if (!importer) return report(importer.error());
  const auto text = read_text(options.file);
  if (!text) return report(text.error());
  const auto import = import_lpr_portals(*text, ImportSecret(*importer));
  if (!import) return report(import.error());
  for (const auto& draft : import->events) std::cout << to_text(event_to_json(view_event(draft.event))) << '\n';
  for (const auto& problem : import->problems) std::cerr << "row " << problem.row << ", " << problem.column << ": " << problem.reason << '\n';
  for (const auto& [column, rows] : import->not_stated) std::cerr << column << ": not stated (NA) in " << rows << " rows\n";
  std::cerr << import->rows << " rows, " << import->events.size() << " snapshots, " << import->problems.size() << " values that cannot be read\n";
  return import->events.size() == import->rows ? Exit::ok : Exit::partly;
}

void add_key_of_importer(CLI::App& app, path& into) {
  app.add_option("--key", into, "the importer's private key: what an import leaves to chance follows from it, so that the same files give the same events again")
      ->envname("CASELEDGER_KEY")
      ->required();
}

void add_portals(CommandLine& line, CLI::App& import) {
  auto [app, asked] = line.add(import, "lpr-portals", "Licence-plate-reader transparency portals, a CSV row each", "  caseledger import lpr-portals --key importer.key portals.csv > coverage.ndjson", import_portals);
  add_key_of_importer(app, asked.key);
  app.add_option("FILE", asked.file, "CSV; - is standard input")->required();
}

void add_cybertip(CommandLine& line, CLI::App& import) {
  auto [app, asked] = line.add(import, "cybertip", "CyberTipline reports, the details of their files and the answers to them, XML each",
                               "  caseledger import cybertip --key importer.key --schema cyber_tipline.xsd report.xml submitted.xml file.xml finished.xml > report.ndjson",
                               import_cybertip);
  add_key_of_importer(app, asked.key);
  app.add_option("FILE", asked.files, "in the order of the exchange; - is standard input")->required();
  app.add_option("--schema", asked.schema, "the API's XSD; without it nothing is validated against it")->envname("CASELEDGER_CYBERTIP_XSD");
  app.add_option("--esp", asked.esp, "the provider's name; without it as the report says");
  app.add_option("--api-version", asked.api_version, "of the API that was spoken to: its codes have changed meaning");
  app.add_option("--received-at", asked.received_at, "when they were sent, RFC 3339; without it the incident's time");
}

}  // namespace

void add_import(CommandLine& line) {
  CLI::App& import = line.add_group("import", "Read published files; NDJSON out, ready for append",
                                    "  caseledger import lpr-portals --key importer.key portals.csv > coverage.ndjson\n"
                               "  caseledger import cybertip --key importer.key report.xml answer.xml > report.ndjson");
  add_portals(line, import);
  add_cybertip(line, import);
}

}  // namespace caseledger::api
