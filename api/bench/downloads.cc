// A released edition downloaded over HTTP: by readers who have it not, and by those whose copy is still good.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "api/bench/served.h"
#include "api/editions.h"
#include "api/routes.h"
#include "api/simulate/case_plan.h"
#include "projections/reports/make.h"
#include "projections/reports/release.h"
#include "projections/runner.h"

namespace caseledger::api::bench {

namespace {

constexpr unsigned readers = 8;  // at once, each on a connection that it keeps
const reports::Period simulated_year{simulate::year_begins, simulate::year_ends, "2024"};

// Asks the same again and again over one connection, by plain system calls.
class Download {
 public:
  explicit Download(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ENSURE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~Download() { ::close(socket_); }

  // The answer's header, and its body in body().
  std::string_view ask(std::string_view request) {
    ENSURE(::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    std::size_t got = 0, header = 0, wanted = 1;
    while (got < wanted || header == 0) {
      if (got == bytes_.size()) bytes_.resize(bytes_.size() * 2);
      const auto count = ::recv(socket_, bytes_.data() + got, bytes_.size() - got, 0);
      ENSURE(count > 0);
      got += static_cast<std::size_t>(count);
      const auto end = header ? 0 : std::string_view(bytes_.data(), got).find("\r\n\r\n");
      if (header || end == std::string_view::npos) continue;
      header = end + 4;
      const auto length = std::string_view(bytes_.data(), header).find("Content-Length: ");
      wanted = header + (length == std::string_view::npos ? 0 : std::stoul(std::string(bytes_.data() + length + 16, 20)));
    }
    body_ = std::string_view(bytes_.data() + header, got - header);
    return {bytes_.data(), header};
  }
  std::string_view body() const { return body_; }

 private:
  const int socket_;
  std::string bytes_ = std::string(64 * 1024, '\0');
  std::string_view body_;
};

struct Rate {
  double per_second, cpu_us;
};

Rate saturate(std::uint16_t port, const std::string& request, std::string_view status, std::size_t bytes, unsigned seconds) {
  std::atomic<std::uint64_t> answers = 0;
  const double begun = wall(), cpu = process_cpu();
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < readers; ++i)
    threads.emplace_back([&] {
      Download download(port);
      while (wall() - begun < seconds) {
        ENSURE(download.ask(request).starts_with(status) && download.body().size() == bytes);
        ++answers;
      }
    });
  threads.clear();
  const auto count = static_cast<double>(answers);
  return {count / (wall() - begun), (process_cpu() - cpu) / count * 1e6};
}

void record_year(Rig& rig, std::uint64_t events) {
  std::uint64_t wanted = rig.ledger().head().size;
  auto phases = rig.year(events);
  for (std::size_t phase = 0; phase < phases.size(); ++phase) {
    for (Submission& each : phases[phase])
      while (!rig.ledger().submit({~std::uint64_t{0}, 0}, each)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    wanted += phases[phase].size();
    while (rig.ledger().head().size < wanted) rig.ledger().wait_beyond(wanted - 1, std::chrono::seconds(1));
    if (phase == 0) rig.adopt_policies(), wanted = rig.ledger().head().size;
  }
}

}  // namespace

std::vector<Row> downloads(const Options& options) {
  Served served(options.folder / "downloads");
  Ledger& ledger = served.rig.ledger();
  record_year(served.rig, 100'000);
  const std::uint64_t size = ledger.head().size;
  const auto as_of = as_of_checkpoint(ledger, size);
  store::Heads heads;
  const auto folds = projections::rebuild(ledger.log(), size, 2, &heads);
  ENSURE(as_of && folds);
  const auto edition = reports::make_edition(*folds, reports::transparency(), {served.rig.origin(), simulated_year, *as_of, {}});
  ENSURE(edition);
  const auto text = reports::edition_json(*edition);
  ENSURE(text);
  served.rig.release(*edition, *text);

  const auto runner = projections::Runner::open(ledger);
  ENSURE(runner);
  Metrics metrics;
  const RouteTable table(ledger, **runner, metrics, {.releases = served.rig.folder() / "releases"});
  served.routes = [&](const Request& request) { return table.handle(request); };
  const std::string get = "GET /v1/editions/" + reports::place_of(*edition) + ".json HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  Download first(served.server->port());
  const std::string header(first.ask(get + "\r\n"));
  ENSURE(first.body() == *text);
  const auto tag = header.find("ETag: ") + 6;
  const std::string again = get + "If-None-Match: " + header.substr(tag, header.find("\r\n", tag) - tag) + "\r\n\r\n";
  const Rate whole = saturate(served.server->port(), get + "\r\n", "HTTP/1.1 200", text->size(), options.seconds);
  const Rate known = saturate(served.server->port(), again, "HTTP/1.1 304", 0, options.seconds);
  served.server->stop();  // before what answers is gone
  return {{"P11", "downloads of a released transparency edition of " + number(static_cast<double>(text->size()) / 1e3) + " kB, " + std::to_string(readers) + " connections",
           whole.per_second, "answers/s", "CPU of it, both sides: " + number(whole.cpu_us) + " us each", std::nullopt, ">= 1000"},
          {"P11-304", "the same asked for by its ETag", known.per_second, "answers/s", "CPU of it, both sides: " + number(known.cpu_us) + " us each", std::nullopt, ""}};
}

}  // namespace caseledger::api::bench
