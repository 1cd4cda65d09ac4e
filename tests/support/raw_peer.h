// A WebSocket peer written by hand from RFC 6455, to say what a proper client never would. It waits at most five seconds.
#pragma once

#include <optional>

#include "ledger/core/bytes.h"

namespace samples {

using caseledger::Buffer;
using caseledger::Bytes;

class RawPeer {
 public:
  explicit RawPeer(std::uint16_t port);  // connected
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;

  // What an HTTP request is answered: status line and header, and the body where it says how long it is.
  std::string ask(std::string_view request);
  // The status of the upgrade: 101 when it is one now.
  unsigned upgrade(std::string_view subprotocol, std::string_view path = "/v1/session");

  enum Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
  struct Message {
    std::uint8_t opcode;
    Buffer payload;
  };
  void say(Opcode opcode, Bytes payload);
  void say_header(Opcode opcode, std::uint64_t claimed_bytes);  // and nothing behind it
  void say_raw(Bytes bytes);
  // The next message; pings are answered on the way unless `answers_pings` is off. Nothing when the connection ended or no time is left.
  std::optional<Message> hear();
  // The code of the close frame that comes, whatever comes before; 0 when the connection ends without one.
  std::uint16_t hear_close();
  bool ended();  // within five seconds
  void shrink_receive_buffer();

  bool answers_pings = true;

 private:
  bool fill();

  int socket_;
  Buffer received_;
};

}  // namespace samples
