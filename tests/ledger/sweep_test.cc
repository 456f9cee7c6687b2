#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/effects.h"
#include "ledger/log/leaf.h"
#include "ledger/record/attestations.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval::ledger {
namespace {

SystemChunk ChunkOf(const Leaf& leaf) {
  const Result<LeafView> view = DecodeLeaf(leaf.entry);
  EXPECT_TRUE(view);
  EXPECT_EQ(view->header.kind, LeafKind::kSystem);
  EXPECT_EQ(view->header.effects, HashEffects(leaf.effects));
  return *DecodeSystemChunk(view->body);
}

// So many attestations of participant 1 whose last day is the first.
void AddAttestations(TestLedger& ledger, std::uint64_t count) {
  ledger.Accept({RegisterAct(1)});
  for (std::uint64_t id = 100; id < 100 + count; ++id) {
    ledger.Accept({AttestAct({.id = id,
                              .subject = TestParticipant(1),
                              .kind = AttestationKind::kCapacity,
                              .values = {{.code = 1, .value = 1}},
                              .expiry = kFirstDay})});
  }
}

// A refused act of the first day, valid on no other.
void AddOutcomes(TestLedger& ledger, std::uint64_t count) {
  for (std::uint64_t nonce = 1; nonce <= count; ++nonce) {
    act::v1::Act act = NewAct(kPlatform, nonce);
    act.set_last_valid_day(ToWire(kFirstDay));
    act.mutable_purchase_void()->set_purchase(ToWire(TestId(1)));
    EXPECT_TRUE(ledger.Apply(SignAct(act, {{kPlatform, Department::kOps}})).recorded);
  }
}

/// Notes where walks over the calendar and the outcomes begin.
class WatchedWalks final : public Reader {
 public:
  explicit WatchedWalks(const Reader& below) : below_(below) {}

  Result<std::optional<Bytes>> Get(ByteView key) const override { return below_.Get(key); }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    const auto table = static_cast<Table>(from.front());
    if (table == Table::kCalendar || table == Table::kOutcome) begun_.push_back(CopyBytes(from));
    return below_.Scan(from, to, visit);
  }

  /// Of one table, since the last call.
  std::vector<Bytes> Take(Table table) {
    std::erase_if(begun_, [table](const Bytes& key) { return key.front() != Byte(table); });
    return std::exchange(begun_, {});
  }

 private:
  static std::uint8_t Byte(Table table) { return static_cast<std::uint8_t>(table); }

  const Reader& below_;
  mutable std::vector<Bytes> begun_;
};

TEST(SweepTest, NothingDueLeavesNoLeaf) {
  TestLedger ledger;
  AddAttestations(ledger, 1);
  EXPECT_FALSE(*ledger.machine().HasDueItems());
  EXPECT_EQ(ledger.Sweep(), 0U);
}

TEST(SweepTest, WhatIsDueIsWorkedOffInOneSystemLeaf) {
  TestLedger ledger;
  AddAttestations(ledger, 2);
  ledger.NextDay();
  EXPECT_TRUE(*ledger.machine().HasDueItems());
  ASSERT_EQ(ledger.Sweep(), 1U);
  const SystemChunk chunk = ChunkOf(ledger.leaves().back());
  EXPECT_EQ(chunk.day, kFirstDay.Plus(1));
  EXPECT_EQ(chunk.queue, Queue::kAttestation);
  EXPECT_EQ(chunk.items, 2U);
  EXPECT_EQ(chunk.last_key, EncodeKey<CalendarItem>({.day = kFirstDay.Plus(1),
                                                     .queue = Queue::kAttestation,
                                                     .subject = TestId(101),
                                                     .number = 0}));
  EXPECT_EQ(ledger.state().Get<Attestation>({.attestation = TestId(100)})->state,
            AttestationState::kExpired);
  EXPECT_TRUE(ledger.state().List<CalendarItem>({}, 10).empty());
  EXPECT_FALSE(*ledger.machine().HasDueItems());
}

TEST(SweepTest, TheEffectsAreThoseOfAllItems) {
  TestLedger ledger;
  AddAttestations(ledger, 2);
  ledger.NextDay();
  ledger.Flush();
  ledger.Sweep();
  const Result<Effects> effects = DecodeEffects(ledger.leaves().back().effects);
  ASSERT_TRUE(effects);
  EXPECT_EQ(effects->writes, ledger.machine().TakeWrites());
}

TEST(SweepTest, AChunkHasAtMost512Items) {
  TestLedger ledger;
  ledger.Flush();
  Writes items;  // Of attestations that are not there: each makes an alert, which is small.
  for (std::uint16_t number = 1; number <= kMaxSystemItems + 3; ++number) {
    items.emplace(EncodeKey<CalendarItem>({.day = kFirstDay.Plus(1),
                                           .queue = Queue::kAttestation,
                                           .subject = TestId(7),
                                           .number = number}),
                  EncodeValue(CalendarItem{}));
  }
  ASSERT_TRUE(ledger.store().Apply(items));
  ledger.NextDay();
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).items, kMaxSystemItems);
  EXPECT_TRUE(*ledger.machine().HasDueItems());
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).items, 3U);
  EXPECT_EQ(ledger.Sweep(), 0U);
}

