#include "cli/acts/purchases.h"

#include "ledger/wire.h"

namespace aval::cli::acts {

using ledger::ToWire;

act::v1::Act AuthorisePurchase(const Order& order) {
  act::v1::Act act;
  act::v1::PurchaseAuthorise& body = *act.mutable_purchase_authorise();
  body.set_purchase(ToWire(order.purchase));
  body.set_grant(ToWire(order.grant));
  body.set_supplier(ToWire(order.supplier));
  body.set_order(ToWire(order.order));
  body.set_scenario(order.scenario);
  body.set_product(order.product);
  SetMoney(*body.mutable_amount(), order.amount);
  body.set_instalments(order.instalments);
  body.set_first_due_day(ToWire(order.first_due));
  body.set_expiry_day(ToWire(order.expiry));
  body.set_disclosure(ToWire(order.disclosure));
  for (const ledger::Day day : order.release_days) body.add_release_days(ToWire(day));
  return act;
}

act::v1::Act CapturePurchase(const ledger::Id& purchase, ledger::Amount amount,
                             const crypto::Digest& shipment) {
  act::v1::Act act;
  act::v1::PurchaseCapture& body = *act.mutable_purchase_capture();
  body.set_purchase(ToWire(purchase));
  body.set_amount(amount.minor);
  body.set_shipment(ToWire(shipment));
  return act;
}

act::v1::Act VoidPurchase(const ledger::Id& purchase, std::uint32_t reason) {
  act::v1::Act act;
  act.mutable_purchase_void()->set_purchase(ToWire(purchase));
  act.mutable_purchase_void()->set_reason(reason);
  return act;
}

act::v1::Act ConfirmDelivery(const ledger::Id& purchase, const crypto::Digest& delivery,
                             std::uint32_t payment_days) {
  act::v1::Act act;
  act::v1::DeliveryConfirm& body = *act.mutable_delivery_confirm();
  body.set_purchase(ToWire(purchase));
  body.set_delivery(ToWire(delivery));
  body.set_payment_days(payment_days);
  return act;
}

act::v1::Act ReleaseEscrow(const ledger::Id& purchase, std::uint32_t step,
                           const crypto::Digest& proof) {
  act::v1::Act act;
  act::v1::EscrowRelease& body = *act.mutable_escrow_release();
  body.set_purchase(ToWire(purchase));
  body.set_step(step);
  body.set_proof(ToWire(proof));
  return act;
}

act::v1::Act AssignReceivable(const ledger::Id& purchase, const ledger::PartyId& financier,
                              ledger::Amount price) {
  act::v1::Act act;
  act::v1::ReceivableAssign& body = *act.mutable_receivable_assign();
  body.set_purchase(ToWire(purchase));
  body.set_financier(ToWire(financier));
  body.set_price(price.minor);
  return act;
}

act::v1::Act RefundPurchase(const RefundOrder& refund) {
  act::v1::Act act;
  act::v1::Refund& body = *act.mutable_refund();
  body.set_refund(ToWire(refund.refund));
  body.set_purchase(ToWire(refund.purchase));
  body.set_amount(refund.amount.minor);
  body.set_reason(refund.reason);
  return act;
}

act::v1::Act PayBack(const PayBackOrder& payment) {
  act::v1::Act act;
  act::v1::PayBack& body = *act.mutable_pay_back();
  body.set_payment(ToWire(payment.payment));
  body.set_participant(ToWire(payment.participant));
  body.set_bank(ToWire(payment.bank));
  SetMoney(*body.mutable_amount(), payment.amount);
  body.set_reference(ToWire(payment.reference));
  return act;
}

act::v1::Act OpenDispute(const NewDispute& dispute) {
  act::v1::Act act;
  act::v1::DisputeOpen& body = *act.mutable_dispute_open();
  body.set_dispute(ToWire(dispute.dispute));
  body.set_loan(ToWire(dispute.loan));
  for (const std::uint32_t number : dispute.instalments) body.add_instalments(number);
  body.set_grounds(ToWire(dispute.grounds));
  body.set_last_day(ToWire(dispute.last_day));
  return act;
}

act::v1::Act ResolveDispute(const ledger::Id& dispute, act::v1::DisputeResolve::Outcome outcome,
                            const crypto::Digest& decision) {
  act::v1::Act act;
  act::v1::DisputeResolve& body = *act.mutable_dispute_resolve();
  body.set_dispute(ToWire(dispute));
  body.set_outcome(outcome);
  body.set_decision(ToWire(decision));
  return act;
}

}  // namespace aval::cli::acts
