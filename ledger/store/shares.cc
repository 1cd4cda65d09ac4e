#include "ledger/store/shares.h"

#include <algorithm>

#include "ledger/store/log.h"

namespace caseledger::store {

std::vector<Share> shares_of(const EventView& event, Position position) {
  if (event.type == schema::Body::AccessGranted) return {{event.stream, position, event.body<schema::AccessGranted>().organisation()->str()}};
  if (event.type == schema::Body::ReferralMade) {
    const auto& made = event.body<schema::ReferralMade>();
    const std::string recipient = made.recipient_org()->str();
    return {{event.stream, position, recipient}, {uuid_of(made.item_ref()->stream()), position, recipient}};
  }
  if (event.type == schema::Body::DocumentLinked) return {{uuid_of(*event.body<schema::DocumentLinked>().document_subject_id()), position, ""}};
  return {};
}

void Shares::add(const std::vector<Share>& shares) {
  if (shares.empty()) return;
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.end(), shares.begin(), shares.end());
}

std::size_t Shares::size() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::vector<Share> Shares::waiting() const {
  const std::lock_guard lock(mutex_);
  return {waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), write_max))};
}

void Shares::written(std::size_t count) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
}

// Those waiting first: one that is written meanwhile is then found twice, never missed.
Result<std::vector<Share>> Shares::of(const StreamId& stream) const {
  std::vector<Share> found;
  {
    const std::lock_guard lock(mutex_);
    for (const Share& each : waiting_)
      if (each.stream == stream) found.push_back(each);
  }
  TRY(folds_.each_share(stream, [&](Share share) { found.push_back(std::move(share)); }));
  return found;
}

Result<std::vector<StreamId>> Shares::linked(const SubjectId& document, const Log& log) const {
  std::vector<StreamId> people;
  TRY_AS(shares, of(document));
  for (const Share& share : shares) {
    if (!share.organisation.empty()) continue;
    TRY_AS(event, log.event(share.position));
    if (event.kind == ItemKind::event) people.push_back(view_event(event.bytes).stream);
  }
  return people;
}

}  // namespace caseledger::store
