#include "ledger/own_appends.h"

namespace caseledger {

namespace {
constexpr std::chrono::seconds answer_within{30};
}

void OwnAppends::answered(const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  const auto take = [&](const Ticket& ticket, std::expected<Recorded, Rejection> answer) {
    const auto found = ticket.session == session ? waiting_.find(ticket.request) : waiting_.end();
    if (found != waiting_.end()) found->second = std::move(answer);
  };
  for (const Recorded& each : outcome.recorded) take(each.ticket, each);
  for (const Refused& each : outcome.refused) take(each.ticket, std::unexpected(each.rejection));
  changed_.notify_all();
}

std::expected<Recorded, Rejection> OwnAppends::append(Ledger& ledger, const Signer& service, Bytes event) {
  std::unique_lock lock(mutex_);
  const std::uint64_t request = ++requests_;
  waiting_[request];
  lock.unlock();
  Submission submission{sign_batch({event}, ledger.origin(), service), {}};
  auto taken = ledger.submit({session, request}, submission);
  lock.lock();
  if (taken) changed_.wait_for(lock, answer_within, [&] { return waiting_.at(request).has_value(); });
  auto answer = std::move(waiting_.extract(request).mapped());
  if (!taken) return std::unexpected(Rejection{std::move(taken.error()), {}});
  if (!answer) return std::unexpected(Rejection{{Errc::io, "the ledger did not answer in 30 s; the event may have been recorded"}, {}});
  return std::move(*answer);
}

}  // namespace caseledger
