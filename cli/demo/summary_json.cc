#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "cli/demo/summary.h"

namespace aval::cli::demo {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

object Rows(const DemoResult& result) {
  const RowCounts& rows = result.rows;
  return {{"purchases", rows.rows},          {"instalments", rows.instalments},
          {"amount", rows.value.minor},      {"with_customer", rows.with_customer},
          {"with_status", rows.with_status}, {"with_purchase_time", rows.with_purchase_time},
          {"cancelled", rows.cancelled},     {"clients_of_delays", result.clients}};
}

object Acts(const DemoResult& result) {
  object refused;
  for (const auto& [code, count] : result.load.refused) refused[code] = count;
  return {{"accepted", result.load.accepted},
          {"refused", std::move(refused)},
          {"seconds", result.seconds},
          {"days", result.days},
          {"last_day", result.last_day.Text()},
          {"p50_us", result.load.Percentile(0.50)},
          {"p99_us", result.load.Percentile(0.99)}};
}

object Happenings(const Tally& tally) {
  object happenings;
  for (std::size_t i = 0; i < kHappenings; ++i) {
    const auto happening = static_cast<Happening>(i);
    const Tally::Line& line = tally.Of(happening);
    object entry{{"times", line.times}};
    if (HasAmount(happening)) entry["amount"] = line.amount.minor;
    happenings[NameOf(happening)] = std::move(entry);
  }
  return happenings;
}

object SumOf(const OverdueSum& sum) {
  return {{"instalments", sum.instalments}, {"amount", sum.amount.minor}};
}

object Overdue(const DemoResult& result) {
  object buckets;
  for (std::size_t i = 0; i < OverdueTable::kBuckets; ++i) {
    buckets[OverdueTable::kNames.at(i)] = {{"worst", SumOf(result.worst.at(i))},
                                           {"now", SumOf(result.overdue.buckets.at(i))}};
  }
  return {{"days_past_due", std::move(buckets)},
          {"written_off", SumOf(result.overdue.written_off)}};
}

object Copayers(const ClaimSums& claims) {
  return {{"paid", claims.paid.minor},
          {"recovered", claims.recovered.minor},
          {"forgiven", claims.forgiven.minor},
          {"barred", claims.barred.minor},
          {"may_recover", claims.open.minor}};
}

object Nodes(const DemoResult& result) {
  array hashes;
  for (const std::string& hash : result.state_hashes) hashes.emplace_back(hash);
  array bytes;
  for (const std::uint64_t anonymous : result.anonymous_bytes) bytes.emplace_back(anonymous);
  return {{"index", result.index},
          {"state_hashes", std::move(hashes)},
          {"anonymous_bytes", std::move(bytes)},
          {"trial_balance_lines", result.trial_balance.lines},
          {"unbalanced_lines", result.trial_balance.unbalanced},
          {"balances_as_rehearsed", result.balances == result.rehearsed}};
}

object Audit(const ledger::AuditReport& audit) {
  return {{"ok", audit.ok},
          {"failure", audit.failure},
          {"entries", audit.entries},
          {"acts", audit.acts},
          {"signatures", audit.signatures},
          {"quorum_reached", audit.quorum_reached},
          {"quorum_members", audit.quorum_members}};
}

}  // namespace

value SummaryJson(const DemoResult& result) {
  return object{{"currency", "BRL"},
                {"rows", Rows(result)},
                {"acts", Acts(result)},
                {"happened", Happenings(result.tally)},
                {"overdue", Overdue(result)},
                {"co_payers", Copayers(result.claims)},
                {"nodes", Nodes(result)},
                {"audit", Audit(result.audit)},
                {"came_out_right", CameOutRight(result)}};
}

}  // namespace aval::cli::demo
