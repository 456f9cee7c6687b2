#include <algorithm>
#include <cstdint>
#include <optional>

#include "ledger/record/copay.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debits.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

using act::v1::CopayTerminate;

// Whose signatures a ground needs; `by` is who ends the agreement on it.
struct Ending {
  Verdict verdict = Verdict::kAccepted;
  PartyId by{};
};

Ending EndingBy(const Context& context, CopayTerminate::Ground ground, const Agreement& agreement,
                const Loan& loan) {
  const SignerRef co_payer{.party = agreement.co_payer};
  const SignerRef ops{.party = loan.platform, .department = Department::kOps};
  const SignerRef risk{.party = loan.platform, .department = Department::kRisk};
  const SignerRef lender{.party = LeadLender(loan), .department = Department::kCompliance};
  switch (ground) {
    case CopayTerminate::PAID:
      if (context.SignedBy({ops})) return {.by = ops.party};
      break;
    case CopayTerminate::WITHDRAWAL:
      if (context.SignedBy({co_payer})) return {.by = co_payer.party};
      break;
    case CopayTerminate::BREACH:
      if (context.SignedBy({risk})) return {.by = risk.party};
      break;
    case CopayTerminate::MUTUAL:
      if (context.SignedBy({co_payer, ops})) return {.by = co_payer.party};
      break;
    case CopayTerminate::REGULATORY:
      if (context.SignedBy({lender})) return {.by = lender.party};
      break;
    default:  // proto3 has more values than names.
      break;
  }
  return {.verdict = Verdict::kRole};
}

bool NothingLeft(const Debt& debt, const Agreement& agreement) {
  return std::ranges::all_of(agreement.parts, [&debt](const CopayPart& part) {
    const InstalmentState state = debt.At(part.number).state;
    return state == InstalmentState::kPaid || state == InstalmentState::kCancelled;
  });
}

bool AnyOverdue(const Debt& debt, const Agreement& agreement) {
  return std::ranges::any_of(agreement.parts, [&debt](const CopayPart& part) {
    return debt.At(part.number).state == InstalmentState::kOverdue;
  });
}

// Whether the co-payer has to pay without being asked by a debit first: as a debtor, or as a joint
// guarantor of whom the lender has demanded it. A third-party payer owes the lender nothing, and a
// general guarantor may wait (Art. 687).
bool OwesByItself(const Agreement& agreement) {
  return agreement.mode == LiabilityMode::kDebtJoining ||
         (agreement.mode == LiabilityMode::kJointGuarantee && agreement.demanded != Day{});
}

// So many debits in a row have failed, or its share of what is overdue is unpaid, which it owes.
bool IsBroken(Context& context, const Debt& debt, const Id& id, const Agreement& agreement) {
  const std::uint32_t most = context.PolicyOn(context.today()).policy.copay.debit_attempts;
  const bool failed = std::ranges::any_of(agreement.parts, [most](const CopayPart& part) {
    return part.failures > 0 && part.failures >= most;
  });
  if (failed) return true;
  if (!OwesByItself(agreement) || !AnyOverdue(debt, agreement)) return false;
  return AccruedOf(context, LiveAgreementsOn(context, debt.id()), debt, id).minor > 0;
}

// B19: a third party's payment is its own will, but the lender is told in time.
Verdict CheckNotice(Context& context, const Debt& debt, const Agreement& agreement) {
  if (agreement.mode != LiabilityMode::kThirdPartyPayment) return Verdict::kGround;
  const Day from = context.today().Plus(context.PolicyOn(context.today()).policy.copay.notice_days);
  for (const CopayPart& part : agreement.parts) {
    const Instalment& instalment = debt.At(part.number);
    const bool unpaid = IsPayable(instalment) || instalment.state == InstalmentState::kScheduled;
    if (unpaid && instalment.due < from) return Verdict::kNotice;
  }
  return Verdict::kAccepted;
}

