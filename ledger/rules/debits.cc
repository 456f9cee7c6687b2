#include "ledger/rules/debits.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/money.h"
#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/deposits.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/mandates.h"
#include "ledger/rules/pauses.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/recourse.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

bool IsUnderWay(const Debit& debit) {
  return debit.state == DebitState::kCreated || debit.state == DebitState::kSubmitted;
}

Debit Created(const Context& context, const act::v1::DebitCreate& act) {
  Debit debit;
  debit.instalment = static_cast<std::uint16_t>(act.instalment());
  debit.amount = {act.amount().minor()};
  debit.created = context.today();
  debit.expiry = ToDay(act.expiry_day());
  return debit;
}

Debit Created(const Context& context, const act::v1::DebitCreate& act, const Agreement& agreement) {
  Debit debit = Created(context, act);
  debit.agreement = ToId(act.agreement());
  debit.loan = agreement.loan;
  debit.payer = agreement.co_payer;
  debit.bank = agreement.bank;
  debit.currency = agreement.currency;
  return debit;
}

Debit Created(const Context& context, const act::v1::DebitCreate& act, const Mandate& mandate) {
  Debit debit = Created(context, act);
  debit.mandate = ToId(act.mandate());
  debit.loan = ToId(act.loan());
  debit.payer = mandate.borrower;
  debit.bank = mandate.bank;
  debit.currency = mandate.currency;
  return debit;
}

// R14: the bank, which still keeps accounts, has joined the mandate, and it covers instalment and
// days.
bool MandateCovers(Context& context, const Agreement& agreement, const act::v1::DebitCreate& act) {
  const bool covered = act.instalment() <= UINT16_MAX &&
                       FindPart(agreement, static_cast<std::uint16_t>(act.instalment())) != nullptr;
  return agreement.bank_joined && covered && ToDay(act.expiry_day()) <= LastDayOf(agreement) &&
         KeepsAccounts(context, agreement.bank);
}

// The same of the borrower's own. R09: who collects funds the loan; a licence alone does not do.
bool MandateCovers(Context& context, const Mandate& mandate, const Loan& loan,
                   const act::v1::DebitCreate& act) {
  const bool funds =
      std::ranges::find(loan.lenders, loan.platform, &LenderPart::lender) != loan.lenders.end();
  return MandateCounts(mandate, context.today()) && mandate.borrower == loan.borrower &&
         mandate.platform == loan.platform && funds &&
         ToDay(act.expiry_day()) <= mandate.last_day && KeepsAccounts(context, mandate.bank);
}

// What the mode lets a platform take of an instalment that is billed (domain.md 2.6).
bool ModeAllows(LiabilityMode mode, const Instalment& instalment) {
  switch (mode) {
    case LiabilityMode::kThirdPartyPayment:
    case LiabilityMode::kDebtJoining:
      return true;
    case LiabilityMode::kJointGuarantee:
      return IsLate(instalment);
    case LiabilityMode::kGeneralGuarantee:
      return false;
  }
  return false;
}

// K15: what all co-payers pay of an instalment, however their agreements end, leaves the borrower
// the least share that the policy in force says; rounded down, as A10 may round it.
bool LeavesBorrowersShare(const CopayPolicy& policy, const Instalment& instalment, Amount amount) {
  const Amount due = ChargedInAll(instalment);
  const Amount own = *arithmetic::MulDiv(due, arithmetic::Ratio::Ppm(policy.borrower_share_ppm),
                                         arithmetic::Rounding::kDown);
  const std::int64_t reserved = instalment.reserved.minor - instalment.own.reserved.minor;
  return instalment.copaid.minor + reserved + amount.minor <= due.minor - own.minor;
}

// B18: what one co-payer pays of an instalment, over all its agreements, is within the most of one;
// rounded up, as A10 may round its part.
bool WithinOnesMost(Context& context, const CopayPolicy& policy, const Agreements& on_loan,
                    const Debt& debt, const Debit& debit) {
  const Amount due = ChargedInAll(debt.At(debit.instalment));
  const auto others_ppm = static_cast<std::uint32_t>(arithmetic::kMillion) - policy.max_share_ppm;
  const Amount others =
      *arithmetic::MulDiv(due, arithmetic::Ratio::Ppm(others_ppm), arithmetic::Rounding::kDown);
  const auto paid = context.state().Get<Copaid>(
      {.loan = debit.loan, .number = debit.instalment, .co_payer = debit.payer});
  std::int64_t own = (paid ? paid->paid.minor : 0) + debit.amount.minor;
  for (const auto& [id, agreement] : on_loan) {
    const CopayPart* part = FindPart(agreement, debit.instalment);
    if (agreement.co_payer == debit.payer && part != nullptr) own += part->reserved.minor;
  }
  return own <= due.minor - others.minor;
}

