#include "api/service_author.h"

namespace caseledger::api {

void ServiceAuthor::answered(const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  const auto is_mine = [&](const Ticket& ticket) { return ticket.session == 0 && ticket.request == request_; };
  for (const Recorded& each : outcome.recorded)
    if (is_mine(each.ticket)) answer_.emplace();
  for (const Refused& each : outcome.refused)
    if (is_mine(each.ticket)) answer_.emplace(std::unexpected(each.rejection.error));
  if (answer_) changed_.notify_all();
}

Result<void> ServiceAuthor::append(Ledger& ledger, const Buffer& event, std::chrono::milliseconds at_most) {
  Submission submission{sign_batch({Bytes(event)}, ledger.origin(), key_), {}};
  std::unique_lock lock(mutex_);
  answer_.reset();
  const Ticket ticket{0, ++request_};
  lock.unlock();
  TRY(ledger.submit(ticket, submission));
  lock.lock();
  if (!changed_.wait_for(lock, at_most, [&] { return answer_.has_value(); })) return fail(Errc::io, "the ledger did not answer its own append in time");
  return *std::exchange(answer_, std::nullopt);
}

}  // namespace caseledger::api
