// What a report or a case is, in the words of its own kind: the incident type of a CyberTipline report, the kind of another report, or the
// type of a case at intake. Two bytes; the schema has the words.
#pragma once

#include "ledger/core/event.h"

namespace caseledger::projections {

struct ItemType {
  enum class Of : std::uint8_t { nothing, report, cybertip, case_ } of = Of::nothing;
  std::uint8_t code = 0;

  static ItemType from(schema::IntakeKind kind) { return {Of::report, static_cast<std::uint8_t>(kind)}; }
  static ItemType from(schema::IncidentType type) { return {Of::cybertip, static_cast<std::uint8_t>(type)}; }
  static ItemType from(schema::CaseType type) { return {Of::case_, static_cast<std::uint8_t>(type)}; }
};

// Good for ever; of a value that this version has no word for, its number.
std::string_view name(ItemType type);

}  // namespace caseledger::projections
