#include "ledger/log/signer_keys.h"

#include "ledger/record/codec.h"
#include "ledger/record/parties.h"

namespace aval::ledger {

Result<void> SignerKeys::LearnFrom(const Effects& effects) {
  for (const auto& [key, value] : effects.writes) {
    if (!value || key.front() != static_cast<std::uint8_t>(KeyRecord::kTable)) continue;
    AVAL_TRY(const KeyRecord record, DecodeValue<KeyRecord>(*value));
    AVAL_TRY(const crypto::PublicKey public_key, crypto::PublicKeyFromBytes(record.public_key));
    Learn(public_key);
  }
  return {};
}

std::optional<crypto::PublicKey> SignerKeys::Find(const crypto::KeyId& id) const {
  const auto at = keys_.find(id);
  if (at == keys_.end()) return std::nullopt;
  return at->second;
}

}  // namespace aval::ledger
