// CyberTipline reports as a provider sent them, and what it was answered, as events for the ledger.
//
// Documents come in the order of their exchange: a report, then the details of its files and the answers it got. Each report makes one
// stream, whole or not at all. The same documents, imported with the same key, give the same lines, byte for byte: ids of streams and subjects
// are derived from the report's number, and salts from the key. So what was appended before is recognised, and not recorded twice.
#pragma once

#include <optional>
#include <set>

#include "api/import/cybertip_events.h"

namespace caseledger::api {

class CybertipImport {
 public:
  CybertipImport(ImportSecret secret, CybertipSettings settings) : secret_(std::move(secret)), settings_(std::move(settings)) {}

  void read(const std::string& file, std::string_view document);
  void skip(const std::string& file, std::string reason);  // a document that cannot be had
  void finish();                                           // after the last document

  std::vector<std::string> take_lines() { return std::exchange(lines_, {}); }  // NDJSON, ready to be appended
  std::vector<CybertipProblem> take_problems() { return std::exchange(problems_, {}); }

  std::size_t documents() const { return documents_; }
  std::size_t left_out() const { return left_out_; }  // documents that made no event
  std::size_t reports() const { return streams_.size(); }
  std::size_t events() const { return events_; }

 private:
  void take_report(CtSource source, const Element& root);
  void take_following(CtSource source, const Element& root);
  void leave_out(const CtSource& source, const LineProblem& problem);
  void tell(const std::string& file, const std::vector<LineProblem>& told);

  const ImportSecret secret_;
  const CybertipSettings settings_;
  std::optional<CtExchange> open_;
  std::set<StreamId> streams_;
  std::vector<std::string> lines_;
  std::vector<CybertipProblem> problems_;
  std::size_t documents_ = 0, left_out_ = 0, events_ = 0;
};

}  // namespace caseledger::api
