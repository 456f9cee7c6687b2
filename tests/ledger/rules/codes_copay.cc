// Co-payers: invitation, agreement, and what becomes of it.

#include <functional>
#include <utility>
#include <vector>

#include "ledger/record/attestations.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {
namespace {

using act::v1::CopayTerminate;
using enum Verdict;

constexpr Id kLoan = TestId('P', 1);
constexpr Id kInvitation = TestId('I', 1);
constexpr Id kAgreement = TestId('A', 1);
constexpr Id kEvidence = TestId('K', 1);
constexpr SignerRef kLead{.party = kBankA, .department = Department::kCredit};
constexpr SignerRef kReviewer{.party = kOtherAttester, .department = Department::kCompliance};

Spoil ChangedInvitation(std::function<void(Invitation&)> change) {
  return Changed<Invitation>({.invitation = kInvitation}, std::move(change));
}

Spoil ChangedAgreement(std::function<void(Agreement&)> change) {
  return Changed<Agreement>({.agreement = kAgreement}, std::move(change));
}

Spoil ChangedCapacity(std::function<void(Attestation&)> change) {
  return Changed<Attestation>({.attestation = kEvidence}, std::move(change));
}

Spoil InDefault() {
  return Changed<Loan>({.loan = kLoan}, [](Loan& loan) { loan.defaulted = true; });
}

act::v1::CopayInvite& Invite(Attempt& a) { return *a.act.mutable_copay_invite(); }

std::vector<Reason> InviteReasons() {
  return {
      {"an unknown loan", [](Attempt& a) { Invite(a).set_loan(Nowhere()); }, kUnknown},
      {"another borrower", SignedBy({By(kStranger)}), kRole},
      {"the id exists", [](Attempt& a) { Must(a.copay.Invite(a.copay.Invitation(1))); },
       kDuplicate},
      {"the borrower itself", [](Attempt& a) { Invite(a).set_invitee(ToWire(kBorrower)); }, kSelf},
      {"an unknown invitee", [](Attempt& a) { Invite(a).set_invitee(Nowhere()); }, kUnknown, false,
       true},
      {"the loan is paid off", LoanClosed(), kClosed},
      {"a frozen borrower", PartyHeld(kBorrower), kFrozen, true},
      {"no mode", [](Attempt& a) { Invite(a).clear_mode(); }, kLiabilityMode},
      {"another currency", [](Attempt& a) { Invite(a).mutable_cap()->set_currency("EUR"); },
       kCurrency},
      {"an unknown instalment", [](Attempt& a) { Invite(a).add_instalments(4); }, kRange},
      {"a loan in default", InDefault(), kWindow},
      {"more than one may bear", [](Attempt& a) { Invite(a).set_share_ppm(600'001); }, kShareMax},
      {"too many instalments",
       WithCopayPolicy([](CopayPolicy& policy) { policy.max_instalments = 0; }), kRange},
      {"less than the least", WithCopayPolicy([](CopayPolicy& policy) { policy.min = {50'001}; }),
       kCopayMin},
      {"more than one may stand for",
       WithCopayPolicy([](CopayPolicy& policy) { policy.max_commitment = {49'999}; }), kCap},
      {"it ended yesterday",
       [](Attempt& a) { Invite(a).set_expiry_day(ToWire(a.today().Plus(-1))); }, kRange},
      {"too many are open",
       WithCopayPolicy([](CopayPolicy& policy) { policy.open_invitations = 0; }), kInviteLimit}};
}

ActCase CopayInvite() {
  return {.name = "CopayInvite",
          .prepare =
              [](Attempt& a) {
                a.copay.OpenLoan();
                a.Say(a.copay.Invitation(1), {By(kBorrower)});
              },
          .reasons = InviteReasons(),
          .makes = {"invitation"},
          .fields = {{"loan", {kUnknown}},
                     {"invitee", {kUnknown}},
                     {"cap.minor", {kRange}},
                     {"cap.currency", {kCurrency}},
                     {"expiry_day", {kRange}},
                     {"share_ppm", {kShareMax}},
                     {"instalments", {kRange}}}};
}

void OpenInvitation(Attempt& a) {
  a.copay.OpenLoan();
  Must(a.copay.Invite(a.copay.Invitation(1)));
}

std::vector<Reason> InvitationReasons(Spoil unknown) {
  return {{"an unknown invitation", std::move(unknown), kUnknown},
          {"another party", SignedBy({By(kStranger)}), kRole},
          {"its last day has passed", [](Attempt& a) { a.market.PassDays(2); }, kInviteExpired},
          {"it was withdrawn", ChangedInvitation([](Invitation& invitation) {
             invitation.state = InvitationState::kWithdrawn;
           }),
           kState, false, true}};
}

ActCase CopayDecline() {
  return {.name = "CopayDecline",
          .prepare =
              [](Attempt& a) {
                OpenInvitation(a);
                act::v1::CopayDecline act;
                act.set_invitation(ToWire(kInvitation));
                a.Say(act, {By(kCoPayer)});
              },
          .reasons = InvitationReasons(
              [](Attempt& a) { a.act.mutable_copay_decline()->set_invitation(Nowhere()); }),
          .fields = {{"invitation", {kUnknown}}}};
}

ActCase CopayWithdraw() {
  return {.name = "CopayWithdraw",
          .prepare =
              [](Attempt& a) {
                OpenInvitation(a);
                act::v1::CopayWithdraw act;
                act.set_invitation(ToWire(kInvitation));
                a.Say(act, {By(kBorrower)});
              },
          .reasons = InvitationReasons(
              [](Attempt& a) { a.act.mutable_copay_withdraw()->set_invitation(Nowhere()); }),
          .fields = {{"invitation", {kUnknown}}}};
}

ActCase DisclosureConsent() {
  return {.name = "DisclosureConsent",
          .prepare =
              [](Attempt& a) {
                OpenInvitation(a);
                act::v1::DisclosureConsent act;
                act.set_invitation(ToWire(kInvitation));
                act.set_disclosure(Text32('z'));
                a.Say(act, {By(kBorrower)});
              },
          .reasons = InvitationReasons(
              [](Attempt& a) { a.act.mutable_disclosure_consent()->set_invitation(Nowhere()); }),
          .fields = {{"invitation", {kUnknown}}}};
}

act::v1::CopayAccept& Accept(Attempt& a) { return *a.act.mutable_copay_accept(); }

// The borrower stands for the co-payer already.
void StandFor(Attempt& a) {
  a.book().Put<AgreementBy>(
      {.co_payer = kBorrower, .agreement = TestId('A', 9)},
      {.loan = TestId('P', 9), .borrower = kCoPayer, .last_day = a.today().Plus(10)});
}

// The co-payer stands for a debt in dollars already.
void StandInDollars(Attempt& a) {
  const Id other = TestId('A', 9);
  Agreement agreement;
  agreement.loan = TestId('P', 9);
  agreement.borrower = kStranger;
  agreement.co_payer = kCoPayer;
  agreement.currency = *Currency::Parse("USD");
  agreement.last_day = a.today().Plus(10);
  a.book().Put<Agreement>({.agreement = other}, agreement);
  a.book().Put<AgreementBy>(
      {.co_payer = kCoPayer, .agreement = other},
      {.loan = agreement.loan, .borrower = kStranger, .last_day = agreement.last_day});
}

std::vector<Reason> AcceptReasons() {
  return {
      {"an unknown invitation", [](Attempt& a) { Accept(a).set_invitation(Nowhere()); }, kUnknown},
      {"another party", SignedBy({By(kStranger)}), kRole},
      {"the id exists", [](Attempt& a) { a.book().Put<Agreement>({.agreement = kAgreement}, {}); },
       kDuplicate},
      {"an unknown bank", [](Attempt& a) { Accept(a).set_bank(Nowhere()); }, kUnknown},
      {"its last day has passed", ChangedInvitation([](Invitation& invitation) {
         invitation.state = InvitationState::kExpired;
       }),
       kInviteExpired},
      {"a frozen co-payer", PartyHeld(kCoPayer), kFrozen, true},
      {"a co-payer whom nobody identifies", Unidentified(kCoPayer), kKyc},
      {"another mode", [](Attempt& a) { Accept(a).set_mode(act::v1::DEBT_JOINING); },
       kLiabilityMode},
      {"another text", [](Attempt& a) { Accept(a).set_terms(Text32('u')); }, kTerms},
      {"a bank that keeps no accounts", [](Attempt& a) { Accept(a).set_bank(ToWire(kAttester)); },
       kMandate},
      {"the loan is paid off", LoanClosed(), kClosed},
      {"a frozen borrower", PartyHeld(kBorrower), kFrozen, true},
      {"a loan in default", InDefault(), kWindow},
      {"it ended yesterday", [](Attempt& a) { Accept(a).set_last_day(ToWire(a.today().Plus(-1))); },
       kRange},
      {"it stands for another currency", StandInDollars, kCurrency},
      {"more than one may bear",
       WithCopayPolicy([](CopayPolicy& policy) { policy.max_share_ppm = 499'999; }), kShareMax},
      {"more than one may stand for",
       WithCopayPolicy([](CopayPolicy& policy) { policy.max_commitment = {49'999}; }), kCap},
      {"a circle", StandFor, kCycle}};
}

ActCase CopayAccept() {
  return {.name = "CopayAccept",
          .prepare =
              [](Attempt& a) {
                OpenInvitation(a);
                a.Say(a.copay.Acceptance(1), {By(kCoPayer)});
              },
          .reasons = AcceptReasons(),
          .makes = {"agreement"},
          .fields = {{"invitation", {kUnknown}}, {"bank", {kUnknown}}, {"last_day", {kRange}}}};
}

void Sign(Attempt& a) {
  OpenInvitation(a);
  Must(a.copay.Accept(a.copay.Acceptance(1)));
  a.copay.AttestCapacity(1, kCoPayer, 50'000);
}

act::v1::CopayReview& Review(Attempt& a) { return *a.act.mutable_copay_review(); }

// What either reviewer looks at: the co-payer's standing, and the capacity that bears it.
std::vector<Reason> CommitmentReasons() {
  return {{"a frozen co-payer", PartyHeld(kCoPayer), kFrozen},
          {"a co-payer whom nobody identifies", Unidentified(kCoPayer), kKyc},
          {"another attester's capacity",
           ChangedCapacity([](Attestation& said) { said.issuer = kAttester; }), kAttestMissing},
          {"a capacity that is too old",
           ChangedCapacity([](Attestation& said) { said.issued = said.issued.Plus(-181); }),
           kCapacityStale},
          {"a capacity that does not bear it",
           ChangedCapacity([](Attestation& said) { said.values[0].value = 49'999; }), kCapacity}};
}

Spoil Terminated() {
  return [](Attempt& a) { Must(a.copay.Terminate(1, CopayTerminate::MUTUAL)); };
}

ActCase SecondOpinion() {
  std::vector<Reason> reasons{
      {"an unknown agreement", [](Attempt& a) { Review(a).set_agreement(Nowhere()); }, kUnknown},
      {"two attesters", SignedBy({kReviewer, By(kAttester, Department::kCompliance)}), kRole},
      {"a bank that does not attest", SignedBy({By(kBankB, Department::kCompliance)}), kRole, false,
       true},
      {"a suspended attester", PartyHeld(kOtherAttester), kSuspended},
      {"who has attested for the grant",
       Changed<Grant>({.grant = TestId('G', 1)},
                      [](Grant& grant) { grant.former_attesters = {kOtherAttester}; }),
       kNotIndependent},
      {"it was terminated", Terminated(), kState, true},
      {"another acceptance", [](Attempt& a) { Review(a).set_acceptance(Text32('x')); }, kTerms},
      {"it was reviewed",
       ChangedAgreement([](Agreement& agreement) { agreement.state = AgreementState::kReviewed; }),
       kState},
      {"no capacity", [](Attempt& a) { Review(a).clear_capacity(); }, kAttestMissing}};
  for (Reason& reason : CommitmentReasons()) reasons.push_back(std::move(reason));
  return {.name = "CopayReview, the second opinion",
          .prepare =
              [](Attempt& a) {
                Sign(a);
                a.Say(a.copay.Review(1), {kReviewer});
              },
          .reasons = std::move(reasons),
          .fields = {{"agreement", {kUnknown}}, {"capacity", {kAttestMissing}}}};
}

ActCase LendersWord() {
  std::vector<Reason> reasons{
      {"another lender", SignedBy({By(kPlatform, Department::kCredit)}), kRole},
      {"a suspended lender", PartyHeld(kBankA), kSuspended},
      {"another acceptance", [](Attempt& a) { Review(a).set_acceptance(Text32('x')); }, kTerms},
      {"there is no second opinion",
       ChangedAgreement([](Agreement& agreement) { agreement.state = AgreementState::kSigned; }),
       kState},
      {"a capacity of its own", [](Attempt& a) { Review(a).set_capacity(ToWire(kEvidence)); },
       kRange}};
  for (Reason& reason : CommitmentReasons()) reasons.push_back(std::move(reason));
  return {.name = "CopayReview, the lender's word",
          .prepare =
              [](Attempt& a) {
                Sign(a);
                Must(a.copay.SecondOpinion(a.copay.Review(1)));
                a.Say(a.copay.Word(1), {kLead});
              },
          .reasons = std::move(reasons),
          .fields = {{"agreement", {kUnknown}}}};
}

ActCase MandateJoin() {
  return {
      .name = "MandateJoin",
      .prepare =
          [](Attempt& a) {
            Sign(a);
            a.Say(a.copay.Joining(1), {kBankOps});
          },
      .reasons = {{"an unknown agreement",
                   [](Attempt& a) { a.act.mutable_mandate_join()->set_agreement(Nowhere()); },
                   kUnknown},
                  {"another bank", SignedBy({By(kBankA, Department::kOps)}), kRole},
                  {"the bank keeps no accounts any more",
                   Changed<Institution>({.institution = kBankB},
                                        [](Institution& bank) { bank.account_servicing = false; }),
                   kRole},
                  {"it has joined", [](Attempt& a) { Must(a.copay.Join(a.copay.Joining(1))); },
                   kState, true},
                  {"another acceptance",
                   [](Attempt& a) { a.act.mutable_mandate_join()->set_acceptance(Text32('x')); },
                   kTerms}},
      .fields = {{"agreement", {kUnknown}}}};
}

// Borrower 2 stands for half of the second instalment, which is due in five days.
void Agree(Attempt& a, act::v1::LiabilityMode mode) {
  a.copay.OpenLoan();
  auto invitation = a.copay.Invitation(1);
  invitation.set_mode(mode);
  Must(a.copay.Agree(invitation, 1));
}

ActCase Terminate() {
  return {
      .name = "CopayTerminate",
      .prepare =
          [](Attempt& a) {
            Agree(a, act::v1::THIRD_PARTY_PAYMENT);
            CopayTerminate act;
            act.set_agreement(ToWire(kAgreement));
            act.set_ground(CopayTerminate::WITHDRAWAL);
            a.Say(act, {By(kCoPayer)});
          },
      .reasons = {{"an unknown agreement",
                   [](Attempt& a) { a.act.mutable_copay_terminate()->set_agreement(Nowhere()); },
                   kUnknown},
                  {"the platform withdraws", SignedBy({kPlatformOps}), kRole},
                  {"it was terminated", Terminated(), kState},
                  {"a guarantor withdraws", ChangedAgreement([](Agreement& agreement) {
                     agreement.mode = LiabilityMode::kJointGuarantee;
                   }),
                   kGround},
                  {"two days before it is due",
                   [](Attempt& a) { a.market.PassTo(*Day::FromDate(2017, 2, 27)); }, kNotice, true},
                  {"a debit is with its bank",
                   [](Attempt& a) {
                     Must(a.copay.Create(a.copay.Instruction(1, 5'000)));
                     Must(a.copay.Submit(1));
                   },
                   kReserved}},
      .fields = {{"agreement", {kUnknown}}}};
}

ActCase TerminateForBreach() {
  return {.name = "CopayTerminate, for a breach",
          .prepare =
              [](Attempt& a) {
                Agree(a, act::v1::DEBT_JOINING);
                a.market.PassTo(*Day::FromDate(2017, 3, 6));
                CopayTerminate act;
                act.set_agreement(ToWire(kAgreement));
                act.set_ground(CopayTerminate::BREACH);
                act.set_code(9);
                a.Say(act, {By(kPlatform, Department::kRisk)});
              },
          .reasons = {{"the lender says so", SignedBy({By(kBankA, Department::kRisk)}), kRole},
                      {"it was terminated", Terminated(), kState},
                      {"nothing was broken", ChangedAgreement([](Agreement& agreement) {
                         agreement.mode = LiabilityMode::kJointGuarantee;
                       }),
                       kGround}},
          .fields = {{"agreement", {kUnknown}}}};
}

ActCase Demand() {
  return {
      .name = "Demand",
      .prepare =
          [](Attempt& a) {
            Agree(a, act::v1::JOINT_GUARANTEE);
            a.market.PassTo(*Day::FromDate(2017, 3, 6));
            act::v1::Demand act;
            act.set_agreement(ToWire(kAgreement));
            act.set_notice(Text32('n'));
            a.Say(act, {kLead});
          },
      .reasons = {{"an unknown agreement",
                   [](Attempt& a) { a.act.mutable_demand()->set_agreement(Nowhere()); }, kUnknown},
                  {"another lender", SignedBy({By(kPlatform, Department::kCredit)}), kRole},
                  {"no guarantee", ChangedAgreement([](Agreement& agreement) {
                     agreement.mode = LiabilityMode::kDebtJoining;
                   }),
                   kGround},
                  {"it was demanded", [](Attempt& a) { Must(a.copay.Demand(1)); }, kState, true}},
      .fields = {{"agreement", {kUnknown}}}};
}

// The second instalment has cost borrower 2 100.00; the rest is the borrower's, and the third.
void Claim(Attempt& a) {
  Agree(a, act::v1::THIRD_PARTY_PAYMENT);
  Must(a.copay.Create(a.copay.Instruction(1, 10'000)));
  Must(a.copay.Submit(1));
  Must(a.copay.Result(a.copay.Confirmation(1, 10'000)));
}

void Forgive(Attempt& a) { Must(a.copay.Forgive(10'000)); }

act::v1::RecourseRepay& PayingBack(Attempt& a) { return *a.act.mutable_recourse_repay(); }

ActCase RecourseRepay() {
  return {
      .name = "RecourseRepay",
      .prepare =
          [](Attempt& a) {
            Claim(a);
            Must(a.market.Repay(2, 1, 23'833 + 33'834));
            a.market.PassTo(*Day::FromDate(2017, 3, 22));
            a.Say(a.copay.PayingBack(1, 1'000), {kBankOps});
          },
      .reasons =
          {{"an unknown claim", [](Attempt& a) { PayingBack(a).set_agreement(Nowhere()); },
            kUnknown},
           {"the borrower alone", SignedBy({By(kBorrower)}), kRole},
           {"the id exists",
            [](Attempt& a) { Must(a.copay.PayBackBetweenThem(a.copay.PayingBack(1, 1'000))); },
            kDuplicate, true},
           {"it was forgiven",
            [](Attempt& a) { Must(a.copay.Forgive(a.copay.ClaimNow(1).Open().minor)); }, kState},
           {"the lenders are not paid",
            Changed<Loan>({.loan = kLoan}, [](Loan& loan) { loan.state = LoanState::kOverdue; }),
            kRank},
           {"another currency",
            [](Attempt& a) { PayingBack(a).mutable_amount()->set_currency("EUR"); }, kCurrency},
           {"more than is open",
            [](Attempt& a) { PayingBack(a).mutable_amount()->set_minor(10'001); }, kAmount}},
      .makes = {"repayment"},
      .fields = {{"agreement", {kUnknown}},
                 {"amount.minor", {kAmount}},
                 {"amount.currency", {kCurrency}}}};
}

ActCase RecourseForgive() {
  return {
      .name = "RecourseForgive",
      .prepare =
          [](Attempt& a) {
            Claim(a);
            act::v1::RecourseForgive act;
            act.set_agreement(ToWire(kAgreement));
            act.set_amount(1'000);
            a.Say(act, {By(kCoPayer)});
          },
      .reasons = {{"an unknown claim",
                   [](Attempt& a) { a.act.mutable_recourse_forgive()->set_agreement(Nowhere()); },
                   kUnknown},
                  {"the borrower forgives itself", SignedBy({By(kBorrower)}), kRole},
                  {"it was forgiven", Forgive, kState},
                  {"more than is open",
                   [](Attempt& a) { a.act.mutable_recourse_forgive()->set_amount(10'001); },
                   kAmount}},
      .fields = {{"agreement", {kUnknown}}, {"amount", {kAmount}}}};
}

}  // namespace

std::vector<ActCase> CopayCases() {
  return {CopayInvite(),    CopayDecline(),       CopayWithdraw(), DisclosureConsent(),
          CopayAccept(),    SecondOpinion(),      LendersWord(),   MandateJoin(),
          Terminate(),      TerminateForBreach(), Demand(),        RecourseRepay(),
          RecourseForgive()};
}

}  // namespace aval::ledger::rules
