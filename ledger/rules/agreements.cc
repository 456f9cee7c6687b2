#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/record/attestations.h"
#include "ledger/record/copay.h"
#include "ledger/record/parties.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/guarantee_graph.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/invitations.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

Agreement Signed(const Context& context, const act::v1::CopayAccept& act,
                 const Invitation& invitation) {
  Agreement agreement;
  agreement.invitation = ToId(act.invitation());
  agreement.loan = invitation.loan;
  agreement.borrower = invitation.borrower;
  agreement.co_payer = invitation.invitee;
  agreement.mode = invitation.mode;
  agreement.share_ppm = invitation.share_ppm;
  agreement.currency = invitation.currency;
  agreement.cap = invitation.cap;
  for (const std::uint16_t number : invitation.instalments) {
    agreement.parts.push_back({.number = number});
  }
  agreement.acceptance = context.at().identity;
  agreement.accepted = context.today();
  agreement.bank = ToParty(act.bank());
  agreement.account = ToDigest(act.account());
  agreement.last_day = ToDay(act.last_day());
  return agreement;
}

// What the co-payer signed is what the borrower offered.
Verdict CheckSameTerms(const act::v1::CopayAccept& act, const Invitation& invitation) {
  if (static_cast<LiabilityMode>(act.mode()) != invitation.mode) return Verdict::kLiabilityMode;
  const bool same = ToDigest(act.terms()) == invitation.terms &&
                    ToDigest(act.disclosure()) == invitation.disclosure;
  return same ? Verdict::kAccepted : Verdict::kTerms;
}

bool AnyUnpaid(const Debt& debt, const Invitation& invitation) {
  return std::ranges::any_of(invitation.instalments, [&debt](std::uint16_t number) {
    return !IsFinished(debt.At(number));
  });
}

bool ClosesCycle(const Agreement& agreement, const DebtorsOf& debtors_of) {
  const GuaranteeReach reach = WouldCycle(agreement.co_payer, agreement.borrower, debtors_of);
  switch (reach.kind) {
    case GuaranteeReach::Kind::kFree:
    case GuaranteeReach::Kind::kDepth:  // A longer circle is none (K04).
      return false;
    case GuaranteeReach::Kind::kSelf:
    case GuaranteeReach::Kind::kCycle:
    case GuaranteeReach::Kind::kBudget:  // Nobody knows.
      return true;
  }
  return true;
}

// K04. The index alone shows at worst a circle too many: only then are the loans that hold money
// caught up, and the edges looked at again.
bool ClosesCycle(Context& context, const Agreement& agreement) {
  const auto by_index = [&context](const PartyId& party) { return BorrowersOf(context, party); };
  const auto caught_up = [&context](const PartyId& party) {
    CatchUpCommitments(context, party);
    return BorrowersOf(context, party);
  };
  return ClosesCycle(agreement, by_index) && ClosesCycle(agreement, caught_up);
}

// B32: one budget, and B17: one capacity, for all that a co-payer stands for. Sums of several
// currencies compare with neither.
bool InOneCurrency(const Agreements& by_co_payer, const Currency& currency) {
  return std::ranges::all_of(by_co_payer,
                             [&](const auto& live) { return live.second.currency == currency; });
}

// What the policy in force and the other agreements leave room for.
Verdict CheckRoom(Context& context, const Agreement& agreement, const Invitation& invitation) {
  const CopayPolicy policy = context.PolicyOn(context.today()).policy.copay;
  const Day today = context.today();
  if (agreement.last_day < today || agreement.last_day > today.Plus(policy.max_days)) {
    return Verdict::kRange;
  }
  const Agreements by_co_payer = LiveAgreementsBy(context, agreement.co_payer);
  const Agreements on_loan = LiveAgreementsOn(context, agreement.loan);
  if (by_co_payer.size() >= policy.agreements || on_loan.size() >= policy.agreements) {
    return Verdict::kRange;
  }
  if (!InOneCurrency(by_co_payer, agreement.currency)) return Verdict::kCurrency;
  if (!SharesFit(on_loan, policy, invitation)) return Verdict::kShareMax;
  const Amount committed = CommitmentOf(by_co_payer);
  if (committed.minor + agreement.cap.minor > policy.max_commitment.minor) return Verdict::kCap;
  return ClosesCycle(context, agreement) ? Verdict::kCycle : Verdict::kAccepted;
}

