#include "ledger/rules/grants.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ledger/arithmetic/limits.h"
#include "ledger/arithmetic/money.h"
#include "ledger/rules/ceilings.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/require.h"
#include "ledger/rules/reservations.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// A proposal, and what its attestations say.
struct Proposal {
  Id id;
  Grant grant;
  std::uint32_t score = 0;
  std::vector<Attestation> evidence;
};

Grant Proposed(const Context& context, const act::v1::GrantPropose& act, PartyId platform) {
  Grant grant;
  grant.borrower = ToParty(act.borrower());
  grant.platform = platform;
  for (const auto& share : act.lenders()) {
    grant.lenders.push_back({.lender = ToParty(share.lender()), .share_ppm = share.share_ppm()});
  }
  grant.currency = Currency::Parse(act.limit().currency()).value_or(Currency{});
  grant.limit = {act.limit().minor()};
  grant.tier = act.tier();
  for (const auto& id : act.attestations()) grant.attestations.push_back(ToId(id));
  grant.model = ToDigest(act.model());
  grant.proposal = context.at().identity;
  grant.proposed = context.today();
  grant.expiry = ToDay(act.expiry_day());
  return grant;
}

bool AreInstitutions(Context& context, const std::vector<GrantLender>& lenders) {
  return std::ranges::all_of(lenders, [&](const GrantLender& lender) {
    return context.state().Has<Institution>({.institution = lender.lender});
  });
}

bool MayLend(Context& context, const std::vector<GrantLender>& lenders) {
  return std::ranges::all_of(lenders, [&](const GrantLender& lender) {
    const auto institution = context.state().Get<Institution>({.institution = lender.lender});
    return institution && institution->lend;
  });
}

// A lender funds a part, and the parts are the whole (I12).
bool SharesAreWhole(const std::vector<GrantLender>& lenders) {
  std::int64_t sum = 0;
  for (const GrantLender& lender : lenders) {
    if (lender.share_ppm == 0) return false;
    sum += lender.share_ppm;
  }
  return sum == arithmetic::kMillion;
}

// Each is the borrower's own and counts, and every kind that the policy asks for is there.
bool EvidenceSuffices(const Context& context, const Policy& policy, const Proposal& proposal) {
  const auto& evidence = proposal.evidence;
  const bool sound = std::ranges::all_of(evidence, [&](const Attestation& attestation) {
    return attestation.subject == proposal.grant.borrower && Counts(attestation, context.today());
  });
  return sound && std::ranges::all_of(policy.required_attestations, [&](AttestationKind kind) {
           return std::ranges::find(evidence, kind, &Attestation::kind) != evidence.end();
         });
}

// The tier follows from the score (A22), which somebody attested, and caps the limit.
bool TierFits(const Policy& policy, const Proposal& proposal) {
  const std::int64_t score = proposal.score;
  const bool attested = std::ranges::any_of(proposal.evidence, [&](const Attestation& said) {
    return std::ranges::find(said.values, score, &AttestedValue::value) != said.values.end();
  });
  const auto tier = arithmetic::TierOf(proposal.score, policy.tier_edges);
  return attested && tier && *tier == proposal.grant.tier && *tier < policy.tier_limits.size() &&
         proposal.grant.limit <= policy.tier_limits[*tier];
}

// What the policy asks of a proposal: numbers, evidence, tier, and room beside other grants.
Verdict CheckProposal(Context& context, const Proposal& proposal) {
  const Grant& grant = proposal.grant;
  const Policy policy = context.PolicyOn(context.today()).policy;
  const bool in_range = grant.limit.minor >= 1 && grant.limit <= arithmetic::kMaxAmount &&
                        grant.expiry >= context.today() &&
                        LiveGrantsOf(context, grant.borrower).size() < kLiveGrantsMax;
  if (!in_range) return Verdict::kRange;
  if (!SharesAreWhole(grant.lenders)) return Verdict::kShareSum;
  if (!EvidenceSuffices(context, policy, proposal)) return Verdict::kAttestMissing;
  if (!TierFits(policy, proposal)) return Verdict::kTier;
  AVAL_REQUIRE(CheckLimitCap(context, policy, proposal.id, grant));
  return CheckVelocity(context, policy, grant.borrower);
}

// What each lender's decision rests on, under the policy of its own day (domain.md 2.5).
Verdict CheckDecision(Context& context, const Id& id, const Grant& grant) {
  if (!EvidenceCounts(context, grant)) return Verdict::kAttestMissing;
  const Policy policy = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckPartners(context, policy, grant));
  return CheckLimitCap(context, policy, id, grant);
}

