#include "ledger/machine.h"

#include <gtest/gtest.h>

#include <limits>

#include "ledger/effects.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/reports.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval::ledger {
namespace {

const SignerRef kCompliance{kBankA, Department::kCompliance};

SampleGrant Grant200() {
  return {.id = 200, .borrower = TestParticipant(1), .evidence = 100, .expiry = kFirstDay.Plus(50)};
}

// Participant 1 and its evidence.
void AddBorrower(TestLedger& ledger) {
  ledger.Accept({RegisterAct(1)});
  ledger.Accept(EvidenceActs(1, 100, kFirstDay.Plus(100)));
}

// A void of a purchase that is not there: signed rightly, refused by its rule.
std::shared_ptr<const Bytes> RefusedAct(std::uint64_t nonce, Day last_valid) {
  act::v1::Act act = NewAct(kPlatform, nonce);
  act.set_last_valid_day(ToWire(last_valid));
  act.mutable_purchase_void()->set_purchase(ToWire(TestId(1)));
  act.mutable_purchase_void()->set_reason(1);
  return SignAct(act, {{kPlatform, Department::kOps}});
}

// Dropped: no leaf, no state, told to nobody but the submitter.
void ExpectDropped(TestLedger& ledger, const std::shared_ptr<const Bytes>& envelope,
                   Verdict verdict) {
  const std::size_t leaves = ledger.leaves().size();
  const crypto::Digest hash = ledger.hash();
  const Machine::Answer outcome = ledger.Apply(envelope);
  EXPECT_EQ(outcome.verdict, verdict) << VerdictCode(outcome.verdict);
  EXPECT_FALSE(outcome.recorded);
  EXPECT_FALSE(outcome.repeated);
  EXPECT_EQ(ledger.leaves().size(), leaves);
  EXPECT_EQ(ledger.hash(), hash);
  EXPECT_EQ(ledger.machine().tail().size, leaves);
}

// ---- Genesis.

TEST(MachineTest, BeginsWithGenesisAndTheCosignersPolicy) {
  const TestLedger ledger;
  const Genesis genesis = TestGenesis();
  ASSERT_EQ(ledger.leaves().size(), 2U);
  const Result<LeafView> first = DecodeLeaf(ledger.leaves()[0].entry);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->header.kind, LeafKind::kGenesis);
  EXPECT_EQ(first->header.time_ms, kGenesisTime);
  EXPECT_EQ(first->header.effects, HashEffects(ledger.leaves()[0].effects));
  EXPECT_EQ(CopyBytes(first->body), genesis.envelope());
  const Result<LeafView> second = DecodeLeaf(ledger.leaves()[1].entry);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->header.kind, LeafKind::kPolicy);
  EXPECT_EQ(second->header.time_ms, kGenesisTime);
  EXPECT_EQ(AsText(second->body), genesis.cosigner_policy());
}

TEST(MachineTest, GenesisWritesEverythingThatItNames) {
  TestLedger ledger;
  const Overlay& state = ledger.state();
  const auto book = state.Get<Book>({});
  ASSERT_TRUE(book);
  EXPECT_EQ(book->origin, kTestOrigin);
  EXPECT_EQ(book->day, kFirstDay);
  EXPECT_TRUE(book->replay);
  EXPECT_EQ(book->utc_offset_minutes, -180);
  EXPECT_EQ(book->rule_version, kRuleVersion);
  EXPECT_EQ(state.List<Institution>({}, 10).size(), 3U);
  EXPECT_EQ(state.Get<Institution>({.institution = kBankA})->name, "bank-a.example");
  EXPECT_EQ(state.List<Node>({}, 10).size(), 3U);
  EXPECT_EQ(state.Get<Node>({.node = 2})->cosigner_name, "bank-a.example/n1");
  EXPECT_EQ(state.List<Policy>({}, 10).size(), 1U);
  EXPECT_EQ(state.Get<Policy>({.effective = kFirstDay, .version = 1})->tier_limits.size(), 3U);
  EXPECT_EQ(state.Get<Product>({.product = 1, .version = 1})->currency.Text(), "BRL");
}

