#include "api/worklist_json.h"

#include <algorithm>

#include "api/event_filter.h"
#include "api/json.h"
#include "projections/triage.h"

namespace caseledger::api {

namespace json = boost::json;
using namespace projections;

json::object length_to_json(std::string_view queue, const QueueLength& length) {
  json::object by_priority;
  for (const auto priority : schema::EnumValuesPriority())
    if (const auto n = length.by_priority.at(static_cast<std::size_t>(priority)); n > 0) by_priority.emplace(schema::EnumNamePriority(priority), n);
  json::object out{{"queue", queue}, {"waiting", length.waiting}, {"overdue", length.overdue}};
  if (length.waiting > 0) out.emplace("oldest_entered_at", to_rfc3339(length.oldest_entered_at));
  out.emplace("by_priority", std::move(by_priority));
  return out;
}

json::object waiting_to_json(const Waiting& waiting, Micros as_of) {
  json::object out{{"queue", waiting.queue}, {"item", to_string(waiting.item)}, {"stream", to_string(waiting.stream)}, {"kind", kind_name(waiting.kind)}};
  if (waiting.priority != schema::Priority::unset) out.emplace("priority", schema::EnumNamePriority(waiting.priority));
  out.emplace("entered_at", to_rfc3339(waiting.entered_at));
  if (waiting.due_at != 0) out.emplace("due_at", to_rfc3339(waiting.due_at));
  out.emplace("overdue", waiting.overdue(as_of));
  out.emplace("expedited", waiting.expedited);
  if (!waiting.jurisdiction.empty()) out.emplace("jurisdiction", waiting.jurisdiction);
  return out;
}

Result<void> check_queue(const Folds& folds, const std::string& name) {
  constexpr std::size_t named_max = 20;
  const auto all = queues_entered(folds.cells(triage()));
  if (all.contains(name)) return {};
  std::string names;
  std::size_t n = 0;
  for (const std::string& each : all)
    if (++n <= named_max) names += (n == 1 ? "" : ", ") + each;
  if (n > named_max) names += " and " + std::to_string(n - named_max) + " more";
  return fail(Errc::not_found, "there is no queue " + quote(name) + (n == 0 ? "; nothing ever entered one" : "; there are: " + names));
}

namespace {

Result<schema::Priority> priority_named(std::string_view name) {
  if (name == "none") return schema::Priority::unset;
  for (const auto priority : schema::EnumValuesPriority())
    if (priority != schema::Priority::unset && schema::EnumNamePriority(priority) == name) return priority;
  return fail(Errc::value_out_of_range, "a priority is P0, P1, P2, P3, P4 or none; found " + quote(name));
}

}  // namespace

Result<WaitingFilter> waiting_filter(std::optional<std::string> queue, std::span<const std::string> priorities, std::span<const std::string> kinds,
                                     std::vector<std::string> jurisdictions, bool overdue) {
  WaitingFilter filter{std::move(queue), {}, {}, std::move(jurisdictions), overdue};
  for (const auto& name : priorities) {
    TRY_AS(priority, priority_named(name));
    filter.priorities.insert(priority);
  }
  for (const auto& name : kinds) {
    const auto kind = kind_named(name);
    if (!kind) return fail(Errc::value_out_of_range, "there is no kind of stream " + quote(name));
    filter.kinds.insert(*kind);
  }
  return filter;
}

// Big-endian and of one length: what comes back from outside is read as strictly as it was written.
std::string cursor_text(const Urgency& urgency) {
  Buffer bytes;
  append_be(bytes, static_cast<std::uint32_t>(urgency.priority));
  append_be(bytes, static_cast<std::uint64_t>(urgency.due_at));
  append_be(bytes, static_cast<std::uint64_t>(urgency.entered_at));
  append(bytes, urgency.item.bytes);
  append(bytes, urgency.stream.bytes);
  return hex(bytes);
}

Result<Urgency> parse_cursor(std::string_view text) {
  const auto bytes = exactly<4 + 8 + 8 + 16 + 16>(from_hex(text));
  if (!bytes) return fail(Errc::malformed, "after is what an answer gave as next; found " + quote(text));
  const std::uint8_t* at = bytes->data();
  Urgency urgency{static_cast<std::int32_t>(load_be<std::uint32_t>(at)), static_cast<Micros>(load_be<std::uint64_t>(at + 4)), static_cast<Micros>(load_be<std::uint64_t>(at + 12)), {}, {}};
  std::copy_n(at + 20, 16, urgency.item.bytes.begin());
  std::copy_n(at + 36, 16, urgency.stream.bytes.begin());
  return urgency;
}

}  // namespace caseledger::api