// Items of one grant.
constexpr std::uint16_t kExpiryItem = 0;
constexpr std::uint16_t kReviewItem = 1;

// R07: the last day on which every decision counts; nothing where they last as long as the grant.
std::optional<Day> DecisionsLast(const Policy& policy, const Grant& grant) {
  if (policy.review_days == 0) return std::nullopt;
  const Day oldest = std::ranges::min_element(grant.lenders, {}, &GrantLender::decided)->decided;
  const Day last = oldest.Plus(policy.review_days);
  return last < grant.expiry ? std::optional(last) : std::nullopt;
}

bool LacksDecision(Context& context, const Grant& grant) {
  const auto last = DecisionsLast(context.PolicyOn(context.today()).policy, grant);
  return last && *last < context.today();
}

void Unschedule(Context& context, const Id& id, Grant& grant) {
  if (grant.review != Day{}) context.Unschedule(grant.review, Queue::kGrant, id, kReviewItem);
  grant.review = Day{};
}

// A policy may have given it more time since.
void Review(Context& context, const Id& id, Grant grant) {
  grant.review = Day{};
  if (!LacksDecision(context, grant)) ScheduleReview(context, id, grant);
  FollowHolds(context, grant);
  context.state().Put<Grant>({.grant = id}, grant);
}

}  // namespace

bool IsFrozen(Context& context, const Grant& grant) {
  return grant.holds > 0 || LacksDecision(context, grant);
}

void FollowHolds(Context& context, Grant& grant) {
  if (!IsInForce(grant)) return;
  grant.state = IsFrozen(context, grant) ? GrantState::kFrozen : GrantState::kActive;
}

void ScheduleReview(Context& context, const Id& id, Grant& grant) {
  Unschedule(context, id, grant);
  const auto last = DecisionsLast(context.PolicyOn(context.today()).policy, grant);
  if (!last) return;
  // What is overdue already waits for a decision, not for a day.
  if (*last < context.today()) return;
  grant.review = last->Plus(1);
  context.Schedule(grant.review, Queue::kGrant, id, kReviewItem);
}

void EndGrant(Context& context, const Id& id, Grant grant, GrantState last) {
  if (IsInForce(grant)) PostLimit(context, id, grant.currency, {-grant.limit.minor});
  grant.state = last;
  Unschedule(context, id, grant);
  context.state().Put<Grant>({.grant = id}, grant);
  context.state().Delete<GrantOf>({.borrower = grant.borrower, .grant = id});
  context.Unschedule(grant.expiry.Plus(1), Queue::kGrant, id, kExpiryItem);
}

void ReplaceCapacity(Context& context, Grant& grant, const Id& evidence) {
  std::vector<PartyId>& former = grant.former_attesters;
  std::erase_if(grant.attestations, [&](const Id& id) {
    if (id == evidence) return true;
    const auto attestation = context.state().Get<Attestation>({.attestation = id});
    if (!attestation || attestation->kind != AttestationKind::kCapacity) return false;
    const auto at = std::ranges::lower_bound(former, attestation->issuer);
    if (at == former.end() || *at != attestation->issuer) former.insert(at, attestation->issuer);
    return true;
  });
  grant.attestations.push_back(evidence);
  std::ranges::sort(grant.attestations);
}

bool IsLive(const Grant& grant, Day today) {
  switch (grant.state) {
    case GrantState::kProposed:
    case GrantState::kOffered:
    case GrantState::kActive:
    case GrantState::kFrozen:
      return grant.expiry >= today;
    case GrantState::kExpired:
    case GrantState::kClosed:
    case GrantState::kDeclined:
      return false;
  }
  return false;
}

bool IsInForce(const Grant& grant) {
  return grant.state == GrantState::kActive || grant.state == GrantState::kFrozen;
}

std::vector<std::pair<Id, Grant>> LiveGrantsOf(Context& context, PartyId borrower) {
  std::vector<std::pair<Id, Grant>> live;
  // Until the day's sweep has run, the index still holds what ran out yesterday: as many again.
  for (const auto& [key, index] :
       context.state().List<GrantOf>(borrower.id.bytes, 2 * kLiveGrantsMax)) {
    auto grant = context.state().Get<Grant>({.grant = key.grant});
    if (grant && IsLive(*grant, context.today())) live.emplace_back(key.grant, *std::move(grant));
  }
  return live;
}

void CloseGrant(Context& context, const Id& id) {
  VoidReservations(context, id);
  auto grant = context.state().Get<Grant>({.grant = id});
  if (grant && IsLive(*grant, context.today())) {
    EndGrant(context, id, *std::move(grant), GrantState::kClosed);
  }
}

