#include "ledger/rules/collections.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/money.h"
#include "ledger/arithmetic/split.h"
#include "ledger/arithmetic/waterfall.h"
#include "ledger/rules/bills.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/lender_split.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/refusal.h"

namespace aval::ledger::rules {
namespace {

using arithmetic::Components;

// Where a charge stands in an instalment, in an allocation and in the books.
struct Charge {
  Component Instalment::* due;
  Amount Components::* paid;
  std::uint16_t receivable;
};

constexpr std::array kCharges{
    Charge{&Instalment::cost, &Components::cost, account::kCostReceivable},
    Charge{&Instalment::penalty, &Components::penalty, account::kPenaltyReceivable},
    Charge{&Instalment::fee, &Components::fee, account::kFeeReceivable},
    Charge{&Instalment::interest, &Components::interest, account::kInterestReceivable}};

Components Unpaid(const Instalment& instalment) {
  Components unpaid{.principal = instalment.principal.Unpaid()};
  for (const Charge& charge : kCharges) unpaid.*charge.paid = (instalment.*charge.due).Unpaid();
  return unpaid;
}

// What money may go to: all that is unpaid, but for what is reserved.
Components Free(const Instalment& instalment, arithmetic::WaterfallOrder order) {
  const Components unpaid = Unpaid(instalment);
  const Amount free{UnpaidInAll(instalment).minor - instalment.reserved.minor};
  return arithmetic::Waterfall(free, std::span(&unpaid, 1), order)->paid.front();
}

Components Sum(const Components& a, const Components& b) {
  Components sum{.principal = {a.principal.minor + b.principal.minor}};
  for (const Charge& charge : kCharges) {
    (sum.*charge.paid).minor = (a.*charge.paid).minor + (b.*charge.paid).minor;
  }
  return sum;
}

// Numbers of the instalments that money goes to, oldest first.
std::vector<std::uint16_t> Payable(const Debt& debt) {
  std::vector<std::uint16_t> numbers;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    if (IsPayable(debt.At(k))) numbers.push_back(k);
  }
  return numbers;
}

// Books what one instalment gets, in it and in its bill.
void BookPaid(Context& context, Debt& debt, std::uint16_t number, const Components& paid) {
  if (paid == Components{}) return;
  Instalment& instalment = debt.Change(number);
  const bool was_overdue = instalment.state == InstalmentState::kOverdue;
  instalment.principal.paid.minor += paid.principal.minor;
  for (const Charge& charge : kCharges) {
    (instalment.*charge.due).paid.minor += (paid.*charge.paid).minor;
  }
  const bool settled = UnpaidInAll(instalment).minor == 0;
  if (settled) {
    instalment.state = InstalmentState::kPaid;
    instalment.bucket = 0;
    instalment.next_day = Day{};
  } else if (!was_overdue) {
    instalment.state = InstalmentState::kPartPaid;
  }
  UpdateBill(context, debt.loan(), instalment.due,
             {.paid = {paid.principal.minor + paid.fee.minor + paid.interest.minor},
              .open = settled ? -1 : 0,
              .overdue = settled && was_overdue ? -1 : 0});
}

// What each lender gets of a charge.
std::vector<Amount> PartsOf(Context& context, const Debt& debt, const Charge& charge, Amount paid) {
  const Loan& loan = debt.loan();
  std::vector<Amount> receivable;
  for (const LenderPart& part : loan.lenders) {
    receivable.push_back(context.Balance(part.lender, charge.receivable, debt.id(), loan.currency));
  }
  // Balances that could not be read hold nothing to split; the machine throws the act away.
  if (context.state().failure()) return std::vector<Amount>(loan.lenders.size());
  return SplitChargePaid(loan, paid, receivable);
}

std::vector<Amount> PartsOfPrincipal(const Loan& loan, Amount paid) {
  std::vector<Amount> outstanding;
  for (const LenderPart& part : loan.lenders) outstanding.push_back(part.outstanding);
  return *arithmetic::SplitRepayment(paid, outstanding);
}

struct LenderCredit {
  std::uint16_t account = 0;
  std::vector<Amount> parts;  // By lender.
};

// The lenders' receivables go down, and what they get the payer owes them.
void PostToLenders(Context& context, Debt& debt, PartyId payer, const Components& paid) {
  Loan& loan = debt.loan();
  std::vector<LenderCredit> credits;
  for (const Charge& charge : kCharges) {
    const Amount amount = paid.*charge.paid;
    if (amount.minor == 0) continue;
    credits.push_back({charge.receivable, PartsOf(context, debt, charge, amount)});
  }
  if (paid.principal.minor > 0) {
    credits.push_back({account::kLoanPrincipal, PartsOfPrincipal(loan, paid.principal)});
  }
  for (std::size_t i = 0; i < loan.lenders.size(); ++i) {
    LenderPart& lender = loan.lenders[i];
    Amount sum;
    for (const LenderCredit& credit : credits) {
      sum.minor += credit.parts[i].minor;
      context.Credit(lender.lender, credit.account, debt.id(), loan.currency, credit.parts[i]);
      if (credit.account == account::kLoanPrincipal) {
        lender.outstanding.minor -= credit.parts[i].minor;
      }
    }
    if (lender.lender == payer) continue;
    context.Debit(lender.lender, account::kDueFrom, payer.id, loan.currency, sum);
    context.Credit(payer, account::kDueTo, lender.lender.id, loan.currency, sum);
    context.Owe(payer, lender.lender, loan.currency, sum);
  }
}

// Repaid principal may be drawn again (I4).
void GiveBackLimit(Context& context, const Id& id, Amount principal) {
  if (principal.minor == 0) return;
  std::optional<Grant> grant = context.state().Get<Grant>({.grant = id});
  AVAL_ASSERT(grant || context.state().failure());
  if (!grant) return;
  grant->used.minor -= principal.minor;
  AVAL_ASSERT(grant->used >= grant->reserved);
  context.state().Put<Grant>({.grant = id}, *grant);
}

// What all instalments together get, in the books and in the loan.
void Repay(Context& context, Debt& debt, PartyId payer, const Components& paid) {
  if (paid.principal.minor > 0) debt.CountPrincipalDays(context.today());
  PostToLenders(context, debt, payer, paid);
  GiveBackLimit(context, debt.loan().grant, paid.principal);
}

// Applies money to these instalments, in this order.
Amount CollectFrom(Context& context, Debt& debt, std::span<const std::uint16_t> numbers,
                   PartyId payer, Amount amount) {
  const arithmetic::WaterfallOrder order{
      .principal_first =
          arithmetic::PrincipalFirst(debt.DaysPastDue(context.today()), debt.policy().switch_dpd)};
  std::vector<Components> free;
  for (const std::uint16_t number : numbers) free.push_back(Free(debt.At(number), order));
  const arithmetic::Allocation allocation = *arithmetic::Waterfall(amount, free, order);

  Components paid;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    BookPaid(context, debt, numbers[i], allocation.paid[i]);
    paid = Sum(paid, allocation.paid[i]);
  }
  Repay(context, debt, payer, paid);
  debt.FollowInstalments();
  const bool settled = std::ranges::any_of(numbers, [&debt](std::uint16_t number) {
    return debt.At(number).state == InstalmentState::kPaid;
  });
  if (settled) CompleteAgreements(context, debt);
  return allocation.unapplied;
}

}  // namespace

