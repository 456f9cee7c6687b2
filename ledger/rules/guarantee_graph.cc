#include "ledger/rules/guarantee_graph.h"

#include <set>
#include <utility>

namespace aval::ledger::rules {

GuaranteeReach WouldCycle(const PartyId& guarantor, const PartyId& debtor,
                          const DebtorsOf& debtors_of, const GuaranteeSearch& search) {
  using Kind = GuaranteeReach::Kind;
  if (guarantor == debtor) return {.kind = Kind::kSelf};
  std::set<PartyId> seen{debtor};
  std::vector<PartyId> level{debtor};
  std::uint32_t looked_at = 0;
  for (std::uint32_t depth = 1; depth <= search.depth && !level.empty(); ++depth) {
    for (const PartyId& party : std::exchange(level, {})) {
      for (const PartyId& next : debtors_of(party)) {
        if (++looked_at > search.budget) return {.kind = Kind::kBudget};
        if (next == guarantor) return {.kind = Kind::kCycle, .length = depth + 1};
        if (seen.insert(next).second) level.push_back(next);
      }
    }
  }
  return {.kind = level.empty() ? Kind::kFree : Kind::kDepth};
}

}  // namespace aval::ledger::rules
