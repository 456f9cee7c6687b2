#include "ledger/arithmetic/early.h"

#include <cstddef>

#include "base/result.h"

namespace aval::ledger::arithmetic {
namespace {

bool IsCharged(EarlyCharges charges, std::size_t position) {
  switch (charges) {
    case EarlyCharges::kWaiveFuture:
      return false;
    case EarlyCharges::kCurrentOnly:
      return position == 0;
    case EarlyCharges::kChargeRemaining:
      return true;
  }
  return true;
}

}  // namespace

Computed<EarlyQuote> QuoteEarly(std::span<const FutureInstalment> unbilled,
                                const EarlyTerms& terms) {
  if (terms.prepay_ppm > kMillion) return Refusal::kRate;
  EarlyQuote quote;
  for (std::size_t i = 0; i < unbilled.size(); ++i) {
    if (unbilled[i].principal.minor < 0 || unbilled[i].charge.minor < 0) return Refusal::kOperand;
    AVAL_TRY(quote.principal, Add(quote.principal, unbilled[i].principal));
    if (!IsCharged(terms.charges, i)) continue;
    AVAL_TRY(quote.charges, Add(quote.charges, unbilled[i].charge));
  }
  AVAL_TRY(quote.prepay_fee, MulDiv(quote.principal, Ratio::Ppm(terms.prepay_ppm)));
  AVAL_TRY(const Amount charges, Add(quote.charges, quote.prepay_fee));
  AVAL_TRY(const Amount total, Add(quote.principal, charges));
  static_cast<void>(total);  // It fits.
  return quote;
}

}  // namespace aval::ledger::arithmetic
