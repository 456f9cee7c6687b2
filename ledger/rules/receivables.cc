#include <cstdint>
#include <optional>
#include <set>

#include "ledger/record/notices.h"
#include "ledger/record/parties.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/payables.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// One that may lend, and is not the platform: that would owe the price's other side to itself.
Verdict CheckFinancier(Context& context, PartyId financier, PartyId platform) {
  const auto institution = context.state().Get<Institution>({.institution = financier});
  if (!institution || !institution->lend || financier == platform) return Verdict::kRole;
  return MayOriginate(context, financier) ? Verdict::kAccepted : Verdict::kSuspended;
}

// domain.md 2.5 RECEIVABLE_ASSIGN.
void PostSale(Context& context, const Id& id, const PaidPurchase& paid, PartyId financier,
              Amount price) {
  const Purchase& purchase = paid.purchase;
  const Currency currency = purchase.currency;
  const PartyId supplier = purchase.supplier;
  const Amount face = purchase.payable;
  const Amount discount{face.minor - price.minor};
  context.Debit(supplier, account::kDueFrom, financier.id, currency, price);
  context.Debit(supplier, account::kServicingExpense, id, currency, discount);
  context.Credit(supplier, account::kPlatformReceivable, paid.platform.id, currency, face);
  context.Debit(financier, account::kReceivableFinanced, id, currency, face);
  context.Credit(financier, account::kDueTo, supplier.id, currency, price);
  context.Credit(financier, account::kInterestIncome, id, currency, discount);
  context.Owe(financier, supplier, currency, price);
  context.Debit(paid.platform, account::kMerchantPayable, supplier.id, currency, face);
  context.Credit(paid.platform, account::kMerchantPayable, financier.id, currency, face);
}

// Civil Code Art. 696: without notice an assignment has no effect on who stands for the debt.
void NotifyCoPayers(Context& context, const Id& purchase) {
  CatchUpLoan(context, purchase);
  std::set<PartyId> co_payers;
  for (const auto& [id, agreement] : LiveAgreementsOn(context, purchase)) {
    co_payers.insert(agreement.co_payer);
  }
  std::uint32_t number = 0;
  for (const PartyId& co_payer : co_payers) {
    context.state().Put<Notice>(
        {.party = co_payer, .leaf = context.at().leaf, .number = number++},
        {.kind = NoticeKind::kReceivableAssigned, .subject = purchase, .day = context.today()});
  }
}

}  // namespace

// The supplier sells what the platform will owe it, once, and never beyond the term that the law
// leaves for it (A34, R20). A refund later is the supplier's to make good: the financier has bought
// what the platform has promised.
Verdict Apply(Context& context, const act::v1::ReceivableAssign& act) {
  const Id id = ToId(act.purchase());
  const PartyId financier = ToParty(act.financier());
  std::optional<PaidPurchase> paid = FindPurchase(context, id);
  if (!paid) return Verdict::kUnknown;
  Purchase& purchase = paid->purchase;
  if (!context.SignedBy({{.party = purchase.supplier, .department = Department::kTreasury},
                         {.party = financier, .department = Department::kCredit},
                         {.party = paid->platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  AVAL_REQUIRE(CheckFinancier(context, financier, paid->platform));
  if (purchase.financier != PartyId::Memo()) return Verdict::kDoubleAssign;
  CatchUpPayable(context, id, *paid);
  // Payable, and not by the steps of an escrow: on a day to come.
  if (purchase.payable.minor == 0 || purchase.payable_due == Day{}) return Verdict::kOrder;
  const Policy policy = context.PolicyOn(context.today()).policy;
  if (purchase.payable_due > context.today().Plus(policy.supplier.assign_max_days)) {
    return Verdict::kTenor;
  }
  if (act.price() < 1 || act.price() > purchase.payable.minor) return Verdict::kAmount;

  PostSale(context, id, *paid, financier, {act.price()});
  CountCollected(context, id, purchase, purchase.payable, context.today());
  purchase.financier = financier;
  context.state().Put<Purchase>({.purchase = id}, purchase);
  NotifyCoPayers(context, id);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
