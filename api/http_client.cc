#include "api/http_client.h"

#include "api/dial.h"

namespace caseledger::api {

namespace {

namespace http = beast::http;

Task<Result<Response>> get(asio::io_context& context, Url url, TlsContext tls, const GetConfig& config) {
  using Got = Result<Response>;
  auto dialled = co_await dial(context, url, tls.get(), config.within);
  if (!dialled) co_return Got(std::unexpected(dialled.error()));
  Wire& wire = **dialled;
  http::request<http::empty_body> request(http::verb::get, url.path.empty() ? "/" : url.path, 11);
  request.set(http::field::host, url.authority);
  request.set(http::field::connection, "close");
  for (const auto& [name, value] : config.headers) request.set(name, value);
  wire.tcp().expires_after(config.within);
  [[maybe_unused]] const auto [write_error, written] = co_await http::async_write(wire, request, use_task);  // a server that listens no more may have said why
  beast::flat_buffer buffer(64 * 1024);  // Beast bounds no header of a chunk
  http::response_parser<http::string_body> parser;
  parser.body_limit(config.body_bytes_max);
  const auto [read_error, bytes] = co_await http::async_read(wire, buffer, parser, use_task);
  if (read_error == http::error::body_limit)
    co_return Got(fail(Errc::too_large, "the answer of " + url.authority + " has more than " + std::to_string(config.body_bytes_max) + " bytes"));
  if (read_error == http::error::end_of_stream)
    co_return Got(fail(Errc::unavailable, url.authority + " hung up without an answer" + (url.tls ? "" : "; it may want https://")));
  if (read_error) co_return Got(cannot_reach(url, read_error));
  auto& message = parser.get();
  Response response;
  response.status = message.result_int();
  response.content_type = message[http::field::content_type];
  for (const auto& field : message) response.headers.emplace_back(field.name_string(), field.value());
  response.body = std::move(message.body());
  wire.close();
  co_return Got(std::move(response));
}

}  // namespace

Result<Response> http_get(std::string_view text, const GetConfig& config) {
  TRY_AS(url, parse_url(text));
  TlsContext tls;
  if (url.tls) {
    TRY_AS(made, make_tls(config.tls));
    tls = std::move(made);
  }
  asio::io_context context(1);
  Result<Response> got = fail(Errc::io, "nothing was received");
  asio::co_spawn(context, get(context, url, tls, config), [&](std::exception_ptr failed, Result<Response> response) {
    if (failed) std::rethrow_exception(failed);
    got = std::move(response);
  });
  context.run();
  return got;
}

}  // namespace caseledger::api
