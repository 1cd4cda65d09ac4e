#include "api/query.h"

#include <algorithm>

#include "ledger/core/bytes.h"

namespace caseledger::api {

namespace {

// What may stand in a query as itself, besides the '&' and '=' that divide it.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~!$'()*+,;:@/?=").find(c) != std::string_view::npos;
}

std::string quoted_name(std::string_view name) { return "the parameter " + quote(name); }

}  // namespace

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = exactly<1>(from_hex(text.substr(i + 1, 2)));
    if (!byte) return fail(Errc::malformed, "found " + quote(text.substr(i, 3)) + " where a percent sign and two hexadecimal digits belong");
    out += static_cast<char>((*byte)[0]);
    i += 2;
  }
  if (!is_utf8(out) || out.find('\0') != std::string::npos) return fail(Errc::malformed, quote(text) + " is no text once decoded");
  return out;
}

Result<Query> Query::parse(std::string_view text, std::span<const Parameter> known, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return fail(Errc::value_out_of_range, "a query of " + std::to_string(text.size()) + " bytes; at most " + std::to_string(bytes_max) + " are allowed");
  Query query;
  for (bool more = !text.empty(); more;) {
    const auto end = text.find('&');
    const std::string_view raw = text.substr(0, end);
    more = end != std::string_view::npos;
    if (more) text.remove_prefix(end + 1);

    if (const auto bad = std::ranges::find_if_not(raw, [](char c) { return is_plain(c) || c == '%'; }); bad != raw.end())
      return fail(Errc::malformed, "the query holds a character that has to be percent-encoded: " + quote(raw));
    const auto equals = raw.find('=');
    if (equals == std::string_view::npos) return fail(Errc::malformed, "found " + quote(raw) + " in the query where name=value belongs");
    TRY_AS(name, percent_decoded(raw.substr(0, equals)));
    TRY_AS(value, percent_decoded(raw.substr(equals + 1)));
    const auto parameter = std::ranges::find_if(known, [&](const Parameter& p) { return p.in == Parameter::In::query && p.name == name; });
    if (parameter == known.end()) return fail(Errc::malformed, quoted_name(name) + " is not known here");
    if (!parameter->repeats && query.one(name)) return fail(Errc::malformed, quoted_name(name) + " is written twice");
    query.pairs_.push_back({std::move(name), std::move(value), std::string(raw)});
  }
  return query;
}

std::optional<std::string_view> Query::one(std::string_view name) const {
  const auto found = std::ranges::find(pairs_, name, &Pair::name);
  return found == pairs_.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::vector<std::string_view> Query::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Pair& pair : pairs_)
    if (pair.name == name) values.push_back(pair.value);
  return values;
}

Result<std::uint64_t> Query::number(std::string_view name, std::uint64_t fallback, std::uint64_t least, std::uint64_t most) const {
  const auto text = one(name);
  if (!text) return fallback;
  const auto number = from_decimal(*text);
  if (!number) return fail(Errc::malformed, quoted_name(name) + " is no decimal number: " + quote(*text));
  if (*number < least || *number > most)
    return fail(Errc::value_out_of_range, quoted_name(name) + " is " + std::to_string(*number) + "; it has to be between " + std::to_string(least) + " and " + std::to_string(most));
  return *number;
}

std::string Query::with(std::string_view name, std::string_view value) const {
  std::string out = std::string(name).append("=").append(value);
  for (const Pair& pair : pairs_)
    if (pair.name != name) out.append("&").append(pair.raw);
  return out;
}

// ── Accept ──

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& text, char divider) {
  const auto end = text.find(divider);
  const auto piece = trimmed(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return piece;
}

// "0.8" in thousandths; what is no weight is 0.
int weight_of(std::string_view text) {
  if (text == "1" || text.starts_with("1.")) return 1000;
  if (!text.starts_with("0")) return 0;
  int weight = 0, scale = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()), 3)) {
    if (c < '0' || c > '9') return 0;
    weight += (c - '0') * scale;
    scale /= 10;
  }
  return weight;
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// How closely a media range names a type: 0 not at all, 3 exactly.
int closeness(std::string_view range, std::string_view type) {
  if (same(range, type)) return 3;
  if (range.ends_with("/*") && same(range.substr(0, range.size() - 1), type.substr(0, type.find('/') + 1))) return 2;
  return range == "*/*" ? 1 : 0;
}

int liking(std::string_view accept, std::string_view type) {
  int best = 0, weight = 0;
  while (!accept.empty()) {
    std::string_view parameters = take_until(accept, ',');
    const int close = closeness(take_until(parameters, ';'), type);
    int q = 1000;
    while (!parameters.empty())
      if (const auto each = take_until(parameters, ';'); each.starts_with("q=") || each.starts_with("Q=")) q = weight_of(each.substr(2));
    if (close > best) best = close, weight = q;
  }
  return weight;
}

}  // namespace

std::size_t accepted(std::string_view accept, std::span<const std::string_view> offered) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < offered.size(); ++i)
    if (liking(accept, offered[i]) > liking(accept, offered[best])) best = i;
  return best;
}

}  // namespace caseledger::api
