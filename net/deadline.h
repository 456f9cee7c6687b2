#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <utility>

namespace aval::net {

/// The one time bound that a connection is under at a moment; setting it ends the one before.
/// Threads: one strand.
class Deadline {
 public:
  explicit Deadline(const boost::asio::any_io_executor& strand) : timer_(strand) {}

  /// Calls `expired` after `time`, unless set or cleared before. `expired` keeps the owner of this
  /// deadline alive.
  template <class Expired>
  void Set(std::chrono::milliseconds time, Expired expired) {
    const std::uint64_t turn = ++turn_;
    timer_.expires_after(time);
    timer_.async_wait([this, turn, expired = std::move(expired)](const auto& error) {
      // A wait that had ended before it was cancelled comes here without an error.
      if (!error && turn == turn_) expired();
    });
  }

  void Clear() {
    ++turn_;
    timer_.cancel();
  }

 private:
  boost::asio::steady_timer timer_;
  std::uint64_t turn_ = 0;
};

}  // namespace aval::net
