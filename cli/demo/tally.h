#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::cli::demo {

/// What a user would say has happened. More than one may be of one act's type.
enum class Happening : std::uint8_t {
  kBorrower,
  kSupplier,
  kAttestation,
  kGrant,
  kReview,
  kReviewDeclined,
  kGrantClosed,
  kHold,
  kLift,
  kAuthorised,
  kVoided,
  kCaptured,
  kDeliveredAtOnce,
  kDeliveredLater,
  kReleased,
  kAssigned,
  kRefund,
  kPaidBack,
  kDispute,
  kUpheld,
  kRejected,
  kSplit,
  kRepayment,
  kEarly,
  kMandate,
  kMandateRevoked,
  kOwnDebit,
  kOwnDebitFailed,
  kOwnDebitReturned,
  kRestructuringProposed,
  kConsent,
  kConsentRefused,
  kWriteOff,
  kRecovery,
  kInvitation,
  kDeclined,
  kAgreement,
  kDemand,
  kEndedMutually,
  kEndedByBreach,
  kCoPayment,
  kCoPaymentFailed,
  kCoPaymentReturned,
  kRecourse,
  kForgiven,
};
inline constexpr std::size_t kHappenings = static_cast<std::size_t>(Happening::kForgiven) + 1;

/// A name for programs, in lower case with '_', and words for people.
std::string_view NameOf(Happening happening);
std::string_view WordsOf(Happening happening);
/// Whether an amount belongs to it.
bool HasAmount(Happening happening);

/// Counts acts by what they make happen, in one currency. Threads: one.
class Tally {
 public:
  struct Line {
    std::uint64_t times = 0;
    ledger::Amount amount{};
  };

  void Count(const act::v1::Act& act, ledger::Verdict verdict);

  const Line& Of(Happening happening) const {
    return lines_.at(static_cast<std::size_t>(happening));
  }
  /// Acts that the rules refused, by code.
  const std::map<std::string_view, std::uint64_t>& refused() const { return refused_; }

 private:
  struct Instruction {
    bool own = false;  // The borrower's, under its mandate; else a co-payer's.
    ledger::Amount amount;
  };

  void Add(Happening happening, std::int64_t minor = 0);
  void CountSale(const act::v1::Act& act);
  void CountDebt(const act::v1::Act& act);
  void CountCopay(const act::v1::Act& act);

  std::array<Line, kHappenings> lines_{};
  std::map<std::string, Instruction> debits_;  // By id, for their results.
  std::map<std::string_view, std::uint64_t> refused_;
};

}  // namespace aval::cli::demo
