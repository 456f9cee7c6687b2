#include "ledger/arithmetic/split.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"
#include "base/checked.h"
#include "base/result.h"

namespace aval::ledger::arithmetic {

namespace {

// Every part the base, the last one what is left.
std::vector<Amount> BaseAndLast(Amount principal, std::uint32_t count, std::int64_t base) {
  std::vector<Amount> parts(count, Amount{base});
  parts.back().minor = principal.minor - base * (std::int64_t{count} - 1);
  return parts;
}

std::vector<Amount> SpreadFirst(std::uint32_t count, std::int64_t base, std::int64_t left) {
  std::vector<Amount> parts(count, Amount{base});
  std::for_each_n(parts.begin(), left, [](Amount& part) { ++part.minor; });
  return parts;
}

}  // namespace

Computed<std::vector<Amount>> SplitPrincipal(Amount principal, std::uint32_t count, SplitMode mode,
                                             Amount min_instalment) {
  if (principal.minor < 1 || principal > kMaxAmount) return Refusal::kAmount;
  if (count < 1 || count > kMaxInstalments) return Refusal::kCount;
  const auto rounding = mode == SplitMode::kNearestLast ? Rounding::kHalfUp : Rounding::kDown;
  AVAL_TRY(const std::int64_t base, MulDiv(principal.minor, {.num = 1, .den = count}, rounding));
  if (base < min_instalment.minor) return Refusal::kMinInstalment;
  switch (mode) {
    case SplitMode::kFloorLast:
      return BaseAndLast(principal, count, base);
    case SplitMode::kSpreadFirst:
      return SpreadFirst(count, base, principal.minor % count);
    case SplitMode::kNearestLast: {
      auto parts = BaseAndLast(principal, count, base);
      if (parts.back().minor < 0) return Refusal::kNegativeLast;
      return parts;
    }
  }
  AVAL_ASSERT(false);
}

Computed<std::vector<Amount>> LargestRemainder(Amount total,
                                               std::span<const std::int64_t> weights) {
  if (total.minor < 0) return Refusal::kOperand;
  UInt128 sum = 0;
  for (const std::int64_t weight : weights) {
    if (weight < 0) return Refusal::kOperand;
    sum += static_cast<UInt128>(weight);
  }
  if (sum == 0) return Refusal::kOperand;

  std::vector<Amount> parts;
  std::vector<UInt128> remainders;
  std::int64_t left = total.minor;
  for (const std::int64_t weight : weights) {
    const UInt128 product = static_cast<UInt128>(total.minor) * static_cast<UInt128>(weight);
    parts.push_back({static_cast<std::int64_t>(product / sum)});  // At most the total.
    remainders.push_back(product % sum);
    left -= parts.back().minor;
  }

  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&remainders](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  // The remainders are below `sum` and add up to left * sum: fewer units are left than parts.
  AVAL_ASSERT(left >= 0 && static_cast<std::size_t>(left) < order.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) ++parts[order[i]].minor;
  return parts;
}

Computed<std::vector<Amount>> SplitRepayment(Amount payment, std::span<const Amount> outstanding) {
  std::vector<std::int64_t> weights;
  Int128 sum = 0;
  for (const Amount& amount : outstanding) {
    weights.push_back(amount.minor);
    sum += amount.minor;
  }
  if (payment.minor > sum) return Refusal::kOverpay;
  if (payment.minor == 0) return std::vector<Amount>(outstanding.size());
  return LargestRemainder(payment, weights);
}

}  // namespace aval::ledger::arithmetic
