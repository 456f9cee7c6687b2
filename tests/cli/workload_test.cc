#include "cli/demo/workload.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/summary.h"
#include "cli/network.h"
#include "ledger/reports.h"
#include "ledger/state/store.h"

namespace aval::cli::demo {
namespace {

namespace fs = std::filesystem;
using ledger::Day;

// What the acts of one replay have come to, without a network.
struct Outcome {
  ledger::MemoryStore store;
  std::unique_ptr<Rehearsal> rehearsal;
  RowCounts rows;
  std::size_t acts = 0;

  std::uint64_t Times(Happening happening) const { return rehearsal->tally().Of(happening).times; }
  std::int64_t Minor(Happening happening) const {
    return rehearsal->tally().Of(happening).amount.minor;
  }
};

class WorkloadTest : public ::testing::Test {
 protected:
  WorkloadTest()
      : directory_(fs::temp_directory_path() / ("aval-workload-test-" + std::to_string(getpid()))) {
    NetworkPlan plan{.genesis = DemoGenesis("ledger.example/demo", FirstDay(Sample()).Plus(-1)),
                     .addresses = {},
                     .key_cost = crypto::kCheapestKeyFile,
                     .verify_threads = 0};
    for (std::uint16_t port = 7001; port < 7004; ++port) {
      plan.addresses.push_back({.peers = {.host = "127.0.0.1", .port = port},
                                .api = {.host = "127.0.0.1", .port = port}});
    }
    SystemRandom random;
    EXPECT_TRUE(InitNetwork(std::move(plan), directory_, random));
    network_ = std::make_unique<Network>(*Network::Open(directory_));
    genesis_ = std::make_unique<ledger::Genesis>(
        *LoadGenesis(directory_ / "genesis.dsse", directory_ / "policy.txt"));
  }
  ~WorkloadTest() override { fs::remove_all(directory_); }

  // Real purchases.
  static std::vector<PurchaseRow> Sample() {
    return *ReadPurchases(AVAL_SOURCE "/data/sample_1000.csv.zst", 1000);
  }

  // Replays all, up to its last day.
  std::unique_ptr<Outcome> Replay(std::vector<PurchaseRow> rows, const PayingHabits& habits) {
    auto outcome = std::make_unique<Outcome>();
    outcome->rehearsal = *Rehearsal::Begin(*genesis_, outcome->store);
    SeededRandom random(++runs_);
    Workload workload(std::move(rows), habits, *network_, random, *outcome->rehearsal);
    outcome->rows = workload.counts();
    for (Day day = Today(*outcome).Plus(1); !workload.done(); day = day.Plus(1)) {
      workload.DayRoll(day);
      const auto acts = workload.Take(day);
      EXPECT_TRUE(acts) << acts.error().message;
      if (!acts) break;
      outcome->acts += acts->acts();
    }
    EXPECT_EQ(workload.Progress(), 1.0);
    return outcome;
  }

  static Day Today(const Outcome& outcome) { return outcome.rehearsal->Get<ledger::Book>({})->day; }

