// report: editions made, compared, and put in a row. Publishing them is cmd_release.cc's.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <map>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/edition_maker.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/json.h"
#include "projections/reports/compare.h"
#include "projections/reports/render_csv.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct ReportOptions {
  Source source;
  std::string template_id, period, as_of;
  path previous, out;
  bool monthly = false;  // one edition a month of the period
  Format format = Format::json;
};

struct SeriesOptions {
  std::vector<path> files;
  std::vector<std::string> metrics, by;
  Format format = Format::table;
};

Result<reports::Preview> preview_of_server(const ReportOptions& options) {
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  if (!options.as_of.empty()) return fail(Errc::usage, "a server makes editions of its head only; --as-of needs --dir");
  if (!options.previous.empty()) return fail(Errc::usage, "--previous needs --dir");
  TRY_AS(text, server.get("/v1/reports/" + percent_encoded(options.template_id) + "?period=" + percent_encoded(options.period)));
  return reports::parse_preview(text);
}

// What the edition reckons with: as named, else the last that was released.
Result<std::optional<reports::EditionFile>> edition_before(const ReportOptions& options, const EditionMaker& maker) {
  if (options.previous.empty()) return maker.latest(options.template_id);
  TRY_AS(before, edition_in(options.previous));
  return std::optional(std::move(before));
}

Result<reports::Preview> preview_of_folder(const ReportOptions& options) {
  TRY_AS(of, reports::find_template(options.template_id));
  TRY_AS(period, parse_report_period(options.period));
  TRY_AS(maker, EditionMaker::of(options.source.folder, options.as_of));
  TRY_AS(previous, edition_before(options, maker));
  return maker.edition(*of, period, previous ? &*previous : nullptr);
}

// What a publisher wants to know before it is released, on standard error.
void tell(const reports::Edition& edition, const Hash& digest) {
  std::size_t tables = 0, rows = 0;
  std::map<std::string, std::size_t> withheld;
  std::string empty;
  for (const auto& section : edition.sections) {
    tables += section.tables.size();
    if (section.no_data) empty += (empty.empty() ? "" : ", ") + section.id;
    for (const auto& table : section.tables)
      for (const auto& row : table.rows) {
        ++rows;
        if (!row.withheld.empty()) ++withheld[row.withheld];
      }
  }
  std::cerr << edition.template_id << ' ' << edition.period.label << " as of " << edition.as_of.size << " entries (" << to_rfc3339(edition.as_of.recorded_at) << "): " << edition.sections.size() << " sections, "
            << tables << " tables, " << rows << " figures, sha256 " << hex(digest.bytes) << '\n';
  if (!empty.empty()) std::cerr << "without data: " << empty << '\n';
  for (const auto& [rule, n] : withheld) std::cerr << "withheld by rule " << rule << ": " << n << '\n';
  for (const auto& section : edition.sections)
    for (const auto& table : section.tables)
      for (const auto& row : table.rows)
        if (!row.withheld.empty()) std::cerr << "  " << name_of(table, row) << ": " << row.withheld << '\n';
  for (const auto& check : edition.checks)
    if (!check.holds) std::cerr << "not releasable: " << check.id << ": " << check.sentence << '\n';
}

std::string table_of(const reports::Edition& edition) {
  api::Table table{{"figure", "unit", "value", "numerator", "denominator", "low", "high", "flags"}, {}, {false, false, true, true, true, true, true, false}};
  const auto number = [](const std::optional<std::int64_t>& n) { return n ? std::to_string(*n) : std::string(); };
  for (const auto& section : edition.sections)
    for (const auto& each : section.tables)
      for (const auto& row : each.rows) {
        std::string flags = row.withheld.empty() ? "" : "withheld: " + row.withheld;
        for (const auto& flag : row.flags) flags += (flags.empty() ? "" : " ") + flag;
        table.rows.push_back({name_of(each, row), each.unit, row.value.value_or(""), number(row.numerator), number(row.denominator), row.interval ? row.interval->first : "",
                              row.interval ? row.interval->second : "", flags});
      }
  return table.text();
}

