#include "ledger/rules/copay.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "ledger/arithmetic/copay.h"
#include "ledger/arithmetic/money.h"
#include "ledger/rules/rules.h"

namespace aval::ledger::rules {
namespace {

// Of the calendar: the two ways in which time ends an agreement.
constexpr std::uint16_t kOwnEnd = 0;
constexpr std::uint16_t kPeriodEnd = 1;

bool HasPeriod(const Agreement& agreement) {
  return agreement.period_end != Day{} && agreement.demanded == Day{};
}

// Until the day's sweep has run, an index still holds what ended yesterday: as many again.
template <class Index>
auto List(Context& context, ByteView prefix) {
  return context.state().List<Index>(prefix, 2 * Agreement::kLiveMax);
}

template <class Index>
Agreements Live(Context& context, ByteView prefix) {
  Agreements live;
  for (const auto& [key, index] : List<Index>(context, prefix)) {
    auto agreement = context.state().Get<Agreement>({.agreement = key.agreement});
    if (agreement && IsLive(*agreement, context.today())) {
      live.emplace_back(key.agreement, *std::move(agreement));
    }
  }
  return live;
}

// What the cap leaves goes on the memo when `change` is positive, off it when it is negative.
void PostCommitted(Context& context, const Id& id, const Currency& currency, Amount change) {
  const PartyId memo = PartyId::Memo();
  const bool grows = change.minor > 0;
  const Amount amount{grows ? change.minor : -change.minor};
  context.Debit(memo, grows ? account::kGuaranteeCommitted : account::kGuaranteeCommittedContra, id,
                currency, amount);
  context.Credit(memo, grows ? account::kGuaranteeCommittedContra : account::kGuaranteeCommitted,
                 id, currency, amount);
}

}  // namespace

bool HasLiveState(const Agreement& agreement) {
  switch (agreement.state) {
    case AgreementState::kSigned:
    case AgreementState::kReviewed:
    case AgreementState::kActive:
    case AgreementState::kSuspended:
      return true;
    case AgreementState::kDeclined:
    case AgreementState::kCompleted:
    case AgreementState::kExhausted:
    case AgreementState::kExpired:
    case AgreementState::kTerminated:
    case AgreementState::kExpiredByLaw:
      return false;
  }
  return false;
}

Day LastDayOf(const Agreement& agreement) {
  return HasPeriod(agreement) ? std::min(agreement.last_day, agreement.period_end)
                              : agreement.last_day;
}

bool IsLive(const Agreement& agreement, Day today) {
  return HasLiveState(agreement) && LastDayOf(agreement) >= today;
}

Agreements LiveAgreementsOn(Context& context, const Id& loan) {
  return Live<AgreementOn>(context, loan.bytes);
}

Agreements LiveAgreementsBy(Context& context, PartyId co_payer) {
  CatchUpCommitments(context, co_payer);
  return Live<AgreementBy>(context, co_payer.id.bytes);
}

void CatchUpCommitments(Context& context, PartyId co_payer) {
  for (const auto& [key, index] : List<AgreementBy>(context, co_payer.id.bytes)) {
    const auto loan = context.state().Get<Loan>({.loan = index.loan});
    if (loan && loan->held.minor > 0) CatchUpLoan(context, index.loan);
  }
}

std::vector<PartyId> BorrowersOf(Context& context, PartyId co_payer) {
  std::vector<PartyId> borrowers;
  for (const auto& [key, index] : List<AgreementBy>(context, co_payer.id.bytes)) {
    if (index.last_day >= context.today()) borrowers.push_back(index.borrower);
  }
  std::ranges::sort(borrowers);
  const auto same = std::ranges::unique(borrowers);
  borrowers.erase(same.begin(), same.end());
  return borrowers;
}

const CopayPart* FindPart(const Agreement& agreement, std::uint16_t number) {
  const auto part = std::ranges::find(agreement.parts, number, &CopayPart::number);
  return part == agreement.parts.end() ? nullptr : &*part;
}

CopayPart* FindPart(Agreement& agreement, std::uint16_t number) {
  const auto part = std::ranges::find(agreement.parts, number, &CopayPart::number);
  return part == agreement.parts.end() ? nullptr : &*part;
}

std::uint32_t ShareTaken(const Agreements& agreements, std::uint16_t number,
                         const PartyId* co_payer) {
  std::uint32_t taken = 0;
  for (const auto& [id, agreement] : agreements) {
    if (co_payer != nullptr && agreement.co_payer != *co_payer) continue;
    if (FindPart(agreement, number) != nullptr) taken += agreement.share_ppm;
  }
  return taken;
}

Amount CommitmentOf(const Agreements& agreements) {
  Amount sum;  // At most kLiveMax caps of 10^13 (A1).
  for (const auto& [id, agreement] : agreements) {
    sum.minor += agreement.cap.minor - agreement.paid.minor;
  }
  return sum;
}

Amount QuotaOf(const Agreements& on_loan, const Debt& debt, const Id& agreement,
               std::uint16_t number) {
  const Instalment& instalment = debt.At(number);
  const Amount due = ChargedInAll(instalment);
  std::vector<arithmetic::CopayPromise> promises;
  std::optional<std::size_t> own;
  std::int64_t left_ppm = arithmetic::kMillion;
  for (const auto& [id, live] : on_loan) {
    const CopayPart* part = FindPart(live, number);
    if (part == nullptr) continue;
    if (id == agreement) own = promises.size();
    // What the cap leaves for this instalment: all but what others have taken of it.
    const std::int64_t cap = live.cap.minor - live.paid.minor - live.reserved.minor +
                             part->paid.minor + part->reserved.minor;
    promises.push_back(
        {.share_ppm = live.share_ppm, .cap = {std::min(cap, due.minor)}, .joint = live.joint});
    left_ppm -= live.share_ppm;
  }
  if (!own) return {};
  // Who has signed since may have taken over some of what those had promised.
  const auto spent_ppm = static_cast<std::uint32_t>(
      std::min<std::int64_t>(instalment.spent_ppm, std::max<std::int64_t>(left_ppm, 0)));
  promises.push_back({.share_ppm = spent_ppm, .cap = instalment.spent, .joint = true});
  return arithmetic::SplitCopay(due, promises)->copayers[*own];
}

Amount AccruedOf(const Context& context, const Agreements& on_loan, const Debt& debt,
                 const Id& agreement) {
  const auto found = std::ranges::find(on_loan, agreement, &Agreements::value_type::first);
  if (found == on_loan.end()) return {};
  Amount accrued;
  for (const CopayPart& part : found->second.parts) {
    const Instalment& instalment = debt.At(part.number);
    if (!IsPayable(instalment) || instalment.due > context.today()) continue;
    const std::int64_t open =
        QuotaOf(on_loan, debt, agreement, part.number).minor - part.paid.minor;
    accrued.minor += std::clamp<std::int64_t>(open, 0, UnpaidInAll(instalment).minor);
  }
  const std::int64_t left = found->second.cap.minor - found->second.paid.minor;
  return {std::min(accrued.minor, left)};
}

void SignAgreement(Context& context, const Id& id, const Agreement& agreement) {
  AVAL_ASSERT(agreement.state == AgreementState::kSigned);
  context.state().Put<Agreement>({.agreement = id}, agreement);
  context.state().Put<AgreementOn>({.loan = agreement.loan, .agreement = id}, {});
  context.state().Put<AgreementBy>(
      {.co_payer = agreement.co_payer, .agreement = id},
      {.loan = agreement.loan, .borrower = agreement.borrower, .last_day = LastDayOf(agreement)});
  context.Schedule(agreement.last_day.Plus(1), Queue::kAgreement, id, kOwnEnd);
  if (HasPeriod(agreement)) {
    context.Schedule(agreement.period_end.Plus(1), Queue::kAgreement, id, kPeriodEnd);
  }
  PostCommitted(context, id, agreement.currency, agreement.cap);
}

void EndAgreement(Context& context, const Id& id, Agreement agreement, AgreementState last) {
  AVAL_ASSERT(HasLiveState(agreement));
  // A debit is under way for what is unpaid, within the cap; only time ends an agreement before it.
  AVAL_ASSERT(agreement.reserved.minor == 0 || last == AgreementState::kExpired ||
              last == AgreementState::kExpiredByLaw);
  PostCommitted(context, id, agreement.currency, {agreement.paid.minor - agreement.cap.minor});
  agreement.state = last;
  AVAL_ASSERT(!HasLiveState(agreement));
  context.state().Put<Agreement>({.agreement = id}, agreement);
  context.state().Delete<AgreementOn>({.loan = agreement.loan, .agreement = id});
  context.state().Delete<AgreementBy>({.co_payer = agreement.co_payer, .agreement = id});
  context.Unschedule(agreement.last_day.Plus(1), Queue::kAgreement, id, kOwnEnd);
  if (HasPeriod(agreement)) {
    context.Unschedule(agreement.period_end.Plus(1), Queue::kAgreement, id, kPeriodEnd);
  }
}

bool EndIfPast(Context& context, const Id& id, const Agreement& agreement) {
  if (!HasLiveState(agreement) || IsLive(agreement, context.today())) return false;
  const bool own = agreement.last_day < context.today();
  EndAgreement(context, id, agreement,
               own ? AgreementState::kExpired : AgreementState::kExpiredByLaw);
  return true;
}

void StopPeriod(Context& context, const Id& id, Agreement agreement, const crypto::Digest& notice) {
  if (HasPeriod(agreement)) {
    context.Unschedule(agreement.period_end.Plus(1), Queue::kAgreement, id, kPeriodEnd);
  }
  agreement.demanded = context.today();
  agreement.notice = notice;
  context.state().Put<Agreement>({.agreement = id}, agreement);
  context.state().Put<AgreementBy>(
      {.co_payer = agreement.co_payer, .agreement = id},
      {.loan = agreement.loan, .borrower = agreement.borrower, .last_day = LastDayOf(agreement)});
}

void ExtendAgreement(Context& context, const Id& id, Agreement agreement,
                     const std::vector<std::uint16_t>& numbers, Amount cap) {
  AVAL_ASSERT(HasLiveState(agreement) && cap >= agreement.paid && cap <= agreement.cap);
  PostCommitted(context, id, agreement.currency, {cap.minor - agreement.cap.minor});
  agreement.cap = cap;
  for (const std::uint16_t number : numbers) agreement.parts.push_back({.number = number});
  if (agreement.paid == agreement.cap) {
    EndAgreement(context, id, std::move(agreement), AgreementState::kExhausted);
  } else {
    context.state().Put<Agreement>({.agreement = id}, agreement);
  }
}

void PostCopayPaid(Context& context, const Id& id, const Currency& currency, Amount amount) {
  PostCommitted(context, id, currency, {-amount.minor});
}

void CompleteAgreements(Context& context, const Debt& debt) {
  // Paid or cancelled; of what is written off something may be left to stand for.
  const auto settled = [&debt](const CopayPart& part) {
    return UnpaidInAll(debt.At(part.number)).minor == 0;
  };
  for (const auto& [id, agreement] : LiveAgreementsOn(context, debt.id())) {
    if (std::ranges::all_of(agreement.parts, settled)) {
      EndAgreement(context, id, agreement, AgreementState::kCompleted);
    }
  }
}

bool MaySuspend(Context& context, const Id& id) {
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  if (!agreement) return false;
  CatchUpLoan(context, agreement->loan);
  agreement = context.state().Get<Agreement>({.agreement = id});  // After all that.
  return agreement && IsLive(*agreement, context.today()) &&
         (agreement->state == AgreementState::kActive ||
          agreement->state == AgreementState::kSuspended);
}

void FollowHolds(Agreement& agreement) {
  if (agreement.state != AgreementState::kActive && agreement.state != AgreementState::kSuspended) {
    return;
  }
  agreement.state = agreement.holds > 0 ? AgreementState::kSuspended : AgreementState::kActive;
}

Verdict RunAgreementItem(Context& context, const CalendarItem::Key& item) {
  const auto agreement = context.state().Get<Agreement>({.agreement = item.subject});
  if (!agreement) return Verdict::kUnknown;
  return EndIfPast(context, item.subject, *agreement) ? Verdict::kAccepted : Verdict::kState;
}

}  // namespace aval::ledger::rules
