// The bytes of one connection, with TLS or without: one type, so that HTTP and WebSocket are compiled once for both.
#pragma once

#include <variant>

#include "api/beast.h"

namespace caseledger::api {

class Wire {
 public:
  using executor_type = Executor;

  explicit Wire(Socket socket) : stream_(std::in_place_type<TcpStream>, std::move(socket)) {}
  Wire(Socket socket, asio::ssl::context& tls) : stream_(std::in_place_type<TlsStream>, TcpStream(std::move(socket)), tls) {}

  executor_type get_executor() noexcept { return tcp().get_executor(); }
  TlsStream* tls() noexcept { return std::get_if<TlsStream>(&stream_); }
  TcpStream& tcp() noexcept { return tls() ? tls()->next_layer() : std::get<TcpStream>(stream_); }
  void close() { tcp().close(); }

  // RFC 9266: base64 of the exporter value of this very TLS connection; empty without TLS.
  std::string exporter();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (auto* encrypted = tls()) return encrypted->async_read_some(buffers, std::forward<Token>(token));
    return std::get<TcpStream>(stream_).async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (auto* encrypted = tls()) return encrypted->async_write_some(buffers, std::forward<Token>(token));
    return std::get<TcpStream>(stream_).async_write_some(buffers, std::forward<Token>(token));
  }

  // What websocket::stream asks of the layer below it.
  friend void beast_close_socket(Wire& wire) { wire.close(); }
  template <class Handler>
  friend void async_teardown(beast::role_type role, Wire& wire, Handler&& handler) {
    using websocket::async_teardown;
    if (auto* encrypted = wire.tls()) return async_teardown(role, *encrypted, std::forward<Handler>(handler));
    async_teardown(role, std::get<TcpStream>(wire.stream_), std::forward<Handler>(handler));
  }

 private:
  std::variant<TcpStream, TlsStream> stream_;
};

using WebSocket = websocket::stream<Wire, false>;  // never deflates

}  // namespace caseledger::api
