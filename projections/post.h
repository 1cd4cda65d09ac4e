// What streams of one part of a log tell streams of another, while the parts are folded apart, each by a thread of its own that reads the whole log.
#pragma once

#include <condition_variable>
#include <mutex>

#include "projections/fold.h"

namespace caseledger::projections {

class Post {
 public:
  explicit Post(unsigned parts) : boxes_(parts) {}

  // Gives away what a part has to send, and takes what came for it. Waits when another is so far behind that its box is full, unless
  // something came.
  std::vector<Folds::Told> exchange(unsigned part, std::vector<Folds::Told> sent);

  // For a part that has read all, or gives up, again and again: what it heard may make it tell more. Waits for what comes. Nothing: nothing will,
  // all parts have heard all.
  std::vector<Folds::Told> finish(unsigned part, std::vector<Folds::Told> sent);

 private:
  static constexpr std::size_t box_max = 65'536;  // beyond that senders wait
  struct Box {
    std::vector<Folds::Told> came;
    bool only_waits = false;  // whose it is will send nothing unless something comes
  };
  void put(std::vector<Folds::Told> sent);
  std::vector<Folds::Told> take(unsigned part);

  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<Box> boxes_;  // by part
};

}  // namespace caseledger::projections
