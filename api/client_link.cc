#include "api/client_impl.h"
#include "api/genesis.h"
#include "api/protocol.h"
#include "api/json.h"
#include "api/problem.h"

namespace caseledger::api {

Link::Link(Client::Impl& client, Wire wire) : client_(client), socket_(std::move(wire)), alarm_(client.context) {
  socket_.next_layer().tcp().expires_never();
  socket_.set_option(websocket::stream_base::timeout{client_.config.connect_within, client_.config.silence_max, true});
  socket_.auto_fragment(false);
  socket_.write_buffer_bytes(256 * 1024);  // masked in one piece, sent by one call
  socket_.binary(!client_.config.json);
  socket_.read_message_max(client_.config.frame_bytes_max * (client_.config.json ? 2 : 1));
}

// ── opening ──

Task<std::optional<Lost>> Link::open() {
  using Opened = std::optional<Lost>;
  const std::string_view subprotocol = client_.config.json ? json_subprotocol : binary_subprotocol;
  const auto name_it = [subprotocol](websocket::request_type& request) { request.set(beast::http::field::sec_websocket_protocol, subprotocol); };
  socket_.set_option(websocket::stream_base::decorator(name_it));
  const std::string target = client_.url.path.empty() || client_.url.path == "/" ? "/v1/session" : client_.url.path;
  websocket::response_type response;
  const auto [error] = co_await socket_.async_handshake(response, client_.url.authority, target, use_task);
  if (error == websocket::error::upgrade_declined)
    co_return Opened(declined(response));
  if (error) co_return Opened(Lost{cannot_reach(client_.url, error).error()});
  if (response[beast::http::field::sec_websocket_protocol] != subprotocol)
    co_return Opened(Lost{{Errc::usage, client_.url.authority + " does not speak " + std::string(subprotocol)}, true});

  auto first = co_await next();
  if (!first) co_return Opened(lost(std::move(first.error())));
  const auto* challenge = std::get_if<frames::Challenge>(&*first);
  if (!challenge) co_return Opened(Lost{{Errc::malformed, "the server does not begin with a Challenge"}, true});
  frames::Identify identify;
  if (auto proved = prove(*challenge, identify); !proved) co_return Opened(Lost{std::move(proved.error()), true});
  Buffer frame = frames::write(identify);
  const auto sent = co_await send(std::move(frame));
  if (!sent) co_return Opened(lost(sent.error()));
  limits_ = challenge->limits;
  auto second = co_await next();
  if (!second) co_return Opened(lost(std::move(second.error())));
  auto* welcome = std::get_if<frames::Welcome>(&*second);
  if (!welcome) co_return Opened(Lost{{Errc::malformed, "the server does not answer with a Welcome"}, true});
  welcome_ = std::move(*welcome);
  co_return Opened();
}

// An upgrade that was answered with a problem, and when the server wants to be asked again.
Lost Link::declined(const websocket::response_type& response) const {
  const unsigned status = response.result_int();
  Lost lost{error_in(status, response.body(), client_.url.authority + " opens no session: status " + std::to_string(status))};
  if (const auto seconds = from_decimal(std::string_view(response[beast::http::field::retry_after])); seconds && *seconds <= 3600)
    lost.not_before = std::chrono::seconds(*seconds);
  return lost;
}

// The server has to be the one of this log, and the log has to be what it was.
Result<void> Link::prove(const frames::Challenge& challenge, frames::Identify& identify) {
  if (challenge.origin != client_.config.log.name)
    return fail(Errc::wrong_origin, client_.url.authority + " serves " + challenge.origin + ", wanted " + client_.config.log.name);
  const auto before = client_.known;
  TRY_AS(checkpoint, client_.known.open(challenge.checkpoint));
  TRY(before.meet(checkpoint));
  identify.author = client_.author.vkey().key;
  identify.authority = client_.url.authority;
  system_random()(identify.nonce);
  const std::string exporter = socket_.next_layer().exporter();
  const std::string text = session_text(challenge.origin, identify.authority, challenge.nonce, identify.nonce, exporter.empty() ? no_exporter : std::string_view(exporter));
  identify.signature = client_.author.sign(bytes_of(text));
  return {};
}

Task<Result<void>> Link::send(Buffer frame) {
  encode(std::move(frame));
  const auto [error, bytes] = co_await socket_.async_write(asio::buffer(writing_), use_task);
  co_return error ? Result<void>(cannot_reach(client_.url, error)) : Result<void>();
}

// ── reading ──

Task<Result<frames::FromServer>> Link::next() {
  using Next = Result<frames::FromServer>;
  buffer_.consume(buffer_.size());
  const auto [error, bytes] = co_await socket_.async_read(buffer_, use_task);
  if (error) co_return Next(cannot_reach(client_.url, error));
  const Bytes message{static_cast<const std::uint8_t*>(buffer_.cdata().data()), buffer_.size()};
  if (!client_.config.json) co_return frames::read_from_server(message);
  auto frame = frame_from_json(text_of(message));
  if (!frame) co_return Next(std::unexpected(std::move(frame.error())));
  frame_ = std::move(*frame);
  co_return frames::read_from_server(frame_);
}

Task<Lost> Link::run() {
  client_.connected(welcome_, limits_);
  for (const auto& [id, following] : client_.followings) follow(id);
  for (const auto& [id, question] : client_.unsealings) say(frames::write(frames::Unseal{id, question.viewed}));
  client_.look();  // what was handed in meanwhile
  for (;;) {
    auto frame = co_await next();
    if (!frame) co_return lost(std::move(frame.error()));
    auto taken = take(std::move(*frame));
    if (!taken) {
      close();
      co_return Lost{std::move(taken.error()), true};
    }
    wake();
  }
}

Result<void> Link::take(frames::FromServer frame) {
  if (const auto* appended = std::get_if<frames::Appended>(&frame)) {
    TRY(client_.outbox.appended(*appended, client_.known));
    client_.remember_checkpoint();
  } else if (const auto* head = std::get_if<frames::Head>(&frame)) {
    TRY(client_.known.open(head->checkpoint));
    client_.remember_checkpoint();
  } else if (const auto* events = std::get_if<frames::Events>(&frame)) {
    take(*events);
  } else if (auto* unsealed = std::get_if<frames::Unsealed>(&frame)) {
    client_.answer(unsealed->request, std::move(unsealed->openings));
  } else if (auto* rejected = std::get_if<frames::Rejected>(&frame)) {
    take(std::move(*rejected));
  } else {
    return fail(Errc::malformed, "the server sent a frame out of turn");
  }
  return {};
}

void Link::take(const frames::Events& events) {
  const auto found = client_.followings.find(events.id);
  if (found == client_.followings.end()) return;
  auto& following = found->second;
  const std::uint32_t whole = following.wish.credit;
  following.wish.from = events.next;
  following.credit_left -= std::min<std::uint32_t>(following.credit_left, static_cast<std::uint32_t>(events.events.size()));
  following.told({events.events, events.caught_up, events.next});
  if (following.credit_left > whole / 2) return;
  say(frames::write(frames::Grant{events.id, whole - following.credit_left}));
  following.credit_left = whole;
}

void Link::take(frames::Rejected rejected) {
  const auto found = client_.followings.find(rejected.request);
  if (found != client_.followings.end()) {
    const auto following = std::move(found->second);
    client_.followings.erase(found);
    if (following.refused) following.refused(rejected);
    return;
  }
  if (client_.answer(rejected.request, std::unexpected(rejected))) return;
  client_.outbox.rejected(std::move(rejected), client_.now());
}

// What the server said when it closed tells whether to come again.
Lost Link::lost(Error error) const {
  const auto& reason = socket_.reason();
  const std::string said = client_.url.authority + " closed the session (" + std::to_string(reason.code) + "): " + std::string(reason.reason.data(), reason.reason.size());
  if (error.code == Errc::malformed) return {std::move(error), true};
  switch (static_cast<CloseCode>(reason.code)) {
    case CloseCode::policy: return {{Errc::not_permitted, said}, true};
    case CloseCode::protocol:
    case CloseCode::wrong_frame_type:
    case CloseCode::too_big: return {{Errc::usage, said}, true};
    case CloseCode::normal:
    case CloseCode::draining:
    case CloseCode::try_later: return {{Errc::io, said}};
  }
  return {std::move(error)};
}

// ── writing ──

void Link::follow(std::uint64_t id) {
  auto& following = client_.followings.at(id);
  following.credit_left = following.wish.credit;
  say(frames::write(frames::Subscribe{id, following.wish.from, following.wish.stream, following.wish.filter, following.wish.credit}));
}

void Link::say(Buffer frame) {
  said_.push_back(std::move(frame));
  wake();
}

void Link::encode(Buffer frame) {
  writing_ = std::move(frame);
  if (!client_.config.json) return;
  const auto text = frame_to_json(writing_);
  ENSURE(text);
  writing_.assign(text->begin(), text->end());
}

void Link::wake() {
  if (is_writing_ || is_shut_) return;
  std::optional<Buffer> frame;
  if (!said_.empty()) {
    frame = std::move(said_.front());
    said_.pop_front();
  } else {
    frame = client_.outbox.next_frame(client_.limits, client_.now());
  }
  if (!frame) {
    if (const auto at = client_.outbox.paused_until(client_.now())) wake_at(*at);
    return;
  }
  encode(std::move(*frame));
  is_writing_ = true;
  socket_.async_write(asio::buffer(writing_), [self = shared_from_this()](error_code error, std::size_t) {
    self->is_writing_ = false;
    if (error) self->close();
    else if (self->is_shut_) self->say_goodbye();
    else self->wake();
  });
}

void Link::wake_at(Micros at) {
  alarm_.expires_after(std::chrono::microseconds(std::max<Micros>(at - client_.now(), 1)));
  alarm_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->wake();
  });
}

void Link::shut() {
  if (std::exchange(is_shut_, true)) return;
  alarm_.expires_after(std::chrono::seconds(1));
  alarm_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
  if (!is_writing_) say_goodbye();
}

void Link::close() {
  is_shut_ = true;
  alarm_.cancel();
  beast::close_socket(socket_.next_layer());
}

void Link::say_goodbye() {
  const websocket::close_reason reason(websocket::close_code::normal);
  socket_.async_close(reason, [self = shared_from_this()](error_code) { self->close(); });
}

}  // namespace caseledger::api
