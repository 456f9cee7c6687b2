#include "ledger/rules/debt.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/rules/credit_balances.h"
#include "ledger/rules/pauses.h"
#include "ledger/rules/recourse.h"

namespace aval::ledger::rules {

std::optional<Debt> Debt::Load(Context& context, const Id& id) {
  std::optional<Loan> loan = context.state().Get<Loan>({.loan = id});
  if (!loan) return std::nullopt;
  auto rows = context.state().List<Instalment>(id.bytes, loan->instalments);
  Policy policy =
      context.PolicyAt({.effective = loan->policy_effective, .version = loan->policy_version});
  if (context.state().failure()) return std::nullopt;
  AVAL_ASSERT(rows.size() == loan->instalments);

  std::vector<Instalment> instalments;
  instalments.reserve(rows.size());
  for (auto& [key, instalment] : rows) instalments.push_back(std::move(instalment));
  Debt debt(id, *std::move(loan), std::move(policy), std::move(instalments));
  debt.stored_loan_ = EncodeValue(debt.loan_);
  debt.stored_holds_ = debt.Holds();
  for (std::size_t i = 0; i < debt.instalments_.size(); ++i) {
    debt.stored_next_days_[i] = debt.instalments_[i].next_day;
    debt.changed_[i] = false;
  }
  return debt;
}

Debt::Debt(const Id& id, Loan loan, Policy policy, std::vector<Instalment> instalments)
    : id_(id),
      loan_(std::move(loan)),
      policy_(std::move(policy)),
      instalments_(std::move(instalments)),
      stored_next_days_(instalments_.size()),
      changed_(instalments_.size(), true) {}

bool Debt::IsOpen() const {
  return loan_.state == LoanState::kOpen || loan_.state == LoanState::kOverdue;
}

bool Debt::IsOwed() const { return IsOpen() || loan_.state == LoanState::kWrittenOff; }

bool Debt::IsGivenUp() const {
  return loan_.state == LoanState::kWrittenOff || loan_.state == LoanState::kRecovered;
}

const Instalment& Debt::At(std::uint16_t number) const { return instalments_[Position(number)]; }

Instalment& Debt::Change(std::uint16_t number) {
  const std::size_t position = Position(number);
  changed_[position] = true;
  return instalments_[position];
}

std::int64_t Debt::DaysPastDue(Day today) const {
  if (FirstUnpaid() > count()) return 0;
  return DaysPastDueOn(today, At(FirstUnpaid()), policy_.grace_days);
}

void Debt::FollowInstalments() {
  while (FirstUnpaid() <= count() && IsFinished(At(FirstUnpaid()))) ++loan_.first_unpaid;
  const bool late = std::ranges::any_of(instalments_, IsLate);
  if (FirstUnpaid() <= count()) {
    loan_.state = late ? LoanState::kOverdue : LoanState::kOpen;
  } else if (late) {
    loan_.state = LoanState::kWrittenOff;
  } else if (loan_.refunded == loan_.principal) {
    loan_.state = LoanState::kRefunded;
  } else {
    const bool written_off = std::ranges::any_of(instalments_, [](const Instalment& instalment) {
      return instalment.state == InstalmentState::kWrittenOff;
    });
    loan_.state = written_off ? LoanState::kRecovered : LoanState::kPaidOff;
  }
}

bool Debt::AnyReserved() const {
  return std::ranges::any_of(
      instalments_, [](const Instalment& instalment) { return instalment.reserved.minor > 0; });
}

void Debt::FollowReopened(std::uint16_t number) {
  loan_.first_unpaid = std::min<std::uint32_t>(loan_.first_unpaid, number);
  FollowInstalments();
}

Int128 Debt::PrincipalDays(Day day) const {
  Int128 owed = 0;
  for (const LenderPart& lender : loan_.lenders) owed += lender.Owed().minor;
  return Int128{loan_.principal_days} + owed * arithmetic::ActualDays(loan_.counted, day);
}

void Debt::CountPrincipalDays(Day today) {
  // 10^13 (A1) a day for 5,000 years.
  loan_.principal_days = static_cast<std::uint64_t>(PrincipalDays(today));
  loan_.counted = today;
}

void Debt::Append(std::vector<Instalment> instalments) {
  for (Instalment& instalment : instalments) {
    instalments_.push_back(std::move(instalment));
    stored_next_days_.emplace_back();
    changed_.push_back(true);
  }
  loan_.instalments = static_cast<std::uint32_t>(instalments_.size());
}

void Debt::Save(Context& context) {
  for (std::size_t i = 0; i < instalments_.size(); ++i) {
    if (!changed_[i]) continue;
    const auto number = static_cast<std::uint16_t>(i + 1);
    const Instalment& instalment = instalments_[i];
    context.state().Put<Instalment>({.loan = id_, .number = number}, instalment);
    changed_[i] = false;
    if (instalment.next_day == stored_next_days_[i]) continue;
    if (stored_next_days_[i] != Day{}) {
      context.Unschedule(stored_next_days_[i], Queue::kInstalment, id_, number);
    }
    if (instalment.next_day != Day{}) {
      context.Schedule(instalment.next_day, Queue::kInstalment, id_, number);
    }
    stored_next_days_[i] = instalment.next_day;
  }
  FreeHeld(context);
  Bytes value = EncodeValue(loan_);
  if (value == stored_loan_) return;
  context.state().Put<Loan>({.loan = id_}, loan_);
  stored_loan_ = std::move(value);
  if (Holds() == stored_holds_) return;
  stored_holds_ = Holds();
  const HeldOf::Key index{.grant = loan_.grant, .loan = id_};
  if (stored_holds_) {
    context.state().Put<HeldOf>(index, {});
  } else {
    context.state().Delete<HeldOf>(index);
  }
}

void Debt::FreeHeld(Context& context) {
  if (IsOwed()) return;
  // R15: who has paid for what was refunded comes before the borrower.
  if (loan_.state == LoanState::kRefunded) {
    loan_.held.minor -= PayClaims(context, *this, loan_.held).minor;
  }
  AddToBalance(
      context,
      {.platform = loan_.platform, .participant = loan_.borrower, .currency = loan_.currency},
      loan_.held);
  loan_.held = {};
}

std::size_t Debt::Position(std::uint16_t number) const {
  AVAL_ASSERT(number >= 1 && number <= instalments_.size());
  return number - std::size_t{1};
}

PartyId LeadLender(const Loan& loan) {
  return std::ranges::max_element(loan.lenders, {}, &LenderPart::share_ppm)->lender;
}

bool IsPayable(const Instalment& instalment) {
  switch (instalment.state) {
    case InstalmentState::kBilled:
    case InstalmentState::kDue:
    case InstalmentState::kPartPaid:
    case InstalmentState::kOverdue:
      return true;
    case InstalmentState::kWrittenOff:
      return UnpaidInAll(instalment).minor > 0;
    case InstalmentState::kScheduled:
    case InstalmentState::kPaid:
    case InstalmentState::kCancelled:
      return false;
  }
  return false;
}

bool IsFinished(const Instalment& instalment) {
  return instalment.state == InstalmentState::kPaid ||
         instalment.state == InstalmentState::kCancelled ||
         instalment.state == InstalmentState::kWrittenOff;
}

bool IsLate(const Instalment& instalment) {
  return instalment.state == InstalmentState::kOverdue ||
         (instalment.state == InstalmentState::kWrittenOff && IsPayable(instalment));
}

Amount UnpaidCredit(const Instalment& instalment) {
  return {instalment.principal.Unpaid().minor + instalment.fee.Unpaid().minor +
          instalment.interest.Unpaid().minor};
}

Amount UnpaidInAll(const Instalment& instalment) {
  return {UnpaidCredit(instalment).minor + instalment.penalty.Unpaid().minor +
          instalment.cost.Unpaid().minor};
}

Amount UnbilledCharge(const Instalment& instalment) {
  if (instalment.billed != Day{}) return {};
  return {UncarriedUnpaid(instalment.fee, instalment.carried_fee).minor +
          UncarriedUnpaid(instalment.interest, instalment.carried_interest).minor};
}

void WaiveUnbilled(Instalment& instalment) {
  if (instalment.billed != Day{}) return;
  Component& fee = instalment.fee;
  Component& interest = instalment.interest;
  fee.waived.minor += UncarriedUnpaid(fee, instalment.carried_fee).minor;
  interest.waived.minor += UncarriedUnpaid(interest, instalment.carried_interest).minor;
  instalment.subsidy = {};
}

Amount PaidInAll(const Instalment& instalment) {
  return {ChargedInAll(instalment).minor - UnpaidInAll(instalment).minor};
}

Amount ChargedInAll(const Instalment& instalment) {
  Amount charged;
  for (const Component* part : {&instalment.cost, &instalment.penalty, &instalment.fee,
                                &instalment.interest, &instalment.principal}) {
    charged.minor += part->due.minor - part->waived.minor;
  }
  return charged;
}

Amount Covered(const Debt& debt, std::uint16_t number) {
  std::int64_t held = debt.loan().held.minor;
  for (std::uint16_t k = debt.FirstUnpaid(); k < number && held > 0; ++k) {
    held -= std::min(held, debt.At(k).reserved.minor);
  }
  return {std::min(held, debt.At(number).reserved.minor)};
}

Amount UncarriedUnpaid(const Component& charge, Amount carried) {
  return {charge.Unpaid().minor - std::max<std::int64_t>(carried.minor - charge.paid.minor, 0)};
}

Amount UncoveredCredit(const Debt& debt, std::uint16_t number) {
  const Instalment& instalment = debt.At(number);
  const std::int64_t base = instalment.principal.Unpaid().minor +
                            UncarriedUnpaid(instalment.fee, instalment.carried_fee).minor +
                            UncarriedUnpaid(instalment.interest, instalment.carried_interest).minor;
  return {base - std::min(base, Covered(debt, number).minor)};
}

bool IsCovered(const Debt& debt, std::uint16_t number) {
  const Amount covered = Covered(debt, number);
  return covered.minor > 0 && covered >= UnpaidCredit(debt.At(number));
}

}  // namespace aval::ledger::rules
