#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace aval {

/// Hands messages from many threads to one, at most `capacity` at a time. What happens when it is
/// full is the sender's policy: TryPush refuses (the caller sheds load), Push waits
/// (back-pressure). After Close nothing goes in; what is inside still comes out. Threads: safe from
/// all.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) { AVAL_ASSERT(capacity > 0); }

  /// False when full or closed; `item` is then untouched.
  bool TryPush(T&& item) {
    {
      const std::scoped_lock lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }

  /// Waits for room; false when closed.
  bool Push(T&& item) {
    {
      std::unique_lock lock(mutex_);
      drained_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
      if (closed_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }

  /// Waits for at least one item and takes all there are, oldest first; empty only when closed and
  /// drained.
  std::deque<T> PopAll() {
    std::deque<T> taken;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
      taken.swap(items_);
    }
    drained_.notify_all();
    return taken;
  }

  /// As PopAll, but gives up after so long, and is then empty, too; closed() tells.
  template <class Rep, class Period>
  std::deque<T> PopAllWithin(std::chrono::duration<Rep, Period> patience) {
    std::deque<T> taken;
    {
      std::unique_lock lock(mutex_);
      filled_.wait_for(lock, patience, [this] { return closed_ || !items_.empty(); });
      taken.swap(items_);
    }
    drained_.notify_all();
    return taken;
  }
  bool closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
  }

  /// Waits for one item, the oldest; nothing only when closed and drained.
  std::optional<T> Pop() {
    std::optional<T> taken;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
      if (items_.empty()) return taken;
      taken.emplace(std::move(items_.front()));
      items_.pop_front();
    }
    drained_.notify_one();
    return taken;
  }

  void Close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    drained_.notify_all();
  }

  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable drained_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace aval
