// The pages: well-formed as XML and as HTML, the same bytes every time, and whatever a label holds stays a label.
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>

#include "projections/reports/chart.h"
#include "projections/reports/front.h"
#include "projections/reports/markup.h"
#include "projections/reports/render_html.h"
#include "tests/support/editions.h"
#include "tests/support/source.h"

using namespace caseledger;
using namespace caseledger::reports;

namespace {

std::string page_of(const Edition& edition) { return render_html(edition, editions::digest_of(edition)); }

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

Document parsed(const std::string& page) {
  Document document(xmlReadMemory(page.data(), static_cast<int>(page.size()), "page", "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING), &xmlFreeDoc);
  const xmlError* error = xmlGetLastError();
  INFO((error && error->message ? error->message : "") << (error ? error->line : 0));
  REQUIRE(document);
  return document;
}

// What an XPath expression finds; h: is HTML, s: is what has no namespace of its own.
std::vector<std::string> found(const Document& document, const std::string& path) {
  std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)> context(xmlXPathNewContext(document.get()), &xmlXPathFreeContext);
  xmlXPathRegisterNs(context.get(), BAD_CAST "h", BAD_CAST "http://www.w3.org/1999/xhtml");
  std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)> result(xmlXPathEvalExpression(BAD_CAST path.c_str(), context.get()), &xmlXPathFreeObject);
  REQUIRE(result);
  std::vector<std::string> texts;
  for (int i = 0; result->nodesetval && i < result->nodesetval->nodeNr; ++i) {
    xmlChar* content = xmlNodeGetContent(result->nodesetval->nodeTab[i]);
    texts.emplace_back(reinterpret_cast<const char*>(content));
    xmlFree(content);
  }
  return texts;
}

// The cells of a figure's row, by its fragment.
std::vector<std::string> cells(const Document& document, const std::string& id) { return found(document, "//h:tr[@id='" + id + "']/h:td"); }

const std::pair<const char*, Edition (*)()> all_pages[] = {{"small", editions::small}, {"empty", editions::empty}, {"all-withheld", editions::all_withheld}, {"hostile", editions::hostile}};

std::string comparison() {
  const Edition before = editions::small_of_2023(), now = editions::small();
  return render_comparison(std::vector<Compared>{{before, editions::digest_of(before)}, {now, editions::digest_of(now)}});
}

// Of a month, a year and the year once more.
std::string front() {
  std::vector<Release> all(3);
  for (Version i = 0; i < 3; ++i) {
    all[i].version = 10 + i;
    all[i].recorded_at = 1'735'689'600'000'000 + i * Micros{1'000'000};
    all[i].template_id = i == 0 ? "transparency" : "statutory-11295a";
    all[i].period = i == 0 ? "2024-12" : "2024";
    all[i].as_of_size = 76'000 + i;
  }
  all[2].supersedes = 11;
  return render_front("ledger.example.org/l/<1>", 76'670, 1'735'689'600'000'000, all);
}

std::string year() {
  std::vector<Compared> months;
  for (int month = 0; month < 12; ++month) {
    Edition edition = month % 2 ? editions::small() : editions::small_of_2023();
    edition.period.label = "2024-" + std::string(month < 9 ? "0" : "") + std::to_string(month + 1);
    edition.sections[0].tables[3].rows = {editions::told({}, std::to_string(1'111'500'000 + 37'000'000 * month))};  // as many digits as reads of plates have
    months.push_back({edition, editions::digest_of(edition)});
  }
  return render_comparison(months);
}

}  // namespace

TEST_CASE("every page is well-formed XML, and HTML that the HTML parser has nothing to say about", "[render]") {
  std::vector<std::pair<std::string, std::string>> pages{{"comparison", comparison()}, {"year", year()}, {"front", front()}};
  for (const auto& [name, edition] : all_pages) pages.emplace_back(name, page_of(edition()));
  for (const auto& [name, page] : pages) {
    INFO(name);
    const Document document = parsed(page);
    CHECK(found(document, "//h:html").size() == 1);
    CHECK(found(document, "//h:main").size() == 1);
    CHECK(found(document, "//h:script").empty());
    CHECK(found(document, "//@*[starts-with(name(), 'on') or name() = 'style']").empty());
    CHECK(found(document, "//*[@src or (@href and not(starts-with(@href, '#')" + std::string(name == "front" ? " or starts-with(@href, '/')" : "") + "))]").empty());
    const auto ids = found(document, "//@id");
    CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
    for (const std::string& link : found(document, "//h:a/@href[starts-with(., '#')]")) CHECK(std::ranges::find(ids, link.substr(1)) != ids.end());

    xmlResetLastError();
    const Document html(htmlReadMemory(page.data(), static_cast<int>(page.size()), "page", "UTF-8", HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING), &xmlFreeDoc);
    REQUIRE(html);
    const xmlError* error = xmlGetLastError();
    // The parser of libxml2 knows HTML 4: elements that HTML 5 added are no fault.
    CHECK((!error || error->code == XML_HTML_UNKNOWN_TAG || error->code == XML_ERR_OK));
  }
}

TEST_CASE("a figure is found by its fragment, with its value, interval and what was counted", "[render]") {
  const Document page = parsed(page_of(editions::small()));
  CHECK(cells(page, "R1") == std::vector<std::string>{"91.4 %", "91.1 % to 91.7 %", "27,033 of 29,568", "0.914265"});
  CHECK(found(page, "//h:tr[@id='R1']//h:data/@value") == std::vector<std::string>{"0.914265"});
  CHECK(cells(page, "R2").front() == "1.05");
  CHECK(cells(page, "R5").front() == "5 d 4 h");
  CHECK(cells(page, "R4.3h.mature").front() == "1.8 %");
  CHECK(found(page, "//h:td[@id='R1-by-case_type-ERU']/h:data") == std::vector<std::string>{"92.6 %"});
  CHECK(found(page, "//h:td[@id='T5.adjudication.p90']") == std::vector<std::string>{"2 h 30 min"});
  CHECK(cells(page, "T5.precision-by-vendor.list-vendor~2da-ncic").front() == "40.0 %");
  CHECK(found(page, "//*[@id='definition-R1']/h:dt") == std::vector<std::string>{"R1"});
  CHECK(found(page, "//h:tr[@id='R8-by-age_band-6-11']").size() == 1);
}

TEST_CASE("what is withheld says so and by which rule, and is neither 0 nor drawn", "[render]") {
  const Document page = parsed(page_of(editions::small()));
  CHECK(found(page, "//h:td[@id='R1-by-case_type-NFA']") == std::vector<std::string>{"withheld"});
  CHECK(found(page, "//h:td[@id='R5-by-case_type-LIM']") == std::vector<std::string>{"not reached"});
  CHECK(found(page, "//h:td[@id='R8-by-case_type-LIM']") == std::vector<std::string>{"0"});
  CHECK(cells(page, "T5.per_million_reads").front() == "no data");
  CHECK(found(page, "//h:tr[@id='T5.precision']//h:p[contains(@class, 'flag')]").front().starts_with("Not representative"));
  CHECK(found(page, "//h:tr[@id='T5.precision-by-vendor.list-vendor~2db-state']//h:p").front().starts_with("Withheld"));

  const Document none = parsed(page_of(editions::all_withheld()));
  CHECK(found(none, "//h:data").empty());
  CHECK(found(none, "//*[local-name()='circle' or contains(@class, 'bar')]").empty());
  CHECK(found(none, "//h:section[@class='glance']").empty());
}

TEST_CASE("a section without data says so, and an edition without sections is still a page", "[render]") {
  const Document page = parsed(page_of(editions::small()));
  CHECK(found(page, "//h:section[@id='section-T9']/h:p[@class='no-data']").size() == 1);
  CHECK(found(page, "//h:section[@id='section-T9']//h:li").size() == 2);
  CHECK(found(page, "//h:section[@id='section-T9']//h:table").empty());
  const Document bare = parsed(page_of(editions::empty()));
  CHECK(found(bare, "//h:h1") == std::vector<std::string>{"Transparency report, 2024"});
  CHECK(found(bare, "//h:section[@id='restatement']").empty());
}

TEST_CASE("groups with numbers stand in their order, and not in that of letters", "[render]") {
  const Document page = parsed(page_of(editions::small()));
  CHECK(found(page, "//h:div[@id='table-R8-by-age_band']//h:tbody//h:bdi") == std::vector<std::string>{"Not stated", "0 to 5 years", "6 to 11 years", "12 to 14 years", "15 to 17 years"});
}

TEST_CASE("a label is a label, whatever is in it", "[render]") {
  const std::string text = page_of(editions::hostile());
  const Document page = parsed(text);
  CHECK(found(page, "//h:script | //h:img | //h:b | //h:i").empty());
  CHECK(text.find("\xE2\x80\xAE") == text.npos);  // nothing reorders the line
  CHECK(text.find('\x1B') == text.npos);
  CHECK(found(page, "//h:bdi[contains(., '<script>alert(1)</script>')]").size() >= 1);
  CHECK(found(page, "//h:a[@class='label']").size() > 5);
}

TEST_CASE("what is hidden in a text is made visible", "[render]") {
  CHECK(escaped("<a b='c' d=\"e\">&") == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;");
  CHECK(visible("a\x01" "b\x7F") == "a\xE2\x90\x81" "b\xE2\x90\xA1");
  CHECK(visible("\xC0\x80\xED\xA0\x80\xF5") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // each ill-formed byte
  CHECK(visible("a\nb") == "a b");
  CHECK(shortened("abcdef", 4) == "abc…");
  CHECK(shortened("abcd", 4) == "abcd");
  CHECK(shortened("äöüß", 3) == "äö…");
  CHECK(anchor("T1.a b/ä") == "T1.a~20b~2f~c3~a4");
}

TEST_CASE("two editions side by side tell what changed, and what cannot be compared", "[render]") {
  const Document page = parsed(comparison());
  const auto rows = found(page, "//h:div[@id='section-R']//h:tr | //h:section[@id='section-R']//h:tr[starts-with(., 'Of the episodes')]");
  REQUIRE_FALSE(rows.empty());
  CHECK(rows.front().find("89.3 %91.4 %+2.14 points") != std::string::npos);
  const auto alerts = found(page, "//h:section[@id='section-T5']//h:tr");
  CHECK(std::ranges::any_of(alerts, [](const std::string& row) { return row.find("not comparable") != row.npos && row.find("defined anew") != row.npos; }));
  CHECK(std::ranges::any_of(alerts, [](const std::string& row) { return row.find("withheld60.0 %–") != row.npos; }));
  const auto caveats = found(page, "//h:p[@class='caveat']");
  REQUIRE(caveats.size() == 2);
  CHECK(caveats.front().find("the definitions differ of T5.") != std::string::npos);
  CHECK(caveats.back().find("supersedes an earlier one (late records from two states)") != std::string::npos);
}

TEST_CASE("a year of editions is drawn as series", "[render]") {
  const Document page = parsed(year());
  CHECK(found(page, "//*[local-name()='svg'][contains(@id, '-series-')]").size() >= 3);
  CHECK(found(page, "//h:table[.//h:th[contains(., '2024-12')]]").size() >= 2);
  const auto beside_long_labels = found(page, "//*[local-name()='text'][contains(., '000,000')]/@x");
  REQUIRE_FALSE(beside_long_labels.empty());
  for (const std::string& x : beside_long_labels) CHECK(std::stod(x) > 25);  // in percent: their frame begins behind them
}

TEST_CASE("numbers are said without making 0 of something, or all of less", "[render]") {
  const auto share = [](std::string_view value) { return share_words(millionths(value).value()); };
  CHECK(share("0.914265") == "91.4 %");
  CHECK(share("0.000169") == "0.017 %");
  CHECK(share("0.000001") == "0.0001 %");
  CHECK(share("0.999999") == "99.9999 %");
  CHECK(share("0.000000") == "0 %");
  CHECK(share("1.000000") == "100 %");
  CHECK(share("0.120500") == "12.0 %");  // half to even
  CHECK(fixed_words(millionths("-0.004000").value(), 2) == "0.00");
  CHECK(fixed_words(millionths("-1234.565000").value(), 2) == "−1,234.56");
  CHECK(count_words(29'568) == "29,568");
  const auto duration = [](std::int64_t us) { return duration_words(Millionths(us) * million); };
  CHECK(duration(0) == "0 s");
  CHECK(duration(11'000'000) == "11 s");
  CHECK(duration(2'676'000'000) == "44 min 36 s");
  CHECK(duration(3'599'600'000) == "1 h");
  CHECK(duration(445'320'000'000) == "5 d 4 h");
  CHECK(duration(91'853'781'568'463) == "1,063 d");
  CHECK_FALSE(millionths("1e6"));
  CHECK_FALSE(millionths(""));
  CHECK_FALSE(millionths("1."));
  CHECK_FALSE(millionths("0.1234567"));
}

TEST_CASE("codes are said by name, and what has no name is said as it is", "[render]") {
  CHECK(value_words("jurisdiction", "US-TX") == "Texas");
  CHECK(value_words("country", "AF") == "Afghanistan");
  CHECK(value_words("country", "ZW") == "Zimbabwe");
  CHECK(value_words("country", "XX") == "XX");
  CHECK(value_words("case_type", "ERU") == "Endangered runaway (ERU)");
  CHECK(value_words("vendor", "a_b") == "a_b");
  CHECK(value_words("reason", "stale_list") == "Stale list");
  CHECK(value_words("age_band", "") == "Not stated");
  CHECK(withheld_words("a_new_rule") == "Withheld by rule: a new rule.");
}

TEST_CASE("axes end at round values and hold what they show", "[render]") {
  const Say words = [](Millionths at) { return fixed_words(at, 0); };
  const auto of = [](std::int64_t n) { return Millionths(n) * million; };
  const Axis counts = linear_axis(of(3), of(26'907), words, true);
  CHECK(counts.low == 0);
  CHECK(counts.high == of(30'000));
  CHECK(counts.at(of(15'000)) == 5'000);
  CHECK(counts.at(of(-5)) == 0);
  CHECK(counts.at(of(99'999)) == 10'000);
  const Axis close = linear_axis(of(80), of(95), words, true);
  CHECK(close.low == of(80));
  CHECK(linear_axis(of(80), of(95), words, false).low == 0);
  const Axis nothing = linear_axis(0, 0, words, true);
  CHECK(nothing.high > nothing.low);
  const Axis times = duration_axis(of(11'000'000), of(3'526'000'000));
  CHECK(times.at(of(11'000'000)) >= 0);
  CHECK(times.at(of(60'000'000)) > times.at(of(11'000'000)));
  CHECK(times.at(of(3'526'000'000)) <= 10'000);
  for (std::int64_t low = 1'000'000; low < 400'000'000'000'000; low *= 7)  // a second to ten years
    for (std::int64_t high = 2 * low; high < 400'000'000'000'000; high *= 5) {
      const Axis axis = duration_axis(of(low), of(high));
      CHECK(axis.ticks.size() >= 2);
      for (std::size_t i = 1; i < axis.ticks.size(); ++i) CHECK(axis.at(axis.ticks[i].first) - axis.at(axis.ticks[i - 1].first) > 2'000);
    }
  const Axis huge = linear_axis(0, of(std::numeric_limits<std::int64_t>::max()), words, true);
  CHECK(huge.at(of(std::numeric_limits<std::int64_t>::max() / 2)) > 4'000);
}

// Rewrites nothing by itself: tests "[write-render-golden]" does, and what changed is for people to read.
TEST_CASE("a small edition gives the page it always gave", "[render]") {
  std::ifstream file(samples::source_folder() / "tests" / "golden" / "edition" / "edition.html", std::ios::binary);
  const std::string golden((std::istreambuf_iterator<char>(file)), {});
  const std::string page = page_of(editions::small());
  CHECK(page == page_of(editions::small()));
  const bool as_ever = page == golden;  // the difference of two pages is no message to read
  CHECK(as_ever);
}

TEST_CASE("write the golden page", "[.][write-render-golden]") {
  std::ofstream(samples::source_folder() / "tests" / "golden" / "edition" / "edition.html", std::ios::binary) << page_of(editions::small());
}

// For the tests in a browser: every kind of page into the folder CASELEDGER_PAGES.
TEST_CASE("write every kind of page", "[.][pages]") {
  const char* folder = std::getenv("CASELEDGER_PAGES");
  REQUIRE(folder);
  const auto write = [&](const std::string& name, const std::string& page) { REQUIRE(std::ofstream(std::string(folder) + "/" + name + ".html", std::ios::binary) << page); };
  for (const auto& [name, edition] : all_pages) write(name, page_of(edition()));
  write("comparison", comparison());
  write("year", year());
  write("front", front());
}
