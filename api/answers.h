// The few shapes most answers have.
#pragma once

#include <boost/json/value.hpp>

#include "api/http.h"
#include "api/kept_body.h"

namespace caseledger::api {

Response text_answer(std::string body, std::string content_type);
Response json_answer(const boost::json::value& body);

// One that is kept by its ETag, the digest of its body; 304 without the body where the request names that (RFC 9110 §13.1.2).
Response cached_answer(const Request& request, Response response, std::string_view cache_control);
// The same for a body that is kept: compressed for whoever takes it so; nothing is computed, and nothing copied that is not sent.
Response kept_answer(const Request& request, const KeptBody& body, std::string_view content_type, std::string_view cache_control);

}  // namespace caseledger::api
