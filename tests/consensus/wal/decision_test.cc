#include "consensus/wal/decision.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <tuple>

namespace aval::consensus::wal {
namespace {

using Inputs = std::tuple<Data, Testimony, bool>;

constexpr std::array kAllData{Data::kWhole, Data::kTorn, Data::kBroken, Data::kZero,
                              Data::kElsewhere};
constexpr std::array kAllTestimonies{Testimony::kAgrees, Testimony::kAbsent, Testimony::kBroken,
                                     Testimony::kContradicts};

// The table of docs/formats/wal.md, line by line.
const std::map<Inputs, Decision>& Table() {
  using enum Data;
  using enum Decision;
  const auto agrees = Testimony::kAgrees;
  const auto absent = Testimony::kAbsent;
  const auto broken = Testimony::kBroken;
  const auto contradicts = Testimony::kContradicts;
  static const std::map<Inputs, Decision> table{
      {{kWhole, agrees, false}, kTake},
      {{kWhole, agrees, true}, kTake},
      {{kWhole, absent, false}, kTakeAndRewrite},
      {{kWhole, absent, true}, kTakeAndRewrite},
      {{kWhole, broken, false}, kTakeAndRewrite},
      {{kWhole, broken, true}, kTakeAndRewrite},
      {{kWhole, contradicts, false}, kLost},
      {{kWhole, contradicts, true}, kLost},
      {{kTorn, agrees, false}, kLost},
      {{kTorn, agrees, true}, kRepair},
      {{kTorn, absent, false}, kCut},
      {{kTorn, absent, true}, kLost},
      {{kTorn, broken, false}, kCut},
      {{kTorn, broken, true}, kLost},
      {{kTorn, contradicts, false}, kLost},
      {{kTorn, contradicts, true}, kLost},
      {{Data::kBroken, agrees, false}, kRepair},
      {{Data::kBroken, agrees, true}, kRepair},
      {{Data::kBroken, absent, false}, kLost},
      {{Data::kBroken, absent, true}, kLost},
      {{Data::kBroken, broken, false}, kLost},
      {{Data::kBroken, broken, true}, kLost},
      {{Data::kBroken, contradicts, false}, kLost},
      {{Data::kBroken, contradicts, true}, kLost},
      {{kZero, agrees, false}, kLost},
      {{kZero, agrees, true}, kRepair},
      {{kZero, absent, false}, kEnd},
      {{kZero, absent, true}, kLost},
      {{kZero, broken, false}, kEnd},
      {{kZero, broken, true}, kLost},
      {{kZero, contradicts, false}, kLost},
      {{kZero, contradicts, true}, kLost},
      {{kElsewhere, agrees, false}, kRepair},
      {{kElsewhere, agrees, true}, kRepair},
      {{kElsewhere, absent, false}, kLost},
      {{kElsewhere, absent, true}, kLost},
      {{kElsewhere, broken, false}, kLost},
      {{kElsewhere, broken, true}, kLost},
      {{kElsewhere, contradicts, false}, kLost},
      {{kElsewhere, contradicts, true}, kLost},
  };
  return table;
}

// P06
TEST(WalDecisionTest, EveryCombinationHasExactlyOneDecision) {
  std::size_t combinations = 0;
  for (const Data data : kAllData) {
    for (const Testimony testimony : kAllTestimonies) {
      for (const bool later : {false, true}) {
        const auto row = Table().find({data, testimony, later});
        ASSERT_NE(row, Table().end());
        EXPECT_EQ(Decide(data, testimony, later), row->second)
            << static_cast<int>(data) << " " << static_cast<int>(testimony) << " " << later;
        ++combinations;
      }
    }
  }
  EXPECT_EQ(combinations, Table().size());
}

// What must hold whatever the table says.
TEST(WalDecisionTest, NothingIsCutThatWasAcknowledgedAndNothingIsTakenThatIsNotWhole) {
  for (const Data data : kAllData) {
    for (const Testimony testimony : kAllTestimonies) {
      for (const bool later : {false, true}) {
        const Decision decision = Decide(data, testimony, later);
        const bool ends = decision == Decision::kCut || decision == Decision::kEnd;
        const bool proved =
            testimony == Testimony::kAgrees || testimony == Testimony::kContradicts || later;
        EXPECT_FALSE(ends && proved);
        const bool takes = decision == Decision::kTake || decision == Decision::kTakeAndRewrite;
        EXPECT_TRUE(!takes || data == Data::kWhole);
        EXPECT_TRUE(decision != Decision::kRepair || testimony == Testimony::kAgrees);
      }
    }
  }
}

}  // namespace
}  // namespace aval::consensus::wal
