// What many commands are asked alike.
#pragma once

#include <filesystem>
#include <string>

namespace caseledger::api {

using std::filesystem::path;

struct Remote {
  std::string server;  // http://host:port
  path key;
  std::string vkey;    // of the log; empty: the server's own word for it, which is said
};

// Where to read from: a server, or a folder that may be in use.
struct Source {
  std::string server;
  path key;  // of who reads; none: as the server tells those it does not know
  path folder;
};

}  // namespace caseledger::api
