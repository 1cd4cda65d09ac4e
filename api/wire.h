// The bytes of one connection, with TLS or without: one type, so that HTTP and WebSocket are compiled once for both.
#pragma once

#include <memory>
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

  // How long the other side may take to close, once we have.
  void teardown_within(std::chrono::milliseconds duration) { teardown_within_ = duration; }

  // What websocket::stream asks of the layer below it.
  friend void beast_close_socket(Wire& wire) { wire.close(); }
  template <class Handler>
  friend void async_teardown(beast::role_type role, Wire& wire, Handler&& handler) {
    wire.tcp().expires_after(wire.teardown_within_);
    using websocket::async_teardown;
    if (auto* encrypted = wire.tls()) return async_teardown(role, *encrypted, std::forward<Handler>(handler));
    error_code ignored;
    wire.tcp().socket().shutdown(Socket::shutdown_send, ignored);
    ReadToEnd<std::decay_t<Handler>>{wire.tcp(), std::forward<Handler>(handler)}({}, 0);
  }

 private:
  // Closing at once, with bytes unread, would throw away what we said last. Beast's own teardown waits without end.
  template <class Handler>
  struct ReadToEnd {
    TcpStream& stream;
    Handler handler;
    std::unique_ptr<std::array<char, 1024>> bytes = std::make_unique<std::array<char, 1024>>();

    void operator()(error_code error, std::size_t) {
      if (error) return handler(error_code{});
      const asio::mutable_buffer into = asio::buffer(*bytes);
      stream.async_read_some(into, std::move(*this));
    }
  };

  std::variant<TcpStream, TlsStream> stream_;
  std::chrono::milliseconds teardown_within_{5000};
};

using WebSocket = websocket::stream<Wire, false>;  // never deflates

}  // namespace caseledger::api
