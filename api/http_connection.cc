#include "api/http_connection.h"

#include <algorithm>

#include "api/problem.h"
#include "api/protocol.h"

namespace caseledger::api {

namespace {

namespace http = beast::http;
constexpr unsigned http_1_1 = 11;

bool is_loopback(const Socket& socket) {
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  const auto address = remote.address();
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return !error && (mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback() : address.is_loopback());
}

// Of IPv6 the first 64 bits: one subscriber has all the addresses behind them.
std::string remote_of(const Socket& socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error || address.is_v4()) return error ? std::string() : address.to_string();
  if (address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::make_address_v6(bytes).to_string();
}

Wire wire_of(Socket socket, const TlsContext& tls) { return tls ? Wire(std::move(socket), *tls) : Wire(std::move(socket)); }

Request plain(const http::request<http::string_body>& from) {
  Request request;
  request.method = from.method_string();
  const std::string_view target = from.target();
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != target.npos) request.query = target.substr(mark + 1);
  for (const auto& field : from) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
    auto& value = request.headers[name];
    value.append(value.empty() ? "" : ", ").append(field.value());
  }
  request.body = from.body();
  return request;
}

http::response<http::string_body> http_response(Response from) {
  http::response<http::string_body> response(static_cast<http::status>(from.status), http_1_1);
  if (!from.content_type.empty()) response.set(http::field::content_type, from.content_type);
  for (const auto& [name, value] : from.headers) response.insert(name, value);
  response.body() = std::move(from.body);
  return response;
}

Response problem(unsigned status, std::string_view title) {
  return {status, "application/problem+json", {}, R"({"type":"about:blank","status":)" + std::to_string(status) + R"(,"title":")" + std::string(title) + "\"}"};
}

// The first of the subprotocols offered that we speak.
std::optional<std::string_view> subprotocol_of(const http::request<http::string_body>& request) {
  constexpr std::string_view space = " \t";
  std::string_view rest = request[http::field::sec_websocket_protocol];
  while (!rest.empty()) {
    std::string_view offered = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(offered.size() + 1, rest.size()));
    offered.remove_prefix(std::min(offered.find_first_not_of(space), offered.size()));
    offered = offered.substr(0, offered.find_last_not_of(space) + 1);
    for (const std::string_view spoken : {binary_subprotocol, json_subprotocol})
      if (offered == spoken) return spoken;
  }
  return std::nullopt;
}

}  // namespace

HttpConnection::HttpConnection(Loop& loop, Socket socket, std::uint64_t id, bool is_full)
    : loop_(loop),
      id_(id),
      wire_(wire_of(std::move(socket), loop.shared().tls)),
      remote_(remote_of(wire_.tcp().socket())),
      remote_loopback_(is_loopback(wire_.tcp().socket())),
      is_full_(is_full),
      buffer_(2 * std::size_t{loop.config().http_header_bytes_max}) {  // Beast bounds no header of a chunk
  error_code ignored;
  wire_.tcp().socket().set_option(Tcp::no_delay(true), ignored);
}

void HttpConnection::close() {
  if (peer_) peer_->close();
  else wire_.close();
}

void HttpConnection::drain() {
  if (peer_) {
    peer_->session().drain();
    peer_->wake();
  } else if (is_idle_) {
    wire_.close();
  }
}

Task<> HttpConnection::run() {
  const auto self = shared_from_this();
  bool more = co_await greet();
  while (more) more = co_await next_request();
  if (peer_) {
    co_await peer_->run();
    co_return peer_->close();
  }
  if (wire_.tls()) {
    wire_.tcp().expires_after(loop_.config().handshake_within);
    co_await wire_.shut_tls();
  }
  wire_.close();
}

Task<bool> HttpConnection::greet() {
  if (!wire_.tls()) co_return true;
  wire_.tcp().expires_after(loop_.config().handshake_within);
  const error_code error = co_await wire_.shake_hands(asio::ssl::stream_base::server);
  if (const auto fault = handshake_fault(error, wire_.tls()->native_handle())) loop_.config().handshake_refused(*fault);
  co_return !error;
}

// ── HTTP ──

