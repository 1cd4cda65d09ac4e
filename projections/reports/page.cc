#include "projections/reports/page.h"

#include "ledger/core/hash.h"

// The assembler finds the file as the compiler finds headers: from the root of the source.
asm(R"(
  .pushsection .rodata
  .global caseledger_page_css_begin
  .global caseledger_page_css_end
caseledger_page_css_begin:
  .incbin "projections/reports/page.css"
caseledger_page_css_end:
  .byte 0
  .popsection
)");

extern "C" const char caseledger_page_css_begin[], caseledger_page_css_end[];

namespace caseledger::reports {

std::string whole_page(std::string_view title, std::string_view body) {
  const std::string_view css(caseledger_page_css_begin, caseledger_page_css_end);
  Markup head;
  head.open("head").line().alone("meta", {{"charset", "utf-8"}}).line();
  head.alone("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" + base64(sha256(bytes_of(css)).bytes) + "'"}}).line();
  head.alone("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}).line();
  head.alone("meta", {{"name", "color-scheme"}, {"content", "light dark"}}).line();
  head.alone("meta", {{"name", "referrer"}, {"content", "no-referrer"}}).line();
  head.element("title", title).line().open("style").raw(css).close().line().close();
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\" xml:lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n";
  (out += head.take()) += "\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n";
  (out += body) += "\n</body>\n</html>\n";
  return out;
}

void open_section(Markup& page, const std::string& id, std::string_view title) {
  page.open("section", {{"id", id}, {"aria-labelledby", id + "-h"}}).element("h2", title, {{"id", id + "-h"}}).line();
}

void write_command(Markup& page, std::string_view why, const std::string& command) {
  page.open("li").element("p", why).element("pre", command, {{"tabindex", "0"}, {"role", "group"}, {"aria-label", "Command"}}).close().line();
}

void write_fact(Markup& page, std::string_view name, std::string_view value, std::string_view css_class) {
  page.open("div").element("dt", name).element("dd", value, {{css_class.empty() ? "" : "class", std::string(css_class)}}).close().line();
}

}  // namespace caseledger::reports
