#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/arithmetic/dates.h"
#include "ledger/record/disputes.h"
#include "ledger/record/parties.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/pauses.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// The first day on which a dispute is no more.
Day EndDay(const Dispute& dispute) { return dispute.last_day.Plus(1); }

// The instalments, when the loan has them all.
std::optional<std::vector<std::uint16_t>> NumbersOf(const act::v1::DisputeOpen& act,
                                                    const Debt& debt) {
  std::vector<std::uint16_t> numbers;
  for (const std::uint32_t number : act.instalments()) {
    if (number < 1 || number > debt.count()) return std::nullopt;
    numbers.push_back(static_cast<std::uint16_t>(number));
  }
  return numbers;
}

bool Covers(const Agreement& agreement, const std::vector<std::uint16_t>& numbers) {
  return std::ranges::all_of(
      numbers, [&](std::uint16_t number) { return FindPart(agreement, number) != nullptr; });
}

// Who signs, when it may open a dispute: the borrower, the supplier, or a co-payer of all of them.
std::optional<PartyId> OpenerOf(Context& context, const Debt& debt,
                                const std::vector<std::uint16_t>& numbers) {
  const Loan& loan = debt.loan();
  if (context.SignedBy({{.party = loan.borrower}})) return loan.borrower;
  if (context.SignedBy({{.party = loan.supplier, .department = Department::kOps}})) {
    return loan.supplier;
  }
  const auto signer = SoleSigner(context, Department::kNone);
  if (!signer) return std::nullopt;
  const Agreements live = LiveAgreementsOn(context, debt.id());
  const bool stands = std::ranges::any_of(live, [&](const auto& entry) {
    return entry.second.co_payer == *signer && Covers(entry.second, numbers);
  });
  return stands ? signer : std::nullopt;
}

// No debt is stopped for good by one dispute after another: the policy bounds all of an instalment
// together, to one day and so many more.
Verdict CheckDays(const Debt& debt, const std::vector<std::uint16_t>& numbers, std::int64_t days,
                  const Policy& policy) {
  const bool within = std::ranges::all_of(numbers, [&](std::uint16_t number) {
    return DisputedDays(debt.At(number)) + days <= std::int64_t{policy.recovery.dispute_days} + 1;
  });
  return within ? Verdict::kAccepted : Verdict::kRange;
}

Verdict CheckInstalments(const Context& context, const Debt& debt,
                         const std::vector<std::uint16_t>& numbers) {
  for (const std::uint16_t number : numbers) {
    if (IsFinished(debt.At(number))) return Verdict::kState;
  }
  for (const std::uint16_t number : numbers) {
    if (IsPaused(debt.At(number), context.today())) return Verdict::kDisputed;
  }
  return Verdict::kAccepted;
}

bool IsArbiter(InstitutionKind kind) {
  return kind == InstitutionKind::kPublicPlatform || kind == InstitutionKind::kSupervisor;
}

// Who decides alone; the MEMO owner (0) when the two sides do together.
struct Deciders {
  Verdict verdict = Verdict::kAccepted;
  PartyId arbiter{};
};

Deciders FindDeciders(Context& context, const Dispute& dispute, const Loan& loan) {
  const SignerRef other = dispute.opener == loan.supplier
                              ? SignerRef{.party = loan.borrower}
                              : SignerRef{.party = loan.supplier, .department = Department::kOps};
  if (context.SignedBy({{.party = loan.platform, .department = Department::kOps}, other})) {
    return {};
  }
  const auto arbiter = SoleSigner(context, Department::kLegal);
  const auto institution =
      arbiter ? context.state().Get<Institution>({.institution = *arbiter}) : std::nullopt;
  if (!institution || !IsArbiter(institution->kind)) return {.verdict = Verdict::kRole};
  if (institution->state != InstitutionState::kActive) return {.verdict = Verdict::kSuspended};
  return {.arbiter = *arbiter};
}

