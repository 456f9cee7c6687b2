#pragma once

#include <array>
#include <cstdint>

#include "ledger/arithmetic/waterfall.h"
#include "ledger/record/loans.h"
#include "ledger/rules/context.h"

namespace aval::ledger::rules {

/// Where a charge of the borrower's stands: in an instalment, in an allocation, in the books, and
/// in a lender's part.
struct Charge {
  Component Instalment::* due;
  Amount arithmetic::Components::* paid;
  std::uint16_t receivable;
  Amount LenderAmounts::* part;
};

inline constexpr std::array kCharges{
    Charge{&Instalment::cost, &arithmetic::Components::cost, account::kCostReceivable,
           &LenderAmounts::cost},
    Charge{&Instalment::penalty, &arithmetic::Components::penalty, account::kPenaltyReceivable,
           &LenderAmounts::penalty},
    Charge{&Instalment::fee, &arithmetic::Components::fee, account::kFeeReceivable,
           &LenderAmounts::fee},
    Charge{&Instalment::interest, &arithmetic::Components::interest, account::kInterestReceivable,
           &LenderAmounts::interest}};

}  // namespace aval::ledger::rules
