#pragma once

#include "base/result.h"
#include "ledger/proto/genesis.pb.h"

namespace aval::ledger {

/// Ranges, order and uniqueness of everything in a genesis message: what Genesis::Load asks of it
/// apart from signatures and the cosigners' policy. kInvalidArgument names the field.
Result<void> CheckGenesis(const genesis::v1::Genesis& genesis);

}  // namespace aval::ledger
