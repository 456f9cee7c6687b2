#include "tests/bench/prepare_checked.h"

#include <map>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "crypto/ed25519.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {

std::shared_ptr<ledger::PreparedAct> PrepareChecked(std::shared_ptr<const Bytes> envelope) {
  ledger::Preparation prepared = ledger::Prepare(std::move(envelope), ledger::kTestOrigin);
  AVAL_ASSERT(prepared.act != nullptr);
  std::map<crypto::KeyId, crypto::PublicKey> keys;
  for (const ledger::SignerRef& hand : prepared.act->signers) {
    const crypto::PublicKey key = ledger::KeyOf(hand).public_key();
    keys.emplace(crypto::KeyIdOf(key), key);
  }
  AVAL_ASSERT(CheckSignatures(*prepared.act, [&keys](const crypto::KeyId& id) {
    const auto known = keys.find(id);
    return known == keys.end() ? std::nullopt : std::optional(known->second);
  }));
  return std::move(prepared.act);
}

}  // namespace aval::bench
