#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/assert.h"
#include "ledger/shape.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/shape_cases.h"

namespace aval::ledger {
namespace {

using act::v1::Act;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const std::string kNobody(16, '\0');
constexpr std::uint32_t kNoDay = field::kDayNumberMax + 1;

// Acts that are right in every field; of some kinds each form that is.
Act GrantReview() {
  Act act = ActBy(kBankA);
  act.mutable_grant_review()->set_grant(kId);
  act.mutable_grant_review()->set_evidence(kId);
  return act;
}

Act GrantDeclined() {
  Act act = ActBy(kBankA);
  act.mutable_grant_review()->set_grant(kId);
  act.mutable_grant_review()->set_decline(true);
  return act;
}

Act GrantClose() {
  Act act = ActBy(kPlatform);
  act.mutable_grant_close()->set_grant(kId);
  act.mutable_grant_close()->set_reason(1);
  return act;
}

Act HoldOn(act::v1::Held what) {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_hold();
  body->set_what(what);
  body->set_subject(kId);
  body->set_reason(1);
  return act;
}

Act HoldOnParty() { return HoldOn(act::v1::PARTY); }

Act HoldOnGrant() { return HoldOn(act::v1::GRANT); }

Act HoldOnAgreement() { return HoldOn(act::v1::AGREEMENT); }

Act LiftOf(act::v1::Held what) {
  Act act = ActBy(kBankA);
  act.mutable_lift()->set_what(what);
  act.mutable_lift()->set_subject(kId);
  return act;
}

Act LiftOfParty() { return LiftOf(act::v1::PARTY); }

Act LiftOfGrant() { return LiftOf(act::v1::GRANT); }

Act LiftOfAgreement() { return LiftOf(act::v1::AGREEMENT); }

// The act of shape_test.cc of that kind.
Act Plain(Act::BodyCase kind) {
  for (const RightAct right : RightActs()) {
    Act act = right();
    if (act.body_case() == kind) return act;
  }
  AVAL_UNREACHABLE("shape_test.cc has no act of that kind");
}

Act PrepaidPurchase() {
  Act act = Plain(Act::kPurchaseAuthorise);
  for (const std::uint32_t day : {1U, 2U}) act.mutable_purchase_authorise()->add_release_days(day);
  return act;
}

Act EscrowRelease() {
  Act act = ActBy(kPlatform);
  act.mutable_escrow_release()->set_purchase(kId);
  act.mutable_escrow_release()->set_proof(kDigest);
  return act;
}

Act ReceivableAssign() {
  Act act = ActBy(kPlatform);
  act.mutable_receivable_assign()->set_purchase(kId);
  act.mutable_receivable_assign()->set_financier(ToWire(kBankA));
  return act;
}

Act Refund() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_refund();
  body->set_refund(kId);
  body->set_purchase(kId);
  body->set_reason(1);
  return act;
}

Act PayBack() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_pay_back();
  body->set_payment(kId);
  body->set_participant(kId);
  body->set_bank(ToWire(kBankA));
  body->mutable_amount()->set_currency("BRL");
  body->set_reference(kDigest);
  return act;
}

Act DisputeOpen() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_dispute_open();
  body->set_dispute(kId);
  body->set_loan(kId);
  body->add_instalments(1);
  body->add_instalments(2);
  body->set_grounds(kDigest);
  body->set_last_day(1);
  return act;
}

Act DisputeResolve() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_dispute_resolve();
  body->set_dispute(kId);
  body->set_outcome(act::v1::DisputeResolve::SPLIT);
  body->set_decision(kDigest);
  return act;
}

Act RepayByQuote() {
  Act act = Plain(Act::kRepay);
  act.mutable_repay()->set_quote(kId);
  return act;
}

Act DebitByAgreement() { return Plain(Act::kDebitCreate); }

Act DebitByMandate() {
  Act act = Plain(Act::kDebitCreate);
  auto* body = act.mutable_debit_create();
  body->clear_agreement();
  body->set_mandate(kId);
  body->set_loan(kId);
  return act;
}

