#include "ledger/rules/charges.h"

#include <cstddef>
#include <vector>

#include "ledger/rules/lender_split.h"

namespace aval::ledger::rules {

void PostCharge(Context& context, const Debt& debt, Amount charge, std::uint16_t receivable,
                std::uint16_t income) {
  if (charge.minor == 0) return;
  const Loan& loan = debt.loan();
  const std::vector<Amount> parts = SplitCharge(loan, charge);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartyId lender = loan.lenders[i].lender;
    context.Debit(lender, receivable, debt.id(), loan.currency, parts[i]);
    context.Credit(lender, income, debt.id(), loan.currency, parts[i]);
  }
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