TEST(MachineTest, ARuleVersionUnknownToTheProgramStopsIt) {
  TestLedger ledger;
  ledger.Flush();
  Book book = *ledger.state().Get<Book>({});
  book.rule_version = kRuleVersion + 1;
  ASSERT_TRUE(ledger.store().Apply({{EncodeKey<Book>({}), EncodeValue(book)}}));
  std::vector<Leaf> leaves;
  const PreparedAct act = *Prepare(RegisterAct(1), kTestOrigin).act;
  const auto applied = ledger.machine().Apply(act, kGenesisTime, leaves);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message,
            "rule version 2 is unknown to this program, whose newest is 1");
  EXPECT_FALSE(ledger.machine().Sweep(kGenesisTime, leaves));
  EXPECT_FALSE(ledger.machine().HasDueItems());
  EXPECT_TRUE(leaves.empty());
}

TEST(MachineTest, GenesisRegistersEveryDepartmentsKey) {
  TestLedger ledger;
  EXPECT_EQ(ledger.state().List<KeyRecord>({}, 100).size(), 18U);
  EXPECT_EQ(ledger.state().List<KeyOfParty>({}, 100).size(), 18U);
  const crypto::PublicKey key = KeyOf(kCompliance).public_key();
  const crypto::Digest id = crypto::KeyIdOf(key).digest;
  const auto record = ledger.state().Get<KeyRecord>({.key_id = id});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->party, kBankA);
  EXPECT_EQ(record->department, Department::kCompliance);
  EXPECT_EQ(record->public_key, CopyBytes(key.bytes));
  EXPECT_EQ(record->live_from, kFirstDay);
  EXPECT_TRUE(ledger.state().Has<KeyOfParty>(
      {.party = kBankA, .department = Department::kCompliance, .key_id = id}));
}

TEST(MachineTest, GenesisEffectsAreTheWholeState) {
  TestLedger ledger;
  const Result<Effects> effects = DecodeEffects(ledger.leaves()[0].effects);
  ASSERT_TRUE(effects);
  EXPECT_TRUE(effects->journal.empty());
  EXPECT_EQ(effects->writes, ledger.machine().TakeWrites());
}

TEST(MachineTest, BeginsOnceOnly) {
  TestLedger ledger;
  EXPECT_EQ(ledger.machine().Begin(TestGenesis()).error().code, Code::kInvalidArgument);
  ledger.Flush();
  Machine another(&ledger.store(), {});
  EXPECT_EQ(another.Begin(TestGenesis()).error().code, Code::kInvalidArgument);
}

TEST(MachineTest, WithoutGenesisNothingApplies) {
  const MemoryStore empty;
  Machine machine(&empty, {});
  std::vector<Leaf> leaves;
  const Preparation preparation = Prepare(RegisterAct(1), kTestOrigin);
  EXPECT_EQ(machine.Apply(*preparation.act, 0, leaves).error().code, Code::kNotFound);
  EXPECT_EQ(machine.Sweep(0, leaves).error().code, Code::kNotFound);
}

// ---- Accepted and refused.

TEST(MachineTest, AnAcceptedActHasALeafWithItsEffects) {
  TestLedger ledger;
  const auto envelope = RegisterAct(1);
  const Machine::Answer outcome = ledger.Apply(envelope);
  EXPECT_EQ(outcome.verdict, Verdict::kAccepted);
  EXPECT_TRUE(outcome.recorded);
  EXPECT_FALSE(outcome.repeated);
  EXPECT_EQ(outcome.leaf, 2U);
  ASSERT_EQ(ledger.leaves().size(), 3U);
  const Leaf& leaf = ledger.leaves()[2];
  const Result<LeafView> view = DecodeLeaf(leaf.entry);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header, leaf.header);
  EXPECT_EQ(view->header.kind, LeafKind::kAct);
  EXPECT_EQ(view->header.outcome, 0U);
  EXPECT_EQ(view->header.effects, HashEffects(leaf.effects));
  EXPECT_EQ(CopyBytes(view->body), *envelope);
  EXPECT_EQ(ledger.machine().tail().size, 3U);
}

