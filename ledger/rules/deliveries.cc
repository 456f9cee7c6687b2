#include <optional>

#include "base/assert.h"
#include "ledger/record/credit.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {

// The supplier's claim on the platform falls due (domain.md 2.5 DELIVERY_CONFIRM).
Verdict Apply(Context& context, const act::v1::DeliveryConfirm& act) {
  const Purchase::Key key{.purchase = ToId(act.purchase())};
  std::optional<Purchase> purchase = context.state().Get<Purchase>(key);
  if (!purchase) return Verdict::kUnknown;
  const auto grant = context.state().Get<Grant>({.grant = purchase->grant});
  AVAL_ASSERT(grant || context.state().failure());
  if (!grant) return Verdict::kUnknown;
  const PartyId platform = grant->platform;
  const PartyId supplier = purchase->supplier;
  if (!context.SignedBy({{.party = supplier, .department = Department::kOps},
                         {.party = platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (purchase->state != PurchaseState::kCaptured) return Verdict::kOrder;

  const Currency currency = purchase->currency;
  const Amount amount = purchase->captured;
  context.Debit(platform, account::kMerchantPayable, supplier.id, currency, amount);
  context.Credit(platform, account::kDueTo, supplier.id, currency, amount);
  context.Debit(supplier, account::kDueFrom, platform.id, currency, amount);
  context.Credit(supplier, account::kPlatformReceivable, platform.id, currency, amount);
  context.Owe(platform, supplier, currency, amount);

  purchase->state = PurchaseState::kDelivered;
  context.state().Put(key, *purchase);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
