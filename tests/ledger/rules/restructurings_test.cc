#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"
#include "tests/ledger/rules/recovery_desk.h"
#include "tests/ledger/rules/supply_desk.h"

namespace aval::ledger::rules {
namespace {

using testing::ElementsAre;

/// As WriteOffTest: it is 2017-03-06, two instalments of loan 1 with fees of 5.00 and a penalty of
/// 6.46 together are overdue, the third is not billed. A loan may be restructured once, for up to
/// 100 days; the proposal is four times 250.00 with a fee of 5.00 from 04-05 on.
class RestructuringTest : public testing::Test {
 protected:
  static constexpr std::int64_t kPenalty = 33 * 17 + 5 * 17;
  static constexpr std::array<std::uint16_t, 3> kAll{1, 2, 3};
  static constexpr std::array<std::uint16_t, 4> kNew{4, 5, 6, 7};

  RestructuringTest() : market_(3), desk_(market_) {
    market_.book().ChangePolicy([](Policy& policy) {
      policy.recovery.restructurings = 1;
      policy.recovery.restructure_days = 100;
    });
    market_.Buy(market_.Order(1));
    market_.PassTo(*Day::FromDate(2017, 3, 6));
  }

  Instalment At(std::uint16_t number) const { return market_.InstalmentNow(1, number); }
  std::int64_t Balance(PartyId owner, std::uint16_t code) {
    return market_.book().Balance(owner, code, Market::PurchaseId(1)).minor;
  }
  Restructuring RestructuringNow(std::uint8_t number = 1) {
    return market_.book().Get<Restructuring>({RecoveryDesk::RestructuringId(number)});
  }
  // A refusal changes nothing.
  Verdict Unchanged(const std::function<Verdict()>& act) {
    const crypto::Digest before = market_.book().Hash();
    const Verdict verdict = act();
    EXPECT_TRUE(verdict == Verdict::kAccepted || market_.book().Hash() == before);
    return verdict;
  }
  using Change = std::function<void(act::v1::RestructurePropose&)>;
  Verdict ProposeWith(const Change& change) {
    auto act = desk_.Proposal(1, 1);
    change(act);
    return Unchanged([&] { return desk_.Propose(act); });
  }
  Verdict Consent(PartyId party, std::uint8_t number = 1, bool decline = false) {
    return Unchanged([&] { return desk_.ConsentAs(party, number, decline); });
  }
  void Propose(std::uint8_t number = 1) {
    ASSERT_EQ(desk_.Propose(desk_.Proposal(number, 1)), Verdict::kAccepted);
  }
  void ConsentAll(std::uint8_t number = 1) {
    for (const PartyId party : {kBankA, market_.borrower(), kPlatform}) {
      ASSERT_EQ(Consent(party, number), Verdict::kAccepted);
    }
    ASSERT_EQ(RestructuringNow(number).state, RestructuringState::kApplied);
  }
  // Borrower `invitee` stands for that much of instalment `covered`.
  void Guarantee(CopayDesk& copay, std::uint8_t number, std::uint8_t invitee, std::uint16_t covered,
                 std::uint32_t share_ppm = 500'000) {
    auto invitation = copay.Invitation(number);
    invitation.set_invitee(ToWire(market_.borrower(invitee)));
    invitation.clear_instalments();
    invitation.add_instalments(covered);
    invitation.set_share_ppm(share_ppm);
    ASSERT_EQ(copay.Agree(invitation, number), Verdict::kAccepted);
  }
  static std::vector<std::uint16_t> Covered(const Agreement& agreement) {
    std::vector<std::uint16_t> numbers;
    for (const CopayPart& part : agreement.parts) numbers.push_back(part.number);
    return numbers;
  }

