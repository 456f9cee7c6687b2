#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/arithmetic/money.h"
#include "ledger/record/copay.h"
#include "ledger/record/loans.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/bills.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/pauses.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/schedule.h"
#include "ledger/rules/signers.h"
#include "ledger/wire.h"

// A restructuring gives what is left of a debt new days, and never makes it dearer by itself: the
// price is at most the product's, charges are carried over as they are and bear nothing, and a
// co-payer that has not agreed bears no more than before (Civil Code Art. 695). One proposal at a
// time: two would each be of what the other has changed.
namespace aval::ledger::rules {
namespace {

Amount UnpaidPrincipal(const Debt& debt) {
  Amount sum;
  for (const LenderPart& part : debt.loan().lenders) sum.minor += part.Owed().minor;
  return sum;
}

Day LastDue(const Debt& debt) {
  Day last;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    if (!IsFinished(debt.At(k))) last = std::max(last, debt.At(k).due);
  }
  return last;
}

// The schedule that is proposed, as product, pricing policy and the policy of today allow it. The
// free instalments are those of the first schedule: no sponsor has promised more.
Plan NewPlan(Context& context, const Debt& debt, const Restructuring& proposed) {
  const Loan& loan = debt.loan();
  const Policy today = context.PolicyOn(context.today()).policy;
  auto product =
      context.state().Get<Product>({.product = loan.product, .version = loan.product_version});
  if (!product) return {.verdict = Verdict::kProduct};
  if (proposed.rate_ppm > product->rate_ppm) return {.verdict = Verdict::kRange};
  if (proposed.instalments > today.max_instalments) return {.verdict = Verdict::kProduct};
  if (proposed.first_due <= context.today()) return {.verdict = Verdict::kDueDay};
  product->rate_ppm = proposed.rate_ppm;
  product->free_instalments = 0;
  Plan plan = PlanInstalments(*product, debt.policy(),
                              {.amount = UnpaidPrincipal(debt),
                               .instalments = proposed.instalments,
                               .start = context.today(),
                               .first_due = proposed.first_due});
  if (plan.verdict != Verdict::kAccepted) return plan;
  const Day latest = LastDue(debt).Plus(today.recovery.restructure_days);
  if (plan.instalments.back().due > latest) return {.verdict = Verdict::kDueDay};
  if (!WithinCostCap(product->method, plan.instalments, context.today(), today)) {
    return {.verdict = Verdict::kCostCap};
  }
  return plan;
}

// What a restructuring needs, when it is proposed and again when it takes effect: all co-payers
// stand for all of the new instalments (I8).
Plan CheckedPlan(Context& context, const Debt& debt, const Restructuring& proposed) {
  if (debt.AnyReserved()) return {.verdict = Verdict::kReserved};
  // What is quarrelled about is settled first.
  if (AnyPaused(debt, context.today())) return {.verdict = Verdict::kDisputed};
  const Policy today = context.PolicyOn(context.today()).policy;
  if (debt.loan().restructurings >= today.recovery.restructurings) {
    return {.verdict = Verdict::kRange};
  }
  Plan plan = NewPlan(context, debt, proposed);
  if (plan.verdict != Verdict::kAccepted) return plan;
  std::int64_t shares = 0;
  for (const auto& [id, agreement] : LiveAgreementsOn(context, debt.id())) {
    shares += agreement.share_ppm;
  }
  if (shares > arithmetic::kMillion) return {.verdict = Verdict::kShareMax};
  return plan;
}

void EndProposal(Context& context, const Id& id, Restructuring restructuring,
                 RestructuringState last) {
  restructuring.state = last;
  context.state().Put<Restructuring>({.restructuring = id}, restructuring);
  context.state().Delete<RestructuringOf>({.loan = restructuring.loan});
  context.Unschedule(restructuring.expiry.Plus(1), Queue::kRestructuring, id, 0);
}

bool IsOpenOn(Day today, const Restructuring& restructuring) {
  return restructuring.state == RestructuringState::kOpen && restructuring.expiry >= today;
}

// Whether somebody has proposed another; ends one that has run out, as the sweep would.
bool HasOpenProposal(Context& context, const Id& loan) {
  const auto index = context.state().Get<RestructuringOf>({.loan = loan});
  if (!index) return false;
  auto other = context.state().Get<Restructuring>({.restructuring = index->restructuring});
  if (!other) return false;
  if (IsOpenOn(context.today(), *other)) return true;
  EndProposal(context, index->restructuring, *std::move(other), RestructuringState::kExpired);
  return false;
}

bool MayPropose(const Context& context, const Loan& loan) {
  return context.SignedBy({{.party = loan.borrower}}) ||
         context.SignedBy({{.party = loan.platform, .department = Department::kCredit}});
}

Restructuring Proposed(const Context& context, const act::v1::RestructurePropose& act) {
  Restructuring restructuring;
  restructuring.loan = ToId(act.loan());
  restructuring.proposal = context.at().identity;
  restructuring.proposed = context.today();
  restructuring.expiry = ToDay(act.expiry_day());
  restructuring.instalments = act.instalments();
  restructuring.first_due = ToDay(act.first_due_day());
  restructuring.rate_ppm = act.rate_ppm();
  return restructuring;
}

// Charges that lenders have as receivables and that are not paid.
struct Carried {
  Amount cost;
  Amount penalty;
  Amount fee;
  Amount interest;
};

void CarryFrom(const Instalment& old, Carried& carried) {
  const bool billed = old.billed != Day{};
  carried.cost.minor += old.cost.Unpaid().minor;
  carried.penalty.minor += old.penalty.Unpaid().minor;
  carried.fee.minor += billed ? old.fee.Unpaid().minor : old.carried_fee.minor;
  carried.interest.minor += billed ? old.interest.Unpaid().minor : old.carried_interest.minor;
}

void CarryInto(const Carried& carried, Instalment& first) {
  first.cost.due.minor += carried.cost.minor;
  first.penalty.due.minor += carried.penalty.minor;
  first.fee.due.minor += carried.fee.minor;
  first.interest.due.minor += carried.interest.minor;
  first.carried_fee = carried.fee;
  first.carried_interest = carried.interest;
}

// Nothing of it is left: what was paid has been due, and its bill asks for no more.
void Cancel(Context& context, const Loan& loan, Instalment& old) {
  if (old.billed != Day{}) {
    UpdateBill(context, loan, old.due,
               {.billed = {-UnpaidCredit(old).minor}, .open = -1, .overdue = IsLate(old) ? -1 : 0});
  }
  for (Component* part : {&old.cost, &old.penalty, &old.fee, &old.interest, &old.principal}) {
    part->due.minor -= part->Unpaid().minor;
  }
  old.carried_fee = std::min(old.carried_fee, old.fee.paid);
  old.carried_interest = std::min(old.carried_interest, old.interest.paid);
  old.subsidy = {};
  old.bucket = 0;
  old.next_day = Day{};
  old.state = InstalmentState::kCancelled;
}

// The most that the co-payer would still have had to pay of what it covers: of each instalment its
// share of what is unpaid, and of all that was due no more than its share with what it has paid.
Amount BurdenOf(const Debt& debt, const Agreement& agreement) {
  const auto share_of = [&agreement](Amount amount) {
    return *arithmetic::MulDiv(amount, arithmetic::Ratio::Ppm(agreement.share_ppm),
                               arithmetic::Rounding::kDown);
  };
  Amount burden;
  for (const CopayPart& part : agreement.parts) {
    const Instalment& instalment = debt.At(part.number);
    if (IsFinished(instalment)) continue;
    const std::int64_t of_all = share_of(ChargedInAll(instalment)).minor - part.paid.minor;
    const std::int64_t of_unpaid = share_of(UnpaidInAll(instalment)).minor;
    burden.minor += std::max<std::int64_t>(std::min(of_all, of_unpaid), 0);
  }
  return burden;
}

// The agreement goes on over the new instalments. Its last day stays as it is, and so does its cap
// where the co-payer has consented (domain.md 2.6, Art. 695).
struct Extension {
  Id id;
  Agreement agreement;
  Amount cap;
};

std::vector<Extension> ExtensionsOf(Context& context, const Debt& debt,
                                    const Restructuring& restructuring) {
  std::vector<Extension> extensions;
  for (auto& [id, agreement] : LiveAgreementsOn(context, debt.id())) {
    Amount cap = agreement.cap;
    if (!std::ranges::binary_search(restructuring.consents, agreement.co_payer)) {
      cap = std::min(cap, Amount{agreement.paid.minor + BurdenOf(debt, agreement).minor});
    }
    extensions.push_back({.id = id, .agreement = agreement, .cap = cap});
  }
  return extensions;
}

// domain.md 2.5 RESTRUCTURE.
void Restructure(Context& context, Debt& debt, const Restructuring& restructuring,
                 std::vector<Instalment> schedule) {
  ChargePenalty(context, debt);
  const std::vector<Extension> extensions = ExtensionsOf(context, debt, restructuring);
  Carried carried;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    if (IsFinished(debt.At(k))) continue;
    CarryFrom(debt.At(k), carried);
    Cancel(context, debt.loan(), debt.Change(k));
  }
  CarryInto(carried, schedule.front());
  std::vector<std::uint16_t> numbers;
  for (Instalment& instalment : schedule) {
    instalment.next_day = FirstBillDay(instalment, debt.policy(), context.today());
    numbers.push_back(static_cast<std::uint16_t>(debt.count() + numbers.size() + 1));
  }
  debt.Append(std::move(schedule));
  ++debt.loan().restructurings;
  debt.loan().pricing = {.rate_ppm = restructuring.rate_ppm,
                         .principal = UnpaidPrincipal(debt),
                         .start = context.today()};
  debt.FollowInstalments();
  for (const Extension& extension : extensions) {
    ExtendAgreement(context, extension.id, extension.agreement, numbers, extension.cap);
  }
}