Verdict CheckUnreserved(const Instalment& instalment, Amount amount) {
  const Amount unpaid = UnpaidInAll(instalment);
  if (amount > unpaid) return Verdict::kAmount;
  const bool free = amount.minor <= unpaid.minor - instalment.reserved.minor;
  return free ? Verdict::kAccepted : Verdict::kReserved;
}

bool InRange(Amount amount) { return amount.minor >= 1 && amount <= arithmetic::kMaxAmount; }

// Amounts, in this order: range, least, cap, what is left and not reserved, shares.
Verdict CheckAmount(Context& context, const CopayPolicy& policy, const Debt& debt,
                    const Agreement& agreement, const Debit& debit) {
  const Amount amount = debit.amount;
  if (!InRange(amount)) return Verdict::kRange;
  if (amount < policy.min) return Verdict::kCopayMin;
  if (amount.minor > agreement.cap.minor - agreement.paid.minor - agreement.reserved.minor) {
    return Verdict::kCap;
  }
  const Instalment& instalment = debt.At(debit.instalment);
  AVAL_REQUIRE(CheckUnreserved(instalment, amount));
  const CopayPart& part = *FindPart(agreement, debit.instalment);
  const Agreements on_loan = LiveAgreementsOn(context, debt.id());
  const Amount quota = QuotaOf(on_loan, debt, debit.agreement, debit.instalment);
  if (amount.minor > quota.minor - part.paid.minor) return Verdict::kShareMax;
  const bool fits = LeavesBorrowersShare(policy, instalment, amount) &&
                    WithinOnesMost(context, policy, on_loan, debt, debit);
  return fits ? Verdict::kAccepted : Verdict::kShareMax;
}

// One instruction under way, and so many in a row that have failed (domain.md K12).
// `tries` is a CopayPart or OwnDebits.
Verdict CheckTries(const CopayPolicy& policy, const auto& tries, Day today) {
  if (tries.reserved.minor > 0) return Verdict::kReserved;
  const bool again = tries.failures < policy.debit_attempts && today >= tries.retry_from;
  return again ? Verdict::kAccepted : Verdict::kRetry;
}

Verdict CheckDays(Context& context, const CopayPolicy& policy, const Debit& debit) {
  const Day today = context.today();
  const bool fits = debit.expiry >= today && debit.expiry <= today.Plus(policy.debit_days);
  const std::size_t live = context.state().List<DebitOn>(debit.loan.bytes, kLiveDebitsMax).size();
  return fits && live < kLiveDebitsMax ? Verdict::kAccepted : Verdict::kRange;
}

// An instruction with what it stands under: its agreement, or none when that is the borrower's own
// mandate.
struct Instruction {
  Verdict verdict = Verdict::kAccepted;
  Id id{};
  Debit debit{};
  std::optional<Agreement> agreement{};
};

// Nothing when a read failed.
std::optional<Agreement> AgreementOf(Context& context, const Debit& debit) {
  if (debit.agreement == Id{}) return std::nullopt;
  auto agreement = context.state().Get<Agreement>({.agreement = debit.agreement});
  AVAL_ASSERT(agreement || context.state().failure());
  return agreement;
}

// What is reserved goes up, or down, wherever it stands.
void CountReserved(Debt& debt, Instruction& of, std::int64_t change) {
  Instalment& instalment = debt.Change(of.debit.instalment);
  instalment.reserved.minor += change;
  if (of.agreement) {
    of.agreement->reserved.minor += change;
    FindPart(*of.agreement, of.debit.instalment)->reserved.minor += change;
  } else if (of.debit.agreement == Id{}) {
    instalment.own.reserved.minor += change;
  }
}

void PutAgreement(Context& context, const Instruction& of) {
  if (!of.agreement) return;
  context.state().Put<Agreement>({.agreement = of.debit.agreement}, *of.agreement);
}

