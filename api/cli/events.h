// Events as commands ask for them.
#pragma once

#include <functional>
#include <optional>

#include "api/cli/asked.h"
#include "api/cli/terminal.h"

namespace caseledger::api {

struct EventsOptions {
  Source source;
  std::uint64_t from = 0;
  std::optional<std::uint64_t> limit;
  std::string stream;
  std::vector<std::string> types, kinds, jurisdictions;
  std::string since, until;  // RFC 3339, of recording
  bool follow = false;
  Remote remote;  // for follow: the log's key
  Format format = Format::jsonl;
};

// A line of JSON each, in log order, for as long as the visitor wants more.
using EventLine = std::function<bool(std::string_view)>;
Result<void> each_event_line(const EventsOptions& options, const EventLine& visit);

// Those from a position on, and what is recorded later: until SIGINT or SIGTERM, or the visitor wants no more.
Exit follow_events(const EventsOptions& options, const EventLine& visit);

}  // namespace caseledger::api