// Whose consent it needs.
bool IsNeeded(const Loan& loan, const SignerRef& signer) {
  if (signer.department == Department::kNone) return signer.party == loan.borrower;
  return std::ranges::find(loan.lenders, signer.party, &LenderPart::lender) != loan.lenders.end();
}

// Whose consent only leaves its own cap as it is.
bool IsCoPayer(Context& context, const Id& loan, const SignerRef& signer) {
  if (signer.department != Department::kNone) return false;
  const Agreements live = LiveAgreementsOn(context, loan);
  return std::ranges::any_of(
      live, [&](const auto& entry) { return entry.second.co_payer == signer.party; });
}

bool HasAllConsents(const Loan& loan, const Restructuring& restructuring) {
  const auto consented = [&](PartyId party) {
    return std::ranges::binary_search(restructuring.consents, party);
  };
  return consented(loan.borrower) &&
         std::ranges::all_of(loan.lenders, consented, &LenderPart::lender);
}

// A participant, or a lender's credit department, alone.
std::optional<SignerRef> Consenting(const Context& context) {
  for (const Department department : {Department::kNone, Department::kCredit}) {
    const auto party = SoleSigner(context, department);
    if (party) return SignerRef{.party = *party, .department = department};
  }
  return std::nullopt;
}

}  // namespace

