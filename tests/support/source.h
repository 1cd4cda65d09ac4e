// Where the project's own files lie, for tests that hold them to the code.
#pragma once

#include <filesystem>

namespace samples {

std::filesystem::path source_folder();

}  // namespace samples
