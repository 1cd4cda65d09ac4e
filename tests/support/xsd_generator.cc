#include "tests/support/xsd_generator.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace samples {

namespace {

std::string_view name_of(const xmlNode* node) { return reinterpret_cast<const char*>(node->name); }
bool is(const xmlNode* node, std::string_view name) { return node->type == XML_ELEMENT_NODE && name_of(node) == name; }

std::string said(const xmlNode* node, const char* attribute) {
  xmlChar* value = xmlGetNoNsProp(node, reinterpret_cast<const xmlChar*>(attribute));
  const std::string text = value ? reinterpret_cast<const char*>(value) : "";
  xmlFree(value);
  return text;
}

const xmlNode* child(const xmlNode* node, std::initializer_list<std::string_view> names) {
  for (const xmlNode* each = node->children; each; each = each->next)
    for (const auto name : names)
      if (is(each, name)) return each;
  return nullptr;
}

}  // namespace

struct XsdGenerator::Compiled {
  xmlDoc* text;
  xmlSchema* schema;
};

XsdGenerator::XsdGenerator(std::string_view xsd, std::uint64_t seed) : random_(seed) {
  xmlDoc* text = xmlReadMemory(xsd.data(), static_cast<int>(xsd.size()), nullptr, nullptr, XML_PARSE_NONET);
  xmlSchemaParserCtxt* parser = text ? xmlSchemaNewDocParserCtxt(text) : nullptr;
  xmlSchema* schema = parser ? xmlSchemaParse(parser) : nullptr;
  xmlSchemaFreeParserCtxt(parser);
  if (!schema) throw std::logic_error("the schema cannot be compiled");
  compiled_ = std::make_unique<Compiled>(Compiled{text, schema});
}

XsdGenerator::~XsdGenerator() {
  xmlSchemaFree(compiled_->schema);
  xmlFreeDoc(compiled_->text);
}