void Reserve(Context& context, Debt& debt, Instruction of) {
  CountReserved(debt, of, of.debit.amount.minor);
  PutAgreement(context, of);
  context.state().Put<Debit>({.debit = of.id}, of.debit);
  context.state().Put<DebitOn>({.loan = of.debit.loan, .expiry = of.debit.expiry, .debit = of.id},
                               {});
  context.Schedule(of.debit.expiry.Plus(1), Queue::kDebit, of.id, 0);
}

// Ends the instruction in the state that it has now. The agreement is the caller's to write.
void Release(Context& context, Debt& debt, Instruction& of) {
  AVAL_ASSERT(!IsUnderWay(of.debit));
  ChargePenalty(context, debt);
  CountReserved(debt, of, -of.debit.amount.minor);
  context.state().Put<Debit>({.debit = of.id}, of.debit);
  context.state().Delete<DebitOn>(
      {.loan = of.debit.loan, .expiry = of.debit.expiry, .debit = of.id});
  context.Unschedule(of.debit.expiry.Plus(1), Queue::kDebit, of.id, 0);
}

// REJECTED or EXPIRED: what was reserved is the borrower's to pay again, with what it has paid too
// much before.
void Fail(Context& context, Debt& debt, Instruction of) {
  Release(context, debt, of);
  const auto count = [&](auto& tries) {
    ++tries.failures;
    tries.retry_from = std::min(context.today(), of.debit.expiry).Plus(1);
  };
  if (of.agreement) {
    count(*FindPart(*of.agreement, of.debit.instalment));
  } else {
    count(debt.Change(of.debit.instalment).own);
  }
  PutAgreement(context, of);
  ApplyHeld(context, debt);
}

// What a joint co-payer's cap has not allowed is the other joint ones' from now on, for whom its
// agreement counts no more.
void LeaveToJointOnes(Debt& debt, const Agreement& agreement) {
  if (!agreement.joint) return;
  constexpr auto kWhole = static_cast<std::uint32_t>(arithmetic::kMillion);
  for (const CopayPart& part : agreement.parts) {
    Instalment& instalment = debt.Change(part.number);
    instalment.spent_ppm = std::min(kWhole, instalment.spent_ppm + agreement.share_ppm);
    instalment.spent.minor += part.paid.minor;
  }
}

// What a co-payer's debit that has been confirmed means for it (domain.md 2.5 DEBIT_RESULT ok).
void CountCopaid(Context& context, Debt& debt, Instruction& of) {
  const Debit& debit = of.debit;
  Agreement& agreement = *of.agreement;
  agreement.paid.minor += debit.amount.minor;
  CopayPart& part = *FindPart(agreement, debit.instalment);
  part.paid.minor += debit.amount.minor;
  part.failures = 0;
  debt.Change(debit.instalment).copaid.minor += debit.amount.minor;
  const Copaid::Key in_all{.loan = debit.loan, .number = debit.instalment, .co_payer = debit.payer};
  Copaid copaid = context.state().Get<Copaid>(in_all).value_or(Copaid{});
  copaid.paid.minor += debit.amount.minor;
  context.state().Put(in_all, copaid);
  PostCopayPaid(context, debit.agreement, debit.currency, debit.amount);
  GrowClaim(context, debit.agreement, agreement, debit.amount);
  if (agreement.paid < agreement.cap) {
    PutAgreement(context, of);
    return;
  }
  LeaveToJointOnes(debt, agreement);
  EndAgreement(context, debit.agreement, agreement, AgreementState::kExhausted);
}

void Confirm(Context& context, Debt& debt, Instruction of) {
  Release(context, debt, of);
  if (of.agreement) {
    CountCopaid(context, debt, of);
  } else {
    debt.Change(of.debit.instalment).own.failures = 0;
  }
  Debit& debit = of.debit;
  context.Debit(debit.bank, account::kDepositControl, of.id, debit.currency, debit.amount);
  // It was reserved, and what is reserved stays unpaid (I11).
  debit.parts = CollectFor(context, debt, debit.instalment, debit.bank, debit.amount);
  context.state().Put<Debit>({.debit = of.id}, debit);
  // Penalty may have come before what was reserved: what the borrower has paid meanwhile is there
  // for the rest.
  ApplyHeld(context, debt);
}

