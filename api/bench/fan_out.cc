// Alerts to subscribers: how long after its send fell due an alert is read by each of a thousand sessions that listen for its jurisdiction.
#include <atomic>
#include <cstdio>
#include <thread>
#include <unordered_map>

#include "api/beast.h"
#include "api/bench/load.h"
#include "api/bench/served.h"
#include "api/frames.h"
#include "api/genesis.h"
#include "api/json.h"
#include "api/protocol.h"

namespace caseledger::api::bench {

namespace {

constexpr unsigned subscribers = 1'000;
constexpr double appends_per_second = 200;
constexpr unsigned alert_every = 10;   // append
constexpr unsigned texan_every = 20;   // append: every second alert is of the jurisdiction that is listened for

// Sessions that listen, on a thread of their own.
class Audience {
 public:
  struct Heard {
    Position position;
    double at;
  };

  Audience(std::uint16_t port, const std::string& origin, const Signer& key, Position from) : port_(port), origin_(origin), key_(key), from_(from) {
    for (unsigned i = 0; i < subscribers; ++i) open(listeners_.emplace_back(std::make_unique<Listener>(io_)).get());
    heard_.reserve(subscribers * 1'000);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Audience() {
    io_.stop();
    thread_.join();
  }

  // Once it has stopped coming.
  std::vector<Heard> heard() {
    for (std::size_t before = ~std::size_t{0}; before != count_;) {
      before = count_;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    io_.stop();
    thread_.join();
    thread_ = std::thread([] {});
    return std::move(heard_);
  }

 private:
  struct Listener {
    explicit Listener(asio::io_context& io) : stream(io.get_executor()) {}
    websocket::stream<TcpStream> stream;
    beast::flat_buffer in;
  };

  void open(Listener* one) {
    const std::string authority = "127.0.0.1:" + std::to_string(port_);
    one->stream.next_layer().socket().connect({asio::ip::address_v4::loopback(), port_});
    one->stream.next_layer().socket().set_option(Tcp::no_delay(true));
    one->stream.set_option(websocket::stream_base::decorator(
        [](websocket::request_type& request) { request.set(beast::http::field::sec_websocket_protocol, binary_subprotocol); }));
    one->stream.handshake(authority, "/v1/session");
    one->stream.binary(true);
    const auto read = [&] {
      one->in.consume(one->in.size());
      one->stream.read(one->in);
      const auto frame = frames::read_from_server(bytes_of(one->in));
      ENSURE(frame);
      return *frame;
    };
    const auto challenge = std::get<frames::Challenge>(read());
    frames::Identify identify;
    identify.author = key_.vkey().key;
    identify.authority = authority;
    identify.signature = key_.sign(caseledger::bytes_of(session_text(origin_, authority, challenge.nonce, identify.nonce, no_exporter)));
    one->stream.write(asio::buffer(frames::write(identify)));
    ENSURE(std::holds_alternative<frames::Welcome>(read()));
    one->stream.write(asio::buffer(frames::write(frames::Subscribe{1, from_, {}, {{}, {"AlertRaised"}, {"US-TX"}}, 1u << 20})));
    one->in.consume(one->in.size());
    listen(one);
  }

  void listen(Listener* one) {
    one->stream.async_read(one->in, [this, one](error_code error, std::size_t) {
      if (error) return;
      const auto frame = frames::read_from_server(bytes_of(one->in));
      ENSURE(frame);
      if (const auto* events = std::get_if<frames::Events>(&*frame)) {
        const double now = wall();
        for (const auto& each : events->events) heard_.push_back({each.position, now});
        count_ = heard_.size();
      }
      one->in.consume(one->in.size());
      listen(one);
    });
  }

  static Bytes bytes_of(const beast::flat_buffer& buffer) { return {static_cast<const std::uint8_t*>(buffer.data().data()), buffer.size()}; }

  const std::uint16_t port_;
  const std::string& origin_;
  const Signer& key_;
  const Position from_;
  asio::io_context io_{1};
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Heard> heard_;
  std::atomic<std::size_t> count_ = 0;
  std::thread thread_;
};

Buffer alert(const Rig& rig, bool texan) {
  const auto random = system_random();
  std::array<std::uint8_t, 10> unique{};
  random(unique);
  const Micros now = system_clock().wall();
  const std::string place = texan ? "US-TX" : "US-OH", at = '"' + to_rfc3339(now) + '"';
  const auto draft = event_from_json(R"({"stream":")" + to_string(uuid_v7(now, unique)) + R"(","kind":"alert","version":1,"type":"AlertRaised","occurred_at":)" + at +
                                         R"(,"precision":"s","operator":"vendor-1","automated":true,"system":"lpr 1","jurisdiction":")" + place +
                                         R"(","purpose":"missing_child","legal_basis":"statute","handling":"law_enforcement","body":{"detector_kind":"lpr","vendor":"vendor-1","observed_at":)" + at +
                                         R"(,"raised_at":)" + at + R"(,"received_at":)" + at + R"(,"jurisdiction":")" + place + R"("}})",
                                     random);
  ENSURE(draft);
  return sign_batch({Bytes(draft->event)}, rig.origin(), rig.author());
}

// Reports, and every so often an alert.
std::vector<Buffer> batches(const Rig& rig, const Options& options, std::uint64_t seed) {
  auto all = rig.signed_batches(static_cast<std::uint64_t>(appends_per_second * (options.seconds + 3)), 1, seed);
  for (std::size_t i = 0; i < all.size(); i += alert_every) all[i] = alert(rig, i % texan_every == 0);
  return all;
}

}  // namespace

std::vector<Row> fan_out(const Options& options) {
  Served served(options.folder / "fan-out");
  LoadPlan plan{.port = served.server->port(), .origin = served.rig.origin(), .connections = 8, .rate = appends_per_second, .seconds = static_cast<double>(options.seconds)};
  LoadResult alone = run_load(plan, served.rig.author(), batches(served.rig, options, 1));
  const auto alone_p99 = nearest_rank(alone.latencies_us, 0.99);

  Audience audience(served.server->port(), served.rig.origin(), served.rig.author(), served.rig.ledger().head().next);
  const double cpu = process_cpu();
  LoadResult load = run_load(plan, served.rig.author(), batches(served.rig, options, 2));
  const auto heard = audience.heard();
  const double took = process_cpu() - cpu;
  std::unordered_map<std::uint64_t, double> due;
  for (const auto& [position, at] : load.due) due.emplace(position.value, at);
  std::vector<std::int64_t> latencies_us;
  for (const auto& each : heard)
    if (const auto found = due.find(each.position.value); found != due.end()) latencies_us.push_back(static_cast<std::int64_t>((each.at - found->second) * 1e6));
  if (heard.size() % subscribers != 0) std::fprintf(stderr, "bench: %zu deliveries to %u subscribers\n", heard.size(), subscribers);
  const auto p50 = nearest_rank(latencies_us, 0.5), p99 = nearest_rank(latencies_us, 0.99), append_p99 = nearest_rank(load.latencies_us, 0.99);
  const std::string rate = number(appends_per_second) + " single-event batches/s, open loop";
  return {{"P8", "alerts of one jurisdiction, append to delivered, p99 over 1,000 subscribers; " + rate + ", every 20th of them one", static_cast<double>(p99), "us",
           "p50 " + std::to_string(p50) + " us, " + std::to_string(latencies_us.size()) + " deliveries", std::nullopt, "<= 20000"},
          {"P8-append", "append p99 beside it", static_cast<double>(append_p99), "us", "with nobody listening: " + std::to_string(alone_p99) + " us",
           static_cast<double>(append_p99) / static_cast<double>(std::max<std::int64_t>(1, alone_p99)), "<= 2"},
          {"P8-cpu", "CPU of it, appends and both sides of the sessions", took / static_cast<double>(std::max<std::size_t>(1, heard.size())) * 1e6, "us/delivery", "", std::nullopt, ""}};
}

}  // namespace caseledger::api::bench