TEST(SweepTest, AChunkEndsWithTheItemThatFillsItsEffects) {
  constexpr std::size_t kItems = 480;
  constexpr std::size_t kItemMost = 1'024;
  TestLedger ledger;
  AddAttestations(ledger, kItems);
  ledger.NextDay();
  std::size_t items = 0;
  std::size_t full = 0;
  while (ledger.Sweep() > 0) {
    const std::size_t size = ledger.leaves().back().effects.size();
    EXPECT_LT(size, kSystemEffectsSize + kItemMost);
    full += size >= kSystemEffectsSize ? 1 : 0;
    items += ChunkOf(ledger.leaves().back()).items;
  }
  EXPECT_EQ(items, kItems);
  EXPECT_EQ(full, 1U);
}

TEST(SweepTest, TheLowestNumberedQueueComesFirstAndAlone) {
  TestLedger ledger;
  ledger.Accept({RegisterAct(1)});
  ledger.Accept(EvidenceActs(1, 100, kFirstDay));
  ledger.Accept({ProposeAct(
      {.id = 200, .borrower = TestParticipant(1), .evidence = 100, .expiry = kFirstDay})});
  AddOutcomes(ledger, 1);
  ledger.NextDay();
  for (const Queue queue : {Queue::kGrant, Queue::kAttestation, Queue::kOutcome}) {
    ASSERT_EQ(ledger.Sweep(), 1U);
    EXPECT_EQ(ChunkOf(ledger.leaves().back()).queue, queue);
  }
  EXPECT_EQ(ledger.Sweep(), 0U);
}

TEST(SweepTest, AnItemThatCannotPostBecomesAnAlertAndTheOthersGoOn) {
  TestLedger ledger;
  AddAttestations(ledger, 1);
  ledger.Flush();
  const CalendarItem::Key nothing{
      .day = kFirstDay.Plus(1), .queue = Queue::kAttestation, .subject = TestId(7), .number = 9};
  ASSERT_TRUE(
      ledger.store().Apply({{EncodeKey<CalendarItem>(nothing), EncodeValue(CalendarItem{})}}));
  ledger.NextDay();
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).items, 2U);
  EXPECT_TRUE(ledger.state().List<CalendarItem>({}, 10).empty());
  EXPECT_EQ(ledger.state().Get<Attestation>({.attestation = TestId(100)})->state,
            AttestationState::kExpired);
  const auto alerts = ledger.state().List<Alert>({}, 10);
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].first.leaf, ledger.leaves().size() - 1);
  EXPECT_EQ(alerts[0].first.number, 0U);
  EXPECT_EQ(alerts[0].second.day, nothing.day);
  EXPECT_EQ(alerts[0].second.queue, nothing.queue);
  EXPECT_EQ(alerts[0].second.subject, nothing.subject);
  EXPECT_EQ(alerts[0].second.item, nothing.number);
  EXPECT_EQ(alerts[0].second.verdict, static_cast<std::uint16_t>(Verdict::kUnknown));
}

TEST(SweepTest, WhatAnItemWroteBeforeItFailedIsDropped) {
  TestLedger ledger;
  const SampleGrant grant{
      .id = 200, .borrower = TestParticipant(1), .evidence = 100, .expiry = kFirstDay};
  ledger.Accept({RegisterAct(1)});
  ledger.Accept(EvidenceActs(1, 100, kFirstDay.Plus(9)));
  ledger.Accept({ProposeAct(grant), DecideAct(grant, kPlatform), DecideAct(grant, kBankA),
                 ActivateAct(grant)});
  ledger.NextDay();
  ledger.Flush();
  constexpr std::int64_t kFull = std::numeric_limits<std::int64_t>::max();
  const Bytes contra = EncodeKey<Account>({.owner = PartyId::Memo(),
                                           .code = rules::account::kLimitGrantedContra,
                                           .subject = TestId(200),
                                           .currency = *Currency::Parse("BRL")});
  ASSERT_TRUE(ledger.store().Apply(
      {{contra, EncodeValue(Account{.debits = {kFull}, .credits = {kFull}})}}));
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ledger.state().Get<Grant>({.grant = TestId(200)})->state, GrantState::kActive);
  const auto alerts = ledger.state().List<Alert>({}, 10);
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].second.verdict, static_cast<std::uint16_t>(Verdict::kOverflow));
  EXPECT_TRUE(DecodeEffects(ledger.leaves().back().effects)->journal.empty());
}

TEST(SweepTest, ADamagedRecordStopsTheMachine) {
  TestLedger ledger;
  AddAttestations(ledger, 1);
  ledger.NextDay();
  ledger.Flush();
  const Bytes key = EncodeKey<Attestation>({.attestation = TestId(100)});
  ASSERT_TRUE(ledger.store().Apply({{key, Bytes{0xff}}}));
  std::vector<Leaf> leaves;
  EXPECT_EQ(ledger.machine().Sweep(0, leaves).error().code, Code::kCorruption);
  EXPECT_TRUE(leaves.empty());
}