Amount Collect(Context& context, Debt& debt, PartyId payer, Amount amount) {
  return CollectFrom(context, debt, Payable(debt), payer, amount);
}

Amount CollectFor(Context& context, Debt& debt, std::uint16_t number, PartyId payer,
                  Amount amount) {
  return CollectFrom(context, debt, std::span(&number, 1), payer, amount);
}

Verdict HoldExcess(Context& context, Debt& debt, PartyId payer, Amount excess) {
  if (excess.minor == 0) return Verdict::kAccepted;
  Loan& loan = debt.loan();
  if (loan.held.minor == 0 && debt.IsOpen() && !MayHold(context, loan.grant)) {
    return Verdict::kRange;
  }
  const PartyId servicer = loan.platform;
  if (payer != servicer) {
    context.Credit(payer, account::kDueTo, servicer.id, loan.currency, excess);
    context.Debit(servicer, account::kDueFrom, payer.id, loan.currency, excess);
    context.Owe(payer, servicer, loan.currency, excess);
  }
  context.Credit(servicer, account::kBorrowerOverpayment, loan.borrower.id, loan.currency, excess);
  const auto held = arithmetic::Add(loan.held, excess);
  if (!held) return VerdictOf(held.error());
  loan.held = *held;
  return Verdict::kAccepted;
}

void RepayPrincipal(Context& context, Debt& debt, PartyId payer, Amount principal) {
  if (principal.minor > 0) Repay(context, debt, payer, {.principal = principal});
}

void ApplyHeld(Context& context, Debt& debt) {
  Loan& loan = debt.loan();
  if (loan.held.minor == 0) return;
  ChargePenalty(context, debt);
  const Amount left = Collect(context, debt, loan.platform, loan.held);
  context.Debit(loan.platform, account::kBorrowerOverpayment, loan.borrower.id, loan.currency,
                {loan.held.minor - left.minor});
  loan.held = left;
}

}  // namespace aval::ledger::rules
