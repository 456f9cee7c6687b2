#pragma once

#include <cstdint>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/money.h"
#include "ledger/arithmetic/split.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// What a loan's schedule follows from.
struct ScheduleTerms {
  Amount principal{};                  // 1 to kMaxAmount, else kAmount.
  std::uint32_t instalments = 1;       // 1 to kMaxInstalments, else kCount.
  std::uint32_t rate_ppm = 0;          // A month (flat fee) or a year (interest); kRate above 1e6.
  std::uint32_t free_instalments = 0;  // The first so many charges are the sponsor's.
  Amount min_instalment{};             // Of the base of the principal split (A4).

  SplitMode split = SplitMode::kFloorLast;
  Rounding rounding = Rounding::kHalfUp;
  std::int64_t payment_multiple = 1;  // An annuity's payment is a multiple of this many units.

  DayCount day_count = DayCount::kMonth12;  // Of interest.
  Day start{};                              // Read, with `dues`, by other day counts than kMonth12.
  std::vector<Day> dues{};                  // One for each instalment, ascending.
};

/// One instalment. Either fee or interest is zero throughout a schedule; in a free instalment both
/// are, and the charge stands in `subsidy`.
struct ScheduleRow {
  Amount principal{};
  Amount fee{};
  Amount interest{};
  Amount subsidy{};
  Amount balance{};  // Principal left after it; zero in the last row.

  /// What the borrower owes.
  Amount Due() const { return {principal.minor + fee.minor + interest.minor}; }
  friend bool operator==(const ScheduleRow&, const ScheduleRow&) = default;
};

/// A5: a month's fee on the original principal, or on what refunds have left of it (A13).
Computed<Amount> FlatFee(Amount principal, std::uint32_t rate_ppm,
                         Rounding rounding = Rounding::kHalfUp);
/// A5: the same fee each month.
Computed<std::vector<ScheduleRow>> FlatFeeSchedule(const ScheduleTerms& terms);

/// A6: the principal split by A4, interest on the balance before each instalment.
Computed<std::vector<ScheduleRow>> EqualPrincipalSchedule(const ScheduleTerms& terms);

struct Annuity {
  Amount payment{};  // Interest and principal of every instalment but the last.
  std::vector<ScheduleRow> rows{};
};

/// A7: equal payments. The payment is that of nominal months whatever the day count of the
/// interest; the last instalment pays the balance. kNonAmortising when the payment is not above the
/// first interest, or below a later one.
Computed<Annuity> AnnuitySchedule(const ScheduleTerms& terms);

/// The payment alone; zero where it rounds to that. Reads principal, instalments, rate, rounding
/// and payment_multiple.
Computed<Amount> AnnuityPayment(const ScheduleTerms& terms);

}  // namespace aval::ledger::arithmetic
