#include "api/peer.h"

#include "api/protocol.h"
#include "api/json.h"

namespace caseledger::api {

namespace {
constexpr std::size_t small_buffer_bytes = 16 * 1024;
}

Peer::Peer(Loop& loop, Wire wire, Channel channel, bool json, std::uint64_t id)
    : loop_(loop),
      id_(id),
      json_(json),
      socket_(std::move(wire)),
      session_(loop.house(), id, std::move(channel), loop.now()),
      room_(loop.context()) {
  const ServerConfig& config = loop_.config();
  socket_.next_layer().tcp().expires_never();  // the WebSocket has timers of its own
  socket_.next_layer().teardown_within(config.handshake_within);
  socket_.set_option(websocket::stream_base::timeout{config.handshake_within, config.peer_silence_max, true});
  socket_.auto_fragment(false);
  socket_.binary(!json_);
}

Task<> Peer::accept(const beast::http::request<beast::http::string_body>& request) {
  const std::string_view subprotocol = json_ ? json_subprotocol : binary_subprotocol;
  const auto name_it = [subprotocol](websocket::response_type& response) { response.set(beast::http::field::sec_websocket_protocol, subprotocol); };
  socket_.set_option(websocket::stream_base::decorator(name_it));
  const auto [error] = co_await socket_.async_accept(request, use_task);
  if (error) close();
}

// ── reading ──

Task<> Peer::run() {
  const auto self = shared_from_this();
  is_open_ = true;
  loop_.enter(id_, *this);
  wake();
  for (;;) {
    if (session_.queued_bytes() > loop_.config().queued_bytes_max && !session_.closed()) {
      co_await wait_for_room();
      continue;
    }
    socket_.read_message_max(session_.frame_bytes_max() * (json_ ? 2 : 1));
    const auto [error, bytes] = co_await socket_.async_read(buffer_, use_task);
    if (error) break;
    if (!session_.closed()) read({static_cast<const std::uint8_t*>(buffer_.cdata().data()), buffer_.size()});
    give_back_buffer(bytes);
    wake();
  }
  loop_.leave(id_);
}

void Peer::read(Bytes message) {
  if (socket_.got_text() != json_)
    return session_.end(CloseCode::wrong_frame_type, json_ ? "caseledger.v1+json speaks in text frames" : "caseledger.v1 speaks in binary frames");
  if (json_) {
    const auto frame = frame_from_json(text_of(message));
    if (!frame) return session_.end(CloseCode::protocol, frame.error().sentence);
    session_.received(*frame);
  } else {
    session_.received(message);
  }
  loop_.submit(id_, session_);
  loop_.subscribes(id_, session_.subscribes());
}

// A buffer keeps the size of the largest message it ever held.
void Peer::give_back_buffer(std::size_t used) {
  buffer_.consume(buffer_.size());
  const std::size_t held = buffer_.capacity();
  if (held > loop_.config().read_buffer_kept_bytes || (held > small_buffer_bytes && used < held / 4)) buffer_.shrink_to_fit();
}

Task<> Peer::wait_for_room() {
  is_waiting_ = true;
  room_.expires_at(Timer::time_point::max());
  [[maybe_unused]] const auto [error] = co_await room_.async_wait(use_task);
  is_waiting_ = false;
}

// ── writing ──

void Peer::wake() {
  if (!is_open_ || is_writing_ || is_closing_) return;
  if (auto message = session_.next_message(loop_.now())) {
    write(std::move(message));
  } else if (session_.closed()) {
    shut(*session_.closed());
  } else if (session_.has_more()) {
    later();
  }
  if (is_waiting_ && (session_.closed() || session_.queued_bytes() <= loop_.config().queued_bytes_max / 2)) room_.cancel();
}

void Peer::write(SharedMessage message) {
  writing_ = std::move(message);
  const auto bytes = json_ ? asio::buffer(writing_->json()) : asio::buffer(writing_->frame());
  is_writing_ = true;
  socket_.async_write(bytes, [self = shared_from_this()](error_code error, std::size_t) {
    self->is_writing_ = false;
    self->writing_.reset();
    if (error) self->close();
    else self->wake();
  });
}

// There is more log to look at: others have their turn first.
void Peer::later() {
  if (is_posted_) return;
  is_posted_ = true;
  asio::post(loop_.context(), [self = shared_from_this()] {
    self->is_posted_ = false;
    self->wake();
  });
}

void Peer::shut(const Close& close) {
  is_closing_ = true;
  const websocket::close_reason reason(static_cast<websocket::close_code>(close.code), close.reason);
  socket_.async_close(reason, [self = shared_from_this()](error_code) { self->close(); });
}

bool Peer::tick(Micros now) {
  const bool due = session_.tick(now);
  if (session_.closed() && is_writing_) {  // it does not read: nothing more can be said to it
    if (!stuck_since_) stuck_since_ = now;
    if (now - *stuck_since_ >= std::chrono::microseconds(loop_.config().handshake_within).count()) close();
    return false;
  }
  return due;
}

}  // namespace caseledger::api
