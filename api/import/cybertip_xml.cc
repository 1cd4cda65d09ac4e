#include "api/import/cybertip_xml.h"

#include <algorithm>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <optional>
#include <set>
#include <utility>

namespace caseledger::api {

namespace {

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;
using Schema = std::unique_ptr<xmlSchema, decltype(&xmlSchemaFree)>;
using Names = std::set<std::string, std::less<>>;

std::unexpected<LineProblem> refuse(std::size_t line, std::string reason) { return std::unexpected(LineProblem{line, std::move(reason)}); }

std::string_view name_of(const xmlChar* name) { return reinterpret_cast<const char*>(name); }
std::string tag(std::string_view name) { return '<' + std::string(name.substr(0, xml_name_bytes_max)) + '>'; }

// Only what is in memory is ever read, whatever a document or a schema names.
void refuse_files_and_network() {
  static const bool once = [] {
    xmlInitParser();
    xmlSetExternalEntityLoader([](const char*, const char*, xmlParserCtxt*) -> xmlParserInput* { return nullptr; });
    return true;
  }();
  ENSURE(once);
}

// ── before the parser ──

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

OrLine<void> check_encoding(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text.find('\0') != text.npos)
    return refuse(1, "is not UTF-8: UTF-16 or a NUL was found");
  std::size_t line = 1;
  for (std::string_view rest = text; !rest.empty(); ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (!is_utf8(rest.substr(0, end))) return refuse(line, "is not UTF-8");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!text.starts_with("<?xml ")) return {};
  const std::string_view declaration = text.substr(0, text.find("?>"));
  const auto named = declaration.find("encoding");
  const auto open = named == declaration.npos ? named : declaration.find_first_of("'\"", named);
  if (open == declaration.npos) return {};
  const std::string_view encoding = declaration.substr(open + 1, declaration.find(declaration[open], open + 1) - open - 1);
  if (same_word(encoding, "utf-8") || same_word(encoding, "us-ascii")) return {};
  return refuse(1, "declares the encoding " + quote(encoding) + "; wanted UTF-8");
}

struct Tag {
  std::size_t end;             // where its > stands
  std::size_t attributes = 0;  // one at each =
};

Tag measured(std::string_view text, std::size_t at) {
  Tag tag{text.npos};
  for (char quoted = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == quoted) quoted = 0;
    } else if (c == '>') {
      tag.end = at;
      break;
    } else if (c == '"' || c == '\'') {
      quoted = c;
    } else if (c == '=') {
      ++tag.attributes;
    }
  }
  return tag;
}

// What costs a parser more than its length does: elements, their depth, and attributes, of which it compares each with every other.
OrLine<void> check_tags(std::string_view text) {
  std::size_t line = 1, elements = 0, depth = 0;
  Tag found{0};
  for (std::size_t at = 0, next; at < text.size(); at = next) {
    const auto open = std::min(text.find('<', at), text.size());
    line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(open), '\n'));
    const std::string_view rest = text.substr(open);
    if (rest.starts_with("<!--")) next = text.find("-->", open + 4);
    else if (rest.starts_with("<![CDATA[")) next = text.find("]]>", open);
    else if (rest.starts_with("<?")) next = text.find("?>", open);
    else if (rest.starts_with("<!")) return refuse(line, "has a document type declaration; none is read, nor any entity");
    else next = (found = measured(text, open)).end;
    if (rest.empty() || next == text.npos) return {};  // the parser says what is missing
    if (rest.starts_with("</")) {
      depth -= depth > 0;
    } else if (rest[1] != '!' && rest[1] != '?') {
      const std::string name = tag(rest.substr(1, rest.find_first_of(" \t\r\n/>") - 1));
      if (++elements > xml_elements_max) return refuse(line, "has more than 100,000 elements");
      if (found.attributes > xml_attributes_max) return refuse(line, name + " has more than 64 attributes");
      if (depth == xml_depth_max) return refuse(line, name + " lies more than 32 elements deep");
      depth += text[next - 1] != '/';
    }
    line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(open), text.begin() + static_cast<std::ptrdiff_t>(next), '\n'));
  }
  return {};
}

