#include "ledger/rules/recourse.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/copay.h"
#include "ledger/record/loans.h"
#include "ledger/rules/credit_balances.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// Open of a claim goes on the memo when `change` is positive, off it when it is negative.
void PostOpen(Context& context, const Id& agreement, const RecourseClaim& claim,
              std::int64_t change) {
  const PartyId memo = PartyId::Memo();
  const Amount amount{change > 0 ? change : -change};
  const std::uint16_t debited = change > 0 ? account::kRecourseClaim : account::kRecourseObligation;
  const std::uint16_t credited =
      change > 0 ? account::kRecourseObligation : account::kRecourseClaim;
  context.Debit(memo, debited, agreement, claim.currency, amount);
  context.Credit(memo, credited, agreement, claim.currency, amount);
}

// What has happened to it decides, whatever came first.
ClaimState StateOf(const RecourseClaim& claim) {
  if (claim.Open().minor > 0) {
    return claim.recovered.minor > 0 ? ClaimState::kPartRecovered : ClaimState::kOpen;
  }
  if (claim.barred.minor > 0) return ClaimState::kTimeBarred;
  if (claim.forgiven.minor > 0) return ClaimState::kForgiven;
  return claim.recovered.minor > 0 ? ClaimState::kRecovered : ClaimState::kReturned;
}

bool HasItem(const RecourseClaim& claim) {
  return claim.last_day != Day{} && claim.Open().minor > 0;
}

// Writes what has become of a claim, in all places where it stands.
void Write(Context& context, const Id& agreement, const RecourseClaim& before,
           RecourseClaim claim) {
  AVAL_ASSERT(claim.Open().minor >= 0);
  claim.state = StateOf(claim);
  PostOpen(context, agreement, claim, claim.Open().minor - before.Open().minor);
  if (HasItem(before)) {
    context.Unschedule(before.last_day.Plus(1), Queue::kClaim, agreement, 0);
  }
  if (HasItem(claim)) context.Schedule(claim.last_day.Plus(1), Queue::kClaim, agreement, 0);
  context.state().Put<RecourseClaim>({.agreement = agreement}, claim);
}

// What is open past the last day is barred, as the sweep would.
std::optional<RecourseClaim> FindClaim(Context& context, const Id& agreement) {
  auto claim = context.state().Get<RecourseClaim>({.agreement = agreement});
  if (!claim || !HasItem(*claim) || claim->last_day >= context.today()) return claim;
  const RecourseClaim before = *claim;
  claim->barred.minor += before.Open().minor;
  Write(context, agreement, before, *claim);
  claim->state = StateOf(*claim);
  return claim;
}

// Of one loan; what is above them has to be paid by the borrower itself.
constexpr std::size_t kClaimsMax = 1024;

using Claims = std::vector<std::pair<Id, RecourseClaim>>;  // Ascending by agreement.

Claims OpenClaimsOn(Context& context, const Id& loan) {
  Claims open;
  for (const auto& [key, index] : context.state().List<ClaimOn>(loan.bytes, kClaimsMax)) {
    auto claim = FindClaim(context, key.agreement);
    AVAL_ASSERT(claim || context.state().failure());
    if (claim && claim->Open().minor > 0) open.emplace_back(key.agreement, *std::move(claim));
  }
  return open;
}

void Recover(Context& context, const Id& agreement, const RecourseClaim& before, Amount part) {
  RecourseClaim claim = before;
  claim.recovered.minor += part.minor;
  Write(context, agreement, before, claim);
}

// A claim that can be paid or given up, and how much of it.
Verdict CheckOpen(const RecourseClaim& claim, std::int64_t amount) {
  if (claim.Open().minor == 0) return Verdict::kState;
  return amount >= 1 && amount <= claim.Open().minor ? Verdict::kAccepted : Verdict::kAmount;
}

// R15: through a bank once the lenders are paid. What the two settle between themselves is theirs,
// when both say so.
struct Payer {
  Verdict verdict = Verdict::kAccepted;
  PartyId bank{};
};

Payer PayerOf(Context& context, const RecourseClaim& claim) {
  if (context.SignedBy({{.party = claim.borrower}, {.party = claim.co_payer}})) return {};
  const auto bank = SoleSigner(context, Department::kOps);
  if (!bank || !KeepsAccounts(context, *bank)) return {.verdict = Verdict::kRole};
  return {.bank = *bank};
}

