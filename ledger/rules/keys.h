#pragma once

#include <string_view>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// The key registry: a key belongs to one hand of one party, for ever; once revoked it never comes
/// back.

/// Notice between a new key for a party that lost its own and the day on which it is live
/// (domain.md 2.5 KEY_ADD): time for the owner to object with KeyRevoke.
inline constexpr int kLostKeyNoticeDays = 3;

/// What KeyAdd.possession signs.
Bytes KeyPossessionText(std::string_view origin, const SignerRef& owner,
                        const crypto::PublicKey& key);

bool IsRegistered(Context& context, const crypto::PublicKey& key);

/// From this leaf on; signs from `live_from` on. The key is a valid point and not yet registered.
void RegisterKey(Context& context, const SignerRef& owner, const crypto::PublicKey& key,
                 Day live_from);

}  // namespace aval::ledger::rules
