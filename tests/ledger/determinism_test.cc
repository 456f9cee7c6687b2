#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/effects.h"
#include "ledger/machine.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/reports.h"
#include "ledger/state/store.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"

namespace aval::ledger {
namespace {

using Days = std::vector<std::vector<std::shared_ptr<const Bytes>>>;

// True each `n`th time; never for 0.
class EveryNth {
 public:
  explicit EveryNth(std::size_t n) : n_(n) {}
  bool operator()() { return n_ != 0 && ++count_ % n_ == 0; }

 private:
  std::size_t n_;
  std::size_t count_ = 0;
};

// What nodes may do differently; after how many acts, 0 for never.
struct Habits {
  std::size_t block = 0;    // A block ends: the sweep has its turn.
  std::size_t flush = 0;    // Writes go into the store.
  std::size_t restart = 0;  // Of flushes: a new machine goes on from the store.
  std::size_t check = 0;    // Signatures were checked before.
};

// The sample days as one node applies them.
class Course {
 public:
  explicit Course(const Habits& habits)
      : block_(habits.block),
        flush_(habits.flush),
        restart_(habits.restart),
        check_(habits.check),
        machine_(std::make_unique<Machine>(&store_, Machine::Tail{})),
        leaves_(*machine_->Begin(TestGenesis())) {}

  void Play(const Days& days) {
    for (std::size_t day = 0; day < days.size(); ++day) {
      for (const auto& act : days[day]) Apply(act);
      Apply(DayRollAct(kFirstDay.Plus(static_cast<std::int64_t>(day) + 1)));
      while (*machine_->HasDueItems()) EndBlock();
    }
    AVAL_ASSERT(store_.Apply(machine_->TakeWrites()));
  }

  const MemoryStore& store() const { return store_; }
  const std::vector<Leaf>& leaves() const { return leaves_; }
  const std::vector<Machine::Answer>& outcomes() const { return outcomes_; }

 private:
  void Apply(const std::shared_ptr<const Bytes>& envelope) {
    const Preparation preparation = Prepare(envelope, kTestOrigin);
    if (check_()) {
      CheckSignatures(*preparation.act, [this](const crypto::KeyId& id) {
        const auto record = machine_->state().Get<KeyRecord>({.key_id = id.digest});
        return record ? std::optional(*crypto::PublicKeyFromBytes(record->public_key))
                      : std::nullopt;
      });
    }
    const auto outcome = machine_->Apply(*preparation.act, time_ms_, leaves_);
    AVAL_ASSERT(outcome);
    outcomes_.push_back(*outcome);
    time_ms_ += 10;
    if (block_()) EndBlock();
    if (!flush_()) return;
    AVAL_ASSERT(store_.Apply(machine_->TakeWrites()));
    if (restart_()) machine_ = std::make_unique<Machine>(&store_, machine_->tail());
  }
  void EndBlock() { AVAL_ASSERT(machine_->Sweep(time_ms_, leaves_)); }