// The claim after all that today brings its loan, which may pay it.
std::optional<RecourseClaim> FindClaimOfToday(Context& context, const Id& agreement) {
  const auto known = context.state().Get<RecourseClaim>({.agreement = agreement});
  if (!known) return std::nullopt;
  CatchUpLoan(context, known->loan);
  return FindClaim(context, agreement);
}

bool LendersArePaid(Context& context, const Id& loan_id) {
  const std::optional<Debt> debt = Debt::Load(context, loan_id);
  return debt && !debt->IsOwed();
}

}  // namespace

void GrowClaim(Context& context, const Id& agreement_id, const Agreement& agreement,
               Amount amount) {
  const std::optional<RecourseClaim> known = FindClaim(context, agreement_id);
  const RecourseClaim before = known.value_or(RecourseClaim{});
  RecourseClaim claim = before;
  claim.loan = agreement.loan;
  claim.borrower = agreement.borrower;
  claim.co_payer = agreement.co_payer;
  claim.currency = agreement.currency;
  claim.amount.minor += amount.minor;
  claim.grown = context.today();
  const std::uint32_t days = context.PolicyOn(context.today()).policy.copay.recourse_days;
  claim.last_day = days == 0 ? Day{} : context.today().Plus(days);
  Write(context, agreement_id, before, claim);
  context.state().Put<ClaimOn>({.loan = claim.loan, .agreement = agreement_id}, {});
}

Verdict ShrinkClaim(Context& context, const Id& agreement_id, Amount amount) {
  const auto before = FindClaim(context, agreement_id);
  if (!before) return Verdict::kUnknown;
  RecourseClaim claim = *before;
  claim.amount.minor -= amount.minor;
  if (claim.recovered.minor + claim.forgiven.minor > claim.amount.minor) return Verdict::kState;
  // What is open goes first: it was taken last.
  claim.barred.minor -= std::max<std::int64_t>(0, -claim.Open().minor);
  Write(context, agreement_id, *before, claim);
  return Verdict::kAccepted;
}

Amount PayClaims(Context& context, const Debt& debt, Amount amount) {
  if (amount.minor == 0) return {};
  const Claims claims = OpenClaimsOn(context, debt.id());
  std::vector<Amount> open;
  for (const auto& [agreement, claim] : claims) open.push_back(claim.Open());
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

// domain.md 2.5 RECOURSE_REPAY.
Verdict Apply(Context& context, const act::v1::RecourseRepay& act) {
  const Id id = ToId(act.repayment());
  const Id agreement = ToId(act.agreement());
  const auto before = FindClaimOfToday(context, agreement);
  if (!before) return Verdict::kUnknown;
  const Payer payer = PayerOf(context, *before);
  AVAL_REQUIRE(payer.verdict);
  if (context.state().Has<RecoursePayment>({.repayment = id})) return Verdict::kDuplicate;
  const Amount amount{act.amount().minor()};
  if (before->Open().minor == 0) return Verdict::kState;
  const bool between_them = payer.bank == PartyId::Memo();
  if (!between_them && !LendersArePaid(context, before->loan)) return Verdict::kRank;
  if (act.amount().currency() != before->currency.Text()) return Verdict::kCurrency;
  AVAL_REQUIRE(CheckOpen(*before, amount.minor));

  Recover(context, agreement, *before, amount);
  context.state().Put<RecoursePayment>({.repayment = id}, {.agreement = agreement,
                                                           .bank = payer.bank,
                                                           .currency = before->currency,
                                                           .amount = amount,
                                                           .day = context.today(),
                                                           .reference = ToDigest(act.reference())});
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::RecourseForgive& act) {
  const Id agreement = ToId(act.agreement());
  const auto before = FindClaimOfToday(context, agreement);
  if (!before) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = before->co_payer}})) return Verdict::kRole;
  AVAL_REQUIRE(CheckOpen(*before, act.amount()));
  RecourseClaim claim = *before;
  claim.forgiven.minor += act.amount();
  Write(context, agreement, *before, claim);
  return Verdict::kAccepted;
}

Verdict RunClaimItem(Context& context, const CalendarItem::Key& item) {
  const auto stored = context.state().Get<RecourseClaim>({.agreement = item.subject});
  if (!stored) return Verdict::kUnknown;
  const auto claim = FindClaim(context, item.subject);
  return claim && claim->state != stored->state ? Verdict::kAccepted : Verdict::kState;
}

}  // namespace aval::ledger::rules
