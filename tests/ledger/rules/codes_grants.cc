// Grants, their limits, and what holds them.

#include <cstdint>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/attestations.h"
#include "ledger/record/credit.h"
#include "ledger/record/policy.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {
namespace {

using enum Verdict;

constexpr Id kGrant = TestId('G', 1);
constexpr Id kNew = TestId('G', 9);  // A grant that is not in force yet.
constexpr Id kEvidence = TestId('K', 1);
constexpr Id kFirstEvidence = TestId('C', 1);
constexpr SignerRef kPlatformCredit{.party = kPlatform, .department = Department::kCredit};
constexpr SignerRef kBankCredit{.party = kBankA, .department = Department::kCredit};
constexpr SignerRef kOtherCredit{.party = kBankB, .department = Department::kCredit};

Spoil Revoked(Id attestation) {
  return Changed<Attestation>({.attestation = attestation},
                              [](Attestation& said) { said.state = AttestationState::kRevoked; });
}

// Half a year and a day old.
Spoil Stale(Id attestation) {
  return Changed<Attestation>({.attestation = attestation},
                              [](Attestation& said) { said.issued = said.issued.Plus(-181); });
}

// The grant rests on a score, too, which was revoked since.
Spoil ScoreRevoked() {
  return [](Attempt& a) {
    const Id score = a.book().AddAttestation(TestId('T', 7), kBorrower, AttestationKind::kScore, {},
                                             a.today().Plus(100));
    Revoked(score)(a);
    Changed<Grant>({.grant = kGrant},
                   [&](Grant& grant) { grant.attestations.push_back(score); })(a);
  };
}

// R01, R02 and R03, R12a, in the order of CheckPartners.
std::vector<Reason> PartnerReasons() {
  return {{"the bank's partners have too little",
           WithPolicy([](Policy& policy) { policy.partner_floor_ppm = 400'000; }), kPartnerFloor},
          {"joint lending is capped",
           WithPolicy([](Policy& policy) { policy.single_partner_ppm = 1; }), kConcentration},
          {"the bank's list has not the platform",
           WithPolicy([](Policy& policy) { policy.lender_pairs = {(2ULL << 32U) | 3U}; }),
           kLenderPair}};
}

Spoil LimitCap(std::int64_t most) {
  return WithPolicy([most](Policy& policy) { policy.max_limit_person = {most}; });
}

std::vector<Reason> StandingReasons() {
  return {{"a suspended lender", PartyHeld(kBankA), kSuspended},
          {"a frozen borrower", PartyHeld(kBorrower), kFrozen},
          {"a borrower whom nobody identifies", Unidentified(kBorrower), kKyc}};
}

std::vector<Reason> Joined(std::vector<std::vector<Reason>> lists) {
  std::vector<Reason> all;
  for (std::vector<Reason>& list : lists) {
    for (Reason& reason : list) all.push_back(std::move(reason));
  }
  return all;
}

act::v1::GrantPropose Proposal(Day today) {
  act::v1::GrantPropose act;
  act.set_grant(ToWire(kNew));
  act.set_borrower(ToWire(kBorrower));
  act.add_lenders()->set_lender(ToWire(kPlatform));
  act.mutable_lenders(0)->set_share_ppm(300'000);
  act.add_lenders()->set_lender(ToWire(kBankA));
  act.mutable_lenders(1)->set_share_ppm(700'000);
  act.mutable_limit()->set_currency("BRL");
  act.mutable_limit()->set_minor(1'000'000);
  act.set_expiry_day(ToWire(today.Plus(365)));
  act.set_tier(1);
  act.add_attestations(ToWire(kFirstEvidence));
  act.add_attestations(ToWire(TestId('I', 1)));
  act.set_score(100'000);
  act.set_model(Text32('m'));
  return act;
}

ActCase GrantPropose() {
  return {
      .name = "GrantPropose",
      .prepare = [](Attempt& a) { a.Say(Proposal(a.today()), {kPlatformCredit}); },
      .reasons = Joined(
          {{{"a bank proposes", SignedBy({kBankCredit}), kRole},
            {"the id exists",
             [](Attempt& a) { a.act.mutable_grant_propose()->set_grant(ToWire(kGrant)); },
             kDuplicate},
            {"an unknown borrower",
             [](Attempt& a) { a.act.mutable_grant_propose()->set_borrower(Nowhere()); }, kUnknown}},
           StandingReasons(),
           {{"a lender without licence",
             [](Attempt& a) {
               a.act.mutable_grant_propose()->mutable_lenders(1)->set_lender(ToWire(kAttester));
             },
             kState},
            {"a limit of nothing",
             [](Attempt& a) { a.act.mutable_grant_propose()->mutable_limit()->set_minor(0); },
             kRange},
            {"shares that are not the whole",
             [](Attempt& a) {
               a.act.mutable_grant_propose()->mutable_lenders(1)->set_share_ppm(699'999);
             },
             kShareSum},
            {"no identity among the evidence",
             [](Attempt& a) {
               a.act.mutable_grant_propose()->mutable_attestations()->RemoveLast();
             },
             kAttestMissing},
            {"another tier than the score's",
             [](Attempt& a) { a.act.mutable_grant_propose()->set_tier(2); }, kTier},
            {"more than a person may have", LimitCap(1'999'999), kLimitCap},
            {"a proposal too many",
             WithPolicy([](Policy& policy) { policy.grants_per_30_days = 1; }), kVelocity}}}),
      .makes = {"grant"},
      .fields = {{"borrower", {kUnknown}},
                 {"limit.minor", {kRange}},
                 {"limit.currency", {kAccepted}},
                 {"expiry_day", {kRange}}}};
}

// The identity of the proposal.
crypto::Digest Propose(Attempt& a) {
  Must(a.market.Apply(Proposal(a.today()), {kPlatformCredit}));
  return a.book().identity();
}

act::v1::GrantDecide Decision(const crypto::Digest& proposal, std::uint32_t share_ppm) {
  act::v1::GrantDecide act;
  act.set_grant(ToWire(kNew));
  act.set_proposal(ToWire(proposal));
  act.set_share_ppm(share_ppm);
  return act;
}

ActCase GrantDecide() {
  return {
      .name = "GrantDecide",
      .prepare = [](Attempt& a) { a.Say(Decision(Propose(a), 700'000), {kBankCredit}); },
      .reasons = Joined(
          {{{"two lenders in one envelope", SignedBy({kBankCredit, kPlatformCredit}), kRole},
            {"an unknown grant",
             [](Attempt& a) { a.act.mutable_grant_decide()->set_grant(Nowhere()); }, kUnknown},
            {"a bank that is no lender", SignedBy({kOtherCredit}), kRole},
            {"it has decided",
             Changed<Grant>({.grant = kNew},
                            [](Grant& grant) { grant.lenders[1].decided = kFirstDay; }),
             kState}},
           StandingReasons(),
           {{"another share than proposed",
             [](Attempt& a) { a.act.mutable_grant_decide()->set_share_ppm(600'000); }, kProposal},
            {"evidence that was revoked", Revoked(kFirstEvidence), kAttestMissing}},
           PartnerReasons(),
           {{"more than a person may have", LimitCap(1'999'999), kLimitCap}}}),
      .fields = {{"grant", {kUnknown}}}};
}

ActCase GrantActivate() {
  return {
      .name = "GrantActivate",
      .prepare =
          [](Attempt& a) {
            const crypto::Digest proposal = Propose(a);
            Must(a.market.Apply(Decision(proposal, 300'000), {kPlatformCredit}));
            Must(a.market.Apply(Decision(proposal, 700'000), {kBankCredit}));
            act::v1::GrantActivate act;
            act.set_grant(ToWire(kNew));
            act.set_disclosure(Text32('s'));
            a.Say(act, {By(kBorrower)});
          },
      .reasons = Joined(
          {{{"an unknown grant",
             [](Attempt& a) { a.act.mutable_grant_activate()->set_grant(Nowhere()); }, kUnknown},
            {"another borrower", SignedBy({By(kCoPayer)}), kRole},
            {"it is closed",
             Changed<Grant>({.grant = kNew},
                            [](Grant& grant) { grant.state = GrantState::kClosed; }),
             kState},
            {"a hold on the grant", WithHold(act::v1::GRANT, kNew), kFrozen, true}},
           StandingReasons(),
           {{"evidence that was revoked", Revoked(kFirstEvidence), kAttestMissing}}}),
      .fields = {{"grant", {kUnknown}}}};
}

void Close(Attempt& a) {
  act::v1::GrantClose act;
  act.set_grant(ToWire(kGrant));
  act.set_reason(1);
  Must(a.market.Apply(act, {By(kBorrower)}));
}

Id AttestCapacity(Attempt& a) {
  return a.book().AddAttestation(kEvidence, kBorrower, AttestationKind::kCapacity,
                                 {{.code = 1, .value = 100'000}}, a.today().Plus(300));
}

act::v1::LimitAdjust Adjusted(std::int64_t limit, std::uint32_t factor_ppm) {
  act::v1::LimitAdjust act;
  act.set_grant(ToWire(kGrant));
  act.set_limit(limit);
  act.set_factor_ppm(factor_ppm);
  act.set_reason(1);
  return act;
}

std::vector<Reason> RaiseReasons() {
  return Joined(
      {{{"an unknown grant", [](Attempt& a) { a.act.mutable_limit_adjust()->set_grant(Nowhere()); },
         kUnknown},
        {"without the platform", SignedBy({kBankCredit}), kRole},
        {"unknown evidence",
         [](Attempt& a) { a.act.mutable_limit_adjust()->set_evidence(Nowhere()); }, kUnknown},
        {"it is closed", Close, kState},
        {"a hold on the grant", WithHold(act::v1::GRANT, kGrant), kFrozen, true}},
       StandingReasons(),
       {{"no reason", [](Attempt& a) { a.act.mutable_limit_adjust()->clear_reason(); }, kRange},
        {"another limit than the factor gives",
         [](Attempt& a) { a.act.mutable_limit_adjust()->set_limit(1'210'000); }, kStep},
        {"no evidence", [](Attempt& a) { a.act.mutable_limit_adjust()->clear_evidence(); },
         kAttestMissing},
        {"evidence that is too old", Stale(kEvidence), kCapacityStale},
        {"a score that was revoked", ScoreRevoked(), kAttestMissing}},
       PartnerReasons(),
       {{"more than a person may have", LimitCap(2'199'999), kLimitCap},
        {"a raise too many", WithPolicy([](Policy& policy) { policy.grants_per_30_days = 1; }),
         kVelocity}}});
}

ActCase LimitRaise() {
  return {.name = "LimitAdjust, a raise",
          .prepare =
              [](Attempt& a) {
                a.book().AddGrant(8, {.borrower = kBorrower});
                act::v1::LimitAdjust act = Adjusted(1'200'000, 1'200'000);
                act.set_evidence(ToWire(AttestCapacity(a)));
                a.Say(act, {kPlatformCredit, kBankCredit});
              },
          .reasons = RaiseReasons(),
          // What lowers is one lender's act.
          .fields = {{"grant", {kUnknown}},
                     {"evidence", {kUnknown}},
                     {"limit", {kRole, kRole, kRole, kStep, kStep}}}};
}

ActCase LimitCut() {
  return {
      .name = "LimitAdjust, a cut",
      .prepare = [](Attempt& a) { a.Say(Adjusted(500'000, 500'000), {kBankCredit}); },
      .reasons = {{"an unknown grant",
                   [](Attempt& a) { a.act.mutable_limit_adjust()->set_grant(Nowhere()); },
                   kUnknown},
                  {"a bank that is no lender", SignedBy({kOtherCredit}), kRole},
                  {"it is closed", Close, kState},
                  {"no reason", [](Attempt& a) { a.act.mutable_limit_adjust()->clear_reason(); },
                   kRange},
                  {"another limit than the factor gives",
                   [](Attempt& a) { a.act.mutable_limit_adjust()->set_limit(490'000); }, kStep}},
      .fields = {{"grant", {kUnknown}}, {"limit", {kStep, kRange, kRange, kRole, kRole}}}};
}

ActCase GrantReview() {
  return {
      .name = "GrantReview",
      .prepare =
          [](Attempt& a) {
            act::v1::GrantReview act;
            act.set_grant(ToWire(kGrant));
            act.set_evidence(ToWire(AttestCapacity(a)));
            a.Say(act, {kBankCredit});
          },
      .reasons = Joined(
          {{{"two lenders in one envelope", SignedBy({kBankCredit, kPlatformCredit}), kRole},
            {"an unknown grant",
             [](Attempt& a) { a.act.mutable_grant_review()->set_grant(Nowhere()); }, kUnknown},
            {"a bank that is no lender", SignedBy({kOtherCredit}), kRole},
            {"it is closed", Close, kState}},
           StandingReasons(),
           {{"unknown evidence",
             [](Attempt& a) { a.act.mutable_grant_review()->set_evidence(Nowhere()); }, kUnknown},
            {"evidence that was revoked", Revoked(kEvidence), kAttestMissing},
            {"evidence that is too old", Stale(kEvidence), kCapacityStale},
            {"a score that was revoked", ScoreRevoked(), kAttestMissing}},
           PartnerReasons(),
           {{"more than a person may have", LimitCap(999'999), kLimitCap}}}),
      .fields = {{"grant", {kUnknown}}, {"evidence", {kUnknown}}}};
}

ActCase GrantClose() {
  return {
      .name = "GrantClose",
      .prepare =
          [](Attempt& a) {
            act::v1::GrantClose act;
            act.set_grant(ToWire(kGrant));
            act.set_reason(1);
            a.Say(act, {kPlatformCredit});
          },
      .reasons = {{"an unknown grant",
                   [](Attempt& a) { a.act.mutable_grant_close()->set_grant(Nowhere()); }, kUnknown},
                  {"a lender closes it", SignedBy({kBankCredit}), kRole},
                  {"it is closed", Close, kState}},
      .fields = {{"grant", {kUnknown}}}};
}

constexpr SignerRef kAtRisk{.party = kBankA, .department = Department::kRisk};

ActCase Hold() {
  return {
      .name = "Hold",
      .prepare = [](Attempt& a) { a.Say(Market::HoldOf(act::v1::GRANT, kGrant), {kAtRisk}); },
      .reasons = {{"an unknown grant",
                   [](Attempt& a) { a.act.mutable_hold()->set_subject(Nowhere()); }, kUnknown},
                  {"a bank that is no lender", SignedBy({By(kBankB, Department::kRisk)}), kRole},
                  {"it holds already",
                   [](Attempt& a) { Must(a.market.Hold(act::v1::GRANT, kGrant, kAtRisk)); },
                   kDuplicate},
                  {"it is closed", Close, kState}},
      .fields = {{"subject", {kUnknown}}}};
}

ActCase Lift() {
  return {
      .name = "Lift",
      .prepare =
          [](Attempt& a) {
            Must(a.market.Hold(act::v1::GRANT, kGrant, kAtRisk));
            act::v1::Lift act;
            act.set_what(act::v1::GRANT);
            act.set_subject(ToWire(kGrant));
            a.Say(act, {kAtRisk});
          },
      .reasons = {{"an unknown grant",
                   [](Attempt& a) { a.act.mutable_lift()->set_subject(Nowhere()); }, kUnknown},
                  {"a bank that is no lender", SignedBy({By(kBankB, Department::kRisk)}), kRole},
                  {"it does not hold", SignedBy({kSupervisorLegal}), kUnknown, false, true}},
      .fields = {{"subject", {kUnknown}}}};
}

}  // namespace

std::vector<ActCase> GrantCases() {
  return {GrantPropose(), GrantDecide(), GrantActivate(), LimitRaise(), LimitCut(),
          GrantReview(),  GrantClose(),  Hold(),          Lift()};
}

}  // namespace aval::ledger::rules
