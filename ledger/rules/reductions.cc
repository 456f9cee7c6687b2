#include "ledger/rules/reductions.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/refund.h"
#include "ledger/arithmetic/schedule.h"
#include "ledger/arithmetic/split.h"
#include "ledger/record/policy.h"
#include "ledger/rules/bills.h"

namespace aval::ledger::rules {
namespace {

// What a lender earns of an instalment: where it stands there, and in the books.
struct Earning {
  Component Instalment::* part;
  Amount Instalment::* carried;  // None of penalty, all of which is receivable as it arises.
  std::uint16_t receivable;
  std::uint16_t income;
};

constexpr std::array kEarnings{Earning{.part = &Instalment::penalty,
                                       .carried = nullptr,
                                       .receivable = account::kPenaltyReceivable,
                                       .income = account::kPenaltyIncome},
                               Earning{.part = &Instalment::fee,
                                       .carried = &Instalment::carried_fee,
                                       .receivable = account::kFeeReceivable,
                                       .income = account::kFeeIncome},
                               Earning{.part = &Instalment::interest,
                                       .carried = &Instalment::carried_interest,
                                       .receivable = account::kInterestReceivable,
                                       .income = account::kInterestIncome}};

bool IsUnbilled(const Instalment& instalment) {
  return instalment.state == InstalmentState::kScheduled;
}

// Whether a bill asks for an earning of an instalment: never for penalty.
bool IsOnBill(const Instalment& instalment, const Earning& earning) {
  return instalment.billed != Day{} && earning.part != &Instalment::penalty;
}

std::int64_t Unreserved(const Instalment& instalment) {
  return UnpaidInAll(instalment).minor - instalment.reserved.minor;
}

// What A13 may take of an instalment's principal.
Amount Reducible(const Instalment& instalment) {
  if (!IsUnbilled(instalment) && !IsPayable(instalment)) return {};
  return {std::min(instalment.principal.Unpaid().minor, Unreserved(instalment))};
}

// What is left of an instalment's principal in the schedule, whether it is paid or not.
std::int64_t Scheduled(const Instalment& instalment) {
  return instalment.principal.due.minor - instalment.principal.waived.minor;
}

bool AnyPaid(const Instalment& instalment) {
  return std::ranges::any_of(std::array{instalment.cost, instalment.penalty, instalment.fee,
                                        instalment.interest, instalment.principal},
                             [](const Component& part) { return part.paid.minor > 0; });
}

// An instalment's charge by its method, with `balance` outstanding before it. Nothing for terms
// that have no result, which no capture accepts.
std::optional<Amount> ChargeOf(Method method, const LoanPricing& pricing,
                               const Instalment& instalment, Amount balance) {
  if (method == Method::kFeeFlat) {
    const auto fee = arithmetic::FlatFee(pricing.principal, pricing.rate_ppm);
    return fee ? std::optional(*fee) : std::nullopt;
  }
  const bool bullet = method == Method::kBullet;
  const auto period =
      arithmetic::YearPart(bullet ? arithmetic::DayCount::kAct365F : arithmetic::DayCount::kMonth12,
                           pricing.start, instalment.due);
  if (!period) return std::nullopt;
  const auto interest = arithmetic::Interest(balance, pricing.rate_ppm, *period);
  return interest ? std::optional(*interest) : std::nullopt;
}

// A sponsored charge stays sponsored, and what is carried stays beside the new charge.
void Reprice(Instalment& instalment, const Earning& earning, Amount charge) {
  Component& component = instalment.*earning.part;
  component.due =
      std::min(component.due, Amount{charge.minor + (instalment.*earning.carried).minor});
  component.waived = std::min(component.waived, component.due);
  instalment.subsidy = std::min(instalment.subsidy, component.waived);
}

// What each lender has in an account of the loan; `side` is -1 for one that is in credit.
std::vector<Amount> LendersHave(Context& context, const Debt& debt, std::uint16_t code,
                                std::int64_t side) {
  std::vector<Amount> balances;
  for (const LenderPart& part : debt.loan().lenders) {
    balances.push_back(
        {side * context.Balance(part.lender, code, debt.id(), debt.loan().currency).minor});
  }
  return balances;
}

// What of an earning the lenders have as a receivable.
Amount Receivable(const Instalment& instalment, const Earning& earning) {
  const Component& part = instalment.*earning.part;
  if (!IsUnbilled(instalment) || earning.carried == nullptr) return part.Unpaid();
  return {part.Unpaid().minor - UncarriedUnpaid(part, instalment.*earning.carried).minor};
}

// Takes unpaid receivables off; what is carried is a part of them until it is on a bill.
void Waive(Instalment& instalment, const Earning& earning, Amount off) {
  Component& part = instalment.*earning.part;
  part.waived.minor += off.minor;
  if (earning.carried == nullptr) return;
  Amount& carried = instalment.*earning.carried;
  if (IsUnbilled(instalment)) carried.minor -= off.minor;
  carried = std::min(carried, Amount{part.due.minor - part.waived.minor});
}

void PostReversal(Context& context, const Debt& debt, const Earning& charge, Amount sum) {
  const std::vector<Amount> receivable = LendersHave(context, debt, charge.receivable, 1);
  if (sum.minor == 0 || context.state().failure()) return;
  const std::vector<Amount> parts = *arithmetic::SplitRepayment(sum, receivable);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartyId lender = debt.loan().lenders[i].lender;
    context.Debit(lender, charge.income, debt.id(), debt.loan().currency, parts[i]);
    context.Credit(lender, charge.receivable, debt.id(), debt.loan().currency, parts[i]);
  }
}

void PostGivenBack(Context& context, const Debt& debt, const Earning& charge, Amount sum) {
  const Loan& loan = debt.loan();
  const std::vector<Amount> income = LendersHave(context, debt, charge.income, -1);
  if (sum.minor == 0 || context.state().failure()) return;
  const std::vector<Amount> parts = *arithmetic::SplitRepayment(sum, income);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartyId lender = loan.lenders[i].lender;
    context.Debit(lender, charge.income, debt.id(), loan.currency, parts[i]);
    if (lender == loan.platform) continue;
    context.Credit(lender, account::kDueTo, loan.platform.id, loan.currency, parts[i]);
    context.Debit(loan.platform, account::kDueFrom, lender.id, loan.currency, parts[i]);
    context.Owe(lender, loan.platform, loan.currency, parts[i]);
  }
}

}  // namespace

