#include "tests/bench/district_acts.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "crypto/envelope.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

using namespace ledger;  // NOLINT(google-build-using-namespace): acts are all this file is about.

constexpr std::int64_t kValidDays = 3;
constexpr std::int64_t kExpiryDays = 300;  // Of grants, evidence, mandates.
constexpr std::uint32_t kScore = 720;
constexpr std::int64_t kCapacity = 100'000;
constexpr std::int64_t kMandateMost = 5'000'000;
constexpr std::uint32_t kPlatformShare = 300'000;  // ppm; the rest is the lead bank's.
constexpr std::int64_t kCopayCap = 20'000;
constexpr std::uint32_t kCopayShare = 200'000;
constexpr std::int64_t kDisputeDays = 20;

void AddProduct(genesis::v1::Genesis& genesis, genesis::v1::Method method, std::uint32_t rate_ppm) {
  genesis::v1::Product* product = genesis.add_products();
  *product = genesis.products(0);
  product->set_number(static_cast<std::uint32_t>(genesis.products_size()));
  product->set_method(method);
  product->set_rate_ppm(rate_ppm);
}

void SetMoney(act::v1::Money* wire, Amount amount) {
  wire->set_currency(kBookCurrency);
  wire->set_minor(amount.minor);
}

std::string IdentityOf(const Envelope& envelope) {
  return ToWire(crypto::IdentityOf(*crypto::ParseEnvelope(*envelope)));
}

SignerRef By(const PartyId& party, Department department) { return {party, department}; }

}  // namespace