std::string XsdGenerator::invalid(const std::string& document) const {
  xmlDoc* read = xmlReadMemory(document.data(), static_cast<int>(document.size()), nullptr, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (!read) return "not well-formed";
  xmlSchemaValidCtxt* validator = xmlSchemaNewValidCtxt(compiled_->schema);
  std::string why;
  xmlSchemaSetValidStructuredErrors(validator, [](void* to, xmlErrorPtr error) { *static_cast<std::string*>(to) += error->message; }, &why);
  (void)xmlSchemaValidateDoc(validator, read);
  xmlSchemaFreeValidCtxt(validator);
  xmlFreeDoc(read);
  return why;
}

const xmlNode* XsdGenerator::named(std::string_view kind, std::string_view name) const {
  for (const xmlNode* each = xmlDocGetRootElement(compiled_->text)->children; each; each = each->next)
    if (is(each, kind) && said(each, "name") == name) return each;
  return nullptr;
}

std::string XsdGenerator::document(std::string_view root) {
  std::string to;
  if (rarely()) to += "\xef\xbb\xbf";
  if (below(2) == 0) to += "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<!-- sent by <nobody> -->\n";
  const xmlNode* declaration = named("element", root);
  if (!declaration) throw std::logic_error("no such element");
  element(declaration, to);
  return to;
}

void XsdGenerator::element(const xmlNode* declaration, std::string& to) {
  if (const auto ref = said(declaration, "ref"); !ref.empty()) return element(named("element", ref), to);
  const std::string name = said(declaration, "name"), type = said(declaration, "type");
  const xmlNode* complex = child(declaration, {"complexType"});
  if (!complex && !type.empty()) complex = named("complexType", type);
  to += '<' + name;
  if (complex) attributes(complex, to);
  to += rarely() ? " >" : ">";
  ++depth_;
  const xmlNode* simple_content = complex ? child(complex, {"simpleContent"}) : nullptr;
  if (const auto fixed = said(declaration, "fixed"); !fixed.empty()) to += fixed;
  else if (simple_content) to += simple(said(child(simple_content, {"extension"}), "base"));
  else if (complex) particle(child(complex, {"sequence", "choice", "all"}), to);
  else if (const xmlNode* own = child(declaration, {"simpleType"})) to += restricted(own);
  else to += simple(type);
  --depth_;
  to += "</" + name + ">";
}

void XsdGenerator::attributes(const xmlNode* type, std::string& to) {
  const xmlNode* holder = type;
  if (const xmlNode* content = child(type, {"simpleContent"})) holder = child(content, {"extension"});
  for (const xmlNode* each = holder->children; each; each = each->next) {
    if (!is(each, "attribute") || (said(each, "use") != "required" && below(2) == 0)) continue;
    const xmlNode* own = child(each, {"simpleType"});
    std::string value = said(each, "fixed");
    if (value.empty()) value = own ? restricted(own) : simple(said(each, "type"));
    if (value.find_first_of("<\"") != value.npos) value = "x";
    to += ' ' + said(each, "name") + "=\"" + value + '"';
  }
}

void XsdGenerator::particle(const xmlNode* model, std::string& to) {
  if (!model) return;
  std::vector<const xmlNode*> parts;
  for (const xmlNode* each = model->children; each; each = each->next)
    if (is(each, "element") || is(each, "sequence") || is(each, "choice")) parts.push_back(each);
  if (parts.empty()) return;
  if (is(model, "choice")) return occurrences(parts[below(parts.size())], to);
  if (is(model, "all")) std::shuffle(parts.begin(), parts.end(), random_);
  for (const xmlNode* each : parts) {
    if (rarely()) to += below(2) == 0 ? "\n\t" : "<!-- - -->";
    occurrences(each, to);
  }
}

void XsdGenerator::occurrences(const xmlNode* declaration, std::string& to) {
  const auto least = said(declaration, "minOccurs"), most = said(declaration, "maxOccurs");
  std::size_t count = least == "0" ? below(2) : 1;
  if (most == "unbounded" && below(3) == 0 && depth_ < 6) count += below(rarely() ? 12 : 3);
  for (; count > 0; --count) is(declaration, "element") ? element(declaration, to) : particle(declaration, to);
}

std::string XsdGenerator::restricted(const xmlNode* simple_type) {
  const xmlNode* restriction = child(simple_type, {"restriction"});
  std::vector<std::string> values;
  for (const xmlNode* each = restriction->children; each; each = each->next) {
    if (is(each, "enumeration")) values.push_back(said(each, "value"));
    if (is(each, "pattern")) return said(each, "value") == "[0-9]+" ? std::to_string(below(1'000'000'000)) : "+" + std::to_string(below(1000));
  }
  return values.empty() ? simple(said(restriction, "base")) : values[below(values.size())];
}

// Without white space around values: libxml2 2.9 takes it for part of them.
std::string XsdGenerator::simple(std::string_view type) {
  const auto one_of = [&](std::initializer_list<const char*> values) { return std::string(values.begin()[below(values.size())]); };
  if (const xmlNode* named_type = named("simpleType", type)) return restricted(named_type);
  if (type == "xs:boolean") return one_of({"true", "false", "1", "0"});
  if (type == "xs:int") return one_of({"0", "7", "+12", "00017", "150"});
  if (type == "xs:long") return one_of({"1", "7001", "+7002", "007003", "9223372036854775807", "0"});
  if (type == "xs:double") return one_of({"0", "-77.03655", "1e2", "+38.8977"});
  if (type == "xs:date") return one_of({"2011-02-28", "1999-12-31Z", "2010-06-15+14:00"});
  if (type == "xs:dateTime") return time();
  if (type == "xs:token") return one_of({"x", "a b", "fe01", ""});
  return text();
}

std::string XsdGenerator::time() {
  constexpr const char* days[] = {"2012-10-15", "2024-02-29", "1970-01-01", "1968-12-31", "2038-01-19", "0002-01-01", "9998-12-31"};
  constexpr const char* hours[] = {"T08:00:00", "T23:59:59.999999999", "T00:00:00.1", "T24:00:00", "T12:30:45.123456"};
  constexpr const char* zones[] = {"", "Z", "-07:00", "+14:00", "-14:00", "+05:45", "+00:00"};
  return std::string(days[below(std::size(days))]) + hours[below(std::size(hours))] + zones[below(std::size(zones))];
}

std::string XsdGenerator::text() {
  constexpr const char* pieces[] = {"Nobody", "\xc3\xb1\xe2\x82\xac\xf0\x9f\x98\x80", "&amp;&lt;&gt;&quot;&apos;", "&#9;&#10;&#13;", "<![CDATA[ <b>&]] > ]]>", "  ", "\n\n", "a'b", "192.0.2.7", "https://x.example/?a=1&amp;b=2",
                                    "&#x7f;&#x85;&#xFFFD;", "\xe2\x80\xae\xe2\x80\x8b", "\\\"{}[]", "null", "0"};
  std::string all;
  for (std::size_t n = rarely() ? 0 : 1 + below(4); n > 0; --n) all += pieces[below(std::size(pieces))];
  if (below(200) == 0) all += std::string(10'000 + below(40'000), below(2) == 0 ? 'x' : ' ') + "\xe2\x82\xac";
  return all;
}

}  // namespace samples
