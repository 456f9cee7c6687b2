#include "ledger/rules/credit_balances.h"

#include "base/assert.h"

namespace aval::ledger::rules {
namespace {

// As it stands today.
CreditBalance Read(Context& context, const CreditBalance::Key& key) {
  CreditBalance balance = context.state().Get<CreditBalance>(key).value_or(CreditBalance{});
  if (balance.day < context.today()) {
    balance.fresh = {};
    balance.day = context.today();
  }
  return balance;
}

}  // namespace

void AddToBalance(Context& context, const CreditBalance::Key& key, Amount amount) {
  if (amount.minor == 0) return;
  CreditBalance balance = Read(context, key);
  // Account 2300 has as much and more, and a sum beyond int64 is refused there.
  if (context.overflowed()) return;
  balance.amount.minor += amount.minor;
  balance.fresh.minor += amount.minor;
  context.state().Put(key, balance);
}

Amount MayBePaidBack(Context& context, const CreditBalance::Key& key) {
  const CreditBalance balance = Read(context, key);
  return {balance.amount.minor - balance.fresh.minor};
}

void TakeFromBalance(Context& context, const CreditBalance::Key& key, Amount amount) {
  AVAL_ASSERT(amount <= MayBePaidBack(context, key) || context.state().failure());
  CreditBalance balance = Read(context, key);
  balance.amount.minor -= amount.minor;
  context.state().Put(key, balance);
}

}  // namespace aval::ledger::rules