Task<bool> HttpConnection::next_request() {
  http::request_parser<http::string_body> parser;
  parser.header_limit(loop_.config().http_header_bytes_max);
  parser.body_limit(loop_.config().http_body_bytes_max);
  wire_.tcp().expires_after(is_full_ ? loop_.config().handshake_within : loop_.config().http_idle_max);
  is_idle_ = true;
  const auto [error, bytes] = co_await http::async_read(wire_, buffer_, parser, use_task);
  is_idle_ = false;
  if (error) {
    co_await refuse(error);
    co_return false;
  }
  if (is_full_) {
    co_await turn_away();
    co_return false;
  }
  HttpRequest request = parser.release();
  if (websocket::is_upgrade(request)) {
    co_await upgrade(std::move(request));
    co_return false;
  }
  co_return co_await answer(std::move(request));
}

Response HttpConnection::ask(const Request& request) const {
  if (!request.path.starts_with('/')) return problem(400, "the target has to be a path");
  try {
    return loop_.shared().routes(request);
  } catch (const std::exception& exception) {
    loop_.config().complain(request.method + ' ' + request.path + ": " + exception.what());
    return problem(500, "the server failed to answer");
  }
}

Task<bool> HttpConnection::answer(HttpRequest request) {
  const bool head = request.method() == http::verb::head;
  if (head) request.method(http::verb::get);
  const bool keep_alive = request.keep_alive() && !loop_.draining();
  Request asked = plain(request);
  asked.remote_loopback = remote_loopback_;
  asked.remote = remote_;
  asked.authorities = loop_.shared().authorities;
  co_await asio::post(asio::bind_executor(loop_.shared().readers, on_that_thread));
  HttpResponse response = http_response(ask(asked));
  co_await asio::post(asio::bind_executor(loop_.context(), on_that_thread));
  response.keep_alive(keep_alive);
  const bool sent = co_await send(std::move(response), head);
  co_return sent && keep_alive;
}

Task<bool> HttpConnection::send(HttpResponse response, bool head) {
  response.prepare_payload();
  wire_.tcp().expires_after(loop_.config().http_idle_max);
  if (head) {
    http::response<http::empty_body> only(std::move(response.base()));  // the length stays as it would be
    const auto [error, bytes] = co_await http::async_write(wire_, only, use_task);
    co_return !error;
  }
  const auto [error, bytes] = co_await http::async_write(wire_, response, use_task);
  co_return !error;
}

// A request that cannot be read is told why, where there is still someone to tell.
Task<> HttpConnection::refuse(error_code error) {
  if (error == http::error::end_of_stream || error.category() != http::make_error_code(http::error::end_of_stream).category()) co_return;
  const Response why = error == http::error::header_limit || error == http::error::buffer_overflow ? problem(431, "the header is too large")
                       : error == http::error::body_limit                                          ? problem(413, "the body is too large")
                                                                                                   : problem(400, "not an HTTP request");
  HttpResponse response = http_response(why);
  response.keep_alive(false);
  co_await send(std::move(response), false);
}

// All places are taken: whoever asks for anything is told so, and when to come again.
Task<> HttpConnection::turn_away() {
  const std::size_t most = loop_.config().connections_max;
  HttpResponse response = http_response(problem(Error{Errc::overloaded, "all " + std::to_string(most) + " connections of the server are taken; try again in a second"}));
  response.keep_alive(false);
  co_await send(std::move(response), false);
}

// ── upgrade ──

Task<> HttpConnection::upgrade(HttpRequest request) {
  const auto subprotocol = subprotocol_of(request);
  const std::string_view target = request.target();
  std::optional<Response> refusal;
  if (target.substr(0, target.find('?')) != "/v1/session") refusal = problem(404, "sessions are at /v1/session");
  else if (!subprotocol) refusal = problem(400, "wanted the subprotocol caseledger.v1 or caseledger.v1+json");
  else if (buffer_.size() != 0) refusal = problem(400, "nothing may be sent before the upgrade is answered");
  else if (loop_.draining()) refusal = problem(503, "the server is going away");
  else if (!loop_.config().tls_proxy)
    if (const auto later = loop_.shared().openings_of_address.take(remote_, loop_.now())) refusal = too_many_requests(*later);
  if (refusal) {
    HttpResponse response = http_response(std::move(*refusal));
    response.keep_alive(false);
    co_await send(std::move(response), false);
    co_return;
  }
  Channel channel{.loopback = remote_loopback_, .exporter = wire_.exporter()};
  buffer_.shrink_to_fit();
  peer_ = std::make_shared<Peer>(loop_, std::move(wire_), std::move(channel), *subprotocol == json_subprotocol, id_);
  co_await peer_->accept(request);  // where it fails, so does the first read
}

}  // namespace caseledger::api
