#include "ledger/log/checkpoints.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "ledger/log/checkpoint_file.h"
#include "tests/base/fault_disk.h"

namespace aval::ledger {
namespace {

constexpr const char* kOrigin = "ledger.aval.example/test";
const std::filesystem::path kDirectory = "/node/log";
const std::filesystem::path kFile = kDirectory / kCheckpointFile;

crypto::SecretKey Key(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return crypto::SecretKey::FromSeed(seed);
}

crypto::Checkpoint At(std::uint64_t size, std::uint8_t root = 0) {
  crypto::Checkpoint checkpoint{.origin = kOrigin, .size = size, .root = {}};
  checkpoint.root.bytes = {static_cast<std::uint8_t>(size), root};
  return checkpoint;
}

struct Fixture {
  Result<std::unique_ptr<CheckpointSigner>> Open() {
    return CheckpointSigner::Open(disk, kDirectory,
                                  {.origin = kOrigin,
                                   .cosigner_name = "bank.example/n1",
                                   .log_key = &log_key,
                                   .cosigner_key = &cosigner_key});
  }
  std::vector<crypto::Vkey> Vkeys() const {
    return {{kOrigin, crypto::NoteKeyType::kLog, log_key.public_key()},
            {"bank.example/n1", crypto::NoteKeyType::kCosigner, cosigner_key.public_key()}};
  }
  /// A file with checkpoints of sizes 10, 20, ... at seconds 1000, 1001, ...
  void SignTen() {
    const auto signer = Open();
    ASSERT_TRUE(signer);
    for (std::uint64_t i = 1; i <= 10; ++i) ASSERT_TRUE((*signer)->Sign(At(i * 10), 999 + i));
  }

