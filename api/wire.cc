#include "api/wire.h"

namespace caseledger::api {

namespace {

// Closing at once, with bytes unread, would throw away what we said last. Beast's own teardown waits without end.
struct ReadToEnd {
  TcpStream& stream;
  Handler<error_code> handler;
  std::unique_ptr<std::array<char, 1024>> bytes = std::make_unique<std::array<char, 1024>>();

  void operator()(error_code error, std::size_t) {
    if (error) return handler(error_code{});
    const asio::mutable_buffer into = asio::buffer(*bytes);
    stream.async_read_some(into, std::move(*this));
  }
};

}  // namespace

Task<error_code> Wire::shake_hands(asio::ssl::stream_base::handshake_type as) {
  if (!tls()) co_return error_code{};
  const auto [error] = co_await tls()->async_handshake(as, use_task);
  co_return error;
}

Task<error_code> Wire::shut_tls() {
  if (!tls()) co_return error_code{};
  const auto [error] = co_await tls()->async_shutdown(use_task);
  co_return error;
}

void Wire::read_some(FewBuffers<asio::mutable_buffer> into, WhenMoved handler) {
  if (auto* encrypted = tls()) encrypted->async_read_some(into, std::move(handler));
  else std::get<TcpStream>(stream_).async_read_some(into, std::move(handler));
}

void Wire::write_some(FewBuffers<asio::const_buffer> from, WhenMoved handler) {
  if (auto* encrypted = tls()) encrypted->async_write_some(from, std::move(handler));
  else std::get<TcpStream>(stream_).async_write_some(from, std::move(handler));
}

void Wire::tear_down(beast::role_type role, WhenClosed handler) {
  tcp().expires_after(teardown_within_);
  using websocket::async_teardown;
  if (auto* encrypted = tls()) return async_teardown(role, *encrypted, std::move(handler));
  error_code ignored;
  tcp().socket().shutdown(Socket::shutdown_send, ignored);
  ReadToEnd{tcp(), std::move(handler)}({}, 0);
}

}  // namespace caseledger::api
