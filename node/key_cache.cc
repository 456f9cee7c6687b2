#include "node/key_cache.h"

#include <utility>

#include "ledger/record/codec.h"
#include "ledger/record/parties.h"

namespace aval::node {

std::optional<crypto::PublicKey> KeyCache::Find(const crypto::KeyId& id) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto at = young_.find(id); at != young_.end()) return at->second;
    if (const auto at = old_.find(id); at != old_.end()) {
      const crypto::PublicKey key = at->second;
      Insert(id, key);
      return key;
    }
  }
  // A failed read is the applier's to report; here the key is only not known yet.
  const Result<std::optional<Bytes>> stored =
      state_.Get(ledger::EncodeKey<ledger::KeyRecord>({.key_id = id.digest}));
  if (!stored || !*stored) return std::nullopt;
  const auto record = ledger::DecodeValue<ledger::KeyRecord>(**stored);
  if (!record) return std::nullopt;
  const auto key = crypto::PublicKeyFromBytes(record->public_key);
  if (!key) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  Insert(id, *key);
  return *key;
}

void KeyCache::Learn(const crypto::PublicKey& key) {
  const crypto::KeyId id = crypto::KeyIdOf(key);
  const std::scoped_lock lock(mutex_);
  Insert(id, key);
}

void KeyCache::Insert(const crypto::KeyId& id, const crypto::PublicKey& key) {
  if (young_.size() >= capacity_) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(id, key);
}

}  // namespace aval::node