  FaultDisk disk;
  crypto::SecretKey log_key = Key(1);
  crypto::SecretKey cosigner_key = Key(2);
};

TEST(CheckpointSignerTest, SignsWithBothKeys) {
  Fixture node;
  const auto signer = node.Open();
  ASSERT_TRUE(signer) << signer.error().message;
  const auto note = (*signer)->Sign(At(7), 1'700'000'000);
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(note->text, At(7).Text());
  const auto signers = crypto::VerifyNote(*note, node.Vkeys());
  ASSERT_TRUE(signers) << signers.error().message;
  ASSERT_EQ(signers->size(), 2U);
  EXPECT_EQ(signers->at(1).unix_seconds, 1'700'000'000U);
}

TEST(CheckpointSignerTest, ANewFileHasNothing) {
  Fixture node;
  const auto signer = node.Open();
  EXPECT_FALSE((*signer)->highest());
  EXPECT_FALSE((*signer)->latest());
  EXPECT_TRUE((*signer)->Sizes(0, 100)->empty());
  EXPECT_EQ((*signer)->At(1).error().code, Code::kNotFound);
}

TEST(CheckpointSignerTest, RemembersAfterReopening) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  ASSERT_TRUE(signer) << signer.error().message;
  EXPECT_EQ((*signer)->highest()->size, 100U);
  EXPECT_EQ((*signer)->latest()->Format(), (*signer)->At(100)->Format());
  EXPECT_EQ((*signer)->At(30)->text, At(30).Text());
  EXPECT_EQ((*signer)->At(35).error().code, Code::kNotFound);
  EXPECT_TRUE(crypto::VerifyNote(*(*signer)->At(30), node.Vkeys()));
}

TEST(CheckpointSignerTest, ListsSizesFromAnyOneOn) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  EXPECT_EQ((*signer)->Sizes(0, 100)->size(), 10U);
  EXPECT_EQ(*(*signer)->Sizes(75, 2), (std::vector<std::uint64_t>{80, 90}));
  EXPECT_EQ(*(*signer)->Sizes(80, 1), (std::vector<std::uint64_t>{80}));
  EXPECT_TRUE((*signer)->Sizes(101, 5)->empty());
}

TEST(CheckpointSignerTest, TheSameCheckpointAgainGetsTheStoredNote) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  const auto again = (*signer)->Sign(At(40), 5'000);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->Format(), (*signer)->At(40)->Format());
}

TEST(CheckpointSignerTest, NeverSignsASecondRootForASize) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  EXPECT_EQ((*signer)->Sign(At(40, 1), 5'000).error().code, Code::kDenied);
}

// Whoever has seen two roots cannot tell which of them goes on.
TEST(CheckpointSignerTest, SignsNothingMoreOnceARootContradictsWhatItHasSigned) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  ASSERT_EQ((*signer)->Sign(At(100, 1), 5'000).error().code, Code::kDenied);
  EXPECT_EQ((*signer)->Sign(At(200), 5'000).error().code, Code::kDenied);
  EXPECT_EQ((*signer)->Sign(At(100), 5'000).error().code, Code::kDenied);
  EXPECT_EQ((*signer)->highest()->size, 100U);
}

// Hashes of leaves as a log has them.
struct Leaves final : crypto::HashReader {
  Result<crypto::Digest> Read(unsigned level, std::uint64_t index) const override {
    crypto::Frontier subtree;
    const std::uint64_t width = std::uint64_t{1} << level;
    for (std::uint64_t i = 0; i < width; ++i) subtree.Append(hashes.at(index * width + i));
    return subtree.Root();
  }
  crypto::Checkpoint Head(std::size_t size) const {
    crypto::Frontier tree;
    for (std::size_t i = 0; i < size; ++i) tree.Append(hashes.at(i));
    return {.origin = kOrigin, .size = size, .root = tree.Root()};
  }
  std::vector<crypto::Digest> hashes;
};

TEST(CheckpointSignerTest, SignsNothingMoreWhereTheLogHasAnotherRootThanItHasSigned) {
  Leaves log;
  for (std::uint8_t i = 0; i < 9; ++i) log.hashes.push_back(crypto::LeafHash(Bytes{i}));
  Fixture node;
  {
    const auto signer = node.Open();
    ASSERT_TRUE((*signer)->Sign(log.Head(5), 1'000));
    EXPECT_TRUE((*signer)->Compare(log, 5));
    EXPECT_TRUE((*signer)->Compare(log, 9));
  }
  log.hashes[3] = crypto::LeafHash(Bytes{99});
  const auto signer = node.Open();
  EXPECT_TRUE((*signer)->Compare(log, 4));  // Not yet as long as what was signed.
  EXPECT_EQ((*signer)->Compare(log, 7).error().code, Code::kDenied);
  EXPECT_EQ((*signer)->Sign(log.Head(9), 2'000).error().code, Code::kDenied);
}

// As a node meets it that applies its log again.
TEST(CheckpointSignerTest, NeverSignsASmallerSizeAfterALargerOne) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  EXPECT_EQ((*signer)->Sign(At(45), 5'000).error().code, Code::kNotFound);
  EXPECT_TRUE((*signer)->Sign(At(101), 5'000));
}

TEST(CheckpointSignerTest, TimeNeverGoesBack) {
  Fixture node;
  node.SignTen();
  const auto signer = node.Open();
  const auto note = (*signer)->Sign(At(200), 3);
  ASSERT_TRUE(note);
  EXPECT_EQ(crypto::VerifyNote(*note, node.Vkeys())->at(1).unix_seconds, 1'009U);
}

TEST(CheckpointSignerTest, WhatWasSignedSurvivesAPowerCutAtAnyMoment) {
  for (std::uint64_t operation = 1;; ++operation) {
    Fixture node;
    node.disk.CutAfter(operation);
    std::uint64_t acknowledged = 0;
    if (const auto signer = node.Open(); signer) {
      for (std::uint64_t size = 1; size <= 8; ++size) {
        if (!(*signer)->Sign(At(size), size)) break;
        acknowledged = size;
      }
    }
    if (!node.disk.cut()) break;
    SeededRandom random(operation);
    node.disk.PowerCycle(random);
    const auto signer = node.Open();
    ASSERT_TRUE(signer) << operation << ": " << signer.error().message;
    const auto highest = (*signer)->highest();
    ASSERT_GE(highest ? highest->size : 0, acknowledged) << operation;
    ASSERT_TRUE((*signer)->Sign(At(9), 9)) << operation;
    ASSERT_TRUE(node.Open()) << operation;
  }
}

TEST(CheckpointSignerTest, ARecordCutShortIsRemoved) {
  for (const std::size_t left : {1U, 100U, 255U}) {
    Fixture node;
    node.SignTen();
    {
      const auto file = node.disk.Open(kFile, Disk::Mode::kReadWrite);
      ASSERT_TRUE((*file)->Resize(9 * kCheckpointRecord + left));
    }
    const auto signer = node.Open();
    ASSERT_TRUE(signer) << signer.error().message;
    EXPECT_EQ((*signer)->highest()->size, 90U);
    EXPECT_EQ(node.disk.ReadFile(kFile)->size(), 9 * kCheckpointRecord);
  }
}

TEST(CheckpointSignerTest, EveryFlippedByteIsRefusedWithItsOffset) {
  Fixture node;
  node.SignTen();
  for (std::uint64_t offset = 0; offset < 10 * kCheckpointRecord; ++offset) {
    node.disk.Flip(kFile, offset, 0x10);
    const auto signer = node.Open();
    ASSERT_FALSE(signer) << offset;
    EXPECT_EQ(signer.error().code, Code::kCorruption);
    const std::uint64_t record = offset / kCheckpointRecord * kCheckpointRecord;
    EXPECT_NE(signer.error().message.find("offset " + std::to_string(record) + ":"),
              std::string::npos)
        << signer.error().message;
    node.disk.Flip(kFile, offset, 0x10);
  }
  EXPECT_TRUE(node.Open());
}

TEST(CheckpointSignerTest, ARecordTakenOutOfTheMiddleIsRefused) {
  Fixture node;
  node.SignTen();
  Bytes content = *node.disk.ReadFile(kFile);
  content.erase(content.begin() + 3 * kCheckpointRecord, content.begin() + 4 * kCheckpointRecord);
  ASSERT_TRUE(node.disk.ReplaceFile(kFile, content));
  EXPECT_EQ(node.Open().error().code, Code::kCorruption);
}

TEST(CheckpointSignerTest, AnotherNodesFileIsRefused) {
  Fixture node;
  node.SignTen();
  node.cosigner_key = Key(3);
  EXPECT_EQ(node.Open().error().code, Code::kDenied);
}

TEST(CheckpointSignerTest, AFailedSyncEndsSigning) {
  Fixture node;
  const auto signer = node.Open();
  ASSERT_TRUE((*signer)->Sign(At(1), 1));
  node.disk.FailSyncAfter(1);
  EXPECT_FALSE((*signer)->Sign(At(2), 2));
  EXPECT_EQ((*signer)->Sign(At(3), 3).error().code, Code::kIo);
  EXPECT_EQ((*signer)->highest()->size, 1U);
}

}  // namespace
}  // namespace aval::ledger
