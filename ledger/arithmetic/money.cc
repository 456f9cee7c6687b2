#include "ledger/arithmetic/money.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/result.h"

namespace aval::ledger::arithmetic {

UInt128 DivideRounded(UInt128 numerator, UInt128 divisor, Rounding rounding) {
  AVAL_ASSERT(divisor > 0);
  const UInt128 quotient = numerator / divisor;
  const UInt128 remainder = numerator % divisor;
  const UInt128 to_next = divisor - remainder;  // Never doubles the remainder: that could wrap.
  switch (rounding) {
    case Rounding::kHalfUp:
      return remainder >= to_next ? quotient + 1 : quotient;
    case Rounding::kHalfEven:
      if (remainder == to_next) return quotient + quotient % 2;
      return remainder > to_next ? quotient + 1 : quotient;
    case Rounding::kDown:
      return quotient;
  }
  AVAL_ASSERT(false);
}

Computed<std::int64_t> MulDiv(std::int64_t value, Ratio ratio, Rounding rounding) {
  if (value < 0 || ratio.num < 0 || ratio.den <= 0) return Refusal::kOperand;
  const UInt128 product = static_cast<UInt128>(value) * static_cast<UInt128>(ratio.num);
  const UInt128 result = DivideRounded(product, static_cast<UInt128>(ratio.den), rounding);
  const auto narrow = Narrow(static_cast<Int128>(result));  // At most 2^126.
  if (!narrow) return Refusal::kOverflow;
  return *narrow;
}

Computed<Amount> MulDiv(Amount value, Ratio ratio, Rounding rounding) {
  AVAL_TRY(const std::int64_t minor, MulDiv(value.minor, ratio, rounding));
  return Amount{minor};
}

Computed<Amount> Add(Amount a, Amount b) {
  const auto sum = CheckedAdd(a.minor, b.minor);
  if (!sum) return Refusal::kOverflow;
  return Amount{*sum};
}

Computed<Amount> Subtract(Amount a, Amount b) {
  const auto difference = CheckedSub(a.minor, b.minor);
  if (!difference) return Refusal::kOverflow;
  return Amount{*difference};
}

}  // namespace aval::ledger::arithmetic
