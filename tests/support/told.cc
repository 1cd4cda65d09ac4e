#include "tests/support/told.h"

#include <boost/json.hpp>
#include <charconv>

#include "api/json.h"

namespace stories {

namespace json = boost::json;

namespace {

std::int64_t number(std::string_view digits) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  ENSURE(error == std::errc() && end == digits.data() + digits.size());
  return n;
}

std::string meant(std::string_view word) {
  switch (word.empty() ? '\0' : word[0]) {
    case '@': return to_rfc3339(when(word));
    case '#': return to_string(stream(static_cast<unsigned>(number(word.substr(1)))));
    case '$': return to_string(subject(static_cast<unsigned>(number(word.substr(1)))));
    default: return std::string(word);
  }
}

void explain(json::value& value) {
  if (auto* text = value.if_string()) value = meant(std::string_view(text->data(), text->size()));
  else if (auto* list = value.if_array()) for (auto& each : *list) explain(each);
  else if (auto* object = value.if_object()) for (auto& member : *object) explain(member.value());
}

}  // namespace

Micros when(std::string_view at) {
  ENSURE(at.size() > 2 && at[0] == '@');
  const char unit = at.back();
  ENSURE(unit == 'm' || unit == 'h' || unit == 'd');
  return new_year_2024 + number(at.substr(1, at.size() - 2)) * (unit == 'm' ? minute : unit == 'h' ? hour : day);
}

Version Told::tell(std::string_view what, std::string_view at, std::string_view body, const How& how) {
  const auto first = what.find(' '), next = what.find(' ', first + 1);
  const StreamId id = stream(static_cast<unsigned>(number(what.substr(first + 1, next - first - 1))));
  const Version version = ++versions_[id];
  json::value words = json::parse(body);
  explain(words);
  json::object line{{"stream", to_string(id)},
                    {"kind", what.substr(0, first)},
                    {"version", version},
                    {"type", what.substr(next + 1)},
                    {"occurred_at", to_rfc3339(when(at))},
                    {"operator", "op-1"},
                    {"handling", "child_sensitive"},
                    {"body", std::move(words)}};
  if (!how.purpose.empty()) line["purpose"] = how.purpose;
  if (!how.precision.empty()) line["precision"] = how.precision;
  if (how.imported) line["imported"] = {{"source", how.source}, {"source_id_digest", std::string(64, '0')}};
  auto draft = api::event_from_json(api::to_text(line), [](std::span<std::uint8_t> random) { std::ranges::fill(random, std::uint8_t{1}); });
  if (!draft) FAIL(what << ": " << draft.error().sentence);
  const Micros recorded_at = std::max(when(how.recorded.empty() ? at : how.recorded), facts_.empty() ? 0 : facts_.back().recorded_at);
  facts_.push_back({.event = view_event(events_.emplace_back(std::move(draft->event))), .position = {facts_.size()}, .entry = {facts_.size()}, .recorded_at = recorded_at});
  return version;
}

std::string Told::said(const Projection& projection, std::string_view id, const FigureQuery& query, std::string_view group) const {
  const auto all = fold_of(projection, facts()).figures(query);
  Figure figure = named(all, id, group);
  figure.interval.reset();
  return said_by(figure);
}

}  // namespace stories
