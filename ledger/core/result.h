// One way to fail: a stable code, and a sentence that says what was found and what was wanted.
//
// Result<T> carries either. A broken promise inside the program is no error but a bug: ENSURE aborts, in every build.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace caseledger {

// The codes are public: they travel in frames, problems and exit codes, and are never renamed.
enum class Errc {
  malformed,             // bytes that are not what they claim to be
  too_large,             // past a named maximum
  bad_signature,
  wrong_origin,
  unknown_author,        // no such key is enrolled, or it is revoked
  not_permitted,         // role or scope does not cover the event
  version_conflict,      // the stream is at another version
  already_recorded,      // exactly these bytes by this author stand in the log
  illegal_transition,
  unresolved_reference,
  value_out_of_range,
  four_eyes,             // needs a second author and operator
  bad_opening,           // a sealed part's opening is missing, superfluous or not what was committed to
  future,                // occurred_at lies beyond the clock tolerance
  overloaded,
  draining,
  not_found,
  verification_failed,   // tampering or fork, never mixed with I/O
  io,
  locked,                // another process holds the folder
  usage,
  unavailable,           // a server cannot be reached, or went away: said by those who dialled it
};
inline constexpr Errc last_errc = Errc::unavailable;

std::string_view name(Errc code);

struct Error {
  Errc code;
  std::string sentence;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string sentence) {
  return std::unexpected(Error{code, std::move(sentence)});
}

[[noreturn]] void ensure_failed(const char* condition, const char* file, int line);

// Hands an error up unchanged.
#define TRY(expression)                                              \
  do {                                                               \
    if (auto tried = (expression); !tried) [[unlikely]]              \
      return std::unexpected(std::move(tried.error()));              \
  } while (false)

// Hands an error up, or names the value.
#define TRY_AS(name, expression)                                     \
  auto name##_tried = (expression);                                  \
  if (!name##_tried) [[unlikely]]                                    \
    return std::unexpected(std::move(name##_tried.error()));         \
  auto& name = *name##_tried

#define ENSURE(condition) \
  ((condition) ? void() : ::caseledger::ensure_failed(#condition, __FILE__, __LINE__))

}  // namespace caseledger
