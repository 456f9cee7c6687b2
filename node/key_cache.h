#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

#include "crypto/ed25519.h"
#include "ledger/state/store.h"

namespace aval::node {

/// Public keys by key id, for checking signatures ahead of their turn. A key id is the hash of the
/// key, so what is found is right wherever it came from; whether the key counts is decided at
/// apply.
///
/// Holds at most two generations of `capacity` keys; what is used again moves to the young one.
/// Threads: safe from all.
class KeyCache {
 public:
  /// `state` is asked for keys not yet here; it outlives the cache.
  KeyCache(const ledger::Store& state, std::size_t capacity) : state_(state), capacity_(capacity) {}

  std::optional<crypto::PublicKey> Find(const crypto::KeyId& id);
  /// A key that an act brings, perhaps before it is registered.
  void Learn(const crypto::PublicKey& key);

 private:
  void Insert(const crypto::KeyId& id, const crypto::PublicKey& key);

  const ledger::Store& state_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::map<crypto::KeyId, crypto::PublicKey> young_;
  std::map<crypto::KeyId, crypto::PublicKey> old_;
};

}  // namespace aval::node
