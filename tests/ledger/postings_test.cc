#include "ledger/postings.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>
#include <vector>

#include "ledger/machine.h"
#include "ledger/record/loans.h"
#include "ledger/reports.h"
#include "ledger/state/store.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

Currency Brl() { return *Currency::Parse("BRL"); }

JournalLine Debit(const PartyId& owner, std::uint16_t code, std::int64_t amount) {
  return {.owner = owner,
          .code = code,
          .subject = TestId(1),
          .currency = Brl(),
          .debit = {amount},
          .credit = {}};
}

JournalLine Credit(const PartyId& owner, std::uint16_t code, std::int64_t amount) {
  return {.owner = owner,
          .code = code,
          .subject = TestId(1),
          .currency = Brl(),
          .debit = {},
          .credit = {amount}};
}

class PostingsTest : public testing::Test {
 protected:
  void SetAccount(const PartyId& owner, std::uint16_t code, const Account& account) {
    state_.Put<Account>({.owner = owner, .code = code, .subject = TestId(1), .currency = Brl()},
                        account);
  }

  MemoryStore store_;
  Overlay state_{&store_};
};

TEST_F(PostingsTest, BalancePerOwnerAndCurrency) {
  EXPECT_FALSE(PostingFault(state_, std::vector{Debit(kBankA, 1010, 5), Credit(kBankA, 3900, 5)}));
  EXPECT_TRUE(PostingFault(state_, std::vector{Debit(kBankA, 1010, 5), Credit(kBankA, 3900, 4)}));
  EXPECT_TRUE(PostingFault(state_, std::vector{Debit(kBankA, 1010, 5), Credit(kBankB, 3900, 5)}));
  std::vector other_currency{Debit(kBankA, 1010, 5), Credit(kBankA, 3900, 5)};
  other_currency[1].currency = *Currency::Parse("CNY");
  EXPECT_TRUE(PostingFault(state_, other_currency));
}

TEST_F(PostingsTest, ReceivablesNeverStandInCredit) {
  for (const std::uint16_t code :
       std::initializer_list<std::uint16_t>{1100, 1200, 1210, 1220, 1230, 1350}) {
    const std::vector lines{Credit(kBankA, code, 5), Debit(kBankA, 3900, 5)};
    SetAccount(kBankA, code, {.debits = {5}, .credits = {5}});
    EXPECT_FALSE(PostingFault(state_, lines)) << code;
    SetAccount(kBankA, code, {.debits = {4}, .credits = {5}});
    EXPECT_TRUE(PostingFault(state_, lines)) << code;
  }
}

TEST_F(PostingsTest, PayablesOfCustomersNeverStandInDebit) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{2100, 2300, 2400}) {
    const std::vector lines{Debit(kBankA, code, 5), Credit(kBankA, 3900, 5)};
    SetAccount(kBankA, code, {.debits = {5}, .credits = {5}});
    EXPECT_FALSE(PostingFault(state_, lines)) << code;
    SetAccount(kBankA, code, {.debits = {5}, .credits = {4}});
    EXPECT_TRUE(PostingFault(state_, lines)) << code;
  }
}

TEST_F(PostingsTest, AFaultNamesTheAccount) {
  SetAccount(kBankA, 1100, {.debits = {4}, .credits = {5}});
  const std::vector lines{Credit(kBankA, 1100, 5), Debit(kBankA, 3900, 5)};
  EXPECT_EQ(PostingFault(state_, lines).value(),
            "account 00000000000000000000000000000002/1100/00000000000000000000000000000001/BRL "
            "changed its sign");
}

TEST_F(PostingsTest, TheTrialBalanceSumsEachOwnersAccounts) {
  SetAccount(kBankA, 1100, {.debits = {9}, .credits = {2}});
  SetAccount(kBankA, 2200, {.debits = {1}, .credits = {8}});
  SetAccount(kBankB, 1010, {.debits = {3}, .credits = {3}});
  const auto lines = TrialBalance(state_);
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ((*lines)[0].owner, kBankA);
  EXPECT_EQ((*lines)[0].debits.minor, 10);
  EXPECT_EQ((*lines)[0].credits.minor, 10);
  EXPECT_EQ((*lines)[1].owner, kBankB);
}

TEST_F(PostingsTest, ATrialBalanceBeyondInt64IsAnErrorNotAWrap) {
  constexpr std::int64_t kFull = std::numeric_limits<std::int64_t>::max();
  SetAccount(kBankA, 1100, {.debits = {kFull}, .credits = {}});
  SetAccount(kBankA, 1200, {.debits = {1}, .credits = {}});
  EXPECT_EQ(TrialBalance(state_).error().code, Code::kCorruption);
}

TEST_F(PostingsTest, ADamagedAccountIsAnError) {
  state_.PutBytes(Bytes{0x30, 1}, Bytes{1});
  EXPECT_EQ(TrialBalance(state_).error().code, Code::kCorruption);
}

}  // namespace
}  // namespace aval::ledger
