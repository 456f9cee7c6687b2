#include <gtest/gtest.h>
#include <iostream>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "ledger/state/leveldb_store.h"
#include "tests/ledger/memory_env.h"

namespace aval::ledger {
namespace {

using Pairs = std::map<Bytes, Bytes>;

const Bytes kCounterKey = {0};

// Small buffers, so that a few dozen batches rotate logs and compact.
LevelDbStore::Options SmallOptions(MemoryEnv& env) {
  LevelDbStore::Options options;
  options.block_cache_bytes = 1U << 16U;
  options.write_buffer_bytes = 1U << 16U;
  options.env = &env;
  return options;
}

Bytes Number(std::uint64_t value) {
  ByteWriter out;
  out.U64(value);
  return out.Take();
}

// Puts and deletions over a small key space, and the batch's number, as the node's applied index.
Writes RandomBatch(std::uint64_t number, Random& random) {
  Writes writes;
  const std::uint64_t count = 1 + random.Below(12);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Bytes key = Number(1 + random.Below(200));
    if (random.Below(5) == 0) {
      writes[key] = std::nullopt;
    } else {
      Bytes value(random.Below(random.Below(8) == 0 ? 20'000 : 600));
      random.Fill(value);
      writes[key] = std::move(value);
    }
  }
  writes[kCounterKey] = Number(number);
  return writes;
}

void ApplyTo(Pairs& pairs, const Writes& writes) {
  for (const auto& [key, value] : writes) {
    if (value) {
      pairs[key] = *value;
    } else {
      pairs.erase(key);
    }
  }
}

Result<Pairs> ReadAll(const Store& store) {
  Pairs pairs;
  AVAL_CHECK(store.Scan({}, {}, [&](ByteView key, ByteView value) {
    pairs[CopyBytes(key)] = CopyBytes(value);
    return true;
  }));
  return pairs;
}

struct Tally {
  int recovered = 0;
  int refused = 0;
  int lost_unacknowledged = 0;
};

// One store's life through many power cuts, with the model of every state it went through.
class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed) : random_(seed) {}

  // Writes until the power fails, restarts on what is left; false when opening refused.
  bool CutOnce(Tally& tally) {
    MemoryEnv env(image_);
    MemoryEnvDisk disk(env);
    env.CutAfter(1 + random_.Below(120));
    WriteUntilCut(env, disk);
    image_ = env.AfterPowerCut(random_);

    MemoryEnv after(image_);
    MemoryEnvDisk after_disk(after);
    const auto reopened = LevelDbStore::Open(after_disk, "/state", SmallOptions(after));
    const Result<Pairs> found = reopened ? ReadAll(**reopened) : reopened.error();
    if (!found) {
      EXPECT_EQ(found.error().code, Code::kCorruption) << found.error().message;
      ++tally.refused;
      return false;
    }
    Judge(*found, tally);
    return !::testing::Test::HasFailure();
  }

 private:
  void WriteUntilCut(MemoryEnv& env, MemoryEnvDisk& disk) {
    const auto store = LevelDbStore::Open(disk, "/state", SmallOptions(env));
    if (!store) return;  // The power failed while opening.
    for (int guard = 0; guard < 1'000 && !env.cut(); ++guard) {
      const std::uint64_t number = acknowledged_ + 1;
      const Writes writes = RandomBatch(number, random_);
      attempted_ = states_.at(acknowledged_);
      ApplyTo(attempted_, writes);
      if (!(*store)->Apply(writes)) return;
      states_[number] = attempted_;
      acknowledged_ = number;
    }
  }

  void Judge(const Pairs& found, Tally& tally) {
    ++tally.recovered;
    const auto counter = found.find(kCounterKey);
    const std::uint64_t number = counter == found.end() ? 0 : ByteReader(counter->second).U64();
    ASSERT_GE(number, acknowledged_) << "an acknowledged batch is missing";
    ASSERT_LE(number, acknowledged_ + 1);
    const Pairs& expected = number == acknowledged_ ? states_.at(number) : attempted_;
    ASSERT_TRUE(found == expected) << "not a prefix of the applied batches";
    if (number == acknowledged_) ++tally.lost_unacknowledged;
    Pairs current = expected;
    states_.clear();
    states_[number] = std::move(current);
    acknowledged_ = number;
  }

  SeededRandom random_;
  DiskImage image_;
  std::map<std::uint64_t, Pairs> states_ = {{0, {}}};
  Pairs attempted_;
  std::uint64_t acknowledged_ = 0;
};

TEST(LevelDbCrashTest, AfterAPowerCutTheStateIsAPrefixWithEveryAcknowledgedBatchOrRefuses) {
  constexpr int kCuts = 1'000;
  constexpr int kCutsOfOneStore = 20;
  Tally tally;
  std::uint64_t seed = 1;
  for (int cuts = 0; cuts < kCuts;) {
    CrashRun run(seed++);
    for (int i = 0; i < kCutsOfOneStore && cuts < kCuts; ++i) {
      ++cuts;
      if (!run.CutOnce(tally)) break;
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed - 1;
  }
  RecordProperty("recovered", tally.recovered);
  RecordProperty("refused", tally.refused);
  // A store that always refused would pass the rule and be useless.
  EXPECT_GT(tally.recovered, kCuts / 2);
  std::cout << "recovered " << tally.recovered << ", refused " << tally.refused
            << ", at the last acknowledged " << tally.lost_unacknowledged << '\n';
}

TEST(LevelDbCrashTest, AFullDiskIsReportedAndWhatWasAcknowledgedIsReadThenAndAfterwards) {
  MemoryEnv env({});
  MemoryEnvDisk disk(env);
  auto store = LevelDbStore::Open(disk, "/state", SmallOptions(env));
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->Apply({{Number(1), Number(1)}}));
  env.SetFull(true);
  const auto refused = (*store)->Apply({{Number(1), Number(2)}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFull);
  EXPECT_EQ(*(*store)->Get(Number(1)), Number(1));
  env.SetFull(false);
  store->reset();
  store = LevelDbStore::Open(disk, "/state", SmallOptions(env));
  ASSERT_TRUE(store);
  EXPECT_EQ(*(*store)->Get(Number(1)), Number(1));
  EXPECT_TRUE((*store)->Apply({{Number(1), Number(3)}}));
}

TEST(LevelDbCrashTest, AFailedSyncIsNoFullDiskWhateverTheSystemSays) {
  MemoryEnv env({});
  MemoryEnvDisk disk(env);
  const auto store = LevelDbStore::Open(disk, "/state", SmallOptions(env));
  ASSERT_TRUE(store);
  env.FailSyncs();
  const auto failed = (*store)->Apply({{Number(1), Number(1)}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kIo);
}

}  // namespace
}  // namespace aval::ledger