OrLine<void> check_raw(std::string_view text) {
  if (text.size() > xml_bytes_max) return refuse(1, "has more than 8 MiB");
  TRY(check_encoding(text));
  return check_tags(text);
}

// ── parsing ──

// A node's own line number ends at 65,535: this one does not.
void begin_element(void* to, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int spaces, const xmlChar** space, int attributes, int defaulted,
                   const xmlChar** attribute) {
  xmlSAX2StartElementNs(to, name, prefix, uri, spaces, space, attributes, defaulted, attribute);
  const auto* parser = static_cast<xmlParserCtxt*>(to);
  if (parser->node) parser->node->_private = reinterpret_cast<void*>(static_cast<std::intptr_t>(parser->input->line));
}

std::size_t line_of(const xmlNode* node) {
  if (node->type != XML_ELEMENT_NODE && node->parent) node = node->parent;
  return static_cast<std::size_t>(std::max<std::intptr_t>(1, reinterpret_cast<std::intptr_t>(node->_private)));
}

OrLine<Document> parse_document(std::string_view text) {
  refuse_files_and_network();
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(xmlNewParserCtxt(), xmlFreeParserCtxt);
  if (!parser) return refuse(1, "there is no memory to parse it");
  parser->sax->startElementNs = begin_element;
  constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
  Document document(xmlCtxtReadMemory(parser.get(), text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", options), xmlFreeDoc);
  if (document && parser->wellFormed) return document;
  const xmlError* error = xmlCtxtGetLastError(parser.get());
  std::string why = error && error->message ? without_quoted(error->message) : "nothing can be read";
  why.resize(std::min(why.find('\n'), why.size()));
  return refuse(error && error->line > 0 ? static_cast<std::size_t>(error->line) : 1, "is not well-formed: " + why);
}

OrLine<void> check_name(const xmlNode* owner, const xmlChar* name, const xmlNs* space) {
  if (space) return refuse(line_of(owner), tag(name_of(name)) + " stands in a namespace; a report has none");
  if (name_of(name).size() > xml_name_bytes_max) return refuse(line_of(owner), "has a name of more than 128 bytes");
  return {};
}

bool is_of_xsi(const xmlAttr* attribute) { return attribute->ns && name_of(attribute->ns->href) == "http://www.w3.org/2001/XMLSchema-instance"; }

OrLine<Element> tree_of(const xmlNode* node) {
  TRY(check_name(node, node->name, node->ns));
  Element element{std::string(name_of(node->name)), line_of(node), {}, {}, {}};
  for (const xmlAttr* each = node->properties; each; each = each->next) {
    if (is_of_xsi(each)) continue;
    TRY(check_name(node, each->name, each->ns));
    const std::unique_ptr<xmlChar, decltype(xmlFree)> value(xmlNodeListGetString(node->doc, each->children, 1), xmlFree);
    element.attributes.emplace_back(name_of(each->name), value ? std::string(name_of(value.get())) : std::string());
  }
  for (const xmlNode* each = node->children; each; each = each->next) {
    if (each->type == XML_TEXT_NODE || each->type == XML_CDATA_SECTION_NODE) element.text += name_of(each->content);
    if (each->type != XML_ELEMENT_NODE) continue;
    TRY_AS(child, tree_of(each));
    element.children.push_back(std::move(child));
  }
  if (!element.children.empty() && trimmed(element.text).empty()) element.text.clear();
  return element;
}

// ── validating ──

// Takes out what the schema has no name for, so that the rest can be validated: after an unexpected element its siblings would not be.
void drop_unknown(xmlNode* node, const Names& elements, const Names& attributes, std::vector<LineProblem>& newer) {
  const auto kept = [&](std::string what) { newer.push_back({line_of(node), std::move(what) + " is not in the schema; kept as it stands"}); };
  for (xmlAttr *each = node->properties, *next; each; each = next) {
    next = each->next;
    if (is_of_xsi(each) || attributes.contains(name_of(each->name))) continue;
    kept(tag(name_of(node->name)) + ": attribute " + quote(name_of(each->name)));
    xmlRemoveProp(each);
  }
  for (xmlNode *each = node->children, *next; each; each = next) {
    next = each->next;
    if (each->type != XML_ELEMENT_NODE) continue;
    if (elements.contains(name_of(each->name))) {
      drop_unknown(each, elements, attributes, newer);
    } else {
      newer.push_back({line_of(each), tag(name_of(each->name)) + " is not in the schema; kept as it stands"});
      xmlUnlinkNode(each);
      xmlFreeNode(each);
    }
  }
}

// White space around a number or a time is none of it (XML Schema part 2, 4.3.6); libxml2 2.9 compares it all the same.
void trim_value(xmlDoc* document, xmlNode* owner) {
  const std::unique_ptr<xmlChar, decltype(xmlFree)> value(xmlNodeListGetString(document, owner->children, 1), xmlFree);
  const std::string_view whole = value ? name_of(value.get()) : "", text = trimmed(whole);
  if (text.size() == whole.size()) return;
  xmlFreeNodeList(std::exchange(owner->children, nullptr));
  owner->last = nullptr;
  if (!text.empty()) xmlAddChild(owner, xmlNewDocTextLen(document, reinterpret_cast<const xmlChar*>(text.data()), static_cast<int>(text.size())));
}

void trim_values(xmlNode* node) {
  for (xmlAttr* each = node->properties; each; each = each->next) trim_value(node->doc, reinterpret_cast<xmlNode*>(each));
  if (xmlChildElementCount(node) == 0) return trim_value(node->doc, node);
  for (xmlNode* each = node->children; each; each = each->next)
    if (each->type == XML_ELEMENT_NODE) trim_values(each);
}

struct Findings {
  std::vector<LineProblem>& newer;
  std::optional<LineProblem> contradiction;
};

// libxml2 compares a fixed value letter by letter, where "1" is true as well.
bool is_true_all_the_same(std::string_view message) {
  return message.find("The actual value '1' does not match the fixed value constraint 'true'") != message.npos;
}

void found(void* to, xmlErrorPtr error) {
  auto& findings = *static_cast<Findings*>(to);
  if (error->level == XML_ERR_WARNING || findings.contradiction) return;
  const std::string_view message = error->message ? error->message : "";
  const std::string_view where = message.substr(0, message.find(": "));  // "Element 'x', attribute 'y'"
  const std::size_t line = error->node ? line_of(static_cast<const xmlNode*>(error->node)) : 1;
  if (error->code == XML_SCHEMAV_CVC_ELT_5_2_2_2_2 && is_true_all_the_same(message)) return;
  if (error->code == XML_SCHEMAV_CVC_ENUMERATION_VALID) {
    findings.newer.push_back({line, std::string(where) + " has a value that the schema does not list; kept as it stands"});
  } else if (error->code == XML_SCHEMAV_ELEMENT_CONTENT || error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_4) {
    // These two sentences hold names only, the others values.
    findings.contradiction = {line, std::string(message.substr(0, message.find('\n')))};
  } else {
    findings.contradiction = {line, std::string(where) + ": the value or the attributes are not what the schema wants"};
  }
}

void collect_names(const xmlNode* node, Names& elements, Names& attributes) {
  for (; node; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (xmlChar* name = xmlGetNoNsProp(node, reinterpret_cast<const xmlChar*>("name"))) {
      if (name_of(node->name) == "element") elements.emplace(name_of(name));
      if (name_of(node->name) == "attribute") attributes.emplace(name_of(name));
      xmlFree(name);
    }
    collect_names(node->children, elements, attributes);
  }
}

}  // namespace

struct XmlSchema::Compiled {
  Hash digest;
  Names elements, attributes;
  Document text;  // the schema points into it
  Schema schema;
};

XmlSchema::XmlSchema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
XmlSchema::XmlSchema(XmlSchema&&) noexcept = default;
XmlSchema& XmlSchema::operator=(XmlSchema&&) noexcept = default;
XmlSchema::~XmlSchema() = default;
const Hash& XmlSchema::digest() const { return compiled_->digest; }

Result<XmlSchema> XmlSchema::parse(std::string_view xsd) {
  const auto bad = [](const LineProblem& problem) { return fail(Errc::malformed, "the schema, line " + std::to_string(problem.line) + ": " + problem.reason); };
  if (const auto raw = check_raw(xsd); !raw) return bad(raw.error());
  auto text = parse_document(xsd);
  if (!text) return bad(text.error());
  const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> parser(xmlSchemaNewDocParserCtxt(text->get()), xmlSchemaFreeParserCtxt);
  if (!parser) return bad({1, "there is no memory to compile it"});
  std::optional<std::size_t> wrong;
  xmlSchemaSetParserStructuredErrors(parser.get(), [](void* to, xmlErrorPtr error) {
    auto& line = *static_cast<std::optional<std::size_t>*>(to);
    if (!line && error->level != XML_ERR_WARNING) line = static_cast<std::size_t>(std::max(1, error->line));
  }, &wrong);
  Schema schema(xmlSchemaParse(parser.get()), xmlSchemaFree);
  if (!schema || wrong) return bad({wrong.value_or(1), "is no XML schema that can be compiled"});
  Names elements, attributes;
  collect_names(xmlDocGetRootElement(text->get()), elements, attributes);
  return XmlSchema(std::make_unique<Compiled>(Compiled{sha256(bytes_of(xsd)), std::move(elements), std::move(attributes), std::move(*text), std::move(schema)}));
}

OrLine<Reading> read_xml(std::string_view text, const XmlSchema* schema) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  TRY(check_raw(text));
  TRY_AS(document, parse_document(text));
  xmlNode* root = xmlDocGetRootElement(document.get());
  TRY_AS(tree, tree_of(root));
  Reading reading{std::move(tree), {}};
  if (!schema) return reading;

  const auto& compiled = schema->compiled();
  drop_unknown(root, compiled.elements, compiled.attributes, reading.newer);
  trim_values(root);
  const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> validator(xmlSchemaNewValidCtxt(compiled.schema.get()), xmlSchemaFreeValidCtxt);
  if (!validator) return refuse(1, "there is no memory to validate it");
  Findings findings{reading.newer, {}};
  xmlSchemaSetValidStructuredErrors(validator.get(), found, &findings);
  if (xmlSchemaValidateDoc(validator.get(), document.get()) < 0) return refuse(1, "cannot be validated against the schema");
  if (findings.contradiction) return std::unexpected(std::move(*findings.contradiction));
  std::ranges::stable_sort(reading.newer, {}, &LineProblem::line);
  return reading;
}

// ── the tree ──

const Element* Element::child(std::string_view child_name) const {
  const auto found = std::ranges::find(children, child_name, &Element::name);
  return found == children.end() ? nullptr : &*found;
}

const std::string* Element::attribute(std::string_view attribute_name) const {
  const auto found = std::ranges::find(attributes, attribute_name, &std::pair<std::string, std::string>::first);
  return found == attributes.end() ? nullptr : &found->second;
}

bool Element::holds(std::string_view descendant) const {
  return std::ranges::any_of(children, [&](const Element& each) {
    return (each.name == descendant && (!each.text.empty() || !each.children.empty())) || each.holds(descendant);
  });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);
}

std::string without_quoted(std::string_view sentence) {
  const auto first = sentence.find_first_of("'\"`"), last = sentence.find_last_of("'\"`");
  if (first == sentence.npos) return std::string(sentence);
  return std::string(sentence.substr(0, first)) + "'…'" + std::string(first == last ? "" : sentence.substr(last + 1));
}

}  // namespace caseledger::api
