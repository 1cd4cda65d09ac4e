// A WebSocket connection and the session it carries: reads frames in a loop, writes one at a time.
#pragma once

#include "api/loop.h"
#include "api/wire.h"

namespace caseledger::api {

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  Peer(Loop& loop, Wire wire, Channel channel, bool json, std::uint64_t id);

  Task<> accept(const beast::http::request<beast::http::string_body>& request);
  Task<> run();  // until the connection is gone

  Session& session() { return session_; }
  void wake();   // writes, if the WebSocket stands, there is something to write and nothing is being written
  bool tick(Micros now);  // is it to be woken?
  void close() { beast::close_socket(socket_.next_layer()); }

 private:
  void read(Bytes message);
  void write(SharedMessage message);
  void later();
  void shut(const Close& close);
  void give_back_buffer(std::size_t used);
  Task<> wait_for_room();

  Loop& loop_;
  const std::uint64_t id_;
  const bool json_;
  WebSocket socket_;
  Session session_;
  beast::flat_buffer buffer_;
  SharedMessage writing_;  // borrowed by the write under way
  bool is_open_ = false, is_writing_ = false, is_closing_ = false, is_posted_ = false, is_waiting_ = false;
  std::optional<Micros> stuck_since_;  // closed, with a write that does not end
  Timer room_;
};

}  // namespace caseledger::api
