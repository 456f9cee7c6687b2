#include "ledger/shape.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

using act::v1::Act;

const std::string kId(16, 'i');
const std::string kDigest(32, 'd');

Act ActBy(const PartyId& author) {
  Act act = NewAct(author, 1);
  act::v1::Signer* signer = act.add_signers();
  signer->set_party(ToWire(author));
  signer->set_department(act::v1::OPS);
  return act;
}

// One act of each kind, right in every field.
Act ParticipantRegister() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_participant_register();
  body->set_participant(kId);
  body->set_kind(act::v1::ParticipantRegister::PERSON);
  body->set_nullifier(kDigest);
  body->mutable_key()->set_ed25519(kDigest);
  return act;
}

Act SupplierRegister() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_supplier_register();
  body->set_supplier(kId);
  body->set_nullifier(kDigest);
  body->mutable_ops_key()->set_ed25519(kDigest);
  body->mutable_treasury_key()->set_ed25519(kDigest);
  body->set_settlement_bank(ToWire(kBankA));
  return act;
}

Act KeyAdd() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_key_add();
  body->set_party(kId);
  body->mutable_key()->set_ed25519(kDigest);
  body->set_possession(std::string(64, 's'));
  return act;
}

Act KeyRevoke() {
  Act act = ActBy(kBankA);
  act.mutable_key_revoke()->set_key_id(kDigest);
  act.mutable_key_revoke()->set_reason(std::string(kReasonBytesMax, 'r'));
  return act;
}

Act Attest() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_attest();
  body->set_attestation(kId);
  body->set_subject(kId);
  body->set_kind(act::v1::CAPACITY);
  for (const std::uint32_t code : {1U, 2U}) body->add_values()->set_code(code);
  body->set_commitment(kDigest);
  body->set_expiry_day(1);
  return act;
}

Act AttestRevoke() {
  Act act = ActBy(kBankA);
  act.mutable_attest_revoke()->set_attestation(kId);
  act.mutable_attest_revoke()->set_reason(1);
  return act;
}

Act GrantPropose() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_grant_propose();
  body->set_grant(kId);
  body->set_borrower(kId);
  for (const PartyId& lender : {kPlatform, kBankA}) body->add_lenders()->set_lender(ToWire(lender));
  body->mutable_limit()->set_currency("BRL");
  body->set_expiry_day(1);
  for (const std::uint64_t n : {1U, 2U}) body->add_attestations(ToWire(TestId(n)));
  body->set_model(kDigest);
  return act;
}

Act GrantDecide() {
  Act act = ActBy(kBankA);
  act.mutable_grant_decide()->set_grant(kId);
  act.mutable_grant_decide()->set_proposal(kDigest);
  return act;
}

Act GrantActivate() {
  Act act = ActBy(kBankA);
  act.mutable_grant_activate()->set_grant(kId);
  act.mutable_grant_activate()->set_disclosure(kDigest);
  return act;
}

Act LimitAdjust() {
  Act act = ActBy(kBankA);
  act.mutable_limit_adjust()->set_grant(kId);
  return act;
}

Act PurchaseAuthorise() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_purchase_authorise();
  body->set_purchase(kId);
  body->set_grant(kId);
  body->set_supplier(kId);
  body->set_order(kDigest);
  body->mutable_amount()->set_currency("BRL");
  body->set_first_due_day(1);
  body->set_expiry_day(field::kDayNumberMax);
  body->set_disclosure(kDigest);
  return act;
}

Act PurchaseCapture() {
  Act act = ActBy(kPlatform);
  act.mutable_purchase_capture()->set_purchase(kId);
  act.mutable_purchase_capture()->set_shipment(kDigest);
  return act;
}

Act PurchaseVoid() {
  Act act = ActBy(kPlatform);
  act.mutable_purchase_void()->set_purchase(kId);
  return act;
}

Act DeliveryConfirm() {
  Act act = ActBy(kPlatform);
  act.mutable_delivery_confirm()->set_purchase(kId);
  act.mutable_delivery_confirm()->set_delivery(kDigest);
  return act;
}

Act Repay() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_repay();
  body->set_repayment(kId);
  body->set_loan(kId);
  body->mutable_amount()->set_currency("BRL");
  body->set_reference(kDigest);
  return act;
}

Act DayRoll() {
  Act act = ActBy(kPlatform);
  act.mutable_day_roll()->set_day(1);
  return act;
}

