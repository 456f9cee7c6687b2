#include "ledger/rules/lender_split.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "ledger/arithmetic/split.h"

namespace aval::ledger::rules {
namespace {

using Weights = std::vector<std::int64_t>;

Weights Outstanding(const Loan& loan) {
  Weights weights;
  for (const LenderPart& part : loan.lenders) weights.push_back(part.outstanding.minor);
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

std::vector<Amount> SplitCharge(const Loan& loan, Amount charge) {
  const Weights outstanding = Outstanding(loan);
  return *arithmetic::LargestRemainder(charge,
                                       AnyPositive(outstanding) ? outstanding : Shares(loan));
}

std::vector<Amount> SplitChargePaid(const Loan& loan, Amount payment,
                                    std::span<const Amount> receivable) {
  if (const Weights outstanding = Outstanding(loan); AnyPositive(outstanding)) {
    std::vector<Amount> parts = *arithmetic::LargestRemainder(payment, outstanding);
    if (std::ranges::equal(parts, receivable, std::less_equal<>{})) return parts;
  }
  return *arithmetic::SplitRepayment(payment, receivable);
}

}  // namespace aval::ledger::rules