Amount TakeOffPrincipal(Context& context, Debt& debt, Amount refund) {
  std::vector<Amount> unpaid;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) unpaid.push_back(Reducible(debt.At(k)));
  const auto reduction = *arithmetic::ReducePrincipal(unpaid, refund, refund);
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    const Amount off = reduction.off[k - 1U];
    if (off.minor == 0) continue;
    debt.Change(k).principal.waived.minor += off.minor;
    if (IsUnbilled(debt.At(k))) continue;
    UpdateBill(context, debt.loan(), debt.At(k).due, {.billed = {-off.minor}});
  }
  return {refund.minor - reduction.excess.minor};
}

void RepriceUnbilled(Context& context, Debt& debt) {
  const auto product = context.state().Get<Product>(
      {.product = debt.loan().product, .version = debt.loan().product_version});
  if (!product) return;
  const auto part = product->method == Method::kFeeFlat ? &Instalment::fee : &Instalment::interest;
  const Earning& earning = *std::ranges::find(kEarnings, part, &Earning::part);
  Amount balance;
  for (std::uint16_t k = debt.count(); k >= 1; --k) {
    balance.minor += Scheduled(debt.At(k));
    if (!IsUnbilled(debt.At(k))) continue;
    Instalment& instalment = debt.Change(k);
    if (Scheduled(instalment) > 0) {
      const auto charge = ChargeOf(product->method, debt.loan().pricing, instalment, balance);
      if (charge) Reprice(instalment, earning, *charge);
      continue;
    }
    Reprice(instalment, earning, {});
    if (UnpaidInAll(instalment).minor > 0) continue;  // A restructuring has carried it here.
    instalment.state = InstalmentState::kCancelled;
    instalment.next_day = Day{};
  }
}

void EndEmptied(Context& context, Debt& debt) {
  for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
    if (!IsPayable(debt.At(k)) || UnpaidInAll(debt.At(k)).minor > 0) continue;
    Instalment& instalment = debt.Change(k);
    const bool was_overdue = instalment.state == InstalmentState::kOverdue;
    instalment.state = AnyPaid(instalment) ? InstalmentState::kPaid : InstalmentState::kCancelled;
    instalment.bucket = 0;
    instalment.next_day = Day{};
    UpdateBill(context, debt.loan(), instalment.due, {.open = -1, .overdue = was_overdue ? -1 : 0});
  }
}

void ReverseCharges(Context& context, Debt& debt) {
  for (const Earning& earning : kEarnings) {
    Amount sum;
    for (std::uint16_t k = debt.FirstUnpaid(); k <= debt.count(); ++k) {
      if (IsFinished(debt.At(k))) continue;
      const Amount off{std::min(Receivable(debt.At(k), earning).minor, Unreserved(debt.At(k)))};
      if (off.minor == 0) continue;
      Waive(debt.Change(k), earning, off);
      sum.minor += off.minor;
      if (IsOnBill(debt.At(k), earning)) {
        UpdateBill(context, debt.loan(), debt.At(k).due, {.billed = {-off.minor}});
      }
    }
    PostReversal(context, debt, earning, sum);
  }
}

Amount GiveBackCharges(Context& context, Debt& debt) {
  Amount all;
  for (const Earning& earning : kEarnings) {
    Amount sum;
    for (std::uint16_t k = 1; k <= debt.count(); ++k) {
      const Amount back = (debt.At(k).*earning.part).paid;
      if (back.minor == 0) continue;
      Instalment& instalment = debt.Change(k);
      (instalment.*earning.part).paid = {};
      Waive(instalment, earning, back);
      sum.minor += back.minor;
      if (IsOnBill(instalment, earning)) {
        UpdateBill(context, debt.loan(), debt.At(k).due,
                   {.billed = {-back.minor}, .paid = {-back.minor}});
      }
    }
    PostGivenBack(context, debt, earning, sum);
    all.minor += sum.minor;
  }
  return all;
}

}  // namespace aval::ledger::rules