Result<void> put_out(const std::string& text, const reports::Edition& edition, const ReportOptions& options) {
  const std::string said = options.format == Format::table ? table_of(edition) : options.format == Format::csv ? reports::render_csv(edition) : text;
  if (!options.out.empty() && options.out != "-") return write_text(options.out, said);
  std::cout << said;
  return {};
}

// One edition after the other, each with the one before as an input.
Result<void> make_months(const ReportOptions& options) {
  if (options.out.empty() || options.source.folder.empty()) return fail(Errc::usage, "--monthly makes files: it needs --dir, and --out FOLDER");
  TRY_AS(of, reports::find_template(options.template_id));
  TRY_AS(period, parse_report_period(options.period));
  TRY_AS(months, months_of(period));
  TRY_AS(maker, EditionMaker::of(options.source.folder, options.as_of));
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error) return fail(Errc::io, "cannot make " + options.out.string() + ": " + error.message());
  TRY_AS(previous, edition_before(options, maker));
  for (const auto& month : months) {
    TRY_AS(made, maker.edition(*of, month, previous ? &*previous : nullptr));
    const reports::Edition& edition = made.edition;
    tell_publisher(made.suppression);
    TRY_AS(text, reports::edition_json(edition));
    TRY(write_text(options.out / (month.label + ".json"), text));
    previous = reports::EditionFile{edition, reports::edition_digest(text)};
    maker.remember(*previous);
    tell(edition, previous->digest);
    TRY(reports::may_be_released(edition, made.suppression));
  }
  return {};
}

Result<void> make_one(const ReportOptions& options) {
  if (options.template_id.empty() || options.period.empty()) return fail(Errc::usage, "wanted a template and a period, such as: report transparency --period 2024");
  if (options.source.server.empty() == options.source.folder.empty()) return fail(Errc::usage, "of which ledger? --dir FOLDER or --server URL");
  TRY_AS(made, options.source.folder.empty() ? preview_of_server(options) : preview_of_folder(options));
  tell_publisher(made.suppression);
  TRY_AS(text, reports::edition_json(made.edition));
  tell(made.edition, reports::edition_digest(text));
  TRY(put_out(text, made.edition, options));
  return reports::may_be_released(made.edition, made.suppression);
}

Exit make_report(const ReportOptions& options) { return ended(options.monthly ? make_months(options) : make_one(options)); }

struct CompareOptions {
  path a, b;
  Format format = Format::table;
};

Exit compare_reports(const CompareOptions& options) {
  const auto was = edition_in(options.a), now = edition_in(options.b);
  if (!was) return report(was.error());
  if (!now) return report(now.error());
  for (const auto& sentence : reports::caveats(was->edition, now->edition)) std::cerr << "note: " << sentence << '\n';
  json::array list;
  api::Table table{{"figure", "was", "now"}, {}, {false, true, true}};
  for (const auto& change : reports::changes_between(was->edition, now->edition)) {
    const reports::Table split{.id = change.table, .title = {}, .unit = {}, .by = change.by, .note = {}, .rows = {}};
    reports::Row row;
    row.group = change.group;
    table.rows.push_back({name_of(split, row), change.was.empty() ? "-" : change.was, change.now.empty() ? "-" : change.now});
    list.push_back(json::object{{"figure", table.rows.back()[0]}, {"was", change.was}, {"now", change.now}});
  }
  print_list(list, table, options.format);
  if (options.format == Format::table) std::cerr << table.rows.size() << " figures differ\n";
  return Exit::ok;
}

