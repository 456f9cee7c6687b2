#include "cli/demo/help.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "cli/acts/derived.h"
#include "cli/demo/derived.h"
#include "ledger/types.h"

namespace aval::cli::demo {
namespace {

constexpr std::uint32_t kOneIn = 10;
constexpr std::uint32_t kDeclinesOneIn = 5;

// Row numbers in the order in which they are bought.
std::vector<std::size_t> ByPurchase(const std::vector<PurchaseRow>& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&rows](std::size_t row) { return PurchaseDay(rows[row]); });
  return order;
}

}  // namespace

std::vector<std::optional<Help>> PlanHelp(const std::vector<PurchaseRow>& rows) {
  const std::vector<std::size_t> order = ByPurchase(rows);
  std::vector<ledger::PartyId> borrowers;
  borrowers.reserve(rows.size());
  for (const PurchaseRow& row : rows) borrowers.push_back(BorrowerOf(row));

  // The nearest before `position` whose borrower comes before `borrower` and is not `other`.
  const auto friend_before = [&](std::size_t position, const ledger::PartyId& borrower,
                                 const ledger::PartyId& other) -> std::optional<std::size_t> {
    while (position-- > 0) {
      const ledger::PartyId& candidate = borrowers[order[position]];
      if (candidate < borrower && candidate != other) return order[position];
    }
    return std::nullopt;
  };

  std::vector<std::optional<Help>> plan(rows.size());
  std::set<ledger::PartyId> seen;
  for (std::size_t position = 0; position < order.size(); ++position) {
    const PurchaseRow& row = rows[order[position]];
    const ledger::PartyId& borrower = borrowers[order[position]];
    const bool first = seen.insert(borrower).second;
    if (!first || IsCancelled(row) || acts::Draw("co-payer", row.order, kOneIn) != 0) continue;
    const auto asked = friend_before(position, borrower, borrower);
    if (!asked) continue;
    Help help{.co_payer = *asked,
              .instalment = 1 + acts::Draw("co-paid", row.order, row.instalments)};
    if (acts::Draw("declines", row.order, kDeclinesOneIn) == 0) {
      const auto next = friend_before(position, borrower, borrowers[*asked]);
      if (!next) continue;
      help.declines = help.co_payer;
      help.co_payer = *next;
    }
    plan[order[position]] = help;
  }
  return plan;
}

}  // namespace aval::cli::demo
