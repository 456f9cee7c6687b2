#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "ledger/arithmetic/limits.h"
#include "ledger/arithmetic/money.h"
#include "ledger/arithmetic/split.h"
#include "ledger/rules/ceilings.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/require.h"
#include "ledger/rules/reservations.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/schedule.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// Versions of one product that a ledger may have; governance refuses more.
constexpr std::size_t kMaxProductVersions = 1024;

struct ProductInForce {
  std::uint32_t version = 0;
  Product product;
};

std::optional<ProductInForce> NewestProduct(Context& context, std::uint32_t number) {
  ByteWriter prefix;
  prefix.U32(number);
  auto versions = context.state().List<Product>(prefix.bytes(), kMaxProductVersions);
  if (versions.empty()) return std::nullopt;
  return ProductInForce{.version = versions.back().first.version,
                        .product = std::move(versions.back().second)};
}

// Whether the grant may be drawn on today. Its limit is another question.
Verdict CheckGrant(Context& context, const Grant& grant) {
  if (!IsInForce(grant) || !IsLive(grant, context.today())) return Verdict::kState;
  if (IsFrozen(context, grant)) return Verdict::kFrozen;
  AVAL_REQUIRE(CheckStanding(context, grant));
  return EvidenceRevoked(context, grant) ? Verdict::kAttestMissing : Verdict::kAccepted;
}

// B23: what is prepaid leaves escrow by steps, and nothing else does.
Verdict CheckEscrow(const Policy& policy, const Purchase& purchase, Day today) {
  const std::vector<Day>& steps = purchase.release_days;
  const bool prepaid =
      std::ranges::binary_search(policy.supplier.prepaid_scenarios, purchase.scenario);
  if (prepaid == steps.empty()) return Verdict::kScenario;
  if (!prepaid) return Verdict::kAccepted;
  const bool fits = steps.size() <= policy.supplier.release_steps && steps.front() >= today;
  return fits ? Verdict::kAccepted : Verdict::kRange;
}

// Currency, amount, scenario and days against what policy and grant allow.
Verdict CheckTerms(Context& context, const Policy& policy, const Grant& grant,
                   const Purchase& purchase, const std::string& currency) {
  if (currency != grant.currency.Text()) return Verdict::kCurrency;
  if (purchase.amount.minor < 1 || purchase.amount > arithmetic::kMaxAmount) {
    return Verdict::kRange;
  }
  if (purchase.amount > policy.max_purchase) return Verdict::kAmount;
  if (!std::ranges::binary_search(policy.scenarios, purchase.scenario)) return Verdict::kScenario;
  const Day today = context.today();
  if (purchase.expiry < today || purchase.expiry > today.Plus(policy.authorisation_days)) {
    return Verdict::kRange;
  }
  return purchase.first_due <= today ? Verdict::kDueDay : CheckEscrow(policy, purchase, today);
}

bool IsFor(Borrowers borrowers, ParticipantKind kind) {
  switch (borrowers) {
    case Borrowers::kAll:
      return true;
    case Borrowers::kPersons:
      return kind == ParticipantKind::kPerson;
    case Borrowers::kSmes:
      return kind == ParticipantKind::kSme;
  }
  return false;
}

bool Allows(const std::vector<std::uint32_t>& list, std::uint32_t code) {
  return list.empty() || std::ranges::binary_search(list, code);
}

// A20, A33: what the product is for, and for whom.
Verdict CheckProduct(Context& context, const Product& product, const Purchase& purchase,
                     const Grant& grant) {
  if (product.currency != purchase.currency) return Verdict::kCurrency;
  const auto borrower = context.state().Get<Participant>({.participant = purchase.borrower});
  const bool fits =
      purchase.amount >= product.min_amount && purchase.amount <= product.max_amount &&
      Allows(product.scenarios, purchase.scenario) && Allows(product.tiers, grant.tier) &&
      borrower && IsFor(product.borrowers, borrower->kind);
  return fits ? Verdict::kAccepted : Verdict::kProduct;
}

// A bullet's only due day may be as far as R06 says, the first of several as far as the policy.
Verdict CheckFirstDue(const Product& product, const Policy& policy, Day first_due, Day today) {
  const std::uint32_t most =
      product.method == Method::kBullet ? policy.bullet_max_days : policy.first_due_max_days;
  return first_due <= today.Plus(most) ? Verdict::kAccepted : Verdict::kDueDay;
}

// R12b, of a schedule that begins today.
Verdict CheckCost(const Product& product, const Plan& plan, const Policy& in_force, Day today) {
  return WithinCostCap(product.method, plan.instalments, today, in_force) ? Verdict::kAccepted
                                                                          : Verdict::kCostCap;
}