Genesis BookGenesis() {
  genesis::v1::Genesis message = TestGenesisMessage();
  AddProduct(message, genesis::v1::EQUAL_PRINCIPAL, 120'000);
  AddProduct(message, genesis::v1::ANNUITY, 150'000);
  AddProduct(message, genesis::v1::FEE_FLAT, 8'000);
  genesis::v1::Product* free = message.mutable_products(3);
  free->set_free_instalments(3);
  free->set_sponsor(genesis::v1::SPONSOR_SUPPLIER);

  genesis::v1::Policy* policy = message.mutable_policies(0);
  policy->mutable_copay()->set_max_days(2 * kExpiryDays);
  policy->mutable_copay()->set_window_days(40);
  policy->mutable_copay()->set_return_days(20);
  policy->mutable_copay()->set_guarantee_months(6);
  policy->mutable_copay()->set_recourse_days(1'000);
  policy->mutable_supplier()->set_payment_max_days(60);
  policy->mutable_recovery()->set_dispute_days(kDisputeDays);
  Result<Genesis> genesis = Genesis::Load(SignGenesis(message), CosignerPolicyText(message));
  AVAL_ASSERT(genesis);
  return *std::move(genesis);
}

act::v1::Act DistrictActs::NewAct(const PartyId& author) {
  act::v1::Act act = ledger::NewAct(author, 0);
  act.set_last_valid_day(ToWire(today_.Plus(kValidDays)));
  act.set_nonce(WireId(Named::kNonce, nonces_++));
  return act;
}

std::string DistrictActs::WireId(Named named, std::uint32_t number) const {
  return ToWire(names_.IdOf(named, number));
}

std::string DistrictActs::WireDigest(std::string_view what, std::uint32_t number) const {
  return ToWire(names_.DigestOf(what, number));
}

SignerRef DistrictActs::Person(std::uint32_t number) const {
  return By(names_.Person(number), Department::kNone);
}

SignerRef DistrictActs::Supplier(std::uint32_t number, Department department) const {
  return By(names_.Supplier(number), department);
}

Envelope DistrictActs::RegisterSupplier(std::uint32_t number) {
  const SignerRef ops = Supplier(number, Department::kOps);
  const SignerRef treasury = Supplier(number, Department::kTreasury);
  act::v1::Act act = NewAct(kBankA);
  act::v1::SupplierRegister* body = act.mutable_supplier_register();
  body->set_supplier(ToWire(ops.party));
  body->set_nullifier(WireDigest("supplier", number));
  body->mutable_ops_key()->set_ed25519(std::string(AsText(KeyOf(ops).public_key().bytes)));
  body->mutable_treasury_key()->set_ed25519(
      std::string(AsText(KeyOf(treasury).public_key().bytes)));
  body->set_settlement_bank(ToWire(kBankB));
  return SignAct(
      act, {By(kBankA, Department::kCompliance), By(kPlatform, Department::kOps), ops, treasury});
}

Envelope DistrictActs::RegisterPerson(std::uint32_t number) {
  const SignerRef person = Person(number);
  const PartyId bank = LeadBankOf(number);
  act::v1::Act act = NewAct(bank);
  act::v1::ParticipantRegister* body = act.mutable_participant_register();
  body->set_participant(ToWire(person.party));
  body->set_kind(act::v1::ParticipantRegister::PERSON);
  body->set_nullifier(WireDigest("person", number));
  body->mutable_key()->set_ed25519(std::string(AsText(KeyOf(person).public_key().bytes)));
  return SignAct(act, {By(bank, Department::kCompliance), person});
}

Envelope DistrictActs::GiveMandate(std::uint32_t number) {
  const SignerRef person = Person(number);
  const PartyId bank = LeadBankOf(number);
  act::v1::Act act = NewAct(person.party);
  act::v1::MandateGive* body = act.mutable_mandate_give();
  body->set_mandate(WireId(Named::kMandate, number));
  body->set_platform(ToWire(kPlatform));
  body->set_bank(ToWire(bank));
  body->set_account(WireDigest("account", number));
  SetMoney(body->mutable_most(), {kMandateMost});
  body->set_last_day(ToWire(today_.Plus(kExpiryDays)));
  return SignAct(act, {person, By(bank, Department::kOps)});
}

Envelope DistrictActs::Attest(const Statement& statement) {
  act::v1::Act act = NewAct(statement.attester);
  act::v1::Attest* body = act.mutable_attest();
  body->set_attestation(WireId(Named::kAttestation, statement.number));
  body->set_subject(ToWire(names_.Person(statement.person)));
  body->set_kind(static_cast<act::v1::AttestationKind>(statement.kind));
  if (statement.kind != AttestationKind::kIdentity) {
    act::v1::Attest::Value* value = body->add_values();
    value->set_code(1);
    value->set_value(statement.kind == AttestationKind::kScore ? kScore : kCapacity);
  }
  body->set_commitment(WireDigest("commitment", statement.number));
  body->set_expiry_day(ToWire(today_.Plus(kExpiryDays)));
  return SignAct(act, {By(statement.attester, Department::kCompliance)});
}

Envelope DistrictActs::Propose(const Proposal& proposal) {
  act::v1::Act act = NewAct(kPlatform);
  act::v1::GrantPropose* body = act.mutable_grant_propose();
  body->set_grant(WireId(Named::kGrant, proposal.grant));
  body->set_borrower(ToWire(names_.Person(proposal.person)));
  for (const PartyId& lender : {kPlatform, LeadBankOf(proposal.person)}) {
    act::v1::LenderShare* share = body->add_lenders();
    share->set_lender(ToWire(lender));
    share->set_share_ppm(lender == kPlatform ? kPlatformShare : 1'000'000 - kPlatformShare);
  }
  SetMoney(body->mutable_limit(), proposal.limit);
  body->set_expiry_day(ToWire(today_.Plus(kExpiryDays)));
  body->set_tier(2);
  std::set<std::string> evidence;
  for (const std::uint32_t number : proposal.attestations) {
    evidence.insert(WireId(Named::kAttestation, number));
  }
  for (const std::string& id : evidence) body->add_attestations(id);
  body->set_score(kScore);
  body->set_model(WireDigest("model", 0));
  const Envelope envelope = SignAct(act, {By(kPlatform, Department::kCredit)});
  proposals_[proposal.grant] = IdentityOf(envelope);
  return envelope;
}

Envelope DistrictActs::Decide(std::uint32_t grant, const PartyId& lender) {
  act::v1::Act act = NewAct(lender);
  act::v1::GrantDecide* body = act.mutable_grant_decide();
  body->set_grant(WireId(Named::kGrant, grant));
  body->set_proposal(proposals_.at(grant));
  body->set_share_ppm(lender == kPlatform ? kPlatformShare : 1'000'000 - kPlatformShare);
  return SignAct(act, {By(lender, Department::kCredit)});
}

Envelope DistrictActs::Activate(std::uint32_t grant, std::uint32_t person) {
  act::v1::Act act = NewAct(names_.Person(person));
  act.mutable_grant_activate()->set_grant(WireId(Named::kGrant, grant));
  act.mutable_grant_activate()->set_disclosure(WireDigest("disclosure", grant));
  return SignAct(act, {Person(person)});
}

Envelope DistrictActs::Authorise(const Order& order) {
  act::v1::Act act = NewAct(names_.Person(order.person));
  act::v1::PurchaseAuthorise* body = act.mutable_purchase_authorise();
  body->set_purchase(WireId(Named::kPurchase, order.purchase));
  body->set_grant(WireId(Named::kGrant, order.grant));
  body->set_supplier(ToWire(names_.Supplier(order.supplier)));
  body->set_order(WireDigest("order", order.purchase));
  body->set_scenario(1);
  body->set_product(order.product);
  SetMoney(body->mutable_amount(), order.amount);
  body->set_instalments(order.instalments);
  body->set_first_due_day(ToWire(order.first_due));
  body->set_expiry_day(ToWire(today_.Plus(kValidDays + order.purchase % 4)));
  body->set_disclosure(WireDigest("schedule", order.purchase));
  return SignAct(act, {Person(order.person), By(kPlatform, Department::kOps)});
}

Envelope DistrictActs::Capture(const Order& order) {
  act::v1::Act act = NewAct(kPlatform);
  act::v1::PurchaseCapture* body = act.mutable_purchase_capture();
  body->set_purchase(WireId(Named::kPurchase, order.purchase));
  body->set_amount(order.amount.minor);
  body->set_shipment(WireDigest("shipment", order.purchase));
  return SignAct(act, {By(kPlatform, Department::kOps)});
}

Envelope DistrictActs::Void(const Order& order) {
  act::v1::Act act = NewAct(kPlatform);
  act.mutable_purchase_void()->set_purchase(WireId(Named::kPurchase, order.purchase));
  act.mutable_purchase_void()->set_reason(1);
  return SignAct(act, {By(kPlatform, Department::kOps)});
}

Envelope DistrictActs::Deliver(const Order& order, std::uint32_t payment_days) {
  act::v1::Act act = NewAct(names_.Supplier(order.supplier));
  act::v1::DeliveryConfirm* body = act.mutable_delivery_confirm();
  body->set_purchase(WireId(Named::kPurchase, order.purchase));
  body->set_delivery(WireDigest("delivery", order.purchase));
  body->set_payment_days(payment_days);
  return SignAct(act,
                 {Supplier(order.supplier, Department::kOps), By(kPlatform, Department::kOps)});
}

Envelope DistrictActs::Refund(const Order& order, Amount amount) {
  act::v1::Act act = NewAct(names_.Supplier(order.supplier));
  act::v1::Refund* body = act.mutable_refund();
  body->set_refund(WireId(Named::kRefund, order.purchase));
  body->set_purchase(WireId(Named::kPurchase, order.purchase));
  body->set_amount(amount.minor);
  body->set_reason(1);
  return SignAct(act,
                 {Supplier(order.supplier, Department::kOps), By(kPlatform, Department::kOps)});
}

Envelope DistrictActs::Repay(const Payment& payment) {
  act::v1::Act act = NewAct(kBankB);
  act::v1::Repay* body = act.mutable_repay();
  body->set_repayment(WireId(Named::kRepayment, payment.repayment));
  body->set_loan(WireId(Named::kPurchase, payment.loan));
  SetMoney(body->mutable_amount(), payment.amount);
  body->set_reference(WireDigest("reference", payment.repayment));
  return SignAct(act, {By(kBankB, Department::kOps)});
}

Envelope DistrictActs::OpenDispute(std::uint32_t loan, std::uint32_t person,
                                   std::uint32_t instalment) {
  act::v1::Act act = NewAct(names_.Person(person));
  act::v1::DisputeOpen* body = act.mutable_dispute_open();
  body->set_dispute(WireId(Named::kDispute, loan));
  body->set_loan(WireId(Named::kPurchase, loan));
  body->add_instalments(instalment);
  body->set_grounds(WireDigest("grounds", loan));
  body->set_last_day(ToWire(today_.Plus(kDisputeDays)));
  return SignAct(act, {Person(person)});
}

Envelope DistrictActs::Invite(const Help& help) {
  act::v1::Act act = NewAct(names_.Person(help.person));
  act::v1::CopayInvite* body = act.mutable_copay_invite();
  body->set_invitation(WireId(Named::kInvitation, help.loan));
  body->set_loan(WireId(Named::kPurchase, help.loan));
  body->set_invitee(ToWire(names_.Person(CopayerOf(help.person))));
  for (const std::uint32_t number : help.instalments) body->add_instalments(number);
  body->set_share_ppm(kCopayShare);
  SetMoney(body->mutable_cap(), {kCopayCap});
  body->set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body->set_terms(WireDigest("terms", help.loan));
  body->set_disclosure(WireDigest("grade", help.loan));
  body->set_expiry_day(ToWire(today_.Plus(1)));
  return SignAct(act, {Person(help.person)});
}

Envelope DistrictActs::Accept(const Help& help) {
  const SignerRef co_payer = Person(CopayerOf(help.person));
  act::v1::Act act = NewAct(co_payer.party);
  act::v1::CopayAccept* body = act.mutable_copay_accept();
  body->set_agreement(WireId(Named::kAgreement, help.loan));
  body->set_invitation(WireId(Named::kInvitation, help.loan));
  body->set_terms(WireDigest("terms", help.loan));
  body->set_disclosure(WireDigest("grade", help.loan));
  body->set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body->set_bank(ToWire(OtherBankOf(help.person)));
  body->set_account(WireDigest("account", CopayerOf(help.person)));
  body->set_last_day(ToWire(today_.Plus(kExpiryDays)));
  const Envelope envelope = SignAct(act, {co_payer});
  acceptances_[help.loan] = IdentityOf(envelope);
  return envelope;
}

Envelope DistrictActs::ReviewAsAttester(const Help& help, std::uint32_t capacity) {
  const SignerRef reviewer = By(OtherBankOf(help.person), Department::kCompliance);
  act::v1::Act act = NewAct(reviewer.party);
  act::v1::CopayReview* body = act.mutable_copay_review();
  body->set_agreement(WireId(Named::kAgreement, help.loan));
  body->set_acceptance(acceptances_.at(help.loan));
  body->set_capacity(WireId(Named::kAttestation, capacity));
  return SignAct(act, {reviewer});
}

Envelope DistrictActs::ReviewAsLender(const Help& help) {
  const SignerRef lender = By(LeadBankOf(help.person), Department::kCredit);
  act::v1::Act act = NewAct(lender.party);
  act.mutable_copay_review()->set_agreement(WireId(Named::kAgreement, help.loan));
  act.mutable_copay_review()->set_acceptance(acceptances_.at(help.loan));
  return SignAct(act, {lender});
}

Envelope DistrictActs::Join(const Help& help) {
  const SignerRef bank = By(OtherBankOf(help.person), Department::kOps);
  act::v1::Act act = NewAct(bank.party);
  act.mutable_mandate_join()->set_agreement(WireId(Named::kAgreement, help.loan));
  act.mutable_mandate_join()->set_acceptance(acceptances_.at(help.loan));
  return SignAct(act, {bank});
}

Envelope DistrictActs::CreateDebit(const Help& help, Amount amount) {
  act::v1::Act act = NewAct(kPlatform);
  act::v1::DebitCreate* body = act.mutable_debit_create();
  body->set_debit(WireId(Named::kDebit, help.loan));
  body->set_agreement(WireId(Named::kAgreement, help.loan));
  body->set_instalment(help.instalments.front());
  SetMoney(body->mutable_amount(), amount);
  body->set_expiry_day(ToWire(today_.Plus(kValidDays)));
  return SignAct(act, {By(kPlatform, Department::kOps)});
}

Envelope DistrictActs::SubmitDebit(const Help& help) {
  const SignerRef bank = By(OtherBankOf(help.person), Department::kOps);
  act::v1::Act act = NewAct(bank.party);
  act.mutable_debit_submit()->set_debit(WireId(Named::kDebit, help.loan));
  return SignAct(act, {bank});
}

Envelope DistrictActs::ConfirmDebit(const Help& help, Amount amount) {
  const SignerRef bank = By(OtherBankOf(help.person), Department::kOps);
  act::v1::Act act = NewAct(bank.party);
  act::v1::DebitResult* body = act.mutable_debit_result();
  body->set_debit(WireId(Named::kDebit, help.loan));
  body->set_result(act::v1::DebitResult::CONFIRMED);
  body->set_amount(amount.minor);
  body->set_reference(WireDigest("debit", help.loan));
  return SignAct(act, {bank});
}

}  // namespace aval::bench
