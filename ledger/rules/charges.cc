#include "ledger/rules/charges.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/assert.h"
#include "ledger/rules/components.h"
#include "ledger/rules/lender_split.h"

namespace aval::ledger::rules {
namespace {

Amount LenderAmounts::* WrittenOffOf(std::uint16_t receivable) {
  const auto charge = std::ranges::find(kCharges, receivable, &Charge::receivable);
  AVAL_ASSERT(charge != kCharges.end());
  return charge->part;
}

}  // namespace

void PostCharge(Context& context, Debt& debt, Amount charge, std::uint16_t receivable,
                std::uint16_t income) {
  if (charge.minor == 0) return;
  Loan& loan = debt.loan();
  const std::vector<Amount> parts = SplitCharge(loan, charge);
  Amount lost;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    LenderPart& part = loan.lenders[i];
    if (part.GaveUp()) {
      (part.written_off.*WrittenOffOf(receivable)).minor += parts[i].minor;
      lost.minor += parts[i].minor;
      continue;
    }
    context.Debit(part.lender, receivable, debt.id(), loan.currency, parts[i]);
    context.Credit(part.lender, income, debt.id(), loan.currency, parts[i]);
  }
  PostWrittenOff(context, debt, lost);
}

void PostWrittenOff(Context& context, const Debt& debt, Amount change) {
  const PartyId memo = PartyId::Memo();
  const bool grows = change.minor > 0;
  const Amount amount{grows ? change.minor : -change.minor};
  const Currency& currency = debt.loan().currency;
  context.Debit(memo, grows ? account::kWrittenOffClaim : account::kWrittenOffClaimContra,
                debt.id(), currency, amount);
  context.Credit(memo, grows ? account::kWrittenOffClaimContra : account::kWrittenOffClaim,
                 debt.id(), currency, amount);
}

void PostSubsidy(Context& context, const Debt& debt, Amount subsidy, std::uint16_t income) {
  if (subsidy.minor == 0) return;
  const Loan& loan = debt.loan();
  const std::vector<Amount> parts = SplitCharge(loan, subsidy);
  context.Debit(loan.sponsor, account::kSubsidyExpense, debt.id(), loan.currency, subsidy);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartyId lender = loan.lenders[i].lender;
    context.Credit(lender, income, debt.id(), loan.currency, parts[i]);
    if (lender == loan.sponsor) continue;
    context.Debit(lender, account::kDueFrom, loan.sponsor.id, loan.currency, parts[i]);
    context.Credit(loan.sponsor, account::kDueTo, lender.id, loan.currency, parts[i]);
    context.Owe(loan.sponsor, lender, loan.currency, parts[i]);
  }
}

}  // namespace aval::ledger::rules
