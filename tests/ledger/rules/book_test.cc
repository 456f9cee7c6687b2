#include "tests/ledger/rules/book.h"

#include <gtest/gtest.h>

namespace aval::ledger::rules {
namespace {

TEST(SmallBookTest, AnActiveGrantStandsInTheMemoAccounts) {
  SmallBook book;
  const Id grant = book.AddGrant(1, {.borrower = book.AddBorrower(1)});
  EXPECT_EQ(book.Balance(PartyId::Memo(), account::kLimitGranted, grant), Amount{1'000'000});
  EXPECT_EQ(book.Balance(PartyId::Memo(), account::kLimitGrantedContra, grant), Amount{-1'000'000});
}

TEST(SmallBookTest, AnItemThatFailsIsGoneAndWritesNothing) {
  SmallBook book;
  book.Put<CalendarItem>({.day = kFirstDay, .queue = Queue::kReservation, .subject = {}}, {});
  const auto fails = [](Context& context, const CalendarItem::Key&) {
    context.state().Put<Sequence>({}, {.next_obligation = 7});
    return Verdict::kState;
  };
  EXPECT_EQ(book.Sweep(Queue::kReservation, fails), std::vector{Verdict::kState});
  EXPECT_FALSE(book.Find<Sequence>({}));
  EXPECT_TRUE(book.Sweep(Queue::kReservation, fails).empty());
}

}  // namespace
}  // namespace aval::ledger::rules