TEST(SweepTest, OutcomesAreDeletedOnTheDayAfterTheirLastValidDay) {
  TestLedger ledger;
  AddOutcomes(ledger, 3);
  EXPECT_EQ(ledger.Sweep(), 0U);
  ledger.NextDay();
  ledger.Flush();
  ASSERT_EQ(ledger.Sweep(), 1U);
  const Leaf& leaf = ledger.leaves().back();
  const SystemChunk chunk = ChunkOf(leaf);
  EXPECT_EQ(chunk.queue, Queue::kOutcome);
  EXPECT_EQ(chunk.items, 3U);
  EXPECT_EQ(chunk.last_key,
            EncodeKey<Outcome>({.last_valid = kFirstDay, .author = kPlatform, .nonce = TestId(3)}));
  EXPECT_TRUE(leaf.effects.empty());
  // The day roll's own outcome is valid for today, and stays.
  EXPECT_EQ(ledger.state().List<Outcome>({}, 10).size(), 1U);
  EXPECT_EQ(ledger.machine().TakeWrites().size(), 3U);
}

TEST(SweepTest, OutcomesAreDeletedInChunks) {
  TestLedger ledger;
  AddOutcomes(ledger, kMaxSystemItems + 1);
  ledger.NextDay();
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).items, kMaxSystemItems);
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).items, 1U);
  EXPECT_EQ(ledger.Sweep(), 0U);
}

TEST(SweepTest, NoWalkStepsOverWhatTheDayHasDeletedBefore) {
  TestLedger ledger;
  AddAttestations(ledger, 700);
  AddOutcomes(ledger, 700);
  ledger.NextDay();
  ledger.Flush();
  WatchedWalks walks(ledger.store());
  Machine machine(&walks, ledger.machine().tail());
  std::vector<Leaf> leaves;
  for (const Table table : {Table::kCalendar, Table::kOutcome}) {
    ASSERT_TRUE(machine.Sweep(kGenesisTime, leaves));
    const Bytes last = ChunkOf(leaves.back()).last_key;
    ASSERT_EQ(last.front(), static_cast<std::uint8_t>(table));
    walks.Take(table);
    ASSERT_TRUE(*machine.HasDueItems());
    ASSERT_TRUE(machine.Sweep(kGenesisTime, leaves));
    const std::vector<Bytes> begun = walks.Take(table);
    EXPECT_FALSE(begun.empty());
    for (const Bytes& from : begun) EXPECT_GE(from, last);
  }
  EXPECT_FALSE(*machine.HasDueItems());
  const Bytes last = ChunkOf(leaves.back()).last_key;
  walks.Take(Table::kOutcome);
  const auto roll = Prepare(DayRollAct(kFirstDay.Plus(2)), kTestOrigin);
  EXPECT_EQ(machine.Apply(*roll.act, kGenesisTime, leaves)->verdict, Verdict::kAccepted);
  for (const Bytes& from : walks.Take(Table::kOutcome)) EXPECT_GE(from, last);
}

TEST(SweepTest, AnItemPutBeforeWhereTheSweepHasComeToIsWorkedOffNext) {
  TestLedger ledger;
  AddAttestations(ledger, 600);
  const SampleGrant grant{
      .id = 50, .borrower = TestParticipant(2), .evidence = 20, .expiry = kFirstDay.Plus(40)};
  const SamplePurchase purchase{.id = 60,
                                .grant = grant.id,
                                .borrower = grant.borrower,
                                .supplier = TestParticipant(3),
                                .first_due = kFirstDay.Plus(5),
                                .expiry = kFirstDay.Plus(3)};
  ledger.Accept({SupplierAct(3), RegisterAct(2)});
  ledger.Accept(EvidenceActs(2, grant.evidence, kFirstDay.Plus(40)));
  ledger.Accept({ProposeAct(grant), DecideAct(grant, kPlatform), DecideAct(grant, kBankA),
                 ActivateAct(grant), AuthoriseAct(purchase)});
  ledger.NextDay();
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).queue, Queue::kAttestation);
  ledger.Accept({CaptureAct(purchase)});  // Its first bill is due at once.
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).queue, Queue::kInstalment);
  ASSERT_EQ(ledger.Sweep(), 1U);
  EXPECT_EQ(ChunkOf(ledger.leaves().back()).items, 600U - kMaxSystemItems);
  EXPECT_FALSE(*ledger.machine().HasDueItems());
}

TEST(SweepTest, TheNextDayWaitsForTheSweep) {
  TestLedger ledger;
  AddOutcomes(ledger, 1);
  ledger.NextDay();
  act::v1::Act early = NewAct(kPlatform, 900);
  early.mutable_day_roll()->set_day(ToWire(kFirstDay.Plus(2)));
  EXPECT_EQ(
      ledger.Apply(SignAct(early, {{kPlatform, Department::kOps}, {kBankA, Department::kOps}}))
          .verdict,
      Verdict::kDayBusy);
  ledger.Sweep();
  ledger.NextDay();
  EXPECT_EQ(ledger.today(), kFirstDay.Plus(2));
}

}  // namespace
}  // namespace aval::ledger