// B07, B17: neither lends on this loan, nor runs it, nor has ever attested for the borrower's
// grant.
bool IsIndependent(Context& context, const Loan& loan, PartyId reviewer) {
  if (std::ranges::find(loan.lenders, reviewer, &LenderPart::lender) != loan.lenders.end() ||
      reviewer == loan.platform) {
    return false;
  }
  const auto grant = context.state().Get<Grant>({.grant = loan.grant});
  if (!grant || std::ranges::binary_search(grant->former_attesters, reviewer)) return false;
  const auto evidence = EvidenceOf(context, *grant);
  return evidence &&
         std::ranges::find(*evidence, reviewer, &Attestation::issuer) == evidence->end();
}

// The reviewer's own CAPACITY attestation of the co-payer counts, and bears all that the co-payer
// stands for; it has no currency of its own, and is named for an agreement in this one.
Verdict CheckCommitments(Context& context, const Agreement& agreement) {
  AVAL_REQUIRE(CheckStanding(context, agreement.co_payer));
  const auto attestation = context.state().Get<Attestation>({.attestation = agreement.capacity});
  if (!attestation || attestation->issuer != agreement.reviewer) return Verdict::kAttestMissing;
  const Policy policy = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckCapacity(context, policy, *attestation, agreement.co_payer));
  const Amount committed = CommitmentOf(LiveAgreementsBy(context, agreement.co_payer));
  const auto capacity =
      std::ranges::find(attestation->values, kMonthlyCapacity, &AttestedValue::code);
  const bool bears = capacity != attestation->values.end() && committed.minor <= capacity->value;
  return bears ? Verdict::kAccepted : Verdict::kCapacity;
}

// Of equal shares the lowest number: lenders are ascending.
PartyId LeadLender(const Loan& loan) {
  return std::ranges::max_element(loan.lenders, {}, &LenderPart::share_ppm)->lender;
}

// Any that is independent, whether asked or not: it answers for its word, also for a decline, by
// its name in the agreement.
Verdict CheckAttester(Context& context, const Loan& loan, PartyId reviewer) {
  const auto institution = context.state().Get<Institution>({.institution = reviewer});
  if (!institution || !institution->attest) return Verdict::kRole;
  if (institution->state != InstitutionState::kActive) return Verdict::kSuspended;
  return IsIndependent(context, loan, reviewer) ? Verdict::kAccepted : Verdict::kNotIndependent;
}

Verdict CheckLender(Context& context, const Loan& loan, PartyId lender) {
  if (lender != LeadLender(loan)) return Verdict::kRole;
  return MayOriginate(context, lender) ? Verdict::kAccepted : Verdict::kSuspended;
}

Verdict SecondOpinion(Context& context, const act::v1::CopayReview& act, PartyId reviewer,
                      Agreement& agreement) {
  if (agreement.state != AgreementState::kSigned) return Verdict::kState;
  agreement.reviewer = reviewer;
  if (act.decline()) return act.capacity().empty() ? Verdict::kAccepted : Verdict::kRange;
  if (act.capacity().empty()) return Verdict::kAttestMissing;
  agreement.capacity = ToId(act.capacity());
  agreement.state = AgreementState::kReviewed;
  return CheckCommitments(context, agreement);
}

