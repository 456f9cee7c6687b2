#include "tests/ledger/rules/copay_desk.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/record/attestations.h"
#include "ledger/rules/require.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

std::string Text32(char c) { return std::string(32, c); }

}  // namespace

void CopayDesk::OpenLoan() {
  market_.Buy(market_.Order(1));
  market_.PassTo(kFirstDay.Plus(31));
  ASSERT_EQ(market_.Repay(1, 1, 33'833), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 2, 24));
}

act::v1::CopayInvite CopayDesk::Invitation(std::uint8_t number) const {
  act::v1::CopayInvite act;
  act.set_invitation(ToWire(InvitationId(number)));
  act.set_loan(ToWire(Market::PurchaseId(1)));
  act.set_invitee(ToWire(market_.borrower(2)));
  act.add_instalments(2);
  act.set_share_ppm(500'000);
  act.mutable_cap()->set_currency("BRL");
  act.mutable_cap()->set_minor(50'000);
  act.set_mode(act::v1::THIRD_PARTY_PAYMENT);
  act.set_terms(Text32('t'));
  act.set_disclosure(Text32('s'));
  act.set_expiry_day(ToWire(market_.book().today().Plus(1)));
  return act;
}

Verdict CopayDesk::Invite(const act::v1::CopayInvite& act) {
  const auto loan = market_.book().Find<Loan>({ToId(act.loan())});
  return market_.Apply(act, {By(loan ? loan->borrower : market_.borrower(1))});
}

act::v1::CopayAccept CopayDesk::Acceptance(std::uint8_t number) const {
  const auto invitation = market_.book().Get<ledger::Invitation>({InvitationId(number)});
  act::v1::CopayAccept act;
  act.set_agreement(ToWire(AgreementId(number)));
  act.set_invitation(ToWire(InvitationId(number)));
  act.set_terms(ToWire(invitation.terms));
  act.set_disclosure(ToWire(invitation.disclosure));
  act.set_mode(static_cast<act::v1::LiabilityMode>(invitation.mode));
  act.set_bank(ToWire(kBankB));
  act.set_account(Text32('a'));
  act.set_last_day(ToWire(market_.book().today().Plus(100)));
  return act;
}

Verdict CopayDesk::Accept(const act::v1::CopayAccept& act) {
  const auto invitation = market_.book().Get<ledger::Invitation>({ToId(act.invitation())});
  return market_.Apply(act, {By(invitation.invitee)});
}

Id CopayDesk::AttestCapacity(std::uint8_t number, PartyId subject, std::int64_t capacity) {
  SmallBook& book = market_.book();
  const Id id = book.AddAttestation(TestId('K', number), subject, AttestationKind::kCapacity,
                                    {{.code = 1, .value = capacity}}, book.today().Plus(180));
  auto attestation = book.Get<Attestation>({id});
  attestation.issuer = kOtherAttester;
  book.Put<Attestation>({id}, attestation);
  return id;
}

act::v1::CopayReview CopayDesk::Review(std::uint8_t number) const {
  act::v1::CopayReview act = Word(number);
  act.set_capacity(ToWire(TestId('K', number)));
  return act;
}

Verdict CopayDesk::SecondOpinion(const act::v1::CopayReview& act) {
  return market_.Apply(act, {By(kOtherAttester, Department::kCompliance)});
}

act::v1::CopayReview CopayDesk::Word(std::uint8_t number) const {
  act::v1::CopayReview act;
  act.set_agreement(ToWire(AgreementId(number)));
  act.set_acceptance(ToWire(AgreementNow(number).acceptance));
  return act;
}

Verdict CopayDesk::LendersWord(const act::v1::CopayReview& act) {
  return market_.Apply(act, {By(kBankA, Department::kCredit)});
}

act::v1::MandateJoin CopayDesk::Joining(std::uint8_t number) const {
  act::v1::MandateJoin act;
  act.set_agreement(ToWire(AgreementId(number)));
  act.set_acceptance(ToWire(AgreementNow(number).acceptance));
  return act;
}

Verdict CopayDesk::Join(const act::v1::MandateJoin& act) {
  return market_.Apply(act, {By(kBankB, Department::kOps)});
}

Verdict CopayDesk::Agree(const act::v1::CopayInvite& invitation, std::uint8_t number) {
  AVAL_REQUIRE(Invite(invitation));
  AVAL_REQUIRE(Accept(Acceptance(number)));
  AttestCapacity(number, ToParty(invitation.invitee()), 1'000'000);
  AVAL_REQUIRE(SecondOpinion(Review(number)));
  AVAL_REQUIRE(LendersWord(Word(number)));
  return Join(Joining(number));
}

act::v1::DebitCreate CopayDesk::Instruction(std::uint8_t number, std::int64_t amount) const {
  act::v1::DebitCreate act;
  act.set_debit(ToWire(DebitId(number)));
  act.set_agreement(ToWire(AgreementId(1)));
  act.set_instalment(2);
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(amount);
  act.set_expiry_day(ToWire(market_.book().today().Plus(3)));
  return act;
}

Verdict CopayDesk::Create(const act::v1::DebitCreate& act) {
  return market_.Apply(act, {By(kPlatform, Department::kOps)});
}

Verdict CopayDesk::Submit(std::uint8_t number) {
  act::v1::DebitSubmit act;
  act.set_debit(ToWire(DebitId(number)));
  return market_.Apply(act, {By(kBankB, Department::kOps)});
}

act::v1::DebitResult CopayDesk::Confirmation(std::uint8_t number, std::int64_t amount) const {
  act::v1::DebitResult act;
  act.set_debit(ToWire(DebitId(number)));
  act.set_result(act::v1::DebitResult::CONFIRMED);
  act.set_amount(amount);
  act.set_reference(Text32('r'));
  return act;
}

act::v1::DebitResult CopayDesk::Rejection(std::uint8_t number) const {
  act::v1::DebitResult act = Confirmation(number, 0);
  act.set_result(act::v1::DebitResult::REJECTED);
  act.set_reason(4);
  return act;
}

Verdict CopayDesk::Result(const act::v1::DebitResult& act) {
  return market_.Apply(act, {By(kBankB, Department::kOps)});
}

Verdict CopayDesk::Return(std::uint8_t number) {
  act::v1::DebitReturn act;
  act.set_debit(ToWire(DebitId(number)));
  act.set_reason(7);
  act.set_reference(Text32('b'));
  return market_.Apply(act, {By(DebitNow(number).bank, Department::kOps)});
}

Verdict CopayDesk::Terminate(std::uint8_t agreement, act::v1::CopayTerminate::Ground ground) {
  using act::v1::CopayTerminate;
  CopayTerminate act;
  act.set_agreement(ToWire(AgreementId(agreement)));
  act.set_ground(ground);
  if (ground == CopayTerminate::BREACH || ground == CopayTerminate::REGULATORY) act.set_code(9);
  const SignerRef co_payer = By(AgreementNow(agreement).co_payer);
  const SignerRef ops = By(kPlatform, Department::kOps);
  switch (ground) {
    case CopayTerminate::PAID:
      return market_.Apply(act, {ops});
    case CopayTerminate::WITHDRAWAL:
      return market_.Apply(act, {co_payer});
    case CopayTerminate::BREACH:
      return market_.Apply(act, {By(kPlatform, Department::kRisk)});
    case CopayTerminate::MUTUAL:
      return market_.Apply(act, {co_payer, ops});
    default:
      return market_.Apply(act, {By(kBankA, Department::kCompliance)});
  }
}

Verdict CopayDesk::Suspend(std::uint8_t agreement) {
  return market_.Hold(act::v1::AGREEMENT, AgreementId(agreement), By(kBankA, Department::kRisk));
}

Verdict CopayDesk::Resume(std::uint8_t agreement) {
  return market_.Lift(act::v1::AGREEMENT, AgreementId(agreement), By(kBankA, Department::kRisk));
}

Verdict CopayDesk::Demand(std::uint8_t agreement) {
  act::v1::Demand act;
  act.set_agreement(ToWire(AgreementId(agreement)));
  act.set_notice(Text32('n'));
  return market_.Apply(act, {By(kBankA, Department::kCredit)});
}

act::v1::MandateGive CopayDesk::Mandate(std::uint8_t number) const {
  act::v1::MandateGive act;
  act.set_mandate(ToWire(MandateId(number)));
  act.set_platform(ToWire(kPlatform));
  act.set_bank(ToWire(kBankB));
  act.set_account(Text32('a'));
  act.mutable_most()->set_currency("BRL");
  act.mutable_most()->set_minor(40'000);
  act.set_last_day(ToWire(market_.book().today().Plus(100)));
  return act;
}

Verdict CopayDesk::Give(const act::v1::MandateGive& act, PartyId borrower) {
  return market_.Apply(act, {By(borrower), By(kBankB, Department::kOps)});
}

act::v1::DebitCreate CopayDesk::OwnInstruction(std::uint8_t number, std::int64_t amount) const {
  act::v1::DebitCreate act = Instruction(number, amount);
  act.clear_agreement();
  act.set_mandate(ToWire(MandateId(1)));
  act.set_loan(ToWire(Market::PurchaseId(1)));
  return act;
}

act::v1::RecourseRepay CopayDesk::PayingBack(std::uint8_t number, std::int64_t amount) const {
  act::v1::RecourseRepay act;
  act.set_repayment(ToWire(TestId('Q', number)));
  act.set_agreement(ToWire(AgreementId(1)));
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(amount);
  act.set_reference(Text32('q'));
  return act;
}

Verdict CopayDesk::PayBackBetweenThem(const act::v1::RecourseRepay& act) {
  return market_.Apply(act, {By(market_.borrower(1)), By(market_.borrower(2))});
}

Verdict CopayDesk::PayBackByBank(const act::v1::RecourseRepay& act) {
  return market_.Apply(act, {By(kBankB, Department::kOps)});
}

Verdict CopayDesk::Forgive(std::int64_t amount) {
  act::v1::RecourseForgive act;
  act.set_agreement(ToWire(AgreementId(1)));
  act.set_amount(amount);
  return market_.Apply(act, {By(market_.borrower(2))});
}

}  // namespace aval::ledger::rules
