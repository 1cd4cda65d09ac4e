#include "api/import/cybertip_parts.h"

#include <algorithm>

#include "api/json.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

std::size_t size_of(const json::value& value) { return to_text(value).size(); }

// As JSON writes it, at most.
std::size_t written(char c) {
  if (c == '"' || c == '\\') return 2;
  return static_cast<unsigned char>(c) < 0x20 ? 6 : 1;
}

std::vector<json::value> text_pieces(std::string_view text, std::size_t bytes_max) {
  constexpr std::size_t frame = sizeof R"({"piece":100000,"of":100000,"text":""})", longest_character = 4;
  std::vector<std::string_view> cuts;
  for (std::size_t at = 0, begin = 0, bytes = 0; at <= text.size(); ++at) {
    const bool begins_character = at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (at == text.size() || (begins_character && bytes + frame + 6 + longest_character > bytes_max)) {
      cuts.push_back(text.substr(begin, at - begin));
      begin = at;
      bytes = 0;
    }
    if (at < text.size()) bytes += written(text[at]);
  }
  std::vector<json::value> pieces;
  for (const auto cut : cuts) pieces.push_back(json::object{{"piece", pieces.size() + 1}, {"of", cuts.size()}, {"text", cut}});
  return pieces;
}

}  // namespace

json::value content_of(const Element& element) {
  if (element.children.empty() && element.attributes.empty()) return json::string(element.text);
  json::object content;
  for (const auto& [name, value] : element.attributes) content['@' + name] = value;
  for (const Element& each : element.children) {
    json::value said = content_of(each);
    json::value* before = content.if_contains(each.name);
    if (!before) {
      content.emplace(each.name, std::move(said));
      continue;
    }
    if (!before->is_array()) *before = json::array{std::move(*before)};
    before->get_array().push_back(std::move(said));
  }
  if (!element.text.empty()) content["#text"] = element.text;
  return content;
}

Element without(const Element& element, std::initializer_list<std::string_view> children) {
  Element rest{element.name, element.line, element.attributes, {}, element.text};
  for (const Element& each : element.children)
    if (std::ranges::find(children, each.name) == children.end()) rest.children.push_back(each);
  return rest;
}

std::vector<json::value> pieces_of(json::value content, std::size_t bytes_max) {
  if (size_of(content) <= bytes_max) return {std::move(content)};
  if (const auto* text = content.if_string()) return text_pieces({text->data(), text->size()}, bytes_max);
  std::vector<json::value> pieces;
  std::size_t used = bytes_max;  // of the last one
  if (auto* array = content.if_array()) {
    for (json::value& element : *array)
      for (json::value& piece : pieces_of(std::move(element), bytes_max - 2)) {
        const std::size_t bytes = size_of(piece) + 1;
        if (used + bytes > bytes_max) pieces.push_back(json::array()), used = 2;
        used += bytes;
        pieces.back().get_array().push_back(std::move(piece));
      }
    return pieces;
  }
  for (auto& member : content.as_object()) {
    const std::size_t around = member.key().size() + 6;
    for (json::value& piece : pieces_of(std::move(member.value()), bytes_max - around)) {
      const std::size_t bytes = size_of(piece) + around;
      if (used + bytes > bytes_max || pieces.back().get_object().contains(member.key())) pieces.push_back(json::object()), used = 2;
      used += bytes;
      pieces.back().get_object().emplace(member.key(), std::move(piece));
    }
  }
  return pieces;
}

}  // namespace caseledger::api