Act CopayInvite() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_copay_invite();
  body->set_invitation(kId);
  body->set_loan(kId);
  body->set_invitee(kId);
  body->add_instalments(1);
  body->mutable_cap()->set_currency("BRL");
  body->set_terms(kDigest);
  body->set_disclosure(kDigest);
  body->set_expiry_day(1);
  return act;
}

Act CopayDecline() {
  Act act = ActBy(kPlatform);
  act.mutable_copay_decline()->set_invitation(kId);
  return act;
}

Act CopayWithdraw() {
  Act act = ActBy(kPlatform);
  act.mutable_copay_withdraw()->set_invitation(kId);
  return act;
}

Act CopayAccept() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_copay_accept();
  body->set_agreement(kId);
  body->set_invitation(kId);
  body->set_terms(kDigest);
  body->set_disclosure(kDigest);
  body->set_bank(ToWire(kBankA));
  body->set_account(kDigest);
  body->set_last_day(1);
  return act;
}

Act CopayReview() {
  Act act = ActBy(kPlatform);
  act.mutable_copay_review()->set_agreement(kId);
  act.mutable_copay_review()->set_acceptance(kDigest);
  act.mutable_copay_review()->set_capacity(kId);
  return act;
}

Act MandateJoin() {
  Act act = ActBy(kPlatform);
  act.mutable_mandate_join()->set_agreement(kId);
  act.mutable_mandate_join()->set_acceptance(kDigest);
  return act;
}

Act DebitCreate() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_debit_create();
  body->set_debit(kId);
  body->set_agreement(kId);
  body->mutable_amount()->set_currency("BRL");
  body->set_expiry_day(1);
  return act;
}

Act DebitSubmit() {
  Act act = ActBy(kPlatform);
  act.mutable_debit_submit()->set_debit(kId);
  return act;
}

Act DebitResult() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_debit_result();
  body->set_debit(kId);
  body->set_result(act::v1::DebitResult::REJECTED);
  body->set_reason(1);
  body->set_reference(kDigest);
  return act;
}

// A right act, a change that makes it wrong, and what is then said.
struct Case {
  Act (*right)();
  std::function<void(Act&)> spoil;
  const char* error;
};

void ExpectRefusals(const std::vector<Case>& cases) {
  for (const Case& wrong : cases) {
    Act act = wrong.right();
    const Result<void> before = CheckShape(act);
    EXPECT_TRUE(before) << wrong.error << ": " << before.error().message;
    wrong.spoil(act);
    const Result<void> after = CheckShape(act);
    ASSERT_FALSE(after) << wrong.error;
    EXPECT_EQ(after.error().code, Code::kInvalidArgument);
    EXPECT_EQ(after.error().message, wrong.error);
  }
}

TEST(ShapeTest, WhatEveryActHasIsChecked) {
  ExpectRefusals({
      {DayRoll, [](Act& a) { a.clear_author(); }, "field author: 0 bytes instead of 16"},
      {DayRoll, [](Act& a) { a.set_author(std::string(16, '\0')); }, "field author: names nobody"},
      {DayRoll, [](Act& a) { a.set_author(kId); }, "field author: is none of the signers"},
      {DayRoll, [](Act& a) { a.clear_last_valid_day(); },
       "field last_valid_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {DayRoll, [](Act& a) { a.set_last_valid_day(field::kDayNumberMax + 1); },
       "field last_valid_day: 2932897 is no day from 1970-01-02 to 9999-12-31"},
      {DayRoll, [](Act& a) { a.mutable_nonce()->push_back('x'); },
       "field nonce: 17 bytes instead of 16"},
      {DayRoll, [](Act& a) { a.clear_body(); }, "field body: is not set"},
  });
}

TEST(ShapeTest, TheLastDayIsTheLastOfTheCalendar) {
  EXPECT_EQ(static_cast<std::int32_t>(field::kDayNumberMax), Day::FromDate(9999, 12, 31)->number);
}

