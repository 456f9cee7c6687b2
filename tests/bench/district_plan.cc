#include "tests/bench/district_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/assert.h"

namespace aval::bench {
namespace {

using ledger::Day;

// People whose next due day is chosen for what the day after the book's does: the first 24 get a
// bill then, the next eight are due, and eight have not paid what was due before the days of grace.
constexpr std::uint32_t kBilled = 24;
constexpr std::uint32_t kDue = 32;
constexpr std::uint32_t kOverdue = 40;

constexpr std::int64_t kBillLead = 5;
constexpr std::int64_t kGrace = 3;

// Others are due on the days around, from the second to the 29th after the book's; but for the
// 27th: who has not paid a month before falls overdue on the next day, too.
constexpr std::array<std::int64_t, 26> kOtherDays{2,  3,  4,  5,  7,  8,  9,  10, 11,
                                                  12, 13, 14, 15, 16, 17, 18, 19, 20,
                                                  21, 22, 23, 24, 25, 26, 28, 29};

constexpr std::array<std::uint32_t, 6> kCounts{3, 6, 9, 12, 18, 24};
// What the six counts leave of the loans gets the mean.
constexpr std::uint32_t kCycled = kLoans - kLoans % 6;

Day MonthsBefore(Day day, std::uint32_t months) {
  const ledger::CivilDate date = day.Date();
  const auto before = Day::FromDate(date.year, date.month - months, date.day);
  AVAL_ASSERT(before.has_value());
  return *before;
}

std::uint32_t ElapsedOf(std::uint32_t loan) { return (loan / kLoansEach + loan % kLoansEach) % 3; }

}  // namespace

Day NextDueOf(std::uint32_t person) {
  if (person < kBilled) return kBookDay.Plus(1 + kBillLead);
  if (person < kDue) return kBookDay.Plus(1);
  if (person < kOverdue) return kBookDay.Plus(-kGrace);
  return kBookDay.Plus(kOtherDays[(person - kOverdue) % kOtherDays.size()]);
}

ledger::PartyId LeadBankOf(std::uint32_t person) {
  return person % 2 == 0 ? ledger::kBankA : ledger::kBankB;
}

ledger::PartyId OtherBankOf(std::uint32_t person) { return LeadBankOf(person + 1); }

PlannedLoan PlanOf(std::uint32_t loan) {
  AVAL_ASSERT(loan < kLoans);
  PlannedLoan plan{.number = loan,
                   .person = loan / kLoansEach,
                   .supplier = loan % kSuppliers,
                   .product = 1 + (loan / kSuppliers) % 4,
                   .instalments = loan < kCycled ? kCounts[loan % kCounts.size()] : 12,
                   .amount = {30'000 + std::int64_t{loan} * 677},
                   .elapsed = ElapsedOf(loan)};
  plan.first_due = MonthsBefore(NextDueOf(plan.person), plan.elapsed);
  const Day month_before = plan.first_due.Plus(-30 + std::int64_t{loan % 9});
  plan.opened = std::clamp(month_before, ledger::kFirstDay.Plus(3 + loan % 3), kBookDay.Plus(-2));
  plan.is_late = plan.person >= kOverdue && plan.person % 5 == 4 && plan.elapsed > 0;
  return plan;
}

}  // namespace aval::bench
