// schemas/openapi.yaml as it was when the program was built.
#pragma once

#include <string_view>

namespace caseledger::api {

std::string_view openapi_text();

}  // namespace caseledger::api
