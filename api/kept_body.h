// A body that is sent often and never changes: beside it what it is compressed to, each with its ETag.
#pragma once

#include <string>
#include <string_view>

namespace caseledger::api {

struct KeptBody {
  std::string bytes, tag;
  std::string gzip, gzip_tag;  // empty where compressing makes it no smaller

  std::size_t size() const { return bytes.size() + gzip.size(); }
};
// The same bytes give the same compressed ones, as long as zlib does.
KeptBody kept_body(std::string bytes, std::string tag);

// Does an Accept-Encoding header take gzip (RFC 9110 §12.5.3)?
bool takes_gzip(std::string_view accept_encoding);

}  // namespace caseledger::api
