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
                                    account::kCostReceivable,     account::kPlatformReceivable,
                                    account::kReceivableFinanced};
constexpr std::uint16_t kUnallocatedCollection = 2400;
constexpr std::array kNeverInDebit{account::kMerchantPayable, account::kBorrowerOverpayment,
                                   kUnallocatedCollection};

template <std::size_t N>
bool Contains(const std::array<std::uint16_t, N>& codes, std::uint16_t code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string NameOf(const JournalLine& line) {
  return line.owner.Hex() + "/" + std::to_string(line.code) + "/" + line.subject.Hex() + "/" +
         std::string(line.currency.Text());
}

}  // namespace

std::optional<std::string> PostingFault(const Overlay& state,
                                        std::span<const JournalLine> journal) {
  std::map<std::pair<PartyId, Currency>, Int128> sums;
  for (const JournalLine& line : journal) {
    sums[{line.owner, line.currency}] += Int128{line.debit.minor} - line.credit.minor;
  }
  for (const auto& [key, sum] : sums) {
    if (sum != 0) {
      return "owner " + key.first.Hex() + " does not balance in " + std::string(key.second.Text());
    }
  }
  for (const JournalLine& line : journal) {
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

}  // namespace aval::ledger
