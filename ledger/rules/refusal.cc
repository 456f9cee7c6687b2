#include "ledger/rules/refusal.h"

#include "base/assert.h"

namespace aval::ledger::rules {

Verdict VerdictOf(arithmetic::Refusal refusal) {
  using arithmetic::Refusal;
  switch (refusal) {
    case Refusal::kOverflow:
      return Verdict::kOverflow;
    case Refusal::kOperand:
    case Refusal::kCount:
    case Refusal::kAmount:
    case Refusal::kRate:
      return Verdict::kRange;
    case Refusal::kFreeInstalments:
    case Refusal::kNonAmortising:
      return Verdict::kProduct;
    case Refusal::kNegativeLast:
    case Refusal::kMinInstalment:
      return Verdict::kMinInstalment;
    case Refusal::kOverpay:
      return Verdict::kAmount;
    case Refusal::kShareSum:
      return Verdict::kShareSum;
    case Refusal::kRefundRange:
      return Verdict::kRefundRange;
  }
  AVAL_ASSERT(false);
}

}  // namespace aval::ledger::rules
