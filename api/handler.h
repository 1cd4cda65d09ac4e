// What an operation of Asio does at its end, whatever it is, as one type: operations that take it are compiled once.
#pragma once

#include <boost/asio/recycling_allocator.hpp>

#include "api/beast.h"

namespace caseledger::api {

template <class... Args>
class Handler {
 public:
  using executor_type = Executor;

  template <class Then>
  Handler(Then&& then, const Executor& otherwise) : executor_(asio::get_associated_executor(then, otherwise)) {
    using Kept = std::decay_t<Then>;
    asio::recycling_allocator<Kept> memory;
    kept_ = std::construct_at(memory.allocate(1), std::forward<Then>(then));
    end_ = [](void* kept, const std::tuple<Args...>* args) {
      Kept ends(std::move(*static_cast<Kept*>(kept)));
      std::destroy_at(static_cast<Kept*>(kept));
      asio::recycling_allocator<Kept>().deallocate(static_cast<Kept*>(kept), 1);  // what comes next may use it again
      if (args) std::apply(ends, *args);
    };
  }
  Handler(Handler&& other) noexcept : executor_(other.executor_), kept_(std::exchange(other.kept_, nullptr)), end_(other.end_) {}
  Handler& operator=(Handler&&) = delete;
  ~Handler() {
    if (kept_) end_(kept_, nullptr);
  }

  executor_type get_executor() const noexcept { return executor_; }
  void operator()(Args... args) {
    const std::tuple<Args...> told(args...);
    end_(std::exchange(kept_, nullptr), &told);
  }

 private:
  Executor executor_;
  void* kept_;
  void (*end_)(void* kept, const std::tuple<Args...>* args);  // without any it is dropped
};

// The first buffers of a sequence: what reads or writes some of them may stop anywhere.
template <class Each>
class FewBuffers {
 public:
  using value_type = Each;

  template <class All>
  explicit FewBuffers(const All& all) {
    for (auto at = asio::buffer_sequence_begin(all); at != asio::buffer_sequence_end(all) && count_ < each_.size(); ++at)
      if (Each(*at).size() > 0) each_[count_++] = *at;
  }
  const Each* begin() const { return each_.data(); }
  const Each* end() const { return each_.data() + count_; }

 private:
  std::array<Each, 8> each_;
  std::size_t count_ = 0;
};

}  // namespace caseledger::api
