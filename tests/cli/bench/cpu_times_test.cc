#include "cli/bench/cpu_times.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace aval::cli::bench {
namespace {

TEST(CpuTimesTest, AThreadsLineGivesItsNameWithoutNumberAndItsTicks) {
  const auto stat = ParseThreadStat(
      "4711 (verify-12) S 1 4711 4711 0 -1 4194368 17 0 0 0 250 31 0 0 20 0 9 0 88 1 2 3");
  ASSERT_TRUE(stat.has_value()) << stat.error().message;
  EXPECT_EQ(stat->name, "verify");
  EXPECT_EQ(stat->ticks, 281U);
}

TEST(CpuTimesTest, ANameEndsAtTheLastBracket) {
  const auto stat = ParseThreadStat("1 (a) b (c) R 1 1 1 0 -1 0 0 0 0 0 7 8 0 0 20 0 1 0 1 1 1 1");
  ASSERT_TRUE(stat.has_value()) << stat.error().message;
  EXPECT_EQ(stat->name, "a) b (c");
  EXPECT_EQ(stat->ticks, 15U);
}

TEST(CpuTimesTest, ANameOfDigitsStays) {
  const auto stat = ParseThreadStat("1 (42) R 1 1 1 0 -1 0 0 0 0 0 7 8 0 0 20 0 1 0 1 1 1 1");
  ASSERT_TRUE(stat.has_value()) << stat.error().message;
  EXPECT_EQ(stat->name, "42");
}

TEST(CpuTimesTest, OtherLinesAreRefused) {
  for (const char* line : {"", "4711 verify S 1", "4711 (verify", "4711 (verify) S 1 2 3",
                           "1 (a) R 1 1 1 0 -1 0 0 0 0 0 x 8 0"}) {
    EXPECT_FALSE(ParseThreadStat(line).has_value()) << line;
  }
}

TEST(CpuTimesTest, TheDifferenceKeepsWhatHasBegunMeanwhile) {
  const CpuTimes before{.seconds = {{"core", 1.5}, {"io", 2.0}}};
  const CpuTimes after{.seconds = {{"core", 2.0}, {"io", 2.0}, {"wal", 0.25}}};
  const CpuTimes since = after.Since(before);
  EXPECT_EQ(since.seconds,
            (std::map<std::string, double>{{"core", 0.5}, {"io", 0}, {"wal", 0.25}}));
  EXPECT_DOUBLE_EQ(since.Total(), 0.75);
}

TEST(CpuTimesTest, ThisProcessCanBeRead) {
  const auto times = ReadCpuTimes(getpid());
  ASSERT_TRUE(times.has_value()) << times.error().message;
  EXPECT_FALSE(times->seconds.empty());
  EXPECT_TRUE(ReadWrittenBytes(getpid()).has_value());
}

TEST(CpuTimesTest, AProcessThatIsNotThereIsAnError) {
  EXPECT_EQ(ReadCpuTimes(-1).error().code, Code::kIo);
  EXPECT_EQ(ReadWrittenBytes(-1).error().code, Code::kIo);
}

}  // namespace
}  // namespace aval::cli::bench
