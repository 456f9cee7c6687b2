#include "cli/demo/summary.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/proto/acts.pb.h"

namespace aval::cli::demo {
namespace {

// As a run that came out right leaves it.
DemoResult Right() {
  DemoResult result;
  result.seconds = 1;
  result.last_day = *ledger::Day::FromDate(2019, 5, 1);
  result.state_hashes = {"same", "same", "same"};
  result.anonymous_bytes = {1, 1, 1};
  result.balances[{"memo", 9300}] = {.debits = 500, .credits = 200};
  result.rehearsed = result.balances;
  act::v1::Act refund;
  refund.mutable_refund()->set_amount(12'345);
  result.tally.Count(refund, ledger::Verdict::kAccepted);
  result.worst[2] = {.instalments = 7, .amount = {70'000}};
  result.overdue.buckets[5] = {.instalments = 3, .amount = {123'456}};
  result.overdue.written_off = {.instalments = 2, .amount = {999}};
  result.claims = {
      .paid = {500}, .recovered = {150}, .forgiven = {50}, .barred = {}, .open = {300}};
  result.audit.ok = true;
  return result;
}

TEST(SummaryTest, EveryDifferenceIsAFailure) {
  EXPECT_TRUE(CameOutRight(Right()));
  DemoResult result = Right();
  result.state_hashes[2] = "other";
  EXPECT_FALSE(CameOutRight(result));
  result = Right();
  result.balances[{"memo", 9300}].credits = 201;
  EXPECT_FALSE(CameOutRight(result));
  EXPECT_NE(SummaryText(result).find("NOT as they came out"), std::string::npos);
  result = Right();
  result.trial_balance.unbalanced = 1;
  EXPECT_FALSE(CameOutRight(result));
  result = Right();
  result.audit.ok = false;
  EXPECT_FALSE(CameOutRight(result));
}

TEST(SummaryTest, TextTellsWhatHappenedAndWhatIsOverdue) {
  const std::string text = SummaryText(Right());
  EXPECT_NE(text.find("  refunds                                                    1              "
                      "123.45\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  61-90                   7              700.00            0                "
                      "0.00\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  181+                    0                0.00            3            "
                      "1,234.56\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("paid 5.00\n  recovered from borrowers 1.50, forgiven 0.50, barred by time "
                      "0.00, may recover 3.00\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("disputes"), std::string::npos) << "what has not happened is not told";
}

TEST(SummaryTest, JsonHasTheSameInMinorUnits) {
  const boost::json::value json = SummaryJson(Right());
  EXPECT_EQ(json.at("happened").at("refunds").at("amount").as_int64(), 12'345);
  EXPECT_EQ(json.at("happened").at("disputes").at("times").as_uint64(), 0U);
  const boost::json::value& late = json.at("overdue").at("days_past_due");
  EXPECT_EQ(late.at("61-90").at("worst").at("instalments").as_uint64(), 7U);
  EXPECT_EQ(late.at("181+").at("now").at("amount").as_int64(), 123'456);
  EXPECT_EQ(json.at("overdue").at("written_off").at("amount").as_int64(), 999);
  EXPECT_EQ(json.at("co_payers").at("may_recover").as_int64(), 300);
  EXPECT_TRUE(json.at("came_out_right").as_bool());
}

TEST(SummaryTest, RefusedActsHaveNotHappened) {
  act::v1::Act refund;
  refund.mutable_refund()->set_amount(1);
  Tally tally;
  tally.Count(refund, ledger::Verdict::kClosed);
  EXPECT_EQ(tally.Of(Happening::kRefund).times, 0U);
  EXPECT_EQ(tally.refused().at(ledger::VerdictCode(ledger::Verdict::kClosed)), 1U);
}

}  // namespace
}  // namespace aval::cli::demo
