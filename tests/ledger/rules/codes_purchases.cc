// Purchases, what suppliers are owed for them, and what goes back.

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "ledger/record/attestations.h"
#include "ledger/record/credit.h"
#include "ledger/record/disputes.h"
#include "ledger/record/policy.h"
#include "ledger/rules/context.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {
namespace {

using enum Verdict;

constexpr Id kGrant = TestId('G', 1);
constexpr Id kPurchase = TestId('P', 1);
constexpr PartyId kSupplier{TestId('S', 1)};

act::v1::PurchaseAuthorise& Order(Attempt& a) { return *a.act.mutable_purchase_authorise(); }

Spoil ChangedPurchase(std::function<void(Purchase&)> change) {
  return Changed<Purchase>({.purchase = kPurchase}, std::move(change));
}

Spoil WithProduct(std::function<void(Product&)> change) {
  return Changed<Product>({.product = 1, .version = 1}, std::move(change));
}

Spoil CapacityRevoked() {
  return Changed<Attestation>({.attestation = TestId('C', 1)},
                              [](Attestation& said) { said.state = AttestationState::kRevoked; });
}

void CloseGrant(Attempt& a) {
  act::v1::GrantClose act;
  act.set_grant(ToWire(kGrant));
  act.set_reason(1);
  Must(a.market.Apply(act, {By(kBorrower)}));
}

std::vector<Reason> GrantReasons() {
  return {
      {"an unknown grant", [](Attempt& a) { Order(a).set_grant(Nowhere()); }, kUnknown},
      {"without the borrower", SignedBy({kPlatformOps}), kRole},
      {"the id exists",
       [](Attempt& a) {
         Must(a.market.Authorise(a.market.Order(9)));
         Order(a).set_purchase(ToWire(Market::PurchaseId(9)));
       },
       kDuplicate, true},
      {"an unknown supplier", [](Attempt& a) { Order(a).set_supplier(Nowhere()); }, kUnknown},
      {"a supplier on hold", PartyHeld(kSupplier), kFrozen},
      {"a grant that is closed", CloseGrant, kState},
      {"a grant on hold", WithHold(act::v1::GRANT, kGrant), kFrozen, true},
      {"a suspended lender", PartyHeld(kBankA), kSuspended},
      {"a frozen borrower", PartyHeld(kBorrower), kFrozen},
      {"a borrower whom nobody identifies", Unidentified(kBorrower), kKyc},
      {"evidence that was revoked", CapacityRevoked(), kAttestMissing},
  };
}

std::vector<Reason> TermsReasons() {
  return {
      {"another currency", [](Attempt& a) { Order(a).mutable_amount()->set_currency("EUR"); },
       kCurrency},
      {"nothing", [](Attempt& a) { Order(a).mutable_amount()->set_minor(0); }, kRange},
      {"more than a purchase may cost",
       WithPolicy([](Policy& policy) { policy.max_purchase = {99'999}; }), kAmount},
      {"an unknown scenario", [](Attempt& a) { Order(a).set_scenario(3); }, kScenario},
      {"it ended yesterday",
       [](Attempt& a) { Order(a).set_expiry_day(ToWire(a.today().Plus(-1))); }, kRange},
      {"due today", [](Attempt& a) { Order(a).set_first_due_day(ToWire(a.today())); }, kDueDay},
      {"steps of what is not prepaid",
       [](Attempt& a) { Order(a).add_release_days(ToWire(a.today())); }, kScenario},
      {"an unknown product", [](Attempt& a) { Order(a).set_product(99); }, kProduct},
      {"a product in another currency",
       WithProduct([](Product& product) { product.currency = *Currency::Parse("EUR"); }),
       kCurrency},
      {"a product for firms",
       WithProduct([](Product& product) { product.borrowers = Borrowers::kSmes; }), kProduct},
      {"due too late", WithPolicy([](Policy& policy) { policy.first_due_max_days = 30; }), kDueDay},
      {"no instalments", [](Attempt& a) { Order(a).set_instalments(0); }, kProduct},
      {"instalments that are too small",
       WithPolicy([](Policy& policy) { policy.min_instalment = {33'334}; }), kMinInstalment},
      {"too dear", WithPolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 10'000; }), kCostCap},
      {"more than the grant has left",
       [](Attempt& a) {
         auto all = a.market.Order(8);
         all.mutable_amount()->set_minor(900'001);
         Must(a.market.Authorise(all));
       },
       kLimit, true},
  };
}

ActCase PurchaseAuthorise() {
  std::vector<Reason> reasons = GrantReasons();
  for (Reason& reason : TermsReasons()) reasons.push_back(std::move(reason));
  return {.name = "PurchaseAuthorise",
          .prepare = [](Attempt& a) { a.Say(a.market.Order(1), {By(kBorrower), kPlatformOps}); },
          .reasons = std::move(reasons),
          .makes = {"purchase"},
          .fields = {{"grant", {kUnknown}},
                     {"supplier", {kUnknown}},
                     {"amount.minor", {kRange}},
                     {"amount.currency", {kCurrency}},
                     {"first_due_day", {kDueDay}},
                     {"expiry_day", {kRange}},
                     {"instalments", {kProduct}},
                     {"product", {kProduct}},
                     {"scenario", {kScenario}}}};
}

ActCase EscrowedAuthorise() {
  return {
      .name = "PurchaseAuthorise, prepaid",
      .prepare =
          [](Attempt& a) { a.Say(a.supply.PrepaidOrder(1, {10}), {By(kBorrower), kPlatformOps}); },
      .reasons = {{"no steps", [](Attempt& a) { Order(a).clear_release_days(); }, kScenario},
                  {"a step of yesterday",
                   [](Attempt& a) { Order(a).set_release_days(0, ToWire(a.today().Plus(-1))); },
                   kRange, false, true},
                  {"too many steps",
                   WithPolicy([](Policy& policy) { policy.supplier.release_steps = 1; }), kRange}},
      .makes = {"purchase"},
      .fields = {{"grant", {kUnknown}},
                 {"supplier", {kUnknown}},
                 {"amount.minor", {kRange}},
                 {"amount.currency", {kCurrency}},
                 {"first_due_day", {kDueDay}},
                 {"expiry_day", {kRange}}}};
}

Spoil Voided() {
  return [](Attempt& a) { Must(a.market.Void(1)); };
}

ActCase PurchaseCapture() {
  return {
      .name = "PurchaseCapture",
      .prepare =
          [](Attempt& a) {
            Must(a.market.Authorise(a.market.Order(1)));
            act::v1::PurchaseCapture act;
            act.set_purchase(ToWire(kPurchase));
            act.set_amount(100'000);
            act.set_shipment(Text32('s'));
            a.Say(act, {kPlatformOps});
          },
      .reasons =
          {{"an unknown purchase",
            [](Attempt& a) { a.act.mutable_purchase_capture()->set_purchase(Nowhere()); },
            kUnknown},
           {"another platform's", SignedBy({By(kBankA, Department::kOps)}), kRole},
           {"it was voided", Voided(), kAuthState},
           {"a suspended lender", PartyHeld(kBankA), kSuspended},
           {"a supplier on hold", PartyHeld(kSupplier), kFrozen},
           {"more than was authorised",
            [](Attempt& a) { a.act.mutable_purchase_capture()->set_amount(100'001); }, kAmount},
           {"the bank's partners have too little",
            WithPolicy([](Policy& policy) { policy.partner_floor_ppm = 400'000; }), kPartnerFloor},
           {"joint lending is capped",
            WithPolicy([](Policy& policy) { policy.joint_lending_ppm = 1; }), kConcentration},
           {"the bank's list has not the platform",
            WithPolicy([](Policy& policy) { policy.lender_pairs = {(2ULL << 32U) | 3U}; }),
            kLenderPair},
           {"due today",
            ChangedPurchase([](Purchase& purchase) { purchase.first_due = kFirstDay; }), kDueDay},
           {"instalments that are too small",
            [](Attempt& a) { a.act.mutable_purchase_capture()->set_amount(299); }, kMinInstalment},
           {"too dear", WithPolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 10'000; }),
            kCostCap},
           {"an account that is full", AccountFull(kBankA, account::kDueTo, kPlatform.id),
            kOverflow}},
      .fields = {{"purchase", {kUnknown}}, {"amount", {kAmount}}}};
}

ActCase PurchaseVoid() {
  return {.name = "PurchaseVoid",
          .prepare =
              [](Attempt& a) {
                Must(a.market.Authorise(a.market.Order(1)));
                act::v1::PurchaseVoid act;
                act.set_purchase(ToWire(kPurchase));
                a.Say(act, {kPlatformOps});
              },
          .reasons = {{"an unknown purchase",
                       [](Attempt& a) { a.act.mutable_purchase_void()->set_purchase(Nowhere()); },
                       kUnknown},
                      {"another platform's", SignedBy({By(kBankA, Department::kOps)}), kRole},
                      {"it was voided", Voided(), kAuthState}},
          .fields = {{"purchase", {kUnknown}}}};
}

Spoil Delivered(std::uint32_t payment_days) {
  return
      [payment_days](Attempt& a) { Must(a.supply.Deliver(SupplyDesk::Delivery(1, payment_days))); };
}

ActCase DeliveryConfirm() {
  return {
      .name = "DeliveryConfirm",
      .prepare =
          [](Attempt& a) {
            a.market.Buy(a.market.Order(1));
            a.Say(SupplyDesk::Delivery(1, 30), {kSupplierOps, kPlatformOps});
          },
      .reasons = {{"an unknown purchase",
                   [](Attempt& a) { a.act.mutable_delivery_confirm()->set_purchase(Nowhere()); },
                   kUnknown},
                  {"without the supplier", SignedBy({kPlatformOps}), kRole},
                  {"it was delivered", Delivered(0), kOrder},
                  {"paid later than the law leaves",
                   [](Attempt& a) { a.act.mutable_delivery_confirm()->set_payment_days(61); },
                   kTenor}},
      .fields = {{"purchase", {kUnknown}}}};
}

ActCase EscrowRelease() {
  return {.name = "EscrowRelease",
          .prepare =
              [](Attempt& a) {
                a.market.Buy(a.supply.PrepaidOrder(1, {10}));
                a.Say(SupplyDesk::Step(1, 1), {kSupplierOps, kPlatformOps});
              },
          .reasons = {{"an unknown purchase",
                       [](Attempt& a) { a.act.mutable_escrow_release()->set_purchase(Nowhere()); },
                       kUnknown},
                      {"without the supplier", SignedBy({kPlatformOps}), kRole},
                      {"not the next step",
                       [](Attempt& a) { a.act.mutable_escrow_release()->set_step(2); }, kOrder}},
          .fields = {{"purchase", {kUnknown}}, {"step", {kOrder}}}};
}

std::vector<SignerRef> Sellers(PartyId financier) {
  return {By(kSupplier, Department::kTreasury), By(financier, Department::kCredit), kPlatformOps};
}

ActCase ReceivableAssign() {
  return {
      .name = "ReceivableAssign",
      .prepare =
          [](Attempt& a) {
            a.market.Buy(a.market.Order(1));
            Delivered(30)(a);
            a.Say(SupplyDesk::Sale(1, 99'000), Sellers(kBankB));
          },
      .reasons =
          {{"an unknown purchase",
            [](Attempt& a) { a.act.mutable_receivable_assign()->set_purchase(Nowhere()); },
            kUnknown},
           {"without the platform", [](Attempt& a) { std::erase(a.signers, kPlatformOps); }, kRole},
           {"a financier that may not lend",
            [](Attempt& a) {
              a.act.mutable_receivable_assign()->set_financier(ToWire(kAttester));
              a.signers = Sellers(kAttester);
            },
            kRole},
           {"a suspended financier", PartyHeld(kBankB), kSuspended},
           {"it was sold", [](Attempt& a) { Must(a.supply.Assign(SupplyDesk::Sale(1, 98'000))); },
            kDoubleAssign, true},
           {"it is not payable on a day",
            ChangedPurchase([](Purchase& purchase) { purchase.payable_due = {}; }), kOrder},
           {"due too late",
            WithPolicy([](Policy& policy) { policy.supplier.assign_max_days = 29; }), kTenor},
           {"dearer than what is owed",
            [](Attempt& a) { a.act.mutable_receivable_assign()->set_price(100'001); }, kAmount}},
      .fields = {{"purchase", {kUnknown}}, {"financier", {kRole}}, {"price", {kAmount}}}};
}

ActCase Refunded() {
  return {
      .name = "Refund",
      .prepare =
          [](Attempt& a) {
            a.market.Buy(a.market.Order(1));
            a.Say(SupplyDesk::Return(1, 1, 1'000), {kSupplierOps, kPlatformOps});
          },
      .reasons = {{"an unknown purchase",
                   [](Attempt& a) { a.act.mutable_refund()->set_purchase(Nowhere()); }, kUnknown},
                  {"without the supplier", SignedBy({kPlatformOps}), kRole},
                  {"the id exists",
                   [](Attempt& a) { Must(a.supply.Refund(SupplyDesk::Return(1, 1, 1'000))); },
                   kDuplicate},
                  {"it was not sent", ChangedPurchase([](Purchase& purchase) {
                     purchase.state = PurchaseState::kAuthorised;
                   }),
                   kOrder},
                  {"a lender has given up",
                   [](Attempt& a) { Must(a.recovery.GiveUp(1, kBankA, true)); }, kClosed, true},
                  {"more than it cost",
                   [](Attempt& a) { a.act.mutable_refund()->set_amount(100'001); }, kRefundRange},
                  {"an account that is full",
                   AccountFull(kSupplier, account::kExternalControl, Id{}), kOverflow}},
      .makes = {"refund"},
      .fields = {{"purchase", {kUnknown}}, {"amount", {kRefundRange}}}};
}

ActCase PayBack() {
  return {
      .name = "PayBack",
      .prepare =
          [](Attempt& a) {
            a.copay.OpenLoan();
            Must(a.supply.Refund(SupplyDesk::Return(1, 1, 100'000)));
            a.market.PassDays(1);
            a.Say(a.supply.Payment(1, 1, 1'000), {kPlatformOps, kBankOps});
          },
      .reasons =
          {{"without the bank", SignedBy({kPlatformOps}), kRole},
           {"a bank that keeps no accounts",
            [](Attempt& a) {
              a.act.mutable_pay_back()->set_bank(ToWire(kAttester));
              a.signers = {kPlatformOps, By(kAttester, Department::kOps)};
            },
            kRole},
           {"the id names a repayment",
            [](Attempt& a) {
              a.act.mutable_pay_back()->set_payment(ToWire(Market::RepaymentId(1)));
            },
            kDuplicate},
           {"an unknown participant",
            [](Attempt& a) { a.act.mutable_pay_back()->set_participant(Nowhere()); }, kUnknown},
           {"nothing", [](Attempt& a) { a.act.mutable_pay_back()->mutable_amount()->set_minor(0); },
            kRange},
           {"more than is there",
            [](Attempt& a) { a.act.mutable_pay_back()->mutable_amount()->set_minor(33'834); },
            kAmount, false, true},
           {"an account that is full", AccountFull(kPlatform, account::kDueTo, kBankB.id),
            kOverflow}},
      .makes = {"payment"},
      .fields = {{"participant", {kUnknown}},
                 {"bank", {kRole}},
                 {"amount.minor", {kRange}},
                 {"amount.currency", {kAmount}}}};
}

ActCase DisputeOpen() {
  return {
      .name = "DisputeOpen",
      .prepare =
          [](Attempt& a) {
            a.copay.OpenLoan();
            a.Say(a.supply.Quarrel(1, 1, {2}, 5), {By(kBorrower)});
          },
      .reasons = {{"an unknown loan",
                   [](Attempt& a) { a.act.mutable_dispute_open()->set_loan(Nowhere()); }, kUnknown},
                  {"an unknown instalment",
                   [](Attempt& a) { a.act.mutable_dispute_open()->add_instalments(4); }, kUnknown},
                  {"another borrower", SignedBy({By(kStranger)}), kRole},
                  {"the id exists",
                   [](Attempt& a) { Must(a.supply.Open(a.supply.Quarrel(1, 1, {3}, 1))); },
                   kDuplicate},
                  {"the loan is paid off", LoanClosed(), kClosed},
                  {"of what is paid",
                   [](Attempt& a) {
                     auto& act = *a.act.mutable_dispute_open();
                     act.clear_instalments();
                     act.add_instalments(1);
                     act.add_instalments(2);
                   },
                   kState},
                  {"it is in dispute",
                   [](Attempt& a) { Must(a.supply.Open(a.supply.Quarrel(9, 1, {2}, 3))); },
                   kDisputed},
                  {"it ended yesterday",
                   [](Attempt& a) {
                     a.act.mutable_dispute_open()->set_last_day(ToWire(a.today().Plus(-1)));
                   },
                   kRange}},
      .makes = {"dispute"},
      .fields = {{"loan", {kUnknown}}, {"last_day", {kRange}}, {"instalments", {kUnknown}}}};
}

ActCase DisputeResolve() {
  return {.name = "DisputeResolve",
          .prepare =
              [](Attempt& a) {
                a.copay.OpenLoan();
                Must(a.supply.Open(a.supply.Quarrel(1, 1, {2}, 5)));
                a.Say(SupplyDesk::Decision(1, act::v1::DisputeResolve::UPHELD),
                      {kSupplierOps, kPlatformOps});
              },
          .reasons = {{"an unknown dispute",
                       [](Attempt& a) { a.act.mutable_dispute_resolve()->set_dispute(Nowhere()); },
                       kUnknown},
                      {"without the supplier", SignedBy({kPlatformOps}), kRole},
                      {"a suspended arbiter",
                       [](Attempt& a) {
                         PartyHeld(kSupervisor)(a);
                         a.signers = {kSupervisorLegal};
                       },
                       kSuspended, false, true},
                      {"it was resolved",
                       Changed<Dispute>(
                           {.dispute = SupplyDesk::DisputeId(1)},
                           [](Dispute& dispute) { dispute.state = DisputeState::kResolved; }),
                       kState}},
          .fields = {{"dispute", {kUnknown}}}};
}

}  // namespace

std::vector<ActCase> PurchaseCases() {
  return {PurchaseAuthorise(), EscrowedAuthorise(), PurchaseCapture(),  PurchaseVoid(),
          DeliveryConfirm(),   EscrowRelease(),     ReceivableAssign(), Refunded(),
          PayBack(),           DisputeOpen(),       DisputeResolve()};
}

}  // namespace aval::ledger::rules
