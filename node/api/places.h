#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

namespace aval::node::api {

/// A bounded number of places for acts, with a bound on their bytes together.
/// Threads: safe from all. It outlives what it has given.
class Places {
 public:
  Places(std::size_t acts_max, std::size_t bytes_max)
      : acts_max_(acts_max), bytes_max_(bytes_max) {}

  /// They are given back when the last copy goes; null when they do not fit.
  std::shared_ptr<void> Take(std::size_t acts, std::size_t bytes);
  std::size_t acts() const;

 private:
  const std::size_t acts_max_;
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::size_t acts_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace aval::node::api