Act DebitReturn() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_debit_return();
  body->set_debit(kId);
  body->set_reason(1);
  body->set_reference(kDigest);
  return act;
}

Act MandateGive() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_mandate_give();
  body->set_mandate(kId);
  body->set_platform(ToWire(kPlatform));
  body->set_bank(ToWire(kBankA));
  body->set_account(kDigest);
  body->mutable_most()->set_currency("BRL");
  body->set_last_day(1);
  return act;
}

Act MandateRevoke() {
  Act act = ActBy(kBankA);
  act.mutable_mandate_revoke()->set_mandate(kId);
  return act;
}

Act EarlyRepay() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_early_repay();
  body->set_quote(kId);
  body->set_loan(kId);
  body->set_day(1);
  return act;
}

Act RestructurePropose() {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_restructure_propose();
  body->set_restructuring(kId);
  body->set_loan(kId);
  body->set_first_due_day(1);
  body->set_expiry_day(1);
  return act;
}

Act RestructureConsent() {
  Act act = ActBy(kBankA);
  act.mutable_restructure_consent()->set_restructuring(kId);
  act.mutable_restructure_consent()->set_proposal(kDigest);
  return act;
}

Act WriteOff() {
  Act act = ActBy(kBankA);
  act.mutable_write_off()->set_loan(kId);
  return act;
}

Act WriteOffByProof() {
  Act act = WriteOff();
  act.mutable_write_off()->set_proof(kDigest);
  return act;
}

Act Recover() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_recover();
  body->set_recovery(kId);
  body->set_loan(kId);
  body->mutable_amount()->set_currency("BRL");
  body->set_reference(kDigest);
  return act;
}

Act EndBy(act::v1::CopayTerminate::Ground ground, std::uint32_t code) {
  Act act = ActBy(kPlatform);
  auto* body = act.mutable_copay_terminate();
  body->set_agreement(kId);
  body->set_ground(ground);
  body->set_code(code);
  return act;
}

Act EndByPayment() { return EndBy(act::v1::CopayTerminate::PAID, 0); }

Act EndByWithdrawal() { return EndBy(act::v1::CopayTerminate::WITHDRAWAL, 0); }

Act EndByBreach() { return EndBy(act::v1::CopayTerminate::BREACH, 1); }

Act EndByBoth() { return EndBy(act::v1::CopayTerminate::MUTUAL, 0); }

Act EndByRule() { return EndBy(act::v1::CopayTerminate::REGULATORY, 1); }

Act Demand() {
  Act act = ActBy(kBankA);
  act.mutable_demand()->set_agreement(kId);
  act.mutable_demand()->set_notice(kDigest);
  return act;
}

Act RecourseRepay() {
  Act act = ActBy(kBankA);
  auto* body = act.mutable_recourse_repay();
  body->set_repayment(kId);
  body->set_agreement(kId);
  body->mutable_amount()->set_currency("BRL");
  body->set_reference(kDigest);
  return act;
}

Act RecourseForgive() {
  Act act = ActBy(kBankA);
  act.mutable_recourse_forgive()->set_agreement(kId);
  return act;
}

Act DisclosureConsent() {
  Act act = ActBy(kPlatform);
  act.mutable_disclosure_consent()->set_invitation(kId);
  act.mutable_disclosure_consent()->set_disclosure(kDigest);
  return act;
}

