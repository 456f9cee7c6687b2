#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/state/store.h"
#include "ledger/types.h"

namespace aval::ledger {

// What walks all of a state. Errors are the store's, or kCorruption for a record that cannot be.

/// SHA-256 over all replicated records in key order (tables from 0x10 on): for each u32 length,
/// key, u32 length, value. Nodes at an equal raft index compare it.
Result<crypto::Digest> StateHash(const Reader& state);

/// What an owner's accounts of one code and currency have been debited and credited with, over all
/// subjects. kCorruption when a sum does not fit its 64 bits.
struct BalanceLine {
  PartyId owner;
  std::uint16_t code = 0;
  Currency currency;
  Amount debits;
  Amount credits;
};
Result<std::vector<BalanceLine>> Balances(const Reader& state);

/// The same per owner and currency: debits and credits are equal (I1).
struct TrialBalanceLine {
  PartyId owner;
  Currency currency;
  Amount debits;
  Amount credits;
};
Result<std::vector<TrialBalanceLine>> TrialBalance(const Reader& state);

}  // namespace aval::ledger