PartyId SponsorOf(const Product& product, const Purchase& purchase, PartyId platform) {
  switch (product.sponsor) {
    case Sponsor::kNone:
      return PartyId::Memo();
    case Sponsor::kSupplier:
      return purchase.supplier;
    case Sponsor::kPlatform:
      return platform;
  }
  AVAL_ASSERT(false);
}

Purchase Authorised(Context& context, const act::v1::PurchaseAuthorise& act, const Grant& grant) {
  const Policy::Key policy = context.PolicyOn(context.today()).key;
  Purchase purchase;
  purchase.grant = ToId(act.grant());
  purchase.borrower = grant.borrower;
  purchase.supplier = ToParty(act.supplier());
  purchase.order = ToDigest(act.order());
  purchase.scenario = act.scenario();
  purchase.product = act.product();
  purchase.policy_version = policy.version;
  purchase.policy_effective = policy.effective;
  purchase.currency = grant.currency;
  purchase.amount = {act.amount().minor()};
  purchase.instalments = act.instalments();
  purchase.authorised = context.today();
  purchase.first_due = ToDay(act.first_due_day());
  purchase.expiry = ToDay(act.expiry_day());
  for (const std::uint32_t day : act.release_days()) purchase.release_days.push_back(ToDay(day));
  return purchase;
}

// The claims on the borrower are the lenders' at once, the money follows (domain.md 2.5
// PURCHASE_CAPTURE). Returns each lender's part.
std::vector<LenderPart> PostDrawdown(Context& context, const Id& loan, const Purchase& purchase,
                                     const Grant& grant) {
  const Currency currency = purchase.currency;
  const PartyId platform = grant.platform;
  const PartyId supplier = purchase.supplier;
  std::vector<std::int64_t> shares;
  for (const GrantLender& lender : grant.lenders) shares.push_back(lender.share_ppm);
  const std::vector<Amount> parts = *arithmetic::LargestRemainder(purchase.captured, shares);

  std::vector<LenderPart> lenders;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartyId lender = grant.lenders[i].lender;
    lenders.push_back(
        {.lender = lender, .share_ppm = grant.lenders[i].share_ppm, .outstanding = parts[i]});
    context.Debit(lender, account::kLoanPrincipal, loan, currency, parts[i]);
    if (lender == platform) continue;
    context.Credit(lender, account::kDueTo, platform.id, currency, parts[i]);
    context.Debit(platform, account::kDueFrom, lender.id, currency, parts[i]);
    context.Owe(lender, platform, currency, parts[i]);
  }
  context.Credit(platform, account::kMerchantPayable, supplier.id, currency, purchase.captured);
  context.Debit(supplier, account::kPlatformReceivable, platform.id, currency, purchase.captured);
  context.Credit(supplier, account::kExternalControl, Id{}, currency, purchase.captured);
  return lenders;
}

void OpenLoan(Context& context, const Id& id, const Purchase& purchase, const Grant& grant,
              const Product& product, const Policy& pricing, std::vector<Instalment> instalments) {
  Loan loan;
  loan.grant = purchase.grant;
  loan.borrower = purchase.borrower;
  loan.platform = grant.platform;
  loan.supplier = purchase.supplier;
  loan.sponsor = SponsorOf(product, purchase, grant.platform);
  loan.lenders = PostDrawdown(context, id, purchase, grant);
  loan.currency = purchase.currency;
  loan.principal = purchase.captured;
  loan.instalments = purchase.instalments;
  loan.product = purchase.product;
  loan.product_version = purchase.product_version;
  loan.policy_version = purchase.policy_version;
  loan.policy_effective = purchase.policy_effective;
  loan.opened = context.today();
  loan.counted = context.today();
  loan.pricing = {
      .rate_ppm = product.rate_ppm, .principal = loan.principal, .start = context.today()};
  for (Instalment& instalment : instalments) {
    instalment.next_day = FirstBillDay(instalment, pricing, context.today());
  }
  Debt(id, std::move(loan), pricing, std::move(instalments)).Save(context);
}

// The reservation becomes principal outstanding (I4); what was not captured is free again.
void TurnIntoPrincipal(Context& context, const Id& id, const Purchase& purchase) {
  EndReservation(context, id, purchase);
  std::optional<Grant> grant = context.state().Get<Grant>({.grant = purchase.grant});
  if (!grant) return;
  grant->used.minor += purchase.captured.minor;
  context.state().Put<Grant>({.grant = purchase.grant}, *grant);
}

// A purchase, with its grant, as the platform alone acts on it while its authorisation is live.
struct LiveAuthorisation {
  Verdict verdict = Verdict::kAccepted;
  Purchase purchase{};
  Grant grant{};
};

