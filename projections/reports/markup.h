// XML that is also HTML: elements that always close, text that is always text.
//
// What is written parses the same as HTML5 and as XML 1.0. Text comes from events too, so it is made harmless and visible here: invalid
// UTF-8, what XML forbids, and the marks that reorder a line (U+202A…, U+2066…) become a sign for themselves or U+FFFD.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caseledger::reports {

class Markup {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  Markup& open(std::string_view name, Attributes attributes = {});
  Markup& close();
  Markup& text(std::string_view text);
  Markup& raw(std::string_view markup);  // markup written by another Markup, or by us

  // An element without content: void in HTML, or of SVG.
  Markup& alone(std::string_view name, Attributes attributes = {});
  // <name …>text</name>
  Markup& element(std::string_view name, std::string_view text, Attributes attributes = {});
  Markup& line() { return raw("\n"); }

  // Everything, once every element is closed.
  std::string take();

 private:
  void begin(std::string_view name, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

// The text with what is dangerous or invisible in it made visible; not yet escaped.
std::string visible(std::string_view text);

// Visible, and safe inside an element or a quoted attribute.
std::string escaped(std::string_view text);

// At most so many characters, the last one then being "…".
std::string shortened(std::string_view text, std::size_t characters);

// Usable as an id and as a fragment without quoting: letters, digits and . _ - stay, each other byte is written as ~ and two hex digits, so
// that different names stay different.
std::string anchor(std::string_view name);

}  // namespace caseledger::reports
