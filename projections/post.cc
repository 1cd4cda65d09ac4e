#include "projections/post.h"

#include <algorithm>
#include <utility>

namespace caseledger::projections {

std::vector<Folds::Told> Post::exchange(unsigned part, std::vector<Folds::Told> sent) {
  std::unique_lock lock(mutex_);
  for (Folds::Told& told : sent) boxes_[Streams::part_of(told.to, static_cast<unsigned>(boxes_.size()))].came.push_back(std::move(told));
  const auto is_full = [](const Box& box) { return box.is_read && box.came.size() > box_max; };
  if (!sent.empty()) moved_.notify_all();
  moved_.wait(lock, [&] { return !boxes_[part].came.empty() || std::ranges::none_of(boxes_, is_full); });
  if (!boxes_[part].came.empty()) moved_.notify_all();
  return std::exchange(boxes_[part].came, {});
}

std::vector<Folds::Told> Post::finish(unsigned part) {
  std::unique_lock lock(mutex_);
  boxes_[part].is_read = false;
  moved_.notify_all();
  moved_.wait(lock, [&] { return std::ranges::none_of(boxes_, &Box::is_read); });
  return std::exchange(boxes_[part].came, {});
}

}  // namespace caseledger::projections
