#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

/// Loan 1 of debits_test.cc, whose second instalment has cost borrower 2 169.59 on 2017-03-06.
class RecourseTest : public testing::Test {
 protected:
  static constexpr std::int64_t kHalf = 16'959;

  RecourseTest() : market_(3), desk_(market_) {
    desk_.OpenLoan();
    EXPECT_EQ(desk_.Agree(desk_.Invitation(1), 1), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 6));
    Take(1, kHalf);
  }
  void Take(std::uint8_t number, std::int64_t amount) {
    ASSERT_EQ(desk_.Create(desk_.Instruction(number, amount)), Verdict::kAccepted);
    ASSERT_EQ(desk_.Submit(number), Verdict::kAccepted);
    ASSERT_EQ(desk_.Result(desk_.Confirmation(number, amount)), Verdict::kAccepted);
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_NE(verdict, Verdict::kAccepted);
    EXPECT_EQ(market_.book().Hash(), before);
    return verdict;
  }
  void PayOff() {
    ASSERT_EQ(market_.Repay(2, 1, kHalf), Verdict::kAccepted);
    market_.PassTo(*Day::FromDate(2017, 3, 22));
    ASSERT_EQ(market_.Repay(3, 1, 33'834), Verdict::kAccepted);
    ASSERT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  }

  Market market_;
  CopayDesk desk_;
};

TEST_F(RecourseTest, BothMaySettleItBetweenThemAtAnyTime) {
  ASSERT_EQ(desk_.PayBackBetweenThem(desk_.PayingBack(1, 10'000)), Verdict::kAccepted);
  const RecourseClaim claim = desk_.ClaimNow(1);
  EXPECT_EQ(claim.state, ClaimState::kPartRecovered);
  EXPECT_EQ(claim.recovered, Amount{10'000});
  EXPECT_EQ(claim.Open(), Amount{kHalf - 10'000});
  EXPECT_EQ(desk_.Memo(9300, 1), kHalf - 10'000);
  EXPECT_EQ(desk_.Memo(9301, 1), 10'000 - kHalf);
  EXPECT_EQ(market_.book().journal().size(), 2U);
  const auto payment = market_.book().Get<RecoursePayment>({TestId('Q', 1)});
  EXPECT_EQ(payment.agreement, CopayDesk::AgreementId(1));
  EXPECT_EQ(payment.bank, PartyId::Memo());
  EXPECT_EQ(payment.amount, Amount{10'000});
  EXPECT_EQ(payment.day, market_.book().today());
  ASSERT_EQ(desk_.PayBackBetweenThem(desk_.PayingBack(2, kHalf - 10'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kRecovered);
  EXPECT_EQ(desk_.Memo(9300, 1), 0);
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackBetweenThem(desk_.PayingBack(3, 1)); }),
            Verdict::kState);
}

TEST_F(RecourseTest, ABankPaysItOnceTheLendersArePaid) {
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(desk_.PayingBack(1, 10'000)); }),
            Verdict::kRank);
  PayOff();
  ASSERT_EQ(desk_.PayBackByBank(desk_.PayingBack(1, kHalf)), Verdict::kAccepted);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kRecovered);
  EXPECT_EQ(market_.book().Get<RecoursePayment>({TestId('Q', 1)}).bank, kBankB);
}

TEST_F(RecourseTest, WhatTheLoanHoldsForTodaysBillPaysTheLendersFirst) {
  ASSERT_EQ(market_.Repay(2, 1, kHalf + 33'834), Verdict::kAccepted);
  market_.PassTo(*Day::FromDate(2017, 3, 21));
  EXPECT_EQ(desk_.PayBackByBank(desk_.PayingBack(1, 1'000)), Verdict::kRank);
  market_.RollDay();  // Its sweep, which issues the bill, has not run.
  EXPECT_EQ(desk_.PayBackByBank(desk_.PayingBack(1, 1'000)), Verdict::kAccepted);
}

TEST_F(RecourseTest, WhatTodaysCatchingUpPaysOfAClaimIsNotPaidAgain) {
  SupplyDesk supply(market_);
  ASSERT_EQ(desk_.Give(1), Verdict::kAccepted);
  ASSERT_EQ(desk_.Create(desk_.OwnInstruction(2, 10'000)), Verdict::kAccepted);
  // Still open: 100.00 are reserved.
  ASSERT_EQ(supply.Refund(SupplyDesk::Return(1, 1, 100'000)), Verdict::kAccepted);
  market_.PassDays(3);
  market_.RollDay();  // The debit has ended; its sweep has not run.
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(desk_.PayingBack(1, 1'000)); }),
            Verdict::kState);
}

TEST_F(RecourseTest, RefusesEachOfThese) {
  PayOff();
  auto act = desk_.PayingBack(1, 0);
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(act); }), Verdict::kAmount);
  act.mutable_amount()->set_minor(-1);
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(act); }), Verdict::kAmount);
  act.mutable_amount()->set_minor(kHalf + 1);
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(act); }), Verdict::kAmount);
  act = desk_.PayingBack(1, 1'000);
  act.mutable_amount()->set_currency("USD");
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(act); }), Verdict::kCurrency);
  act = desk_.PayingBack(1, 1'000);
  for (const auto& signers : std::vector<std::vector<SignerRef>>{
           {By(market_.borrower(1))},
           {By(market_.borrower(2))},
           {By(kAttester, Department::kOps)},
           {By(kBankB, Department::kCredit)},
           {By(kBankB, Department::kOps), By(market_.borrower(1))}}) {
    EXPECT_EQ(Unchanged([&] { return market_.Apply(act, signers); }), Verdict::kRole);
  }
  act.set_agreement(ToWire(CopayDesk::AgreementId(9)));
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(act); }), Verdict::kUnknown);
  ASSERT_EQ(desk_.PayBackByBank(desk_.PayingBack(1, 1'000)), Verdict::kAccepted);
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackByBank(desk_.PayingBack(1, 1'000)); }),
            Verdict::kDuplicate);
}

TEST_F(RecourseTest, TheCoPayerForgivesPartOrAll) {
  ASSERT_EQ(desk_.Forgive(6'000), Verdict::kAccepted);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kOpen);
  EXPECT_EQ(desk_.ClaimNow(1).forgiven, Amount{6'000});
  EXPECT_EQ(desk_.Memo(9300, 1), kHalf - 6'000);
  ASSERT_EQ(desk_.PayBackBetweenThem(desk_.PayingBack(1, kHalf - 7'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kPartRecovered);
  EXPECT_EQ(Unchanged([&] { return desk_.Forgive(0); }), Verdict::kAmount);
  EXPECT_EQ(Unchanged([&] { return desk_.Forgive(1'001); }), Verdict::kAmount);
  ASSERT_EQ(desk_.Forgive(1'000), Verdict::kAccepted);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kForgiven);
  EXPECT_EQ(desk_.Memo(9300, 1), 0);
  EXPECT_EQ(Unchanged([&] { return desk_.Forgive(1); }), Verdict::kState);
}

TEST_F(RecourseTest, OnlyTheCoPayerForgives) {
  act::v1::RecourseForgive act;
  act.set_agreement(ToWire(CopayDesk::AgreementId(1)));
  act.set_amount(1);
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(market_.borrower(1))}); }),
            Verdict::kRole);
  act.set_agreement(ToWire(CopayDesk::AgreementId(9)));
  EXPECT_EQ(Unchanged([&] { return market_.Apply(act, {By(market_.borrower(2))}); }),
            Verdict::kUnknown);
}

TEST_F(RecourseTest, TimeBarsWhatIsOpenSoManyDaysAfterItLastGrew) {
  ASSERT_EQ(desk_.Forgive(959), Verdict::kAccepted);
  const Day last = market_.book().today().Plus(90);
  EXPECT_EQ(desk_.ClaimNow(1).last_day, last);
  market_.PassTo(last);
  ASSERT_EQ(desk_.PayBackBetweenThem(desk_.PayingBack(1, 1'000)), Verdict::kAccepted);
  market_.RollDay();  // Its sweep has not run.
  EXPECT_EQ(Unchanged([&] { return desk_.PayBackBetweenThem(desk_.PayingBack(2, 1'000)); }),
            Verdict::kState);
  EXPECT_EQ(Unchanged([&] { return desk_.Forgive(1); }), Verdict::kState);
  market_.PassDays(0);
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kTimeBarred);
  EXPECT_EQ(desk_.ClaimNow(1).barred, Amount{15'000});
  EXPECT_EQ(desk_.Memo(9300, 1), 0);
  EXPECT_EQ(desk_.Memo(9301, 1), 0);
}

TEST_F(RecourseTest, AClaimThatGrowsHasItsDaysAnew) {
  market_.PassTo(*Day::FromDate(2017, 3, 22));
  auto third = desk_.Invitation(2);
  third.set_instalments(0, 3);
  ASSERT_EQ(desk_.Agree(third, 2), Verdict::kAccepted);
  auto act = desk_.Instruction(2, 5'000);
  act.set_agreement(ToWire(CopayDesk::AgreementId(2)));
  act.set_instalment(3);
  ASSERT_EQ(desk_.Create(act), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(2), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(2, 5'000)), Verdict::kAccepted);
  act.set_debit(ToWire(CopayDesk::DebitId(3)));
  market_.PassDays(2);
  act.set_expiry_day(ToWire(market_.book().today()));
  ASSERT_EQ(desk_.Create(act), Verdict::kAccepted);
  ASSERT_EQ(desk_.Submit(3), Verdict::kAccepted);
  ASSERT_EQ(desk_.Result(desk_.Confirmation(3, 5'000)), Verdict::kAccepted);
  EXPECT_EQ(desk_.ClaimNow(2).amount, Amount{10'000});
  EXPECT_EQ(desk_.ClaimNow(2).grown, market_.book().today());
  EXPECT_EQ(desk_.ClaimNow(2).last_day, market_.book().today().Plus(90));
}

TEST_F(RecourseTest, WithoutSuchDaysTimeBarsNothing) {
  market_.book().ChangePolicy([](Policy& policy) { policy.copay.recourse_days = 0; });
  ASSERT_EQ(desk_.Return(1), Verdict::kAccepted);
  Take(2, kHalf);
  EXPECT_EQ(desk_.ClaimNow(1).last_day, Day{});
  EXPECT_EQ(desk_.ClaimNow(1).state, ClaimState::kOpen);
}

}  // namespace
}  // namespace aval::ledger::rules
