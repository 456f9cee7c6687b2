#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "ledger/arithmetic/limits.h"
#include "ledger/rules/ceilings.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/require.h"
#include "ledger/rules/reservations.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

bool SignedByOneLender(const Context& context, const Grant& grant) {
  const auto signer = SoleSigner(context, Department::kCredit);
  return signer &&
         std::ranges::find(grant.lenders, *signer, &GrantLender::lender) != grant.lenders.end();
}

bool SignedByPlatformAndLenders(const Context& context, const Grant& grant) {
  std::set<SignerRef> all{{.party = grant.platform, .department = Department::kCredit}};
  for (const GrantLender& lender : grant.lenders) {
    all.insert({.party = lender.lender, .department = Department::kCredit});
  }
  return std::ranges::equal(context.at().signers, all);
}

// The new limit differs from the old one and is what A22 makes of it.
Verdict CheckStep(Context& context, const Policy& policy, const Grant& grant,
                  const act::v1::LimitAdjust& act) {
  if (act.limit() < 0 || act.limit() == grant.limit.minor || act.reason() == 0 ||
      act.factor_ppm() > policy.limit_factor_max_ppm) {
    return Verdict::kRange;
  }
  const auto borrower = context.state().Get<Participant>({.participant = grant.borrower});
  if (!borrower) return Verdict::kUnknown;
  Amount ceiling = LimitCap(policy, borrower->kind);
  if (grant.tier < policy.tier_limits.size()) {
    ceiling = std::min(ceiling, policy.tier_limits[grant.tier]);
  }
  const auto limit = arithmetic::AdjustLimit(
      grant.limit,
      {.factor_ppm = act.factor_ppm(), .floor = {}, .ceiling = ceiling, .step = policy.limit_step});
  return limit && limit->minor == act.limit() ? Verdict::kAccepted : Verdict::kStep;
}

// `raised` is the grant as it would be.
Verdict CheckRaise(Context& context, const Policy& policy, const Id& id, const Grant& raised) {
  if (EvidenceRevoked(context, raised)) return Verdict::kAttestMissing;
  AVAL_REQUIRE(CheckPartners(context, policy, raised));
  AVAL_REQUIRE(CheckLimitCap(context, policy, id, raised));
  return CheckVelocity(context, policy, raised.borrower);
}

Verdict Raise(Context& context, const Id& id, Grant grant, const act::v1::LimitAdjust& act) {
  std::optional<Attestation> evidence;
  if (!act.evidence().empty()) {
    evidence = context.state().Get<Attestation>({.attestation = ToId(act.evidence())});
    if (!evidence) return Verdict::kUnknown;
  }
  if (!IsInForce(grant) || !IsLive(grant, context.today())) return Verdict::kState;
  if (IsFrozen(context, grant)) return Verdict::kFrozen;
  AVAL_REQUIRE(CheckStanding(context, grant));
  const Policy policy = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckStep(context, policy, grant, act));
  if (!evidence) return Verdict::kAttestMissing;
  AVAL_REQUIRE(CheckCapacity(context, policy, *evidence, grant.borrower));

  const Amount change{act.limit() - grant.limit.minor};
  grant.limit.minor = act.limit();
  ReplaceCapacity(context, grant, ToId(act.evidence()));
  AVAL_REQUIRE(CheckRaise(context, policy, id, grant));
  // Everybody has decided anew.
  for (GrantLender& lender : grant.lenders) lender.decided = context.today();
  ScheduleReview(context, id, grant);
  CountForVelocity(context, grant.borrower);
  context.state().Put<Grant>({.grant = id}, grant);
  PostLimit(context, id, grant.currency, change);
  return Verdict::kAccepted;
}

// A cut below what is used is allowed: nothing is available then.
Verdict Lower(Context& context, const Id& id, Grant grant, const act::v1::LimitAdjust& act) {
  if (!IsInForce(grant) || !IsLive(grant, context.today())) return Verdict::kState;
  if (!act.evidence().empty()) return Verdict::kRange;
  const Policy policy = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckStep(context, policy, grant, act));

  const Amount change{act.limit() - grant.limit.minor};
  grant.limit.minor = act.limit();
  context.state().Put<Grant>({.grant = id}, grant);
  PostLimit(context, id, grant.currency, change);
  return Verdict::kAccepted;
}

}  // namespace

// One lender may lower; a raise is everybody's decision, as the grant was (domain.md 2.4).
Verdict Apply(Context& context, const act::v1::LimitAdjust& act) {
  const Id id = ToId(act.grant());
  EndExpiredReservations(context, id);
  auto grant = context.state().Get<Grant>({.grant = id});
  if (!grant) return Verdict::kUnknown;
  if (act.limit() > grant->limit.minor) {
    if (!SignedByPlatformAndLenders(context, *grant)) return Verdict::kRole;
    return Raise(context, id, *std::move(grant), act);
  }
  if (!SignedByOneLender(context, *grant)) return Verdict::kRole;
  return Lower(context, id, *std::move(grant), act);
}

}  // namespace aval::ledger::rules
