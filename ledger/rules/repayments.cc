#include <optional>

#include "ledger/arithmetic/money.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// The one signer: the OPS of an institution that keeps borrowers' accounts. A suspended one may
// still repay.
std::optional<PartyId> PayerBank(Context& context) {
  const auto signers = context.at().signers;
  if (signers.size() != 1 || signers.front().department != Department::kOps) return std::nullopt;
  const PartyId bank = signers.front().party;
  const auto institution = context.state().Get<Institution>({.institution = bank});
  const bool may = institution && institution->account_servicing &&
                   institution->state != InstitutionState::kExited;
  return may ? std::optional(bank) : std::nullopt;
}

// What exceeds the bills lies with the servicer, in the borrower's name, until the next bill.
void Hold(Context& context, Debt& debt, PartyId bank, Amount excess) {
  Loan& loan = debt.loan();
  const PartyId servicer = loan.platform;
  if (bank != servicer) {
    context.Credit(bank, account::kDueTo, servicer.id, loan.currency, excess);
    context.Debit(servicer, account::kDueFrom, bank.id, loan.currency, excess);
    context.Owe(bank, servicer, loan.currency, excess);
  }
  context.Credit(servicer, account::kBorrowerOverpayment, loan.borrower.id, loan.currency, excess);
  loan.held.minor += excess.minor;
}

}  // namespace

// The borrower pays through a bank (domain.md 2.5 REPAY).
Verdict Apply(Context& context, const act::v1::Repay& act) {
  const std::optional<PartyId> bank = PayerBank(context);
  if (!bank) return Verdict::kRole;
  const Id repayment = ToId(act.repayment());
  const Amount amount{act.amount().minor()};
  if (context.state().Has<Repayment>({.repayment = repayment})) return Verdict::kDuplicate;
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  const Currency currency = debt->loan().currency;
  if (act.amount().currency() != currency.Text()) return Verdict::kCurrency;
  if (amount.minor < 1 || amount > arithmetic::kMaxAmount) return Verdict::kRange;

  ChargePenalty(context, *debt);
  context.Debit(*bank, account::kDepositControl, repayment, currency, amount);
  const Amount excess = Collect(context, *debt, *bank, amount);
  Hold(context, *debt, *bank, excess);
  debt->Save(context);
  context.state().Put<Repayment>({.repayment = repayment},
                                 {.loan = debt->id(),
                                  .bank = *bank,
                                  .currency = currency,
                                  .amount = amount,
                                  .overpaid = excess,
                                  .day = context.today(),
                                  .reference = ToDigest(act.reference())});
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
