#include "ledger/rules/deposits.h"

#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/record/recovery.h"
#include "ledger/record/refunds.h"

namespace aval::ledger::rules {

bool MovesDeposit(Context& context, const Id& id) {
  return context.state().Has<Repayment>({.repayment = id}) ||
         context.state().Has<Debit>({.debit = id}) ||
         context.state().Has<Payment>({.payment = id}) ||
         context.state().Has<Recovery>({.recovery = id});
}

}  // namespace aval::ledger::rules
