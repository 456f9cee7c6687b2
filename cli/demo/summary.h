#pragma once

#include <array>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/demo/overdue.h"
#include "cli/demo/tally.h"
#include "cli/demo/workload.h"
#include "cli/submitter.h"
#include "ledger/audit/audit.h"
#include "ledger/state/store.h"

namespace aval::cli::demo {

/// A node's /v1/reports/trial-balance: a line for each owner and currency.
struct TrialBalance {
  std::size_t lines = 0;
  std::size_t unbalanced = 0;  // Lines that are not zero.
};
Result<TrialBalance> ReadTrialBalance(const boost::json::value& report);

/// A node's /v1/reports/balances, by owner's text and account code; the demo has one currency.
struct Sums {
  std::int64_t debits = 0;
  std::int64_t credits = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};
using Balances = std::map<std::pair<std::string, std::uint64_t>, Sums>;
Result<Balances> ReadBalances(const boost::json::value& report);
/// The same of a state in this process.
Result<Balances> BalancesOf(const ledger::Reader& state);

/// What the demo has to tell at its end.
struct DemoResult {
  RowCounts rows;
  std::size_t clients = 0;  // Whose real delays were laid over the purchases; 0: none.
  LoadReport load;
  double seconds = 0;
  std::uint64_t days = 0;
  ledger::Day last_day;
  std::uint64_t index = 0;                     // Leaves, the same on every node.
  std::vector<std::string> state_hashes;       // Of each node, in order.
  std::vector<std::uint64_t> anonymous_bytes;  // Of each node's process.
  TrialBalance trial_balance;
  Balances balances;

  // Of the rehearsal.
  Balances rehearsed;
  Tally tally;
  std::array<OverdueSum, OverdueTable::kBuckets> worst{};
  OverdueNow overdue;
  ClaimSums claims;

  ledger::AuditReport audit;
};

/// True when hashes are equal, balances are those of the rehearsal, the trial balance is zero and
/// the audit is OK.
bool CameOutRight(const DemoResult& result);

/// Text that a banker can read.
std::string SummaryText(const DemoResult& result);
/// The same for programs; money in minor units.
boost::json::value SummaryJson(const DemoResult& result);

}  // namespace aval::cli::demo
