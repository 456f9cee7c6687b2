#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace aval::ledger::arithmetic {

/// Why a calculation has no result. The rules turn it into a Verdict of the act that asked for it
/// (rules/refusal.h).
enum class Refusal : std::uint8_t {
  kOverflow,         // OVERFLOW64: the result leaves int64.
  kOperand,          // BAD_OPERAND: negative, zero as a divisor, or of the wrong shape.
  kCount,            // BAD_N: instalments outside 1 to kMaxInstalments.
  kAmount,           // AMOUNT_RANGE: principal outside 1 to kMaxAmount.
  kRate,             // RATE_RANGE: above 100 %.
  kFreeInstalments,  // BAD_FREE_M: more free instalments than instalments.
  kNegativeLast,     // NEGATIVE_LAST: the last part of a split would be negative.
  kMinInstalment,    // MIN_INSTALMENT: the base of the split is below the policy's floor (A4).
  kNonAmortising,    // NON_AMORTISING: a payment does not cover its interest (A7).
  kOverpay,          // OVERPAY: more is paid than is outstanding.
  kShareSum,         // SHARE_SUM: shares of more than the whole.
  kRefundRange,      // REFUND_RANGE: a refund of nothing, or of more than can be given back.
};

/// The code in the comment above; what golden cases name.
std::string_view RefusalCode(Refusal refusal);

/// A value or the reason why there is none. Same member names as aval::Result, so that AVAL_TRY
/// hands a refusal on to a caller that returns a Computed, too.
template <class T>
class [[nodiscard]] Computed {
 public:
  Computed(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Computed(Refusal refusal)
      : state_(std::in_place_index<1>, refusal) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  Refusal error() const {
    AVAL_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }
  const T& operator*() const& {
    AVAL_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  /// By value: a loop over `*Schedule(terms)` keeps alive what it walks.
  T operator*() && {
    AVAL_ASSERT(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  const T* operator->() const { return &**this; }

 private:
  std::variant<T, Refusal> state_;
};

}  // namespace aval::ledger::arithmetic
