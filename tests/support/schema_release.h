// Whether a schema may follow the one that was released: everything ever written has to stay readable, with the meaning it had.
//
// `flatc --conform` (here as the library function behind it) sees fields that moved or changed their type. It does not see what else
// would break stored events or signed contracts, so that is looked for too: tables, fields, enum values and union members gone or
// renamed, `required` and `must` added, bounds narrowed, and streams, opens or sealed fields taken away.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace samples {

// Sentences about what may not be, none if all is well. `root` is a file of both folders, such as event.fbs.
std::vector<std::string> breaches(const std::filesystem::path& released, const std::filesystem::path& current, const std::string& root);

}  // namespace samples