TEST(MachineTest, EffectsAreWhatTheActWroteButItsOutcome) {
  TestLedger ledger;
  ledger.Flush();
  ledger.Accept({RegisterAct(1)});
  Writes writes = ledger.machine().TakeWrites();
  const Result<Effects> effects = DecodeEffects(ledger.leaves().back().effects);
  ASSERT_TRUE(effects);
  EXPECT_EQ(effects->writes.size() + 1, writes.size());
  std::erase_if(writes, [](const auto& write) { return write.first[0] == 0x50; });
  EXPECT_EQ(effects->writes, writes);
}

TEST(MachineTest, ARefusalWritesItsLeafAndItsOutcomeOnly) {
  TestLedger ledger;
  ledger.Flush();
  const PreparedAct act = *Prepare(RefusedAct(1, kFirstDay), kTestOrigin).act;
  const Machine::Answer outcome = ledger.Apply(act);
  EXPECT_EQ(outcome.verdict, Verdict::kUnknown);
  EXPECT_TRUE(outcome.recorded);
  EXPECT_EQ(outcome.leaf, 2U);
  const Leaf& leaf = ledger.leaves().back();
  EXPECT_EQ(leaf.header.outcome, static_cast<std::uint16_t>(Verdict::kUnknown));
  EXPECT_EQ(leaf.header.effects, crypto::Digest{});
  EXPECT_TRUE(leaf.effects.empty());
  const auto stored = ledger.state().Get<ledger::Outcome>(act.id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->identity, act.identity);
  EXPECT_EQ(stored->leaf, 2U);
  EXPECT_EQ(stored->verdict, static_cast<std::uint16_t>(Verdict::kUnknown));
  EXPECT_EQ(ledger.machine().TakeWrites().size(), 1U);
}

