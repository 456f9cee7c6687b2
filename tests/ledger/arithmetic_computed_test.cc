#include "ledger/arithmetic/computed.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "base/result.h"
#include "ledger/rules/refusal.h"

namespace aval::ledger::arithmetic {
namespace {

constexpr std::array kAll{Refusal::kOverflow,      Refusal::kOperand,
                          Refusal::kCount,         Refusal::kAmount,
                          Refusal::kRate,          Refusal::kFreeInstalments,
                          Refusal::kNegativeLast,  Refusal::kMinInstalment,
                          Refusal::kNonAmortising, Refusal::kOverpay};

Computed<int> Half(int number) {
  if (number % 2 != 0) return Refusal::kOperand;
  return number / 2;
}

Computed<std::string> HalfInWords(int number) {
  AVAL_TRY(const int half, Half(number));
  return std::to_string(half);
}

TEST(ComputedTest, HandsARefusalOnToACallerOfAnotherType) {
  EXPECT_EQ(*HalfInWords(8), "4");
  EXPECT_EQ(HalfInWords(7).error(), Refusal::kOperand);
}

TEST(RefusalTest, EveryOneHasACodeOfItsOwn) {
  std::set<std::string_view> codes;
  for (const Refusal refusal : kAll) codes.insert(RefusalCode(refusal));
  EXPECT_EQ(codes.size(), kAll.size());
}

TEST(RefusalTest, EveryOneRefusesTheAct) {
  for (const Refusal refusal : kAll) {
    EXPECT_NE(rules::VerdictOf(refusal), Verdict::kAccepted);
    EXPECT_FALSE(IsDropped(rules::VerdictOf(refusal)));
  }
  EXPECT_EQ(rules::VerdictOf(Refusal::kOverflow), Verdict::kOverflow);
  EXPECT_EQ(rules::VerdictOf(Refusal::kMinInstalment), Verdict::kMinInstalment);
  EXPECT_EQ(rules::VerdictOf(Refusal::kNonAmortising), Verdict::kProduct);
}

}  // namespace
}  // namespace aval::ledger::arithmetic
