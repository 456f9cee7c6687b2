#include "ledger/rules/lender_split.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "ledger/arithmetic/split.h"

namespace aval::ledger::rules {
namespace {

using Weights = std::vector<std::int64_t>;

Weights Owed(const Loan& loan) {
  Weights weights;
  for (const LenderPart& part : loan.lenders) weights.push_back(part.Owed().minor);
  return weights;
}

Weights Shares(const Loan& loan) {
  Weights weights;
  for (const LenderPart& part : loan.lenders) weights.push_back(part.share_ppm);
  return weights;
}

bool AnyPositive(const Weights& weights) {
  return std::ranges::any_of(weights, [](std::int64_t weight) { return weight > 0; });
}

}  // namespace

std::vector<Amount> SplitPrincipalPaid(const Loan& loan, Amount payment) {
  std::vector<Amount> owed;
  for (const LenderPart& part : loan.lenders) owed.push_back(part.Owed());
  return *arithmetic::SplitRepayment(payment, owed);
}

std::vector<Amount> SplitCharge(const Loan& loan, Amount charge) {
  const Weights owed = Owed(loan);
  return *arithmetic::LargestRemainder(charge, AnyPositive(owed) ? owed : Shares(loan));
}

std::vector<Amount> SplitChargePaid(const Loan& loan, Amount payment,
                                    std::span<const Amount> receivable) {
  if (const Weights owed = Owed(loan); AnyPositive(owed)) {
    std::vector<Amount> parts = *arithmetic::LargestRemainder(payment, owed);
    if (std::ranges::equal(parts, receivable, std::less_equal<>{})) return parts;
  }
  return *arithmetic::SplitRepayment(payment, receivable);
}

}  // namespace aval::ledger::rules