TEST(MachineTest, JournalLinesAreInTheEffects) {
  TestLedger ledger;
  AddBorrower(ledger);
  ledger.Accept({ProposeAct(Grant200()), DecideAct(Grant200(), kPlatform),
                 DecideAct(Grant200(), kBankA), ActivateAct(Grant200())});
  const Result<Effects> effects = DecodeEffects(ledger.leaves().back().effects);
  ASSERT_TRUE(effects);
  ASSERT_EQ(effects->journal.size(), 2U);
  EXPECT_EQ(effects->journal[0].code, rules::account::kLimitGranted);
  EXPECT_EQ(effects->journal[0].debit.minor, 500'000);
  EXPECT_EQ(effects->journal[1].code, rules::account::kLimitGrantedContra);
  EXPECT_EQ(effects->journal[1].credit.minor, 500'000);
}

TEST(MachineTest, ASumBeyondInt64IsRefused) {
  TestLedger ledger;
  AddBorrower(ledger);
  ledger.Accept(
      {ProposeAct(Grant200()), DecideAct(Grant200(), kPlatform), DecideAct(Grant200(), kBankA)});
  ledger.Flush();
  constexpr std::int64_t kFull = std::numeric_limits<std::int64_t>::max();
  const Bytes key = EncodeKey<Account>({.owner = PartyId::Memo(),
                                        .code = rules::account::kLimitGranted,
                                        .subject = TestId(200),
                                        .currency = *Currency::Parse("BRL")});
  ASSERT_TRUE(
      ledger.store().Apply({{key, EncodeValue(Account{.debits = {kFull}, .credits = {kFull}})}}));
  const Machine::Answer outcome = ledger.Apply(ActivateAct(Grant200()));
  EXPECT_EQ(outcome.verdict, Verdict::kOverflow);
  EXPECT_TRUE(outcome.recorded);
  EXPECT_EQ(ledger.state().Get<Grant>({.grant = TestId(200)})->state, GrantState::kOffered);
}

TEST(MachineTest, AStoreThatFailsStopsTheMachine) {
  TestLedger ledger;
  ledger.Flush();
  const Bytes key = EncodeKey<Institution>({.institution = kBankA});
  ASSERT_TRUE(ledger.store().Apply({{key, Bytes{0xff}}}));
  std::vector<Leaf> leaves;
  const Preparation act = Prepare(RegisterAct(1), kTestOrigin);
  const Result<Machine::Answer> outcome = ledger.machine().Apply(*act.act, 0, leaves);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kCorruption);
  EXPECT_TRUE(leaves.empty());
}

// ---- The id and its one outcome.

TEST(MachineTest, ARetryGetsTheStoredOutcomeAndNoLeaf) {
  TestLedger ledger;
  ledger.Accept({RegisterAct(1)});
  const crypto::Digest hash = ledger.hash();
  const Machine::Answer outcome = ledger.Apply(RegisterAct(1));
  EXPECT_EQ(outcome.verdict, Verdict::kAccepted);
  EXPECT_TRUE(outcome.recorded);
  EXPECT_TRUE(outcome.repeated);
  EXPECT_EQ(outcome.leaf, 2U);
  EXPECT_EQ(ledger.leaves().size(), 3U);
  EXPECT_EQ(ledger.hash(), hash);
}

TEST(MachineTest, ARefusedIdIsBurnt) {
  TestLedger ledger;
  const auto envelope = ActivateAct(Grant200());
  ledger.Accept({RegisterAct(1)});
  EXPECT_EQ(ledger.Apply(envelope).verdict, Verdict::kUnknown);
  ledger.Accept(EvidenceActs(1, 100, kFirstDay.Plus(100)));
  ledger.Accept(
      {ProposeAct(Grant200()), DecideAct(Grant200(), kPlatform), DecideAct(Grant200(), kBankA)});
  const Machine::Answer outcome = ledger.Apply(envelope);
  EXPECT_EQ(outcome.verdict, Verdict::kUnknown);
  EXPECT_TRUE(outcome.repeated);
  EXPECT_EQ(outcome.leaf, 3U);
}

TEST(MachineTest, TheSameActUnderOtherSignaturesIsTheSame) {
  TestLedger ledger;
  const crypto::SecretKey second = TestKey("second key");
  ledger.Accept({KeyAddAct(kCompliance, second, {kCompliance, {kBankA, Department::kLegal}}, 900)});
  ledger.Accept({RegisterAct(1)});
  crypto::Envelope envelope = *crypto::ParseEnvelope(*RegisterAct(1));
  const crypto::EnvelopeSignature newcomer = envelope.signatures[1];
  envelope.signatures.clear();
  crypto::SignEnvelope(envelope, second);
  envelope.signatures.push_back(newcomer);
  const Machine::Answer outcome =
      ledger.Apply(std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope)));
  EXPECT_EQ(outcome.verdict, Verdict::kAccepted);
  EXPECT_TRUE(outcome.repeated);
  EXPECT_EQ(outcome.leaf, 3U);
}

// However often it is sent again, by whom ever.
TEST(MachineTest, AnIdWithOtherBytesIsDroppedAndBindsNothing) {
  TestLedger ledger;
  ledger.Accept({RegisterAct(1)});
  const crypto::Digest hash = ledger.hash();
  ExpectDropped(ledger, AttestAct({.id = 1, .subject = TestParticipant(1), .expiry = kFirstDay}),
                Verdict::kExistsDifferent);
  EXPECT_EQ(ledger.hash(), hash);
  EXPECT_EQ(ledger.Apply(RegisterAct(1)).leaf, 2U);
}

