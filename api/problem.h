// Errors as HTTP answers: RFC 9457 problem details.
//
// `type` is "urn:caseledger:problem:<code>" and as stable as the codes of Errc, which it repeats; title and status follow from it by one
// table; detail is the error's sentence.
#pragma once

#include <cstdint>

#include "api/http.h"
#include "ledger/core/result.h"

namespace caseledger::api {

inline constexpr std::string_view problem_type_prefix = "urn:caseledger:problem:";

Response problem(const Error& error);

// The same with status 503, whatever the error is: why the service is not ready.
Response unavailable(const Error& error);

// For what only HTTP knows: another method than GET and HEAD.
Response method_not_allowed(std::string_view method);

// 401: nobody is known to ask. With the challenge of RFC 6750, which tells a token that was refused from one that is missing.
Response unauthenticated(std::string_view sentence, bool token_refused);

// 429, with the seconds after which to ask again.
Response too_many_requests(std::uint32_t retry_after_seconds);

// What an answer that is no success says: the sentence of its problem, or `otherwise` where it holds none, and a code by its status.
Error error_in(unsigned status, std::string_view body, std::string otherwise);

// What of an error is told beyond this machine: the ledger's own failures may name files, and are told in the log only.
Error told_to_strangers(const Error& error);

}  // namespace caseledger::api
