#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cli/demo/lateness.h"
#include "cli/demo/purchases_file.h"

namespace aval::cli::demo {

/// Who helps whom, by rule (data/README.md):
///
/// - Of the purchases that are not cancelled and their borrower's first, one in ten, which follows
///   from the order's id, has a co-payer for one of its instalments, which follows from it, too.
/// - As real clients pay: one in three of those that have an instalment that is late has one for
/// the
///   first of these.
/// - The co-payer is the borrower of the nearest earlier purchase whose derived id is lower than
///   the borrower's own; so no circle of guarantees can arise. One in five of those asked declines,
///   and the next such borrower is asked.
/// - Where there is none, or an older instalment is never paid, nobody helps.
struct Help {
  std::size_t co_payer = 0;               // A row whose borrower is the co-payer.
  std::optional<std::size_t> declines{};  // A row whose borrower was asked before.
  std::uint32_t instalment = 1;
};

/// One for each row.
std::vector<std::optional<Help>> PlanHelp(const std::vector<PurchaseRow>& rows,
                                          const PayingHabits& habits);

/// What a co-payer stands for, ppm of all that is due of the instalment.
inline constexpr std::uint32_t kCopayShare = 800'000;
/// When the debit comes, in days after the due day, unless an older instalment comes later.
inline constexpr std::int64_t kHelpedDaysLate = 5;

}  // namespace aval::cli::demo
