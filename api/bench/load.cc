#include "api/bench/load.h"

#include <cmath>
#include <deque>
#include <random>

#include "api/beast.h"
#include "api/bench/bench.h"
#include "api/frames.h"
#include "api/protocol.h"
#include "ledger/sequencer.h"

namespace caseledger::api::bench {

namespace {

// One session: identifies, then keeps one write in flight; what falls due meanwhile becomes the next frame.
class Peer {
 public:
  struct Shared {
    asio::io_context io{1};
    const LoadPlan& plan;
    const Signer& author;
    const std::vector<Buffer>& batches;
    std::size_t next = 0;
    std::size_t answered = 0, refused = 0, welcomed = 0;
    bool counting = false, over = false;
    std::vector<double> due;  // by request: when its send fell due
    std::vector<std::pair<Position, double>> due_at;
    std::vector<std::int64_t> latencies_us;
    std::uint64_t counted = 0;
  };

  explicit Peer(Shared& shared) : shared_(shared), stream_(shared.io.get_executor()) {}

  void start() {
    stream_.next_layer().socket().connect({asio::ip::address_v4::loopback(), shared_.plan.port});
    stream_.next_layer().socket().set_option(Tcp::no_delay(true));
    stream_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) { request.set(beast::http::field::sec_websocket_protocol, "caseledger.v1"); }));
    authority_ = "127.0.0.1:" + std::to_string(shared_.plan.port);
    stream_.handshake(authority_, "/v1/session");
    stream_.binary(true);
    stream_.auto_fragment(false);
    stream_.read_message_max(16u << 20);
    identify();
    read();
  }

  // One more batch is to be sent, due now or earlier: with the next write().
  void take(double due) {
    if (shared_.next == shared_.batches.size()) {
      shared_.over = true;
      return;
    }
    const std::size_t request = shared_.next++;
    shared_.due[request] = due;
    waiting_.push_back(request);
  }
  // Sends what is waiting, in one frame, unless a write is under way: then that one's end does.
  void write() {
    if (writing_ || waiting_.empty()) return;
    writing_ = true;
    std::vector<Submission> held;
    std::vector<frames::Outgoing> items;
    held.reserve(waiting_.size());
    for (const std::size_t request : waiting_) {
      held.push_back({shared_.batches[request], {}});
      items.push_back({request, held.back()});
    }
    waiting_.clear();
    out_ = frames::write_append(items);
    stream_.async_write(asio::buffer(out_), [this](error_code error, std::size_t) {
      writing_ = false;
      if (!error) write();
    });
  }
  void stop() {
    error_code ignored;
    stream_.next_layer().socket().close(ignored);
  }

 private:
  void identify() {
    beast::flat_buffer buffer;
    stream_.read(buffer);
    const auto frame = frames::read_from_server(bytes_of(buffer));
    ENSURE(frame);
    const auto& challenge = std::get<frames::Challenge>(*frame);
    frames::Identify identify;
    identify.author = shared_.author.vkey().key;
    identify.authority = authority_;
    identify.signature = shared_.author.sign(
        caseledger::bytes_of(session_text(shared_.plan.origin, authority_, challenge.nonce, identify.nonce, no_exporter)));
    const Buffer out = frames::write(identify);
    stream_.write(asio::buffer(out));
    beast::flat_buffer welcome;
    stream_.read(welcome);
    const auto answer = frames::read_from_server(bytes_of(welcome));
    ENSURE(answer && std::holds_alternative<frames::Welcome>(*answer));
  }

  static Bytes bytes_of(const beast::flat_buffer& buffer) { return {static_cast<const std::uint8_t*>(buffer.data().data()), buffer.size()}; }

  void read() {
    stream_.async_read(in_, [this](error_code error, std::size_t) {
      if (error) return;
      const auto frame = frames::read_from_server(bytes_of(in_));
      ENSURE(frame);
      if (const auto* appended = std::get_if<frames::Appended>(&*frame)) {
        const double now = wall();
        for (const auto& result : appended->results) {
          if (shared_.counting) shared_.due_at.emplace_back(result.first_position, shared_.due[result.request]);
          answered(result.request, now);
        }
      } else if (const auto* rejected = std::get_if<frames::Rejected>(&*frame)) {
        ++shared_.refused;
        answered(rejected->request, wall());
      }
      in_.consume(in_.size());
      write();
      read();
    });
  }

  void answered(std::uint64_t request, double now) {
    ++shared_.answered;
    if (shared_.counting) {
      ++shared_.counted;
      shared_.latencies_us.push_back(static_cast<std::int64_t>((now - shared_.due[request]) * 1e6));
    }
    if (shared_.plan.rate == 0 && !shared_.over) take(now);
  }

  Shared& shared_;
  websocket::stream<TcpStream> stream_;
  std::string authority_;
  beast::flat_buffer in_;
  Buffer out_;
  std::deque<std::size_t> waiting_;
  bool writing_ = false;
};

