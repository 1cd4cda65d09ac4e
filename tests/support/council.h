// The government of a ledger without the ledger: events of the governance stream, admitted by the rules and folded.
#pragma once

#include <map>

#include "api/genesis.h"
#include "ledger/rules/rules.h"

namespace samples {

using namespace caseledger;

class Council {
 public:
  // Governors with keys of their own; constituted by the first `threshold` of them, or not at all.
  explicit Council(unsigned governors, unsigned threshold = 1, bool constituted = true);

  const std::string origin = "ledger.example.org/l/test";
  Signer log, service;
  std::vector<Signer> governors;
  rules::Authority authority;
  std::map<StreamId, rules::StreamState> streams;  // what stands elsewhere, and the governance stream itself

  StreamId stream() const { return rules::governance_stream(origin); }
  Version version() const { return streams.at(stream()).version; }
  api::Genesis charter(unsigned threshold) const;

  // As the next event of the stream. An action is JSON: {"type":"KeyRevoked",…}
  Buffer genesis(const api::Genesis& genesis) const;
  Buffer proposal(std::string_view action) const;
  Buffer approval(Version proposal) const;
  Buffer event(std::string_view type, std::string_view body) const;

  // What the rules say; the event happens when they admit it.
  Result<void> record(const Signer& author, const Buffer& event);

  // A proposal with as many approvals as it needs, by the governors in their order; its version.
  Version decide(std::string_view action);

  // What a key may append.
  Result<void> permits(const Vkey& author, const Buffer& event) const;

 private:
  Position next_{};
};

// ── actions ──

std::string enrolled(const Vkey& vkey, std::initializer_list<std::string_view> roles, std::initializer_list<std::string_view> jurisdictions = {},
                     std::initializer_list<std::string_view> groups = {});
std::string revoked(const Vkey& vkey, std::optional<std::uint64_t> compromised_from = {});
std::string governed_by(std::initializer_list<const Vkey*> governors, unsigned threshold);

// The event, as one that was recorded elsewhere.
Buffer imported(const Buffer& event);

}  // namespace samples
