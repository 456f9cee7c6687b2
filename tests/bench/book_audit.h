#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/record/table.h"
#include "ledger/state/store.h"

namespace aval::bench {

/// What a walk over all of a state has found.
struct BookAudit {
  struct Records {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  // Of keys and values, as encoded.
  };
  std::map<ledger::Table, Records> tables;
  std::uint64_t due_next_day = 0;   // Instalments with something to do on the day after the book's.
  std::vector<std::string> broken;  // What does not hold, one sentence each.
};

/// Reads every record once, in the memory of a few sums, so that it does for a book of any size:
/// that every owner's book balances (I1), claims and liabilities among parties and obligations are
/// the same (I2), principal is the same in accounts, loans and instalments (I3), grants' use is
/// principal and reservations (I4), no receivable has changed sign (I5), recourse (I7), caps (I8),
/// reservations of debits (I11), shares (I12); and that instalments and calendar have as many next
/// days. What holds for each loan is asked of a sample of them. Errors are the store's.
Result<BookAudit> AuditBook(const ledger::Reader& state);

}  // namespace aval::bench
