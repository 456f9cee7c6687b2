#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/ed25519.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::cli {

/// A party's hand, with its key.
struct Hand {
  ledger::SignerRef signer;
  const crypto::SecretKey* key = nullptr;
};

/// Completes `act` (its body is set) with origin, author, last valid day, a random nonce and the
/// signers, signs it with every hand, and encodes the envelope: ready to submit. The author is the
/// first hand's party; signers are named in ascending order, whatever the order of `hands`.
Bytes SignAct(act::v1::Act act, const std::string& origin, ledger::Day last_valid_day,
              const std::vector<Hand>& hands, Random& random);

}  // namespace aval::cli
