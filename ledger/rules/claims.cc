#include "ledger/rules/claims.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/credit_balances.h"

namespace aval::ledger::rules {
namespace {

// Of one loan; what is above them has to be paid by the borrower itself.
constexpr std::size_t kClaimsMax = 1024;

using Claims = std::vector<std::pair<Id, RecourseClaim>>;  // Ascending by agreement.

bool IsOpen(const RecourseClaim& claim) {
  switch (claim.state) {
    case ClaimState::kOpen:
    case ClaimState::kPartRecovered:
      return true;
    case ClaimState::kRecovered:
    case ClaimState::kForgiven:
    case ClaimState::kTimeBarred:
      return false;
  }
  return false;
}

Claims OpenClaimsOn(Context& context, const Id& loan) {
  Claims open;
  for (const auto& [key, index] : context.state().List<ClaimOn>(loan.bytes, kClaimsMax)) {
    const auto claim = context.state().Get<RecourseClaim>({.agreement = key.agreement});
    AVAL_ASSERT(claim || context.state().failure());
    if (claim && IsOpen(*claim)) open.emplace_back(key.agreement, *claim);
  }
  return open;
}

void Recover(Context& context, const Id& agreement, RecourseClaim claim, Amount part) {
  claim.recovered.minor += part.minor;
  claim.state =
      claim.recovered == claim.amount ? ClaimState::kRecovered : ClaimState::kPartRecovered;
  context.state().Put<RecourseClaim>({.agreement = agreement}, claim);
  const PartyId memo = PartyId::Memo();
  context.Debit(memo, account::kRecourseObligation, agreement, claim.currency, part);
  context.Credit(memo, account::kRecourseClaim, agreement, claim.currency, part);
}

}  // namespace

Amount PayClaims(Context& context, const Debt& debt, Amount amount) {
  if (amount.minor == 0) return {};
  const Claims claims = OpenClaimsOn(context, debt.id());
  std::vector<Amount> open;
  for (const auto& [agreement, claim] : claims) {
    open.push_back({claim.amount.minor - claim.recovered.minor});
  }
  const arithmetic::RecourseSplit split = *arithmetic::SplitRecourse(amount, {}, open);
  const PartyId platform = debt.loan().platform;
  const Currency currency = debt.loan().currency;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Amount part = split.claims[i];
    if (part.minor == 0) continue;
    const auto& [agreement, claim] = claims[i];
    Recover(context, agreement, claim, part);
    context.Debit(platform, account::kBorrowerOverpayment, debt.loan().borrower.id, currency, part);
    context.Credit(platform, account::kBorrowerOverpayment, claim.co_payer.id, currency, part);
    AddToBalance(context,
                 {.platform = platform, .participant = claim.co_payer, .currency = currency}, part);
  }
  return {amount.minor - split.unapplied.minor};
}

}  // namespace aval::ledger::rules