// An instruction, as its bank alone acts on it.
Instruction FindForBank(Context& context, const Id& id) {
  const auto debit = context.state().Get<Debit>({.debit = id});
  if (!debit) return {.verdict = Verdict::kUnknown};
  if (!context.SignedBy({{.party = debit->bank, .department = Department::kOps}})) {
    return {.verdict = Verdict::kRole};
  }
  // Past its last day it has ended, whether or not the sweep has come to it.
  if (debit->state == DebitState::kExpired ||
      (IsUnderWay(*debit) && debit->expiry < context.today())) {
    return {.verdict = Verdict::kDebitExpired};
  }
  return {.id = id, .debit = *debit, .agreement = AgreementOf(context, *debit)};
}

// Whether what it stands under still lets it go to the bank.
Verdict CheckSubmittable(Context& context, const Instruction& of) {
  if (of.agreement) {
    if (of.agreement->state != AgreementState::kActive) return Verdict::kState;
    return CheckStanding(context, of.debit.payer);
  }
  const auto mandate = context.state().Get<Mandate>({.mandate = of.debit.mandate});
  const bool counts = mandate && MandateCounts(*mandate, context.today());
  return counts ? Verdict::kAccepted : Verdict::kState;
}

// The servicer's, of a loan that is open, of a new id.
Verdict CheckServicer(Context& context, const Id& id, Debt& debt) {
  if (!context.SignedBy({{.party = debt.loan().platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (MovesDeposit(context, id)) return Verdict::kDuplicate;
  CatchUp(context, debt);
  if (!debt.IsOwed()) return Verdict::kClosed;
  ChargePenalty(context, debt);
  ApplyHeld(context, debt);
  return Verdict::kAccepted;
}

Verdict CreateUnderAgreement(Context& context, const act::v1::DebitCreate& act) {
  const Id id = ToId(act.debit());
  const Id agreement_id = ToId(act.agreement());
  auto agreement = context.state().Get<Agreement>({.agreement = agreement_id});
  std::optional<Debt> debt = agreement ? Debt::Load(context, agreement->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  AVAL_REQUIRE(CheckServicer(context, id, *debt));
  agreement = context.state().Get<Agreement>({.agreement = agreement_id});  // After all that.
  if (!agreement) return Verdict::kUnknown;
  if (agreement->state != AgreementState::kActive || !IsLive(*agreement, context.today())) {
    return Verdict::kState;
  }
  if (!MandateCovers(context, *agreement, act)) return Verdict::kMandate;
  // B14: nobody is debited whom nobody identifies any more; what was submitted takes its result.
  AVAL_REQUIRE(CheckStanding(context, agreement->co_payer));
  const Debit debit = Created(context, act, *agreement);
  const Instalment& instalment = debt->At(debit.instalment);
  if (!IsPayable(instalment)) return Verdict::kState;
  if (IsPaused(instalment, context.today())) return Verdict::kDisputed;
  if (!ModeAllows(agreement->mode, instalment)) return Verdict::kLiabilityMode;
  if (act.amount().currency() != debit.currency.Text()) return Verdict::kCurrency;
  const CopayPolicy policy = context.PolicyOn(context.today()).policy.copay;
  AVAL_REQUIRE(CheckDays(context, policy, debit));
  AVAL_REQUIRE(CheckTries(policy, *FindPart(*agreement, debit.instalment), context.today()));
  AVAL_REQUIRE(CheckAmount(context, policy, *debt, *agreement, debit));

  Reserve(context, *debt, {.id = id, .debit = debit, .agreement = std::move(agreement)});
  debt->Save(context);
  return Verdict::kAccepted;
}

// The borrower pays what is billed; it owes it, so that nothing of co-payers is asked.
Verdict CreateUnderMandate(Context& context, const act::v1::DebitCreate& act) {
  const Id id = ToId(act.debit());
  const auto mandate = context.state().Get<Mandate>({.mandate = ToId(act.mandate())});
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!mandate || !debt) return Verdict::kUnknown;
  AVAL_REQUIRE(CheckServicer(context, id, *debt));
  if (!MandateCovers(context, *mandate, debt->loan(), act)) return Verdict::kMandate;
  if (act.instalment() < 1 || act.instalment() > debt->count()) return Verdict::kRange;
  const Debit debit = Created(context, act, *mandate);
  const Instalment& instalment = debt->At(debit.instalment);
  if (!IsPayable(instalment)) return Verdict::kState;
  if (IsPaused(instalment, context.today())) return Verdict::kDisputed;
  const bool in_currency =
      act.amount().currency() == debit.currency.Text() && debit.currency == debt->loan().currency;
  if (!in_currency) return Verdict::kCurrency;
  const CopayPolicy policy = context.PolicyOn(context.today()).policy.copay;
  AVAL_REQUIRE(CheckDays(context, policy, debit));
  AVAL_REQUIRE(CheckTries(policy, instalment.own, context.today()));
  if (!InRange(debit.amount)) return Verdict::kRange;
  if (debit.amount > mandate->most) return Verdict::kMandate;
  AVAL_REQUIRE(CheckUnreserved(instalment, debit.amount));

  Reserve(context, *debt, {.id = id, .debit = debit, .agreement = std::nullopt});
  debt->Save(context);
  return Verdict::kAccepted;
}

}  // namespace

void EndExpiredDebits(Context& context, Debt& debt) {
  for (const auto& [key, index] : context.state().List<DebitOn>(debt.id().bytes, kLiveDebitsMax)) {
    if (key.expiry >= context.today()) return;
    auto debit = context.state().Get<Debit>({.debit = key.debit});
    AVAL_ASSERT(debit || context.state().failure());
    if (!debit) return;
    debit->state = DebitState::kExpired;
    Fail(context, debt,
         {.id = key.debit, .debit = *debit, .agreement = AgreementOf(context, *debit)});
    if (context.state().failure()) return;
  }
}

Verdict CancelDebits(Context& context, Debt& debt, const Id& agreement) {
  std::vector<Instruction> created;
  for (const auto& [key, index] : context.state().List<DebitOn>(debt.id().bytes, kLiveDebitsMax)) {
    const auto debit = context.state().Get<Debit>({.debit = key.debit});
    if (!debit || debit->agreement != agreement) continue;
    if (debit->state != DebitState::kCreated) return Verdict::kReserved;
    created.push_back({.id = key.debit, .debit = *debit});
  }
  for (Instruction& instruction : created) {
    instruction.debit.state = DebitState::kCancelled;
    instruction.agreement = AgreementOf(context, instruction.debit);
    Release(context, debt, instruction);
    PutAgreement(context, instruction);
  }
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::DebitCreate& act) {
  return act.agreement().empty() ? CreateUnderMandate(context, act)
                                 : CreateUnderAgreement(context, act);
}

Verdict Apply(Context& context, const act::v1::DebitSubmit& act) {
  const Id id = ToId(act.debit());
  Instruction of = FindForBank(context, id);
  AVAL_REQUIRE(of.verdict);
  if (of.debit.state != DebitState::kCreated) return Verdict::kState;
  AVAL_REQUIRE(CheckSubmittable(context, of));
  of.debit.state = DebitState::kSubmitted;
  context.state().Put<Debit>({.debit = id}, of.debit);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::DebitResult& act) {
  const Id id = ToId(act.debit());
  Instruction of = FindForBank(context, id);
  AVAL_REQUIRE(of.verdict);
  if (of.debit.state != DebitState::kSubmitted) return Verdict::kState;
  const bool confirmed = act.result() == act::v1::DebitResult::CONFIRMED;
  if (act.amount() != (confirmed ? of.debit.amount.minor : 0)) return Verdict::kAmount;
  std::optional<Debt> debt = Debt::Load(context, of.debit.loan);
  if (!debt) return Verdict::kUnknown;
  CatchUp(context, *debt);
  // Catching up may have ended another debit under the same agreement.
  of.agreement = AgreementOf(context, of.debit);
  of.debit.state = confirmed ? DebitState::kConfirmed : DebitState::kRejected;
  of.debit.reason = act.reason();
  of.debit.reference = ToDigest(act.reference());
  of.debit.result_day = context.today();
  if (confirmed) {
    Confirm(context, *debt, std::move(of));
  } else {
    Fail(context, *debt, std::move(of));
  }
  debt->Save(context);
  return Verdict::kAccepted;
}

Verdict RunDebitItem(Context& context, const CalendarItem::Key& item) {
  auto debit = context.state().Get<Debit>({.debit = item.subject});
  if (!debit) return Verdict::kUnknown;
  if (!IsUnderWay(*debit) || debit->expiry >= context.today()) return Verdict::kState;
  std::optional<Debt> debt = Debt::Load(context, debit->loan);
  if (!debt) return Verdict::kUnknown;
  debit->state = DebitState::kExpired;
  Fail(context, *debt,
       {.id = item.subject, .debit = *debit, .agreement = AgreementOf(context, *debit)});
  debt->Save(context);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
