#include "ledger/rules/payables.h"

#include <cstdint>
#include <limits>

#include "base/assert.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/rules/rules.h"

namespace aval::ledger::rules {
namespace {

bool IsDue(const Purchase& purchase, Day today) {
  return purchase.payable.minor > 0 && purchase.payable_due != Day{} &&
         purchase.payable_due <= today;
}

}  // namespace

std::optional<PaidPurchase> FindPurchase(Context& context, const Id& id) {
  const auto purchase = context.state().Get<Purchase>({.purchase = id});
  if (!purchase) return std::nullopt;
  const auto grant = context.state().Get<Grant>({.grant = purchase->grant});
  AVAL_ASSERT(grant || context.state().failure());
  if (!grant) return std::nullopt;
  return PaidPurchase{.purchase = *purchase, .platform = grant->platform};
}

PartyId CreditorOf(const Purchase& purchase) {
  return purchase.financier == PartyId::Memo() ? purchase.supplier : purchase.financier;
}

void TakeOffPayable(Context& context, const Id& id, PaidPurchase& paid, Amount part) {
  Purchase& purchase = paid.purchase;
  AVAL_ASSERT(part <= purchase.payable);
  if (part.minor == 0) return;
  context.Debit(paid.platform, account::kMerchantPayable, CreditorOf(purchase).id,
                purchase.currency, part);
  purchase.payable.minor -= part.minor;
  if (purchase.payable.minor == 0 && purchase.payable_due != Day{}) {
    context.Unschedule(purchase.payable_due, Queue::kPayable, id, 0);
  }
}

void CountCollected(Context& context, const Id& id, const Purchase& purchase, Amount amount,
                    Day day) {
  const auto loan = context.state().Get<Loan>({.loan = id});
  AVAL_ASSERT(loan || context.state().failure());
  if (!loan) return;
  const SupplierSales::Key key{.supplier = purchase.supplier, .currency = purchase.currency};
  auto sales = context.state().Get<SupplierSales>(key).value_or(SupplierSales{});
  const auto amount_days = static_cast<std::uint64_t>(amount.minor) *
                           static_cast<std::uint64_t>(arithmetic::ActualDays(loan->opened, day));
  const bool full =
      sales.collected.minor > std::numeric_limits<std::int64_t>::max() - amount.minor ||
      sales.amount_days > std::numeric_limits<std::uint64_t>::max() - amount_days;
  if (full) {
    sales.collected.minor /= 2;
    sales.amount_days /= 2;
  }
  sales.collected.minor += amount.minor;
  sales.amount_days += amount_days;
  context.state().Put(key, sales);
}

// domain.md 2.5 DELIVERY_CONFIRM; of what was assigned, RECEIVABLE_ASSIGN.
void FallDue(Context& context, const Id& id, PaidPurchase& paid, Amount part) {
  const Purchase& purchase = paid.purchase;
  const PartyId creditor = CreditorOf(purchase);
  const bool sold = creditor != purchase.supplier;
  TakeOffPayable(context, id, paid, part);
  context.Credit(paid.platform, account::kDueTo, creditor.id, purchase.currency, part);
  context.Debit(creditor, account::kDueFrom, paid.platform.id, purchase.currency, part);
  context.Credit(creditor, sold ? account::kReceivableFinanced : account::kPlatformReceivable,
                 sold ? id : paid.platform.id, purchase.currency, part);
  context.Owe(paid.platform, creditor, purchase.currency, part);
  if (sold) return;
  // By the day that was agreed, however late its item is worked off.
  const bool by_date = purchase.payable_due != Day{};
  CountCollected(context, id, purchase, part, by_date ? purchase.payable_due : context.today());
}

void CatchUpPayable(Context& context, const Id& id, PaidPurchase& paid) {
  if (IsDue(paid.purchase, context.today())) FallDue(context, id, paid, paid.purchase.payable);
}

Verdict RunPayableItem(Context& context, const CalendarItem::Key& item) {
  auto paid = FindPurchase(context, item.subject);
  if (!paid) return Verdict::kUnknown;
  if (!IsDue(paid->purchase, context.today())) return Verdict::kState;
  CatchUpPayable(context, item.subject, *paid);
  context.state().Put<Purchase>({.purchase = item.subject}, paid->purchase);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
