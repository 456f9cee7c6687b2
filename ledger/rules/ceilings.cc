#include "ledger/rules/ceilings.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ledger/arithmetic/caps.h"
#include "ledger/rules/grants.h"

namespace aval::ledger::rules {
namespace {

bool IsBank(Context& context, PartyId lender) {
  const auto institution = context.state().Get<Institution>({.institution = lender});
  return institution && institution->kind == InstitutionKind::kBank;
}

bool KeepsFloor(Context& context, const Policy& policy, const Grant& grant) {
  std::vector<std::uint32_t> shares;
  for (const GrantLender& lender : grant.lenders) shares.push_back(lender.share_ppm);
  const std::vector<bool> holds = arithmetic::PartnerFloor(shares, policy.partner_floor_ppm);
  for (std::size_t i = 0; i < grant.lenders.size(); ++i) {
    if (!holds[i] && IsBank(context, grant.lenders[i].lender)) return false;
  }
  return true;
}

// R02 and R03 compare a bank's joint lending with its capital and its loans, which no act of this
// version states: where the policy sets them, a bank cannot show that it keeps them, and does not
// lend jointly.
bool MayLendJointly(Context& context, const Policy& policy, const Grant& grant) {
  if (policy.single_partner_ppm == 0 && policy.joint_lending_ppm == 0) return true;
  return grant.lenders.size() == 1 ||
         std::ranges::none_of(grant.lenders, [&](const GrantLender& lender) {
           return IsBank(context, lender.lender);
         });
}

bool Lists(const Policy& policy, PartyId bank, PartyId partner) {
  if (bank == partner) return true;
  const std::uint64_t pair =
      (std::uint64_t{bank.InstitutionNumber()} << 32U) | partner.InstitutionNumber();
  return std::ranges::find(policy.lender_pairs, pair) != policy.lender_pairs.end();
}

bool ListsPartners(Context& context, const Policy& policy, const Grant& grant) {
  if (policy.lender_pairs.empty()) return true;
  return std::ranges::all_of(grant.lenders, [&](const GrantLender& bank) {
    if (!IsBank(context, bank.lender)) return true;
    return Lists(policy, bank.lender, grant.platform) &&
           std::ranges::all_of(grant.lenders, [&](const GrantLender& other) {
             return Lists(policy, bank.lender, other.lender);
           });
  });
}

// The velocity rule looks at today and the 29 days before it.
bool InWindow(const Context& context, Day day) { return day >= context.today().Plus(-29); }

}  // namespace

Verdict CheckPartners(Context& context, const Policy& policy, const Grant& grant) {
  if (!KeepsFloor(context, policy, grant)) return Verdict::kPartnerFloor;
  if (!MayLendJointly(context, policy, grant)) return Verdict::kConcentration;
  if (!ListsPartners(context, policy, grant)) return Verdict::kLenderPair;
  return Verdict::kAccepted;
}

Amount LimitCap(const Policy& policy, ParticipantKind kind) {
  return kind == ParticipantKind::kSme ? policy.max_limit_sme : policy.max_limit_person;
}

Verdict CheckLimitCap(Context& context, const Policy& policy, const Id& id, const Grant& grant) {
  const auto borrower = context.state().Get<Participant>({.participant = grant.borrower});
  if (!borrower) return Verdict::kUnknown;
  // At most kLiveGrantsMax limits of at most 10^13: far inside int64.
  std::int64_t sum = grant.limit.minor;
  for (const auto& [other_id, other] : LiveGrantsOf(context, grant.borrower)) {
    if (other_id != id && other.currency == grant.currency) sum += other.limit.minor;
  }
  return sum <= LimitCap(policy, borrower->kind).minor ? Verdict::kAccepted : Verdict::kLimitCap;
}

Verdict CheckVelocity(Context& context, const Policy& policy, PartyId borrower) {
  if (policy.grants_per_30_days == 0) return Verdict::kAccepted;
  const auto participant = context.state().Get<Participant>({.participant = borrower});
  if (!participant) return Verdict::kUnknown;
  const auto events = std::ranges::count_if(participant->credit_days,
                                            [&](Day day) { return InWindow(context, day); });
  return events < policy.grants_per_30_days ? Verdict::kAccepted : Verdict::kVelocity;
}

void CountForVelocity(Context& context, PartyId borrower) {
  auto participant = context.state().Get<Participant>({.participant = borrower});
  if (!participant) return;
  std::vector<Day>& days = participant->credit_days;
  std::erase_if(days, [&](Day day) { return !InWindow(context, day); });
  if (days.size() == Participant::kCreditDaysMax) days.erase(days.begin());
  days.push_back(context.today());
  context.state().Put<Participant>({.participant = borrower}, *participant);
}

}  // namespace aval::ledger::rules
