#include "ledger/core/result.h"

#include <cstdio>
#include <cstdlib>

namespace caseledger {

std::string_view name(Errc code) {
  switch (code) {
    case Errc::malformed: return "malformed";
    case Errc::too_large: return "too_large";
    case Errc::bad_signature: return "bad_signature";
    case Errc::wrong_origin: return "wrong_origin";
    case Errc::unknown_author: return "unknown_author";
    case Errc::not_permitted: return "not_permitted";
    case Errc::version_conflict: return "version_conflict";
    case Errc::already_recorded: return "already_recorded";
    case Errc::illegal_transition: return "illegal_transition";
    case Errc::unresolved_reference: return "unresolved_reference";
    case Errc::value_out_of_range: return "value_out_of_range";
    case Errc::four_eyes: return "four_eyes";
    case Errc::bad_opening: return "bad_opening";
    case Errc::future: return "future";
    case Errc::overloaded: return "overloaded";
    case Errc::draining: return "draining";
    case Errc::not_found: return "not_found";
    case Errc::verification_failed: return "verification_failed";
    case Errc::io: return "io";
    case Errc::locked: return "locked";
    case Errc::usage: return "usage";
    case Errc::unavailable: return "unavailable";
  }
  return "unknown";
}

void ensure_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "caseledger: bug: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace caseledger
