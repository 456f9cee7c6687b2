#include "ledger/arithmetic/computed.h"

#include "base/assert.h"

namespace aval::ledger::arithmetic {

std::string_view RefusalCode(Refusal refusal) {
  switch (refusal) {
    case Refusal::kOverflow:
      return "OVERFLOW64";
    case Refusal::kOperand:
      return "BAD_OPERAND";
    case Refusal::kCount:
      return "BAD_N";
    case Refusal::kAmount:
      return "AMOUNT_RANGE";
    case Refusal::kRate:
      return "RATE_RANGE";
    case Refusal::kFreeInstalments:
      return "BAD_FREE_M";
    case Refusal::kNegativeLast:
      return "NEGATIVE_LAST";
    case Refusal::kMinInstalment:
      return "MIN_INSTALMENT";
    case Refusal::kNonAmortising:
      return "NON_AMORTISING";
    case Refusal::kOverpay:
      return "OVERPAY";
    case Refusal::kShareSum:
      return "SHARE_SUM";
    case Refusal::kRefundRange:
      return "REFUND_RANGE";
  }
  AVAL_ASSERT(false);
}

}  // namespace aval::ledger::arithmetic
