#include "cli/acts/grants.h"

#include <algorithm>

#include "ledger/wire.h"

namespace aval::cli::acts {

using ledger::ToWire;

act::v1::Act ProposeGrant(const GrantProposal& proposal) {
  act::v1::Act act;
  act::v1::GrantPropose& body = *act.mutable_grant_propose();
  body.set_grant(ToWire(proposal.id));
  body.set_borrower(ToWire(proposal.borrower));
  for (const Share& share : proposal.lenders) {
    act::v1::LenderShare& lender = *body.add_lenders();
    lender.set_lender(ToWire(share.lender));
    lender.set_share_ppm(share.ppm);
  }
  SetMoney(*body.mutable_limit(), proposal.limit);
  body.set_expiry_day(ToWire(proposal.expiry));
  body.set_tier(proposal.tier);
  std::vector<ledger::Id> attestations = proposal.attestations;
  std::ranges::sort(attestations);
  for (const ledger::Id& attestation : attestations) body.add_attestations(ToWire(attestation));
  body.set_score(proposal.score);
  body.set_model(ToWire(proposal.model));
  return act;
}

act::v1::Act DecideGrant(const ledger::Id& grant, const crypto::Digest& proposal,
                         std::uint32_t share_ppm, bool decline) {
  act::v1::Act act;
  act::v1::GrantDecide& body = *act.mutable_grant_decide();
  body.set_grant(ToWire(grant));
  body.set_proposal(ToWire(proposal));
  body.set_share_ppm(share_ppm);
  body.set_decline(decline);
  return act;
}

act::v1::Act ActivateGrant(const ledger::Id& grant, const crypto::Digest& disclosure) {
  act::v1::Act act;
  act.mutable_grant_activate()->set_grant(ToWire(grant));
  act.mutable_grant_activate()->set_disclosure(ToWire(disclosure));
  return act;
}

act::v1::Act AdjustLimit(const LimitChange& change) {
  act::v1::Act act;
  act::v1::LimitAdjust& body = *act.mutable_limit_adjust();
  body.set_grant(ToWire(change.grant));
  body.set_limit(change.limit.minor);
  body.set_factor_ppm(change.factor_ppm);
  body.set_reason(change.reason);
  if (change.evidence != ledger::Id{}) body.set_evidence(ToWire(change.evidence));
  return act;
}

act::v1::Act ReviewGrant(const ledger::Id& grant, const ledger::Id& evidence) {
  const bool decline = evidence == ledger::Id{};
  act::v1::Act act;
  act::v1::GrantReview& body = *act.mutable_grant_review();
  body.set_grant(ToWire(grant));
  if (!decline) body.set_evidence(ToWire(evidence));
  body.set_decline(decline);
  return act;
}

act::v1::Act CloseGrant(const ledger::Id& grant, std::uint32_t reason) {
  act::v1::Act act;
  act.mutable_grant_close()->set_grant(ToWire(grant));
  act.mutable_grant_close()->set_reason(reason);
  return act;
}

}  // namespace aval::cli::acts
