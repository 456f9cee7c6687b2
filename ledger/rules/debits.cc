#include "ledger/rules/debits.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "ledger/arithmetic/copay.h"
#include "ledger/arithmetic/money.h"
#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/rules/collections.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/deposits.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/pauses.h"
#include "ledger/rules/penalties.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

bool IsUnderWay(const Debit& debit) {
  return debit.state == DebitState::kCreated || debit.state == DebitState::kSubmitted;
}

Debit Created(const Context& context, const act::v1::DebitCreate& act, const Agreement& agreement) {
  Debit debit;
  debit.agreement = ToId(act.agreement());
  debit.loan = agreement.loan;
  debit.instalment = static_cast<std::uint16_t>(act.instalment());
  debit.payer = agreement.co_payer;
  debit.bank = agreement.bank;
  debit.currency = agreement.currency;
  debit.amount = {act.amount().minor()};
  debit.created = context.today();
  debit.expiry = ToDay(act.expiry_day());
  return debit;
}

// R14: the bank, which still keeps accounts, has joined the mandate, and it covers instalment and
// days.
bool MandateCovers(Context& context, const Agreement& agreement, const act::v1::DebitCreate& act) {
  const bool covered = act.instalment() <= UINT16_MAX &&
                       FindPart(agreement, static_cast<std::uint16_t>(act.instalment())) != nullptr;
  return agreement.bank_joined && covered && ToDay(act.expiry_day()) <= agreement.last_day &&
         KeepsAccounts(context, agreement.bank);
}

// What the mode lets a platform take of an instalment that is billed (domain.md 2.6).
bool ModeAllows(LiabilityMode mode, const Instalment& instalment) {
  switch (mode) {
    case LiabilityMode::kThirdPartyPayment:
    case LiabilityMode::kDebtJoining:
      return true;
    case LiabilityMode::kJointGuarantee:
      return instalment.state == InstalmentState::kOverdue;
    case LiabilityMode::kGeneralGuarantee:
      return false;
  }
  return false;
}

// The co-payer's part of all that is or was due of the instalment (A10). Shares are several, and
// the caps are looked at by themselves.
Amount QuotaOf(const Agreements& on_loan, const Debt& debt, const Debit& debit) {
  const Amount due = ChargedInAll(debt.At(debit.instalment));
  std::vector<arithmetic::CopayPromise> promises;
  std::optional<std::size_t> own;
  for (const auto& [id, agreement] : on_loan) {
    if (FindPart(agreement, debit.instalment) == nullptr) continue;
    if (id == debit.agreement) own = promises.size();
    promises.push_back({.share_ppm = agreement.share_ppm, .cap = due});
  }
  if (!own) return {};
  return arithmetic::SplitCopay(due, promises, arithmetic::CopayMode::kSeveral)->copayers[*own];
}

