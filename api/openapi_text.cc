#include "api/openapi_text.h"

// The assembler finds the file as the compiler finds headers: from the root of the source.
asm(R"(
  .pushsection .rodata
  .global caseledger_openapi_begin
  .global caseledger_openapi_end
caseledger_openapi_begin:
  .incbin "schemas/openapi.yaml"
caseledger_openapi_end:
  .byte 0
  .popsection
)");

extern "C" const char caseledger_openapi_begin[], caseledger_openapi_end[];

namespace caseledger::api {

std::string_view openapi_text() { return {caseledger_openapi_begin, caseledger_openapi_end}; }

}  // namespace caseledger::api
