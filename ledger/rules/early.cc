#include "ledger/rules/early.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/caps.h"
#include "ledger/arithmetic/early.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/refusal.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

// Why a quote: what ends a loan changes from day to day, and a borrower who pays a unit too little
// would have paid in advance, not early. So both sides name the sum first, and only that sum, on
// that day, ends the loan.
namespace aval::ledger::rules {
namespace {

bool IsUnbilled(const Instalment& instalment) {
  return !IsFinished(instalment) && instalment.billed == Day{};
}

std::vector<std::uint16_t> Unbilled(const Debt& debt) {
  std::vector<std::uint16_t> numbers;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    if (IsUnbilled(debt.At(k))) numbers.push_back(k);
  }
  return numbers;
}

// What of an unbilled instalment the lenders have among their receivables.
Amount OwedAlready(const Instalment& instalment) {
  const Amount unbilled{instalment.principal.Unpaid().minor + UnbilledCharge(instalment).minor};
  return {UnpaidInAll(instalment).minor - (IsUnbilled(instalment) ? unbilled.minor : 0)};
}

// What the borrower has been charged, paid or not.
Amount Charged(const Debt& debt) {
  Amount charged;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    const Component& principal = instalment.principal;
    charged.minor += ChargedInAll(instalment).minor - UnbilledCharge(instalment).minor -
                     (principal.due.minor - principal.waived.minor);
  }
  return charged;
}

arithmetic::Computed<arithmetic::EarlyQuote> QuoteOf(const Debt& debt,
                                                     std::span<const std::uint16_t> numbers,
                                                     arithmetic::EarlyCharges charges) {
  std::vector<arithmetic::FutureInstalment> unbilled;
  for (const std::uint16_t number : numbers) {
    const Instalment& instalment = debt.At(number);
    unbilled.push_back(
        {.principal = instalment.principal.Unpaid(), .charge = UnbilledCharge(instalment)});
  }
  return arithmetic::QuoteEarly(unbilled,
                                {.charges = charges, .prepay_ppm = debt.policy().early.prepay_ppm});
}

// What ends the loan now beside what it holds, or why nothing may.
struct Ending {
  Verdict verdict = Verdict::kAccepted;
  Amount total{};
};

// R12b: what is charged for ending early, if anything is, keeps all charges within the simple cap
// of today; a loan that ends early may have reached it by its ordinary fees alone.
Ending QuoteToday(Context& context, const Debt& debt) {
  if (debt.AnyReserved()) return {.verdict = Verdict::kReserved};
  const auto quote = QuoteOf(debt, Unbilled(debt), debt.policy().early.charges);
  if (!quote) return {.verdict = VerdictOf(quote.error())};
  const Amount own{quote->charges.minor + quote->prepay_fee.minor};
  const std::uint32_t cap = context.PolicyOn(context.today()).policy.cost_cap_irr_ppm;
  if (own.minor > 0 && !arithmetic::WithinSimpleCap({Charged(debt).minor + own.minor},
                                                    debt.PrincipalDays(context.today()), cap)) {
    return {.verdict = Verdict::kCostCap};
  }
  std::int64_t total = quote->Total().minor - debt.loan().held.minor;
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    total += OwedAlready(debt.At(k)).minor;
  }
  return {.total = {std::max<std::int64_t>(total, 0)}};
}

// Lets the policy's charges of the unbilled instalments arise, and no others.
void BillForEnding(Context& context, Debt& debt, std::span<const std::uint16_t> unbilled) {
  if (unbilled.empty()) return;
  const arithmetic::EarlyCharges charges = debt.policy().early.charges;
  const Amount fee = QuoteOf(debt, unbilled, charges)->prepay_fee;
  const bool all = charges == arithmetic::EarlyCharges::kChargeRemaining;
  const bool next = all || charges == arithmetic::EarlyCharges::kCurrentOnly;
  for (std::size_t i = 0; i < unbilled.size(); ++i) {
    Instalment& instalment = debt.Change(unbilled[i]);
    if (!(i == 0 ? next : all)) WaiveUnbilled(instalment);
    instalment.subsidy = {};
    if (i + 1 == unbilled.size()) instalment.fee.due.minor += fee.minor;
    if (UnbilledCharge(instalment).minor > 0) PutOnBill(context, debt, unbilled[i]);
    instalment.state = InstalmentState::kDue;
  }
}

}  // namespace

Verdict CheckQuote(Context& context, const Debt& debt, const Id& quote, Amount amount) {
  const auto quoted = context.state().Get<EarlyQuote>({.quote = quote});
  if (!quoted) return Verdict::kUnknown;
  if (quoted->loan != debt.id() || quoted->day != context.today() || quoted->total != amount) {
    return Verdict::kQuoteStale;
  }
  const Ending now = QuoteToday(context, debt);
  AVAL_REQUIRE(now.verdict);
  return now.total == amount ? Verdict::kAccepted : Verdict::kQuoteStale;
}

void RepayEarly(Context& context, Debt& debt, PartyId payer, Amount total) {
  const std::vector<std::uint16_t> unbilled = Unbilled(debt);
  BillForEnding(context, debt, unbilled);
  ApplyHeld(context, debt);
  const Amount left = Collect(context, debt, payer, total);
  AVAL_ASSERT(left.minor == 0 || context.state().failure());
  // Paid before they were due: the schedule ends here.
  for (const std::uint16_t number : unbilled) {
    debt.Change(number).state = InstalmentState::kCancelled;
  }
}

// domain.md 2.5 EARLY_REPAY. What the loan holds may be enough: then this ends it.
Verdict Apply(Context& context, const act::v1::EarlyRepay& act) {
  const EarlyQuote::Key key{.quote = ToId(act.quote())};
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  const Loan& loan = debt->loan();
  if (!context.SignedBy(
          {{.party = loan.borrower}, {.party = loan.platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (context.state().Has<EarlyQuote>(key)) return Verdict::kDuplicate;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  if (ToDay(act.day()) != context.today()) return Verdict::kQuoteStale;
  ChargePenalty(context, *debt);
  const Ending now = QuoteToday(context, *debt);
  AVAL_REQUIRE(now.verdict);
  if (act.total() != now.total.minor) return Verdict::kQuoteStale;

  context.state().Put<EarlyQuote>(key,
                                  {.loan = debt->id(), .day = context.today(), .total = now.total});
  if (now.total.minor == 0) RepayEarly(context, *debt, loan.platform, {});
  debt->Save(context);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
