#include "ledger/rules/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "ledger/wire.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

class DayRollTest : public testing::Test {
 protected:
  Verdict Roll(Day day) {
    return Roll(day, {By(kPlatform, Department::kOps), By(kBankA, Department::kOps)});
  }
  Verdict Roll(Day day, std::vector<SignerRef> signers) {
    act::v1::DayRoll act;
    act.set_day(ToWire(day));
    return market_.Apply(act, std::move(signers));
  }
  Day BookDay() { return market_.book().Get<Book>({}).day; }
  void ByTheClock(std::int32_t utc_offset_minutes) {
    Book book = market_.book().Get<Book>({});
    book.replay = false;
    book.utc_offset_minutes = utc_offset_minutes;
    market_.book().Put<Book>({}, book);
  }
  // At that moment instead of the day's first.
  Verdict RollAt(std::int64_t time_ms) {
    act::v1::DayRoll act;
    act.set_day(ToWire(kFirstDay.Plus(1)));
    const std::vector<SignerRef> signers{By(kPlatform, Department::kOps),
                                         By(kBankA, Department::kOps)};
    Overlay written(&market_.book().state());
    Context context(
        written,
        {.leaf = 2, .time_ms = time_ms, .today = kFirstDay, .identity = {}, .signers = signers});
    return rules::Apply(context, act);
  }

  static constexpr std::int64_t kNextDayMs = std::int64_t{kFirstDay.number + 1} * 86'400'000;
  Market market_;
};

TEST_F(DayRollTest, BeginsTheNextDay) {
  ASSERT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kAccepted);
  EXPECT_EQ(BookDay(), kFirstDay.Plus(1));
}

TEST_F(DayRollTest, BeginsNoOtherDay) {
  EXPECT_EQ(Roll(kFirstDay), Verdict::kDayOrder);
  EXPECT_EQ(Roll(kFirstDay.Plus(2)), Verdict::kDayOrder);
  EXPECT_EQ(Roll(kFirstDay.Plus(-1)), Verdict::kDayOrder);
  EXPECT_EQ(BookDay(), kFirstDay);
}

TEST_F(DayRollTest, WaitsForTheDaysItems) {
  market_.book().ChangePolicy([](Policy& policy) { policy.bill_lead_days = 60; });
  market_.Buy(market_.Order(1));
  EXPECT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kDayBusy);
  EXPECT_EQ(market_.SweepChunk(512), 2U);
  EXPECT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kAccepted);
}

TEST_F(DayRollTest, WaitsForOutcomesThatAreToBeDeleted) {
  const Outcome::Key yesterday{.last_valid = kFirstDay.Plus(-1), .author = kBankA, .nonce = {}};
  market_.book().Put<Outcome>(yesterday, {});
  EXPECT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kDayBusy);
  market_.book().state().Delete<Outcome>(yesterday);
  market_.book().Put<Outcome>({.last_valid = kFirstDay, .author = kBankA, .nonce = {}}, {});
  EXPECT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kAccepted);
}

TEST_F(DayRollTest, WantsThePlatformAndOneOtherInstitution) {
  const Day next = kFirstDay.Plus(1);
  const SignerRef platform = By(kPlatform, Department::kOps);
  EXPECT_EQ(Roll(next, {platform}), Verdict::kRole);
  EXPECT_EQ(Roll(next, {By(kBankA, Department::kOps), By(kBankB, Department::kOps)}),
            Verdict::kRole);
  EXPECT_EQ(Roll(next, {platform, By(kPlatform, Department::kRisk)}), Verdict::kRole);
  EXPECT_EQ(Roll(next, {platform, By(kBankA, Department::kTreasury)}), Verdict::kRole);
  EXPECT_EQ(Roll(next, {platform, By(market_.supplier(), Department::kOps)}), Verdict::kRole);
  EXPECT_EQ(Roll(next, {platform, By(kBankA, Department::kOps), By(kBankB, Department::kOps)}),
            Verdict::kRole);
  EXPECT_EQ(Roll(next, {platform, By(kAttester, Department::kOps)}), Verdict::kAccepted);
}

