#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/proto/acts.pb.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"
#include "ledger/verdict.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {

/// A small book in business: one supplier, and borrowers from number 1 on, each with an ACTIVE
/// grant of its own number (GrantTerms). A purchase and its loan are named by a number, too.
///
/// Checked after every act and every sweep: all of BrokenInvariants.
class Market {
 public:
  explicit Market(std::uint8_t borrowers = 1);

  SmallBook& book() { return book_; }
  PartyId borrower(std::uint8_t number = 1) const { return {TestId('B', number)}; }
  PartyId supplier() const { return {TestId('S', 1)}; }
  Id grant(std::uint8_t number = 1) const { return TestId('G', number); }
  static Id PurchaseId(std::uint8_t number) { return TestId('P', number); }
  static Id RepaymentId(std::uint8_t number) { return TestId('R', number); }

  /// An authorisation that the book accepts: 1,000.00 over three instalments of product 1, first
  /// due a month from now, for borrower and grant 1.
  act::v1::PurchaseAuthorise Order(std::uint8_t number) const;
  /// Signed by the borrower of its grant and the platform.
  Verdict Authorise(const act::v1::PurchaseAuthorise& act);
  Verdict Capture(std::uint8_t number, std::int64_t amount);
  Verdict Void(std::uint8_t number);
  Verdict Deliver(std::uint8_t number);
  /// Through bank B.
  Verdict Repay(std::uint8_t repayment, std::uint8_t loan, std::int64_t amount);
  static act::v1::Hold HoldOf(act::v1::Held what, const Id& subject);
  Verdict Hold(act::v1::Held what, const Id& subject, SignerRef by);
  Verdict Lift(act::v1::Held what, const Id& subject, SignerRef by);
  /// Any act, signed by exactly these.
  template <class Body>
  Verdict Apply(const Body& body, std::vector<SignerRef> signers) {
    if (impostor_ && !signers.empty()) signers.front() = *std::exchange(impostor_, std::nullopt);
    const Verdict verdict = book_.Apply(body, std::move(signers));
    Check();
    return verdict;
  }

  /// In the next act somebody else signs in the place of the first of its signers.
  void Impersonate(SignerRef impostor) { impostor_ = impostor; }

  /// Authorises and captures all of it; today.
  void Buy(const act::v1::PurchaseAuthorise& order);

  /// Rolls to that day, one by one, and works off everything on each.
  void PassTo(Day day);
  void PassDays(int days) { PassTo(book_.today().Plus(days)); }
  /// Rolls to the next day and leaves its work undone.
  void RollDay();
  /// Works off at most `limit` items, as a machine's chunk does; the number of those it did. Checks
  /// that none failed.
  std::size_t SweepChunk(std::size_t limit);
  /// All lines that sweeps have posted since the last PassTo began.
  const std::vector<JournalLine>& swept() const { return swept_; }

  Grant GrantNow(std::uint8_t number = 1) const { return book_.Get<Grant>({grant(number)}); }
  Purchase PurchaseNow(std::uint8_t number) const {
    return book_.Get<Purchase>({PurchaseId(number)});
  }
  Loan LoanNow(std::uint8_t number) const { return book_.Get<Loan>({PurchaseId(number)}); }
  Instalment InstalmentNow(std::uint8_t loan, std::uint16_t number) const {
    return book_.Get<Instalment>({.loan = PurchaseId(loan), .number = number});
  }

  void Check();

 private:
  SmallBook book_;
  std::vector<JournalLine> swept_;
  std::optional<SignerRef> impostor_;
};

}  // namespace aval::ledger::rules