TEST(ShapeTest, SignersAreAscendingDistinctAndBounded) {
  const auto add = [](Act& act, const PartyId& party, act::v1::Department department) {
    act::v1::Signer* signer = act.add_signers();
    signer->set_party(ToWire(party));
    signer->set_department(department);
  };
  Act two = DayRoll();
  add(two, kPlatform, act::v1::CREDIT);
  EXPECT_TRUE(CheckShape(two));
  ExpectRefusals({
      {DayRoll, [](Act& a) { a.clear_signers(); }, "field signers: 0 of them instead of 1 to 16"},
      {DayRoll, [&](Act& a) { add(a, kPlatform, act::v1::OPS); },
       "field signers[1]: not ascending by party and department"},
      {DayRoll, [&](Act& a) { add(a, kPlatform, act::v1::DEPARTMENT_NONE); },
       "field signers[1]: not ascending by party and department"},
      {DayRoll, [](Act& a) { a.mutable_signers(0)->set_party("short"); },
       "field signers[0].party: 5 bytes instead of 16"},
      {DayRoll,
       [&](Act& a) {
         for (std::uint32_t n = 2; n <= 17; ++n) {
           add(a, PartyId::Institution(n), act::v1::OPS);
         }
       },
       "field signers: 17 of them instead of 1 to 16"},
  });
}

TEST(ShapeTest, RegistrationsAndKeysAreChecked) {
  const std::string shorter(31, 'd');
  ExpectRefusals({
      {ParticipantRegister, [](Act& a) { a.mutable_participant_register()->clear_participant(); },
       "field participant: 0 bytes instead of 16"},
      {ParticipantRegister, [](Act& a) { a.mutable_participant_register()->clear_kind(); },
       "field kind: is not given"},
      {ParticipantRegister,
       [&](Act& a) { a.mutable_participant_register()->set_nullifier(shorter); },
       "field nullifier: 31 bytes instead of 32"},
      {ParticipantRegister, [](Act& a) { a.mutable_participant_register()->clear_key(); },
       "field key.ed25519: 0 bytes instead of 32"},
      {SupplierRegister, [](Act& a) { a.mutable_supplier_register()->clear_supplier(); },
       "field supplier: 0 bytes instead of 16"},
      {SupplierRegister, [](Act& a) { a.mutable_supplier_register()->clear_nullifier(); },
       "field nullifier: 0 bytes instead of 32"},
      {SupplierRegister, [](Act& a) { a.mutable_supplier_register()->clear_ops_key(); },
       "field ops_key.ed25519: 0 bytes instead of 32"},
      {SupplierRegister, [](Act& a) { a.mutable_supplier_register()->clear_treasury_key(); },
       "field treasury_key.ed25519: 0 bytes instead of 32"},
      {SupplierRegister, [](Act& a) { a.mutable_supplier_register()->clear_settlement_bank(); },
       "field settlement_bank: 0 bytes instead of 16"},
      {KeyAdd, [](Act& a) { a.mutable_key_add()->clear_party(); },
       "field party: 0 bytes instead of 16"},
      {KeyAdd, [](Act& a) { a.mutable_key_add()->clear_key(); },
       "field key.ed25519: 0 bytes instead of 32"},
      {KeyAdd, [](Act& a) { a.mutable_key_add()->clear_possession(); },
       "field possession: 0 bytes instead of 64"},
      {KeyRevoke, [](Act& a) { a.mutable_key_revoke()->clear_key_id(); },
       "field key_id: 0 bytes instead of 32"},
      {KeyRevoke, [](Act& a) { a.mutable_key_revoke()->mutable_reason()->push_back('x'); },
       "field reason: more than 64 bytes"},
  });
}

