#include "tests/ledger/rules/supply_desk.h"

#include <string>

#include "ledger/record/policy.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

std::string Text32(char c) { return std::string(32, c); }

}  // namespace

void SupplyDesk::Agree(Market& market) {
  market.book().ChangePolicy([](Policy& policy) {
    policy.scenarios = {1, 2};
    policy.bullet_max_days = 365;
    policy.supplier = {.payment_max_days = 60,
                       .assign_max_days = 183,
                       .prepaid_scenarios = {2},
                       .release_steps = 4};
    policy.recovery.dispute_days = 30;
  });
  Product bullet = market.book().Get<Product>({.product = 2, .version = 1});
  bullet.method = Method::kBullet;
  bullet.max_instalments = 1;
  market.book().Put<Product>({.product = 5, .version = 1}, bullet);
}

act::v1::PurchaseAuthorise SupplyDesk::PrepaidOrder(std::uint8_t number,
                                                    const std::vector<int>& later) const {
  auto order = market_.Order(number);
  order.set_scenario(2);
  order.add_release_days(ToWire(market_.book().today()));
  for (const int days : later) order.add_release_days(ToWire(market_.book().today().Plus(days)));
  return order;
}

act::v1::DeliveryConfirm SupplyDesk::Delivery(std::uint8_t purchase, std::uint32_t payment_days) {
  act::v1::DeliveryConfirm act;
  act.set_purchase(ToWire(Market::PurchaseId(purchase)));
  act.set_delivery(Text32('d'));
  act.set_payment_days(payment_days);
  return act;
}

Verdict SupplyDesk::Deliver(const act::v1::DeliveryConfirm& act) {
  return market_.Apply(act,
                       {By(market_.supplier(), Department::kOps), By(kPlatform, Department::kOps)});
}

act::v1::EscrowRelease SupplyDesk::Step(std::uint8_t purchase, std::uint32_t step) {
  act::v1::EscrowRelease act;
  act.set_purchase(ToWire(Market::PurchaseId(purchase)));
  act.set_step(step);
  act.set_proof(Text32('p'));
  return act;
}

Verdict SupplyDesk::Release(const act::v1::EscrowRelease& act) {
  return market_.Apply(act,
                       {By(market_.supplier(), Department::kOps), By(kPlatform, Department::kOps)});
}

act::v1::ReceivableAssign SupplyDesk::Sale(std::uint8_t purchase, std::int64_t price) {
  act::v1::ReceivableAssign act;
  act.set_purchase(ToWire(Market::PurchaseId(purchase)));
  act.set_financier(ToWire(kBankB));
  act.set_price(price);
  return act;
}

Verdict SupplyDesk::Assign(const act::v1::ReceivableAssign& act) {
  return market_.Apply(
      act, {By(market_.supplier(), Department::kTreasury),
            By(ToParty(act.financier()), Department::kCredit), By(kPlatform, Department::kOps)});
}

act::v1::Refund SupplyDesk::Return(std::uint8_t refund, std::uint8_t purchase,
                                   std::int64_t amount) {
  act::v1::Refund act;
  act.set_refund(ToWire(RefundId(refund)));
  act.set_purchase(ToWire(Market::PurchaseId(purchase)));
  act.set_amount(amount);
  act.set_reason(7);
  return act;
}

Verdict SupplyDesk::Refund(const act::v1::Refund& act) {
  return market_.Apply(act,
                       {By(market_.supplier(), Department::kOps), By(kPlatform, Department::kOps)});
}

act::v1::PayBack SupplyDesk::Payment(std::uint8_t payment, std::uint8_t number,
                                     std::int64_t amount) const {
  act::v1::PayBack act;
  act.set_payment(ToWire(PaymentId(payment)));
  act.set_participant(ToWire(market_.borrower(number)));
  act.set_bank(ToWire(kBankB));
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(amount);
  act.set_reference(Text32('r'));
  return act;
}

Verdict SupplyDesk::PayBack(const act::v1::PayBack& act) {
  return market_.Apply(act, {By(kPlatform, Department::kOps), By(kBankB, Department::kOps)});
}

act::v1::DisputeOpen SupplyDesk::Quarrel(std::uint8_t dispute, std::uint8_t loan,
                                         const std::vector<std::uint32_t>& numbers,
                                         int days) const {
  act::v1::DisputeOpen act;
  act.set_dispute(ToWire(DisputeId(dispute)));
  act.set_loan(ToWire(Market::PurchaseId(loan)));
  for (const std::uint32_t number : numbers) act.add_instalments(number);
  act.set_grounds(Text32('g'));
  act.set_last_day(ToWire(market_.book().today().Plus(days)));
  return act;
}

Verdict SupplyDesk::Open(const act::v1::DisputeOpen& act) {
  const auto loan = market_.book().Find<Loan>({ToId(act.loan())});
  return market_.Apply(act, {By(loan ? loan->borrower : market_.borrower(1))});
}

act::v1::DisputeResolve SupplyDesk::Decision(std::uint8_t dispute,
                                             act::v1::DisputeResolve::Outcome outcome) {
  act::v1::DisputeResolve act;
  act.set_dispute(ToWire(DisputeId(dispute)));
  act.set_outcome(outcome);
  act.set_decision(Text32('x'));
  return act;
}

Verdict SupplyDesk::Resolve(const act::v1::DisputeResolve& act) {
  return market_.Apply(act,
                       {By(market_.supplier(), Department::kOps), By(kPlatform, Department::kOps)});
}

CreditBalance SupplyDesk::BalanceOf(std::uint8_t number) const {
  return market_.book()
      .Find<CreditBalance>({.platform = kPlatform,
                            .participant = market_.borrower(number),
                            .currency = TestCurrency()})
      .value_or(CreditBalance{});
}

}  // namespace aval::ledger::rules