DisputeOutcome OutcomeOf(act::v1::DisputeResolve::Outcome outcome) {
  switch (outcome) {
    case act::v1::DisputeResolve::UPHELD:
      return DisputeOutcome::kUpheld;
    case act::v1::DisputeResolve::REJECTED:
      return DisputeOutcome::kRejected;
    case act::v1::DisputeResolve::SPLIT:
      return DisputeOutcome::kSplit;
    default:  // An open enum of the wire format.
      return DisputeOutcome::kNone;
  }
}

}  // namespace

// Whoever the sale concerns may stop the clock on what it quarrels about, for so long as the policy
// says: no penalty, no ageing, no new debits. Bills go on, and so do payments.
Verdict Apply(Context& context, const act::v1::DisputeOpen& act) {
  const Id id = ToId(act.dispute());
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  const auto numbers = NumbersOf(act, *debt);
  if (!numbers) return Verdict::kUnknown;
  // Before the signer: what is due today may end the agreement that it stands on.
  CatchUp(context, *debt);
  const auto opener = OpenerOf(context, *debt, *numbers);
  if (!opener) return Verdict::kRole;
  if (context.state().Has<Dispute>({.dispute = id})) return Verdict::kDuplicate;
  if (!debt->IsOpen()) return Verdict::kClosed;
  AVAL_REQUIRE(CheckInstalments(context, *debt, *numbers));
  const Day today = context.today();
  const Day last_day = ToDay(act.last_day());
  const Policy policy = context.PolicyOn(today).policy;
  if (last_day < today) return Verdict::kRange;
  AVAL_REQUIRE(CheckDays(*debt, *numbers, arithmetic::ActualDays(today, last_day) + 1, policy));

  ChargePenalty(context, *debt);
  const Dispute dispute{.state = DisputeState::kOpen,
                        .loan = debt->id(),
                        .instalments = *numbers,
                        .opener = *opener,
                        .grounds = ToDigest(act.grounds()),
                        .opened = today,
                        .last_day = last_day,
                        .outcome = DisputeOutcome::kNone,
                        .decision = {},
                        .arbiter = {},
                        .ended = {}};
  for (const std::uint16_t number : *numbers) {
    Pause(debt->Change(number), today, EndDay(dispute));
    SetNextDay(*debt, number, today);
  }
  debt->Save(context);
  context.state().Put<Dispute>({.dispute = id}, dispute);
  context.Schedule(EndDay(dispute), Queue::kDispute, id, 0);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::DisputeResolve& act) {
  const Id id = ToId(act.dispute());
  auto dispute = context.state().Get<Dispute>({.dispute = id});
  std::optional<Debt> debt = dispute ? Debt::Load(context, dispute->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  const auto [verdict, arbiter] = FindDeciders(context, *dispute, debt->loan());
  AVAL_REQUIRE(verdict);
  const Day today = context.today();
  // Past its last day it has lapsed, whether or not the sweep has come to it.
  if (dispute->state != DisputeState::kOpen || dispute->last_day < today) return Verdict::kState;
  dispute->outcome = OutcomeOf(act.outcome());
  if (dispute->outcome == DisputeOutcome::kNone) return Verdict::kRange;

  CatchUp(context, *debt);
  for (const std::uint16_t number : dispute->instalments) {
    Resume(debt->Change(number), today);
    SetNextDay(*debt, number, today);
  }
  debt->Save(context);
  dispute->state = DisputeState::kResolved;
  dispute->decision = ToDigest(act.decision());
  dispute->arbiter = arbiter;
  dispute->ended = today;
  context.state().Put<Dispute>({.dispute = id}, *dispute);
  context.Unschedule(EndDay(*dispute), Queue::kDispute, id, 0);
  return Verdict::kAccepted;
}

// Its instalments have gone on by themselves: by the day, not by this item.
Verdict RunDisputeItem(Context& context, const CalendarItem::Key& item) {
  auto dispute = context.state().Get<Dispute>({.dispute = item.subject});
  if (!dispute) return Verdict::kUnknown;
  if (dispute->state != DisputeState::kOpen || EndDay(*dispute) > context.today()) {
    return Verdict::kState;
  }
  dispute->state = DisputeState::kLapsed;
  dispute->ended = EndDay(*dispute);
  context.state().Put<Dispute>({.dispute = item.subject}, *dispute);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
