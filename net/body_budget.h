#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "crypto/ed25519.h"

namespace aval::net {

/// Bounds the bytes that the unfinished request bodies of a server may need, all together and those
/// of each client. What is counted is what a body may come to, from its header on: memory is set
/// aside for all of it then, however slowly it arrives.
/// Invariant: no client's sum is above its bound, and their total is not above the total's.
/// Threads: safe from all. It outlives what it has given.
class BodyBudget {
 public:
  BodyBudget(std::size_t total_max, std::size_t client_max)
      : total_max_(total_max), client_max_(client_max) {}

  /// The bytes are given back when the last copy goes; null when they do not fit.
  std::shared_ptr<void> Take(const crypto::KeyId& client, std::size_t bytes);
  std::size_t taken() const;

 private:
  void GiveBack(const crypto::KeyId& client, std::size_t bytes);

  const std::size_t total_max_;
  const std::size_t client_max_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<crypto::KeyId, std::size_t> by_client_;  // Only those with unfinished bodies.
};

}  // namespace aval::net