Verdict Apply(Context& context, const act::v1::RestructurePropose& act) {
  const Id id = ToId(act.restructuring());
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  if (!MayPropose(context, debt->loan())) return Verdict::kRole;
  if (context.state().Has<Restructuring>({.restructuring = id})) return Verdict::kDuplicate;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  if (HasOpenProposal(context, debt->id())) return Verdict::kState;
  const Restructuring restructuring = Proposed(context, act);
  AVAL_REQUIRE(CheckedPlan(context, *debt, restructuring).verdict);
  // Its first due day is after the last consent, whenever that comes.
  if (restructuring.expiry < context.today() || restructuring.expiry >= restructuring.first_due) {
    return Verdict::kRange;
  }

  debt->Save(context);
  context.state().Put<Restructuring>({.restructuring = id}, restructuring);
  context.state().Put<RestructuringOf>({.loan = debt->id()}, {.restructuring = id});
  context.Schedule(restructuring.expiry.Plus(1), Queue::kRestructuring, id, 0);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::RestructureConsent& act) {
  const std::optional<SignerRef> signer = Consenting(context);
  if (!signer) return Verdict::kRole;
  const Id id = ToId(act.restructuring());
  auto restructuring = context.state().Get<Restructuring>({.restructuring = id});
  std::optional<Debt> debt =
      restructuring ? Debt::Load(context, restructuring->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  if (!IsOpenOn(context.today(), *restructuring)) return Verdict::kState;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  const bool needed = IsNeeded(debt->loan(), *signer);
  std::vector<PartyId>& consents = restructuring->consents;
  const auto place = std::ranges::lower_bound(consents, signer->party);
  if ((!needed && !IsCoPayer(context, debt->id(), *signer)) ||
      (place != consents.end() && *place == signer->party) ||
      ToDigest(act.proposal()) != restructuring->proposal) {
    return Verdict::kConsent;
  }
  if (act.decline()) {
    debt->Save(context);
    if (needed) EndProposal(context, id, *std::move(restructuring), RestructuringState::kDeclined);
    return Verdict::kAccepted;
  }
  consents.insert(place, signer->party);
  if (!HasAllConsents(debt->loan(), *restructuring)) {
    debt->Save(context);
    context.state().Put<Restructuring>({.restructuring = id}, *restructuring);
    return Verdict::kAccepted;
  }
  Plan plan = CheckedPlan(context, *debt, *restructuring);
  AVAL_REQUIRE(plan.verdict);
  Restructure(context, *debt, *restructuring, std::move(plan.instalments));
  debt->Save(context);
  EndProposal(context, id, *std::move(restructuring), RestructuringState::kApplied);
  return Verdict::kAccepted;
}

Verdict RunRestructuringItem(Context& context, const CalendarItem::Key& item) {
  auto restructuring = context.state().Get<Restructuring>({.restructuring = item.subject});
  if (!restructuring) return Verdict::kUnknown;
  if (restructuring->state != RestructuringState::kOpen ||
      IsOpenOn(context.today(), *restructuring)) {
    return Verdict::kState;
  }
  EndProposal(context, item.subject, *std::move(restructuring), RestructuringState::kExpired);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
