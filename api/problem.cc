#include "api/problem.h"

#include <boost/json/object.hpp>

#include "api/json.h"

namespace caseledger::api {

namespace {

struct Kind {
  unsigned status;
  std::string_view title;
};

Kind kind_of(Errc code) {
  switch (code) {
    case Errc::malformed: return {400, "The request is malformed"};
    case Errc::usage: return {400, "The request asks for something that does not exist"};
    case Errc::value_out_of_range: return {400, "A value is out of range"};
    case Errc::bad_signature: return {400, "The signature does not hold"};
    case Errc::bad_opening: return {400, "An opening does not fit its commitment"};
    case Errc::future: return {400, "The time lies too far ahead"};
    case Errc::unknown_author: return {403, "The key is not enrolled"};
    case Errc::not_permitted: return {403, "Not permitted"};
    case Errc::four_eyes: return {403, "A second author is needed"};
    case Errc::wrong_origin: return {404, "Another ledger"};
    case Errc::not_found: return {404, "Not found"};
    case Errc::version_conflict: return {409, "The stream is at another version"};
    case Errc::already_recorded: return {409, "Recorded already"};
    case Errc::illegal_transition: return {409, "The stream is in another state"};
    case Errc::unresolved_reference: return {409, "A reference does not resolve"};
    case Errc::too_large: return {413, "Past a limit"};
    case Errc::verification_failed: return {500, "The ledger's own data does not verify"};
    case Errc::io: return {500, "The ledger cannot read its data"};
    case Errc::overloaded: return {503, "Overloaded"};
    case Errc::draining: return {503, "Shutting down"};
    case Errc::locked: return {503, "In use by another process"};
    case Errc::unavailable: return {503, "Another server cannot be reached"};
  }
  return {500, "Unknown"};
}

Errc code_of(unsigned status) {
  switch (status) {
    case 400: return Errc::usage;
    case 401:
    case 403: return Errc::not_permitted;
    case 404: return Errc::not_found;
    case 409: return Errc::version_conflict;
    case 429:
    case 503: return Errc::overloaded;
    default: return Errc::io;
  }
}

Response details(std::string_view code, Kind kind, std::string_view sentence) {
  const boost::json::object body{{"type", std::string(problem_type_prefix).append(code)}, {"title", kind.title}, {"status", kind.status}, {"detail", sentence}};
  Response response;
  response.status = kind.status;
  response.content_type = "application/problem+json";
  response.body = to_text(body);
  return response;
}

}  // namespace

Response problem(const Error& error) {
  Response response = details(name(error.code), kind_of(error.code), error.sentence);
  if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response unavailable(const Error& error) { return details(name(error.code), {503, kind_of(error.code).title}, error.sentence); }

Response method_not_allowed(std::string_view method) {
  Response response = details("method_not_allowed", {405, "Method not allowed"}, "found " + quote(method) + " where GET or HEAD was wanted");
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

Response unauthenticated(std::string_view sentence, bool token_refused) {
  Response response = details("unauthenticated", {401, "Who asks is not known"}, sentence);
  response.headers.emplace_back("WWW-Authenticate", token_refused ? "Bearer error=\"invalid_token\"" : "Bearer");
  return response;
}

Response too_many_requests(std::uint32_t retry_after_seconds) {
  Response response = details("too_many_requests", {429, "Too many requests"}, "requests come faster than they are answered here; ask again later");
  response.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return response;
}

Error error_in(unsigned status, std::string_view body, std::string otherwise) {
  const auto problem = parse_json(body);
  const auto* detail = problem && problem->is_object() ? problem->get_object().if_contains("detail") : nullptr;
  return {code_of(status), detail && detail->is_string() ? std::string(detail->get_string()) : std::move(otherwise)};
}

Error told_to_strangers(const Error& error) {
  return kind_of(error.code).status == 500 ? Error{error.code, "the ledger failed to answer; its operator finds the reason in its log"} : error;
}

}  // namespace caseledger::api
