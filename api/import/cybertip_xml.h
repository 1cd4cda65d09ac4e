// The XML of a stranger, read under limits of our own: what comes out is a plain tree and the line of whatever is wrong.
//
// Nothing is fetched and nothing is expanded: a document type declaration, and with it every entity, is refused before the parser sees
// the document. Text has to be UTF-8. Reasons name elements and never repeat values: those may be personal.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "ledger/core/hash.h"

namespace caseledger::api {

inline constexpr std::size_t xml_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t xml_elements_max = 100'000;
inline constexpr std::size_t xml_depth_max = 32;           // elements within each other
inline constexpr std::size_t xml_attributes_max = 64;      // of one element; a parser compares each with every other
inline constexpr std::size_t xml_name_bytes_max = 128;

struct LineProblem {
  std::size_t line = 1;
  std::string reason;
};

template <class T>
using OrLine = std::expected<T, LineProblem>;

struct Element {
  std::string name;
  std::size_t line = 1;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Element> children;
  std::string text;  // its own; what only separates children is left out

  const Element* child(std::string_view child_name) const;  // the first of that name
  const std::string* attribute(std::string_view attribute_name) const;
  bool holds(std::string_view descendant) const;            // somewhere below, and not empty
};

// An XML schema, compiled once.
class XmlSchema {
 public:
  // Errors: malformed (no schema).
  static Result<XmlSchema> parse(std::string_view xsd);
  XmlSchema(XmlSchema&&) noexcept;
  XmlSchema& operator=(XmlSchema&&) noexcept;
  ~XmlSchema();

  const Hash& digest() const;  // of its text

  struct Compiled;
  const Compiled& compiled() const { return *compiled_; }

 private:
  explicit XmlSchema(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

struct Reading {
  Element root;
  // Names and enumerated values that the schema does not know. Senders are newer than any copy of it: they are kept and told.
  std::vector<LineProblem> newer;
};

// With a schema, what contradicts it is refused with the line of the first contradiction.
OrLine<Reading> read_xml(std::string_view document, const XmlSchema* schema);

std::string_view trimmed(std::string_view text);  // of XML's white space

// "element 'x' is wrong" → "element '…' is wrong": from the first quotation mark to the last.
std::string without_quoted(std::string_view sentence);

}  // namespace caseledger::api