TEST(ShapeTest, AttestationsAreChecked) {
  ExpectRefusals({
      {Attest, [](Act& a) { a.mutable_attest()->clear_attestation(); },
       "field attestation: 0 bytes instead of 16"},
      {Attest, [](Act& a) { a.mutable_attest()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
      {Attest, [](Act& a) { a.mutable_attest()->clear_kind(); }, "field kind: is not given"},
      {Attest, [](Act& a) { a.mutable_attest()->set_kind(act::v1::REGISTERED); },
       "field code: is not given"},
      {Attest, [](Act& a) { a.mutable_attest()->set_code(7); },
       "field code: is for registered kinds alone"},
      {Attest, [](Act& a) { a.mutable_attest()->mutable_values(1)->set_code(1); },
       "field values[1]: not ascending by code"},
      {Attest,
       [](Act& a) {
         for (int n = 0; n < kAttestedValuesMax; ++n) a.mutable_attest()->add_values();
       },
       "field values: 34 of them instead of 0 to 32"},
      {Attest, [](Act& a) { a.mutable_attest()->clear_commitment(); },
       "field commitment: 0 bytes instead of 32"},
      {Attest, [](Act& a) { a.mutable_attest()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {AttestRevoke, [](Act& a) { a.mutable_attest_revoke()->clear_attestation(); },
       "field attestation: 0 bytes instead of 16"},
      {AttestRevoke, [](Act& a) { a.mutable_attest_revoke()->clear_reason(); },
       "field reason: is not given"},
  });
}

TEST(ShapeTest, ProposalsAreChecked) {
  ExpectRefusals({
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->clear_borrower(); },
       "field borrower: 0 bytes instead of 16"},
      {GrantPropose,
       [](Act& a) { a.mutable_grant_propose()->mutable_lenders(1)->set_lender(ToWire(kPlatform)); },
       "field lenders[1]: not ascending by lender"},
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->add_lenders(); },
       "field lenders[2].lender: 0 bytes instead of 16"},
      {GrantPropose,
       [](Act& a) {
         for (int n = 2; n <= kLendersMax; ++n) a.mutable_grant_propose()->add_lenders();
       },
       "field lenders: 16 of them instead of 0 to 15"},
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->clear_limit(); },
       "field limit.currency: is not three capital letters"},
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->set_attestations(1, "x"); },
       "field attestations[1]: 1 bytes instead of 16"},
      {GrantPropose,
       [](Act& a) { a.mutable_grant_propose()->set_attestations(1, ToWire(TestId(1))); },
       "field attestations[1]: not ascending"},
      {GrantPropose,
       [](Act& a) {
         for (int n = 2; n <= kAttestationsMax; ++n) {
           a.mutable_grant_propose()->add_attestations();
         }
       },
       "field attestations: 33 of them instead of 0 to 32"},
      {GrantPropose, [](Act& a) { a.mutable_grant_propose()->clear_model(); },
       "field model: 0 bytes instead of 32"},
  });
}

TEST(ShapeTest, DecisionsAndLimitsAreChecked) {
  ExpectRefusals({
      {GrantDecide, [](Act& a) { a.mutable_grant_decide()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {GrantDecide, [](Act& a) { a.mutable_grant_decide()->clear_proposal(); },
       "field proposal: 0 bytes instead of 32"},
      {GrantActivate, [](Act& a) { a.mutable_grant_activate()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {GrantActivate, [](Act& a) { a.mutable_grant_activate()->clear_disclosure(); },
       "field disclosure: 0 bytes instead of 32"},
      {LimitAdjust, [](Act& a) { a.mutable_limit_adjust()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {LimitAdjust, [](Act& a) { a.mutable_limit_adjust()->set_evidence("x"); },
       "field evidence: 1 bytes instead of 16"},
  });
}

TEST(ShapeTest, PurchasesAreChecked) {
  ExpectRefusals({
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_supplier(); },
       "field supplier: 0 bytes instead of 16"},
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_order(); },
       "field order: 0 bytes instead of 32"},
      {PurchaseAuthorise,
       [](Act& a) { a.mutable_purchase_authorise()->mutable_amount()->set_currency("brl"); },
       "field amount.currency: is not three capital letters"},
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_first_due_day(); },
       "field first_due_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {PurchaseAuthorise, [](Act& a) { a.mutable_purchase_authorise()->clear_disclosure(); },
       "field disclosure: 0 bytes instead of 32"},
      {PurchaseCapture, [](Act& a) { a.mutable_purchase_capture()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {PurchaseCapture, [](Act& a) { a.mutable_purchase_capture()->clear_shipment(); },
       "field shipment: 0 bytes instead of 32"},
      {PurchaseVoid, [](Act& a) { a.mutable_purchase_void()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {DeliveryConfirm, [](Act& a) { a.mutable_delivery_confirm()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {DeliveryConfirm, [](Act& a) { a.mutable_delivery_confirm()->clear_delivery(); },
       "field delivery: 0 bytes instead of 32"},
  });
}

TEST(ShapeTest, InvitationsAndAgreementsAreChecked) {
  ExpectRefusals({
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_invitation(); },
       "field invitation: 0 bytes instead of 16"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->set_invitee(std::string(16, '\0')); },
       "field invitee: names nobody"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_instalments(); },
       "field instalments: 0 of them instead of 1 to 60"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->add_instalments(1); },
       "field instalments[1]: not ascending"},
      {CopayInvite,
       [](Act& a) {
         for (std::uint32_t k = 2; k <= 61; ++k) a.mutable_copay_invite()->add_instalments(k);
       },
       "field instalments: 61 of them instead of 1 to 60"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_cap(); },
       "field cap.currency: is not three capital letters"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_terms(); },
       "field terms: 0 bytes instead of 32"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_disclosure(); },
       "field disclosure: 0 bytes instead of 32"},
      {CopayInvite, [](Act& a) { a.mutable_copay_invite()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {CopayDecline, [](Act& a) { a.mutable_copay_decline()->clear_invitation(); },
       "field invitation: 0 bytes instead of 16"},
      {CopayWithdraw, [](Act& a) { a.mutable_copay_withdraw()->clear_invitation(); },
       "field invitation: 0 bytes instead of 16"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_invitation(); },
       "field invitation: 0 bytes instead of 16"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_terms(); },
       "field terms: 0 bytes instead of 32"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_disclosure(); },
       "field disclosure: 0 bytes instead of 32"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_bank(); },
       "field bank: 0 bytes instead of 16"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_account(); },
       "field account: 0 bytes instead of 32"},
      {CopayAccept, [](Act& a) { a.mutable_copay_accept()->clear_last_day(); },
       "field last_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {CopayReview, [](Act& a) { a.mutable_copay_review()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {CopayReview, [](Act& a) { a.mutable_copay_review()->clear_acceptance(); },
       "field acceptance: 0 bytes instead of 32"},
      {CopayReview, [](Act& a) { a.mutable_copay_review()->set_capacity("short"); },
       "field capacity: 5 bytes instead of 16"},
      {MandateJoin, [](Act& a) { a.mutable_mandate_join()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {MandateJoin, [](Act& a) { a.mutable_mandate_join()->clear_acceptance(); },
       "field acceptance: 0 bytes instead of 32"},
  });
  Act word = CopayReview();  // A lender's.
  word.mutable_copay_review()->clear_capacity();
  EXPECT_TRUE(CheckShape(word));
  Act open = CopayInvite();  // The rules refuse it: its borrower hears why.
  open.mutable_copay_invite()->clear_mode();
  EXPECT_TRUE(CheckShape(open));
}

