#include "node/state_cache.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ledger/record/table.h"
#include "ledger/state/overlay.h"
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
const Bytes kPolicies{static_cast<std::uint8_t>(ledger::Table::kPolicy)};
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
  /// The values under a prefix, at most `limit`.
  std::vector<std::string> Walk(const Bytes& prefix, std::size_t limit = SIZE_MAX) {
    std::vector<std::string> values;
    EXPECT_TRUE(cache_.Scan(prefix, ledger::PastPrefix(prefix), [&](ByteView, ByteView value) {
      values.emplace_back(AsText(value));
      return values.size() < limit;
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

TEST_F(StateCacheTest, HoldsSoManyBytesAndWhatWasAskedForLast) {
  const Bytes large(StateCache::kRecordBytes / 8);
  for (std::uint32_t i = 0; i < 8; ++i) {
    Write({{Grant(i), large}});
    EXPECT_EQ(Read(Grant(0)).size(), large.size());
  }
  EXPECT_EQ(store_.gets, 0);
  EXPECT_EQ(Read(Grant(7)).size(), large.size());
  EXPECT_EQ(store_.gets, 0);
  EXPECT_EQ(Read(Grant(1)).size(), large.size());
  EXPECT_EQ(store_.gets, 1);
}

TEST_F(StateCacheTest, AWalkIsReadOnceAndFollowsWrites) {
  Write({{Policy(1), Value("first")}});
  EXPECT_EQ(Walk(kPolicies), std::vector<std::string>{"first"});
  Write({{Policy(2), Value("second")}});
  EXPECT_EQ(Walk(kPolicies), (std::vector<std::string>{"first", "second"}));
  Write({{Policy(0), Value("before")}, {Policy(2), Value("other")}});
  EXPECT_EQ(Walk(kPolicies), (std::vector<std::string>{"before", "first", "other"}));
  Write({{Policy(1), std::nullopt}, {Policy(7), std::nullopt}});
  EXPECT_EQ(Walk(kPolicies), (std::vector<std::string>{"before", "other"}));
  EXPECT_EQ(store_.scans, 1);
}

TEST_F(StateCacheTest, AWalkThatFoundNothingIsRememberedToo) {
  EXPECT_TRUE(Walk(kPolicies).empty());
  EXPECT_TRUE(Walk(kPolicies).empty());
  Write({{Policy(1), Value("first")}});
  EXPECT_EQ(Walk(kPolicies), std::vector<std::string>{"first"});
  EXPECT_EQ(store_.scans, 1);
}

TEST_F(StateCacheTest, WalksOverPrefixesOfDifferentLengthsFollowTheSameWrite) {
  Bytes near = Policy(0x0101);
  near.pop_back();
  Bytes far = Policy(0x0201);
  far.pop_back();
  EXPECT_TRUE(Walk(kPolicies).empty());
  EXPECT_TRUE(Walk(near).empty());
  EXPECT_TRUE(Walk(far).empty());
  Write({{Policy(0x0102), Value("one")}});
  EXPECT_EQ(Walk(kPolicies), std::vector<std::string>{"one"});
  EXPECT_EQ(Walk(near), std::vector<std::string>{"one"});
  EXPECT_TRUE(Walk(far).empty());
  EXPECT_EQ(store_.scans, 3);
}

TEST_F(StateCacheTest, AVisitorEndsAWalkWhichIsRememberedWhole) {
  Write({{Policy(1), Value("first")}, {Policy(2), Value("second")}});
  EXPECT_EQ(Walk(kPolicies, 1), std::vector<std::string>{"first"});
  EXPECT_EQ(Walk(kPolicies), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(Walk(kPolicies, 1), std::vector<std::string>{"first"});
  EXPECT_EQ(store_.scans, 1);
}

TEST_F(StateCacheTest, AVisitorOfARememberedWalkMayReadOn) {
  Write({{Policy(1), Value("first")}, {Policy(2), Value("second")}});
  ASSERT_EQ(Walk(kPolicies).size(), 2U);
  std::vector<std::string> values;
  ASSERT_TRUE(cache_.Scan(kPolicies, ledger::PastPrefix(kPolicies), [&](ByteView, ByteView value) {
    for (std::uint32_t i = 0; i < 1'000; ++i) EXPECT_TRUE(Walk(Grant(i)).empty());
    values.emplace_back(AsText(value));
    return true;
  }));
  EXPECT_EQ(values, (std::vector<std::string>{"first", "second"}));
}

TEST_F(StateCacheTest, ALongWalkIsReadEachTime) {
  constexpr std::size_t kMost = StateCache::kWalkRecords;
  ledger::Writes writes;
  for (std::uint32_t i = 0; i < kMost; ++i) writes.emplace(Policy(i), Value("policy"));
  Write(std::move(writes));
  EXPECT_EQ(Walk(kPolicies).size(), kMost);
  EXPECT_EQ(Walk(kPolicies).size(), kMost);
  EXPECT_EQ(store_.scans, 1);
  Write({{Policy(kMost), Value("one more")}});
  EXPECT_EQ(Walk(kPolicies).size(), kMost + 1);
  EXPECT_EQ(Walk(kPolicies).size(), kMost + 1);
  EXPECT_EQ(store_.scans, 3);
}

TEST_F(StateCacheTest, AWalkThatEndsWithinItsPrefixIsNotTakenForAllOfIt) {
  Write({{Policy(1), Value("first")}, {Policy(2), Value("second")}});
  std::size_t seen = 0;
  ASSERT_TRUE(cache_.Scan(kPolicies, Policy(2), [&seen](ByteView, ByteView) {
    ++seen;
    return true;
  }));
  EXPECT_EQ(seen, 1U);
  EXPECT_EQ(Walk(kPolicies), (std::vector<std::string>{"first", "second"}));
}

}  // namespace
}  // namespace aval::node