  EveryNth block_;
  EveryNth flush_;
  EveryNth restart_;
  EveryNth check_;
  MemoryStore store_;
  std::unique_ptr<Machine> machine_;
  std::vector<Leaf> leaves_;
  std::vector<Machine::Answer> outcomes_;
  std::int64_t time_ms_ = kGenesisTime;
};

// The plain node's course; all tests compare with it.
const Course& Plain() {
  static const std::unique_ptr<Course> kCourse = [] {
    auto course = std::make_unique<Course>(Habits{});
    course->Play(SampleDays());
    return course;
  }();
  return *kCourse;
}

void ExpectSameCourse(const Habits& habits) {
  Course course(habits);
  course.Play(SampleDays());
  ASSERT_EQ(course.leaves().size(), Plain().leaves().size());
  for (std::size_t i = 0; i < course.leaves().size(); ++i) {
    ASSERT_EQ(course.leaves()[i].entry, Plain().leaves()[i].entry) << "leaf " << i;
    ASSERT_EQ(course.leaves()[i].effects, Plain().leaves()[i].effects) << "leaf " << i;
  }
  for (std::size_t i = 0; i < course.outcomes().size(); ++i) {
    EXPECT_EQ(course.outcomes()[i].verdict, Plain().outcomes()[i].verdict);
    EXPECT_EQ(course.outcomes()[i].leaf, Plain().outcomes()[i].leaf);
  }
  EXPECT_EQ(*StateHash(course.store()), *StateHash(Plain().store()));
}

TEST(DeterminismTest, TheSampleDaysMoveMoneyInEveryWay) {
  std::map<Verdict, int> verdicts;
  for (const Machine::Answer& outcome : Plain().outcomes()) ++verdicts[outcome.verdict];
  EXPECT_GT(verdicts[Verdict::kAccepted], 80);
  EXPECT_EQ(verdicts[Verdict::kState], 2);
  EXPECT_EQ(verdicts.size(), 2U);
  std::map<LeafKind, int> kinds;
  std::map<std::uint16_t, int> codes;
  for (const Leaf& leaf : Plain().leaves()) {
    ++kinds[leaf.header.kind];
    const Result<Effects> effects = DecodeEffects(leaf.effects);
    ASSERT_TRUE(effects);
    for (const JournalLine& line : effects->journal) ++codes[line.code];
  }
  EXPECT_GT(kinds[LeafKind::kSystem], 60);
  for (const std::uint16_t code :
       std::initializer_list<std::uint16_t>{1100, 1200, 1220, 1300, 1350, 1600, 2100, 2200, 2300,
                                            3900, 4100, 4120, 9100, 9101, 9200, 9201, 9300, 9301}) {
    EXPECT_GT(codes[code], 0) << code;
  }
}

TEST(DeterminismTest, WhereBlocksAreCutMakesNoDifference) {
  for (const std::size_t acts : {1U, 3U, 10U}) ExpectSameCourse({.block = acts});
}

TEST(DeterminismTest, WhenWritesAreTakenMakesNoDifference) {
  for (const std::size_t acts : {1U, 2U, 7U}) ExpectSameCourse({.flush = acts});
}

TEST(DeterminismTest, ARestartMakesNoDifference) {
  ExpectSameCourse({.flush = 1, .restart = 1});
  ExpectSameCourse({.block = 2, .flush = 3, .restart = 4});
}

TEST(DeterminismTest, WhoCheckedSignaturesMakesNoDifference) {
  ExpectSameCourse({.check = 1});
  ExpectSameCourse({.flush = 5, .check = 2});
}

// The pairs of a store's tables from `first` up to `end`.
std::map<Bytes, Bytes> Pairs(const Reader& store, Table first, Table end) {
  std::map<Bytes, Bytes> pairs;
  AVAL_ASSERT(store.Scan(Bytes{static_cast<std::uint8_t>(first)},
                         Bytes{static_cast<std::uint8_t>(end)},
                         [&pairs](ByteView key, ByteView value) {
                           pairs.emplace(CopyBytes(key), CopyBytes(value));
                           return true;
                         }));
  return pairs;
}

TEST(DeterminismTest, EffectsOneAfterAnotherAreTheState) {
  std::map<Bytes, Bytes> replayed;
  for (const Leaf& leaf : Plain().leaves()) {
    const Result<Effects> effects = DecodeEffects(leaf.effects);
    ASSERT_TRUE(effects);
    for (const auto& [key, value] : effects->writes) {
      if (value) {
        replayed[key] = *value;
      } else {
        EXPECT_EQ(replayed.erase(key), 1U) << leaf.header.index << " deletes what is not there";
      }
    }
  }
  EXPECT_EQ(replayed, Pairs(Plain().store(), Table::kBook, Table::kOutcome));
}

TEST(DeterminismTest, TheJournalIsTheAccounts) {
  std::map<Bytes, Account> accounts;
  for (const Leaf& leaf : Plain().leaves()) {
    const Result<Effects> effects = DecodeEffects(leaf.effects);
    ASSERT_TRUE(effects);
    for (const JournalLine& line : effects->journal) {
      Account& account = accounts[EncodeKey<Account>({.owner = line.owner,
                                                      .code = line.code,
                                                      .subject = line.subject,
                                                      .currency = line.currency})];
      account.debits.minor += line.debit.minor;
      account.credits.minor += line.credit.minor;
    }
  }
  std::map<Bytes, Bytes> encoded;
  for (const auto& [key, account] : accounts) encoded[key] = EncodeValue(account);
  EXPECT_EQ(encoded, Pairs(Plain().store(), Table::kAccount, Table::kObligation));
}

TEST(DeterminismTest, TheBookBalancesAtTheEnd) {
  const auto lines = TrialBalance(Plain().store());
  ASSERT_TRUE(lines);
  EXPECT_GE(lines->size(), 5U);
  for (const TrialBalanceLine& line : *lines) {
    EXPECT_EQ(line.debits, line.credits) << line.owner.Hex();
  }
}

TEST(DeterminismTest, NoOutcomeOutlivesItsLastValidDay) {
  const Day today = kFirstDay.Plus(static_cast<std::int64_t>(SampleDays().size()));
  for (const auto& [key, value] :
       Pairs(Plain().store(), Table::kOutcome, static_cast<Table>(0x51))) {
    EXPECT_GE(DecodeKey<Outcome>(key)->last_valid, today);
  }
}

}  // namespace
}  // namespace aval::ledger
