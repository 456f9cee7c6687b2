#include <cstdint>
#include <optional>

#include "ledger/record/credit.h"
#include "ledger/rules/payables.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// The borrower says that this much was performed, or the platform, which has the proof.
bool MayRelease(const Context& context, const PaidPurchase& paid) {
  const SignerRef supplier{.party = paid.purchase.supplier, .department = Department::kOps};
  return context.SignedBy({supplier, {.party = paid.purchase.borrower}}) ||
         context.SignedBy({supplier, {.party = paid.platform, .department = Department::kOps}});
}

}  // namespace

// Who pays in advance is exposed to the supplier: its price lies in escrow and leaves it step by
// step (B23). What is left is split anew at each step, so that a refund in between takes its part
// from all that follow, and the last step takes all.
Verdict Apply(Context& context, const act::v1::EscrowRelease& act) {
  const Id id = ToId(act.purchase());
  std::optional<PaidPurchase> paid = FindPurchase(context, id);
  if (!paid) return Verdict::kUnknown;
  Purchase& purchase = paid->purchase;
  if (!MayRelease(context, *paid)) return Verdict::kRole;
  const auto steps = static_cast<std::uint32_t>(purchase.release_days.size());
  const bool next = purchase.state == PurchaseState::kCaptured && purchase.released < steps &&
                    act.step() == purchase.released + 1;
  if (!next || purchase.payable.minor == 0 ||
      purchase.release_days[purchase.released] > context.today()) {
    return Verdict::kOrder;
  }

  FallDue(context, id, *paid, {purchase.payable.minor / (steps - purchase.released)});
  ++purchase.released;
  if (purchase.released == steps) purchase.state = PurchaseState::kDelivered;
  context.state().Put<Purchase>({.purchase = id}, purchase);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
