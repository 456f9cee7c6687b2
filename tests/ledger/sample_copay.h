#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"

namespace aval::ledger {

/// What a co-payer's acts add to SampleDays, day by day: participant 2 stands for half of the first
/// instalment of loan 5001, which is overdue. One invitation each is declined, withdrawn and left
/// to expire; one debit each is rejected, confirmed and left to expire; bank B reviews and keeps
/// the account.
std::vector<std::vector<std::shared_ptr<const Bytes>>> SampleCopayDays();

}  // namespace aval::ledger
