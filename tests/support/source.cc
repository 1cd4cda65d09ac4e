#include "tests/support/source.h"

namespace samples {

std::filesystem::path source_folder() { return CASELEDGER_SOURCE; }

}  // namespace samples
