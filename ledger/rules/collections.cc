#include "ledger/rules/collections.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/money.h"
#include "ledger/arithmetic/waterfall.h"
#include "ledger/rules/bills.h"
#include "ledger/rules/charges.h"
#include "ledger/rules/components.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/lender_split.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/refusal.h"

namespace aval::ledger::rules {
namespace {

using arithmetic::Components;

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
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    if (IsPayable(debt.At(k))) numbers.push_back(k);
  }
  return numbers;
}

// The state of an instalment that money has come to. What is WRITTEN_OFF stays so.
void FollowPayment(Instalment& instalment) {
  const bool settled = UnpaidInAll(instalment).minor == 0;
  if (settled) {
    instalment.bucket = 0;
    instalment.next_day = Day{};
  }
  if (instalment.state == InstalmentState::kWrittenOff) return;
  if (settled) {
    instalment.state = InstalmentState::kPaid;
  } else if (instalment.state != InstalmentState::kOverdue) {
    instalment.state = InstalmentState::kPartPaid;
  }
}

// Books what one instalment gets, in it and in its bill when it is on one.
void BookPaid(Context& context, Debt& debt, std::uint16_t number, const Components& paid) {
  if (paid == Components{}) return;
  Instalment& instalment = debt.Change(number);
  const bool was_late = IsLate(instalment);
  instalment.principal.paid.minor += paid.principal.minor;
  for (const Charge& charge : kCharges) {
    (instalment.*charge.due).paid.minor += (paid.*charge.paid).minor;
  }
  FollowPayment(instalment);
  if (instalment.billed == Day{}) return;
  const bool settled = UnpaidInAll(instalment).minor == 0;
  UpdateBill(context, debt.loan(), instalment.due,
             {.paid = {paid.principal.minor + paid.fee.minor + paid.interest.minor},
              .open = settled ? -1 : 0,
              .overdue = settled && was_late ? -1 : 0});
}

// What each lender gets of a charge.
std::vector<Amount> PartsOf(Context& context, const Debt& debt, const Charge& charge, Amount paid) {
  const Loan& loan = debt.loan();
  std::vector<Amount> owed;
  for (const LenderPart& part : loan.lenders) {
    owed.push_back(part.GaveUp()
                       ? part.written_off.*charge.part
                       : context.Balance(part.lender, charge.receivable, debt.id(), loan.currency));
  }
  // Balances that could not be read hold nothing to split; the machine throws the act away.
  if (context.state().failure()) return std::vector<Amount>(loan.lenders.size());
  return SplitChargePaid(loan, paid, owed);
}

// What each lender gets of a payment.
std::vector<DebitPart> SplitPaid(Context& context, const Debt& debt, const Components& paid) {
  const Loan& loan = debt.loan();
  std::vector<DebitPart> parts;
  for (const LenderPart& lender : loan.lenders) {
    parts.push_back({.lender = lender.lender, .recovered = lender.GaveUp()});
  }
  const auto give = [&parts](Amount LenderAmounts::* to, const std::vector<Amount>& amounts) {
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].paid.*to = amounts[i];
  };
  for (const Charge& charge : kCharges) {
    const Amount amount = paid.*charge.paid;
    if (amount.minor > 0) give(charge.part, PartsOf(context, debt, charge, amount));
  }
  if (paid.principal.minor > 0) {
    give(&LenderAmounts::principal, SplitPrincipalPaid(loan, paid.principal));
  }
  return parts;
}

// A lender's receivables go down.
void CreditReceivables(Context& context, const Debt& debt, LenderPart& lender,
                       const LenderAmounts& paid) {
  const Currency currency = debt.loan().currency;
  for (const Charge& charge : kCharges) {
    context.Credit(lender.lender, charge.receivable, debt.id(), currency, paid.*charge.part);
  }
  context.Credit(lender.lender, account::kLoanPrincipal, debt.id(), currency, paid.principal);
  lender.outstanding.minor -= paid.principal.minor;
}

