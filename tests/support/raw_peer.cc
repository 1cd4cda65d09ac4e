#include "tests/support/raw_peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace samples {

using namespace caseledger;

RawPeer::RawPeer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
}

RawPeer::~RawPeer() { ::close(socket_); }

void RawPeer::shrink_receive_buffer() {
  const int bytes = 4096;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool RawPeer::fill() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, 5000) <= 0) return false;
  std::uint8_t bytes[16 * 1024];
  const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  received_.insert(received_.end(), bytes, bytes + count);
  return true;
}

bool RawPeer::ended() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, 5000) <= 0) return false;
  std::uint8_t bytes[16 * 1024];
  for (;;) {
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return true;
    if (::poll(&waiting, 1, 5000) <= 0) return false;
  }
}

void RawPeer::say_raw(Bytes bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string RawPeer::ask(std::string_view request) {
  say_raw(bytes_of(request));
  std::size_t end;
  while ((end = text_of(received_).find("\r\n\r\n")) == std::string_view::npos)
    if (!fill()) return {};
  end += 4;
  const std::string head(text_of(received_).substr(0, end));
  std::size_t body = 0;
  if (const auto at = head.find("Content-Length: "); at != std::string::npos && !request.starts_with("HEAD")) body = std::stoul(head.substr(at + 16));
  while (received_.size() < end + body)
    if (!fill()) break;
  const std::string whole(text_of(received_).substr(0, end + body));
  received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(whole.size()));
  return whole;
}

unsigned RawPeer::upgrade(std::string_view subprotocol, std::string_view path) {
  std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  if (!subprotocol.empty()) request += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  const std::string answer = ask(request + "\r\n");
  return answer.size() > 12 ? static_cast<unsigned>(std::stoul(answer.substr(9, 3))) : 0;
}

void RawPeer::say_header(Opcode opcode, std::uint64_t claimed_bytes) {
  Buffer header{static_cast<std::uint8_t>(0x80 | opcode)};
  if (claimed_bytes < 126) {
    header.push_back(static_cast<std::uint8_t>(0x80 | claimed_bytes));
  } else if (claimed_bytes < 65536) {
    header.push_back(0x80 | 126);
    append_be(header, static_cast<std::uint16_t>(claimed_bytes));
  } else {
    header.push_back(0x80 | 127);
    append_be(header, claimed_bytes);
  }
  header.insert(header.end(), 4, 0);  // a mask of zeros changes nothing
  say_raw(header);
}

void RawPeer::say(Opcode opcode, Bytes payload) {
  say_header(opcode, payload.size());
  say_raw(payload);
}

std::optional<RawPeer::Message> RawPeer::hear() {
  for (;;) {
    while (received_.size() < 2)
      if (!fill()) return std::nullopt;
    const std::size_t short_length = received_[1] & 0x7f;
    const std::size_t header = short_length < 126 ? 2 : short_length == 126 ? 4 : 10;
    while (received_.size() < header)
      if (!fill()) return std::nullopt;
    const std::size_t length = short_length < 126    ? short_length
                               : short_length == 126 ? load_be<std::uint16_t>(&received_[2])
                                                     : load_be<std::uint64_t>(&received_[2]);
    while (received_.size() < header + length)
      if (!fill()) return std::nullopt;
    const auto begin = received_.begin() + static_cast<std::ptrdiff_t>(header), end = begin + static_cast<std::ptrdiff_t>(length);
    Message message{static_cast<std::uint8_t>(received_[0] & 0x0f), Buffer(begin, end)};
    received_.erase(received_.begin(), end);
    if (message.opcode != ping) return message;
    if (answers_pings) say(pong, message.payload);
  }
}

std::uint16_t RawPeer::hear_close() {
  while (auto message = hear())
    if (message->opcode == close) return message->payload.size() >= 2 ? load_be<std::uint16_t>(message->payload.data()) : std::uint16_t{1005};
  return 0;
}

}  // namespace samples
