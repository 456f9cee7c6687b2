#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ledger/types.h"

namespace aval::ledger::rules {

/// How far the search for a guarantee cycle goes (domain.md section 6, K04).
struct GuaranteeSearch {
  std::uint32_t depth = 6;     // Edges from the debtor on.
  std::uint32_t budget = 256;  // Edges looked at.
};

struct GuaranteeReach {
  enum class Kind : std::uint8_t {
    kFree,    // The debtor does not reach the guarantor.
    kSelf,    // They are the same party.
    kCycle,   // The new edge would close a cycle of `length` edges.
    kDepth,   // Not found within the depth, and the chain goes on.
    kBudget,  // Not found within the budget.
  };
  Kind kind = Kind::kFree;
  std::uint32_t length = 0;
  friend bool operator==(const GuaranteeReach&, const GuaranteeReach&) = default;
};

/// Those whose debts `party` guarantees now, ascending.
using DebtorsOf = std::function<std::vector<PartyId>(const PartyId& party)>;

/// K04: what the edge guarantor -> debtor would close, by a breadth-first search from the debtor.
/// The same on every node, because the order of the edges is.
GuaranteeReach WouldCycle(const PartyId& guarantor, const PartyId& debtor,
                          const DebtorsOf& debtors_of, const GuaranteeSearch& search = {});

}  // namespace aval::ledger::rules
