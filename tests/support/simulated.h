// A ledger in memory that takes a simulated year: every event has to be one that the rules admit, and no decision may breach its policy.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "api/simulate/simulated_year.h"
#include "ledger/rules/policy_check.h"
#include "ledger/verify.h"
#include "tests/support/council.h"

namespace simulated {

class Ledger {
 public:
  Ledger();

  // The whole year, batch by batch; fails the test where an event is not admitted. see() is told every event in its order.
  void take(const caseledger::api::SimulatedYear& year, const std::function<void(caseledger::api::Phase, const caseledger::EventView&)>& see);

  const std::map<caseledger::StreamId, caseledger::rules::StreamState>& states() const { return council_.streams; }

  // When the events are recorded: what was to be kept for a year is not to be kept any more.
  static constexpr caseledger::Micros now = 1'767'225'600'000'000;  // 2026

 private:
  void append(const caseledger::api::SimulatedEvent& event);
  void flush();
  void admit(const caseledger::PublicKey& author, const caseledger::EventView& event, std::span<const caseledger::FoundRef> refs);

  samples::Council council_{1};
  std::vector<caseledger::Signer> keys_;  // by author
  std::map<caseledger::StreamId, caseledger::rules::StreamState> before_phase_;
  std::set<caseledger::StreamId> of_group_;  // streams that the group at hand has written to
  std::map<std::pair<caseledger::StreamId, caseledger::Version>, std::pair<caseledger::Buffer, caseledger::PublicKey>> recorded_;
  std::vector<caseledger::api::SimulatedEvent> waiting_;
};

}  // namespace simulated
