#include "node/promise_file.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "tests/base/fault_disk.h"

namespace aval::node {
namespace {

using consensus::NodeId;
using consensus::Promise;

const KnownPromises kTwo{
    {NodeId{2},
     Promise{.incarnation = 1, .run = 7, .term = {3}, .vote = {1}, .index = {9}, .seal = {}}},
    {NodeId{3},
     Promise{.incarnation = 2, .run = 8, .term = {4}, .vote = {}, .index = {}, .seal = {}}}};

TEST(PromiseFileTest, WhatWasSavedIsLoadedAfterAPowerCut) {
  FaultDisk disk;
  ASSERT_TRUE(disk.MakeDirectories("data"));
  EXPECT_EQ(LoadPromises(disk, "data")->known, KnownPromises{});
  ASSERT_TRUE(SavePromises(disk, "data", {}));
  ASSERT_TRUE(SavePromises(disk, "data", kTwo));
  SeededRandom random(1);
  disk.PowerCycle(random);
  const auto loaded = LoadPromises(disk, "data");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->known, kTwo);
  EXPECT_FALSE(loaded->damage);
}

TEST(PromiseFileTest, DamagedFileIsSetAsideAndNothingIsKnown) {
  FaultDisk disk;
  ASSERT_TRUE(disk.MakeDirectories("data"));
  // The second time in the place of the first.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(SavePromises(disk, "data", kTwo));
    disk.Flip("data/promises", 20, 1);
    const Bytes spoilt = *disk.ReadFile("data/promises");
    const auto loaded = LoadPromises(disk, "data");
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->known, KnownPromises{});
    ASSERT_TRUE(loaded->damage);
    EXPECT_NE(loaded->damage->find("data/promises.damaged"), std::string::npos);
    EXPECT_FALSE(disk.Exists("data/promises"));
    EXPECT_EQ(*disk.ReadFile("data/promises.damaged"), spoilt);
  }
}

TEST(PromiseFileTest, EveryFlippedBitAndEveryPrefixIsRefused) {
  const Bytes whole = EncodePromises(kTwo);
  ASSERT_EQ(*DecodePromises(whole), kTwo);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes spoilt = whole;
    spoilt[at] ^= 1U;
    EXPECT_EQ(DecodePromises(spoilt).error().code, Code::kCorruption) << at;
    EXPECT_FALSE(DecodePromises(ByteView(whole).first(at))) << at;
  }
}

}  // namespace
}  // namespace aval::node
