#include "tests/ledger/sample_copay.h"

#include <cstdint>
#include <string>
#include <utility>

#include "crypto/envelope.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

using Envelope = std::shared_ptr<const Bytes>;

act::v1::Act ActOf(const PartyId& author, std::uint64_t nonce) {
  act::v1::Act act = NewAct(author, nonce);
  act.set_last_valid_day(ToWire(kFirstDay.Plus(20)));
  return act;
}

// The mandate that reviews and joins name.
std::string AcceptanceOf(const SampleCopay& copay) {
  return ToWire(crypto::IdentityOf(*crypto::ParseEnvelope(*AcceptAct(copay))));
}

}  // namespace

Envelope InviteAct(const SampleCopay& copay, std::uint64_t id, Day expiry) {
  act::v1::Act act = ActOf(copay.borrower, id);
  act::v1::CopayInvite* body = act.mutable_copay_invite();
  body->set_invitation(ToWire(TestId(id)));
  body->set_loan(ToWire(TestId(copay.loan)));
  body->set_invitee(ToWire(copay.co_payer));
  body->add_instalments(1);
  body->set_share_ppm(500'000);
  body->mutable_cap()->set_currency("BRL");
  body->mutable_cap()->set_minor(30'000);
  body->set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body->set_terms(TestDigest("terms"));
  body->set_disclosure(TestDigest("disclosure"));
  body->set_expiry_day(ToWire(expiry));
  return SignAct(act, {{copay.borrower, Department::kNone}});
}

Envelope DeclineAct(const SampleCopay& copay, std::uint64_t nonce, std::uint64_t invitation) {
  act::v1::Act act = ActOf(copay.co_payer, nonce);
  act.mutable_copay_decline()->set_invitation(ToWire(TestId(invitation)));
  return SignAct(act, {{copay.co_payer, Department::kNone}});
}

Envelope WithdrawAct(const SampleCopay& copay, std::uint64_t nonce, std::uint64_t invitation) {
  act::v1::Act act = ActOf(copay.borrower, nonce);
  act.mutable_copay_withdraw()->set_invitation(ToWire(TestId(invitation)));
  return SignAct(act, {{copay.borrower, Department::kNone}});
}

Envelope AcceptAct(const SampleCopay& copay) {
  act::v1::Act act = ActOf(copay.co_payer, copay.agreement);
  act::v1::CopayAccept* body = act.mutable_copay_accept();
  body->set_agreement(ToWire(TestId(copay.agreement)));
  body->set_invitation(ToWire(TestId(copay.invitation)));
  body->set_terms(TestDigest("terms"));
  body->set_disclosure(TestDigest("disclosure"));
  body->set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body->set_bank(ToWire(kBankB));
  body->set_account(TestDigest("account"));
  body->set_last_day(ToWire(copay.last_day));
  return SignAct(act, {{copay.co_payer, Department::kNone}});
}

Envelope AttestCapacityAct(const SampleCopay& copay) {
  act::v1::Act act = ActOf(kBankB, copay.capacity);
  act::v1::Attest* body = act.mutable_attest();
  body->set_attestation(ToWire(TestId(copay.capacity)));
  body->set_subject(ToWire(copay.co_payer));
  body->set_kind(act::v1::CAPACITY);
  body->add_values()->set_code(1);
  body->mutable_values(0)->set_value(50'000);
  body->set_commitment(TestDigest("capacity"));
  body->set_expiry_day(ToWire(copay.last_day));
  return SignAct(act, {{kBankB, Department::kCompliance}});
}

Envelope ReviewAct(const SampleCopay& copay, std::uint64_t nonce, const SignerRef& reviewer) {
  act::v1::Act act = ActOf(reviewer.party, nonce);
  act::v1::CopayReview* body = act.mutable_copay_review();
  body->set_agreement(ToWire(TestId(copay.agreement)));
  body->set_acceptance(AcceptanceOf(copay));
  if (reviewer.department == Department::kCompliance)
    body->set_capacity(ToWire(TestId(copay.capacity)));
  return SignAct(act, {reviewer});
}

Envelope JoinAct(const SampleCopay& copay, std::uint64_t nonce) {
  act::v1::Act act = ActOf(kBankB, nonce);
  act.mutable_mandate_join()->set_agreement(ToWire(TestId(copay.agreement)));
  act.mutable_mandate_join()->set_acceptance(AcceptanceOf(copay));
  return SignAct(act, {{kBankB, Department::kOps}});
}

Envelope DebitCreateAct(const SampleCopay& copay, std::uint64_t id, Day expiry) {
  act::v1::Act act = ActOf(kPlatform, id);
  act::v1::DebitCreate* body = act.mutable_debit_create();
  body->set_debit(ToWire(TestId(id)));
  body->set_agreement(ToWire(TestId(copay.agreement)));
  body->set_instalment(1);
  body->mutable_amount()->set_currency("BRL");
  body->mutable_amount()->set_minor(5'000);
  body->set_expiry_day(ToWire(expiry));
  return SignAct(act, {{kPlatform, Department::kOps}});
}

Envelope DebitSubmitAct(std::uint64_t nonce, std::uint64_t debit) {
  act::v1::Act act = ActOf(kBankB, nonce);
  act.mutable_debit_submit()->set_debit(ToWire(TestId(debit)));
  return SignAct(act, {{kBankB, Department::kOps}});
}

Envelope DebitResultAct(std::uint64_t nonce, std::uint64_t debit, bool confirmed) {
  act::v1::Act act = ActOf(kBankB, nonce);
  act::v1::DebitResult* body = act.mutable_debit_result();
  body->set_debit(ToWire(TestId(debit)));
  body->set_result(confirmed ? act::v1::DebitResult::CONFIRMED : act::v1::DebitResult::REJECTED);
  body->set_amount(confirmed ? 5'000 : 0);
  body->set_reason(confirmed ? 0 : 4);
  body->set_reference(TestDigest("debit reference"));
  return SignAct(act, {{kBankB, Department::kOps}});
}

std::vector<std::vector<Envelope>> SampleCopayDays() {
  // The instalment fell due on the tenth day and is paid on the twenty-first.
  std::vector<std::vector<Envelope>> days(21);
  const auto day = [](std::int64_t number) { return kFirstDay.Plus(number); };
  const SampleCopay copay{.loan = 5001,
                          .borrower = TestParticipant(1),
                          .co_payer = TestParticipant(2),
                          .agreement = 7100,
                          .capacity = 7200,
                          .invitation = 7005,
                          .last_day = day(60)};
  days[14] = {InviteAct(copay, 7000, day(15)), DeclineAct(copay, 7001, 7000),
              InviteAct(copay, 7002, day(15)), WithdrawAct(copay, 7003, 7002),
              InviteAct(copay, 7004, day(15))};
  days[15] = {InviteAct(copay, copay.invitation, day(16)),
              AcceptAct(copay),
              AttestCapacityAct(copay),
              ReviewAct(copay, 7201, {kBankB, Department::kCompliance}),
              ReviewAct(copay, 7202, {kBankA, Department::kCredit}),
              JoinAct(copay, 7203)};
  days[16] = {DebitCreateAct(copay, 7300, day(17)), DebitSubmitAct(7301, 7300),
              DebitResultAct(7302, 7300, false)};
  days[17] = {DebitCreateAct(copay, 7310, day(17)), DebitSubmitAct(7311, 7310),
              DebitResultAct(7312, 7310, true)};
  days[18] = {DebitCreateAct(copay, 7320, day(18)), DebitSubmitAct(7321, 7320)};
  return days;
}

}  // namespace aval::ledger
