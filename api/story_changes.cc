#include "api/story_changes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "api/json.h"
#include "api/story_json.h"
#include "projections/standing.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::Fact;
using Standing = projections::Standing;

namespace {

// What tells the objects of a list apart, joined: a subject, a clock, a kind of notice, a link.
std::string name_of(const json::object& item) {
  std::string name;
  for (const char* key : {"subject", "clock", "kind", "stream", "relation"})
    if (const auto* value = item.if_contains(key); value && value->is_string()) name.append(name.empty() ? "" : " ").append(std::string_view(value->get_string()));
  return name;
}

bool is_named_list(const json::value* value) {
  return value && value->is_array() && !value->get_array().empty() &&
         std::ranges::all_of(value->get_array(), [](const json::value& item) { return item.is_object() && !name_of(item.get_object()).empty(); });
}

// A list of named objects, by name: a difference then says in which of them it is.
json::object by_name(const json::value* value) {
  json::object all;
  if (value && value->is_array())
    for (const auto& item : value->get_array()) all.emplace(name_of(item.get_object()), item);
  return all;
}

void compare(json::array& out, const std::string& field, const json::value* from, const json::value* to);

void compare_members(json::array& out, const std::string& prefix, const std::string& suffix, const json::object& from, const json::object& to) {
  for (const auto& [key, value] : from) compare(out, prefix + std::string(key) + suffix, &value, to.if_contains(key));
  for (const auto& [key, value] : to)
    if (!from.contains(key)) compare(out, prefix + std::string(key) + suffix, nullptr, &value);
}

void compare(json::array& out, const std::string& field, const json::value* from, const json::value* to) {
  const auto object = [](const json::value* value) { return value && value->is_object(); };
  const auto empty = [](const json::value* value) { return !value || (value->is_array() && value->get_array().empty()); };
  if ((from && to && *from == *to) || (empty(from) && empty(to))) return;
  if ((object(from) || !from) && (object(to) || !to))
    return compare_members(out, field + '.', "", from ? from->get_object() : json::object(), to ? to->get_object() : json::object());
  if ((is_named_list(from) || empty(from)) && (is_named_list(to) || empty(to))) return compare_members(out, field + '[', "]", by_name(from), by_name(to));
  json::object difference{{"field", field}};
  if (from) difference.emplace("from", *from);
  if (to) difference.emplace("to", *to);
  out.push_back(std::move(difference));
}

json::array differences(const json::object& from, const json::object& to) {
  json::array out;
  compare_members(out, "", "", from, to);
  return out;
}

// The state alone, of a story that may not have begun.
json::object state_of(std::span<const Fact> facts) {
  projections::Story story = projections::tell(facts);
  if (std::exchange(story.timeline, {}).empty()) return {};
  json::object state = story_to_json(story, {});
  for (const char* apart : {"stream", "kind", "timeline"}) state.stable_erase(apart);
  return state;
}

const Fact* standing_at(const Standing& standing, Version version) {
  const auto found = std::ranges::find(standing.facts(), version, [](const Fact& fact) { return fact.event.version; });
  return found == standing.facts().end() ? nullptr : &*found;
}

}  // namespace

json::object changes_to_json(std::span<const Fact> facts, Position since) {
  const auto known = facts.first(static_cast<std::size_t>(std::ranges::lower_bound(facts, since, {}, &Fact::position) - facts.begin()));
  const Standing stood(known), stands(facts);
  const json::object now = story_to_json(projections::tell(facts), facts);
  json::array events, amended;
  const auto& timeline = now.at("timeline").as_array();  // a line for each fact
  for (std::size_t i = known.size(); i < timeline.size(); ++i) events.push_back(timeline[i]);
  for (const Fact& fact : known) {
    const Fact *was = standing_at(stood, fact.event.version), *is = standing_at(stands, fact.event.version);
    if (stood.fate(fact) == stands.fate(fact) && (!was || !is || std::ranges::equal(was->event.bytes, is->event.bytes))) continue;
    json::object each{{"version", fact.event.version}, {"type", event_type(fact.event.type)->name}, {"fate", is ? "corrected" : "retracted"}};
    if (was && is) each.emplace("changed", differences(event_to_json(was->event), event_to_json(is->event)));
    amended.push_back(std::move(each));
  }
  json::array changed = differences(state_of(known), state_of(facts));
  const EventView& first = facts.front().event;
  return {{"stream", to_string(first.stream)}, {"kind", kind_name(first.kind)}, {"events", std::move(events)}, {"amended", std::move(amended)}, {"changed", std::move(changed)}};
}

}  // namespace caseledger::api
