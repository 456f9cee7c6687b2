#include "ledger/arithmetic/caps.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "base/checked.h"
#include "base/result.h"
#include "ledger/arithmetic/schedule.h"

namespace aval::ledger::arithmetic {

namespace {

// Guard digits of the compounded balance (A14 b).
constexpr Int128 kGuard = 1'000'000;
constexpr Int128 kMaxPrincipalDays = Int128{1} << 95U;

bool IsNegative(Amount amount) { return amount.minor < 0; }

// The first of the numbers 0 to `last` at which `holds`, which stays true once it is; `last` + 1
// when it never is.
template <class Predicate>
std::uint64_t FirstWhere(std::uint64_t last, Predicate holds) {
  std::uint64_t low = 0;
  std::uint64_t high = last + 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (holds(static_cast<std::uint32_t>(middle))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

bool WithinSimpleCap(Amount charges, Int128 principal_days, std::uint32_t cap_ppm) {
  if (charges.minor < 0 || principal_days < 0 || principal_days >= kMaxPrincipalDays) return false;
  return Int128{charges.minor} * 365 * kMillion <= principal_days * cap_ppm;
}

Computed<Amount> SimpleCapCharges(Int128 principal_days, std::uint32_t cap_ppm) {
  if (principal_days < 0 || principal_days >= kMaxPrincipalDays) return Refusal::kOperand;
  constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max();
  const Int128 charges = principal_days * cap_ppm / (365 * Int128{kMillion});
  return Amount{static_cast<std::int64_t>(std::min(charges, kMost))};
}

bool WithinIrrCap(Amount principal, std::span<const Amount> payments, std::uint32_t cap_ppm) {
  if (IsNegative(principal) || payments.size() > kMaxInstalments ||
      std::ranges::any_of(payments, IsNegative)) {
    return false;
  }
  Int128 to_pay = 0;
  for (const Amount& payment : payments) to_pay += payment.minor * kGuard;
  Int128 balance = principal.minor * kGuard;
  for (const Amount& payment : payments) {
    // What is owed without interest is enough for all that is still paid. Also the bound of the
    // balance: 60 * 2^63 * 10^6 < 2^89, times 12e6 + 2^32 < 2^122.
    if (balance >= to_pay) return true;
    balance = balance * (12 * Int128{kMillion} + cap_ppm) / (12 * Int128{kMillion});
    balance -= payment.minor * kGuard;
    if (balance < 0) return false;  // And falls from here on.
    to_pay -= payment.minor * kGuard;
  }
  return true;
}

Computed<std::uint32_t> Irr12Ppm(Amount principal, std::span<const Amount> payments) {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t least = FirstWhere(
      kLast, [&](std::uint32_t cap_ppm) { return WithinIrrCap(principal, payments, cap_ppm); });
  if (least > kLast) return Refusal::kRate;
  return static_cast<std::uint32_t>(least);
}

Computed<std::uint32_t> MaxFlatFee(std::uint32_t instalments, std::uint32_t cap_ppm,
                                   Amount principal) {
  ScheduleTerms terms{.principal = principal, .instalments = instalments};
  AVAL_TRY(const auto without_fee, FlatFeeSchedule(terms));  // Within every cap.
  const std::uint64_t too_high = FirstWhere(kMillion, [&](std::uint32_t fee_ppm) {
    terms.rate_ppm = fee_ppm;
    const auto rows = FlatFeeSchedule(terms);
    std::vector<Amount> payments;
    for (const ScheduleRow& row : *rows) payments.push_back(row.Due());
    return !WithinIrrCap(principal, payments, cap_ppm);
  });
  return static_cast<std::uint32_t>(too_high - 1);
}

std::vector<bool> PartnerFloor(std::span<const std::uint32_t> shares_ppm, std::uint32_t floor_ppm) {
  const auto sum = std::accumulate(shares_ppm.begin(), shares_ppm.end(), std::uint64_t{0});
  std::vector<bool> holds;
  for (const std::uint32_t share : shares_ppm) holds.push_back(sum - share >= floor_ppm);
  return holds;
}

bool WithinRatio(Amount part, Amount whole, std::uint32_t cap_ppm) {
  if (IsNegative(part) || IsNegative(whole)) return false;
  return Int128{part.minor} * kMillion <= Int128{whole.minor} * cap_ppm;
}

}  // namespace aval::ledger::arithmetic
