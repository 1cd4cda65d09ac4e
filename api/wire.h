// The bytes of one connection, with TLS or without: one type, so that HTTP and WebSocket are compiled once for both. What
// lies below it is compiled once for all that HTTP and WebSocket ask of it: whatever waits for bytes is a Handler there.
#pragma once

#include <memory>
#include <variant>

#include "api/handler.h"

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

  // TLS begins and ends; without TLS there is nothing to do.
  Task<error_code> shake_hands(asio::ssl::stream_base::handshake_type as);
  Task<error_code> shut_tls();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const auto begin = [this](auto then, const Buffers& into) { read_some(FewBuffers<asio::mutable_buffer>(into), WhenMoved(std::move(then), get_executor())); };
    return asio::async_initiate<Token, void(error_code, std::size_t)>(begin, token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    const auto begin = [this](auto then, const Buffers& from) { write_some(FewBuffers<asio::const_buffer>(from), WhenMoved(std::move(then), get_executor())); };
    return asio::async_initiate<Token, void(error_code, std::size_t)>(begin, token, buffers);
  }

  // How long the other side may take to close, once we have.
  void teardown_within(std::chrono::milliseconds duration) { teardown_within_ = duration; }

  // What websocket::stream asks of the layer below it.
  friend void beast_close_socket(Wire& wire) { wire.close(); }
  template <class Then>
  friend void async_teardown(beast::role_type role, Wire& wire, Then&& then) {
    wire.tear_down(role, WhenClosed(std::forward<Then>(then), wire.get_executor()));
  }

 private:
  using WhenMoved = Handler<error_code, std::size_t>;
  using WhenClosed = Handler<error_code>;
  void read_some(FewBuffers<asio::mutable_buffer> into, WhenMoved handler);
  void write_some(FewBuffers<asio::const_buffer> from, WhenMoved handler);
  void tear_down(beast::role_type role, WhenClosed handler);

  std::variant<TcpStream, TlsStream> stream_;
  std::chrono::milliseconds teardown_within_{5000};
};

using WebSocket = websocket::stream<Wire, false>;  // never deflates

}  // namespace caseledger::api
