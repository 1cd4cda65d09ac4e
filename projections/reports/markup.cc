#include "projections/reports/markup.h"

#include <cstdint>

#include "ledger/core/result.h"

namespace caseledger::reports {

namespace {

constexpr char32_t replacement = 0xFFFD;

// The next character, strictly read; an ill-formed byte is one replacement character.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  if (length <= 1) {
    ++at;
    return length == 1 ? first : replacement;
  }
  char32_t character = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return ++at, replacement;
    character = character << 6 | (byte(at + i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < least[length] || character > 0x10FFFF || (character >= 0xD800 && character < 0xE000)) return ++at, replacement;
  at += length;
  return character;
}

char32_t made_visible(char32_t c) {
  if (c < 0x20) return c == '\n' || c == '\t' ? U' ' : 0x2400 + c;  // control pictures
  if (c == 0x7F) return 0x2421;
  if (c < 0xA0 && c >= 0x80) return replacement;
  if (c == 0x061C || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF) return replacement;
  if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xE0000 && c <= 0xE007F)) return replacement;
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    if (c < 0x10000) {
      out += static_cast<char>(0xE0 | c >> 12);
    } else {
      out += static_cast<char>(0xF0 | c >> 18);
      out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    }
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_utf8(out, made_visible(next_character(text, at)));
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t characters) {
  std::size_t at = 0, seen = 0, cut = 0;
  while (at < text.size() && seen < characters) {
    if (++seen == characters) cut = at;
    next_character(text, at);
  }
  return at >= text.size() ? std::string(text) : std::string(text.substr(0, cut)) + "…";
}

std::string anchor(std::string_view name) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : name) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-') out += static_cast<char>(c);
    else (out += '~') += {digits[c >> 4], digits[c & 15]};
  }
  return out;
}

void Markup::begin(std::string_view name, Attributes attributes) {
  (out_ += '<') += name;
  for (const auto& [attribute, value] : attributes) {
    if (attribute.empty()) continue;
    ((out_ += ' ') += attribute) += "=\"";
    (out_ += escaped(value)) += '"';
  }
}

Markup& Markup::open(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  out_ += '>';
  open_.emplace_back(name);
  return *this;
}

Markup& Markup::close() {
  ENSURE(!open_.empty());
  ((out_ += "</") += open_.back()) += '>';
  open_.pop_back();
  return *this;
}

Markup& Markup::text(std::string_view text) {
  out_ += escaped(text);
  return *this;
}

Markup& Markup::raw(std::string_view markup) {
  out_ += markup;
  return *this;
}

Markup& Markup::alone(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  out_ += "/>";
  return *this;
}

Markup& Markup::element(std::string_view name, std::string_view text, Attributes attributes) { return open(name, attributes).text(text).close(); }

std::string Markup::take() {
  ENSURE(open_.empty());
  return std::move(out_);
}

}  // namespace caseledger::reports
