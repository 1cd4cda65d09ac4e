#include "projections/reports/front.h"

#include <algorithm>
#include <ranges>

#include "projections/reports/block_html.h"
#include "projections/reports/page.h"
#include "projections/reports/words.h"

namespace caseledger::reports {

namespace {

void write_header(Markup& page, std::string_view origin, std::uint64_t entries, Micros recorded_at) {
  page.open("header").open("div", {{"class", "masthead"}}).element("p", origin, {{"class", "kicker"}}).element("h1", "Published reports");
  page.element("p", "What this ledger tells the public. Every report is counted from signed records that nobody can change unseen, and can be checked without trusting whoever shows it.", {{"class", "lede"}});
  page.open("dl", {{"class", "facts"}});
  write_fact(page, "The log", entries == 0 ? "has no entry yet" : count_words(static_cast<std::int64_t>(entries)) + " entries, the last recorded " + time_words(recorded_at));
  page.close().close().close().line();
}

const Release* superseding(const Release& release, std::span<const Release> all) {
  const auto found = std::ranges::find(all, std::optional(release.version), &Release::supersedes);
  return found == all.end() ? nullptr : &*found;
}

void write_row(Markup& page, const Release& release, std::span<const Release> all) {
  const std::string title = template_words(release.template_id) + ", " + release.period, address = "/v1/editions/" + place_of(release);
  const auto file = [&](std::string_view name, std::string_view suffix) {
    page.element("a", name, {{"href", address + std::string(suffix)}, {"aria-label", std::string(name) + " of " + title}}).text(" ");
  };
  page.open("tr").open("th", {{"scope", "row"}}).element("a", title, {{"href", address + ".html"}}).close();
  page.element("td", date_words(release.recorded_at)).element("td", count_words(static_cast<std::int64_t>(release.as_of_size)), {{"class", "n"}}).open("td");
  if (const Release* newer = superseding(release, all)) page.text("Superseded: ").element("a", "the newer one", {{"href", "/v1/editions/" + place_of(*newer) + ".html"}});
  else page.text("Current");
  page.close().open("td");
  for (const auto& [name, suffix] : {std::pair("JSON", ".json"), {"CSV", ".csv"}, {"Proof", ".tlog-proof"}, {"Event", ".event"}}) file(name, suffix);
  page.close().close().line();
}

constexpr std::pair<const char*, const char*> sections[] = {{"reports", "Reports"}, {"check", "How to check a report"}, {"more", "What else is public"}};

void write_contents(Markup& page) {
  page.open("nav", {{"aria-labelledby", "contents-h"}}).element("h2", "Contents", {{"id", "contents-h"}}).open("ol").line();
  for (const auto& [id, title] : sections) page.open("li").element("a", title, {{"href", "#" + std::string(id)}}).close().line();
  page.close().close().line();
}

void write_reports(Markup& page, std::span<const Release> all) {
  open_section(page, sections[0].first, sections[0].second);
  if (all.empty()) {
    page.element("p", "None was published yet.", {{"class", "no-data"}}).close().line();
    return;
  }
  open_table(page, "editions", "Published reports, the newest first");
  page.open("thead").open("tr");
  for (const char* head : {"Report", "Published", "As of entry", "State", "Files"}) page.element("th", head, {{"scope", "col"}, {std::string_view(head).starts_with("As of") ? "class" : "", "n"}});
  page.close().close().open("tbody").line();
  for (const Release& release : all | std::views::reverse) write_row(page, release, all);
  page.close().close().close().close().line();
}

void write_check(Markup& page, std::string_view origin) {
  open_section(page, sections[1].first, sections[1].second);
  page.element("p", "Take its JSON, its proof and its event, and the key of " + std::string(origin) + " from a source of your own: a page cannot vouch for itself. Then, without a network:");
  page.open("ol").line();
  write_command(page, "The ledger recorded the release of exactly these bytes.", "caseledger verify NUMBER.json --log-vkey \"$(cat vkey)\"");
  write_command(page, "Whoever has a bundle of the ledger counts every figure again, and is told the first that differs.", "caseledger verify NUMBER.json --log-vkey \"$(cat vkey)\" --bundle bundle");
  page.close().close().line();
}

void write_more(Markup& page) {
  open_section(page, sections[2].first, sections[2].second);
  page.open("ul").line();
  for (const auto& [path, what] : {std::pair("/v1/editions", "This list, for programs"), {"/v1/definitions", "What every figure means"},
                                  {"/v1/policies", "The policies that bind, suppression among them"}, {"/checkpoint", "The latest signed checkpoint, for witnesses and monitors"},
                                  {"/v1/log-keys", "The keys that sign it, each with its proof from the one before"}})
    page.open("li").element("a", path, {{"href", path}, {"class", "code"}}).text(" " + std::string(what)).close().line();
  page.close().open("p").text("Everything else is for enrolled keys: ").element("a", "/openapi.yaml", {{"href", "/openapi.yaml"}, {"class", "code"}}).text(" is its contract.").close().close().line();
}

}  // namespace

std::string render_front(std::string_view origin, std::uint64_t entries, Micros recorded_at, std::span<const Release> releases) {
  Markup page;
  write_header(page, origin, entries, recorded_at);
  page.open("div", {{"class", "columns"}});
  write_contents(page);
  page.open("main", {{"id", "main"}, {"tabindex", "-1"}}).line();
  write_reports(page, releases);
  write_check(page, origin);
  write_more(page);
  page.close().close().line();
  page.open("footer").element("p", origin).close();
  return whole_page("Published reports · " + std::string(origin), page.take());
}

}  // namespace caseledger::reports
