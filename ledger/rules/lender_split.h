#pragma once

#include <span>
#include <vector>

#include "ledger/record/loans.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Parts of a loan's principal and charges, one for each lender in the loan's order (A9); they sum
/// to the whole. What a lender has written off weighs as what it still has outstanding: the
/// borrower owes both.

/// A payment of principal, at most what is owed of it.
std::vector<Amount> SplitPrincipalPaid(const Loan& loan, Amount payment);

/// A fee, interest or penalty as it arises: by what is owed to each lender, and by their
/// shares once no principal is (money that pays principal first may leave charges behind).
std::vector<Amount> SplitCharge(const Loan& loan, Amount charge);

/// A payment of such a charge, of which `receivable` says what each lender is still owed: again by
/// what is owed of the principal, unless that would give one more than it is owed, which a unit of
/// rounding between the two moments can do; then by what they are owed. So no receivable turns
/// (I5), and all end at zero together. The payment is at most their sum.
std::vector<Amount> SplitChargePaid(const Loan& loan, Amount payment,
                                    std::span<const Amount> receivable);

}  // namespace aval::ledger::rules