  const fs::path directory_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<ledger::Genesis> genesis_;
  std::uint64_t runs_ = 0;
};

std::string Refusals(const Tally& tally) {
  std::string text;
  for (const auto& [code, count] : tally.refused()) {
    text += std::string(code) + " " + std::to_string(count) + "\n";
  }
  return text;
}

// The sample has few long purchases and no cancelled ones.
TEST_F(WorkloadTest, AThousandPurchasesGoThroughEverythingAndNothingIsRefused) {
  std::vector<PurchaseRow> rows = Sample();
  for (std::size_t i = 0; i < 30; ++i)
    rows[i].instalments = 13 + static_cast<std::uint32_t>(i % 12);
  for (std::size_t i = 30; i < 40; ++i) rows[i].status = "canceled";
  const auto outcome = Replay(std::move(rows), PayingHabits());
  EXPECT_EQ(Refusals(outcome->rehearsal->tally()), "");
  for (std::size_t i = 0; i < kHappenings; ++i) {
    const auto happening = static_cast<Happening>(i);
    EXPECT_GT(outcome->Times(happening), 0U) << NameOf(happening);
    EXPECT_EQ(outcome->Minor(happening) > 0, HasAmount(happening)) << NameOf(happening);
  }
  const auto lines = ledger::TrialBalance(outcome->rehearsal->state());
  ASSERT_TRUE(lines);
  for (const ledger::TrialBalanceLine& line : *lines) EXPECT_EQ(line.debits, line.credits);
}

TEST_F(WorkloadTest, CancelledPurchasesAreVoided) {
  std::vector<PurchaseRow> rows = Sample();
  rows.resize(20);
  for (PurchaseRow& row : rows) row.status = "canceled";
  const auto outcome = Replay(rows, PayingHabits());
  EXPECT_EQ(Refusals(outcome->rehearsal->tally()), "");
  EXPECT_EQ(outcome->Times(Happening::kVoided), 20U);
  EXPECT_EQ(outcome->Times(Happening::kCaptured), 0U);
}

TEST_F(WorkloadTest, TheSameRowsComeToTheSameBalances) {
  std::vector<PurchaseRow> rows = Sample();
  rows.resize(100);
  const auto first = Replay(rows, PayingHabits());
  const auto again = Replay(rows, PayingHabits());
  EXPECT_EQ(first->acts, again->acts);
  EXPECT_EQ(*BalancesOf(first->rehearsal->state()), *BalancesOf(again->rehearsal->state()));
}

// Pays late by as much as it can and still pays, and not at all what comes after the sixth.
ClientMonths LateClient() {
  ClientMonths client;
  for (std::size_t i = 0; i < client.months.size(); ++i) {
    client.months[i] = {.status = static_cast<std::int32_t>(i + 2), .billed = 3, .paid = 1};
  }
  client.defaults = true;
  return client;
}

TEST_F(WorkloadTest, RealDelaysOfEveryKindAreReplayedWithoutARefusal) {
  std::vector<ClientMonths> clients(4);
  clients[1] = LateClient();
  clients[2].months[1] = {.status = 8, .billed = 100, .paid = 10};
  clients[3].months[0] = {.status = 1, .billed = -5, .paid = 10};
  const auto outcome = Replay(Sample(), PayingHabits(clients));
  EXPECT_EQ(Refusals(outcome->rehearsal->tally()), "");
  for (const OverdueSum& sum : outcome->rehearsal->overdue().Worst()) {
    EXPECT_GT(sum.instalments, 0U);
    EXPECT_GT(sum.amount.minor, 0);
  }
  EXPECT_GT(outcome->Times(Happening::kCoPayment), 0U);
}

// A purchase whose course is the usual one, with nothing beside it.
PurchaseRow PlainRow(std::uint32_t instalments) {
  PurchaseRow row;
  row.seller = std::string(32, 'a');
  row.purchased = Day::FromDate(2018, 1, 10);
  row.approved = row.purchased;
  row.shipping_limit = *row.purchased;
  row.value.minor = 10'000;
  row.instalments = instalments;
  for (int i = 0;; ++i) {
    row.order = std::to_string(i);
    const PurchasePlan plan = PlanOf(row, PayingHabits({ClientMonths{}}), std::nullopt);
    if (plan.course == Course::kUsual && !IsPrepaid(row) && !IsHeld(row)) return row;
  }
}

// By hand. 100.00 in two instalments of 50.00 with a fee of 0.50 each, due on 9 February and 9
// March 2018. The first client month: two months late, a quarter paid; so 12.62 of 50.50 come on 9
// February and 37.88 on 9 April, with 59 days' penalty of round(37.88 * 0.0005) = 0.02, of which no
// month's end has charged the last nine. The second would be in time but comes after the first, 31
// days late: penalty of round(50.50 * 0.0005) = 0.03 a day. On 8 April, the last evening on which
// they are unpaid, the first is 58 days past due and the second 30.
TEST_F(WorkloadTest, DelaysOfOnePurchaseComeToWhatIsReckonedByHand) {
  ClientMonths client;
  client.months[0] = {.status = 2, .billed = 4'000, .paid = 1'000};
  const auto outcome = Replay({PlainRow(2)}, PayingHabits({client}));
  EXPECT_EQ(Refusals(outcome->rehearsal->tally()), "");
  EXPECT_EQ(outcome->Times(Happening::kRepayment), 3U);
  EXPECT_EQ(outcome->Minor(Happening::kRepayment), 1'262 + (3'788 + 59 * 2) + (5'050 + 31 * 3));
  const auto worst = outcome->rehearsal->overdue().Worst();
  EXPECT_EQ(worst[0].instalments, 1U);
  EXPECT_EQ(worst[0].amount.minor, 5'050);
  EXPECT_EQ(worst[1].instalments, 1U);
  EXPECT_EQ(worst[1].amount.minor, 3'788);
  EXPECT_EQ(worst[2].instalments, 0U);
  EXPECT_EQ(Today(*outcome).Text(), "2018-04-09");
}

// By hand. 50.50 in time on 9 February; the other 50.50, due on 9 March, two months late on 9 May,
// with 61 days' penalty of 0.03. No payment comes after it: it must be all that is owed that day.
TEST_F(WorkloadTest, TheLastPaymentHasThePenaltyOfEveryDayAndEndsTheLoan) {
  ClientMonths client;
  client.months[1].status = 2;
  const PurchaseRow row = PlainRow(2);
  const auto outcome = Replay({row}, PayingHabits({client}));
  EXPECT_EQ(outcome->Times(Happening::kRepayment), 2U);
  EXPECT_EQ(outcome->Minor(Happening::kRepayment), 5'050 + (5'050 + 61 * 3));
  const auto debt = outcome->rehearsal->DebtToday(PurchaseOf(row));
  ASSERT_TRUE(debt);
  EXPECT_EQ(debt->loan().state, ledger::LoanState::kPaidOff);
}

// Somebody who never pays the second instalment: it is overdue at the end, or written off.
TEST_F(WorkloadTest, WhatIsNeverPaidStaysOverdueOrIsWrittenOff) {
  ClientMonths client;
  client.months[1] = {.status = 8, .billed = 0, .paid = 0};
  PurchaseRow row = PlainRow(2);
  for (int i = 0; FateOf(row) != Fate::kWrittenOff || RecoveredPpm(row) != 0; ++i) {
    row.order = "written off " + std::to_string(i);
  }
  const auto outcome = Replay({row}, PayingHabits({client}));
  EXPECT_EQ(Refusals(outcome->rehearsal->tally()), "");
  EXPECT_EQ(outcome->Times(Happening::kWriteOff), 2U);
  const auto now = OverdueOf(outcome->rehearsal->state());
  ASSERT_TRUE(now);
  EXPECT_EQ(now->written_off.instalments, 1U);
  EXPECT_EQ(now->written_off.amount.minor, 5'050);
  // 9 March and 180 days.
  EXPECT_EQ(Today(*outcome).Text(), "2018-09-05");
  EXPECT_EQ(outcome->rehearsal->overdue().Worst()[4].instalments, 1U);
}

}  // namespace
}  // namespace aval::cli::demo
