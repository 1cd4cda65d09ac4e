// One HTTP GET, waited for.
#pragma once

#include <chrono>

#include "api/http.h"
#include "api/tls.h"

namespace caseledger::api {

struct GetConfig {
  ClientTls tls;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds within{30'000};
  std::size_t body_bytes_max = 64u << 20;
};

// Any status is a response. Errors: usage, unavailable, not_permitted, too_large.
Result<Response> http_get(std::string_view url, const GetConfig& config = {});

}  // namespace caseledger::api
