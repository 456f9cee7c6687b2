#pragma once

#include "ledger/genesis.h"
#include "ledger/state/overlay.h"

namespace aval::ledger {

/// The records with which a ledger begins: the book, institutions, nodes, keys with their index,
/// policies and products, as of leaf 0.
void WriteGenesisRecords(const Genesis& genesis, Overlay& state);

}  // namespace aval::ledger