TEST(ShapeCreditTest, ReviewsAndClosingsAreChecked) {
  ExpectRefusals({
      {GrantReview, [](Act& a) { a.mutable_grant_review()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {GrantReview, [](Act& a) { a.mutable_grant_review()->clear_evidence(); },
       "field evidence: belongs to a decision that is no decline, alone"},
      {GrantReview, [](Act& a) { a.mutable_grant_review()->set_decline(true); },
       "field evidence: belongs to a decision that is no decline, alone"},
      {GrantReview, [](Act& a) { a.mutable_grant_review()->set_evidence("short"); },
       "field evidence: 5 bytes instead of 16"},
      {GrantDeclined, [](Act& a) { a.mutable_grant_review()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {GrantDeclined, [](Act& a) { a.mutable_grant_review()->clear_decline(); },
       "field evidence: belongs to a decision that is no decline, alone"},
      {GrantDeclined, [](Act& a) { a.mutable_grant_review()->set_evidence(kId); },
       "field evidence: belongs to a decision that is no decline, alone"},
      {GrantClose, [](Act& a) { a.mutable_grant_close()->clear_grant(); },
       "field grant: 0 bytes instead of 16"},
      {GrantClose, [](Act& a) { a.mutable_grant_close()->clear_reason(); },
       "field reason: is not given"},
  });
}

TEST(ShapeCreditTest, WhatIsHeldIsNamed) {
  ExpectRefusals({
      {HoldOnParty, [](Act& a) { a.mutable_hold()->clear_what(); }, "field what: is not given"},
      {HoldOnParty, [](Act& a) { a.mutable_hold()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
      {HoldOnParty, [](Act& a) { a.mutable_hold()->set_subject(kNobody); },
       "field subject: names nobody"},
      {HoldOnParty, [](Act& a) { a.mutable_hold()->clear_reason(); }, "field reason: is not given"},
      {HoldOnGrant, [](Act& a) { a.mutable_hold()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
      {HoldOnAgreement, [](Act& a) { a.mutable_hold()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
      {LiftOfParty, [](Act& a) { a.mutable_lift()->clear_what(); }, "field what: is not given"},
      {LiftOfParty, [](Act& a) { a.mutable_lift()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
      {LiftOfParty, [](Act& a) { a.mutable_lift()->set_subject(kNobody); },
       "field subject: names nobody"},
      {LiftOfGrant, [](Act& a) { a.mutable_lift()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
      {LiftOfAgreement, [](Act& a) { a.mutable_lift()->clear_subject(); },
       "field subject: 0 bytes instead of 16"},
  });
}

TEST(ShapeCreditTest, EscrowAndReceivablesAreChecked) {
  ExpectRefusals({
      {PrepaidPurchase, [](Act& a) { a.mutable_purchase_authorise()->set_release_days(0, 0); },
       "field release_days[0]: 0 is no day from 1970-01-02 to 9999-12-31"},
      {PrepaidPurchase, [](Act& a) { a.mutable_purchase_authorise()->set_release_days(1, kNoDay); },
       "field release_days[1]: 2932897 is no day from 1970-01-02 to 9999-12-31"},
      {PrepaidPurchase, [](Act& a) { a.mutable_purchase_authorise()->set_release_days(1, 1); },
       "field release_days[1]: not ascending"},
      {PrepaidPurchase, [](Act& a) { a.mutable_purchase_authorise()->set_release_days(0, 3); },
       "field release_days[1]: not ascending"},
      {PrepaidPurchase,
       [](Act& a) {
         for (std::uint32_t day = 3; day <= 61; ++day) {
           a.mutable_purchase_authorise()->add_release_days(day);
         }
       },
       "field release_days: 61 of them instead of 0 to 60"},
      {EscrowRelease, [](Act& a) { a.mutable_escrow_release()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {EscrowRelease, [](Act& a) { a.mutable_escrow_release()->clear_proof(); },
       "field proof: 0 bytes instead of 32"},
      {ReceivableAssign, [](Act& a) { a.mutable_receivable_assign()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {ReceivableAssign, [](Act& a) { a.mutable_receivable_assign()->clear_financier(); },
       "field financier: 0 bytes instead of 16"},
      {ReceivableAssign, [](Act& a) { a.mutable_receivable_assign()->set_financier(kNobody); },
       "field financier: names nobody"},
  });
}

TEST(ShapeCreditTest, RefundsAndPayBacksAreChecked) {
  ExpectRefusals({
      {Refund, [](Act& a) { a.mutable_refund()->clear_refund(); },
       "field refund: 0 bytes instead of 16"},
      {Refund, [](Act& a) { a.mutable_refund()->clear_purchase(); },
       "field purchase: 0 bytes instead of 16"},
      {Refund, [](Act& a) { a.mutable_refund()->clear_reason(); }, "field reason: is not given"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->clear_payment(); },
       "field payment: 0 bytes instead of 16"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->clear_participant(); },
       "field participant: 0 bytes instead of 16"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->set_participant(kNobody); },
       "field participant: names nobody"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->clear_bank(); },
       "field bank: 0 bytes instead of 16"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->set_bank(kNobody); },
       "field bank: names nobody"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->clear_amount(); },
       "field amount.currency: is not three capital letters"},
      {PayBack, [](Act& a) { a.mutable_pay_back()->clear_reference(); },
       "field reference: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, DisputesAreChecked) {
  ExpectRefusals({
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->clear_dispute(); },
       "field dispute: 0 bytes instead of 16"},
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->clear_instalments(); },
       "field instalments: 0 of them instead of 1 to 60"},
      {DisputeOpen,
       [](Act& a) {
         for (std::uint32_t number = 3; number <= 61; ++number) {
           a.mutable_dispute_open()->add_instalments(number);
         }
       },
       "field instalments: 61 of them instead of 1 to 60"},
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->set_instalments(1, 1); },
       "field instalments[1]: not ascending"},
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->set_instalments(0, 3); },
       "field instalments[1]: not ascending"},
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->clear_grounds(); },
       "field grounds: 0 bytes instead of 32"},
      {DisputeOpen, [](Act& a) { a.mutable_dispute_open()->clear_last_day(); },
       "field last_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {DisputeResolve, [](Act& a) { a.mutable_dispute_resolve()->clear_dispute(); },
       "field dispute: 0 bytes instead of 16"},
      {DisputeResolve, [](Act& a) { a.mutable_dispute_resolve()->clear_outcome(); },
       "field outcome: is not given"},
      {DisputeResolve, [](Act& a) { a.mutable_dispute_resolve()->clear_decision(); },
       "field decision: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, ADebitIsByAnAgreementOrByAMandate) {
  ExpectRefusals({
      {DebitByAgreement, [](Act& a) { a.mutable_debit_create()->set_agreement("short"); },
       "field agreement: 5 bytes instead of 16"},
      {DebitByAgreement, [](Act& a) { a.mutable_debit_create()->set_mandate(kId); },
       "field mandate: stands beside an agreement"},
      {DebitByAgreement, [](Act& a) { a.mutable_debit_create()->set_loan(kId); },
       "field loan: stands beside an agreement"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->clear_debit(); },
       "field debit: 0 bytes instead of 16"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->clear_mandate(); },
       "field mandate: 0 bytes instead of 16"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->set_mandate("short"); },
       "field mandate: 5 bytes instead of 16"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->set_agreement(kId); },
       "field mandate: stands beside an agreement"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->clear_amount(); },
       "field amount.currency: is not three capital letters"},
      {DebitByMandate, [](Act& a) { a.mutable_debit_create()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
  });
}

TEST(ShapeCreditTest, MandatesAndReturnsAreChecked) {
  ExpectRefusals({
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->clear_mandate(); },
       "field mandate: 0 bytes instead of 16"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->clear_platform(); },
       "field platform: 0 bytes instead of 16"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->set_platform(kNobody); },
       "field platform: names nobody"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->clear_bank(); },
       "field bank: 0 bytes instead of 16"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->set_bank(kNobody); },
       "field bank: names nobody"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->clear_account(); },
       "field account: 0 bytes instead of 32"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->clear_most(); },
       "field most.currency: is not three capital letters"},
      {MandateGive, [](Act& a) { a.mutable_mandate_give()->clear_last_day(); },
       "field last_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {MandateRevoke, [](Act& a) { a.mutable_mandate_revoke()->clear_mandate(); },
       "field mandate: 0 bytes instead of 16"},
      {DebitReturn, [](Act& a) { a.mutable_debit_return()->clear_debit(); },
       "field debit: 0 bytes instead of 16"},
      {DebitReturn, [](Act& a) { a.mutable_debit_return()->clear_reason(); },
       "field reason: is not given"},
      {DebitReturn, [](Act& a) { a.mutable_debit_return()->clear_reference(); },
       "field reference: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, QuotesAndRestructuringsAreChecked) {
  ExpectRefusals({
      {RepayByQuote, [](Act& a) { a.mutable_repay()->set_quote("short"); },
       "field quote: 5 bytes instead of 16"},
      {EarlyRepay, [](Act& a) { a.mutable_early_repay()->clear_quote(); },
       "field quote: 0 bytes instead of 16"},
      {EarlyRepay, [](Act& a) { a.mutable_early_repay()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {EarlyRepay, [](Act& a) { a.mutable_early_repay()->clear_day(); },
       "field day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {RestructurePropose, [](Act& a) { a.mutable_restructure_propose()->clear_restructuring(); },
       "field restructuring: 0 bytes instead of 16"},
      {RestructurePropose, [](Act& a) { a.mutable_restructure_propose()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {RestructurePropose, [](Act& a) { a.mutable_restructure_propose()->clear_first_due_day(); },
       "field first_due_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {RestructurePropose, [](Act& a) { a.mutable_restructure_propose()->clear_expiry_day(); },
       "field expiry_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {RestructureConsent, [](Act& a) { a.mutable_restructure_consent()->clear_restructuring(); },
       "field restructuring: 0 bytes instead of 16"},
      {RestructureConsent, [](Act& a) { a.mutable_restructure_consent()->clear_proposal(); },
       "field proposal: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, WriteOffsAndRecoveriesAreChecked) {
  ExpectRefusals({
      {WriteOff, [](Act& a) { a.mutable_write_off()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {WriteOffByProof, [](Act& a) { a.mutable_write_off()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {WriteOffByProof, [](Act& a) { a.mutable_write_off()->set_proof("short"); },
       "field proof: 5 bytes instead of 32"},
      {Recover, [](Act& a) { a.mutable_recover()->clear_recovery(); },
       "field recovery: 0 bytes instead of 16"},
      {Recover, [](Act& a) { a.mutable_recover()->clear_loan(); },
       "field loan: 0 bytes instead of 16"},
      {Recover, [](Act& a) { a.mutable_recover()->clear_amount(); },
       "field amount.currency: is not three capital letters"},
      {Recover, [](Act& a) { a.mutable_recover()->clear_reference(); },
       "field reference: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, TerminationsAndDemandsAreChecked) {
  ExpectRefusals({
      {EndByBreach, [](Act& a) { a.mutable_copay_terminate()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {EndByBreach, [](Act& a) { a.mutable_copay_terminate()->clear_ground(); },
       "field ground: is not given"},
      {EndByBreach, [](Act& a) { a.mutable_copay_terminate()->clear_code(); },
       "field code: belongs to a breach or a rule, alone"},
      {EndByRule, [](Act& a) { a.mutable_copay_terminate()->clear_code(); },
       "field code: belongs to a breach or a rule, alone"},
      {EndByPayment, [](Act& a) { a.mutable_copay_terminate()->set_code(1); },
       "field code: belongs to a breach or a rule, alone"},
      {EndByWithdrawal, [](Act& a) { a.mutable_copay_terminate()->set_code(1); },
       "field code: belongs to a breach or a rule, alone"},
      {EndByBoth, [](Act& a) { a.mutable_copay_terminate()->set_code(1); },
       "field code: belongs to a breach or a rule, alone"},
      {Demand, [](Act& a) { a.mutable_demand()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {Demand, [](Act& a) { a.mutable_demand()->clear_notice(); },
       "field notice: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, RecourseAndDisclosureAreChecked) {
  ExpectRefusals({
      {RecourseRepay, [](Act& a) { a.mutable_recourse_repay()->clear_repayment(); },
       "field repayment: 0 bytes instead of 16"},
      {RecourseRepay, [](Act& a) { a.mutable_recourse_repay()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {RecourseRepay, [](Act& a) { a.mutable_recourse_repay()->clear_amount(); },
       "field amount.currency: is not three capital letters"},
      {RecourseRepay, [](Act& a) { a.mutable_recourse_repay()->clear_reference(); },
       "field reference: 0 bytes instead of 32"},
      {RecourseForgive, [](Act& a) { a.mutable_recourse_forgive()->clear_agreement(); },
       "field agreement: 0 bytes instead of 16"},
      {DisclosureConsent, [](Act& a) { a.mutable_disclosure_consent()->clear_invitation(); },
       "field invitation: 0 bytes instead of 16"},
      {DisclosureConsent, [](Act& a) { a.mutable_disclosure_consent()->clear_disclosure(); },
       "field disclosure: 0 bytes instead of 32"},
  });
}

TEST(ShapeCreditTest, AsManyStepsAndInstalmentsAsMayBeAreTaken) {
  Act purchase = PrepaidPurchase();
  Act dispute = DisputeOpen();
  for (std::uint32_t n = 3; n <= 60; ++n) {
    purchase.mutable_purchase_authorise()->add_release_days(n);
    dispute.mutable_dispute_open()->add_instalments(n);
  }
  EXPECT_TRUE(CheckShape(purchase));
  EXPECT_TRUE(CheckShape(dispute));
}

// They are refused by the rules, and so on record.
TEST(ShapeCreditTest, AmountsCountsAndRatesAreLeftToTheRules) {
  Act delivery = Plain(Act::kDeliveryConfirm);
  delivery.mutable_delivery_confirm()->set_payment_days(UINT32_MAX);
  Act release = EscrowRelease();
  release.mutable_escrow_release()->set_step(UINT32_MAX);
  Act assignment = ReceivableAssign();
  assignment.mutable_receivable_assign()->set_price(-1);
  Act refund = Refund();
  refund.mutable_refund()->set_amount(-1);
  Act dispute = DisputeOpen();
  dispute.mutable_dispute_open()->set_instalments(0, 0);
  Act debit = DebitByMandate();
  debit.mutable_debit_create()->set_instalment(UINT32_MAX);
  Act quote = EarlyRepay();
  quote.mutable_early_repay()->set_total(-1);
  Act proposal = RestructurePropose();
  proposal.mutable_restructure_propose()->set_instalments(UINT32_MAX);
  proposal.mutable_restructure_propose()->set_rate_ppm(UINT32_MAX);
  Act payment = RecourseRepay();
  payment.mutable_recourse_repay()->mutable_amount()->set_minor(-1);
  Act gift = RecourseForgive();
  gift.mutable_recourse_forgive()->set_amount(-1);
  Act invitation = Plain(Act::kCopayInvite);  // Jointly, with whatever share.
  invitation.mutable_copay_invite()->set_joint(true);
  invitation.mutable_copay_invite()->set_share_ppm(UINT32_MAX);
  for (const Act& act : {delivery, release, assignment, refund, dispute, debit, quote, proposal,
                         payment, gift, invitation}) {
    const Result<void> shape = CheckShape(act);
    EXPECT_TRUE(shape) << shape.error().message << "\n" << act.ShortDebugString();
  }
}

std::vector<Act> AllRightActs() {
  std::vector<Act> acts;
  for (const RightAct right : RightActs()) acts.push_back(right());
  for (const RightAct right : RightCreditActs()) acts.push_back(right());
  return acts;
}

// A new kind of act begins here: with a right one, and with a table of what is wrong.
TEST(ShapeTest, TheTablesHaveARightActOfEveryKind) {
  std::set<int> kinds;
  for (const Act& act : AllRightActs()) {
    const Result<void> shape = CheckShape(act);
    EXPECT_TRUE(shape) << shape.error().message << "\n" << act.ShortDebugString();
    kinds.insert(act.body_case());
  }
  const google::protobuf::OneofDescriptor* body = Act::descriptor()->FindOneofByName("body");
  ASSERT_NE(body, nullptr);
  for (int i = 0; i < body->field_count(); ++i) {
    EXPECT_TRUE(kinds.contains(body->field(i)->number())) << "no right " << body->field(i)->name();
  }
}

// By its name; payment_days, a single number, counts days.
bool IsDay(const FieldDescriptor& field) {
  return field.name() == "day" || field.name().ends_with(field.is_repeated() ? "_days" : "_day");
}

// Makes the ids, digests, keys, days and currencies in the field wrong; false when it holds none.
bool Spoil(Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() != FieldDescriptor::TYPE_BYTES && field.name() != "currency") return false;
      many ? reflection.AddString(&message, &field, "x")
           : reflection.SetString(&message, &field, "x");
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      if (!IsDay(field)) return false;
      many ? reflection.AddUInt32(&message, &field, kNoDay)
           : reflection.SetUInt32(&message, &field, kNoDay);
      return true;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& inner = *(many ? reflection.AddMessage(&message, &field)
                              : reflection.MutableMessage(&message, &field));
      bool spoilt = false;
      for (int i = 0; i < inner.GetDescriptor()->field_count(); ++i) {
        spoilt = Spoil(inner, *inner.GetDescriptor()->field(i)) || spoilt;
      }
      return spoilt;
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return false;
  }
  AVAL_UNREACHABLE("a type that protobuf does not have");
}

// A wrong length, and a day after the last: what may be empty or zero, only the tables can say.
TEST(ShapeTest, NoActHasAnIdADigestADayOrACurrencyThatIsNotChecked) {
  for (const Act& right : AllRightActs()) {
    const FieldDescriptor& kind = *Act::descriptor()->FindFieldByNumber(right.body_case());
    int checked = 0;
    for (int i = 0; i < kind.message_type()->field_count(); ++i) {
      const FieldDescriptor& field = *kind.message_type()->field(i);
      Act act = right;
      if (!Spoil(*act.GetReflection()->MutableMessage(&act, &kind), field)) continue;
      ++checked;
      const Result<void> shape = CheckShape(act);
      ASSERT_FALSE(shape) << kind.name() << "." << field.name();
      EXPECT_EQ(shape.error().code, Code::kInvalidArgument);
      EXPECT_TRUE(shape.error().message.starts_with("field " + field.name()))
          << kind.name() << "." << field.name() << ": " << shape.error().message;
    }
    EXPECT_GT(checked, 0) << kind.name();
  }
}

}  // namespace

std::vector<RightAct> RightCreditActs() {
  return {GrantReview,
          GrantDeclined,
          GrantClose,
          HoldOnParty,
          HoldOnGrant,
          HoldOnAgreement,
          LiftOfParty,
          LiftOfGrant,
          LiftOfAgreement,
          PrepaidPurchase,
          EscrowRelease,
          ReceivableAssign,
          Refund,
          PayBack,
          DisputeOpen,
          DisputeResolve,
          RepayByQuote,
          DebitByAgreement,
          DebitByMandate,
          DebitReturn,
          MandateGive,
          MandateRevoke,
          EarlyRepay,
          RestructurePropose,
          RestructureConsent,
          WriteOff,
          WriteOffByProof,
          Recover,
          EndByPayment,
          EndByWithdrawal,
          EndByBreach,
          EndByBoth,
          EndByRule,
          Demand,
          RecourseRepay,
          RecourseForgive,
          DisclosureConsent};
}

}  // namespace aval::ledger
