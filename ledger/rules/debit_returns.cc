#include <cstdint>
#include <optional>

#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/recourse.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// What the borrower owes again: the instalment that was paid, or, when a new schedule or a refund
// has put an end to it, the oldest that is billed, which a payment would go to. Charges that have
// been earned are not put on one that is yet to be billed and would earn them again; without any,
// the cancelled one is opened again.
std::uint16_t OwedAgain(const Debt& debt, std::uint16_t number) {
  if (debt.At(number).state != InstalmentState::kCancelled) return number;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    if (IsPayable(debt.At(k))) return k;
  }
  return number;
}

// The co-payer has paid so much less; an agreement that has ended stays so, and commits nothing.
Verdict TakeFromCoPayer(Context& context, Debt& debt, const Debit& debit) {
  AVAL_REQUIRE(ShrinkClaim(context, debit.agreement, debit.amount));
  const Agreement::Key key{.agreement = debit.agreement};
  const Copaid::Key in_all{.loan = debit.loan, .number = debit.instalment, .co_payer = debit.payer};
  auto agreement = context.state().Get<Agreement>(key);
  auto copaid = context.state().Get<Copaid>(in_all);
  if (!agreement || !copaid) return Verdict::kUnknown;
  if (EndIfPast(context, debit.agreement, *agreement)) {
    agreement = context.state().Get<Agreement>(key);
    if (!agreement) return Verdict::kUnknown;
  }
  agreement->paid.minor -= debit.amount.minor;
  FindPart(*agreement, debit.instalment)->paid.minor -= debit.amount.minor;
  context.state().Put(key, *agreement);
  if (HasLiveState(*agreement)) {
    PostCopayPaid(context, debit.agreement, debit.currency, {-debit.amount.minor});
  }
  debt.Change(debit.instalment).copaid.minor -= debit.amount.minor;
  copaid->paid.minor -= debit.amount.minor;
  if (copaid->paid.minor == 0) {
    context.state().Delete<Copaid>(in_all);
  } else {
    context.state().Put(in_all, *copaid);
  }
  return Verdict::kAccepted;
}

}  // namespace

// domain.md 2.5 DEBIT_RETURN: the account's owner, or its bank, has taken the money back.
Verdict Apply(Context& context, const act::v1::DebitReturn& act) {
  const Debit::Key key{.debit = ToId(act.debit())};
  auto debit = context.state().Get<Debit>(key);
  std::optional<Debt> debt = debit ? Debt::Load(context, debit->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = debit->bank, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (debit->state != DebitState::kConfirmed) return Verdict::kState;
  CatchUp(context, *debt);
  // What is written off is in the lenders' hands, and no receivable that could be up again.
  if (debt->IsGivenUp()) return Verdict::kClosed;
  const std::uint32_t days = context.PolicyOn(context.today()).policy.copay.return_days;
  if (context.today() > debit->result_day.Plus(days)) return Verdict::kWindow;

  ChargePenalty(context, *debt);
  if (debit->agreement != Id{}) AVAL_REQUIRE(TakeFromCoPayer(context, *debt, *debit));
  const std::uint16_t target = OwedAgain(*debt, debit->instalment);
  context.Credit(debit->bank, account::kDepositControl, key.debit, debit->currency, debit->amount);
  TakeBack(context, *debt, debit->instalment, target, debit->bank, debit->parts);
  Reopen(context, *debt, target);
  debt->Save(context);
  debit->state = DebitState::kReturned;
  debit->reason = act.reason();
  debit->return_reference = ToDigest(act.reference());
  context.state().Put(key, *debit);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
