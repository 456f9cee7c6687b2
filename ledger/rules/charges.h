#pragma once

#include <cstdint>

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Postings of a loan's charges as they arise, split over the lenders (lender_split.h). Zero posts
/// nothing.

/// The borrower owes it: at each lender Dr `receivable` / Cr `income`. At one that has written its
/// part off it is no income before it is paid: it joins what is written off.
void PostCharge(Context& context, Debt& debt, Amount charge, std::uint16_t receivable,
                std::uint16_t income);

/// Memo 9400 of what lenders have written off of the loan: up when `change` is positive, down when
/// it is negative.
void PostWrittenOff(Context& context, const Debt& debt, Amount change);

/// The sponsor bears it (domain.md 2.5 BILL_ISSUE): sponsor Dr 5200 / Cr 2200, each lender Dr 1300
/// / Cr `income`; a lender that is the sponsor itself is owed nothing by itself.
void PostSubsidy(Context& context, const Debt& debt, Amount subsidy, std::uint16_t income);

}  // namespace aval::ledger::rules
