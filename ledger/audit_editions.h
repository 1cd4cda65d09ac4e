// The released editions that lie beside a log: each has the bytes that its event names, and nothing else lies there.
#pragma once

#include <filesystem>

#include "ledger/audit_pass.h"

namespace caseledger::audit {

// Below the folder of a ledger or a bundle, once the log was lived through.
void check_editions(const std::filesystem::path& folder, Pass& pass);

}  // namespace caseledger::audit
