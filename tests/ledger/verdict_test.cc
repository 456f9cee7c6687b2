#include "ledger/verdict.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string_view>

namespace aval::ledger {
namespace {

TEST(VerdictTest, EveryNumberHasACodeOfItsOwn) {
  std::set<std::string_view> codes;
  for (std::uint32_t number = 0; number < 0x10000; ++number) {
    const auto verdict = VerdictFromNumber(static_cast<std::uint16_t>(number));
    if (!verdict) continue;
    EXPECT_EQ(static_cast<std::uint32_t>(*verdict), number);
    EXPECT_TRUE(codes.insert(VerdictCode(*verdict)).second) << number;
    EXPECT_FALSE(VerdictText(*verdict).empty());
  }
  EXPECT_EQ(codes.size(), 74U);
}

TEST(VerdictTest, OnlyNumbersBelowSixteenLeaveNoLeaf) {
  EXPECT_FALSE(IsDropped(Verdict::kAccepted));
  EXPECT_TRUE(IsDropped(Verdict::kValidity));
  EXPECT_TRUE(IsDropped(Verdict::kExistsDifferent));
  EXPECT_FALSE(IsDropped(Verdict::kRole));
}

}  // namespace
}  // namespace aval::ledger
