#include "tests/bench/book_ledger.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/bench/apply_rate.h"
#include "tests/bench/book_disk.h"
#include "tests/bench/day_roll.h"
#include "tests/bench/district_plan.h"
#include "tests/bench/prepare_checked.h"
#include "tests/bench/scratch_directory.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

constexpr std::uint32_t kDistricts = 2;

class BookLedgerTest : public testing::Test {
 protected:
  BookLedgerTest() {
    auto generator = BookGenerator::Make({.districts = kDistricts});
    EXPECT_TRUE(generator && InstallBook(book_, *generator, nullptr));
  }

  const ScratchDirectory scratch_;
  const std::filesystem::path book_ = scratch_.path() / "book";
};

TEST_F(BookLedgerTest, OpensAnInstalledBookAndWorksOffTheNextDay) {
  auto ledger = BookLedger::Open(book_);
  ASSERT_TRUE(ledger);
  EXPECT_FALSE(*(*ledger)->HasDueItems());
  ASSERT_TRUE((*ledger)->Apply({PrepareChecked(ledger::DayRollAct(kBookDay.Plus(1)))}));
  const std::uint64_t first = (*ledger)->size() - 1;
  while (*(*ledger)->HasDueItems()) ASSERT_TRUE((*ledger)->Apply({}));
  ASSERT_TRUE((*ledger)->Flush());
  std::size_t items = 0;
  for (std::uint64_t leaf = first; leaf < (*ledger)->size(); ++leaf) {
    items += *(*ledger)->ItemsOf(leaf);
  }
  EXPECT_GE(items, kDistricts * kDueNextDay);
}

TEST_F(BookLedgerTest, GoesOnWhereItWasClosed) {
  std::uint64_t size = 0;
  {
    auto ledger = BookLedger::Open(book_);
    ASSERT_TRUE(ledger);
    PurchaseMix mix(PurchaseMix::Kind::kNextPurchase, {.districts = kDistricts}, 0);
    ASSERT_TRUE((*ledger)->Apply(mix.Next(kBookDay)));
    ASSERT_TRUE((*ledger)->Flush());
    size = (*ledger)->size();
  }
  auto again = BookLedger::Open(book_);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->size(), size);
}

TEST_F(BookLedgerTest, ACloneIsChangedAndTheBookIsNot) {
  const std::filesystem::path clone = scratch_.path() / "clone";
  ASSERT_TRUE(CloneBook(book_, clone));
  const auto before = TablesOnDisk(book_ / "state", false);
  const auto text = MeasureDayRoll({.directory = clone,
                                    .people = {.districts = kDistricts},
                                    .rate = 50,
                                    .before = std::chrono::seconds(0)});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_TRUE(text->find("items in") != std::string::npos) << *text;
  EXPECT_EQ(*TablesOnDisk(book_ / "state", false), *before);
}

TEST_F(BookLedgerTest, MeasuresBothMixesAgainstAnEmptyBook) {
  for (const auto kind : {PurchaseMix::Kind::kNewCredit, PurchaseMix::Kind::kNextPurchase}) {
    const auto text = MeasureApplyRate({.kind = kind,
                                        .full = book_,
                                        .people = {.districts = kDistricts},
                                        .empty = scratch_.path() / "empty",
                                        .purchases = 1});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_TRUE(text->find("ratio") != std::string::npos) << *text;
  }
}

}  // namespace
}  // namespace aval::bench
