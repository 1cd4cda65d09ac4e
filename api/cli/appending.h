// A run of appends: events collected into batches, and what became of each.
//
// What is recorded already, by the same author and byte for byte, is a success: a run that was cut off is done again as it is. A batch
// that was sent before is answered with its place. Where batches are cut otherwise than before, some of a batch is there and the
// rest is not: the batch is refused whole, and at the end the rest of each such batch is sent by itself, in order.
#pragma once

#include <mutex>

#include "api/cli/remote.h"

namespace caseledger::api {

inline constexpr std::size_t batch_bytes_wanted = 900 * 1024;  // room below batch_bytes_max for what frames an event

struct LineBatch {
  std::uint64_t first_line = 0;
  std::vector<Buffer> events;
  std::vector<Opening> openings;

  LineBatch without(const std::vector<frames::Rejected::Problem>& recorded) const;
};

// Told from the client's thread.
class Tally {
 public:
  Tally(path receipts, bool print) : receipts_(std::move(receipts)), print_(print) {}

  Result<void> ready() const;  // makes the folder of the receipts
  void answered(const std::shared_ptr<const LineBatch>& batch, const Client::Answer& answer);
  void was_there(std::uint64_t first_line, std::size_t events);  // recorded already, one by one

  // Refused because some of it is recorded already: by line. None are left.
  std::vector<std::shared_ptr<const LineBatch>> take_aside();

  std::uint64_t recorded() const;
  bool failed() const;
  Exit end() const;

 private:
  void print(std::uint64_t first_line, std::size_t events, boost::json::object rest) const;
  bool set_aside(const std::shared_ptr<const LineBatch>& batch, const frames::Rejected& rejected);

  const path receipts_;
  const bool print_;
  mutable std::mutex mutex_;
  std::uint64_t recorded_ = 0;
  std::optional<Error> failure_;
  std::vector<std::shared_ptr<const LineBatch>> aside_;
};

class Batcher {
 public:
  Batcher(Connection& connection, Tally& tally) : connection_(connection), tally_(tally) {}

  void add(std::uint64_t line, Buffer event, std::vector<Opening> openings);
  std::size_t size() const { return batch_.events.size(); }
  std::size_t bytes() const { return bytes_; }
  void send();

  // What was set aside, one by one. Once every answer is there.
  void send_rest();

 private:
  Submission signed_of(const LineBatch& batch) const;

  Connection& connection_;
  Tally& tally_;
  LineBatch batch_;
  std::size_t bytes_ = 0;
};

}  // namespace caseledger::api