// It has none any more: what it gets is a recovery (domain.md 2.5 RECOVERY).
void CreditRecovery(Context& context, Debt& debt, LenderPart& lender, const LenderAmounts& paid) {
  for (const Charge& charge : kCharges) {
    (lender.written_off.*charge.part).minor -= (paid.*charge.part).minor;
  }
  lender.written_off.principal.minor -= paid.principal.minor;
  context.Credit(lender.lender, account::kRecoveryIncome, debt.id(), debt.loan().currency,
                 paid.InAll());
  PostWrittenOff(context, debt, {-paid.InAll().minor});
  debt.loan().recovered.minor += paid.InAll().minor;
}

// What the lenders are owed goes down, and what they get the payer owes them.
void PostToLenders(Context& context, Debt& debt, PartyId payer,
                   const std::vector<DebitPart>& parts) {
  Loan& loan = debt.loan();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const DebitPart& part = parts[i];
    if (part.recovered) {
      CreditRecovery(context, debt, loan.lenders[i], part.paid);
    } else {
      CreditReceivables(context, debt, loan.lenders[i], part.paid);
    }
    if (part.lender == payer) continue;
    const Amount sum = part.paid.InAll();
    context.Debit(part.lender, account::kDueFrom, payer.id, loan.currency, sum);
    context.Credit(payer, account::kDueTo, part.lender.id, loan.currency, sum);
    context.Owe(payer, part.lender, loan.currency, sum);
  }
}

void DebitReceivables(Context& context, const Debt& debt, LenderPart& lender,
                      const LenderAmounts& paid) {
  const Currency currency = debt.loan().currency;
  for (const Charge& charge : kCharges) {
    context.Debit(lender.lender, charge.receivable, debt.id(), currency, paid.*charge.part);
  }
  context.Debit(lender.lender, account::kLoanPrincipal, debt.id(), currency, paid.principal);
  lender.outstanding.minor += paid.principal.minor;
}

// What comes back to a lender that has given its part up: it was a recovery, or, paid before that,
// it is lost as the rest was.
void DebitWrittenOff(Context& context, Debt& debt, LenderPart& lender, const DebitPart& part) {
  for (const Charge& charge : kCharges) {
    (lender.written_off.*charge.part).minor += (part.paid.*charge.part).minor;
  }
  lender.written_off.principal.minor += part.paid.principal.minor;
  const Amount sum = part.paid.InAll();
  context.Debit(lender.lender, part.recovered ? account::kRecoveryIncome : account::kCreditLoss,
                debt.id(), debt.loan().currency, sum);
  PostWrittenOff(context, debt, sum);
  if (part.recovered) debt.loan().recovered.minor -= sum.minor;
}

// The mirror of PostToLenders.
void PostFromLenders(Context& context, Debt& debt, PartyId payer,
                     const std::vector<DebitPart>& parts) {
  Loan& loan = debt.loan();
  for (const DebitPart& part : parts) {
    const auto lender = std::ranges::find(loan.lenders, part.lender, &LenderPart::lender);
    AVAL_ASSERT(lender != loan.lenders.end());
    if (lender->GaveUp()) {
      DebitWrittenOff(context, debt, *lender, part);
    } else {
      DebitReceivables(context, debt, *lender, part.paid);
    }
    if (part.lender == payer) continue;
    const Amount sum = part.paid.InAll();
    context.Credit(part.lender, account::kDueFrom, payer.id, loan.currency, sum);
    context.Debit(payer, account::kDueTo, part.lender.id, loan.currency, sum);
    context.Owe(part.lender, payer, loan.currency, sum);
  }
}

// What is in the lenders' books.
Amount Outstanding(const Loan& loan) {
  Amount sum;
  for (const LenderPart& part : loan.lenders) sum.minor += part.outstanding.minor;
  return sum;
}

