#pragma once

#include <cstdint>
#include <vector>

#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// What a purchase would owe and when.
struct PlanTerms {
  Amount amount{};
  std::uint32_t instalments = 0;
  Day start{};  // From which a bullet's interest counts.
  Day first_due{};
};

struct Plan {
  /// kAccepted, or why there is no such schedule: kProduct, kRange, kMinInstalment, kDueDay.
  Verdict verdict = Verdict::kAccepted;
  std::vector<Instalment> instalments{};  // SCHEDULED, in order, without a next day.
};

/// The schedule of a product (A3 to A7; a bullet's interest by the days, ACT/365F), priced by the
/// policy that the purchase is made under. A free instalment's charge is due, waived and the
/// sponsor's.
Plan PlanInstalments(const Product& product, const Policy& pricing, const PlanTerms& terms);

/// R12b: the schedule of a loan that begins on `start` stays within the cap: what is paid by it
/// (A14 b), and of a bullet, which months do not measure, the days it is outstanding (A14 a). Caps
/// are those of the policy in force, not of the one that prices.
bool WithinCostCap(Method method, const std::vector<Instalment>& instalments, Day start,
                   const Policy& in_force);

}  // namespace aval::ledger::rules
