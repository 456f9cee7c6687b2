#include <optional>

#include "ledger/record/credit.h"
#include "ledger/rules/payables.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {

// From delivery on the platform owes the supplier: at once, or, by what they have agreed, so many
// days later (domain.md 2.5 DELIVERY_CONFIRM; R19). A prepaid price falls due by its own steps.
Verdict Apply(Context& context, const act::v1::DeliveryConfirm& act) {
  const Id id = ToId(act.purchase());
  std::optional<PaidPurchase> paid = FindPurchase(context, id);
  if (!paid) return Verdict::kUnknown;
  Purchase& purchase = paid->purchase;
  if (!context.SignedBy({{.party = purchase.supplier, .department = Department::kOps},
                         {.party = paid->platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  // What was refunded before it was sent is not delivered any more.
  if (purchase.state != PurchaseState::kCaptured || !purchase.release_days.empty() ||
      purchase.payable.minor == 0) {
    return Verdict::kOrder;
  }
  const Policy policy = context.PolicyOn(context.today()).policy;
  if (act.payment_days() > policy.supplier.payment_max_days) return Verdict::kTenor;

  purchase.state = PurchaseState::kDelivered;
  if (act.payment_days() == 0) {
    FallDue(context, id, *paid, purchase.payable);
  } else {
    purchase.payable_due = context.today().Plus(act.payment_days());
    context.Schedule(purchase.payable_due, Queue::kPayable, id, 0);
  }
  context.state().Put<Purchase>({.purchase = id}, purchase);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