// K15: what all co-payers pay of an instalment, however their agreements end, leaves the borrower
// the least share that the policy in force says; rounded down, as A10 may round it.
bool LeavesBorrowersShare(const CopayPolicy& policy, const Instalment& instalment, Amount amount) {
  const Amount due = ChargedInAll(instalment);
  const Amount own = *arithmetic::MulDiv(due, arithmetic::Ratio::Ppm(policy.borrower_share_ppm),
                                         arithmetic::Rounding::kDown);
  return instalment.copaid.minor + instalment.reserved.minor + amount.minor <=
         due.minor - own.minor;
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

// Amounts, in this order: range, least, cap, what is left and not reserved, shares.
Verdict CheckAmount(Context& context, const CopayPolicy& policy, const Debt& debt,
                    const Agreement& agreement, const Debit& debit) {
  const Amount amount = debit.amount;
  if (amount.minor < 1 || amount > arithmetic::kMaxAmount) return Verdict::kRange;
  if (amount < policy.min) return Verdict::kCopayMin;
  if (amount.minor > agreement.cap.minor - agreement.paid.minor - agreement.reserved.minor) {
    return Verdict::kCap;
  }
  const Instalment& instalment = debt.At(debit.instalment);
  const Amount unpaid = UnpaidInAll(instalment);
  if (amount > unpaid) return Verdict::kAmount;
  if (amount.minor > unpaid.minor - instalment.reserved.minor) return Verdict::kReserved;
  const CopayPart& part = *FindPart(agreement, debit.instalment);
  const Agreements on_loan = LiveAgreementsOn(context, debt.id());
  if (amount.minor > QuotaOf(on_loan, debt, debit).minor - part.paid.minor) {
    return Verdict::kShareMax;
  }
  const bool fits = LeavesBorrowersShare(policy, instalment, amount) &&
                    WithinOnesMost(context, policy, on_loan, debt, debit);
  return fits ? Verdict::kAccepted : Verdict::kShareMax;
}

// One instruction under way, and so many in a row that have failed (domain.md K12).
Verdict CheckTries(const CopayPolicy& policy, const CopayPart& part, Day today) {
  if (part.reserved.minor > 0) return Verdict::kReserved;
  const bool again = part.failures < policy.debit_attempts && today >= part.retry_from;
  return again ? Verdict::kAccepted : Verdict::kRetry;
}

Verdict CheckDays(Context& context, const CopayPolicy& policy, const Debit& debit) {
  const Day today = context.today();
  const bool fits = debit.expiry >= today && debit.expiry <= today.Plus(policy.debit_days);
  const std::size_t live = context.state().List<DebitOn>(debit.loan.bytes, kLiveDebitsMax).size();
  return fits && live < kLiveDebitsMax ? Verdict::kAccepted : Verdict::kRange;
}

void Reserve(Context& context, Debt& debt, Agreement agreement, const Id& id, const Debit& debit) {
  debt.Change(debit.instalment).reserved.minor += debit.amount.minor;
  agreement.reserved.minor += debit.amount.minor;
  FindPart(agreement, debit.instalment)->reserved.minor += debit.amount.minor;
  context.state().Put<Agreement>({.agreement = debit.agreement}, agreement);
  context.state().Put<Debit>({.debit = id}, debit);
  context.state().Put<DebitOn>({.loan = debit.loan, .expiry = debit.expiry, .debit = id}, {});
  context.Schedule(debit.expiry.Plus(1), Queue::kDebit, id, 0);
}

// Ends the instruction in the state that it has now. The agreement is the caller's to write.
void Release(Context& context, Debt& debt, Agreement& agreement, const Id& id, const Debit& debit) {
  AVAL_ASSERT(!IsUnderWay(debit));
  ChargePenalty(context, debt);
  debt.Change(debit.instalment).reserved.minor -= debit.amount.minor;
  agreement.reserved.minor -= debit.amount.minor;
  FindPart(agreement, debit.instalment)->reserved.minor -= debit.amount.minor;
  context.state().Put<Debit>({.debit = id}, debit);
  context.state().Delete<DebitOn>({.loan = debit.loan, .expiry = debit.expiry, .debit = id});
  context.Unschedule(debit.expiry.Plus(1), Queue::kDebit, id, 0);
}

// REJECTED or EXPIRED: what was reserved is the borrower's to pay again, with what it has paid too
// much before.
void Fail(Context& context, Debt& debt, Agreement agreement, const Id& id, const Debit& debit) {
  Release(context, debt, agreement, id, debit);
  CopayPart& part = *FindPart(agreement, debit.instalment);
  ++part.failures;
  part.retry_from = std::min(context.today(), debit.expiry).Plus(1);
  context.state().Put<Agreement>({.agreement = debit.agreement}, agreement);
  ApplyHeld(context, debt);
}

// The claim on the borrower grows (domain.md 2.4; Civil Code Art. 524, 700).
void Claim(Context& context, const Agreement& agreement, const Debit& debit) {
  const RecourseClaim::Key key{.agreement = debit.agreement};
  RecourseClaim claim = context.state().Get<RecourseClaim>(key).value_or(RecourseClaim{});
  claim.loan = agreement.loan;
  claim.borrower = agreement.borrower;
  claim.co_payer = agreement.co_payer;
  claim.currency = agreement.currency;
  claim.amount.minor += debit.amount.minor;
  context.state().Put(key, claim);
  context.state().Put<ClaimOn>({.loan = claim.loan, .agreement = debit.agreement}, {});
  const PartyId memo = PartyId::Memo();
  context.Debit(memo, account::kRecourseClaim, debit.agreement, debit.currency, debit.amount);
  context.Credit(memo, account::kRecourseObligation, debit.agreement, debit.currency, debit.amount);
}

// domain.md 2.5 DEBIT_RESULT ok.
void Confirm(Context& context, Debt& debt, Agreement agreement, const Id& id, const Debit& debit) {
  Release(context, debt, agreement, id, debit);
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
  Claim(context, agreement, debit);
  if (agreement.paid == agreement.cap) {
    EndAgreement(context, debit.agreement, agreement, AgreementState::kExhausted);
  } else {
    context.state().Put<Agreement>({.agreement = debit.agreement}, agreement);
  }
  context.Debit(debit.bank, account::kDepositControl, id, debit.currency, debit.amount);
  const Amount left = CollectFor(context, debt, debit.instalment, debit.bank, debit.amount);
  // It was reserved, and what is reserved stays unpaid (I11).
  AVAL_ASSERT(left.minor == 0 || context.state().failure());
  // Penalty may have come before what was reserved: what the borrower has paid meanwhile is there
  // for the rest.
  ApplyHeld(context, debt);
}

// An instruction, as its bank alone acts on it, with its agreement and its loan.
struct FoundDebit {
  Verdict verdict = Verdict::kAccepted;
  Debit debit{};
  Agreement agreement{};
};

FoundDebit FindForBank(Context& context, const Id& id) {
  const auto debit = context.state().Get<Debit>({.debit = id});
  const auto agreement =
      debit ? context.state().Get<Agreement>({.agreement = debit->agreement}) : std::nullopt;
  if (!debit || !agreement) return {.verdict = Verdict::kUnknown};
  if (!context.SignedBy({{.party = debit->bank, .department = Department::kOps}})) {
    return {.verdict = Verdict::kRole};
  }
  // Past its last day it has ended, whether or not the sweep has come to it.
  if (debit->state == DebitState::kExpired ||
      (IsUnderWay(*debit) && debit->expiry < context.today())) {
    return {.verdict = Verdict::kDebitExpired};
  }
  return {.debit = *debit, .agreement = *agreement};
}

}  // namespace

