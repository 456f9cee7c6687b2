#include "ledger/rule_versions.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ledger/record/parties.h"
#include "ledger/rules/rules.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval::ledger {
namespace {

// Leaves 0 and 1 are genesis, 2 registers participant 1, who agrees on the second version.
constexpr std::uint64_t kFirstOfTheSecond = 5;

// Rule version 1, in which the first registration also agrees on version 2, as an act of
// governance would.
Verdict DecideAndAgree(rules::Context& context, const act::v1::Act& act) {
  const Verdict verdict = rules::Dispatch(context, act);
  Book book = *context.state().Get<Book>({});
  if (!act.has_participant_register() || book.next_rule_version != 0) return verdict;
  book.next_rule_version = 2;
  book.next_rule_leaf = kFirstOfTheSecond;
  context.state().Put<Book>({}, book);
  return verdict;
}

// In rule version 2 nobody is registered any more, and nothing is swept without an alert.
Verdict RegisterNobody(rules::Context& context, const act::v1::Act& act) {
  return act.has_participant_register() ? Verdict::kRange : rules::Dispatch(context, act);
}
Verdict RunNothing(rules::Context&, const CalendarItem::Key&) { return Verdict::kState; }

constexpr std::array kBoth{
    RuleVersion{.number = 1, .decide = DecideAndAgree, .run_item = rules::RunItem},
    RuleVersion{.number = 2, .decide = RegisterNobody, .run_item = RunNothing}};

std::vector<Verdict> RegisterFive(TestLedger& ledger) {
  std::vector<Verdict> verdicts;
  for (std::uint32_t n = 1; n <= 5; ++n) verdicts.push_back(ledger.Apply(RegisterAct(n)).verdict);
  return verdicts;
}

TEST(RuleVersionsTest, TheNewOneDecidesFromItsFirstLeafOn) {
  TestLedger ledger(kBoth);
  const std::vector<Verdict> expected{Verdict::kAccepted, Verdict::kAccepted, Verdict::kAccepted,
                                      Verdict::kRange, Verdict::kRange};
  EXPECT_EQ(RegisterFive(ledger), expected);
  EXPECT_EQ(ledger.leaves()[kFirstOfTheSecond].header.outcome,
            static_cast<std::uint16_t>(Verdict::kRange));
}

TEST(RuleVersionsTest, OldLeavesAreExecutedAgainUnderTheOldOne) {
  TestLedger ledger(kBoth);
  RegisterFive(ledger);
  TestLedger again(kBoth);
  RegisterFive(again);
  EXPECT_EQ(again.hash(), ledger.hash());
  ASSERT_EQ(again.leaves().size(), ledger.leaves().size());
  for (std::size_t i = 0; i < ledger.leaves().size(); ++i) {
    EXPECT_EQ(again.leaves()[i].entry, ledger.leaves()[i].entry) << i;
  }
}

TEST(RuleVersionsTest, TheNewOneAlsoWorksOffWhatIsDue) {
  TestLedger ledger(kBoth);
  RegisterFive(ledger);
  const Day today = ledger.today();
  ledger.Accept({AttestAct({.id = 100,
                            .subject = TestParticipant(1),
                            .kind = AttestationKind::kIdentity,
                            .expiry = today})});
  ledger.NextDay();
  EXPECT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ledger.state().List<Alert>({}, 10).size(), 1U);
}

TEST(RuleVersionsTest, AProgramWithoutItStopsBeforeItsFirstLeafAndNotEarlier) {
  TestLedger ledger{std::span<const RuleVersion>(kBoth).first(1)};
  for (std::uint32_t n = 1; n <= 3; ++n) {
    EXPECT_EQ(ledger.Apply(RegisterAct(n)).verdict, Verdict::kAccepted);
  }
  std::vector<Leaf> leaves;
  const PreparedAct act = *Prepare(RegisterAct(4), kTestOrigin).act;
  const auto applied = ledger.machine().Apply(act, kGenesisTime, leaves);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message,
            "rule version 2 is unknown to this program, whose newest is 1");
  EXPECT_TRUE(leaves.empty());
}

}  // namespace
}  // namespace aval::ledger