// Repaid principal may be drawn again (I4); what is negative has not been repaid after all.
void GiveBackLimit(Context& context, const Id& id, Amount principal) {
  if (principal.minor == 0) return;
  std::optional<Grant> grant = context.state().Get<Grant>({.grant = id});
  AVAL_ASSERT(grant || context.state().failure());
  if (!grant) return;
  grant->used.minor -= principal.minor;
  AVAL_ASSERT(grant->used >= grant->reserved);
  context.state().Put<Grant>({.grant = id}, *grant);
}

struct Collected {
  std::vector<DebitPart> parts;
  Amount unapplied;
};

// What all instalments together get, in the lenders' books and in the loan.
std::vector<DebitPart> Repay(Context& context, Debt& debt, PartyId payer, const Components& paid) {
  if (paid.principal.minor > 0) debt.CountPrincipalDays(context.today());
  const Amount before = Outstanding(debt.loan());
  std::vector<DebitPart> parts = SplitPaid(context, debt, paid);
  PostToLenders(context, debt, payer, parts);
  GiveBackLimit(context, debt.loan().grant, {before.minor - Outstanding(debt.loan()).minor});
  return parts;
}

// Applies money to these instalments, in this order.
Collected CollectFrom(Context& context, Debt& debt, std::span<const std::uint16_t> numbers,
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
  std::vector<DebitPart> parts = Repay(context, debt, payer, paid);
  debt.FollowInstalments();
  const bool settled = std::ranges::any_of(
      numbers, [&debt](std::uint16_t number) { return UnpaidInAll(debt.At(number)).minor == 0; });
  if (settled) CompleteAgreements(context, debt);
  return {.parts = std::move(parts), .unapplied = allocation.unapplied};
}

}  // namespace

Amount Collect(Context& context, Debt& debt, PartyId payer, Amount amount) {
  return CollectFrom(context, debt, Payable(debt), payer, amount).unapplied;
}

std::vector<DebitPart> CollectFor(Context& context, Debt& debt, std::uint16_t number, PartyId payer,
                                  Amount amount) {
  Collected collected = CollectFrom(context, debt, std::span(&number, 1), payer, amount);
  AVAL_ASSERT(collected.unapplied.minor == 0 || context.state().failure());
  return std::move(collected.parts);
}

void TakeBack(Context& context, Debt& debt, std::uint16_t number, std::uint16_t target,
              PartyId payer, const std::vector<DebitPart>& parts) {
  debt.CountPrincipalDays(context.today());
  Amount credit;
  Amount given_back;  // Of that, by a refund.
  for (const auto& [lender, recovered, paid] : parts) {
    credit.minor += paid.principal.minor + paid.fee.minor + paid.interest.minor;
    const auto move = [&](Component Instalment::* component, Amount amount) {
      Component& taken = debt.Change(number).*component;
      const Amount still_paid = std::min(amount, taken.paid);
      const Amount waived{amount.minor - still_paid.minor};
      taken.paid.minor -= still_paid.minor;
      taken.waived.minor -= waived.minor;
      if (component != &Instalment::penalty && component != &Instalment::cost) {
        given_back.minor += waived.minor;
      }
      if (target == number) return;
      taken.due.minor -= amount.minor;
      (debt.Change(target).*component).due.minor += amount.minor;
    };
    move(&Instalment::principal, paid.principal);
    for (const Charge& charge : kCharges) move(charge.due, paid.*charge.part);
  }
  UpdateBill(context, debt.loan(), debt.At(number).due,
             {.billed = {given_back.minor - (target == number ? 0 : credit.minor)},
              .paid = {given_back.minor - credit.minor}});
  if (target != number) UpdateBill(context, debt.loan(), debt.At(target).due, {.billed = credit});
  const Amount before = Outstanding(debt.loan());
  PostFromLenders(context, debt, payer, parts);
  GiveBackLimit(context, debt.loan().grant, {before.minor - Outstanding(debt.loan()).minor});
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
