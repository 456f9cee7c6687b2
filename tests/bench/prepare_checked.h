#pragma once

#include <memory>

#include "base/bytes.h"
#include "ledger/act.h"

namespace aval::bench {

/// Taken apart, every signature checked, as acts come to their turn on a node. The signers are of
/// the test network or of a generated book: their keys follow from their names.
std::shared_ptr<ledger::PreparedAct> PrepareChecked(std::shared_ptr<const Bytes> envelope);

}  // namespace aval::bench
