#include "cli/demo/summary.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <functional>

#include "cli/json.h"
#include "ledger/rules/context.h"

namespace aval::cli::demo {
namespace {

namespace account = ledger::rules::account;

constexpr std::array<const char*, 1 + kBanks> kNames{"platform", "bank A", "bank B"};

std::string Money(std::int64_t minor) {
  const bool negative = minor < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
  std::string whole = std::to_string(magnitude / 100);
  for (std::size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, ",");
  const std::string cents = std::to_string(magnitude % 100);
  return (negative ? "-" : "") + whole + "." + (cents.size() < 2 ? "0" : "") + cents;
}

[[gnu::format(printf, 1, 2)]] std::string Line(const char* format, ...) {
  char buffer[256];
  std::va_list values;
  va_start(values, format);
  std::vsnprintf(buffer, sizeof(buffer), format, values);
  va_end(values);
  return std::string(buffer) + "\n";
}

std::string InstitutionLines(const Balances& balances) {
  std::string text = Line("  %-10s %18s %18s %16s %16s %16s", "", "lent", "repaid", "fees+interest",
                          "penalties", "subsidies");
  for (std::uint32_t i = 0; i < kNames.size(); ++i) {
    const auto sums = [&](std::uint16_t code) {
      const auto at = balances.find({"institution:" + std::to_string(i + 1), code});
      return at == balances.end() ? Sums{} : at->second;
    };
    const Sums principal = sums(account::kLoanPrincipal);
    text += Line(
        "  %-10s %18s %18s %16s %16s %16s", kNames[i], Money(principal.debits).c_str(),
        Money(principal.credits).c_str(),
        Money(sums(account::kFeeIncome).credits + sums(account::kInterestIncome).credits).c_str(),
        Money(sums(account::kPenaltyIncome).credits).c_str(),
        Money(sums(account::kSubsidyExpense).debits).c_str());
  }
  Sums sold;
  Sums sponsored;
  for (const auto& [key, sums] : balances) {
    if (key.first.starts_with("institution:") || key.first == "memo") continue;
    if (key.second == account::kPlatformReceivable) {
      sold.debits += sums.debits;
      sold.credits += sums.credits;
    }
    if (key.second == account::kSubsidyExpense) sponsored.debits += sums.debits;
  }
  return text + Line("  suppliers: sold %s, delivered %s, paid for interest-free instalments %s",
                     Money(sold.debits).c_str(), Money(sold.credits).c_str(),
                     Money(sponsored.debits).c_str());
}

std::string CopayLines(const RowCounts& rows, const Balances& balances) {
  const auto at = balances.find({"memo", account::kRecourseClaim});
  const Sums claims = at == balances.end() ? Sums{} : at->second;
  return Line("Co-payers   %llu invited, %llu accepted; debited %s, recoverable %s",
              static_cast<unsigned long long>(rows.co_payers + rows.declined),
              static_cast<unsigned long long>(rows.co_payers), Money(claims.debits).c_str(),
              Money(claims.debits - claims.credits).c_str());
}

std::string RowLines(const RowCounts& rows) {
  std::string text =
      Line("Purchases   %llu rows of the marketplace, %llu instalments, BRL %s",
           static_cast<unsigned long long>(rows.rows),
           static_cast<unsigned long long>(rows.instalments), Money(rows.value.minor).c_str());
  text += Line("  real in every row: seller, amount, instalments, shipping limit date");
  text +=
      Line("  real customer in %llu, status in %llu, purchase time in %llu; elsewhere the order",
           static_cast<unsigned long long>(rows.with_customer),
           static_cast<unsigned long long>(rows.with_status),
           static_cast<unsigned long long>(rows.with_purchase_time));
  text += Line("  stands for a borrower and the day is the shipping limit date less six days");
  text += Line("  cancelled and voided: %llu", static_cast<unsigned long long>(rows.cancelled));
  text +=
      Line("  added by rule: keys, lenders (platform 30 %%, one of two banks 70 %%), due dates,");
  text += Line("  products, who repays when (85 of 100 in time, 10 five and 5 forty days late),");
  text +=
      Line("  and for one purchase in ten a co-payer, who pays 80 %% of one overdue instalment");
  return text;
}

std::string LoadLines(const DemoResult& result) {
  std::string text =
      Line("Acts        %llu accepted, %llu refused, in %.1f s (%.0f acts/s), %llu days",
           static_cast<unsigned long long>(result.load.accepted),
           static_cast<unsigned long long>(result.load.decided() - result.load.accepted),
           result.seconds, static_cast<double>(result.load.decided()) / result.seconds,
           static_cast<unsigned long long>(result.days));
  for (const auto& [code, count] : result.load.refused) {
    text += Line("  refused %-20s %llu", code.c_str(), static_cast<unsigned long long>(count));
  }
  return text + Line("  submit to durable commit: p50 %.1f ms, p99 %.1f ms",
                     result.load.Percentile(0.50) / 1000.0, result.load.Percentile(0.99) / 1000.0);
}

}  // namespace

Result<TrialBalance> ReadTrialBalance(const boost::json::value& report) {
  TrialBalance balance;
  AVAL_TRY(const boost::json::array* lines, JsonList(report, "lines"));
  for (const boost::json::value& line : *lines) {
    AVAL_TRY(const std::int64_t minor, JsonInteger(line, "balance"));
    ++balance.lines;
    if (minor != 0) ++balance.unbalanced;
  }
  return balance;
}

Result<Balances> ReadBalances(const boost::json::value& report) {
  Balances balances;
  AVAL_TRY(const boost::json::array* lines, JsonList(report, "lines"));
  for (const boost::json::value& line : *lines) {
    AVAL_TRY(const std::string owner, JsonText(line, "owner"));
    AVAL_TRY(const std::uint64_t code, JsonCount(line, "code"));
    Sums sums;
    AVAL_TRY(sums.debits, JsonInteger(line, "debits"));
    AVAL_TRY(sums.credits, JsonInteger(line, "credits"));
    balances[{owner, code}] = sums;
  }
  return balances;
}

bool CameOutRight(const DemoResult& result) {
  const bool equal = std::ranges::adjacent_find(result.state_hashes, std::not_equal_to<>{}) ==
                     result.state_hashes.end();
  return equal && !result.state_hashes.empty() && result.trial_balance.unbalanced == 0 &&
         result.audit.ok;
}

std::string SummaryText(const DemoResult& result) {
  std::string text = "\n" + RowLines(result.rows) + LoadLines(result);
  text += "Amounts     BRL, by institution\n" + InstitutionLines(result.balances);
  text += CopayLines(result.rows, result.balances);
  const auto [lines, unbalanced] = result.trial_balance;
  text += unbalanced == 0 ? Line("Trial balance  zero for each of %llu owners and currencies",
                                 static_cast<unsigned long long>(lines))
                          : Line("Trial balance  NOT ZERO for %llu of %llu owners and currencies",
                                 static_cast<unsigned long long>(unbalanced),
                                 static_cast<unsigned long long>(lines));
  text += Line("State hashes   at index %llu, over all records in key order",
               static_cast<unsigned long long>(result.index));
  for (std::size_t i = 0; i < result.state_hashes.size(); ++i) {
    text += Line("  %-10s %s  (RssAnon %.0f MB)", kNames[i], result.state_hashes[i].c_str(),
                 static_cast<double>(result.anonymous_bytes[i]) / 1e6);
  }
  const ledger::AuditReport& audit = result.audit;
  text += Line(
      "Audit       %llu entries, %llu acts, %llu signatures, re-executed; quorum %llu of %llu",
      static_cast<unsigned long long>(audit.entries), static_cast<unsigned long long>(audit.acts),
      static_cast<unsigned long long>(audit.signatures),
      static_cast<unsigned long long>(audit.quorum_reached),
      static_cast<unsigned long long>(audit.quorum_members));
  text += audit.ok ? "audit: OK\n" : "audit: FAILED: " + audit.failure + "\n";
  return text;
}

}  // namespace aval::cli::demo
