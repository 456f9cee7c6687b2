#include <optional>

#include "ledger/arithmetic/money.h"
#include "ledger/record/parties.h"
#include "ledger/record/refunds.h"
#include "ledger/rules/credit_balances.h"
#include "ledger/rules/deposits.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {

// What lies with the platform in a participant's name, and no open loan holds, goes to its account
// (domain.md 2.4 Refund: PAID_BACK). The bank pays the account and the platform owes the bank.
Verdict Apply(Context& context, const act::v1::PayBack& act) {
  const PartyId bank = ToParty(act.bank());
  const std::optional<PartyId> platform = SignerBeside(context, bank, Department::kOps);
  if (!platform || !IsPlatform(context, *platform) ||
      !context.SignedBy({{.party = *platform, .department = Department::kOps},
                         {.party = bank, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (!KeepsAccounts(context, bank)) return Verdict::kRole;
  const Id payment = ToId(act.payment());
  if (MovesDeposit(context, payment)) return Verdict::kDuplicate;
  const PartyId participant = ToParty(act.participant());
  const auto currency = Currency::Parse(act.amount().currency());
  if (!context.state().Has<Participant>({.participant = participant})) return Verdict::kUnknown;
  if (!currency) return Verdict::kCurrency;
  const Amount amount{act.amount().minor()};
  if (amount.minor < 1 || amount > arithmetic::kMaxAmount) return Verdict::kRange;
  const CreditBalance::Key key{
      .platform = *platform, .participant = participant, .currency = *currency};
  if (amount > MayBePaidBack(context, key)) return Verdict::kAmount;

  TakeFromBalance(context, key, amount);
  context.Debit(*platform, account::kBorrowerOverpayment, participant.id, *currency, amount);
  context.Credit(*platform, account::kDueTo, bank.id, *currency, amount);
  context.Debit(bank, account::kDueFrom, platform->id, *currency, amount);
  context.Credit(bank, account::kDepositControl, payment, *currency, amount);
  context.Owe(*platform, bank, *currency, amount);
  context.state().Put<Payment>({.payment = payment}, {.platform = *platform,
                                                      .participant = participant,
                                                      .bank = bank,
                                                      .currency = *currency,
                                                      .amount = amount,
                                                      .day = context.today(),
                                                      .reference = ToDigest(act.reference())});
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
