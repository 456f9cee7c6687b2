#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/checked.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// A loan at work: its record, its instalments and the policy that prices it, read together,
/// changed in memory and written back once, by Save. Whatever touches a debt goes through one.
///
/// Invariant, after Save: an instalment has one calendar item, for its next_day, or none (0); the
/// loan is in HeldOf while it is open and holds money, and what it holds when nothing is left
/// of it is its borrower's CreditBalance.
class Debt {
 public:
  /// Nothing when there is no such loan.
  static std::optional<Debt> Load(Context& context, const Id& id);
  /// A loan that Save will write for the first time. Instalments are numbered from 1 as they stand.
  Debt(const Id& id, Loan loan, Policy policy, std::vector<Instalment> instalments);

  const Id& id() const { return id_; }
  const Policy& policy() const { return policy_; }
  const Loan& loan() const { return loan_; }
  Loan& loan() { return loan_; }
  /// OPEN or OVERDUE: it can still be paid.
  bool IsOpen() const;
  /// That, or WRITTEN_OFF: something is left, and co-payers still stand for it.
  bool IsOwed() const;
  /// WRITTEN_OFF or RECOVERED: no lender has it in its books any more.
  bool IsGivenUp() const;

  std::uint16_t count() const { return static_cast<std::uint16_t>(instalments_.size()); }
  /// `number` is 1 to count().
  const Instalment& At(std::uint16_t number) const;
  /// The same, to be written by Save.
  Instalment& Change(std::uint16_t number);

  /// Number of the oldest instalment not finished; count() + 1 when all are.
  std::uint16_t FirstUnpaid() const { return static_cast<std::uint16_t>(loan_.first_unpaid); }
  /// DPD (domain.md 2.4): of that instalment; 0 inside the grace days, and when all are
  /// finished.
  std::int64_t DaysPastDue(Day today) const;
  /// Brings the loan's first_unpaid and state in line with its instalments' states.
  void FollowInstalments();
  /// The same when `number`, which was PAID or CANCELLED, is so no more.
  void FollowReopened(std::uint16_t number);

  /// Whether a debit under way has reserved something.
  bool AnyReserved() const;

  /// A14 (a): the principal owed, written off or not, summed over the days from the opening to
  /// before `day`, which is today or a day since it last changed.
  Int128 PrincipalDays(Day day) const;
  /// Before the principal changes today.
  void CountPrincipalDays(Day today);

  /// More instalments, after those there are.
  void Append(std::vector<Instalment> instalments);

  void Save(Context& context);

 private:
  std::size_t Position(std::uint16_t number) const;
  bool Holds() const { return IsOpen() && loan_.held.minor > 0; }
  void FreeHeld(Context& context);

  Id id_;
  Loan loan_;
  Policy policy_;
  std::vector<Instalment> instalments_;

  // As the state has it.
  Bytes stored_loan_;
  bool stored_holds_ = false;
  std::vector<Day> stored_next_days_;
  std::vector<bool> changed_;
};

/// Who speaks for the lenders: who lends most, of equal shares the lowest number.
PartyId LeadLender(const Loan& loan);

/// BILLED, DUE, PART_PAID or OVERDUE, or WRITTEN_OFF with something left: what a payment goes to.
bool IsPayable(const Instalment& instalment);
/// PAID, CANCELLED or WRITTEN_OFF: time and the loan's state ask of it no more.
bool IsFinished(const Instalment& instalment);
/// OVERDUE, or WRITTEN_OFF with something left: what makes its bill overdue.
bool IsLate(const Instalment& instalment);

/// PAID or CANCELLED: nothing is left to come of it.
bool IsFinished(const Instalment& instalment);

/// Unpaid principal, fee and interest: what a bill asks for.
Amount UnpaidCredit(const Instalment& instalment);
/// The same with penalty and costs.
Amount UnpaidInAll(const Instalment& instalment);
/// Fee and interest that will be charged when it is billed.
Amount UnbilledCharge(const Instalment& instalment);
/// Nobody will be charged them, neither the borrower nor a sponsor.
void WaiveUnbilled(Instalment& instalment);
/// All five, as paid.
Amount PaidInAll(const Instalment& instalment);
/// All five, as charged, paid or not; without what is waived.
Amount ChargedInAll(const Instalment& instalment);

/// What of an instalment's `reserved` the money that its loan holds stands for, the oldest
/// instalment's first: the borrower has paid so much already, and it lies there for the debits to
/// fail (docs/adr/0012).
Amount Covered(const Debt& debt, std::uint16_t number);
/// What of a charge penalty is charged on: all that is unpaid but what is carried, which is paid
/// first.
Amount UncarriedUnpaid(const Component& charge, Amount carried);
/// Of an instalment: its unpaid credit that is neither carried nor covered.
Amount UncoveredCredit(const Debt& debt, std::uint16_t number);
/// Whether something is covered, and with it all unpaid credit: it is not late then.
bool IsCovered(const Debt& debt, std::uint16_t number);

}  // namespace aval::ledger::rules
