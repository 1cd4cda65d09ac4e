// The performance table: each figure beside a yardstick measured in the same run on the same machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "api/json.h"
#include "ledger/ledger.h"
#include "projections/reports/edition.h"

namespace caseledger::api::bench {

struct Row {
  std::string id, what;
  double value = 0;
  std::string unit;
  std::string yardstick;  // what it is measured against, with its own value
  std::optional<double> ratio;
  std::string target;
};

struct Options {
  std::filesystem::path folder;   // scratch, emptied
  std::uint64_t events = 1'000'000;
  unsigned seconds = 8;           // of each open-loop or saturated run over sockets
  std::string postgres;           // libpq connection string; empty: P1b and P2b are not measured, and say so
};

// A ledger in a scratch folder with one author enrolled for everything, and work signed beforehand.
class Rig {
 public:
  explicit Rig(std::filesystem::path folder);

  // Opens the ledger, new or as it was left; genesis is recorded first. on_outcome runs on the sequencer's thread.
  void open(std::function<void(const Outcome&)> on_outcome, std::function<void(const CommitTimes&)> on_commit = [](const CommitTimes&) {});
  void close() { ledger_.reset(); }

  Ledger& ledger() { return *ledger_; }
  const Signer& author() const { return author_; }
  const std::string& origin() const { return origin_; }
  const std::filesystem::path& folder() const { return folder_; }

  // CyberTipline reports of the simulated year, in batches; the same for the same arguments.
  std::vector<Buffer> signed_batches(std::uint64_t events, std::size_t per_batch, std::uint64_t seed = 1) const;

  // The whole simulated year at a scale of about so many events, in the mix of the real one: phases, each to be recorded before the next.
  std::vector<std::vector<Submission>> year(std::uint64_t events) const;
  // What the governors have to do after the first of them.
  void adopt_policies();
  // Released by an event of the service, beside bytes that are kept as a server keeps them.
  void release(const reports::Edition& edition, std::string_view text);

 private:
  void constitute();
  void record(const Result<Draft>& draft) { record(draft, governor_); }
  void record(const Result<Draft>& draft, const Signer& by);

  std::filesystem::path folder_;
  std::string origin_ = "bench.example/l/1";
  Signer log_key_, governor_, service_, author_;
  std::vector<Signer> others_;  // who writes what of the year a case system does not
  std::unique_ptr<Ledger> ledger_;
};

// What of the process is in memory.
std::size_t resident_bytes();

// CPU time of the whole process and of the calling thread, and wall time, in seconds.
double process_cpu();
double thread_cpu();
double wall();

std::string number(double value, const char* format = "%.0f");  // for a row

// In process: P1 (bulk appends) with its yardstick, P4 (rebuild), P10 (an edition), and what a signature check costs here.
std::vector<Row> bulk_append(const Options& options);
std::vector<Row> rebuild_all(const Options& options);

// Over sockets: P2 (saturated) and P3 (at a rate).
std::vector<Row> single_appends(const Options& options);
std::vector<Row> acknowledgement(const Options& options);

// P8: alerts of one jurisdiction to a thousand subscribers, beside appends with nobody listening.
std::vector<Row> fan_out(const Options& options);

// P11: a released edition, downloaded over HTTP by many at once.
std::vector<Row> downloads(const Options& options);

// P1b and P2b: what was measured beside what PostgreSQL does with the same events; without it the rows say so.
std::vector<Row> postgres(const Options& options, const std::vector<Row>& measured);

// The figures asked for by id; all without any.
std::vector<Row> run(const Options& options, const std::vector<std::string>& only);

}  // namespace caseledger::api::bench
