#pragma once

#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/record/refunds.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Whether the id already names something that moved a deposit: account 1600 has them all, so no
/// id names two.
inline bool NamesDeposit(Context& context, const Id& id) {
  return context.state().Has<Repayment>({.repayment = id}) ||
         context.state().Has<Debit>({.debit = id}) || context.state().Has<Payment>({.payment = id});
}

}  // namespace aval::ledger::rules
