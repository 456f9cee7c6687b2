#include "ledger/rules/bills.h"

#include <optional>

#include "base/assert.h"

namespace aval::ledger::rules {
namespace {

void Count(std::uint32_t& counter, std::int32_t change) {
  const std::int64_t counted = static_cast<std::int64_t>(counter) + change;
  AVAL_ASSERT(counted >= 0 && counted <= UINT32_MAX);
  counter = static_cast<std::uint32_t>(counted);
}

BillState StateOf(const Bill& bill) {
  if (bill.overdue > 0) return BillState::kOverdue;
  return bill.open > 0 ? BillState::kIssued : BillState::kSettled;
}

}  // namespace

void UpdateBill(Context& context, const Loan& loan, Day due, const BillChange& change) {
  const Bill::Key key{.borrower = loan.borrower, .due = due, .currency = loan.currency};
  const std::optional<Bill> known = context.state().Get<Bill>(key);
  if (context.state().failure()) return;
  AVAL_ASSERT(known || change.instalments > 0);
  Bill bill = known.value_or(Bill{});
  if (!known) bill.issued = context.today();
  bill.amount.minor += change.billed.minor;
  bill.paid.minor += change.paid.minor;
  Count(bill.instalments, change.instalments);
  Count(bill.open, change.open);
  Count(bill.overdue, change.overdue);
  bill.state = StateOf(bill);
  AVAL_ASSERT(bill.paid <= bill.amount && bill.overdue <= bill.open);
  context.state().Put(key, bill);
}

}  // namespace aval::ledger::rules
