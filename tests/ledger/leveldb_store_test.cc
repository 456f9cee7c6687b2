#include "ledger/state/leveldb_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/random.h"

namespace aval::ledger {
namespace {

namespace fs = std::filesystem;

class LevelDbStoreTest : public ::testing::Test {
 protected:
  LevelDbStoreTest() {
    std::string pattern = (fs::temp_directory_path() / "aval_state_XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~LevelDbStoreTest() override { fs::remove_all(root_); }

  std::unique_ptr<LevelDbStore> Open() {
    Result<std::unique_ptr<LevelDbStore>> store = LevelDbStore::Open(disk_, root_ / "state", {});
    EXPECT_TRUE(store) << (store ? "" : store.error().message);
    return store ? *std::move(store) : nullptr;
  }

  std::map<std::string, Bytes> Files() {
    std::map<std::string, Bytes> files;
    const auto names = disk_.List(root_ / "state");
    for (const std::string& name : *names) {
      files[name] = *disk_.ReadFile(root_ / "state" / name);
    }
    return files;
  }

  PosixDisk disk_;
  fs::path root_;
};

Bytes B(std::string_view text) { return CopyBytes(AsBytes(text)); }

std::vector<std::string> Keys(const Reader& reader, std::string_view from, std::string_view to) {
  std::vector<std::string> keys;
  EXPECT_TRUE(reader.Scan(AsBytes(from), AsBytes(to), [&](ByteView key, ByteView) {
    keys.emplace_back(AsText(key));
    return true;
  }));
  return keys;
}

TEST_F(LevelDbStoreTest, WhatWasAppliedIsThereAfterReopening) {
  ASSERT_TRUE(Open()->Apply({{B("a"), B("1")}, {B("b"), B("2")}}));
  const auto store = Open();
  EXPECT_EQ(**store->Get(AsBytes("a")), B("1"));
  EXPECT_FALSE((*store->Get(AsBytes("c"))).has_value());
}

TEST_F(LevelDbStoreTest, AnEmptyValueIsNotAnAbsentOne) {
  const auto store = Open();
  ASSERT_TRUE(store->Apply({{B("a"), Bytes{}}}));
  EXPECT_EQ(**store->Get(AsBytes("a")), Bytes{});
}

TEST_F(LevelDbStoreTest, ADeletionInABatchRemoves) {
  const auto store = Open();
  ASSERT_TRUE(store->Apply({{B("a"), B("1")}}));
  ASSERT_TRUE(store->Apply({{B("a"), std::nullopt}}));
  EXPECT_FALSE((*store->Get(AsBytes("a"))).has_value());
}

TEST_F(LevelDbStoreTest, AScanIsInByteOrderWithinItsBounds) {
  const auto store = Open();
  ASSERT_TRUE(store->Apply(
      {{B("b"), B("")}, {B("a"), B("")}, {B("\xff"), B("")}, {B("ab"), B("")}, {B("c"), B("")}}));
  EXPECT_EQ(Keys(*store, "ab", "c"), (std::vector<std::string>{"ab", "b"}));
  EXPECT_EQ(Keys(*store, "b", ""), (std::vector<std::string>{"b", "c", "\xff"}));
}

TEST_F(LevelDbStoreTest, AVisitorStopsAScan) {
  const auto store = Open();
  ASSERT_TRUE(store->Apply({{B("a"), B("")}, {B("b"), B("")}}));
  int seen = 0;
  ASSERT_TRUE(store->Scan({}, {}, [&](ByteView, ByteView) {
    ++seen;
    return false;
  }));
  EXPECT_EQ(seen, 1);
}

TEST_F(LevelDbStoreTest, ASnapshotDoesNotSeeLaterBatches) {
  const auto store = Open();
  ASSERT_TRUE(store->Apply({{B("a"), B("1")}}));
  const std::unique_ptr<Reader> snapshot = store->Snapshot();
  ASSERT_TRUE(store->Apply({{B("a"), B("2")}, {B("b"), B("2")}}));
  EXPECT_EQ(**snapshot->Get(AsBytes("a")), B("1"));
  EXPECT_EQ(Keys(*snapshot, "", ""), std::vector<std::string>{"a"});
}

TEST_F(LevelDbStoreTest, ASecondOpenerIsDenied) {
  const auto store = Open();
  const auto second = LevelDbStore::Open(disk_, root_ / "state", {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kDenied) << second.error().message;
}

TEST_F(LevelDbStoreTest, AReaderOfAStoppedNodeDoesNotCreateAState) {
  LevelDbStore::Options options;
  options.read_only = true;
  const auto store = LevelDbStore::Open(disk_, root_ / "state", options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kNotFound);
  EXPECT_FALSE(fs::exists(root_ / "state"));
}

TEST_F(LevelDbStoreTest, AReaderFindsEverythingAndChangesNoFile) {
  // More than a dozen tables, which LevelDB would compact, and a log that is in none of them.
  LevelDbStore::Options options;
  options.write_buffer_bytes = std::size_t{64} << 10U;
  SeededRandom random(1);
  Writes all;
  {
    const auto store = LevelDbStore::Open(disk_, root_ / "state", options);
    ASSERT_TRUE(store) << store.error().message;
    for (int batch = 0; batch < 50; ++batch) {
      Writes writes;
      for (int i = 0; i < 100; ++i) {
        Bytes value(250);
        random.Fill(value);
        writes[B(std::to_string(random.Below(1'000'000)))] = value;
      }
      ASSERT_TRUE((*store)->Apply(writes));
      for (const auto& [key, value] : writes) all[key] = value;
    }
  }
  // What a power cut may leave behind: tables whose numbers are given again.
  for (int number = 1; number < 200; ++number) {
    const std::string digits = std::to_string(number);
    const std::string stem = std::string(6 - digits.size(), '0') + digits;
    const fs::path table = root_ / "state" / (stem + ".ldb");
    if (!fs::exists(table)) std::ofstream(table) << "no table";
  }
  const std::map<std::string, Bytes> before = Files();

  options.read_only = true;
  const auto store = LevelDbStore::Open(disk_, root_ / "state", options);
  ASSERT_TRUE(store) << store.error().message;
  Writes found;
  for (int times = 0; times < 3; ++times) {
    found.clear();
    ASSERT_TRUE((*store)->Scan({}, {}, [&found](ByteView key, ByteView value) {
      found[CopyBytes(key)] = CopyBytes(value);
      return true;
    }));
  }
  EXPECT_TRUE(found == all);
  EXPECT_TRUE(Files() == before);
}

TEST_F(LevelDbStoreTest, ReadersLockNobodyOut) {
  ASSERT_TRUE(Open()->Apply({{B("a"), B("1")}}));
  LevelDbStore::Options options;
  options.read_only = true;
  const auto one = LevelDbStore::Open(disk_, root_ / "state", options);
  const auto other = LevelDbStore::Open(disk_, root_ / "state", options);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(**(*one)->Get(AsBytes("a")), B("1"));
  EXPECT_EQ(**(*other)->Get(AsBytes("a")), B("1"));
}

TEST_F(LevelDbStoreTest, ADamagedLogIsRefusedAsCorruption) {
  {
    const auto store = Open();
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(store->Apply({{B("key" + std::to_string(i)), Bytes(100, 7)}}));
    }
  }
  for (const auto& entry : fs::directory_iterator(root_ / "state")) {
    if (entry.path().extension() != ".log") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(1'000);
    file.put('\x55');
  }
  const auto store = LevelDbStore::Open(disk_, root_ / "state", {});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kCorruption) << store.error().message;
}

}  // namespace
}  // namespace aval::ledger
