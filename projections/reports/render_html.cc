#include "projections/reports/render_html.h"

#include <algorithm>
#include <array>
#include <map>

#include "projections/reports/block_html.h"
#include "projections/reports/definitions.h"
#include "projections/reports/page.h"
#include "projections/reports/template.h"

namespace caseledger::reports {

namespace {

// What is told first, of the figures that are there; as many as fit.
constexpr std::array headlines{"R1", "R5", "R8", "R11.1", "R11.4", "T1.reports", "T1.incidents", "T2.reviewed.p50", "T5.precision", "T5.wrong_person", "T8.feedback", "T16.views.without_purpose"};
constexpr std::size_t headlines_max = 6;

void write_header(Markup& page, const Edition& edition, const Hash& digest) {
  page.open("header").open("div", {{"class", "masthead"}});
  page.element("p", edition.origin, {{"class", "kicker"}});
  page.element("h1", template_words(edition.template_id) + ", " + edition.period.label);
  page.open("p", {{"class", "lede"}}).text(period_words(edition.period) + ", as known on " + time_words(edition.as_of.recorded_at) + ".").close().line();
  page.open("dl", {{"class", "facts"}});
  write_fact(page, "Period", to_rfc3339(edition.period.from) + " up to " + to_rfc3339(edition.period.to));
  write_fact(page, "As of checkpoint", count_words(static_cast<std::int64_t>(edition.as_of.size)) + " entries, the last recorded " + to_rfc3339(edition.as_of.recorded_at));
  write_fact(page, "Root", base64(edition.as_of.root.bytes), "code");
  write_fact(page, "Template", edition.template_id + ", version " + edition.template_version + "; definitions version " + edition.definitions_version);
  if (const auto& policy = edition.suppression) write_fact(page, "Withheld by", "policy " + policy->policy + ", version " + policy->version);
  if (edition.previous) write_fact(page, "Edition before", hex(edition.previous->bytes), "code");
  write_fact(page, "Digest of this edition", hex(digest.bytes), "code");
  page.close().close().close().line();
}

void write_contents(Markup& page, const Edition& edition) {
  page.open("nav", {{"aria-labelledby", "contents-h"}}).element("h2", "Contents", {{"id", "contents-h"}}).open("ol").line();
  const auto entry = [&](const std::string& id, std::string_view code, std::string_view title, bool empty) {
    page.open("li", {{empty ? "class" : "", "empty"}}).open("a", {{"href", "#" + id}});
    page.element("span", code, {{"class", "code"}}).text(" ").element("span", title).close();
    if (empty) page.element("small", " no data");
    page.close().line();
  };
  entry("reading", "", "How to read this report", false);
  if (edition.restatement) entry("restatement", "", "What changed", false);
  for (const Section& section : edition.sections) entry("section-" + anchor(section.id), section.id, section.title, section.no_data);
  entry("checks", "", "Cross-checks", false);
  entry("verify", "", "How to check this report", false);
  entry("definitions", "", "Definitions", false);
  page.close().close().line();
}

bool has_metric(const Edition& edition, std::string_view id) {
  return std::ranges::any_of(edition.sections, [&](const Section& section) { return std::ranges::find(section.tables, id, &Table::id) != section.tables.end(); });
}

const Table* undivided(const Edition& edition, std::string_view id) {
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      if (table.id == id && table.by.empty() && table.rows.size() == 1) return &table;
  return nullptr;
}

const Table* any_of_metric(const Edition& edition, std::string_view id) {
  if (const Table* whole = undivided(edition, id)) return whole;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      if (table.id == id) return &table;
  return nullptr;
}

void write_glance(Markup& page, const Edition& edition) {
  std::vector<const Table*> shown;
  for (const std::string_view id : headlines)
    if (const Table* table = undivided(edition, id); table && is_told(table->rows.front()) && shown.size() < headlines_max) shown.push_back(table);
  if (shown.empty()) return;
  page.open("section", {{"class", "glance"}, {"aria-label", "At a glance"}}).open("dl").line();
  for (const Table* table : shown) {
    const Row& row = table->rows.front();
    const std::string unit = measure_of(*table) == Measure::count ? " " + unit_words(table->unit) : "";
    page.open("div").element("dt", title_words(table->title)).open("dd");
    page.open("a", {{"href", "#" + anchor(table->id)}, {"class", "big"}}).text(said(*table, row)).element("span", unit).close();
    if (row.denominator && measure_of(*table) == Measure::share) page.element("small", counted_words(row));
    if (row.interval) page.element("small", "95 % interval " + interval_words(*table, row));
    page.close().close().line();
  }
  page.close().close().line();
}

void write_reading(Markup& page, const Edition& edition) {
  open_section(page, "reading", "How to read this report");
  page.open("dl", {{"class", "reading"}});
  write_fact(page, "Counted", "“27 of 30” is what was counted: 27 of the 30 that the figure is about. “Exact” is the published value; “Value” is the same, rounded to be read.");
  write_fact(page, "95 % interval", "What could as well be so, if the cases of the period are seen as a sample: of a hundred such intervals, about 95 contain the true share. The fewer were counted, the wider it is.");
  write_fact(page, "No data", "Nothing was counted. This is not 0: where 0 were counted, 0 is printed.");
  write_fact(page, "Not reached", "Too few had ended by the checkpoint to say how long it takes. What still waits is counted as waiting.");
  if (edition.suppression)
    write_fact(page, "Withheld", "Not told, so that nobody can be recognised or worked out from other figures of this or an earlier edition. What is withheld is never drawn or printed as 0, and its row says by which rule.");
  write_fact(page, "Split figures", "Each child, case or report stands in one row of a split table, unless its note says otherwise. Rows of persons are never to be added across tables or ledgers.");
  page.close().close().line();
}

// A change's line begins with the value: "0.914265 (27033 of 29568)".
std::string told_or_nothing(const std::string& line, const Table* known) {
  const auto number = millionths(std::string_view(line).substr(0, line.find(' ')));
  return line.empty() ? "not told" : number && known ? said(*number, measure_of(*known), known->unit) : line;
}

void write_restatement(Markup& page, const Edition& edition) {
  if (!edition.restatement) return;
  const Restatement& restated = *edition.restatement;
  open_section(page, "restatement", "What changed");
  page.open("p", {{"class", "important"}}).text("This edition takes the place of an earlier one for the same period, of digest ").element("code", hex(restated.supersedes.bytes)).text(". The reason: " + restated.reason).close();
  const auto some = [](std::uint64_t n) { return count_words(static_cast<std::int64_t>(n)); };
  page.element("p", "Since then the ledger took in " + some(restated.late_records) + " late records, which are of the period or of before it, " + some(restated.later_events) + " events of after it, " +
                        some(restated.corrections) + " corrections and " + some(restated.retractions) + " retractions.");
  if (restated.changes.empty()) {
    page.element("p", "No figure differs.").close().line();
    return;
  }
  open_table(page, "changes", "Figures that differ from the earlier edition");
  page.open("thead").open("tr").element("th", "Figure", {{"scope", "col"}}).element("th", "Before", {{"scope", "col"}, {"class", "n"}}).element("th", "Now", {{"scope", "col"}, {"class", "n"}}).element("th", "Because of", {{"scope", "col"}}).close().close();
  page.open("tbody").line();
  // What only grew older comes last.
  std::vector<Change> changes = restated.changes;
  std::ranges::stable_partition(changes, [](const Change& change) { return change.why != std::vector<std::string>{"time"}; });
  for (const Change& change : changes) {
    const Table* known = any_of_metric(edition, change.table);
    page.open("tr").open("th", {{"scope", "row"}}).text(known ? title_words(known->title) + " " : "");
    if (has_metric(edition, change.table)) page.element("a", change.table, {{"class", "code"}, {"href", "#definition-" + anchor(change.table)}});
    else page.element("span", change.table, {{"class", "code"}});
    if (!change.group.empty()) page.open("p", {{"class", "remark"}}).element("bdi", group_words(change.by, change.group)).close();
    page.close();
    for (const std::string& value : {change.was, change.now})
      page.open("td", {{"class", value.empty() ? "n none" : "n value"}}).text(told_or_nothing(value, known)).element("small", value).close();
    std::string why;
    for (const std::string& reason : change.why) why += (why.empty() ? "" : ", ") + why_words(reason);
    page.element("td", why).close().line();
  }
  page.close().close().close().close().line();
}

// What puts something into the period, as the template of that version says.
std::string_view clock_of(const Edition& edition, std::string_view section) {
  const auto known = find_template(edition.template_id);
  if (!known || (*known)->version != edition.template_version) return {};
  const auto plan = std::ranges::find((*known)->sections, section, &SectionPlan::id);
  return plan == (*known)->sections.end() ? std::string_view() : (*plan)->clock;
}

void write_section(Markup& page, const Edition& edition, const Section& section, Fragments& fragments) {
  open_section(page, "section-" + anchor(section.id), section.title);
  page.element("p", section.id, {{"class", "section-code code"}});
  if (const std::string words = section_words(section.id); !words.empty()) page.element("p", words, {{"class", "about"}});
  if (const auto clock = clock_of(edition, section.id); !clock.empty()) page.element("p", "The period: " + std::string(clock) + ".", {{"class", "note"}});
  if (section.no_data) {
    page.element("p", "No data: nothing of this was recorded in the period. These figures would stand here:", {{"class", "no-data"}});
    page.open("ul", {{"class", "missing"}});
    for (const Table& table : section.tables)
      if (table.by.empty()) page.open("li", {{"id", fragments.take(anchor(table.id))}}).text(title_words(table.title) + " ").element("span", table.id, {{"class", "code"}}).close().line();
    page.close();
  } else {
    for (const Block& block : blocks_of(section, fragments)) write_block(page, block);
  }
  page.close().line();
}

void write_checks(Markup& page, const Edition& edition) {
  open_section(page, "checks", "Cross-checks");
  page.element("p", "What has to hold between the figures of every edition. An edition in which one does not hold is not released.");
  if (edition.checks.empty()) {
    page.element("p", "There are none in this edition.", {{"class", "no-data"}}).close().line();
    return;
  }
  open_table(page, "checks-table", "Cross-checks");
  page.open("thead").open("tr").element("th", "What has to hold", {{"scope", "col"}}).element("th", "Result", {{"scope", "col"}}).close().close().open("tbody").line();
  for (const Check& check : edition.checks) {
    page.open("tr").open("th", {{"scope", "row"}}).text(check.sentence + " ").element("span", check.id, {{"class", "code"}}).close();
    page.element("td", check.holds ? "✓ holds" : "✗ does not hold", {{"class", check.holds ? "holds" : "fails"}}).close().line();
  }
  page.close().close().close().close().line();
}

void write_verify(Markup& page, const Edition& edition, const Hash& digest) {
  const std::string name = std::to_string(edition.as_of.size) + ".json", verify = "caseledger verify " + name + " --log-vkey \"$(cat vkey)\"";
  open_section(page, "verify", "How to check this report");
  page.element("p", "This page is a rendering of " + name + ". Nothing on it has to be believed: the file can be checked without trusting whoever sent it, offline.");
  page.open("ol").line();
  write_command(page, "The file is the one this page was made from: its SHA-256 is " + hex(digest.bytes) + ".", "sha256sum " + name);
  write_command(page, "It was published: with its proof and its release event beside it (.tlog-proof, .event) and the key of " + edition.origin + " from a source of your own, the ledger recorded the release of exactly these bytes.", verify);
  write_command(page, "It was counted rightly: whoever has a bundle of the ledger counts every figure again, and is told the first that differs.", verify + " --bundle bundle");
  page.close().close().line();
}

// What the numerator and the denominator count, where this program counts by the same definition.
void write_counted(Markup& page, const Table& table) {
  const auto known = std::ranges::find(definitions(), table.id, &Definition::id);
  if (known == definitions().end() || known->version != table.definition || known->denominator.empty()) return;
  page.element("small", "Counted: " + known->numerator + "; of: " + known->denominator);
}

void write_definitions(Markup& page, const Edition& edition) {
  open_section(page, "definitions", "Definitions");
  page.element("p", "Every metric of this edition. A metric never means something else under the same version.").open("dl", {{"class", "definitions"}}).line();
  std::map<std::string, bool> written;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables) {
      if (std::exchange(written[table.id], true)) continue;
      const std::string unit = unit_words(table.unit);
      page.open("div", {{"id", "definition-" + anchor(table.id)}}).element("dt", table.id, {{"class", "code"}}).open("dd").text(title_words(table.title) + ".");
      if (!table.note.empty()) page.text(" " + table.note + ".");
      write_counted(page, table);
      page.element("small", (unit.empty() ? "Ratio" : table.unit == "us" ? "Microseconds" : "In " + unit) + ", definition " + std::to_string(table.definition)).close().close().line();
    }
  page.close().close().line();
}

}  // namespace

std::string render_html(const Edition& edition, const Hash& digest) {
  Markup page;
  Fragments fragments;
  write_header(page, edition, digest);
  page.open("div", {{"class", "columns"}});
  write_contents(page, edition);
  page.open("main", {{"id", "main"}, {"tabindex", "-1"}}).line();
  write_glance(page, edition);
  write_reading(page, edition);
  write_restatement(page, edition);
  for (const Section& section : edition.sections) write_section(page, edition, section, fragments);
  write_checks(page, edition);
  write_verify(page, edition, digest);
  write_definitions(page, edition);
  page.close().close().line();
  page.open("footer").element("p", edition.origin + " · " + edition.template_id + " " + edition.period.label + " · as of " + count_words(static_cast<std::int64_t>(edition.as_of.size)) + " entries · " + hex(digest.bytes));
  page.close();
  return whole_page(template_words(edition.template_id) + ", " + edition.period.label + " · " + edition.origin, page.take());
}

}  // namespace caseledger::reports
