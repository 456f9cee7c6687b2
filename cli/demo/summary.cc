#include "cli/demo/summary.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <functional>

#include "cli/demo/genesis.h"
#include "cli/json.h"
#include "ledger/reports.h"
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

void AddTo(Sums& sum, const Sums& more) {
  sum.debits += more.debits;
  sum.credits += more.credits;
}

std::string InstitutionLines(const Balances& balances) {
  std::string text = Line("  %-10s %18s %18s %16s %16s %16s", "", "principal Dr", "principal Cr",
                          "fees+interest", "penalties", "subsidies");
  Sums lost;
  Sums recovered;
  for (std::uint32_t i = 0; i < kNames.size(); ++i) {
    const auto sums = [&](std::uint16_t code) {
      const auto at = balances.find({"institution:" + std::to_string(i + 1), code});
      return at == balances.end() ? Sums{} : at->second;
    };
    const auto income = [&](std::uint16_t code) { return sums(code).credits - sums(code).debits; };
    const Sums principal = sums(account::kLoanPrincipal);
    text += Line("  %-10s %18s %18s %16s %16s %16s", kNames[i], Money(principal.debits).c_str(),
                 Money(principal.credits).c_str(),
                 Money(income(account::kFeeIncome) + income(account::kInterestIncome)).c_str(),
                 Money(income(account::kPenaltyIncome)).c_str(),
                 Money(sums(account::kSubsidyExpense).debits).c_str());
    AddTo(lost, sums(account::kCreditLoss));
    AddTo(recovered, sums(account::kRecoveryIncome));
  }
  text += Line("  lenders: lost by write-offs %s, recovered of it %s",
               Money(lost.debits - lost.credits).c_str(),
               Money(recovered.credits - recovered.debits).c_str());
  Sums sold;
  Sums sponsored;
  for (const auto& [key, sums] : balances) {
    if (key.first.starts_with("institution:") || key.first == "memo") continue;
    if (key.second == account::kPlatformReceivable) AddTo(sold, sums);
    if (key.second == account::kSubsidyExpense) AddTo(sponsored, sums);
  }
  return text + Line(
                    "  suppliers: sold %s, of it delivered, sold on or taken back %s; paid for "
                    "interest-free instalments %s",
                    Money(sold.debits).c_str(), Money(sold.credits).c_str(),
                    Money(sponsored.debits).c_str());
}

std::string HappeningLines(const Tally& tally) {
  std::string text = Line("What happened %48s %19s", "times", "BRL");
  for (std::size_t i = 0; i < kHappenings; ++i) {
    const auto happening = static_cast<Happening>(i);
    const Tally::Line& line = tally.Of(happening);
    if (line.times == 0) continue;
    text += Line("  %-48s %11llu %19s", std::string(WordsOf(happening)).c_str(),
                 static_cast<unsigned long long>(line.times),
                 HasAmount(happening) ? Money(line.amount.minor).c_str() : "");
  }
  return text;
}

std::string OverdueLine(const std::string& name, const OverdueSum& worst, const OverdueSum& now) {
  return Line("  %-12s %12zu %19s %12zu %19s", name.c_str(), worst.instalments,
              Money(worst.amount.minor).c_str(), now.instalments, Money(now.amount.minor).c_str());
}

// An instalment is in one row of the left half, by the worst that it came to, and in one of the
// right half while it is so still.
std::string OverdueLines(const DemoResult& result) {
  std::string text = Line(
      "Overdue     by days past due; unpaid principal, fee and interest, when "
      "it came so far and on %s",
      result.last_day.Text().c_str());
  text += Line("  %-12s %12s %19s %12s %19s", "days", "came to it", "BRL", "are in it", "BRL");
  OverdueSum came;
  OverdueSum are;
  for (std::size_t i = 0; i < OverdueTable::kBuckets; ++i) {
    const OverdueSum& worst = result.worst.at(i);
    const OverdueSum& now = result.overdue.buckets.at(i);
    text += OverdueLine(std::string(OverdueTable::kNames.at(i)), worst, now);
    came.instalments += worst.instalments;
    came.amount.minor += worst.amount.minor;
    are.instalments += now.instalments;
    are.amount.minor += now.amount.minor;
  }
  text += OverdueLine("all", came, are);
  const OverdueSum& lost = result.overdue.written_off;
  return text + Line("  written off, and not recovered: %zu of the instalments, %s",
                     lost.instalments, Money(lost.amount.minor).c_str());
}

