#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "cli/demo/workload.h"
#include "cli/submitter.h"
#include "ledger/audit/audit.h"

namespace aval::cli::demo {

/// What the demo has to tell at its end.
struct DemoResult {
  RowCounts rows;
  LoadReport load;
  double seconds = 0;
  std::uint64_t days = 0;
  std::uint64_t index = 0;                     // Leaves, the same on every node.
  std::vector<std::string> state_hashes;       // Of each node, in order.
  std::vector<std::uint64_t> anonymous_bytes;  // Of each node's process.
  boost::json::value trial_balance;            // /v1/reports/trial-balance
  boost::json::value balances;                 // /v1/reports/balances
  ledger::AuditReport audit;
};

/// True when hashes are equal, the trial balance is zero and the audit is OK.
bool CameOutRight(const DemoResult& result);

/// Text that a banker can read.
std::string SummaryText(const DemoResult& result);

}  // namespace aval::cli::demo
