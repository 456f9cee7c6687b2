#include "tests/bench/purchase_acts.h"

#include "base/assert.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/sample_copay.h"

namespace aval::bench {
namespace {

using namespace ledger;  // NOLINT(google-build-using-namespace): acts are all this file is about.

constexpr std::uint32_t kSupplier = 900'000;
constexpr std::uint32_t kCopayers = 500'000;  // The borrower's number is added.
// Each number has ten ids, and grants' proposals and decisions one more each.
constexpr std::uint64_t kIds = 1'000'000;

std::uint64_t IdOf(std::uint64_t kind, std::uint32_t n) { return kind * kIds + 10 * n; }

std::uint64_t EvidenceOf(std::uint32_t n) { return IdOf(1, n); }

SampleGrant GrantOf(std::uint32_t n) {
  return {.id = IdOf(2, n),
          .borrower = TestParticipant(n),
          .evidence = EvidenceOf(n),
          .expiry = kFirstDay.Plus(100)};
}

SamplePurchase PurchaseOf(std::uint32_t n) {
  return {.id = IdOf(3, n),
          .grant = IdOf(2, n),
          .borrower = TestParticipant(n),
          .supplier = TestParticipant(kSupplier),
          .first_due = kFirstDay.Plus(kDueDay),
          .expiry = kFirstDay.Plus(3)};
}

std::shared_ptr<const Bytes> EvidenceAct(std::uint32_t n, std::size_t i) {
  return EvidenceActs(n, EvidenceOf(n), kFirstDay.Plus(100))[i];
}

SignerRef HandOf(std::uint32_t n) { return {TestParticipant(n), Department::kNone}; }

crypto::SecretKey SecondKeyOf(std::uint32_t n) {
  return TestKey("second key " + std::to_string(n));
}

SampleCopay CopayOf(std::uint32_t n) {
  return {.loan = IdOf(3, n),
          .borrower = TestParticipant(n),
          .co_payer = TestParticipant(kCopayers + n),
          .agreement = IdOf(10, n),
          .capacity = IdOf(11, n),
          .invitation = IdOf(12, n),
          .last_day = kFirstDay.Plus(60)};
}

std::uint64_t DebitOf(std::uint32_t n) { return IdOf(13, n); }

}  // namespace

std::shared_ptr<const Bytes> ActOf(Step step, std::uint32_t n) {
  switch (step) {
    case Step::kRegister:
      return RegisterAct(n);
    case Step::kAttestIdentity:
      return EvidenceAct(n, 0);
    case Step::kAttestCapacity:
      return EvidenceAct(n, 1);
    case Step::kAttestScore:
      return EvidenceAct(n, 2);
    case Step::kPropose:
      return ProposeAct(GrantOf(n));
    case Step::kDecidePlatform:
      return DecideAct(GrantOf(n), kPlatform);
    case Step::kDecideBank:
      return DecideAct(GrantOf(n), kBankA);
    case Step::kActivate:
      return ActivateAct(GrantOf(n));
    case Step::kAuthorise:
      return AuthoriseAct(PurchaseOf(n));
    case Step::kCapture:
      return CaptureAct(PurchaseOf(n));
    case Step::kDeliver:
      return DeliverAct(PurchaseOf(n));
    case Step::kRepay:
      return RepayAct(IdOf(4, n), IdOf(3, n), {40'000}, kFirstDay);
  }
  AVAL_ASSERT(false);
  return nullptr;
}

std::shared_ptr<const Bytes> RevokeAttestation(std::uint32_t n) {
  act::v1::Act act = NewAct(kBankA, IdOf(5, n));
  act.mutable_attest_revoke()->set_attestation(ToWire(TestId(EvidenceOf(n))));
  act.mutable_attest_revoke()->set_reason(1);
  return SignAct(act, {{kBankA, Department::kCompliance}});
}

std::shared_ptr<const Bytes> LowerLimit(std::uint32_t n) {
  act::v1::Act act = NewAct(kBankA, IdOf(6, n));
  act::v1::LimitAdjust* body = act.mutable_limit_adjust();
  body->set_grant(ToWire(TestId(GrantOf(n).id)));
  body->set_limit(GrantOf(n).limit.minor / 2);
  body->set_factor_ppm(500'000);
  body->set_reason(1);
  return SignAct(act, {{kBankA, Department::kCredit}});
}

std::shared_ptr<const Bytes> VoidPurchase(std::uint32_t n) { return VoidAct(PurchaseOf(n)); }

std::shared_ptr<const Bytes> AddKey(std::uint32_t n) {
  return KeyAddAct(HandOf(n), SecondKeyOf(n), {HandOf(n)}, IdOf(7, n));
}

std::shared_ptr<const Bytes> RevokeKey(std::uint32_t n) {
  return KeyRevokeAct(SecondKeyOf(n).public_key(), HandOf(n), IdOf(8, n));
}

std::shared_ptr<const Bytes> RegisterSupplier(std::uint32_t n) {
  return SupplierAct(kSupplier + n);
}

std::shared_ptr<const Bytes> RollDay(std::uint32_t n) { return DayRollAct(kFirstDay.Plus(n)); }

std::shared_ptr<const Bytes> RegisterCopayer(std::uint32_t n) { return RegisterAct(kCopayers + n); }

std::shared_ptr<const Bytes> IdentifyCopayer(std::uint32_t n) {
  return EvidenceActs(kCopayers + n, IdOf(9, n), kFirstDay.Plus(100)).front();
}

std::shared_ptr<const Bytes> InviteCopayer(std::uint32_t n) {
  const SampleCopay copay = CopayOf(n);
  return InviteAct(copay, copay.invitation, kFirstDay.Plus(1));
}

std::shared_ptr<const Bytes> AcceptInvitation(std::uint32_t n) { return AcceptAct(CopayOf(n)); }

std::shared_ptr<const Bytes> AttestCapacity(std::uint32_t n) {
  return AttestCapacityAct(CopayOf(n));
}

std::shared_ptr<const Bytes> ReviewAsBank(std::uint32_t n) {
  return ReviewAct(CopayOf(n), IdOf(14, n), {kBankB, Department::kCompliance});
}

std::shared_ptr<const Bytes> ReviewAsLender(std::uint32_t n) {
  return ReviewAct(CopayOf(n), IdOf(15, n), {kBankA, Department::kCredit});
}

std::shared_ptr<const Bytes> JoinMandate(std::uint32_t n) {
  return JoinAct(CopayOf(n), IdOf(16, n));
}

std::shared_ptr<const Bytes> CreateDebit(std::uint32_t n) {
  return DebitCreateAct(CopayOf(n), DebitOf(n), kFirstDay.Plus(kDueDay));
}

std::shared_ptr<const Bytes> SubmitDebit(std::uint32_t n) {
  return DebitSubmitAct(IdOf(17, n), DebitOf(n));
}

std::shared_ptr<const Bytes> ConfirmDebit(std::uint32_t n) {
  return DebitResultAct(IdOf(18, n), DebitOf(n), true);
}

std::shared_ptr<const Bytes> DeclineInvitation(std::uint32_t n) {
  const SampleCopay copay = CopayOf(n);
  return DeclineAct(copay, IdOf(19, n), copay.invitation);
}

std::shared_ptr<const Bytes> WithdrawInvitation(std::uint32_t n) {
  const SampleCopay copay = CopayOf(n);
  return WithdrawAct(copay, IdOf(20, n), copay.invitation);
}

std::shared_ptr<const Bytes> RegisterTheSupplier() { return SupplierAct(kSupplier); }

}  // namespace aval::bench
