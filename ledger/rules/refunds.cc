#include <algorithm>
#include <optional>

#include "ledger/record/loans.h"
#include "ledger/record/refunds.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/payables.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/recourse.h"
#include "ledger/rules/reductions.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// The supplier gives the sale back: first what the platform does not owe it yet, the rest it owes
// the platform. A claim that it has sold is its financier's whole: it owes all. Returns the first.
Amount TakeFromSupplier(Context& context, const Id& id, PaidPurchase& paid, Amount amount) {
  const Purchase& purchase = paid.purchase;
  const PartyId supplier = purchase.supplier;
  const PartyId platform = paid.platform;
  const Currency currency = purchase.currency;
  const bool sold = CreditorOf(purchase) != supplier;
  const Amount undue = sold ? Amount{} : std::min(amount, purchase.payable);
  const Amount owed{amount.minor - undue.minor};
  TakeOffPayable(context, id, paid, undue);
  context.Debit(supplier, account::kExternalControl, Id{}, currency, amount);
  context.Credit(supplier, account::kPlatformReceivable, platform.id, currency, undue);
  context.Credit(supplier, account::kDueTo, platform.id, currency, owed);
  context.Debit(platform, account::kDueFrom, supplier.id, currency, owed);
  context.Owe(supplier, platform, currency, owed);
  return undue;
}

// Lowers the debt by what the platform has got, and returns what is left of that: the borrower has
// paid it already. When all is refunded the charges go, too, as far as no debit has reserved them.
Amount LowerDebt(Context& context, Debt& debt, Refund& refund) {
  Loan& loan = debt.loan();
  loan.refunded.minor += refund.amount.minor;
  loan.pricing.principal.minor -= std::min(loan.pricing.principal, refund.amount).minor;
  const bool in_full = loan.refunded == loan.principal;
  if (in_full) ReverseCharges(context, debt);
  refund.principal = TakeOffPrincipal(context, debt, refund.amount);
  RepayPrincipal(context, debt, loan.platform, refund.principal);
  RepriceUnbilled(context, debt);
  if (in_full) refund.charges = GiveBackCharges(context, debt);
  EndEmptied(context, debt);
  debt.FollowInstalments();
  return {refund.amount.minor - refund.principal.minor + refund.charges.minor};
}

// What was paid too much stays with the loan while a bill may still take it. Then those who paid
// for the borrower come first (R15), and the rest is its own.
Verdict ReturnExcess(Context& context, Debt& debt, Amount excess, Refund& refund) {
  AVAL_REQUIRE(HoldExcess(context, debt, debt.loan().platform, excess));
  if (debt.IsOpen()) ApplyHeld(context, debt);
  if (debt.IsOpen()) return Verdict::kAccepted;
  refund.claims = PayClaims(context, debt, std::min(excess, debt.loan().held));
  debt.loan().held.minor -= refund.claims.minor;
  return Verdict::kAccepted;
}

}  // namespace

// domain.md 2.5 REFUND.
Verdict Apply(Context& context, const act::v1::Refund& act) {
  const Id id = ToId(act.refund());
  const Id purchase_id = ToId(act.purchase());
  std::optional<PaidPurchase> paid = FindPurchase(context, purchase_id);
  if (!paid) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = paid->purchase.supplier, .department = Department::kOps},
                         {.party = paid->platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (context.state().Has<Refund>({.refund = id})) return Verdict::kDuplicate;
  if (paid->purchase.state != PurchaseState::kCaptured &&
      paid->purchase.state != PurchaseState::kDelivered) {
    return Verdict::kOrder;
  }
  std::optional<Debt> debt = Debt::Load(context, purchase_id);
  if (!debt) return Verdict::kUnknown;
  CatchUpPayable(context, purchase_id, *paid);
  CatchUp(context, *debt);
  // What a lender has given up is no claim in its books: the supplier's money is a recovery then.
  if (std::ranges::any_of(debt->loan().lenders, &LenderPart::GaveUp)) return Verdict::kClosed;
  const std::int64_t refundable = debt->loan().principal.minor - debt->loan().refunded.minor;
  if (act.amount() < 1 || act.amount() > refundable) return Verdict::kRefundRange;

  ChargePenalty(context, *debt);
  Refund refund;
  refund.purchase = purchase_id;
  refund.amount = {act.amount()};
  refund.reason = act.reason();
  refund.day = context.today();
  refund.undue = TakeFromSupplier(context, purchase_id, *paid, refund.amount);
  const Amount excess = LowerDebt(context, *debt, refund);
  AVAL_REQUIRE(ReturnExcess(context, *debt, excess, refund));
  CompleteAgreements(context, *debt);
  debt->Save(context);
  context.state().Put<Purchase>({.purchase = purchase_id}, paid->purchase);
  context.state().Put<Refund>({.refund = id}, refund);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