TEST(ShapeTest, DebitsAreChecked) {
  ExpectRefusals({
      {DebitCreate, [](Act& a) { a.mutable_debit_create()->clear_debit(); },
       "field debit: 0 bytes instead of 16"},
      {DebitCreate, [](Act& a) { a.mutable_debit_create()->clear_agreement(); },
       "field mandate: 0 bytes instead of 16"},
      {DebitCreate, [](Act& a) { a.mutable_debit_create()->clear_amount(); },
       "field amount.currency: is not three capital letters"},
      {DebitCreate, [](Act& a) { a.mutable_debit_create()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {DebitSubmit, [](Act& a) { a.mutable_debit_submit()->clear_debit(); },
       "field debit: 0 bytes instead of 16"},
      {DebitResult, [](Act& a) { a.mutable_debit_result()->clear_debit(); },
       "field debit: 0 bytes instead of 16"},
      {DebitResult, [](Act& a) { a.mutable_debit_result()->clear_result(); },
       "field result: is not given"},
      {DebitResult, [](Act& a) { a.mutable_debit_result()->clear_reason(); },
       "field reason: belongs to a rejection, alone"},
      {DebitResult,
       [](Act& a) { a.mutable_debit_result()->set_result(act::v1::DebitResult::CONFIRMED); },
       "field reason: belongs to a rejection, alone"},
      {DebitResult, [](Act& a) { a.mutable_debit_result()->clear_reference(); },
       "field reference: 0 bytes instead of 32"},
  });
}

TEST(ShapeTest, RepaymentsAndDaysAreChecked) {
  ExpectRefusals({
      {Repay, [](Act& a) { a.mutable_repay()->clear_repayment(); },
       "field repayment: 0 bytes instead of 16"},
      {Repay, [](Act& a) { a.mutable_repay()->clear_loan(); }, "field loan: 0 bytes instead of 16"},
      {Repay, [](Act& a) { a.mutable_repay()->clear_amount(); },
       "field amount.currency: is not three capital letters"},
      {Repay, [](Act& a) { a.mutable_repay()->clear_reference(); },
       "field reference: 0 bytes instead of 32"},
      {DayRoll, [](Act& a) { a.mutable_day_roll()->clear_day(); },
       "field day: 0 is no day from 1970-01-02 to 9999-12-31"},
  });
}

}  // namespace
}  // namespace aval::ledger
