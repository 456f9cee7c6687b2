#include "cli/demo/course.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/assert.h"
#include "cli/acts/derived.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "ledger/arithmetic/dates.h"

namespace aval::cli::demo {
namespace {

using acts::Draw;
using ledger::Day;

std::string Numbered(const PurchaseRow& row, std::uint32_t number) {
  return row.order + "/" + std::to_string(number);
}

Course CourseOf(const PurchaseRow& row) {
  const std::uint32_t draw = Draw("course", row.order, 100);
  if (draw < 5) return Course::kEarly;
  if (draw < 8) return Course::kPartRefund;
  if (draw < 10) return Course::kFullRefund;
  if (draw < 12) return Course::kDispute;
  return draw < 22 ? Course::kOwnDebits : Course::kUsual;
}

CopayCourse CopayCourseOf(const PurchaseRow& row) {
  constexpr std::array kRare{CopayCourse::kRejected, CopayCourse::kReturned, CopayCourse::kMutual,
                             CopayCourse::kBreach, CopayCourse::kRefunded};
  const std::uint32_t draw = Draw("co-pay course", row.order, 2 * kRare.size());
  return draw < kRare.size() ? kRare.at(draw) : CopayCourse::kPlain;
}

// From the co-payer's first debit to the day on which the instalment is paid for good.
std::int64_t DaysOf(CopayCourse course) {
  switch (course) {
    case CopayCourse::kPlain:
    case CopayCourse::kRefunded:
      return 0;
    case CopayCourse::kRejected:
    case CopayCourse::kMutual:
      return 1;
    case CopayCourse::kReturned:
      return kCopayReturnDays + 5;
    case CopayCourse::kBreach:
      return kDebitAttempts + 1;
  }
  return 0;
}

Day PaidDay(Day due, const Lateness& late) {
  const auto month = ledger::arithmetic::DueDay(due, late.months);
  AVAL_ASSERT(month.has_value());
  return month->Plus(late.days);
}

bool Stops(const PurchaseRow& row, const PayingHabits& habits) {
  for (std::uint32_t k = 1; k <= row.instalments; ++k) {
    if (habits.Of(row, k).never) return true;
  }
  return false;
}

}  // namespace

std::optional<std::uint32_t> PurchasePlan::StopsAt() const {
  const auto first = std::ranges::find_if(
      instalments, [](const PlannedInstalment& instalment) { return !instalment.paid; });
  if (first == instalments.end()) return std::nullopt;
  return static_cast<std::uint32_t>(first - instalments.begin()) + 1;
}

std::optional<Day> PurchasePlan::LastPaid() const {
  std::optional<Day> last;
  for (const PlannedInstalment& instalment : instalments) last = std::max(last, instalment.paid);
  return last;
}

PurchasePlan PlanOf(const PurchaseRow& row, const PayingHabits& habits,
                    const std::optional<Help>& help) {
  PurchasePlan plan;
  plan.help = help;
  if (help) plan.copay = CopayCourseOf(row);
  if (!help && !Stops(row, habits)) plan.course = CourseOf(row);
  if (plan.course == Course::kDispute)
    plan.disputed = 1 + Draw("disputed", row.order, row.instalments);
  const std::vector<Day> dues = DueDaysOf(row);
  Day paid;  // Never before the one that is older: money goes to the oldest first.
  bool stopped = false;
  for (std::uint32_t k = 1; k <= row.instalments; ++k) {
    const Day due = dues[k - 1];
    const Lateness late = habits.Of(row, k);
    const bool helped = help && help->instalment == k;
    PlannedInstalment instalment{.due = due, .paid = std::nullopt};
    const bool in_parts = plan.course != Course::kOwnDebits && k != plan.disputed && !stopped;
    if (in_parts) instalment.part_ppm = late.part_ppm;
    stopped = stopped || (late.never && !helped);
    if (helped) {
      plan.help_day = std::max(paid, due.Plus(kHelpedDaysLate));
      paid = plan.help_day.Plus(DaysOf(plan.copay));
    } else if (k == plan.disputed) {
      paid = std::max(paid, due.Plus(kDisputeDays + 1));
    } else if (plan.course == Course::kOwnDebits && late.InTime() && IsReturned(row, k)) {
      paid = std::max(paid, due.Plus(kReturnDays + 2));
    } else if (!late.never) {
      paid = std::max(paid, PaidDay(due, late));
    }
    if (!stopped) instalment.paid = paid;
    plan.instalments.push_back(instalment);
    // Money for later ones would go to this one.
    if (late.never) stopped = true;
  }
  return plan;
}

bool IsReturned(const PurchaseRow& row, std::uint32_t number) {
  return Draw("own debit returned", Numbered(row, number), 20) == 0;
}

Fate FateOf(const PurchaseRow& row) {
  switch (Draw("fate", row.order, 4)) {
    case 0:
      return Fate::kRestructured;
    case 1:
      return Fate::kLeft;
    default:
      return Fate::kWrittenOff;
  }
}

bool ConsentIsRefused(const PurchaseRow& row) { return Draw("consent", row.order, 5) == 0; }

std::uint32_t RecoveredPpm(const PurchaseRow& row) {
  constexpr std::array<std::uint32_t, 4> kPpm{1'000'000, 400'000, 0, 0};
  return kPpm.at(Draw("recovery", row.order, kPpm.size()));
}

RecourseFate RecourseFateOf(const PurchaseRow& row) {
  const std::uint32_t draw = Draw("recourse", row.order, 10);
  if (draw < 4) return RecourseFate::kRepaid;
  if (draw < 6) return RecourseFate::kHalfSettled;
  return draw < 7 ? RecourseFate::kForgiven : RecourseFate::kOpen;
}

act::v1::DisputeResolve::Outcome OutcomeOf(const PurchaseRow& row) {
  using act::v1::DisputeResolve;
  constexpr std::array kOutcomes{DisputeResolve::UPHELD, DisputeResolve::REJECTED,
                                 DisputeResolve::SPLIT};
  return kOutcomes.at(Draw("outcome", row.order, kOutcomes.size()));
}

bool IsPrepaid(const PurchaseRow& row) { return Draw("prepaid", row.order, 20) == 0; }

std::vector<Day> ReleaseDaysOf(const PurchaseRow& row) {
  std::vector<Day> days;
  for (std::uint32_t step = 0; IsPrepaid(row) && step < kReleaseSteps; ++step) {
    days.push_back(DeliveryDay(row).Plus(step * kReleaseDays));
  }
  return days;
}

std::uint32_t PaymentDaysOf(const PurchaseRow& row) {
  constexpr std::array<std::uint32_t, 4> kDays{0, 14, 30, 60};
  return kDays.at(Draw("payment days", row.seller, kDays.size()));
}

bool IsAssigned(const PurchaseRow& row) {
  return !IsPrepaid(row) && PaymentDaysOf(row) >= 30 && Draw("assigned", row.order, 5) == 0;
}

bool IsHeld(const PurchaseRow& row) { return Draw("held", row.order, 5) == 0; }

bool IsReviewed(const PurchaseRow& row) { return ProductOf(row) == kLongAnnuity; }

bool ReviewIsDeclined(const PurchaseRow& row) { return Draw("review", row.order, 5) == 0; }

bool ClosesGrant(const PurchaseRow& row) { return Draw("closes", row.order, 10) == 0; }

bool RevokesMandate(const PurchaseRow& row) { return Draw("revokes", row.order, 2) == 0; }

}  // namespace aval::cli::demo
