#include "ledger/rules/copay.h"

#include <algorithm>
#include <optional>

#include "base/assert.h"
#include "base/bytes.h"
#include "ledger/rules/rules.h"

namespace aval::ledger::rules {
namespace {

bool HasLiveState(const Agreement& agreement) {
  switch (agreement.state) {
    case AgreementState::kSigned:
    case AgreementState::kReviewed:
    case AgreementState::kActive:
      return true;
    case AgreementState::kDeclined:
    case AgreementState::kCompleted:
    case AgreementState::kExhausted:
    case AgreementState::kExpired:
      return false;
  }
  return false;
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

bool IsLive(const Agreement& agreement, Day today) {
  return HasLiveState(agreement) && agreement.last_day >= today;
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

void SignAgreement(Context& context, const Id& id, const Agreement& agreement) {
  AVAL_ASSERT(agreement.state == AgreementState::kSigned);
  context.state().Put<Agreement>({.agreement = id}, agreement);
  context.state().Put<AgreementOn>({.loan = agreement.loan, .agreement = id}, {});
  context.state().Put<AgreementBy>(
      {.co_payer = agreement.co_payer, .agreement = id},
      {.loan = agreement.loan, .borrower = agreement.borrower, .last_day = agreement.last_day});
  context.Schedule(agreement.last_day.Plus(1), Queue::kAgreement, id, 0);
  PostCommitted(context, id, agreement.currency, agreement.cap);
}

void EndAgreement(Context& context, const Id& id, Agreement agreement, AgreementState last) {
  AVAL_ASSERT(HasLiveState(agreement));
  // A debit is under way for what is unpaid, within the cap; only time ends an agreement before it.
  AVAL_ASSERT(agreement.reserved.minor == 0 || last == AgreementState::kExpired);
  PostCommitted(context, id, agreement.currency, {agreement.paid.minor - agreement.cap.minor});
  agreement.state = last;
  AVAL_ASSERT(!HasLiveState(agreement));
  context.state().Put<Agreement>({.agreement = id}, agreement);
  context.state().Delete<AgreementOn>({.loan = agreement.loan, .agreement = id});
  context.state().Delete<AgreementBy>({.co_payer = agreement.co_payer, .agreement = id});
  context.Unschedule(agreement.last_day.Plus(1), Queue::kAgreement, id, 0);
}

void PostCopayPaid(Context& context, const Id& id, const Currency& currency, Amount amount) {
  PostCommitted(context, id, currency, {-amount.minor});
}

void CompleteAgreements(Context& context, const Debt& debt) {
  const auto finished = [&debt](const CopayPart& part) { return IsFinished(debt.At(part.number)); };
  for (const auto& [id, agreement] : LiveAgreementsOn(context, debt.id())) {
    if (std::ranges::all_of(agreement.parts, finished)) {
      EndAgreement(context, id, agreement, AgreementState::kCompleted);
    }
  }
}

Verdict RunAgreementItem(Context& context, const CalendarItem::Key& item) {
  auto agreement = context.state().Get<Agreement>({.agreement = item.subject});
  if (!agreement) return Verdict::kUnknown;
  if (!HasLiveState(*agreement) || IsLive(*agreement, context.today())) return Verdict::kState;
  EndAgreement(context, item.subject, *std::move(agreement), AgreementState::kExpired);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
