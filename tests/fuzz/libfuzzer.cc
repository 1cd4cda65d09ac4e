// libFuzzer's way in. FUZZ_TARGET names the target; with FUZZ_SEEDS its seeds are written into that folder, and that is all.
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/targets.h"

namespace {
const fuzz::Target* chosen = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  fuzz::expect(sodium_init() >= 0, "libsodium does not start");
  const char* name = std::getenv("FUZZ_TARGET");
  const auto targets = fuzz::targets();
  const auto found = std::ranges::find(targets, std::string_view(name ? name : ""), &fuzz::Target::name);
  if (found == targets.end()) {
    for (const auto& each : targets) std::cout << each.name << '\n';
    std::exit(name ? 2 : 0);
  }
  chosen = &*found;
  if (const char* folder = std::getenv("FUZZ_SEEDS")) {
    std::filesystem::create_directories(folder);
    std::size_t number = 0;
    for (const auto& each : chosen->seeds()) std::ofstream(std::filesystem::path(folder) / ("seed-" + std::to_string(number++)), std::ios::binary).write(reinterpret_cast<const char*>(each.data()), static_cast<std::streamsize>(each.size()));
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({data, size});
  return 0;
}