void PostLimit(Context& context, const Id& id, const Currency& currency, Amount change) {
  const PartyId memo = PartyId::Memo();
  if (change.minor >= 0) {
    context.Debit(memo, account::kLimitGranted, id, currency, change);
    context.Credit(memo, account::kLimitGrantedContra, id, currency, change);
  } else {
    context.Debit(memo, account::kLimitGrantedContra, id, currency, {-change.minor});
    context.Credit(memo, account::kLimitGranted, id, currency, {-change.minor});
  }
}

Verdict Apply(Context& context, const act::v1::GrantPropose& act) {
  const auto platform = SoleSigner(context, Department::kCredit);
  if (!platform || !IsPlatform(context, *platform)) return Verdict::kRole;
  const Id id = ToId(act.grant());
  const Grant grant = Proposed(context, act, *platform);
  if (context.state().Has<Grant>({.grant = id})) return Verdict::kDuplicate;
  auto evidence = EvidenceOf(context, grant);
  if (!context.state().Has<Participant>({.participant = grant.borrower}) ||
      !AreInstitutions(context, grant.lenders) || !evidence) {
    return Verdict::kUnknown;
  }
  AVAL_REQUIRE(CheckStanding(context, grant));
  if (!MayLend(context, grant.lenders)) return Verdict::kState;
  AVAL_REQUIRE(CheckProposal(
      context, {.id = id, .grant = grant, .score = act.score(), .evidence = *std::move(evidence)}));

  context.state().Put<Grant>({.grant = id}, grant);
  context.state().Put<GrantOf>({.borrower = grant.borrower, .grant = id}, {});
  context.Schedule(grant.expiry.Plus(1), Queue::kGrant, id, kExpiryItem);
  CountForVelocity(context, grant.borrower);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::GrantDecide& act) {
  const auto signer = SoleSigner(context, Department::kCredit);
  if (!signer) return Verdict::kRole;
  const Id id = ToId(act.grant());
  auto grant = context.state().Get<Grant>({.grant = id});
  if (!grant) return Verdict::kUnknown;
  const auto lender = std::ranges::find(grant->lenders, *signer, &GrantLender::lender);
  if (lender == grant->lenders.end()) return Verdict::kRole;
  if (grant->state != GrantState::kProposed || !IsLive(*grant, context.today()) ||
      lender->HasDecided()) {
    return Verdict::kState;
  }
  const bool agrees =
      ToDigest(act.proposal()) == grant->proposal && act.share_ppm() == lender->share_ppm;
  if (act.decline()) {
    if (!agrees) return Verdict::kProposal;
    EndGrant(context, id, *std::move(grant), GrantState::kDeclined);
    return Verdict::kAccepted;
  }
  AVAL_REQUIRE(CheckStanding(context, *grant));
  if (!agrees) return Verdict::kProposal;
  AVAL_REQUIRE(CheckDecision(context, id, *grant));

  lender->decided = context.today();
  if (std::ranges::all_of(grant->lenders, &GrantLender::HasDecided)) {
    grant->state = GrantState::kOffered;
    ScheduleReview(context, id, *grant);
  }
  context.state().Put<Grant>({.grant = id}, *grant);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::GrantActivate& act) {
  const Id id = ToId(act.grant());
  auto grant = context.state().Get<Grant>({.grant = id});
  if (!grant) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = grant->borrower}})) return Verdict::kRole;
  if (grant->state != GrantState::kOffered || !IsLive(*grant, context.today())) {
    return Verdict::kState;
  }
  if (IsFrozen(context, *grant)) return Verdict::kFrozen;
  AVAL_REQUIRE(CheckStanding(context, *grant));
  if (!EvidenceCounts(context, *grant)) return Verdict::kAttestMissing;

  grant->state = GrantState::kActive;
  context.state().Put<Grant>({.grant = id}, *grant);
  PostLimit(context, id, grant->currency, grant->limit);
  return Verdict::kAccepted;
}

Verdict RunGrantItem(Context& context, const CalendarItem::Key& item) {
  auto grant = context.state().Get<Grant>({.grant = item.subject});
  if (!grant) return Verdict::kUnknown;
  const bool ended = grant->state == GrantState::kExpired || grant->state == GrantState::kClosed ||
                     grant->state == GrantState::kDeclined;
  if (ended) return Verdict::kState;
  if (item.number == kReviewItem) {
    if (grant->review != item.day) return Verdict::kState;
    Review(context, item.subject, *std::move(grant));
    return Verdict::kAccepted;
  }
  if (IsLive(*grant, context.today())) return Verdict::kState;
  EndGrant(context, item.subject, *std::move(grant), GrantState::kExpired);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