void EndExpiredDebits(Context& context, Debt& debt) {
  for (const auto& [key, index] : context.state().List<DebitOn>(debt.id().bytes, kLiveDebitsMax)) {
    if (key.expiry >= context.today()) return;
    auto debit = context.state().Get<Debit>({.debit = key.debit});
    auto agreement =
        debit ? context.state().Get<Agreement>({.agreement = debit->agreement}) : std::nullopt;
    AVAL_ASSERT(agreement || context.state().failure());
    if (!agreement) return;
    debit->state = DebitState::kExpired;
    Fail(context, debt, *std::move(agreement), key.debit, *debit);
  }
}

Verdict Apply(Context& context, const act::v1::DebitCreate& act) {
  const Id id = ToId(act.debit());
  const Id agreement_id = ToId(act.agreement());
  auto agreement = context.state().Get<Agreement>({.agreement = agreement_id});
  std::optional<Debt> debt = agreement ? Debt::Load(context, agreement->loan) : std::nullopt;
  if (!debt) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = debt->loan().platform, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (NamesDeposit(context, id)) return Verdict::kDuplicate;
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  ChargePenalty(context, *debt);
  ApplyHeld(context, *debt);
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

  Reserve(context, *debt, *std::move(agreement), id, debit);
  debt->Save(context);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::DebitSubmit& act) {
  const Id id = ToId(act.debit());
  auto [verdict, debit, agreement] = FindForBank(context, id);
  AVAL_REQUIRE(verdict);
  if (debit.state != DebitState::kCreated) return Verdict::kState;
  AVAL_REQUIRE(CheckStanding(context, debit.payer));
  debit.state = DebitState::kSubmitted;
  context.state().Put<Debit>({.debit = id}, debit);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::DebitResult& act) {
  const Id id = ToId(act.debit());
  auto [verdict, debit, agreement] = FindForBank(context, id);
  AVAL_REQUIRE(verdict);
  if (debit.state != DebitState::kSubmitted) return Verdict::kState;
  const bool confirmed = act.result() == act::v1::DebitResult::CONFIRMED;
  if (act.amount() != (confirmed ? debit.amount.minor : 0)) return Verdict::kAmount;
  std::optional<Debt> debt = Debt::Load(context, debit.loan);
  if (!debt) return Verdict::kUnknown;
  CatchUp(context, *debt);
  // Catching up may have ended another debit under the same agreement.
  auto current = context.state().Get<Agreement>({.agreement = debit.agreement});
  if (!current) return Verdict::kUnknown;
  debit.state = confirmed ? DebitState::kConfirmed : DebitState::kRejected;
  debit.reason = act.reason();
  debit.reference = ToDigest(act.reference());
  if (confirmed) {
    Confirm(context, *debt, *std::move(current), id, debit);
  } else {
    Fail(context, *debt, *std::move(current), id, debit);
  }
  debt->Save(context);
  return Verdict::kAccepted;
}

Verdict RunDebitItem(Context& context, const CalendarItem::Key& item) {
  auto debit = context.state().Get<Debit>({.debit = item.subject});
  if (!debit) return Verdict::kUnknown;
  if (!IsUnderWay(*debit) || debit->expiry >= context.today()) return Verdict::kState;
  std::optional<Debt> debt = Debt::Load(context, debit->loan);
  auto agreement = context.state().Get<Agreement>({.agreement = debit->agreement});
  if (!debt || !agreement) return Verdict::kUnknown;
  debit->state = DebitState::kExpired;
  Fail(context, *debt, *std::move(agreement), item.subject, *debit);
  debt->Save(context);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
