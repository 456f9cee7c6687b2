#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/state/store.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// Instalments, and what of their principal, fee and interest is unpaid.
struct OverdueSum {
  std::size_t instalments = 0;
  ledger::Amount amount{};
};

/// How late instalments have come to be, by delinquency bucket (domain.md 2.4; DPD). Each counts in
/// the worst bucket in which it has ended a day, with what was unpaid of it when it came there.
class OverdueTable {
 public:
  /// Buckets 1 to 6 (ledger/arithmetic/penalty.h), in days past due.
  static constexpr std::size_t kBuckets = 6;
  static constexpr std::array<std::string_view, kBuckets> kNames{"1-30",   "31-60",   "61-90",
                                                                 "91-120", "121-180", "181+"};

  /// Takes note of a record as a day has left it; of other tables it takes none. kCorruption for an
  /// instalment that is none.
  Result<void> Count(ByteView key, const std::optional<Bytes>& value);

  std::array<OverdueSum, kBuckets> Worst() const;

 private:
  struct Peak {
    std::uint8_t bucket = 0;
    ledger::Amount amount;
  };
  std::map<Bytes, Peak> peaks_;  // By the instalment's key; of those that were ever overdue.
};

/// What is overdue in a state, by the bucket that it is in; and what is written off, which is in
/// none any more.
struct OverdueNow {
  std::array<OverdueSum, OverdueTable::kBuckets> buckets{};
  OverdueSum written_off{};
};
Result<OverdueNow> OverdueOf(const ledger::Reader& state);

/// Of all co-payers' claims on borrowers in a state.
struct ClaimSums {
  ledger::Amount paid{};       // By co-payers' debits, less what was returned.
  ledger::Amount recovered{};  // From borrowers, and out of refunds.
  ledger::Amount forgiven{};
  ledger::Amount barred{};  // By time.
  ledger::Amount open{};    // May still be recovered.
};
Result<ClaimSums> ClaimsOf(const ledger::Reader& state);

}  // namespace aval::cli::demo
