#include <algorithm>
#include <optional>

#include "ledger/record/attestations.h"
#include "ledger/record/credit.h"
#include "ledger/rules/ceilings.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// What a decision rests on, a year later: the borrower's standing, a fresh capacity, and the
// ceilings of today.
Verdict CheckReview(Context& context, const Id& id, const Grant& grant, const Id& evidence) {
  AVAL_REQUIRE(CheckStanding(context, grant));
  const auto attestation = context.state().Get<Attestation>({.attestation = evidence});
  if (!attestation) return Verdict::kUnknown;
  const Policy policy = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckCapacity(context, policy, *attestation, grant.borrower));
  if (EvidenceRevoked(context, grant)) return Verdict::kAttestMissing;
  AVAL_REQUIRE(CheckPartners(context, policy, grant));
  return CheckLimitCap(context, policy, id, grant);
}

}  // namespace

// R07. The others' decisions count as long as they did.
Verdict Apply(Context& context, const act::v1::GrantReview& act) {
  const auto signer = SoleSigner(context, Department::kCredit);
  if (!signer) return Verdict::kRole;
  const Id id = ToId(act.grant());
  auto grant = context.state().Get<Grant>({.grant = id});
  if (!grant) return Verdict::kUnknown;
  const auto lender = std::ranges::find(grant->lenders, *signer, &GrantLender::lender);
  if (lender == grant->lenders.end()) return Verdict::kRole;
  if (!IsInForce(*grant) || !IsLive(*grant, context.today())) return Verdict::kState;
  if (act.decline()) {
    EndGrant(context, id, *std::move(grant), GrantState::kClosed);
    return Verdict::kAccepted;
  }
  const Id evidence = ToId(act.evidence());
  ReplaceCapacity(context, *grant, evidence);
  AVAL_REQUIRE(CheckReview(context, id, *grant, evidence));
  lender->decided = context.today();
  ScheduleReview(context, id, *grant);
  FollowHolds(context, *grant);
  context.state().Put<Grant>({.grant = id}, *grant);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::GrantClose& act) {
  const Id id = ToId(act.grant());
  auto grant = context.state().Get<Grant>({.grant = id});
  if (!grant) return Verdict::kUnknown;
  const SignerRef platform{.party = grant->platform, .department = Department::kCredit};
  if (!context.SignedBy({{.party = grant->borrower}}) && !context.SignedBy({platform})) {
    return Verdict::kRole;
  }
  if (!IsLive(*grant, context.today())) return Verdict::kState;
  EndGrant(context, id, *std::move(grant), GrantState::kClosed);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
