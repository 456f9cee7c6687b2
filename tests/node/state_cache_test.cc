#include "node/state_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/record/table.h"
#include "ledger/state/store.h"

namespace aval::node {
namespace {

Bytes Key(ledger::Table table, std::uint32_t number) {
  ByteWriter out;
  out.U8(static_cast<std::uint8_t>(table));
  out.U32(number);
  return out.Take();
}

Bytes Grant(std::uint32_t number) { return Key(ledger::Table::kGrant, number); }
Bytes Policy(std::uint32_t number) { return Key(ledger::Table::kPolicy, number); }
Bytes Value(const std::string& text) { return CopyBytes(AsBytes(text)); }

/// A store that counts what it is asked.
class CountingStore final : public ledger::Reader {
 public:
  Result<std::optional<Bytes>> Get(ByteView key) const override {
    ++gets;
    return pairs.Get(key);
  }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    ++scans;
    return pairs.Scan(from, to, visit);
  }

  ledger::MemoryStore pairs;
  mutable int gets = 0;
  mutable int scans = 0;
};

class StateCacheTest : public testing::Test {
 protected:
  void Write(ledger::Writes writes) {
    ASSERT_TRUE(store_.pairs.Apply(writes));
    cache_.Take(std::move(writes));
  }
  std::string Read(const Bytes& key) {
    const auto value = cache_.Get(key);
    EXPECT_TRUE(value);
    return *value ? std::string(AsText(**value)) : "nothing";
  }
  std::vector<std::string> Policies() {
    std::vector<std::string> values;
    EXPECT_TRUE(cache_.Scan(Bytes{0x1a}, Bytes{0x1b}, [&values](ByteView, ByteView value) {
      values.emplace_back(AsText(value));
      return true;
    }));
    return values;
  }

  CountingStore store_;
  StateCache cache_{&store_};
};

TEST_F(StateCacheTest, WhatWasReadIsReadOnce) {
  ASSERT_TRUE(store_.pairs.Apply({{Grant(1), Value("one")}}));
  EXPECT_EQ(Read(Grant(1)), "one");
  EXPECT_EQ(Read(Grant(1)), "one");
  EXPECT_EQ(store_.gets, 1);
}

TEST_F(StateCacheTest, WhatWasWrittenIsNotRead) {
  Write({{Grant(1), Value("one")}});
  EXPECT_EQ(Read(Grant(1)), "one");
  EXPECT_EQ(store_.gets, 0);
}

TEST_F(StateCacheTest, WritesAndDeletionsReplaceWhatIsRemembered) {
  Write({{Grant(1), Value("one")}, {Grant(2), Value("two")}});
  Write({{Grant(1), Value("another")}, {Grant(2), std::nullopt}});
  EXPECT_EQ(Read(Grant(1)), "another");
  EXPECT_EQ(Read(Grant(2)), "nothing");
}

TEST_F(StateCacheTest, WhatIsNotThereIsAskedForAgain) {
  EXPECT_EQ(Read(Grant(1)), "nothing");
  ASSERT_TRUE(store_.pairs.Apply({{Grant(1), Value("one")}}));
  EXPECT_EQ(Read(Grant(1)), "one");
}

TEST_F(StateCacheTest, AnOutcomeThatWasReadFollowsItsWrites) {
  const Bytes outcome = Key(ledger::Table::kOutcome, 1);
  ASSERT_TRUE(store_.pairs.Apply({{outcome, Value("one")}}));
  EXPECT_EQ(Read(outcome), "one");
  Write({{outcome, Value("two")}});
  EXPECT_EQ(Read(outcome), "two");
}

TEST_F(StateCacheTest, HoldsSoManyAndThoseAskedForLast) {
  ledger::Writes writes;
  const auto count = static_cast<std::uint32_t>(2 * StateCache::kRecords);
  for (std::uint32_t i = 0; i < count; ++i) writes.emplace(Grant(i), Value("grant"));
  Write(std::move(writes));
  EXPECT_EQ(Read(Grant(count - 1)), "grant");
  EXPECT_EQ(store_.gets, 0);
  EXPECT_EQ(Read(Grant(0)), "grant");
  EXPECT_EQ(store_.gets, 1);
}

TEST_F(StateCacheTest, WalksOverPoliciesAreRememberedUntilOneIsWritten) {
  Write({{Policy(1), Value("first")}});
  EXPECT_EQ(Policies(), std::vector<std::string>{"first"});
  EXPECT_EQ(Policies(), std::vector<std::string>{"first"});
  EXPECT_EQ(store_.scans, 1);
  Write({{Policy(2), Value("second")}});
  EXPECT_EQ(Policies(), (std::vector<std::string>{"first", "second"}));
  Write({{Policy(1), std::nullopt}});
  EXPECT_EQ(Policies(), std::vector<std::string>{"second"});
}

TEST_F(StateCacheTest, AVisitorEndsARememberedWalk) {
  Write({{Policy(1), Value("first")}, {Policy(2), Value("second")}});
  for (int turn = 0; turn < 2; ++turn) {
    int seen = 0;
    ASSERT_TRUE(cache_.Scan(Bytes{0x1a}, Bytes{0x1b}, [&seen](ByteView, ByteView) {
      ++seen;
      return false;
    }));
    EXPECT_EQ(seen, 1);
  }
}

}  // namespace
}  // namespace aval::node
