#include "api/kept_body.h"

#include <zlib.h>

#include <boost/algorithm/string.hpp>
#include <cstdlib>

#include "ledger/core/bytes.h"

namespace caseledger::api {

namespace {

std::string compressed(std::string_view bytes) {
  constexpr int gzip_window = 15 + 16, memory_level = 8;
  z_stream stream{};
  ENSURE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ENSURE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

KeptBody kept_body(std::string bytes, std::string tag) {
  KeptBody kept{std::move(bytes), std::move(tag), {}, {}};
  std::string smaller = compressed(kept.bytes);
  if (smaller.size() >= kept.bytes.size()) return kept;
  kept.gzip = std::move(smaller);
  kept.gzip_tag = kept.tag.substr(0, kept.tag.size() - 1) + "-gzip\"";
  return kept;
}

bool takes_gzip(std::string_view accept_encoding) {
  std::vector<std::string> codings;
  boost::split(codings, accept_encoding, boost::is_any_of(","));
  for (const std::string& coding : codings) {
    const auto mark = coding.find(';');
    if (!boost::iequals(boost::trim_copy(coding.substr(0, mark)), "gzip")) continue;
    const auto weight = mark == std::string::npos ? std::string::npos : coding.find_first_of("qQ", mark);
    return weight == std::string::npos || std::strtod(coding.c_str() + std::min(weight + 2, coding.size()), nullptr) > 0;
  }
  return false;
}

}  // namespace caseledger::api
