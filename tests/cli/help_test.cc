#include "cli/demo/help.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "cli/demo/derived.h"
#include "cli/demo/purchases_file.h"
#include "ledger/types.h"

namespace aval::cli::demo {
namespace {

constexpr std::size_t kRows = 2'000;

// One purchase a day, each of another customer but for every seventh, which is the first's again.
std::vector<PurchaseRow> Rows() {
  const ledger::Day first = *ledger::Day::FromDate(2017, 1, 1);
  std::vector<PurchaseRow> rows(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    rows[i].order = "order " + std::to_string(i);
    rows[i].customer = "customer " + std::to_string(i % 7 == 0 ? 0 : i);
    rows[i].purchased = first.Plus(static_cast<std::int64_t>(i));
    rows[i].instalments = 2 + static_cast<std::uint32_t>(i % 5);
    if (i % 11 == 0) rows[i].status = "canceled";
  }
  return rows;
}

TEST(HelpTest, AboutOneFirstPurchaseInTenHasACoPayerAndOneInFiveIsDeclinedFirst) {
  const auto plan = PlanHelp(Rows(), {});
  std::size_t helped = 0;
  std::size_t declined = 0;
  for (const auto& help : plan) {
    helped += help ? 1 : 0;
    declined += help && help->declines ? 1 : 0;
  }
  EXPECT_GT(helped, kRows / 10 * 6 / 7 * 8 / 10);
  EXPECT_LT(helped, kRows / 10);
  EXPECT_GT(declined, helped / 10);
  EXPECT_LT(declined, helped / 3);
}

TEST(HelpTest, CoPayersBoughtBeforeAndComeBeforeTheBorrowerSoThatNoCircleArises) {
  const std::vector<PurchaseRow> rows = Rows();
  const auto plan = PlanHelp(rows, {});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!plan[i]) continue;
    EXPECT_FALSE(IsCancelled(rows[i]));
    EXPECT_TRUE(i % 7 != 0 || i == 0) << "not the borrower's first purchase";
    EXPECT_GE(plan[i]->instalment, 1U);
    EXPECT_LE(plan[i]->instalment, rows[i].instalments);
    EXPECT_LT(plan[i]->co_payer, i);
    EXPECT_LT(BorrowerOf(rows[plan[i]->co_payer]), BorrowerOf(rows[i]));
    if (!plan[i]->declines) continue;
    EXPECT_LT(*plan[i]->declines, i);
    EXPECT_NE(BorrowerOf(rows[*plan[i]->declines]), BorrowerOf(rows[plan[i]->co_payer]));
    EXPECT_LT(BorrowerOf(rows[*plan[i]->declines]), BorrowerOf(rows[i]));
  }
}

TEST(HelpTest, NobodyHelpsTheFirst) {
  const std::vector<PurchaseRow> one(1, Rows().front());
  EXPECT_FALSE(PlanHelp(one, {}).front());
}

}  // namespace
}  // namespace aval::cli::demo
