#include "ledger/core/event.h"

namespace caseledger {

std::string_view kind_name(StreamKind kind) {
  std::string_view name = schema::EnumNameStreamKind(kind);
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

std::string describe(StreamKind kind, const StreamId& stream) {
  return std::string(kind_name(kind)) + ' ' + to_string(stream);
}

}  // namespace caseledger
