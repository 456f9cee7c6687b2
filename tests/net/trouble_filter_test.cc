#include "net/trouble_filter.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace aval::net {
namespace {

using Words = std::optional<std::string>;

constexpr TroubleFilter::Time kStart{};

TEST(TroubleFilterTest, TheSameWordsInARowAreReportedOnce) {
  TroubleFilter filter;
  EXPECT_EQ(filter.Report("refused", kStart), Words("refused"));
  EXPECT_EQ(filter.Report("refused", kStart), std::nullopt);
  EXPECT_EQ(filter.Report("refused", kStart + TroubleFilter::kPeriod), std::nullopt);
}

TEST(TroubleFilterTest, ForgottenWordsAreNewsAgain) {
  TroubleFilter filter;
  EXPECT_EQ(filter.Report("refused", kStart), Words("refused"));
  filter.ForgetLast();
  EXPECT_EQ(filter.Report("refused", kStart), Words("refused"));
}

TEST(TroubleFilterTest, AlternatingWordsAreReportedAFewTimesAPeriodAndThenCounted) {
  TroubleFilter filter;
  unsigned reports = 0;
  for (int i = 0; i < 1'000; ++i) {
    if (filter.Report(i % 2 == 0 ? "one" : "other", kStart)) ++reports;
  }
  EXPECT_EQ(reports, TroubleFilter::kReports);
  // Half of the rest said again what was said last.
  EXPECT_EQ(filter.Report("one", kStart + TroubleFilter::kPeriod),
            Words("one (after 496 reports left out)"));
  EXPECT_EQ(filter.Report("other", kStart + TroubleFilter::kPeriod), Words("other"));
}

TEST(TroubleFilterTest, ForgettingDoesNotGiveMoreReports) {
  TroubleFilter filter;
  unsigned reports = 0;
  for (int i = 0; i < 1'000; ++i) {
    filter.ForgetLast();
    if (filter.Report("closed", kStart)) ++reports;
  }
  EXPECT_EQ(reports, TroubleFilter::kReports);
}

TEST(PeerTroublesTest, WhoProvokesReportsWithoutEndLeavesTheOthersTheirs) {
  PeerTroubles troubles;
  const consensus::NodeId loud{2};
  for (int i = 0; i < 1'000; ++i) troubles.Report(loud, std::to_string(i), kStart);
  EXPECT_EQ(troubles.Report(loud, "more", kStart), std::nullopt);
  EXPECT_EQ(troubles.Report(consensus::NodeId{3}, "alarm", kStart), Words("alarm"));
  EXPECT_EQ(troubles.Report(std::nullopt, "a stranger", kStart), Words("a stranger"));
}

}  // namespace
}  // namespace aval::net
