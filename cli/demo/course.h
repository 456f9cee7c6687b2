#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/demo/help.h"
#include "cli/demo/lateness.h"
#include "cli/demo/purchases_file.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// What becomes of a purchase that is delivered, by rule (data/README.md). Everything follows from
/// its order's id, but how late it is paid, which may follow from real clients.

/// On the debt's side; purchases with a co-payer, or that somebody stops paying, have the usual
/// one.
enum class Course : std::uint8_t {
  kUsual,
  kEarly,       // Ended by quote when the middle instalment is paid.
  kPartRefund,  // 30 % of the price, soon after the delivery.
  kFullRefund,  // After the first instalment, with what was paid.
  kDispute,     // About one instalment.
  kOwnDebits,   // The borrower's account is debited for each instalment.
};

/// Of the co-payer's debit.
enum class CopayCourse : std::uint8_t {
  kPlain,
  kRejected,  // Once, and confirmed the next day.
  kReturned,  // By its bank; then the borrower pays.
  kMutual,    // The agreement ends by both sides before it.
  kBreach,    // A guarantor of whom payment is demanded; all debits fail.
  kRefunded,  // The supplier refunds all after it.
};

/// Of a debt that is not paid any more.
enum class Fate : std::uint8_t { kLeft, kRestructured, kWrittenOff };

/// What becomes of the co-payer's claim.
enum class RecourseFate : std::uint8_t { kOpen, kRepaid, kHalfSettled, kForgiven };

struct PlannedInstalment {
  ledger::Day due;
  std::optional<ledger::Day> paid;  // Nothing: never, and none after it either.
  std::uint32_t part_ppm = 0;       // Of it, paid on the due day.
  bool InTime() const { return paid == due; }
};

struct PurchasePlan {
  Course course = Course::kUsual;
  CopayCourse copay = CopayCourse::kPlain;  // With help alone.
  std::optional<Help> help;
  ledger::Day help_day;                        // Of the co-payer's first debit.
  std::uint32_t disputed = 0;                  // Instalment, with a dispute alone.
  std::vector<PlannedInstalment> instalments;  // By number less one.

  /// Number of the first that is never paid.
  std::optional<std::uint32_t> StopsAt() const;
  /// Of the last that is paid.
  std::optional<ledger::Day> LastPaid() const;
};
PurchasePlan PlanOf(const PurchaseRow& row, const PayingHabits& habits,
                    const std::optional<Help>& help);

/// Days, counted from the one that is named.
inline constexpr std::int64_t kPartRefundDays = 10;   // Delivery.
inline constexpr std::int64_t kFullRefundDays = 45;   // Capture.
inline constexpr std::int64_t kDisputeDays = 20;      // Due day; the borrower pays a day later.
inline constexpr std::int64_t kReturnDays = 3;        // An own debit; the borrower pays two later.
inline constexpr std::int64_t kCopayReturnDays = 10;  // A co-payer's debit, and then five more.
inline constexpr std::int64_t kRestructureDays = 35;  // Due day.
inline constexpr std::int64_t kRecoveryDays = 90;     // Write-off.
inline constexpr std::int64_t kHoldDays = 31;         // Due day.
inline constexpr std::int64_t kReviewDays = 360;      // Purchase.
inline constexpr std::int64_t kRecourseDays = 30;     // The last payment.
inline constexpr std::int64_t kReleaseDays = 30;      // Delivery or the step before.
inline constexpr std::uint32_t kReleaseSteps = 3;

/// Whether a debit of the borrower's own that is in time comes back.
bool IsReturned(const PurchaseRow& row, std::uint32_t number);
Fate FateOf(const PurchaseRow& row);
bool ConsentIsRefused(const PurchaseRow& row);
/// Of what is left after the write-off, ppm; 0: none.
std::uint32_t RecoveredPpm(const PurchaseRow& row);
RecourseFate RecourseFateOf(const PurchaseRow& row);
act::v1::DisputeResolve::Outcome OutcomeOf(const PurchaseRow& row);

bool IsPrepaid(const PurchaseRow& row);
/// Ascending; none when it is not prepaid.
std::vector<ledger::Day> ReleaseDaysOf(const PurchaseRow& row);
/// By the supplier.
std::uint32_t PaymentDaysOf(const PurchaseRow& row);
/// Sold on the day after the delivery, at 1 % less for each 30 days until it is due.
bool IsAssigned(const PurchaseRow& row);

/// Whether the platform holds the grant when it is late.
bool IsHeld(const PurchaseRow& row);
bool IsReviewed(const PurchaseRow& row);
bool ReviewIsDeclined(const PurchaseRow& row);
bool ClosesGrant(const PurchaseRow& row);
bool RevokesMandate(const PurchaseRow& row);

}  // namespace aval::cli::demo
