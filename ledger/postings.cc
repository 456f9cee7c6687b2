#include "ledger/postings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "ledger/machine.h"
#include "ledger/record/loans.h"

namespace aval::ledger {
namespace {

namespace account = rules::account;

// 1300 and 2200 are no part of I5: a returned debit mirrors what may have been settled meanwhile.
constexpr std::array kNeverInCredit{account::kLoanPrincipal,      account::kFeeReceivable,
                                    account::kInterestReceivable, account::kPenaltyReceivable,
                                    account::kCostReceivable,     account::kPlatformReceivable};
constexpr std::uint16_t kUnallocatedCollection = 2400;
constexpr std::array kNeverInDebit{account::kMerchantPayable, account::kBorrowerOverpayment,
                                   kUnallocatedCollection};

template <std::size_t N>
bool Contains(const std::array<std::uint16_t, N>& codes, std::uint16_t code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string NameOf(const rules::JournalLine& line) {
  return line.owner.Hex() + "/" + std::to_string(line.code) + "/" + line.subject.Hex() + "/" +
         std::string(line.currency.Text());
}

}  // namespace

std::optional<std::string> PostingFault(const Overlay& state,
                                        std::span<const rules::JournalLine> journal) {
  std::map<std::pair<PartyId, Currency>, Int128> sums;
  for (const rules::JournalLine& line : journal) {
    sums[{line.owner, line.currency}] += Int128{line.debit.minor} - line.credit.minor;
  }
  for (const auto& [key, sum] : sums) {
    if (sum != 0) {
      return "owner " + key.first.Hex() + " does not balance in " + std::string(key.second.Text());
    }
  }
  for (const rules::JournalLine& line : journal) {
    const bool debit_side = Contains(kNeverInCredit, line.code);
    if (!debit_side && !Contains(kNeverInDebit, line.code)) continue;
    const Account account = state
                                .Get<Account>({.owner = line.owner,
                                               .code = line.code,
                                               .subject = line.subject,
                                               .currency = line.currency})
                                .value_or(Account{});
    const bool holds =
        debit_side ? account.debits >= account.credits : account.credits >= account.debits;
    if (!holds) return "account " + NameOf(line) + " changed its sign";
  }
  return std::nullopt;
}

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
