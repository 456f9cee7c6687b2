#pragma once

#include <cstdint>
#include <span>

#include "ledger/arithmetic/computed.h"
#include "ledger/arithmetic/money.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// What an instalment that is not billed yet asks for: its charge is a fee or interest.
struct FutureInstalment {
  Amount principal{};
  Amount charge{};
};

/// Which charges of what is not billed yet a borrower pays who repays early (A12).
enum class EarlyCharges : std::uint8_t {
  kWaiveFuture = 0,      // None.
  kCurrentOnly = 1,      // That of the next instalment.
  kChargeRemaining = 2,  // All.
};

struct EarlyTerms {
  EarlyCharges charges = EarlyCharges::kWaiveFuture;
  std::uint32_t prepay_ppm = 0;  // Of the principal repaid early; kRate above 1e6.
};

struct EarlyQuote {
  Amount principal{};
  Amount charges{};     // Of the instalments' own.
  Amount prepay_fee{};  // For repaying early.

  Amount Total() const { return {principal.minor + charges.minor + prepay_fee.minor}; }
  friend bool operator==(const EarlyQuote&, const EarlyQuote&) = default;
};

/// A12: what ends a loan today beside what is billed, from the instalments that are not billed yet,
/// the next one first. kOperand for a negative amount, kOverflow when a sum leaves int64.
Computed<EarlyQuote> QuoteEarly(std::span<const FutureInstalment> unbilled,
                                const EarlyTerms& terms);

}  // namespace aval::ledger::arithmetic
