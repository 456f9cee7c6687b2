#include "cli/demo/delays_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace aval::cli::demo {
namespace {

constexpr std::string_view kHeader =
    "ID,LIMIT_BAL,SEX,EDUCATION,MARRIAGE,AGE,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,"
    "BILL_AMT1,BILL_AMT2,BILL_AMT3,BILL_AMT4,BILL_AMT5,BILL_AMT6,"
    "PAY_AMT1,PAY_AMT2,PAY_AMT3,PAY_AMT4,PAY_AMT5,PAY_AMT6,Default\n";
// The latest month first, as the file has it.
constexpr std::string_view kRow =
    "1,20000,2,2,1,24,2,3,-1,0,-2,8,3913,3102,-689,40,50,60,0,689,1,2,3,4,1\n";

std::string File(std::string_view row) { return std::string(kHeader) + std::string(row); }

std::string ErrorOf(const std::string& text) {
  const auto clients = ParseDelays(text, "d.csv");
  EXPECT_FALSE(clients);
  return clients ? "" : clients.error().message;
}

std::string With(std::string_view from, std::string_view to) {
  std::string row(kRow);
  return File(row.replace(row.find(from), from.size(), to));
}

TEST(DelaysFileTest, MonthsStandInTheOrderInWhichTheyCame) {
  const auto clients = ParseDelays(File(kRow), "d.csv");
  ASSERT_TRUE(clients) << clients.error().message;
  ASSERT_EQ(clients->size(), 1U);
  const ClientMonths& client = clients->front();
  EXPECT_TRUE(client.defaults);
  EXPECT_EQ(client.months.front().status, 8);  // PAY_6.
  EXPECT_EQ(client.months.front().billed, 60);
  EXPECT_EQ(client.months.front().paid, 4);
  EXPECT_EQ(client.months[4].status, 3);  // PAY_2.
  EXPECT_EQ(client.months[4].billed, 3102);
  EXPECT_EQ(client.months[4].paid, 689);
  EXPECT_EQ(client.months.back().status, 2);  // PAY_0.
  EXPECT_EQ(client.months[3].billed, -689);
}

TEST(DelaysFileTest, ErrorsNameFileLineAndColumn) {
  EXPECT_EQ(ErrorOf(With(",2,3,-1", ",10,3,-1")).find("d.csv:2: PAY_0: "), 0U);
  EXPECT_EQ(ErrorOf(With(",8,3913", ",-3,3913")).find("d.csv:2: PAY_6: "), 0U);
  EXPECT_EQ(ErrorOf(With("3102", "3102.5")).find("d.csv:2: BILL_AMT2: "), 0U);
  EXPECT_EQ(ErrorOf(With(",4,1\n", ",-4,1\n")).find("d.csv:2: PAY_AMT6: "), 0U);
  EXPECT_EQ(ErrorOf(With(",4,1\n", ",4,2\n")).find("d.csv:2: Default: "), 0U);
  EXPECT_EQ(ErrorOf(File(kRow) + "1,2,3\n").find("d.csv:3: must have 25 columns"), 0U);
}

TEST(DelaysFileTest, AnotherHeaderIsAnotherFile) {
  std::string text = File(kRow);
  text.replace(text.find("PAY_0"), 5, "PAY_1");
  EXPECT_EQ(ErrorOf(text), "d.csv:1: unknown header");
}

TEST(DelaysFileTest, AFileWithoutClientsIsRefused) {
  EXPECT_NE(ErrorOf(std::string(kHeader)).find("1 to 1000000 clients"), std::string::npos);
  EXPECT_NE(ErrorOf("").find("1 to 1000000 clients"), std::string::npos);
}

TEST(DelaysFileTest, AmountsThatNoShareCouldBeReckonedOfAreRefused) {
  EXPECT_EQ(ErrorOf(With("3913", "1000000000001")).find("d.csv:2: BILL_AMT1: "), 0U);
  EXPECT_EQ(ErrorOf(With(",4,1\n", ",1000000000001,1\n")).find("d.csv:2: PAY_AMT6: "), 0U);
}

TEST(DelaysFileTest, ReadsAFileAndNamesTheOneThatIsMissing) {
  const auto path = std::filesystem::temp_directory_path() / "aval-delays-file-test.csv";
  std::ofstream(path) << File(kRow) << kRow;
  const auto clients = ReadDelays(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(clients) << clients.error().message;
  EXPECT_EQ(clients->size(), 2U);
  const auto missing = ReadDelays(path);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("aval-delays-file-test.csv"), std::string::npos);
}

}  // namespace
}  // namespace aval::cli::demo