TEST_F(DayRollTest, IsNoActOfAnInstitutionThatHasLeft) {
  market_.book().SetInstitutionState(kBankA, InstitutionState::kExited);
  EXPECT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kRole);
  market_.book().SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(Roll(kFirstDay.Plus(1)), Verdict::kAccepted);
}

TEST_F(DayRollTest, WaitsForTheBlockTimeUnlessTheCalendarIsReplayed) {
  EXPECT_EQ(RollAt(0), Verdict::kAccepted);
  ByTheClock(0);
  EXPECT_EQ(RollAt(kNextDayMs - 1), Verdict::kDayEarly);
  EXPECT_EQ(RollAt(kNextDayMs), Verdict::kAccepted);
}

TEST_F(DayRollTest, KnowsWhenADayBeginsEastAndWestOfGreenwich) {
  ByTheClock(8 * 60);
  EXPECT_EQ(RollAt(kNextDayMs - 8 * 3'600'000 - 1), Verdict::kDayEarly);
  EXPECT_EQ(RollAt(kNextDayMs - 8 * 3'600'000), Verdict::kAccepted);
  ByTheClock(-3 * 60);
  EXPECT_EQ(RollAt(kNextDayMs + 3 * 3'600'000 - 1), Verdict::kDayEarly);
  EXPECT_EQ(RollAt(kNextDayMs + 3 * 3'600'000), Verdict::kAccepted);
}

CalendarItem::Key Item(int day, Queue queue, std::uint8_t subject) {
  return {.day = kFirstDay.Plus(day), .queue = queue, .subject = TestId('X', subject), .number = 1};
}

std::vector<CalendarItem::Key> Due(const Overlay& state, std::size_t limit) {
  return DueItems(state, {.first = FirstItem(state), .today = kFirstDay}, limit);
}

TEST(DueItemsTest, AreOfTheLowestQueueThatIsNotEmptyInKeyOrder) {
  SmallBook book;
  for (const auto& item : {Item(0, Queue::kReservation, 2), Item(0, Queue::kInstalment, 5),
                           Item(0, Queue::kInstalment, 4), Item(1, Queue::kInstalment, 3)}) {
    book.Put<CalendarItem>(item, {});
  }
  EXPECT_THAT(Due(book.state(), 512),
              ElementsAre(Item(0, Queue::kInstalment, 4), Item(0, Queue::kInstalment, 5)));
  EXPECT_THAT(Due(book.state(), 1), ElementsAre(Item(0, Queue::kInstalment, 4)));
  book.state().Delete<CalendarItem>(Item(0, Queue::kInstalment, 4));
  book.state().Delete<CalendarItem>(Item(0, Queue::kInstalment, 5));
  EXPECT_THAT(Due(book.state(), 512), ElementsAre(Item(0, Queue::kReservation, 2)));
}

TEST(DueItemsTest, IncludeWhatAnEarlierDayLeftBehind) {
  SmallBook book;
  book.Put<CalendarItem>(Item(-2, Queue::kGrant, 1), {});
  book.Put<CalendarItem>(Item(0, Queue::kInstalment, 2), {});
  book.Put<CalendarItem>(Item(-1, Queue::kInstalment, 3), {});
  EXPECT_THAT(Due(book.state(), 512),
              ElementsAre(Item(-1, Queue::kInstalment, 3), Item(0, Queue::kInstalment, 2)));
}

TEST(DueItemsTest, OfALaterDayAreNotDue) {
  SmallBook book;
  book.Put<CalendarItem>(Item(1, Queue::kInstalment, 1), {});
  EXPECT_TRUE(Due(book.state(), 512).empty());
}

}  // namespace
}  // namespace aval::ledger::rules
