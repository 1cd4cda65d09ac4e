#include "projections/item_type.h"

#include <array>

#include "projections/on.h"

namespace caseledger::projections {

namespace {

template <class Enum>
std::array<std::string, 256> words(const char* (*name_of)(Enum)) {
  std::array<std::string, 256> all;
  for (std::size_t code = 0; code < all.size(); ++code) all[code] = name_or_number(static_cast<Enum>(code), name_of);
  return all;
}

}  // namespace

std::string_view name(ItemType type) {
  static const auto reports = words(schema::EnumNameIntakeKind), cybertips = words(schema::EnumNameIncidentType), cases = words(schema::EnumNameCaseType);
  switch (type.of) {
    case ItemType::Of::nothing: return "";
    case ItemType::Of::report: return reports[type.code];
    case ItemType::Of::cybertip: return cybertips[type.code];
    case ItemType::Of::case_: return cases[type.code];
  }
  return "";
}

}  // namespace caseledger::projections
