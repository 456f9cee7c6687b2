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
/// loan is in HeldOf while it is open and holds money, and what it holds when it is paid off or
/// refunded is its borrower's CreditBalance.
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

  std::uint16_t count() const { return static_cast<std::uint16_t>(instalments_.size()); }
  /// `number` is 1 to count().
  const Instalment& At(std::uint16_t number) const;
  /// The same, to be written by Save.
  Instalment& Change(std::uint16_t number);

  /// Number of the oldest instalment that is not finished; count() + 1 when all are.
  std::uint16_t FirstUnpaid() const { return static_cast<std::uint16_t>(loan_.first_unpaid); }
  /// DPD (domain.md 2.4): of that instalment; 0 inside the grace days, and when all are PAID.
  std::int64_t DaysPastDue(Day today) const;
  /// Brings the loan's first_unpaid and state in line with its instalments' states.
  void FollowInstalments();

  /// A14 (a): the principal outstanding, summed over the days from the opening to before `day`,
  /// which is today or a day since it last changed.
  Int128 PrincipalDays(Day day) const;
  /// Before the principal changes today.
  void CountPrincipalDays(Day today);

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

/// BILLED, DUE, PART_PAID or OVERDUE: what a payment goes to.
bool IsPayable(const Instalment& instalment);

/// PAID or CANCELLED: nothing is left to come of it.
bool IsFinished(const Instalment& instalment);

/// Unpaid principal, fee and interest: what a bill asks for.
Amount UnpaidCredit(const Instalment& instalment);
/// The same with penalty and costs.
Amount UnpaidInAll(const Instalment& instalment);
/// All five, as charged, paid or not; without what is waived.
Amount ChargedInAll(const Instalment& instalment);

/// What of an instalment's `reserved` the money that its loan holds stands for, the oldest
/// instalment's first: the borrower has paid so much already, and it lies there for the debits to
/// fail (docs/adr/0012).
Amount Covered(const Debt& debt, std::uint16_t number);
/// Unpaid credit that is not covered: what penalty is charged on.
Amount UncoveredCredit(const Debt& debt, std::uint16_t number);
/// Whether something is covered, and with it all unpaid credit: it is not late then.
bool IsCovered(const Debt& debt, std::uint16_t number);

}  // namespace aval::ledger::rules
