// One exchange with the CyberTipline as the events of its report's stream, and the links from people to the texts about them.
#pragma once

#include <variant>

#include "api/import/cybertip_documents.h"
#include "api/import/import_secret.h"

namespace caseledger::api {

struct CybertipSettings {
  const XmlSchema* schema = nullptr;        // without it documents are not validated, and xsd_sha256 is all zeros
  std::string esp = {};                     // the provider's name; empty: as the report's platform or service says
  std::string api_version = "not_stated";
  std::optional<Instant> received_at = {};  // documents state no time of sending: without it events stand at the incident's
};

struct CybertipProblem {
  std::string file;
  std::size_t line;
  std::string reason;
};

struct CtSource {
  std::string file;
  std::size_t line = 1;
  Hash digest;
};

struct CtFollowing {
  CtSource source;
  std::variant<CtFile, CtAnswer> said;
};

struct CtExchange {
  CtSource source;
  CtReport report;
  std::optional<std::uint64_t> report_id;  // as the first that follows and states it says
  std::vector<CtFollowing> following;
  bool named_only = false;                 // takes only what names its report
};

StreamId stream_of(const CtExchange& exchange, const ImportSecret& secret);

// NDJSON lines in the order they have to be appended in. Errors: what event_from_json and check_event refuse.
Result<std::vector<std::string>> events_of(const CtExchange& exchange, const ImportSecret& secret, const CybertipSettings& settings, std::vector<CybertipProblem>& told);

}  // namespace caseledger::api