// The second opinion may be days old: what it rests on is looked at again.
Verdict LendersWord(Context& context, const act::v1::CopayReview& act, Agreement& agreement) {
  if (agreement.state != AgreementState::kReviewed) return Verdict::kState;
  if (!act.capacity().empty()) return Verdict::kRange;
  if (act.decline()) return Verdict::kAccepted;
  agreement.state = AgreementState::kActive;
  return CheckCommitments(context, agreement);
}

// The agreement once its loan has done what is due today, which may have completed it.
std::optional<Agreement> CaughtUp(Context& context, const Id& id, const Id& loan) {
  CatchUpLoan(context, loan);
  return context.state().Get<Agreement>({.agreement = id});
}

}  // namespace

Verdict Apply(Context& context, const act::v1::CopayAccept& act) {
  const Id id = ToId(act.agreement());
  const Id invitation_id = ToId(act.invitation());
  const auto invitation = context.state().Get<Invitation>({.invitation = invitation_id});
  if (!invitation) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = invitation->invitee}})) return Verdict::kRole;
  if (context.state().Has<Agreement>({.agreement = id})) return Verdict::kDuplicate;
  const PartyId bank = ToParty(act.bank());
  const auto co_payer = context.state().Get<Participant>({.participant = invitation->invitee});
  std::optional<Debt> debt = Debt::Load(context, invitation->loan);
  if (!context.state().Has<Institution>({.institution = bank}) || !co_payer || !debt) {
    return Verdict::kUnknown;
  }
  AVAL_REQUIRE(CheckOpen(*invitation, context.today()));
  AVAL_REQUIRE(StandingOf(*co_payer, context.today()));
  AVAL_REQUIRE(CheckSameTerms(act, *invitation));
  if (!KeepsAccounts(context, bank)) return Verdict::kMandate;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  if (IsFrozen(context, invitation->borrower)) return Verdict::kFrozen;
  if (debt->loan().defaulted) return Verdict::kWindow;
  if (!AnyUnpaid(*debt, *invitation)) return Verdict::kWindow;
  const Agreement agreement = Signed(context, act, *invitation);
  debt->Save(context);
  AVAL_REQUIRE(CheckRoom(context, agreement, *invitation));

  CloseInvitation(context, invitation_id, *invitation, InvitationState::kAccepted);
  SignAgreement(context, id, agreement);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::CopayReview& act) {
  const Id id = ToId(act.agreement());
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  const auto loan = agreement ? context.state().Get<Loan>({.loan = agreement->loan}) : std::nullopt;
  if (!agreement || !loan) return Verdict::kUnknown;
  const auto attester = SoleSigner(context, Department::kCompliance);
  const auto lender = SoleSigner(context, Department::kCredit);
  if (!attester && !lender) return Verdict::kRole;
  AVAL_REQUIRE(attester ? CheckAttester(context, *loan, *attester)
                        : CheckLender(context, *loan, *lender));
  agreement = CaughtUp(context, id, agreement->loan);
  if (!agreement || !IsLive(*agreement, context.today())) return Verdict::kState;
  if (ToDigest(act.acceptance()) != agreement->acceptance) return Verdict::kTerms;
  AVAL_REQUIRE(attester ? SecondOpinion(context, act, *attester, *agreement)
                        : LendersWord(context, act, *agreement));
  if (act.decline()) {
    EndAgreement(context, id, *std::move(agreement), AgreementState::kDeclined);
  } else {
    context.state().Put<Agreement>({.agreement = id}, *agreement);
  }
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::MandateJoin& act) {
  const Id id = ToId(act.agreement());
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  if (!agreement) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = agreement->bank, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (!KeepsAccounts(context, agreement->bank)) return Verdict::kRole;
  agreement = CaughtUp(context, id, agreement->loan);
  if (!agreement || !IsLive(*agreement, context.today()) || agreement->bank_joined) {
    return Verdict::kState;
  }
  if (ToDigest(act.acceptance()) != agreement->acceptance) return Verdict::kTerms;
  agreement->bank_joined = true;
  context.state().Put<Agreement>({.agreement = id}, *agreement);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
