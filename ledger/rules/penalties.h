#pragma once

#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"

namespace aval::ledger::rules {

/// Charges the penalty of all days before today that has not been charged yet (A8; domain.md 2.5
/// PENALTY_ASSESS): Dr 1220 / Cr 4120 at each lender. Comes to what charging it every morning,
/// before that day's bills and payments, would come to, so that it may be left uncharged until a
/// payment changes the base: call it before one is applied, and at a month's end.
///
/// Nothing is charged while an instalment is within its grace days: what is paid in them was paid
/// in time. The morning after them charges them all, on the base of that morning.
///
/// What held money stands for (Covered) is paid, as far as penalty goes: it is no part of the base,
/// and days on which all is covered are never charged. So call this before `held` or `reserved`
/// changes, too.
///
/// Days in dispute are not charged.
///
/// R12b: a morning charges no more than leaves the loan's fees, interest and penalties so far
/// within the simple cap of the policy in force on it (A14 a), and never charges the rest later.
void ChargePenalty(Context& context, Debt& debt);

}  // namespace aval::ledger::rules
