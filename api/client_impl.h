// The inside of a Client: what its callers share with its thread, and one connection at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <thread>

#include "api/client.h"
#include "api/dial.h"

namespace caseledger::api {

// Why a connection ended, and whether another attempt makes sense.
struct Lost {
  Error error;
  bool is_final = false;
  std::chrono::milliseconds not_before{0};  // as the server asked
};

class Link;

struct Client::Impl {
  Impl(ClientConfig wanted, const Signer& key, Url where, TlsContext tls_context);

  const ClientConfig config;
  const Signer& author;
  const Url url;
  const TlsContext tls;
  asio::io_context context{1};
  asio::executor_work_guard<Executor> work{context.get_executor()};
  std::thread thread;

  // ── shared with callers, under the mutex ──
  struct Handed {
    std::uint64_t request;
    PreparedBatch batch;
    Outbox::Done done;
  };
  struct Following {
    Wish wish;  // from: moves along
    std::function<void(const Told&)> told;
    std::function<void(const frames::Rejected&)> refused;
    std::uint32_t credit_left = 0;
  };
  struct Unsealing {
    Position viewed;
    std::promise<Unsealed> answer;
  };
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<Handed> handed;
  std::vector<std::pair<std::uint64_t, std::optional<Following>>> orders;  // none: to be forgotten
  std::vector<std::pair<std::uint64_t, Unsealing>> asked;
  std::uint64_t last_id = 0;  // of requests and subscriptions together
  std::size_t unanswered = 0, unanswered_bytes = 0;
  bool is_posted = false, is_closing = false, is_connected = false;
  std::uint64_t connections = 0;
  std::optional<Error> failure;
  frames::Welcome welcome;
  frames::Limits limits;
  std::optional<Checkpoint> latest;

  // ── on its thread ──
  KnownLog known;
  Outbox outbox;
  std::map<std::uint64_t, Following> followings;
  std::map<std::uint64_t, Unsealing> unsealings;  // without an answer; asked again after a reconnect
  std::shared_ptr<Link> link;
  Timer pause{context};

  Micros now() const { return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
  void post();        // callers' news is to be looked at; under the mutex
  void look();
  void give_up(const Error& error);
  bool answer(std::uint64_t request, Unsealed unsealed);  // false: no such request
  Task<> live();
  Task<Lost> connect_once();
  void connected(const frames::Welcome& welcomed, const frames::Limits& limited);
  void fail_with(Error error);
  void remember_checkpoint();
};

// A WebSocket to the server, from the upgrade to the end.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(Client::Impl& client, Wire wire);

  Task<std::optional<Lost>> open();  // upgrade, Challenge, Identify, Welcome; nothing when it stands
  Task<Lost> run();
  void say(Buffer frame);            // behind what waits already
  void follow(std::uint64_t id);
  void wake();
  void shut();                       // says goodbye
  void close();

 private:
  Task<Result<frames::FromServer>> next();  // spans in it hold until the next call
  Task<Result<void>> send(Buffer frame);
  Result<void> prove(const frames::Challenge& challenge, frames::Identify& identify);
  Result<void> take(frames::FromServer frame);
  void take(const frames::Events& events);
  void take(frames::Rejected rejected);
  Lost lost(Error error) const;
  Lost declined(const websocket::response_type& response) const;
  void encode(Buffer frame);
  void wake_at(Micros at);
  void say_goodbye();

  Client::Impl& client_;
  WebSocket socket_;
  frames::Welcome welcome_;
  frames::Limits limits_;
  beast::flat_buffer buffer_;
  Buffer frame_;                  // read last, where it came as JSON
  Buffer writing_;
  std::deque<Buffer> said_;
  bool is_writing_ = false, is_shut_ = false;
  Timer alarm_;
};

}  // namespace caseledger::api
