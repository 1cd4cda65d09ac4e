// The few shapes most answers have.
#pragma once

#include <boost/json/value.hpp>

#include "api/http.h"

namespace caseledger::api {

Response text_answer(std::string body, std::string content_type);
Response json_answer(const boost::json::value& body);

// One that is kept by its ETag, the digest of its body; 304 without the body where the request names that (RFC 9110 §13.1.2).
Response cached_answer(const Request& request, Response response, std::string_view cache_control);
// The same for a body that is kept with its ETag: nothing is computed, and nothing copied that is not sent.
Response tagged_answer(const Request& request, const std::string& body, std::string_view content_type, const std::string& tag, std::string_view cache_control);

}  // namespace caseledger::api
