#include "cli/demo/overdue.h"

#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/rules/debt.h"
#include "ledger/state/overlay.h"

namespace aval::cli::demo {
namespace {

using ledger::Instalment;

bool IsOf(ledger::Table table, ByteView key) {
  return !key.empty() && key[0] == static_cast<std::uint8_t>(table);
}

void Add(OverdueSum& sum, ledger::Amount amount) {
  ++sum.instalments;
  sum.amount.minor += amount.minor;
}

// Calls `read` with each record of the table.
template <ledger::Record R, class Read>
Result<void> ForEach(const ledger::Reader& state, const Read& read) {
  const Bytes from{static_cast<std::uint8_t>(R::kTable)};
  std::optional<Error> failure;
  AVAL_CHECK(state.Scan(from, ledger::PastPrefix(from), [&](ByteView, ByteView value) {
    const Result<R> record = ledger::DecodeValue<R>(value);
    if (!record) {
      failure = record.error();
      return false;
    }
    read(*record);
    return true;
  }));
  if (failure) return *failure;
  return {};
}

}  // namespace

Result<void> OverdueTable::Count(ByteView key, const std::optional<Bytes>& value) {
  if (!value || !IsOf(Instalment::kTable, key)) return {};
  AVAL_TRY(const Instalment instalment, ledger::DecodeValue<Instalment>(*value));
  if (instalment.bucket == 0) return {};
  Peak& peak = peaks_[CopyBytes(key)];
  if (instalment.bucket <= peak.bucket) return {};
  peak = {.bucket = instalment.bucket, .amount = ledger::rules::UnpaidCredit(instalment)};
  return {};
}

std::array<OverdueSum, OverdueTable::kBuckets> OverdueTable::Worst() const {
  std::array<OverdueSum, kBuckets> worst{};
  for (const auto& [key, peak] : peaks_) Add(worst.at(peak.bucket - 1U), peak.amount);
  return worst;
}

Result<OverdueNow> OverdueOf(const ledger::Reader& state) {
  OverdueNow now;
  AVAL_CHECK(ForEach<Instalment>(state, [&now](const Instalment& instalment) {
    const ledger::Amount unpaid = ledger::rules::UnpaidCredit(instalment);
    if (instalment.state == ledger::InstalmentState::kOverdue && instalment.bucket > 0) {
      Add(now.buckets.at(instalment.bucket - 1U), unpaid);
    }
    if (instalment.state == ledger::InstalmentState::kWrittenOff && unpaid.minor > 0) {
      Add(now.written_off, unpaid);
    }
  }));
  return now;
}

Result<ClaimSums> ClaimsOf(const ledger::Reader& state) {
  ClaimSums sums;
  AVAL_CHECK(ForEach<ledger::RecourseClaim>(state, [&sums](const ledger::RecourseClaim& claim) {
    sums.paid.minor += claim.amount.minor;
    sums.recovered.minor += claim.recovered.minor;
    sums.forgiven.minor += claim.forgiven.minor;
    sums.barred.minor += claim.barred.minor;
    sums.open.minor += claim.Open().minor;
  }));
  return sums;
}

}  // namespace aval::cli::demo
