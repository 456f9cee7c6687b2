#include <optional>

#include "ledger/arithmetic/money.h"
#include "ledger/record/loans.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/deposits.h"
#include "ledger/rules/early.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/refusal.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// What exceeds the bills lies with the servicer, in the borrower's name, until the next bill.
Verdict Hold(Context& context, Debt& debt, PartyId bank, Amount excess) {
  if (excess.minor == 0) return Verdict::kAccepted;
  Loan& loan = debt.loan();
  if (loan.held.minor == 0 && debt.IsOpen() && !MayHold(context, loan.grant)) {
    return Verdict::kRange;
  }
  const PartyId servicer = loan.platform;
  if (bank != servicer) {
    context.Credit(bank, account::kDueTo, servicer.id, loan.currency, excess);
    context.Debit(servicer, account::kDueFrom, bank.id, loan.currency, excess);
    context.Owe(bank, servicer, loan.currency, excess);
  }
  context.Credit(servicer, account::kBorrowerOverpayment, loan.borrower.id, loan.currency, excess);
  const auto held = arithmetic::Add(loan.held, excess);
  if (!held) return VerdictOf(held.error());
  loan.held = *held;
  return Verdict::kAccepted;
}

}  // namespace

// The borrower pays through a bank (domain.md 2.5 REPAY).
Verdict Apply(Context& context, const act::v1::Repay& act) {
  const std::optional<PartyId> bank = SoleSigner(context, Department::kOps);
  if (!bank || !KeepsAccounts(context, *bank)) return Verdict::kRole;
  const Id repayment = ToId(act.repayment());
  const Amount amount{act.amount().minor()};
  if (MovesDeposit(context, repayment)) return Verdict::kDuplicate;
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  const Currency currency = debt->loan().currency;
  if (act.amount().currency() != currency.Text()) return Verdict::kCurrency;
  if (amount.minor < 1 || amount > arithmetic::kMaxAmount) return Verdict::kRange;

  ChargePenalty(context, *debt);
  const bool early = !act.quote().empty();
  const Id quote = early ? ToId(act.quote()) : Id{};
  if (early) AVAL_REQUIRE(CheckQuote(context, *debt, quote, amount));
  context.Debit(*bank, account::kDepositControl, repayment, currency, amount);
  Amount excess;
  if (early) {
    RepayEarly(context, *debt, *bank, amount);
  } else {
    excess = Collect(context, *debt, *bank, amount);
    AVAL_REQUIRE(Hold(context, *debt, *bank, excess));
  }
  debt->Save(context);
  context.state().Put<Repayment>({.repayment = repayment}, {.loan = debt->id(),
                                                            .bank = *bank,
                                                            .currency = currency,
                                                            .amount = amount,
                                                            .overpaid = excess,
                                                            .day = context.today(),
                                                            .reference = ToDigest(act.reference()),
                                                            .quote = quote});
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