// ---- The last valid day.

TEST(MachineTest, AnActPastItsLastValidDayIsDropped) {
  TestLedger ledger;
  const auto act = RefusedAct(1, kFirstDay);
  ledger.NextDay();
  ExpectDropped(ledger, act, Verdict::kExpired);
}

TEST(MachineTest, TheLastValidDayItselfIsInTime) {
  TestLedger ledger;
  ledger.NextDay();
  EXPECT_TRUE(ledger.Apply(RefusedAct(1, kFirstDay.Plus(1))).recorded);
}

TEST(MachineTest, AnActIsValidForAtMostThirtyDays) {
  TestLedger ledger;
  ExpectDropped(ledger, RefusedAct(1, kFirstDay.Plus(31)), Verdict::kValidity);
  EXPECT_TRUE(ledger.Apply(RefusedAct(1, kFirstDay.Plus(30))).recorded);
}

TEST(MachineTest, AnOutcomePastItsLastValidDayIsGoneHoweverFarTheSweepHasCome) {
  TestLedger ledger;
  const auto act = RefusedAct(1, kFirstDay);
  ledger.Apply(act);
  ledger.NextDay();
  ASSERT_TRUE(*ledger.machine().HasDueItems());
  ExpectDropped(ledger, act, Verdict::kExpired);
}

// ---- Time.

TEST(MachineTest, CommitTimeNeverFalls) {
  TestLedger ledger;
  ledger.set_time(kGenesisTime + 7);
  ledger.Apply(RefusedAct(1, kFirstDay));
  ledger.set_time(kGenesisTime + 3);
  ledger.Apply(RefusedAct(2, kFirstDay));
  EXPECT_EQ(ledger.leaves()[2].header.time_ms, kGenesisTime + 7);
  EXPECT_EQ(ledger.leaves()[3].header.time_ms, kGenesisTime + 7);
}

TEST(MachineTest, ADroppedActLeavesNoTraceInTime) {
  TestLedger ledger;
  ledger.set_time(kGenesisTime + 7);
  ExpectDropped(ledger, RefusedAct(1, kFirstDay.Plus(31)), Verdict::kValidity);
  EXPECT_EQ(ledger.machine().tail().time_ms, kGenesisTime);
}

// ---- Views.

TEST(MachineTest, TheTrialBalanceIsZeroForEachOwnerAndCurrency) {
  TestLedger ledger;
  AddBorrower(ledger);
  ledger.Accept({ProposeAct(Grant200()), DecideAct(Grant200(), kPlatform),
                 DecideAct(Grant200(), kBankA), ActivateAct(Grant200())});
  const auto lines = TrialBalance(ledger.state());
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ((*lines)[0].owner, PartyId::Memo());
  EXPECT_EQ((*lines)[0].currency.Text(), "BRL");
  EXPECT_EQ((*lines)[0].debits.minor, 500'000);
  EXPECT_EQ((*lines)[0].credits.minor, 500'000);
}

TEST(MachineTest, TheStateHashLeavesOutTheNodesOwnBookkeeping) {
  MemoryStore store;
  const crypto::Digest empty = *StateHash(store);
  EXPECT_EQ(empty, crypto::Sha256({}));
  ASSERT_TRUE(store.Apply({{Bytes{0x0f, 1}, Bytes{2}}}));
  EXPECT_EQ(*StateHash(store), empty);
  ASSERT_TRUE(store.Apply({{Bytes{0x10, 1}, Bytes{2}}}));
  EXPECT_EQ(*StateHash(store), crypto::Sha256(*FromHex("0000000210010000000102")));
}

TEST(MachineTest, OutcomesAreInTheStateHash) {
  TestLedger ledger;
  const crypto::Digest before = ledger.hash();
  ledger.Apply(RefusedAct(1, kFirstDay));
  EXPECT_NE(ledger.hash(), before);
}

}  // namespace
}  // namespace aval::ledger
