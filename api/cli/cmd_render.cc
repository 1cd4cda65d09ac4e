// report render: the files an edition is published as, or several editions on one page.
#include <algorithm>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/edition_maker.h"
#include "api/cli/folder.h"
#include "projections/reports/render.h"
#include "projections/reports/render_html.h"

namespace caseledger::api {

namespace {

struct RenderOptions {
  std::vector<path> files;
  path out;  // a folder for one edition, a page for several
};

Result<void> render_one(const path& file, const path& folder) {
  TRY_AS(text, read_text(file));
  TRY_AS(read, edition_in(file));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Errc::io, "cannot make " + folder.string() + ": " + error.message());
  for (const auto& rendering : reports::renderings(read.edition, read.digest, "edition")) {
    const std::string name = rendering.suffix == ".datapackage.json" ? "datapackage.json" : "edition" + std::string(rendering.suffix);
    TRY(write_text(folder / name, rendering.bytes));
  }
  return write_text(folder / "edition.json", text);
}

Result<void> render_several(const std::vector<path>& files, const path& page) {
  if (files.size() > reports::compared_max)
    return fail(Errc::usage, "at most " + std::to_string(reports::compared_max) + " editions stand on one page; these are " + std::to_string(files.size()));
  std::vector<reports::Compared> editions;
  for (const path& file : files) {
    TRY_AS(read, edition_in(file));
    editions.push_back({std::move(read.edition), read.digest});
  }
  std::ranges::sort(editions, {}, [](const reports::Compared& each) { return std::tuple(each.edition.period.from, each.edition.period.to, each.edition.as_of.size); });
  const auto& of = editions.front().edition;
  for (const auto& each : editions)
    if (each.edition.template_id != of.template_id || each.edition.origin != of.origin)
      return fail(Errc::usage, "editions of " + of.template_id + " from " + of.origin + " do not stand beside one of " + each.edition.template_id + " from " + each.edition.origin);
  return write_text(page, reports::render_comparison(editions));
}

Exit render_reports(const RenderOptions& options) {
  const auto done = options.files.size() == 1 ? render_one(options.files.front(), options.out) : render_several(options.files, options.out);
  return done ? Exit::ok : report(done.error());
}

}  // namespace

void add_render(CommandLine& line, CLI::App& reports) {
  auto [app, asked] = line.add(reports, "render", "The page, the table and its descriptions of an edition; several editions on one page",
                               "  caseledger report render edition.json --out published\n  caseledger report render 2023.json 2024.json --out comparison.html\n"
                               "  caseledger report render months/*.json --out year.html", render_reports);
  app.add_option("FILE", asked.files, "editions")->required();
  app.add_option("--out", asked.out, "a folder for one edition; a file for several")->required();
}

}  // namespace caseledger::api