Verdict CheckGround(Context& context, CopayTerminate::Ground ground, const Debt& debt, const Id& id,
                    const Agreement& agreement) {
  switch (ground) {
    case CopayTerminate::PAID:
      return NothingLeft(debt, agreement) ? Verdict::kAccepted : Verdict::kGround;
    case CopayTerminate::WITHDRAWAL:
      return CheckNotice(context, debt, agreement);
    case CopayTerminate::BREACH:
      return IsBroken(context, debt, id, agreement) ? Verdict::kAccepted : Verdict::kGround;
    case CopayTerminate::MUTUAL:
    case CopayTerminate::REGULATORY:
      return Verdict::kAccepted;
    default:
      return Verdict::kGround;
  }
}

void MarkBreach(Context& context, PartyId co_payer) {
  auto party = context.state().Get<Participant>({.participant = co_payer});
  if (!party) return;
  ++party->breaches;
  party->breached = context.today();
  context.state().Put<Participant>({.participant = co_payer}, *party);
}

// Ends it; what of its share has fallen due, and is not paid by what was reserved for its debits
// either, stays on record.
void Terminate(Context& context, Debt& debt, const Id& id, AgreementState last) {
  const Agreements on_loan = LiveAgreementsOn(context, debt.id());
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  if (!agreement) return;
  EndAgreement(context, id, *std::move(agreement), last);
  ApplyHeld(context, debt);
  agreement = context.state().Get<Agreement>({.agreement = id});
  if (!agreement) return;
  agreement->accrued = AccruedOf(context, on_loan, debt, id);
  context.state().Put<Agreement>({.agreement = id}, *agreement);
}

}  // namespace

// domain.md 2.5 COPAY_TERMINATE; B19.
Verdict Apply(Context& context, const act::v1::CopayTerminate& act) {
  const Id id = ToId(act.agreement());
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  std::optional<Debt> debt = agreement ? Debt::Load(context, agreement->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  const Ending ending = EndingBy(context, act.ground(), *agreement, debt->loan());
  AVAL_REQUIRE(ending.verdict);
  CatchUp(context, *debt);
  ChargePenalty(context, *debt);
  ApplyHeld(context, *debt);
  agreement = context.state().Get<Agreement>({.agreement = id});  // After all that.
  if (!agreement || !IsLive(*agreement, context.today())) return Verdict::kState;
  AVAL_REQUIRE(CheckGround(context, act.ground(), *debt, id, *agreement));
  AVAL_REQUIRE(CancelDebits(context, *debt, id));

  agreement = context.state().Get<Agreement>({.agreement = id});
  if (!agreement) return Verdict::kState;
  agreement->ground = static_cast<TerminationGround>(act.ground());
  agreement->code = act.code();
  agreement->by = ending.by;
  context.state().Put<Agreement>({.agreement = id}, *agreement);
  const bool paid = act.ground() == CopayTerminate::PAID;
  Terminate(context, *debt, id, paid ? AgreementState::kCompleted : AgreementState::kTerminated);
  if (act.ground() == CopayTerminate::BREACH) MarkBreach(context, agreement->co_payer);
  debt->Save(context);
  return Verdict::kAccepted;
}

// domain.md 2.5 DEMAND: without one, a guarantee ends with its period (Art. 692).
Verdict Apply(Context& context, const act::v1::Demand& act) {
  const Id id = ToId(act.agreement());
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  std::optional<Debt> debt = agreement ? Debt::Load(context, agreement->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = LeadLender(debt->loan()), .department = Department::kCredit}})) {
    return Verdict::kRole;
  }
  const bool guarantees = agreement->mode == LiabilityMode::kJointGuarantee ||
                          agreement->mode == LiabilityMode::kGeneralGuarantee;
  if (!guarantees) return Verdict::kGround;
  CatchUp(context, *debt);
  debt->Save(context);
  agreement = context.state().Get<Agreement>({.agreement = id});  // After all that.
  if (!agreement || agreement->state != AgreementState::kActive ||
      !IsLive(*agreement, context.today()) || agreement->demanded != Day{} ||
      !AnyOverdue(*debt, *agreement)) {
    return Verdict::kState;
  }
  StopPeriod(context, id, *std::move(agreement), ToDigest(act.notice()));
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
