#pragma once

#include <cstdint>

#include "cli/demo/act_writer.h"
#include "cli/demo/purchases_file.h"
#include "ledger/record/holds.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// What happens to a purchase's grant after it is taken up.

/// The platform's risk department stops the grant, and lets it go on.
void WriteHold(ActWriter& writer, const PurchaseRow& row);
void WriteLift(ActWriter& writer, const PurchaseRow& row);
/// Where the ledger has that hold.
ledger::HoldOn::Key HoldOf(const PurchaseRow& row);

/// A year later (R07): the bank attests the borrower's capacity anew, and both lenders decide; the
/// bank may decline, which closes the grant.
void WriteReview(ActWriter& writer, const PurchaseRow& row, bool declined);
/// By the borrower.
void WriteClosing(ActWriter& writer, const PurchaseRow& row);

}  // namespace aval::cli::demo
