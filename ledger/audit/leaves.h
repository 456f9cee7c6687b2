#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.h"
#include "ledger/act.h"
#include "ledger/audit/crew.h"
#include "ledger/audit/material.h"
#include "ledger/effects.h"
#include "ledger/log/leaf.h"
#include "ledger/log/signer_keys.h"

namespace aval::ledger {

/// A leaf and all that its own bytes say of it. Views into a bundle.
struct AuditLeaf {
  std::uint64_t index = 0;
  ByteView entry;
  ByteView effects;

  crypto::Digest hash;
  std::optional<LeafView> view;
  Effects decoded;
  Preparation prepared;  // Of an act.
  std::string fault;     // What is wrong with it by itself; empty when nothing is.
  bool fault_in_effects = false;
  std::string bad_signature;  // Which signature fails, and why; empty when none does.
};

/// Takes a bundle's leaves apart on all threads of `crew`: form, index, effects hash, the act's
/// form, and every signature under the key that its key id names. `keys` learns what the leaves
/// register, up to the first fault. Neither order nor re-execution is looked at.
std::vector<AuditLeaf> ExamineLeaves(const AuditBundle& bundle, std::string_view origin,
                                     SignerKeys& keys, Crew& crew);

}  // namespace aval::ledger
