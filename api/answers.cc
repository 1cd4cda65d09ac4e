#include "api/answers.h"

#include "api/json.h"
#include "ledger/core/hash.h"

namespace caseledger::api {

Response text_answer(std::string body, std::string content_type) {
  Response response;
  response.status = 200;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

Response json_answer(const boost::json::value& body) { return text_answer(to_text(body), "application/json"); }

namespace {

// Whether a list of entity tags names this one; weak tags compare by their text.
bool names(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto begin = list.find_first_not_of(" \t,");
    if (begin == std::string_view::npos) return false;
    list.remove_prefix(begin);
    if (list.starts_with('*')) return true;
    if (list.starts_with("W/")) list.remove_prefix(2);
    if (list.starts_with(tag)) return true;
    const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
  return false;
}

Response tagged_answer(const Request& request, const std::string& body, std::string_view content_type, const std::string& tag, std::string_view cache_control) {
  Response response;
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", cache_control);
  const auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && names(known->second, tag)) {
    response.status = 304;
    return response;
  }
  response.status = 200;
  response.content_type = content_type;
  response.body = body;
  return response;
}

}  // namespace

Response kept_answer(const Request& request, const KeptBody& body, std::string_view content_type, std::string_view cache_control) {
  if (body.gzip.empty()) return tagged_answer(request, body.bytes, content_type, body.tag, cache_control);
  const auto takes = request.headers.find("accept-encoding");
  const bool packed = takes != request.headers.end() && takes_gzip(takes->second);
  Response response = packed ? tagged_answer(request, body.gzip, content_type, body.gzip_tag, cache_control) : tagged_answer(request, body.bytes, content_type, body.tag, cache_control);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (packed && response.status == 200) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

Response cached_answer(const Request& request, Response response, std::string_view cache_control) {
  const std::string tag = '"' + hex(Bytes(sha256(bytes_of(response.body)).bytes).first(16)) + '"';
  Response answer = tagged_answer(request, response.body, response.content_type, tag, cache_control);
  answer.headers.insert(answer.headers.begin(), response.headers.begin(), response.headers.end());
  return answer;
}

}  // namespace caseledger::api
