#include "ledger/arithmetic/schedule.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/checked.h"
#include "base/result.h"

namespace aval::ledger::arithmetic {

namespace {

// One, in the 18 decimals of A7.
constexpr UInt128 kUnit = 1'000'000'000'000'000'000;

// What the terms may not say, in any method; nothing when they are sound.
std::optional<Refusal> Unsound(const ScheduleTerms& terms) {
  if (terms.principal.minor < 1 || terms.principal > kMaxAmount) return Refusal::kAmount;
  if (terms.instalments < 1 || terms.instalments > kMaxInstalments) return Refusal::kCount;
  if (terms.rate_ppm > kMillion) return Refusal::kRate;
  if (terms.free_instalments > terms.instalments) return Refusal::kFreeInstalments;
  return std::nullopt;
}

// The part of a year that each instalment bears interest for.
Computed<std::vector<Ratio>> InterestPeriods(const ScheduleTerms& terms) {
  const bool dated = terms.day_count != DayCount::kMonth12;
  if (dated && terms.dues.size() != terms.instalments) return Refusal::kOperand;
  std::vector<Ratio> periods;
  periods.reserve(terms.instalments);
  Day from = terms.start;
  for (std::uint32_t k = 0; k < terms.instalments; ++k) {
    const Day to = dated ? terms.dues[k] : from;
    AVAL_TRY(const Ratio part, YearPart(terms.day_count, from, to));
    periods.push_back(part);
    from = to;
  }
  return periods;
}

// Instalment number k (from 0) with its charge, borne by the borrower or, when free, the sponsor.
ScheduleRow Row(const ScheduleTerms& terms, std::uint32_t k, Amount principal, Amount charge,
                Amount ScheduleRow::* component) {
  ScheduleRow row{.principal = principal};
  row.*(k < terms.free_instalments ? &ScheduleRow::subsidy : component) = charge;
  return row;
}

void SetBalances(Amount principal, std::vector<ScheduleRow>& rows) {
  std::int64_t balance = principal.minor;
  for (ScheduleRow& row : rows) {
    balance -= row.principal.minor;
    row.balance.minor = balance;
  }
  AVAL_ASSERT(balance == 0);
}

}  // namespace

Computed<Amount> FlatFee(Amount principal, std::uint32_t rate_ppm, Rounding rounding) {
  return MulDiv(principal, Ratio::Ppm(rate_ppm), rounding);
}

Computed<std::vector<ScheduleRow>> FlatFeeSchedule(const ScheduleTerms& terms) {
  if (const auto unsound = Unsound(terms)) return *unsound;
  AVAL_TRY(const auto parts,
           SplitPrincipal(terms.principal, terms.instalments, terms.split, terms.min_instalment));
  AVAL_TRY(const Amount fee, FlatFee(terms.principal, terms.rate_ppm, terms.rounding));
  std::vector<ScheduleRow> rows;
  rows.reserve(terms.instalments);
  for (std::uint32_t k = 0; k < terms.instalments; ++k) {
    rows.push_back(Row(terms, k, parts[k], fee, &ScheduleRow::fee));
  }
  SetBalances(terms.principal, rows);
  return rows;
}

Computed<std::vector<ScheduleRow>> EqualPrincipalSchedule(const ScheduleTerms& terms) {
  if (const auto unsound = Unsound(terms)) return *unsound;
  AVAL_TRY(const auto parts,
           SplitPrincipal(terms.principal, terms.instalments, terms.split, terms.min_instalment));
  AVAL_TRY(const auto periods, InterestPeriods(terms));
  std::vector<ScheduleRow> rows;
  rows.reserve(terms.instalments);
  Amount balance = terms.principal;
  for (std::uint32_t k = 0; k < terms.instalments; ++k) {
    AVAL_TRY(const Amount interest, Interest(balance, terms.rate_ppm, periods[k], terms.rounding));
    rows.push_back(Row(terms, k, parts[k], interest, &ScheduleRow::interest));
    balance.minor -= parts[k].minor;
  }
  SetBalances(terms.principal, rows);
  return rows;
}

Computed<Amount> AnnuityPayment(const ScheduleTerms& terms) {
  if (const auto unsound = Unsound(terms)) return *unsound;
  if (terms.payment_multiple < 1 || terms.payment_multiple > kMaxAmount.minor) {
    return Refusal::kOperand;
  }
  // growth = (1 + r)^n, annuities = ((1 + r)^n - 1) / r, in 18 decimals. At 100 % a year and 60
  // months they stay below 2^67 and 2^71: every product here is below 2^128.
  const UInt128 rate = terms.rate_ppm * kUnit / (12 * static_cast<UInt128>(kMillion));
  UInt128 growth = kUnit;
  UInt128 annuities = 0;
  for (std::uint32_t k = 0; k < terms.instalments; ++k) {
    annuities = kUnit + annuities + annuities * rate / kUnit;
    growth += growth * rate / kUnit;
  }
  const auto multiple = static_cast<UInt128>(terms.payment_multiple);
  const UInt128 multiples = DivideRounded(static_cast<UInt128>(terms.principal.minor) * growth,
                                          annuities * multiple, terms.rounding);
  return Amount{static_cast<std::int64_t>(multiples * multiple)};  // Below 3 * kMaxAmount.
}

Computed<Annuity> AnnuitySchedule(const ScheduleTerms& terms) {
  AVAL_TRY(const Amount payment, AnnuityPayment(terms));
  AVAL_TRY(const auto periods, InterestPeriods(terms));
  std::vector<ScheduleRow> rows;
  rows.reserve(terms.instalments);
  std::int64_t balance = terms.principal.minor;
  for (std::uint32_t k = 0; k < terms.instalments; ++k) {
    AVAL_TRY(const Amount interest,
             Interest(Amount{balance}, terms.rate_ppm, periods[k], terms.rounding));
    const std::int64_t repaid = payment.minor - interest.minor;
    if (repaid < 0 || (k == 0 && repaid == 0)) return Refusal::kNonAmortising;
    const bool last = k + 1 == terms.instalments;
    const Amount principal{last ? balance : std::min(repaid, balance)};
    rows.push_back(Row(terms, k, principal, interest, &ScheduleRow::interest));
    balance -= principal.minor;
  }
  SetBalances(terms.principal, rows);
  return Annuity{.payment = payment, .rows = std::move(rows)};
}

}  // namespace aval::ledger::arithmetic
