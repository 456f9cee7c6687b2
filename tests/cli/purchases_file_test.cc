#include "cli/demo/purchases_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace aval::cli::demo {
namespace {

constexpr std::string_view kHeader =
    "order_id,seller_id,customer_unique_id,order_status,purchase_timestamp,approved_at,"
    "shipping_limit_date,value_cents,installments\n";
constexpr std::string_view kRow =
    "e5fa5a7210941f7d56d0208e4e071d35,a425f92c199eb576938df686728acd20,,,,,"
    "2016-09-19 00:15:34,7506,3\n";

// The error that a file with this row gets.
std::string ErrorOf(std::string row) {
  const auto rows = ParsePurchases(std::string(kHeader) + std::move(row), "p.csv", 10);
  EXPECT_FALSE(rows);
  return rows ? "" : rows.error().message;
}

std::string With(const std::string& from, const std::string& to) {
  std::string row(kRow);
  const std::size_t at = row.find(from);
  return row.replace(at, from.size(), to);
}

TEST(PurchasesFileTest, ReadsEveryPurchaseThatIsShipped) {
  const auto rows = ReadPurchases(AVAL_SOURCE "/data/instalment_purchases.csv.zst", SIZE_MAX);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->size(), 49'044U);
  EXPECT_EQ(rows->front().value.minor, 7506);
  EXPECT_EQ(rows->front().purchased->Text(), "2016-09-05");
}

TEST(PurchasesFileTest, TakesNoMoreRowsThanAsked) {
  const auto rows = ReadPurchases(AVAL_SOURCE "/data/sample_1000.csv.zst", 7);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->size(), 7U);
}

TEST(PurchasesFileTest, UnknownTimesAndCustomersStayUnknown) {
  const auto rows = ParsePurchases(std::string(kHeader) + std::string(kRow), "p.csv", 10);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_TRUE(rows->front().customer.empty());
  EXPECT_FALSE(rows->front().purchased);
}

TEST(PurchasesFileTest, ErrorsNameFileLineAndColumn) {
  EXPECT_EQ(ErrorOf(With("7506", "0")).find("p.csv:2: value_cents: "), 0U);
  EXPECT_EQ(ErrorOf(With(",3\n", ",25\n")).find("p.csv:2: installments: "), 0U);
  EXPECT_EQ(ErrorOf(With("e5fa", "E5FA")).find("p.csv:2: order_id: "), 0U);
  EXPECT_EQ(ErrorOf(With("2016-09-19", "2016-13-19")).find("p.csv:2: shipping_limit_date: "), 0U);
}

// Beyond these the schedule of a row, or one of its due days, could not be reckoned.
TEST(PurchasesFileTest, AmountsAndDatesThatNoScheduleTakesAreRefused) {
  EXPECT_EQ(ErrorOf(With("7506", "99")).find("p.csv:2: value_cents: "), 0U);
  EXPECT_EQ(ErrorOf(With("7506", "10000000000001")).find("p.csv:2: value_cents: "), 0U);
  EXPECT_EQ(ErrorOf(With("2016-09-19", "9999-01-01")).find("p.csv:2: shipping_limit_date: "), 0U);
  EXPECT_EQ(ErrorOf(With("2016-09-19", "1970-01-02")).find("p.csv:2: shipping_limit_date: "), 0U);
  EXPECT_EQ(
      ErrorOf(With(",,,,,", ",,,9998-12-31 00:00:00,,")).find("p.csv:2: purchase_timestamp: "), 0U);
}

TEST(PurchasesFileTest, RowsOfAnotherShapeAreRefused) {
  EXPECT_NE(ErrorOf("a,b,c\n").find("9 columns"), std::string::npos);
  EXPECT_NE(ErrorOf(std::string(kRow.substr(0, kRow.size() - 1))).find("no end"),
            std::string::npos);
  EXPECT_FALSE(ParsePurchases("other,header\n", "p.csv", 10));
}

TEST(PurchasesFileTest, TornPackedFileIsRefused) {
  const auto torn = std::filesystem::temp_directory_path() / "aval-torn-purchases.csv.zst";
  std::filesystem::copy_file(AVAL_SOURCE "/data/sample_1000.csv.zst", torn,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::resize_file(torn, 20'000);
  const auto rows = ReadPurchases(torn, 10'000);
  std::filesystem::remove(torn);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kCorruption);
}

}  // namespace
}  // namespace aval::cli::demo
