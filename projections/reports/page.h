// The shell of every page: one document that needs nothing else. Its policy lets it load nothing and run nothing; the style sheet is in it,
// named by its hash. It reads in light and dark, on a phone and on paper, and parses as HTML and as XML.
#pragma once

#include "projections/reports/markup.h"

namespace caseledger::reports {

// `body`: what stands in <body>, beginning with the page's header; its main element has the id "main".
std::string whole_page(std::string_view title, std::string_view body);

// A section of a page, left open: <section id=…><h2 …>title</h2>.
void open_section(Markup& page, const std::string& id, std::string_view title);

// An item of a list: what a command shows, and the command.
void write_command(Markup& page, std::string_view why, const std::string& command);

// Facts about the page as a list of name and value.
void write_fact(Markup& page, std::string_view name, std::string_view value, std::string_view css_class = "");

}  // namespace caseledger::reports
