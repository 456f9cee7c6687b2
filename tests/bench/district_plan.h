#pragma once

#include <cstdint>

#include "ledger/types.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {

/// What happens in a district of a generated book, the same in every one: a hundred people, four
/// purchases each from two suppliers, and 76 days of paying for them. Numbers count from 0.

inline constexpr std::uint32_t kPersons = 100;
inline constexpr std::uint32_t kSuppliers = 2;
inline constexpr std::uint32_t kLoansEach = 4;
inline constexpr std::uint32_t kLoans = kPersons * kLoansEach;
inline constexpr std::uint32_t kInstalments = 12 * kLoans;

/// The day on which the book stands, all that is due done; no month ends on it or the next.
inline constexpr std::int32_t kBookDays = 75;
inline constexpr ledger::Day kBookDay{ledger::kFirstDay.number + kBookDays};
/// Then this many of the district's instalments have something to do: bills to be issued (96), due
/// days (32), falling overdue (32).
inline constexpr std::uint32_t kDueNextDay = 160;

struct PlannedLoan {
  std::uint32_t number = 0;
  std::uint32_t person = 0;
  std::uint32_t supplier = 0;
  std::uint32_t product = 1;
  std::uint32_t instalments = 3;  // 3 to 24; 12 in the mean.
  ledger::Amount amount{};
  ledger::Day opened{};
  ledger::Day first_due{};
  std::uint32_t elapsed = 0;  // Instalments whose turn to be paid has come, at most two.
  bool is_late = false;       // The last of them is not paid.
};
PlannedLoan PlanOf(std::uint32_t loan);

/// All of a person's loans fall due on the same day of the month; this is the next one that is
/// neither paid nor left.
ledger::Day NextDueOf(std::uint32_t person);

/// Who lends most to a person, and attests for it; the platform lends the rest.
ledger::PartyId LeadBankOf(std::uint32_t person);
ledger::PartyId OtherBankOf(std::uint32_t person);

/// Every fourth person's next neighbour stands for a part of a loan of its.
inline bool HasCopayer(std::uint32_t person) { return person % 4 == 0; }
inline std::uint32_t CopayerOf(std::uint32_t person) { return person + 1; }

}  // namespace aval::bench
