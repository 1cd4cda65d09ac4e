// One accepted connection: TLS if there is any, HTTP/1.1 requests one after another, and an upgrade to a session.
#pragma once

#include "api/peer.h"

namespace caseledger::api {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Loop& loop, Socket socket, std::uint64_t id, bool is_full);

  Task<> run();
  void drain();  // a session answers what it has; a connection without one that is idle is closed
  void close();

  const std::shared_ptr<Peer>& peer() const { return peer_; }

 private:
  using HttpRequest = beast::http::request<beast::http::string_body>;
  using HttpResponse = beast::http::response<beast::http::string_body>;

  Task<bool> greet();
  Task<bool> next_request();
  Response ask(const Request& request) const;
  Task<bool> answer(HttpRequest request);
  Task<> upgrade(HttpRequest request);
  Task<bool> send(HttpResponse response, bool head);
  Task<> refuse(error_code error);
  Task<> turn_away();

  Loop& loop_;
  const std::uint64_t id_;
  Wire wire_;
  const std::string remote_;
  const bool remote_loopback_, is_full_;
  beast::flat_buffer buffer_;
  bool is_idle_ = false;
  std::shared_ptr<Peer> peer_;
};

}  // namespace caseledger::api
