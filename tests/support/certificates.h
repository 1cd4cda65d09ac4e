// A certificate authority for one test, with a server certificate for "localhost" and a client certificate. PEM files in a folder of its own.
#pragma once

#include <filesystem>

namespace samples {

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;

  std::filesystem::path folder, ca, server, server_key, client, client_key;
};

}  // namespace samples
