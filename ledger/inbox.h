// A bounded queue between threads: many put, some take, close() lets the takers finish what is left.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace caseledger {

template <class Item>
class Inbox {
 public:
  Inbox(std::size_t items_max, std::size_t bytes_max) : items_max_(items_max), bytes_max_(bytes_max) {}

  // False when it is full or closed; the item is then untouched.
  bool offer(Item& item, std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= items_max_ || bytes_ + bytes > bytes_max_) return false;
      bytes_ += bytes;
      items_.push_back({std::move(item), bytes});
    }
    arrived_.notify_one();
    return true;
  }

  // Waits for room instead of refusing.
  void put(std::vector<Item> items, std::size_t bytes_each) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return items_.size() < items_max_ && bytes_ < bytes_max_; });
      for (Item& item : items) {
        bytes_ += bytes_each;
        items_.push_back({std::move(item), bytes_each});
      }
    }
    arrived_.notify_one();
  }

  // Waits until there is something, then takes what `share` allows of it, and no more than about so many bytes. Empty only
  // when closed and drained.
  template <class Share>
  std::vector<Item> take(Share share, std::size_t bytes_at_once) {
    std::vector<Item> taken;
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !items_.empty() || closed_; });
    const std::size_t count = items_.empty() ? 0 : std::min<std::size_t>(items_.size(), share(items_.size()));
    taken.reserve(count);
    for (std::size_t i = 0, bytes = 0; i < count && bytes < bytes_at_once; ++i) {
      bytes += items_.front().bytes;
      bytes_ -= items_.front().bytes;
      taken.push_back(std::move(items_.front().item));
      items_.pop_front();
    }
    const bool more = !items_.empty();
    lock.unlock();
    if (more) arrived_.notify_one();
    room_.notify_all();
    return taken;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  struct Held {
    Item item;
    std::size_t bytes;
  };
  const std::size_t items_max_, bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_, room_;
  std::deque<Held> items_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace caseledger