std::string CopayLines(const Tally& tally, const ClaimSums& claims) {
  std::string text = Line("Co-payers   %llu invited, %llu accepted; paid %s",
                          static_cast<unsigned long long>(tally.Of(Happening::kInvitation).times),
                          static_cast<unsigned long long>(tally.Of(Happening::kAgreement).times),
                          Money(claims.paid.minor).c_str());
  return text +
         Line("  recovered from borrowers %s, forgiven %s, barred by time %s, may recover %s",
              Money(claims.recovered.minor).c_str(), Money(claims.forgiven.minor).c_str(),
              Money(claims.barred.minor).c_str(), Money(claims.open.minor).c_str());
}

std::string RowLines(const DemoResult& result) {
  const RowCounts& rows = result.rows;
  std::string text = Line("Purchases   %zu rows of the marketplace, %zu instalments, BRL %s",
                          rows.rows, rows.instalments, Money(rows.value.minor).c_str());
  text += Line("  real in every row: seller, amount, instalments, shipping limit date");
  text += Line("  real customer in %zu, status in %zu, purchase time in %zu; elsewhere the order",
               rows.with_customer, rows.with_status, rows.with_purchase_time);
  text += Line("  stands for a borrower and the day is the shipping limit date less six days");
  text += Line("  cancelled and voided: %zu", rows.cancelled);
  text += Line("  added by rule (data/README.md): keys, lenders, products, due dates, and what");
  text += Line("  becomes of a purchase and its debt");
  if (result.clients > 0) {
    return text + Line(
                      "  real delays of %zu clients of a credit card; each borrower has those of "
                      "one, by rule",
                      result.clients);
  }
  text += Line("  who pays when, too: 85 of 100 instalments in time, 10 five and 5 forty days");
  return text + Line("  late; 4 of 100 purchases are not paid from some instalment on");
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

Result<Balances> BalancesOf(const ledger::Reader& state) {
  AVAL_TRY(const std::vector<ledger::BalanceLine> lines, ledger::Balances(state));
  Balances balances;
  for (const ledger::BalanceLine& line : lines) {
    std::string owner = line.owner.Hex();
    if (line.owner.IsInstitution()) {
      owner = "institution:" + std::to_string(line.owner.InstitutionNumber());
    }
    if (line.owner == ledger::PartyId::Memo()) owner = "memo";
    balances[{owner, line.code}] = {.debits = line.debits.minor, .credits = line.credits.minor};
  }
  return balances;
}

bool CameOutRight(const DemoResult& result) {
  const bool equal = std::ranges::adjacent_find(result.state_hashes, std::not_equal_to<>{}) ==
                     result.state_hashes.end();
  return equal && !result.state_hashes.empty() && result.balances == result.rehearsed &&
         result.trial_balance.unbalanced == 0 && result.audit.ok;
}

std::string SummaryText(const DemoResult& result) {
  std::string text = "\n" + RowLines(result) + LoadLines(result) + HappeningLines(result.tally);
  text += "Amounts     BRL, by institution\n" + InstitutionLines(result.balances);
  text += OverdueLines(result) + CopayLines(result.tally, result.claims);
  text += result.balances == result.rehearsed
              ? "Balances       as they came out when the acts were rehearsed\n"
              : "Balances       NOT as they came out when the acts were rehearsed\n";
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
