#include "api/import/cybertip_values.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace caseledger::api {

namespace {

template <class Integer>
OrLine<Integer> integer_of(const Element& element) {
  std::string_view text = trimmed(element.text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !element.children.empty()) return refuse_element(element, "is no whole number that fits");
  return value;
}

}  // namespace

std::unexpected<LineProblem> refuse_element(const Element& at, std::string_view why) {
  return std::unexpected(LineProblem{at.line, '<' + at.name + "> " + std::string(why)});
}

OrLine<const Element*> optional_child(const Element& in, std::string_view name) {
  const Element* found = nullptr;
  for (const Element& each : in.children) {
    if (each.name != name) continue;
    if (found) return refuse_element(each, "stands there twice");
    found = &each;
  }
  return found;
}

OrLine<const Element*> one_child(const Element& in, std::string_view name) {
  TRY_AS(found, optional_child(in, name));
  if (!found) return refuse_element(in, "has no <" + std::string(name) + '>');
  return found;
}

OrLine<bool> boolean_of(const Element& element) {
  const std::string_view text = trimmed(element.text);
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return refuse_element(element, "is neither true nor false");
}

OrLine<std::uint64_t> id_of(const Element& element) {
  TRY_AS(value, integer_of<std::int64_t>(element));
  if (value < 0) return refuse_element(element, "is negative");
  return static_cast<std::uint64_t>(value);
}

OrLine<std::int32_t> code_of(const Element& element) { return integer_of<std::int32_t>(element); }

OrLine<StatedTime> time_of(const Element& element) {
  std::string text(trimmed(element.text));
  // XML Schema lets a day end with its hour 24.
  const Micros day_later = text.size() >= 19 && text.substr(10, 9) == "T24:00:00" ? 24 * 3'600'000'000 : 0;
  if (day_later > 0) text[11] = text[12] = '0';
  const auto stated = [&](const std::string& as, bool with_offset) -> std::optional<StatedTime> {
    const auto found = parse_rfc3339(as);
    if (!found || (day_later > 0 && found->at % 1'000'000 != 0)) return std::nullopt;
    return StatedTime{found->at + day_later, with_offset ? std::optional(found->offset_minutes) : std::nullopt};
  };
  if (text.size() > 10 && text[10] == 'T') {
    if (const auto found = stated(text, true)) return *found;
    if (const auto found = stated(text + 'Z', false)) return *found;
  }
  return refuse_element(element, "is no time such as 2012-10-15T08:00:00-07:00");
}

std::string plain_text(std::string_view text, std::size_t bytes_max) {
  std::string plain(trimmed(text));
  for (char& c : plain)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  if (plain.size() > bytes_max) {
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(plain[end]) & 0xc0) == 0x80) --end;
    plain.resize(end);
  }
  return plain;
}

}  // namespace caseledger::api