Exit report_series(const SeriesOptions& options) {
  std::vector<reports::EditionFile> editions;
  for (const path& file : options.files) {
    auto read = edition_in(file);
    if (!read) return report(read.error());
    editions.push_back(std::move(*read));
  }
  std::ranges::sort(editions, {}, [](const reports::EditionFile& each) { return std::tuple(each.edition.period.from, each.edition.period.to, each.edition.as_of.size); });
  for (std::size_t i = 1; i < editions.size(); ++i)
    for (const auto& sentence : reports::caveats(editions[i - 1].edition, editions[i].edition))
      std::cerr << "note: " << editions[i - 1].edition.period.label << " and " << editions[i].edition.period.label << ": " << sentence << '\n';
  api::Table table{{"figure", "period", "as_of", "value", "low", "high", "flags", "sha256"}, {}, {false, false, true, true, true, true, false, false}};
  for (const std::string& metric : options.metrics) {
    bool found = false;
    for (const auto& [edition, digest] : editions)
      for (const auto& section : edition.sections)
        for (const auto& each : section.tables) {
          if (!reports::covers(metric, each.id) || each.by != options.by) continue;
          for (const auto& row : each.rows) {
            found = true;
            table.rows.push_back({name_of(each, row), edition.period.label, std::to_string(edition.as_of.size), row.withheld.empty() ? row.value.value_or("") : "withheld",
                                  row.interval ? row.interval->first : "", row.interval ? row.interval->second : "", row.flags.empty() ? "" : row.flags.front(), hex(digest.bytes).substr(0, 16)});
          }
        }
    if (!found) return report({Errc::not_found, "no edition of these has a figure " + quote(metric) + (options.by.empty() ? "" : " split that way")});
  }
  std::ranges::stable_sort(table.rows, {}, [](const auto& row) { return row[0]; });
  std::cout << (options.format == Format::csv ? table.csv() : table.text());
  return Exit::ok;
}

void add_compare(CommandLine& line, CLI::App& reports) {
  auto [app, asked] = line.add(reports, "compare", "What one edition says otherwise than another", "  caseledger report compare 2023.json 2024.json", compare_reports);
  app.add_option("A", asked.a, "an edition")->required();
  app.add_option("B", asked.b, "another")->required();
  add_format(app, asked.format);
}

void add_series(CommandLine& line, CLI::App& reports) {
  auto [app, asked] = line.add(reports, "series", "A figure through several editions", "  caseledger report series months/*.json --metric R1 --metric R5", report_series);
  app.add_option("FILE", asked.files, "editions")->required();
  app.add_option("--metric", asked.metrics, "such as R1, with those beneath it")->required();
  app.add_option("--by", asked.by, "as split by these dimensions; without it, over everything")->delimiter(',');
  add_format(app, asked.format);
}

}  // namespace

void add_report(CommandLine& line) {
  auto [app, asked] = line.add("report", "Make an edition of a report, see what it says, publish it",
                               "  caseledger report transparency --period 2024 --dir ledger --out edition.json\n"
                               "  caseledger report transparency --period 2024 --monthly --dir ledger --out months\n"
                               "  caseledger report release edition.json --dir ledger --server http://127.0.0.1:8420\n"
                               "  caseledger report supersede edition.json --reason \"late records\" --dir ledger --out corrected.json", make_report);
  app.add_option("TEMPLATE", asked.template_id, "what it tells")->type_name("{transparency,statutory-11295a,cybertipline-annual}");
  add_source(app, asked.source);
  app.add_option("--period", asked.period, "2024, 2024-Q3, 2024-03 or FROM/TO");
  app.add_option("--as-of", asked.as_of, "as the ledger knew it: a position or a time (with --dir: folded anew)");
  app.add_option("--previous", asked.previous, "the edition before, which suppression reckons with; without it the last that was released");
  app.add_option("--out", asked.out, "a file, whole or not at all; without it, standard output");
  app.add_flag("--monthly", asked.monthly, "one edition for each month of the period, into the folder --out");
  add_format(app, asked.format);
  add_release(line, app);
  add_supersede(line, app);
  add_releases(line, app);
  add_compare(line, app);
  add_render(line, app);
  add_series(line, app);
}

}  // namespace caseledger::api
