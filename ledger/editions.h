// Released editions as files beside a log: what a ledger's folder, a bundle and a backup keep of what its report.released events name.
//
//   releases/<template>/<period>/<as-of size>.json
// The events say which there are and which SHA-256 they have; the files are worth nothing without them.
#pragma once

#include <filesystem>
#include <functional>

#include "ledger/core/event.h"

namespace caseledger {

// "transparency/2024/123": below releases/, and below /v1/editions/. Permanent: it names the checkpoint.
std::string edition_place(std::string_view template_id, std::string_view period, std::uint64_t as_of_size);
std::string edition_place(const schema::ReportReleased& released);

// "releases/transparency/2024/123.json"
std::string edition_path(std::string_view place);

// The paths of the files below folder/releases, in order. Errors: io.
Result<std::vector<std::string>> editions_in(const std::filesystem::path& folder);

// Those that `to` does not have yet are copied there, durably. Returns how many. Errors: io.
Result<std::size_t> copy_editions(const std::filesystem::path& from, const std::filesystem::path& to, const std::function<bool(const std::string& path)>& wanted = {});

}  // namespace caseledger
