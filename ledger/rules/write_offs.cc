#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/assert.h"
#include "ledger/arithmetic/money.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/bills.h"
#include "ledger/rules/charges.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/components.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/deposits.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

// A write-off is each lender's own judgement of its own share, and takes nothing off the debt: the
// borrower owes what it owed, co-payers stand for it as before, and whatever is paid is a recovery
// of the lender that has given up. The allowance for losses (2500) is the lender's own book,
// outside of this one: the whole loss is expense here.
namespace aval::ledger::rules {
namespace {

LenderPart* FindLender(Loan& loan, PartyId lender) {
  const auto part = std::ranges::find(loan.lenders, lender, &LenderPart::lender);
  return part == loan.lenders.end() ? nullptr : &*part;
}

// Late enough by the policy in force, or somebody has proved that it will not be paid.
bool IsEligible(Context& context, const Debt& debt, const act::v1::WriteOff& act) {
  if (!act.proof().empty()) return true;
  const std::int64_t dpd = debt.DaysPastDue(context.today());
  return dpd > 0 && dpd >= context.PolicyOn(context.today()).policy.recovery.write_off_dpd;
}

// domain.md 2.5 WRITE_OFF: the lender's receivables become its loss, and a memo.
void GiveUp(Context& context, Debt& debt, LenderPart& part) {
  const Currency currency = debt.loan().currency;
  LenderAmounts& lost = part.written_off;
  for (const Charge& charge : kCharges) {
    const Amount owed = context.Balance(part.lender, charge.receivable, debt.id(), currency);
    context.Credit(part.lender, charge.receivable, debt.id(), currency, owed);
    lost.*charge.part = owed;
  }
  context.Credit(part.lender, account::kLoanPrincipal, debt.id(), currency, part.outstanding);
  lost.principal = part.outstanding;
  part.outstanding = {};
  part.gave_up = context.today();
  context.Debit(part.lender, account::kCreditLoss, debt.id(), currency, lost.InAll());
  PostWrittenOff(context, debt, lost.InAll());
}

// What is given up is outstanding no more (I4), and is no room for more credit: the grant ends.
void TakeFromGrant(Context& context, const Id& id, Amount principal) {
  auto grant = context.state().Get<Grant>({.grant = id});
  AVAL_ASSERT(grant || context.state().failure());
  if (!grant) return;
  grant->used.minor -= principal.minor;
  context.state().Put<Grant>({.grant = id}, *grant);
  CloseGrant(context, id);
}

// No lender has a claim in its books: no more bills, charges or days. What the loan holds for bills
// that will not come is paid.
void WriteOffLoan(Context& context, Debt& debt) {
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    if (IsFinished(debt.At(k))) continue;
    Instalment& instalment = debt.Change(k);
    if (instalment.billed != Day{} && !IsLate(instalment)) {
      UpdateBill(context, debt.loan(), instalment.due, {.overdue = 1});
    }
    WaiveUnbilled(instalment);
    instalment.state = InstalmentState::kWrittenOff;
    instalment.next_day = Day{};
  }
  debt.FollowInstalments();
  ApplyHeld(context, debt);
}

// What of the debt is left, and what of it no debit has reserved.
struct Left {
  Amount in_all;
  Amount free;
};

Left LeftOf(const Debt& debt) {
  Left left;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (!IsPayable(instalment)) continue;
    const Amount unpaid = UnpaidInAll(instalment);
    left.in_all.minor += unpaid.minor;
    left.free.minor += unpaid.minor - instalment.reserved.minor;
  }
  return left;
}

}  // namespace

Verdict Apply(Context& context, const act::v1::WriteOff& act) {
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  const std::optional<PartyId> lender = SoleSigner(context, Department::kCredit);
  LenderPart* part = lender ? FindLender(debt->loan(), *lender) : nullptr;
  if (part == nullptr) return Verdict::kRole;
  CatchUp(context, *debt);
  if (part->GaveUp()) return Verdict::kState;
  if (!debt->IsOpen()) return Verdict::kClosed;
  if (debt->AnyReserved()) return Verdict::kReserved;
  if (!IsEligible(context, *debt, act)) return Verdict::kNotEligible;

  ChargePenalty(context, *debt);
  const Amount principal = part->outstanding;
  GiveUp(context, *debt, *part);
  debt->loan().defaulted = true;
  TakeFromGrant(context, debt->loan().grant, principal);
  if (std::ranges::all_of(debt->loan().lenders, &LenderPart::GaveUp)) {
    WriteOffLoan(context, *debt);
  }
  debt->Save(context);
  return Verdict::kAccepted;
}

// domain.md 2.5 RECOVERY, by the waterfall of A11, each component over the lenders by what they
// have written off of it (A9).
Verdict Apply(Context& context, const act::v1::Recover& act) {
  const std::optional<PartyId> bank = SoleSigner(context, Department::kOps);
  if (!bank || !KeepsAccounts(context, *bank)) return Verdict::kRole;
  const Id recovery = ToId(act.recovery());
  const Amount amount{act.amount().minor()};
  if (MovesDeposit(context, recovery)) return Verdict::kDuplicate;
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  CatchUp(context, *debt);
  if (debt->loan().state != LoanState::kWrittenOff) return Verdict::kState;
  const Currency currency = debt->loan().currency;
  if (act.amount().currency() != currency.Text()) return Verdict::kCurrency;
  if (amount.minor < 1 || amount > arithmetic::kMaxAmount) return Verdict::kRange;
  const Left left = LeftOf(*debt);
  if (amount > left.in_all) return Verdict::kAmount;
  if (amount > left.free) return Verdict::kReserved;

  context.Debit(*bank, account::kDepositControl, recovery, currency, amount);
  const Amount unapplied = Collect(context, *debt, *bank, amount);
  AVAL_ASSERT(unapplied.minor == 0 || context.state().failure());
  debt->Save(context);
  context.state().Put<Recovery>({.recovery = recovery}, {.loan = debt->id(),
                                                         .bank = *bank,
                                                         .currency = currency,
                                                         .amount = amount,
                                                         .day = context.today(),
                                                         .reference = ToDigest(act.reference())});
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