LiveAuthorisation FindLive(Context& context, const Id& id) {
  const auto purchase = context.state().Get<Purchase>({.purchase = id});
  if (!purchase) return {.verdict = Verdict::kUnknown};
  const auto grant = context.state().Get<Grant>({.grant = purchase->grant});
  if (!grant) return {.verdict = Verdict::kUnknown};
  if (!context.SignedBy({{.party = grant->platform, .department = Department::kOps}})) {
    return {.verdict = Verdict::kRole};
  }
  // Past its expiry day it is no longer live, whether or not the sweep has come to it.
  if (purchase->state != PurchaseState::kAuthorised || purchase->expiry < context.today()) {
    return {.verdict = Verdict::kAuthState};
  }
  return {.purchase = *purchase, .grant = *grant};
}

}  // namespace

Verdict Apply(Context& context, const act::v1::PurchaseAuthorise& act) {
  const Id id = ToId(act.purchase());
  const Id grant_id = ToId(act.grant());
  auto grant = context.state().Get<Grant>({.grant = grant_id});
  if (!grant) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = grant->borrower},
                         {.party = grant->platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (context.state().Has<Purchase>({.purchase = id})) return Verdict::kDuplicate;
  const auto supplier = context.state().Get<Supplier>({.supplier = ToParty(act.supplier())});
  if (!supplier || supplier->platform != grant->platform) return Verdict::kUnknown;
  if (supplier->holds > 0) return Verdict::kFrozen;
  AVAL_REQUIRE(CheckGrant(context, *grant));

  Purchase purchase = Authorised(context, act, *grant);
  const Policy policy = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckTerms(context, policy, *grant, purchase, act.amount().currency()));
  const auto product = NewestProduct(context, purchase.product);
  if (!product) return Verdict::kProduct;
  purchase.product_version = product->version;
  AVAL_REQUIRE(CheckProduct(context, product->product, purchase, *grant));
  AVAL_REQUIRE(CheckFirstDue(product->product, policy, purchase.first_due, context.today()));
  const Plan plan = PlanInstalments(product->product, policy,
                                    {.amount = purchase.amount,
                                     .instalments = purchase.instalments,
                                     .start = context.today(),
                                     .first_due = purchase.first_due});
  AVAL_REQUIRE(plan.verdict);
  AVAL_REQUIRE(CheckCost(product->product, plan, policy, context.today()));

  CatchUpGrant(context, grant_id);
  if (!MayReserve(context, grant_id)) return Verdict::kRange;
  grant = context.state().Get<Grant>({.grant = grant_id});
  if (!grant) return Verdict::kUnknown;
  if (purchase.amount > arithmetic::Available({.granted = grant->limit, .used = grant->used})) {
    return Verdict::kLimit;
  }
  MakeReservation(context, id, purchase);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::PurchaseCapture& act) {
  const Id id = ToId(act.purchase());
  auto [verdict, purchase, grant] = FindLive(context, id);
  AVAL_REQUIRE(verdict);
  if (!MayOriginate(context, grant)) return Verdict::kSuspended;
  const auto supplier = context.state().Get<Supplier>({.supplier = purchase.supplier});
  if (!supplier) return Verdict::kUnknown;
  if (supplier->holds > 0) return Verdict::kFrozen;
  if (act.amount() < 1 || act.amount() > purchase.amount.minor) return Verdict::kAmount;
  const Policy in_force = context.PolicyOn(context.today()).policy;
  AVAL_REQUIRE(CheckPartners(context, in_force, grant));
  if (purchase.first_due <= context.today()) return Verdict::kDueDay;

  purchase.captured = {act.amount()};
  purchase.payable = purchase.captured;
  purchase.state = PurchaseState::kCaptured;
  const auto product = context.state().Get<Product>(
      {.product = purchase.product, .version = purchase.product_version});
  if (!product) return Verdict::kProduct;
  if (product->method == Method::kBullet) {
    AVAL_REQUIRE(CheckFirstDue(*product, in_force, purchase.first_due, context.today()));
  }
  const Policy pricing = context.PolicyAt(
      {.effective = purchase.policy_effective, .version = purchase.policy_version});
  Plan plan = PlanInstalments(*product, pricing,
                              {.amount = purchase.captured,
                               .instalments = purchase.instalments,
                               .start = context.today(),
                               .first_due = purchase.first_due});
  AVAL_REQUIRE(plan.verdict);
  AVAL_REQUIRE(CheckCost(*product, plan, in_force, context.today()));

  TurnIntoPrincipal(context, id, purchase);
  OpenLoan(context, id, purchase, grant, *product, pricing, std::move(plan.instalments));
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::PurchaseVoid& act) {
  const Id id = ToId(act.purchase());
  auto [verdict, purchase, grant] = FindLive(context, id);
  AVAL_REQUIRE(verdict);
  purchase.state = PurchaseState::kVoided;
  EndReservation(context, id, purchase);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
