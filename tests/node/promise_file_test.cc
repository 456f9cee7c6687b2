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
  EXPECT_EQ(*LoadPromises(disk, "data"), KnownPromises{});
  ASSERT_TRUE(SavePromises(disk, "data", {}));
  ASSERT_TRUE(SavePromises(disk, "data", kTwo));
  SeededRandom random(1);
  disk.PowerCycle(random);
  EXPECT_EQ(*LoadPromises(disk, "data"), kTwo);
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