  Market market_;
  RecoveryDesk desk_;
};

TEST_F(RestructuringTest, AProposalIsWrittenAndHasNoConsentYet) {
  Propose();
  const Restructuring restructuring = RestructuringNow();
  EXPECT_EQ(restructuring.state, RestructuringState::kOpen);
  EXPECT_EQ(restructuring.loan, Market::PurchaseId(1));
  EXPECT_EQ(restructuring.proposal, market_.book().identity());
  EXPECT_EQ(restructuring.proposed, market_.book().today());
  EXPECT_EQ(restructuring.expiry, market_.book().today().Plus(5));
  EXPECT_EQ(restructuring.instalments, 4U);
  EXPECT_EQ(restructuring.rate_ppm, 5'000U);
  EXPECT_TRUE(restructuring.consents.empty());
  EXPECT_TRUE(market_.book().journal().empty());
  EXPECT_EQ(market_.LoanNow(1).instalments, 3U);
}

TEST_F(RestructuringTest, TheLastConsentPutsTheNewScheduleInThePlaceOfTheOld) {
  Propose();
  ASSERT_EQ(Consent(kPlatform), Verdict::kAccepted);
  ASSERT_EQ(Consent(market_.borrower()), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).instalments, 3U);
  ASSERT_EQ(Consent(kBankA), Verdict::kAccepted);
  EXPECT_EQ(RestructuringNow().state, RestructuringState::kApplied);

  const Loan loan = market_.LoanNow(1);
  EXPECT_EQ(loan.instalments, 7U);
  EXPECT_EQ(loan.restructurings, 1U);
  EXPECT_EQ(loan.first_unpaid, 4U);
  EXPECT_EQ(loan.state, LoanState::kOpen);
  for (const std::uint16_t number : kAll) {
    const Instalment old = At(number);
    EXPECT_EQ(old.state, InstalmentState::kCancelled);
    EXPECT_EQ(old.principal.due, Amount{});
    EXPECT_EQ(ChargedInAll(old), Amount{});
  }
  const Bill bill = market_.book().Get<Bill>(
      {.borrower = market_.borrower(), .due = At(1).due, .currency = TestCurrency()});
  EXPECT_EQ(bill.state, BillState::kSettled);
  EXPECT_EQ(bill.amount, Amount{});
  for (const std::uint16_t number : kNew) {
    const Instalment fresh = At(number);
    EXPECT_EQ(fresh.state, InstalmentState::kScheduled);
    EXPECT_EQ(fresh.principal.due, Amount{25'000});
    EXPECT_EQ(fresh.fee.due, Amount{number == 4 ? 1'500 : 500});
  }
  EXPECT_EQ(At(4).due, *Day::FromDate(2017, 4, 5));
  EXPECT_EQ(At(7).due, *Day::FromDate(2017, 7, 5));
  EXPECT_EQ(At(4).carried_fee, Amount{1'000});
  EXPECT_EQ(At(4).penalty.due, Amount{kPenalty});
  EXPECT_EQ(At(4).next_day, *Day::FromDate(2017, 3, 26));
  EXPECT_EQ(Balance(kBankA, account::kFeeReceivable), 700);
  EXPECT_EQ(Balance(kBankA, account::kLoanPrincipal), 70'000);
  EXPECT_EQ(market_.GrantNow().used, Amount{100'000});
}

TEST_F(RestructuringTest, ARefundAfterwardsCountsChargesOnItsTerms) {
  Propose();
  ConsentAll();
  ASSERT_EQ(SupplyDesk(market_).Refund(SupplyDesk::Return(1, 1, 40'000)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).pricing.principal, Amount{60'000});
  EXPECT_EQ(At(4).fee.due, Amount{1'000 + 300});
  EXPECT_EQ(At(4).carried_fee, Amount{1'000});
  EXPECT_EQ(At(6).principal.Unpaid(), Amount{10'000});
  EXPECT_EQ(At(6).fee.due, Amount{300});
  EXPECT_EQ(At(7).state, InstalmentState::kCancelled);
}

TEST_F(RestructuringTest, AFullRefundAfterwardsTakesOffWhatWasCarried) {
  Propose();
  ConsentAll();
  ASSERT_EQ(SupplyDesk(market_).Refund(SupplyDesk::Return(1, 1, 100'000)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRefunded);
  for (const std::uint16_t number : kNew) {
    EXPECT_EQ(At(number).state, InstalmentState::kCancelled);
    EXPECT_EQ(UnpaidInAll(At(number)), Amount{});
  }
  for (const std::uint16_t code : {account::kFeeReceivable, account::kPenaltyReceivable,
                                   account::kFeeIncome, account::kPenaltyIncome}) {
    EXPECT_EQ(Balance(kBankA, code), 0) << code;
  }
}

TEST_F(RestructuringTest, NothingInDisputeIsRestructured) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.dispute_days = 10; });
  SupplyDesk supply(market_);
  ASSERT_EQ(supply.Open(supply.Quarrel(1, 1, {2}, 3)), Verdict::kAccepted);
  EXPECT_EQ(ProposeWith([](auto&) {}), Verdict::kDisputed);
  market_.PassDays(4);
  EXPECT_EQ(ProposeWith([](auto&) {}), Verdict::kAccepted);
}

TEST_F(RestructuringTest, WhatIsCarriedIsChargedOnceAndPaidWithTheFirstInstalment) {
  Propose();
  ConsentAll();
  market_.PassTo(*Day::FromDate(2017, 3, 26));
  EXPECT_EQ(Balance(kBankA, account::kFeeIncome), -(700 + 350));
  const Bill bill = market_.book().Get<Bill>(
      {.borrower = market_.borrower(), .due = At(4).due, .currency = TestCurrency()});
  EXPECT_EQ(bill.amount, Amount{26'500});
  ASSERT_EQ(market_.Repay(1, 1, 26'500 + kPenalty), Verdict::kAccepted);
  EXPECT_EQ(At(4).state, InstalmentState::kPaid);
  EXPECT_EQ(market_.LoanNow(1).held, Amount{});
}

TEST_F(RestructuringTest, NothingIsLateBeforeTheNewDueDayAndWhatIsCarriedBearsNoPenalty) {
  Propose();
  ConsentAll();
  market_.PassTo(*Day::FromDate(2017, 4, 5));
  EXPECT_EQ(At(4).penalty.due, Amount{kPenalty});
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
  market_.PassTo(*Day::FromDate(2017, 4, 15));
  EXPECT_EQ(At(4).state, InstalmentState::kOverdue);
  // 0.13 a day on 250.00 and the new fee of 5.00.
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  EXPECT_EQ(At(4).penalty.due, Amount{kPenalty + 10 * 13});
}

TEST_F(RestructuringTest, WholeLoansPenaltyLeavesOutWhatIsCarried) {
  market_.book().ChangePolicy([](Policy& policy) { policy.penalty_on_all_unpaid = true; });
  Propose();
  ConsentAll();
  const std::int64_t before = At(4).penalty.due.minor;
  market_.PassTo(*Day::FromDate(2017, 4, 6));
  ASSERT_EQ(market_.Repay(1, 1, 1), Verdict::kAccepted);
  // 1,000.00 and four fees of 5.00, for a day.
  EXPECT_EQ(At(4).penalty.due, Amount{before + 51});
}

TEST_F(RestructuringTest, WhatWasPaidOfTheOldInstalmentsStaysPaid) {
  ASSERT_EQ(market_.Repay(1, 1, 561 + 500 + 20'000), Verdict::kAccepted);
  Propose();
  ConsentAll();
  EXPECT_EQ(At(1).principal.due, Amount{20'000});
  EXPECT_EQ(At(1).principal.paid, Amount{20'000});
  EXPECT_EQ(At(1).fee.due, Amount{500});
  EXPECT_EQ(At(4).principal.due, Amount{20'000});
  EXPECT_EQ(At(4).carried_fee, Amount{500});
  EXPECT_EQ(At(4).penalty.due, Amount{85});
}

TEST_F(RestructuringTest, ALowerRateIsThatOfTheNewScheduleAlone) {
  ASSERT_EQ(ProposeWith([](auto& act) { act.set_rate_ppm(0); }), Verdict::kAccepted);
  ConsentAll();
  EXPECT_EQ(At(4).fee.due, Amount{1'000});
  EXPECT_EQ(At(5).fee.due, Amount{});
}

TEST_F(RestructuringTest, InterestIsPricedOnWhatIsLeftAndOldInterestIsCarried) {
  auto order = market_.Order(2);
  order.set_product(2);
  market_.Buy(order);
  market_.PassTo(*Day::FromDate(2017, 4, 10));  // The first, of 15.00 interest, is overdue.
  auto act = desk_.Proposal(1, 2);
  act.set_rate_ppm(120'000);
  ASSERT_EQ(desk_.Propose(act), Verdict::kAccepted);
  ConsentAll();
  const Instalment first = market_.InstalmentNow(2, 4);
  EXPECT_EQ(first.interest.due, Amount{1'500 + 1'000});
  EXPECT_EQ(first.carried_interest, Amount{1'500});
}

TEST_F(RestructuringTest, TheFreeInstalmentsAreThoseOfTheFirstSchedule) {
  auto order = market_.Order(2);
  order.set_product(4);
  market_.Buy(order);
  ASSERT_EQ(desk_.Propose(desk_.Proposal(1, 2)), Verdict::kAccepted);
  ConsentAll();
  EXPECT_EQ(market_.InstalmentNow(2, 1).subsidy, Amount{});
  EXPECT_EQ(market_.InstalmentNow(2, 4).subsidy, Amount{});
  EXPECT_EQ(market_.InstalmentNow(2, 4).fee.Unpaid(), Amount{500});
}

TEST_F(RestructuringTest, ALoanInDefaultStaysIt) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.restructure_days = 200; });
  market_.PassTo(*Day::FromDate(2017, 5, 10));
  ASSERT_TRUE(market_.LoanNow(1).defaulted);
  Propose();
  ConsentAll();
  EXPECT_TRUE(market_.LoanNow(1).defaulted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kOpen);
}

TEST_F(RestructuringTest, IsProposedByTheBorrowerOrThePlatformsCreditDepartment) {
  const auto act = desk_.Proposal(1, 1);
  const std::vector<std::vector<SignerRef>> wrong{
      {By(kBankA, Department::kCredit)},
      {By(kPlatform, Department::kOps)},
      {By(market_.borrower(2))},
      {By(market_.borrower()), By(kPlatform, Department::kCredit)}};
  for (const auto& signers : wrong) {
    EXPECT_EQ(Unchanged([&] { return market_.Apply(act, signers); }), Verdict::kRole);
  }
  EXPECT_EQ(market_.Apply(act, {By(kPlatform, Department::kCredit)}), Verdict::kAccepted);
}

TEST_F(RestructuringTest, RefusesEachOfTheseProposals) {
  const Day today = market_.book().today();
  const Day first = *Day::FromDate(2017, 4, 5);
  const struct {
    Change change;
    Verdict verdict;
  } cases[] = {
      {[](auto& act) { act.set_loan(ToWire(Market::PurchaseId(9))); }, Verdict::kUnknown},
      {[](auto& act) { act.set_rate_ppm(5'001); }, Verdict::kRange},
      {[](auto& act) { act.set_instalments(0); }, Verdict::kProduct},
      {[](auto& act) { act.set_instalments(25); }, Verdict::kProduct},
      {[&](auto& act) { act.set_first_due_day(ToWire(today)); }, Verdict::kDueDay},
      // The last would be due on 07-11, the last of the old schedule is on 04-01.
      {[&](auto& act) { act.set_first_due_day(ToWire(first.Plus(6))); }, Verdict::kDueDay},
      {[&](auto& act) { act.set_expiry_day(ToWire(today.Plus(-1))); }, Verdict::kRange},
      {[&](auto& act) { act.set_expiry_day(ToWire(first)); }, Verdict::kRange},
  };
  for (const auto& [change, verdict] : cases) {
    EXPECT_EQ(VerdictCode(ProposeWith(change)), VerdictCode(verdict));
  }
  EXPECT_EQ(ProposeWith([&](auto& act) {
              act.set_first_due_day(ToWire(first.Plus(5)));
              act.set_expiry_day(ToWire(first.Plus(4)));
            }),
            Verdict::kAccepted);
}

TEST_F(RestructuringTest, ThePoliciesOfTodayAndOfThePriceBoundTheNewSchedule) {
  const auto refused_with = [&](const std::function<void(Policy&)>& change) {
    const Policy::Key key{.effective = kFirstDay, .version = 1};
    const auto before = market_.book().Get<Policy>(key);
    market_.book().ChangePolicy(change);
    const Verdict verdict = ProposeWith([](auto&) {});
    market_.book().Put<Policy>(key, before);
    return verdict;
  };
  EXPECT_EQ(refused_with([](Policy& policy) { policy.max_instalments = 3; }), Verdict::kProduct);
  EXPECT_EQ(refused_with([](Policy& policy) { policy.min_instalment = {25'001}; }),
            Verdict::kMinInstalment);
  EXPECT_EQ(refused_with([](Policy& policy) { policy.cost_cap_irr_ppm = 60'000; }),
            Verdict::kCostCap);
  EXPECT_EQ(refused_with([](Policy& policy) { policy.recovery.restructurings = 0; }),
            Verdict::kRange);
}

TEST_F(RestructuringTest, OneProposalIsOpenAtATime) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.restructure_days = 110; });
  Propose();
  EXPECT_EQ(ProposeWith([](auto&) {}), Verdict::kDuplicate);
  EXPECT_EQ(Unchanged([&] { return desk_.Propose(desk_.Proposal(2, 1)); }), Verdict::kState);
  market_.PassDays(5);
  EXPECT_EQ(Unchanged([&] { return desk_.Propose(desk_.Proposal(2, 1)); }), Verdict::kState);
  market_.RollDay();  // Its sweep has not run.
  EXPECT_EQ(Consent(kBankA), Verdict::kState);
  EXPECT_EQ(Unchanged([&] { return desk_.Propose(desk_.Proposal(2, 1)); }), Verdict::kAccepted);
  EXPECT_EQ(RestructuringNow(1).state, RestructuringState::kExpired);
  market_.PassDays(0);
  EXPECT_EQ(RestructuringNow(2).state, RestructuringState::kOpen);
}

TEST_F(RestructuringTest, AProposalEndsTheDayAfterItsLast) {
  Propose();
  market_.PassDays(6);
  EXPECT_EQ(RestructuringNow().state, RestructuringState::kExpired);
  EXPECT_EQ(Consent(kBankA), Verdict::kState);
}

TEST_F(RestructuringTest, ConsentsAreOfThoseAskedOnceAndToThisProposal) {
  Propose();
  const auto consent = desk_.Consent(1);
  EXPECT_EQ(Consent(kBankB), Verdict::kConsent);
  EXPECT_EQ(Consent(market_.borrower(2)), Verdict::kConsent);
  auto other = consent;
  other.set_proposal(std::string(32, 'o'));
  EXPECT_EQ(Unchanged([&] { return market_.Apply(other, {By(market_.borrower())}); }),
            Verdict::kConsent);
  EXPECT_EQ(Unchanged([&] { return market_.Apply(consent, {By(kBankA, Department::kOps)}); }),
            Verdict::kRole);
  EXPECT_EQ(Unchanged([&] {
              return market_.Apply(consent,
                                   {By(market_.borrower()), By(kBankA, Department::kCredit)});
            }),
            Verdict::kRole);
  EXPECT_EQ(Consent(kBankA, 9), Verdict::kUnknown);
  ASSERT_EQ(Consent(kBankA), Verdict::kAccepted);
  EXPECT_EQ(Consent(kBankA), Verdict::kConsent);
  EXPECT_EQ(Consent(kBankA, 1, true), Verdict::kConsent);
}

TEST_F(RestructuringTest, ADeclineByBorrowerOrLenderEndsIt) {
  Propose(1);
  ASSERT_EQ(Consent(kBankA, 1, true), Verdict::kAccepted);
  EXPECT_EQ(RestructuringNow(1).state, RestructuringState::kDeclined);
  EXPECT_EQ(Consent(market_.borrower()), Verdict::kState);
  Propose(2);
  ASSERT_EQ(Consent(market_.borrower(), 2, true), Verdict::kAccepted);
  EXPECT_EQ(RestructuringNow(2).state, RestructuringState::kDeclined);
}

TEST_F(RestructuringTest, AnAppliedOneTakesNoMoreConsentsAndAPolicyCountsThem) {
  Propose(1);
  ConsentAll(1);
  EXPECT_EQ(Consent(kBankA), Verdict::kState);
  EXPECT_EQ(Unchanged([&] { return desk_.Propose(desk_.Proposal(2, 1)); }), Verdict::kRange);
}

TEST_F(RestructuringTest, ASecondOneCarriesWhatTheFirstHasCarried) {
  market_.book().ChangePolicy([](Policy& policy) { policy.recovery.restructurings = 2; });
  Propose(1);
  ConsentAll(1);
  market_.PassDays(5);
  Propose(2);
  ConsentAll(2);
  EXPECT_EQ(market_.LoanNow(1).instalments, 11U);
  EXPECT_EQ(At(4).state, InstalmentState::kCancelled);
  EXPECT_EQ(At(8).fee.due, Amount{1'500});
  EXPECT_EQ(At(8).carried_fee, Amount{1'000});
  EXPECT_EQ(At(8).penalty.due, Amount{kPenalty});
}

TEST_F(RestructuringTest, ARestructuredLoanMayBeRepaidEarlyAndWrittenOff) {
  Propose();
  ConsentAll();
  ASSERT_EQ(desk_.Agree(desk_.Quote(1, 1, 101'000 + kPenalty)), Verdict::kAccepted);
  ASSERT_EQ(desk_.GiveUp(1, kBankA, true), Verdict::kAccepted);
  ASSERT_EQ(desk_.Pay(desk_.Payment(1, 1)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
}

TEST_F(RestructuringTest, WhatIsCarriedIsWrittenOffAndRecovered) {
  Propose();
  ConsentAll();
  ASSERT_EQ(desk_.GiveUp(1, kBankA, true), Verdict::kAccepted);
  ASSERT_EQ(desk_.GiveUp(1, kPlatform, true), Verdict::kAccepted);
  ASSERT_EQ(desk_.Recover(desk_.Recovering(1, 1, 101'000 + kPenalty)), Verdict::kAccepted);
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kRecovered);
}

TEST_F(RestructuringTest, IsCheckedAgainWhenItTakesEffect) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 2);
  Propose();
  ASSERT_EQ(Consent(market_.borrower()), Verdict::kAccepted);
  ASSERT_EQ(Consent(kBankA), Verdict::kAccepted);
  ASSERT_EQ(copay.Create(copay.Instruction(1, 5'000)), Verdict::kAccepted);
  EXPECT_EQ(Consent(kPlatform), Verdict::kReserved);
  EXPECT_EQ(Unchanged([&] { return desk_.Propose(desk_.Proposal(2, 1)); }), Verdict::kState);
  ASSERT_EQ(copay.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(copay.Result(copay.Rejection(1)), Verdict::kAccepted);
  market_.book().ChangePolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 60'000; });
  EXPECT_EQ(Consent(kPlatform), Verdict::kCostCap);
  market_.book().ChangePolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 240'000; });
  EXPECT_EQ(Consent(kPlatform), Verdict::kAccepted);
}

TEST_F(RestructuringTest, APaidLoanIsNotRestructured) {
  Propose();
  ASSERT_EQ(desk_.Agree(desk_.Quote(1, 1, 101'000 + kPenalty)), Verdict::kAccepted);
  ASSERT_EQ(desk_.Pay(desk_.Payment(1, 1)), Verdict::kAccepted);
  EXPECT_EQ(Consent(kBankA), Verdict::kClosed);
  EXPECT_EQ(Unchanged([&] { return desk_.Propose(desk_.Proposal(2, 1)); }), Verdict::kClosed);
}

TEST_F(RestructuringTest, ADebitUnderWayForbidsAProposal) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 2);
  ASSERT_EQ(copay.Create(copay.Instruction(1, 5'000)), Verdict::kAccepted);
  EXPECT_EQ(ProposeWith([](auto&) {}), Verdict::kReserved);
}

TEST_F(RestructuringTest, AConsentingCoPayerStandsForTheNewInstalmentsUpToItsCap) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 2);
  const Day last = copay.AgreementNow(1).last_day;
  Propose();
  ASSERT_EQ(Consent(market_.borrower(2)), Verdict::kAccepted);
  EXPECT_EQ(Consent(market_.borrower(2)), Verdict::kConsent);
  ConsentAll();
  const Agreement agreement = copay.AgreementNow(1);
  EXPECT_EQ(agreement.cap, Amount{50'000});
  EXPECT_EQ(agreement.share_ppm, 500'000U);
  EXPECT_EQ(agreement.last_day, last);
  EXPECT_THAT(Covered(agreement), ElementsAre(2, 4, 5, 6, 7));
  market_.PassTo(*Day::FromDate(2017, 3, 26));
  auto debit = copay.Instruction(1, (26'500 + kPenalty) / 2);
  debit.set_instalment(4);
  EXPECT_EQ(copay.Create(debit), Verdict::kAccepted);
}

TEST_F(RestructuringTest, ACoPayerThatHasNotConsentedBearsNoMoreThanBefore) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 2);
  Propose();
  ASSERT_EQ(Consent(market_.borrower(2), 1, true), Verdict::kAccepted);
  ConsentAll();
  const Agreement agreement = copay.AgreementNow(1);
  // Half of 338.33 and a penalty of 0.85, rounded down.
  EXPECT_EQ(agreement.cap, Amount{16'959});
  EXPECT_EQ(copay.Memo(account::kGuaranteeCommitted, 1), 16'959);
  EXPECT_EQ(agreement.state, AgreementState::kActive);
  EXPECT_THAT(Covered(agreement), ElementsAre(2, 4, 5, 6, 7));
}

TEST_F(RestructuringTest, WhatACoPayerHasPaidOfItsShareLessensWhatItStillBears) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 2);
  ASSERT_EQ(copay.Create(copay.Instruction(1, 10'000)), Verdict::kAccepted);
  ASSERT_EQ(copay.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(copay.Result(copay.Confirmation(1, 10'000)), Verdict::kAccepted);
  Propose();
  ConsentAll();
  EXPECT_EQ(copay.AgreementNow(1).cap, Amount{16'959});
  EXPECT_EQ(copay.Memo(account::kGuaranteeCommitted, 1), 6'959);
}

TEST_F(RestructuringTest, ACoPayerThatHasPaidItsShareBearsNothingMore) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 2);
  ASSERT_EQ(copay.Create(copay.Instruction(1, 16'959)), Verdict::kAccepted);
  ASSERT_EQ(copay.Submit(1), Verdict::kAccepted);
  ASSERT_EQ(copay.Result(copay.Confirmation(1, 16'959)), Verdict::kAccepted);
  Propose();
  ConsentAll();
  EXPECT_EQ(copay.AgreementNow(1).state, AgreementState::kExhausted);
  EXPECT_EQ(copay.Memo(account::kGuaranteeCommitted, 1), 0);
}

TEST_F(RestructuringTest, SharesThatTogetherExceedTheWholeForbidIt) {
  CopayDesk copay(market_);
  Guarantee(copay, 1, 2, 1, 600'000);
  Guarantee(copay, 2, 3, 2, 600'000);
  EXPECT_EQ(ProposeWith([](auto&) {}), Verdict::kShareMax);
}

}  // namespace
}  // namespace aval::ledger::rules
