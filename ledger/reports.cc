#include "ledger/reports.h"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "ledger/record/codec.h"
#include "ledger/record/loans.h"
#include "ledger/state/overlay.h"

namespace aval::ledger {
namespace {

struct Sum {
  Int128 debits = 0;
  Int128 credits = 0;
};

Result<Amount> Fit(Int128 sum, const PartyId& owner) {
  if (const auto minor = Narrow(sum)) return Amount{*minor};
  return Error{.code = Code::kCorruption,
               .message = "the balance of " + owner.Hex() + " is beyond 64 bits"};
}

}  // namespace

Result<crypto::Digest> StateHash(const Reader& state) {
  const Bytes first{static_cast<std::uint8_t>(Table::kBook)};  // What lies below is the node's own.
  crypto::Sha256Hasher hasher;
  AVAL_CHECK(state.Scan(first, {}, [&hasher](ByteView key, ByteView value) {
    ByteWriter record;
    record.Sized(key);
    record.Sized(value);
    hasher.Update(record.bytes());
    return true;
  }));
  return hasher.Finish();
}

Result<std::vector<BalanceLine>> Balances(const Reader& state) {
  const Bytes from{static_cast<std::uint8_t>(Account::kTable)};
  std::map<std::tuple<PartyId, std::uint16_t, Currency>, Sum> sums;
  std::optional<Error> failure;
  AVAL_CHECK(state.Scan(from, PastPrefix(from), [&](ByteView key_bytes, ByteView value) {
    const Result<Account::Key> key = DecodeKey<Account>(key_bytes);
    const Result<Account> account = DecodeValue<Account>(value);
    if (!key || !account) {
      failure = key ? account.error() : key.error();
      return false;
    }
    Sum& sum = sums[{key->owner, key->code, key->currency}];
    sum.debits += account->debits.minor;
    sum.credits += account->credits.minor;
    return true;
  }));
  if (failure) return *failure;
  std::vector<BalanceLine> lines;
  for (const auto& [key, sum] : sums) {
    const auto& [owner, code, currency] = key;
    BalanceLine line{
        .owner = owner, .code = code, .currency = currency, .debits = {}, .credits = {}};
    AVAL_TRY(line.debits, Fit(sum.debits, owner));
    AVAL_TRY(line.credits, Fit(sum.credits, owner));
    lines.push_back(line);
  }
  return lines;
}

Result<std::vector<TrialBalanceLine>> TrialBalance(const Reader& state) {
  AVAL_TRY(const std::vector<BalanceLine> balances, Balances(state));
  std::map<std::pair<PartyId, Currency>, Sum> sums;
  for (const BalanceLine& line : balances) {
    Sum& sum = sums[{line.owner, line.currency}];
    sum.debits += line.debits.minor;
    sum.credits += line.credits.minor;
  }
  std::vector<TrialBalanceLine> lines;
  for (const auto& [key, sum] : sums) {
    TrialBalanceLine line{.owner = key.first, .currency = key.second, .debits = {}, .credits = {}};
    AVAL_TRY(line.debits, Fit(sum.debits, key.first));
    AVAL_TRY(line.credits, Fit(sum.credits, key.first));
    lines.push_back(line);
  }
  return lines;
}

}  // namespace aval::ledger
