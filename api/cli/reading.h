// What the reading commands share: where they read from, and how JSON is shown.
#pragma once

#include <boost/json/object.hpp>

#include "api/as_of.h"
#include "api/cli/asked.h"
#include "api/cli/terminal.h"
#include "api/stream_events.h"

namespace caseledger::api {

// Where none is named, exit code 2.
Exit no_source();
inline bool is_named(const Source& source) { return !source.folder.empty() || !source.server.empty(); }

Exit ended(const Result<void>& result);

// What was read from the command line: if it is not understood, the command was used wrongly.
template <class Read>
Result<Read> argument(Result<Read> read) {
  if (!read && (read.error().code == Errc::malformed || read.error().code == Errc::value_out_of_range)) return fail(Errc::usage, read.error().sentence);
  return read;
}

// ── a folder as it lies ──

// Errors: not_found, io, verification_failed.
Result<std::unique_ptr<store::Log>> log_of(const path& folder);
// A point of its log; the end where the text is empty.
Result<AsOf> as_of_in(const store::Log& log, const std::string& text);
// {"size", "next_position", "recorded_at"}
boost::json::object point_to_json(const AsOf& as_of);
// The events of one stream before a position; none: there is no such stream.
Result<projections::RecordedFacts> facts_in(const path& folder, const store::Log& log, const StreamId& stream, Position limit);
// Who may do what, and what was excised.
Result<rules::Authority> authority_in(const path& folder, const store::Log& log);
// Its places whose events were excised.
Result<std::vector<ExcisedPlace>> excised_in(const path& folder, const store::Log& log, const StreamId& stream, Position limit);

// ── what is asked of a server ──

// "/v1/events?from=5&type=CaseOpened": what is empty is left out.
class Target {
 public:
  explicit Target(std::string path) : text_(std::move(path)) {}
  Target& with(std::string_view name, std::string_view value);
  Target& with(std::string_view name, const std::vector<std::string>& values);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  char join_ = '?';
};

// ── shown ──

// Text as it is, anything else as JSON; nothing where there is no such member.
std::string plain(const boost::json::value& value);
std::string cell(const boost::json::object& object, std::string_view key);

// A list, or the table that says the same; json: all in one array; jsonl: one a line.
void print_list(const boost::json::array& list, const Table& table, Format format);
// Objects as rows of these members.
void print_objects(const boost::json::array& objects, std::vector<std::string> members, std::vector<bool> right, Format format);

}  // namespace caseledger::api
