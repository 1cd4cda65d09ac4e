#include "api/cli/reading.h"

#include <boost/json.hpp>
#include <iostream>

#include "api/cli/remote.h"
#include "api/json.h"
#include "ledger/beside.h"
#include "ledger/history.h"

namespace caseledger::api {

namespace json = boost::json;

Exit no_source() { return report({Errc::usage, "say where to read from: --server URL or --dir DIR"}); }

Exit ended(const Result<void>& result) { return result ? Exit::ok : report(result.error()); }

// ── a folder as it lies ──

Result<std::unique_ptr<store::Log>> log_of(const path& folder) {
  if (!std::filesystem::exists(folder / "store" / "log")) return fail(Errc::not_found, folder.string() + " is no ledger's folder");
  return open_log_beside(folder);
}

Result<AsOf> as_of_in(const store::Log& log, const std::string& text) {
  TRY_AS(end, log.end());
  if (end.size.value == 0 && text.empty()) return AsOf{};
  const AsOf head{end.size.value, end.next, end.recorded_at};
  return text.empty() ? head : parse_as_of(log, head, text);
}

json::object point_to_json(const AsOf& as_of) {
  json::object point{{"size", exact_number(as_of.size)}, {"next_position", exact_number(as_of.next.value)}};
  if (as_of.recorded_at) point.emplace("recorded_at", to_rfc3339(*as_of.recorded_at));
  return point;
}

Result<projections::RecordedFacts> facts_in(const path& folder, const store::Log& log, const StreamId& stream, Position limit) {
  TRY_AS(end, stream_end_beside(folder, log, stream));
  if (!end) return fail(Errc::not_found, "there is no stream " + to_string(stream));
  TRY_AS(stored, walk(log, end->last, end->version, limit));
  return projections::facts_of(log, std::move(stored));
}

Result<rules::Authority> authority_in(const path& folder, const store::Log& log) {
  TRY_AS(key, genesis_log_key(log));
  const auto folds = open_folds_beside(folder);
  return authority_of(log, folds ? folds->get() : nullptr, key.name);
}

Result<std::vector<ExcisedPlace>> excised_in(const path& folder, const store::Log& log, const StreamId& stream, Position limit) {
  TRY_AS(authority, authority_in(folder, log));
  return excised_places(log, authority, stream, limit);
}

// ── what is asked of a server ──

Target& Target::with(std::string_view name, std::string_view value) {
  if (!value.empty()) text_.append(1, std::exchange(join_, '&')).append(name).append("=").append(percent_encoded(value));
  return *this;
}

Target& Target::with(std::string_view name, const std::vector<std::string>& values) {
  for (const auto& value : values) text_.append(1, std::exchange(join_, '&')).append(name).append("=").append(percent_encoded(value));
  return *this;
}

// ── shown ──

std::string plain(const json::value& value) { return value.is_string() ? std::string(value.as_string()) : json::serialize(value); }

std::string cell(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value ? plain(*value) : std::string();
}

void print_list(const json::array& list, const Table& table, Format format) {
  switch (format) {
    case Format::table: std::cout << table.text(); break;
    case Format::csv: std::cout << table.csv(); break;
    case Format::json: std::cout << to_text(list) << '\n'; break;
    case Format::jsonl:
      for (const auto& each : list) std::cout << to_text(each) << '\n';
  }
}

void print_objects(const json::array& objects, std::vector<std::string> members, std::vector<bool> right, Format format) {
  Table table{std::move(members), {}, std::move(right)};
  for (const auto& each : objects) {
    auto& row = table.rows.emplace_back();
    for (const auto& member : table.header) row.push_back(cell(each.as_object(), member));
  }
  print_list(objects, table, format);
}

}  // namespace caseledger::api
