#pragma once

#include <cstdint>

#include "ledger/record/loans.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// What happened to one instalment of a bill.
struct BillChange {
  Amount billed{};  // What it asks for, when it is put on the bill; negative for what is taken off.
  Amount paid{};    // Of principal, fee and interest.
  std::int32_t instalments = 0;  // 1 when it is put on the bill.
  std::int32_t open = 0;         // 1 then, -1 when it is PAID.
  std::int32_t overdue = 0;      // 1 when it falls overdue, -1 when it is PAID after that.
};

/// Keeps the bill of the loan's borrower for that due day; makes it with its first instalment. The
/// bill's state follows from its counts alone, so that the order of its loans does not matter.
void UpdateBill(Context& context, const Loan& loan, Day due, const BillChange& change);

}  // namespace aval::ledger::rules
