#include "ledger/postings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
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

Result<std::vector<TrialBalanceLine>> TrialBalance(const Reader& state) {
  const Bytes from{static_cast<std::uint8_t>(Account::kTable)};
  std::map<std::pair<PartyId, Currency>, std::pair<Int128, Int128>> sums;
  std::optional<Error> failure;
  AVAL_CHECK(state.Scan(from, PastPrefix(from), [&](ByteView key_bytes, ByteView value) {
    const Result<Account::Key> key = DecodeKey<Account>(key_bytes);
    const Result<Account> account = DecodeValue<Account>(value);
    if (!key || !account) {
      failure = key ? account.error() : key.error();
      return false;
    }
    auto& [debits, credits] = sums[{key->owner, key->currency}];
    debits += account->debits.minor;
    credits += account->credits.minor;
    return true;
  }));
  if (failure) return *failure;
  std::vector<TrialBalanceLine> lines;
  for (const auto& [key, sum] : sums) {
    const auto debits = Narrow(sum.first);
    const auto credits = Narrow(sum.second);
    if (!debits || !credits) {
      return Error{.code = Code::kCorruption,
                   .message = "trial balance of " + key.first.Hex() + " is beyond 64 bits"};
    }
    lines.push_back(
        {.owner = key.first, .currency = key.second, .debits = {*debits}, .credits = {*credits}});
  }
  return lines;
}

}  // namespace aval::ledger
