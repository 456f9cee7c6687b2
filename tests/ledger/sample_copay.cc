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

constexpr std::uint64_t kLoan = 5001;
constexpr std::uint64_t kAgreement = 7100;
constexpr std::uint64_t kCapacity = 7200;

PartyId Borrower() { return TestParticipant(1); }
PartyId CoPayer() { return TestParticipant(2); }

act::v1::Act ActOf(const PartyId& author, std::uint64_t nonce) {
  act::v1::Act act = NewAct(author, nonce);
  act.set_last_valid_day(ToWire(kFirstDay.Plus(20)));
  return act;
}

Envelope Invite(std::uint64_t id, Day day) {
  act::v1::Act act = ActOf(Borrower(), id);
  act::v1::CopayInvite* body = act.mutable_copay_invite();
  body->set_invitation(ToWire(TestId(id)));
  body->set_loan(ToWire(TestId(kLoan)));
  body->set_invitee(ToWire(CoPayer()));
  body->add_instalments(1);
  body->set_share_ppm(500'000);
  body->mutable_cap()->set_currency("BRL");
  body->mutable_cap()->set_minor(30'000);
  body->set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body->set_terms(TestDigest("terms"));
  body->set_disclosure(TestDigest("disclosure"));
  body->set_expiry_day(ToWire(day.Plus(1)));
  return SignAct(act, {{Borrower(), Department::kNone}});
}

Envelope Decline(std::uint64_t nonce, std::uint64_t invitation) {
  act::v1::Act act = ActOf(CoPayer(), nonce);
  act.mutable_copay_decline()->set_invitation(ToWire(TestId(invitation)));
  return SignAct(act, {{CoPayer(), Department::kNone}});
}

Envelope Withdraw(std::uint64_t nonce, std::uint64_t invitation) {
  act::v1::Act act = ActOf(Borrower(), nonce);
  act.mutable_copay_withdraw()->set_invitation(ToWire(TestId(invitation)));
  return SignAct(act, {{Borrower(), Department::kNone}});
}

Envelope Accept(std::uint64_t invitation, Day last_day) {
  act::v1::Act act = ActOf(CoPayer(), kAgreement);
  act::v1::CopayAccept* body = act.mutable_copay_accept();
  body->set_agreement(ToWire(TestId(kAgreement)));
  body->set_invitation(ToWire(TestId(invitation)));
  body->set_terms(TestDigest("terms"));
  body->set_disclosure(TestDigest("disclosure"));
  body->set_mode(act::v1::THIRD_PARTY_PAYMENT);
  body->set_bank(ToWire(kBankB));
  body->set_account(TestDigest("account"));
  body->set_last_day(ToWire(last_day));
  return SignAct(act, {{CoPayer(), Department::kNone}});
}

Envelope AttestCapacity(Day expiry) {
  act::v1::Act act = ActOf(kBankB, kCapacity);
  act::v1::Attest* body = act.mutable_attest();
  body->set_attestation(ToWire(TestId(kCapacity)));
  body->set_subject(ToWire(CoPayer()));
  body->set_kind(act::v1::CAPACITY);
  body->add_values()->set_code(1);
  body->mutable_values(0)->set_value(50'000);
  body->set_commitment(TestDigest("capacity"));
  body->set_expiry_day(ToWire(expiry));
  return SignAct(act, {{kBankB, Department::kCompliance}});
}

Envelope Review(std::uint64_t nonce, const SignerRef& reviewer, const std::string& acceptance) {
  act::v1::Act act = ActOf(reviewer.party, nonce);
  act::v1::CopayReview* body = act.mutable_copay_review();
  body->set_agreement(ToWire(TestId(kAgreement)));
  body->set_acceptance(acceptance);
  if (reviewer.department == Department::kCompliance) body->set_capacity(ToWire(TestId(kCapacity)));
  return SignAct(act, {reviewer});
}

Envelope Join(std::uint64_t nonce, const std::string& acceptance) {
  act::v1::Act act = ActOf(kBankB, nonce);
  act.mutable_mandate_join()->set_agreement(ToWire(TestId(kAgreement)));
  act.mutable_mandate_join()->set_acceptance(acceptance);
  return SignAct(act, {{kBankB, Department::kOps}});
}

Envelope Create(std::uint64_t id, Day expiry) {
  act::v1::Act act = ActOf(kPlatform, id);
  act::v1::DebitCreate* body = act.mutable_debit_create();
  body->set_debit(ToWire(TestId(id)));
  body->set_agreement(ToWire(TestId(kAgreement)));
  body->set_instalment(1);
  body->mutable_amount()->set_currency("BRL");
  body->mutable_amount()->set_minor(5'000);
  body->set_expiry_day(ToWire(expiry));
  return SignAct(act, {{kPlatform, Department::kOps}});
}

Envelope Submit(std::uint64_t nonce, std::uint64_t debit) {
  act::v1::Act act = ActOf(kBankB, nonce);
  act.mutable_debit_submit()->set_debit(ToWire(TestId(debit)));
  return SignAct(act, {{kBankB, Department::kOps}});
}

Envelope Result(std::uint64_t nonce, std::uint64_t debit, bool confirmed) {
  act::v1::Act act = ActOf(kBankB, nonce);
  act::v1::DebitResult* body = act.mutable_debit_result();
  body->set_debit(ToWire(TestId(debit)));
  body->set_result(confirmed ? act::v1::DebitResult::CONFIRMED : act::v1::DebitResult::REJECTED);
  body->set_amount(confirmed ? 5'000 : 0);
  body->set_reason(confirmed ? 0 : 4);
  body->set_reference(TestDigest("debit reference"));
  return SignAct(act, {{kBankB, Department::kOps}});
}

}  // namespace

std::vector<std::vector<Envelope>> SampleCopayDays() {
  // The instalment fell due on the tenth day and is paid on the twenty-first.
  std::vector<std::vector<Envelope>> days(21);
  const auto day = [](std::int64_t number) { return kFirstDay.Plus(number); };
  days[14] = {Invite(7000, day(14)), Decline(7001, 7000), Invite(7002, day(14)),
              Withdraw(7003, 7002), Invite(7004, day(14))};
  Envelope acceptance = Accept(7005, day(60));
  const std::string identity = ToWire(crypto::IdentityOf(*crypto::ParseEnvelope(*acceptance)));
  days[15] = {Invite(7005, day(15)),
              std::move(acceptance),
              AttestCapacity(day(60)),
              Review(7201, {kBankB, Department::kCompliance}, identity),
              Review(7202, {kBankA, Department::kCredit}, identity),
              Join(7203, identity)};
  days[16] = {Create(7300, day(17)), Submit(7301, 7300), Result(7302, 7300, false)};
  days[17] = {Create(7310, day(17)), Submit(7311, 7310), Result(7312, 7310, true)};
  days[18] = {Create(7320, day(18)), Submit(7321, 7320)};
  return days;
}

}  // namespace aval::ledger
