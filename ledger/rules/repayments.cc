#include <optional>

#include "ledger/arithmetic/money.h"
#include "ledger/record/loans.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/deposits.h"
#include "ledger/rules/early.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
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
    AVAL_REQUIRE(HoldExcess(context, *debt, *bank, excess));
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
