#include "projections/post.h"

#include <algorithm>
#include <utility>

namespace caseledger::projections {

std::vector<Folds::Told> Post::exchange(unsigned part, std::vector<Folds::Told> sent) {
  std::unique_lock lock(mutex_);
  put(std::move(sent));
  const auto is_full = [](const Box& box) { return box.came.size() > box_max; };
  moved_.wait(lock, [&] { return !boxes_[part].came.empty() || std::ranges::none_of(boxes_, is_full); });
  return take(part);
}

std::vector<Folds::Told> Post::finish(unsigned part, std::vector<Folds::Told> sent) {
  std::unique_lock lock(mutex_);
  put(std::move(sent));
  boxes_[part].only_waits = true;
  moved_.notify_all();
  const auto is_over = [](const Box& box) { return box.only_waits && box.came.empty(); };
  moved_.wait(lock, [&] { return !boxes_[part].came.empty() || std::ranges::all_of(boxes_, is_over); });
  boxes_[part].only_waits = boxes_[part].came.empty();
  return take(part);
}

void Post::put(std::vector<Folds::Told> sent) {
  for (Folds::Told& told : sent) boxes_[Streams::part_of(told.to, static_cast<unsigned>(boxes_.size()))].came.push_back(std::move(told));
  if (!sent.empty()) moved_.notify_all();
}

std::vector<Folds::Told> Post::take(unsigned part) {
  if (!boxes_[part].came.empty()) moved_.notify_all();
  return std::exchange(boxes_[part].came, {});
}

}  // namespace caseledger::projections
