#pragma once

#include <map>
#include <optional>

#include "base/result.h"
#include "crypto/ed25519.h"
#include "ledger/effects.h"

namespace aval::ledger {

/// The public keys behind the key ids of a log's signatures, collected from what leaves registered.
/// A key id is a hash of its key, so that what is found here is right, whoever registered it; a
/// key's life (when it may sign, for whom) is the machine's matter.
class SignerKeys {
 public:
  void Learn(const crypto::PublicKey& key) { keys_.emplace(crypto::KeyIdOf(key), key); }
  /// Every key that these effects register.
  Result<void> LearnFrom(const Effects& effects);

  std::optional<crypto::PublicKey> Find(const crypto::KeyId& id) const;

 private:
  std::map<crypto::KeyId, crypto::PublicKey> keys_;
};

}  // namespace aval::ledger
