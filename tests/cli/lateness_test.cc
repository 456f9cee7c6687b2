#include "cli/demo/lateness.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/demo/course.h"
#include "cli/demo/derived.h"
#include "cli/demo/help.h"

namespace aval::cli::demo {
namespace {

ClientMonths Client() {
  ClientMonths client;
  client.months[0] = {.status = -2, .billed = 0, .paid = 0};
  client.months[1] = {.status = 0, .billed = 1000, .paid = 10};
  client.months[2] = {.status = 1, .billed = 3000, .paid = 1000};
  client.months[3] = {.status = 2, .billed = -50, .paid = 20};
  client.months[4] = {.status = 8, .billed = 800, .paid = 200};
  client.months[5] = {.status = 7, .billed = 100, .paid = 5000};
  return client;
}

PurchaseRow Row(std::uint32_t instalments) {
  PurchaseRow row;
  row.order = "an order";
  row.seller = "a seller";
  row.purchased = ledger::Day::FromDate(2018, 1, 1);
  row.approved = row.purchased;
  row.shipping_limit = *row.purchased;
  row.value.minor = 100'000;
  row.instalments = instalments;
  return row;
}

TEST(LatenessTest, InstalmentsTakeTheClientsMonthsFromTheOldestOn) {
  const ClientMonths client = Client();
  EXPECT_EQ(LatenessOf(client, 1), Lateness{});
  EXPECT_EQ(LatenessOf(client, 2), Lateness{});  // Revolving is in time, whatever was paid.
  EXPECT_EQ(LatenessOf(client, 3), (Lateness{.months = 1, .part_ppm = 333'333}));
  EXPECT_EQ(LatenessOf(client, 4), (Lateness{.months = 2}));  // No bill: no part of it.
  EXPECT_EQ(LatenessOf(client, 5), (Lateness{.never = true, .part_ppm = 250'000}));
  EXPECT_EQ(LatenessOf(client, 6), (Lateness{.months = 7, .part_ppm = 999'999}));
}

TEST(LatenessTest, InstalmentsBeyondTheSixthTakeTheLatestMonthUnlessTheClientDefaults) {
  ClientMonths client = Client();
  EXPECT_EQ(LatenessOf(client, 7), LatenessOf(client, 6));
  EXPECT_EQ(LatenessOf(client, 24), LatenessOf(client, 6));
  client.defaults = true;
  EXPECT_FALSE(LatenessOf(client, 6).never);
  EXPECT_EQ(LatenessOf(client, 7), (Lateness{.never = true, .part_ppm = 999'999}));
}

// SHA-256 of "aval-demo/v1\ndelays\n" and 32 zeros begins with b19b5208: 2,979,746,312.
TEST(LatenessTest, TheClientFollowsFromADigestOfThePseudonym) {
  EXPECT_EQ(ClientOf({}, 30'000), 26'312U);
  EXPECT_EQ(ClientOf({}, 1), 0U);
}

TEST(LatenessTest, TheDemosOwnRuleKeepsItsShares) {
  const PayingHabits habits;
  PurchaseRow row = Row(10);
  std::size_t in_time = 0;
  std::size_t stopped = 0;
  constexpr std::size_t kRows = 2'000;
  for (std::size_t i = 0; i < kRows; ++i) {
    row.order = std::to_string(i);
    stopped += habits.Of(row, row.instalments).never ? 1 : 0;
    in_time += habits.Of(row, 1).InTime() ? 1 : 0;
  }
  EXPECT_GT(stopped, kRows * 2 / 100);
  EXPECT_LT(stopped, kRows * 6 / 100);
  EXPECT_GT(in_time, kRows * 82 / 100);
  EXPECT_LT(in_time, kRows * 88 / 100);
}

// Due on 31 January and at the ends of the months after it (A3).
TEST(LatenessTest, AnInstalmentIsNeverPaidBeforeAnOlderOne) {
  ClientMonths client;
  client.months[0].status = 2;
  client.months[3].status = 9;
  PurchaseRow row = Row(5);
  const PurchasePlan plan = PlanOf(row, PayingHabits({client}), std::nullopt);
  ASSERT_EQ(plan.instalments.size(), 5U);
  EXPECT_EQ(plan.instalments[0].due.Text(), "2018-01-31");
  EXPECT_EQ(plan.instalments[0].paid->Text(), "2018-03-31");
  EXPECT_EQ(plan.instalments[1].due.Text(), "2018-02-28");
  EXPECT_EQ(plan.instalments[1].paid->Text(), "2018-03-31");
  EXPECT_EQ(plan.instalments[2].paid->Text(), "2018-03-31");
  EXPECT_FALSE(plan.instalments[3].paid);
  EXPECT_FALSE(plan.instalments[4].paid) << "money for it would go to the fourth";
  EXPECT_EQ(plan.StopsAt(), 4U);
  EXPECT_EQ(plan.course, Course::kUsual);
}

TEST(LatenessTest, HelpComesForTheFirstInstalmentThatRealDelaysMakeLate) {
  ClientMonths client;
  client.months[1].status = 3;
  client.months[2].status = 8;
  const PayingHabits habits({client});
  std::vector<PurchaseRow> rows;
  for (std::size_t i = 0; i < 300; ++i) {
    rows.push_back(Row(i % 2 == 0 ? 4 : 2));
    rows.back().order = std::to_string(i);
  }
  std::size_t helped = 0;
  const auto plan = PlanHelp(rows, habits);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!plan[i]) continue;
    ++helped;
    EXPECT_EQ(plan[i]->instalment, 2U);
    const PurchasePlan course = PlanOf(rows[i], habits, plan[i]);
    EXPECT_EQ(course.help_day, course.instalments[1].due.Plus(kHelpedDaysLate));
    EXPECT_TRUE(course.instalments[1].paid);
  }
  EXPECT_GT(helped, rows.size() / 5);
  EXPECT_LT(helped, rows.size() / 2);
}

TEST(LatenessTest, NobodyHelpsWhereAllIsPaidInTime) {
  std::vector<PurchaseRow> rows(50, Row(4));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].order = std::to_string(i);
  for (const auto& help : PlanHelp(rows, PayingHabits({ClientMonths{}}))) EXPECT_FALSE(help);
}

}  // namespace
}  // namespace aval::cli::demo