// Sends that fall due by a Poisson process.
class Arrivals {
 public:
  Arrivals(Peer::Shared& shared, std::vector<std::unique_ptr<Peer>>& peers) : shared_(shared), peers_(peers), timer_(shared.io) {}

  void start() {
    due_ = wall();
    next();
  }

 private:
  void next() {
    const double now = wall();
    while (due_ <= now && !shared_.over) {
      Peer& peer = *peers_[turn_++ % peers_.size()];
      peer.take(due_);
      peer.write();
      due_ += -std::log(1.0 - uniform_(chance_)) / shared_.plan.rate;
    }
    if (shared_.over) return;
    timer_.expires_after(std::chrono::microseconds(std::max<std::int64_t>(1, static_cast<std::int64_t>((due_ - wall()) * 1e6))));
    timer_.async_wait([this](error_code error) {
      if (!error) next();
    });
  }

  Peer::Shared& shared_;
  std::vector<std::unique_ptr<Peer>>& peers_;
  Timer timer_;
  double due_ = 0;
  std::size_t turn_ = 0;
  std::mt19937_64 chance_{7};
  std::uniform_real_distribution<double> uniform_{0, 1};
};

}  // namespace

LoadResult run_load(const LoadPlan& plan, const Signer& author, const std::vector<Buffer>& batches, const std::function<void()>& counting_begins) {
  Peer::Shared shared{.plan = plan, .author = author, .batches = batches, .due = {}, .due_at = {}, .latencies_us = {}};
  shared.due.resize(batches.size());
  std::vector<std::unique_ptr<Peer>> peers;
  for (unsigned i = 0; i < plan.connections; ++i) {
    peers.push_back(std::make_unique<Peer>(shared));
    peers.back()->start();
  }
  Arrivals arrivals(shared, peers);
  if (plan.rate > 0) arrivals.start();
  else
    for (auto& peer : peers) {
      for (unsigned i = 0; i < plan.in_flight; ++i) peer->take(wall());
      peer->write();
    }

  LoadResult result;
  shared.io.run_for(std::chrono::milliseconds(static_cast<std::int64_t>(plan.warm_up_seconds * 1000)));
  counting_begins();
  shared.counting = true;
  const double begun = wall(), cpu = process_cpu();
  const double end = begun + plan.seconds;
  while (wall() < end && !shared.over) shared.io.run_for(std::chrono::milliseconds(20));
  result.seconds = wall() - begun;
  result.cpu_seconds = process_cpu() - cpu;
  result.answered = shared.counted;
  shared.over = true;
  while (shared.answered < shared.next && wall() < end + 10) shared.io.run_for(std::chrono::milliseconds(20));
  result.latencies_us = std::move(shared.latencies_us);
  result.refused = shared.refused;
  result.due = std::move(shared.due_at);
  for (auto& peer : peers) peer->stop();
  shared.io.run_for(std::chrono::milliseconds(50));
  return result;
}

}  // namespace caseledger::api::bench
