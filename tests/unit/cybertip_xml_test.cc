// The XML reader against hostile documents, at its limits and one past each; and validation against a schema.
#include <catch2/catch.hpp>
#include <chrono>

#include "tests/support/cybertip.h"

using namespace samples;

namespace {

std::string refused(std::string_view document, const XmlSchema* schema = nullptr) {
  const auto reading = read_xml(document, schema);
  return reading ? "read" : std::to_string(reading.error().line) + ": " + reading.error().reason;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string nested(std::size_t depth) { return repeated("<a>", depth) + repeated("</a>", depth); }

// A document of exactly so many bytes.
std::string sized(std::size_t bytes) { return "<a>" + std::string(bytes - 7, 'x') + "</a>"; }

constexpr std::string_view small_schema = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="note"><xs:complexType><xs:sequence>
    <xs:element name="kind"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="old"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="count" type="xs:int"/>
    <xs:element name="last" type="xs:boolean" minOccurs="0"/>
  </xs:sequence><xs:attribute name="of" type="xs:int"/></xs:complexType></xs:element>
</xs:schema>)";

}  // namespace

TEST_CASE("a document becomes a tree with the line of each element") {
  const auto reading = read_xml("<?xml version='1.0' encoding='utf-8'?>\n<a b='1 &amp; 2'>\n  <c>x&lt;y<![CDATA[ & z]]></c><!-- no -->\n  <d/>\n</a>", nullptr);
  REQUIRE(reading);
  const Element& a = reading->root;
  CHECK(a.name == "a");
  CHECK(a.line == 2);
  CHECK(*a.attribute("b") == "1 & 2");
  CHECK(a.attribute("c") == nullptr);
  CHECK(a.text.empty());
  REQUIRE(a.children.size() == 2);
  CHECK(a.child("c")->text == "x<y & z");
  CHECK(a.child("d")->line == 4);
  CHECK(a.holds("c"));
  CHECK_FALSE(a.holds("d"));
  const auto long_one = read_xml("<a>" + std::string(70'000, '\n') + "<b/></a>", nullptr);
  REQUIRE(long_one);
  CHECK(long_one->root.children[0].line == 70'001);
}

TEST_CASE("entities are refused before anything is expanded") {
  std::string bomb = "<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY l0 'lol'>";
  for (int i = 1; i < 10; ++i) bomb += "<!ENTITY l" + std::to_string(i) + " '" + repeated("&l" + std::to_string(i - 1) + ";", 10) + "'>";
  bomb += "]><report>&l9;</report>";
  const std::string wanted = "2: has a document type declaration; none is read, nor any entity";
  CHECK(refused(bomb) == wanted);
  CHECK(refused("<!--\n--><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>") == wanted);
  CHECK(refused("\n<!DOCTYPE a [<!ENTITY e SYSTEM 'http://192.0.2.1/'>]><a>&e;</a>") == wanted);
  CHECK(refused("<a>\n<!ENTITY e 'x'></a>") == wanted);
  CHECK(refused("<a>&undeclared;</a>").starts_with("1: is not well-formed"));
  CHECK(refused("<a><!--<!DOCTYPE x>--><![CDATA[<!DOCTYPE x>]]></a>") == "read");
}

TEST_CASE("only UTF-8 is read, and the line that is not is named") {
  CHECK(refused("\xef\xbb\xbf<a>ü</a>") == "read");
  CHECK(refused("<?xml version=\"1.0\" encoding=\"Us-Ascii\"?><a/>") == "read");
  CHECK(refused("<a>\n\xfc</a>") == "2: is not UTF-8");
  CHECK(refused("<a>\n\n\xed\xa0\x80</a>") == "3: is not UTF-8");
  CHECK(refused("<?xml version='1.0' encoding='ISO-8859-1'?><a/>") == "1: declares the encoding \"ISO-8859-1\"; wanted UTF-8");
  CHECK(refused("<?xml version='1.0' encoding=\"UTF-7\"?><a>+ADw-</a>") == "1: declares the encoding \"UTF-7\"; wanted UTF-8");
  const std::string utf16("\xff\xfe<\0a\0/\0>\0", 10), unmarked("<\0a\0/\0>\0", 8), nul("<a>\0</a>", 8);
  for (const auto& each : {utf16, unmarked, nul}) CHECK(refused(each) == "1: is not UTF-8: UTF-16 or a NUL was found");
}

TEST_CASE("each limit holds at its maximum and one past it") {
  CHECK(refused(sized(xml_bytes_max)) == "read");
  CHECK(refused(sized(xml_bytes_max + 1)) == "1: has more than 8 MiB");
  CHECK(refused(sized(100u << 20)) == "1: has more than 8 MiB");
  CHECK(refused(nested(xml_depth_max)) == "read");
  CHECK(refused(nested(xml_depth_max + 1)) == "1: <a> lies more than 32 elements deep");
  CHECK(refused(nested(50'000)).starts_with("1: "));
  CHECK(refused("<a>\n" + repeated("<b/>", xml_elements_max - 1) + "</a>") == "read");
  CHECK(refused("<a>\n" + repeated("<b/>", xml_elements_max) + "</a>") == "2: has more than 100,000 elements");
  const auto attributes = [](std::size_t count) {
    std::string all = "<a>\n<b";
    for (std::size_t i = 0; i < count; ++i) all += " b" + std::to_string(i) + " = '>\"='";
    return all + "/></a>";
  };
  CHECK(refused(attributes(xml_attributes_max)) == "read");
  CHECK(refused(attributes(xml_attributes_max + 1)) == "2: <b> has more than 64 attributes");
  CHECK(refused('<' + std::string(xml_name_bytes_max, 'n') + "/>") == "read");
  CHECK(refused('<' + std::string(xml_name_bytes_max + 1, 'n') + "/>") == "1: has a name of more than 128 bytes");
}

TEST_CASE("depth is that of open elements, whatever stands between them") {
  const std::string row = "<b/><c d='/'></c ><!-- <d> --><![CDATA[<e>]]><?f <g>?>";
  CHECK(refused("<a>" + repeated(row, 100) + "</a>") == "read");
  CHECK(refused("<a>" + repeated("<b>", 31) + row + repeated("</b>", 31) + "</a>") == "1: <b> lies more than 32 elements deep");
  CHECK(refused(repeated("</a>", 100) + "<a/>").starts_with("1: is not well-formed"));
}

TEST_CASE("an attribute may be as long as its document") {
  const auto reading = read_xml("<a b='" + std::string(xml_bytes_max - 9, '>') + "'/>", nullptr);
  REQUIRE(reading);
  CHECK(reading->root.attribute("b")->size() == xml_bytes_max - 9);
}

TEST_CASE("names in namespaces by the thousand are read or refused at once") {
  std::string declared, open, close;
  for (std::size_t depth = 0; depth < xml_depth_max - 1; ++depth) {
    open += "<a";
    for (std::size_t i = 0; i < xml_attributes_max; ++i) open += " xmlns:n" + std::to_string(depth) + 'x' + std::to_string(i) + "='u'";
    open += '>';
    close += "</a>";
  }
  while (open.size() + close.size() < xml_bytes_max - 600) {
    open += "<b";
    for (std::size_t i = 0; i < xml_attributes_max; ++i) open += " xml:b" + std::to_string(i) + "=''";
    open += "/>";
  }
  const auto begun = std::chrono::steady_clock::now();
  CHECK(refused(open + close).find("stands in a namespace") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
}

TEST_CASE("a tag of a million attributes is refused at once") {
  std::string many = "<a";
  for (int i = 0; many.size() < xml_bytes_max - 100; ++i) many += " a" + std::to_string(i) + "=''";
  const auto begun = std::chrono::steady_clock::now();
  CHECK(refused(many + "/>") == "1: <a> has more than 64 attributes");
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
}

TEST_CASE("what is not well-formed is refused with its line and without its text") {
  for (const std::string each : {"", "x", "<", "<a", "<a>", "<a></b>", "<a/><b/>", "<a b=1/>", "<a b='1' b='2'/>", "<a>&#0;</a>", "<a>\x01</a>",
      "<a><![CDATA[</a>", "<!-- <a/>", "<?xml <a/>"}) {
    INFO(each);
    CHECK(refused(each).starts_with("1: is not well-formed: "));
  }
  CHECK(refused("<a>\n<b>Ned Nobody</c></a>").starts_with("2: is not well-formed: "));
  for (const std::string each : {"<a>\nNed Nobody & Sons</a>", "<a>\n<b name='Nobody'>Nobody &Nobody; </b></a>", "<a>Nobody", "<a b='Nobody\"/>"}) {
    INFO(each << " " << refused(each));
    CHECK(refused(each).find("Nobody") == std::string::npos);
  }
  CHECK(refused("<a xmlns='urn:x'/>") == "1: <a> stands in a namespace; a report has none");
  CHECK(refused("<a>\n<b xmlns:p='urn:x' p:c='1'/></a>") == "2: <c> stands in a namespace; a report has none");
}

TEST_CASE("a schema's contradictions are refused; names and values that it does not know are kept and told") {
  const auto schema = XmlSchema::parse(small_schema);
  REQUIRE(schema);
  CHECK(schema->digest() == sha256(bytes_of(small_schema)));
  CHECK(refused("<note of='3'><kind>old</kind><count>1</count></note>", &*schema) == "read");
  CHECK(refused("<note>\n<count>1</count></note>", &*schema).starts_with("2: Element 'count': This element is not expected."));
  CHECK(refused("<note><kind>old</kind></note>", &*schema).starts_with("1: Element 'note': Missing child element(s)."));
  CHECK(refused("<note><kind>old</kind>\n<count>Nobody</count></note>", &*schema) ==
      "2: Element 'count': the value or the attributes are not what the schema wants");
  CHECK(refused("<note of='Nobody'><kind>old</kind><count>1</count></note>", &*schema).find("Nobody") == std::string::npos);

  const auto reading = read_xml("<note newer='1'>\n<kind>new</kind>\n<later><deep/></later>\n<count>1</count></note>", &*schema);
  REQUIRE(reading);
  std::string told;
  for (const auto& [line, reason] : reading->newer) told += std::to_string(line) + ": " + reason + '\n';
  CHECK(told == "1: <note>: attribute \"newer\" is not in the schema; kept as it stands\n"
                "2: Element 'kind' has a value that the schema does not list; kept as it stands\n"
                "3: <later> is not in the schema; kept as it stands\n");
  CHECK(*reading->root.attribute("newer") == "1");
  CHECK(reading->root.children.at(1).children.at(0).name == "deep");
  // What is newer hides nothing that stands behind it.
  CHECK(refused("<note><kind>new</kind><later/>\n<count>x</count></note>", &*schema).starts_with("2: "));
  CHECK(refused("<note><kind>new</kind><later/><count>1</count>\n<last>x</last></note>", &*schema).starts_with("2: "));
}

TEST_CASE("white space around a number, a date or a value from a list is none of it, and is kept where it stands") {
  const auto schema = XmlSchema::parse(small_schema);
  REQUIRE(schema);
  const auto reading = read_xml("<note of=' 3\t'><kind>old</kind><count>\n <!-- one -->1 </count><last> true </last></note>", &*schema);
  REQUIRE(reading);
  CHECK(reading->newer.empty());
  CHECK(reading->root.child("count")->text == "\n 1 ");
  CHECK(refused("<note><kind>old</kind><count> </count></note>", &*schema) == "1: Element 'count': the value or the attributes are not what the schema wants");
  CHECK(refused("<note><kind>old</kind><count>1 2</count></note>", &*schema) != "read");
}

TEST_CASE("a schema is compiled from its text alone") {
  CHECK_FALSE(XmlSchema::parse(""));
  CHECK_FALSE(XmlSchema::parse("<a/>"));
  CHECK_FALSE(XmlSchema::parse(replaced(std::string(small_schema), "xs:int\"", "xs:nothing\"")));
  const std::string included = replaced(std::string(small_schema), "<xs:element name=\"note\">",
      "<xs:include schemaLocation=\"file:///etc/hostname\"/><xs:element name=\"note\">");
  CHECK_FALSE(XmlSchema::parse(included));
  // A document that names a schema of its own is held to ours.
  const auto schema = XmlSchema::parse(small_schema);
  REQUIRE(schema);
  const std::string names_another = "<note xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:noNamespaceSchemaLocation='http://192.0.2.1/x.xsd'>";
  CHECK(refused(names_another + "<kind>old</kind><count>1</count></note>", &*schema) == "read");
  CHECK(refused(names_another + "<kind>old</kind></note>", &*schema) != "read");
}

TEST_CASE("a sentence loses what it quotes") {
  CHECK(without_quoted("no quotes") == "no quotes");
  CHECK(without_quoted("the value 'O'Brien' is none") == "the value '…' is none");
  CHECK(without_quoted("cut off at \"Nobody") == "cut off at '…'");
}
