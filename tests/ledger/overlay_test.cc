#include "ledger/state/overlay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace aval::ledger {
namespace {

using Pairs = std::map<Bytes, Bytes>;

Pairs All(const Reader& reader, ByteView from = {}, ByteView to = {}) {
  Pairs pairs;
  EXPECT_TRUE(reader.Scan(from, to, [&](ByteView key, ByteView value) {
    EXPECT_TRUE(pairs.emplace(CopyBytes(key), CopyBytes(value)).second);
    return true;
  }));
  return pairs;
}

class BrokenReader final : public Reader {
 public:
  Result<std::optional<Bytes>> Get(ByteView) const override { return Broken(); }
  Result<void> Scan(ByteView, ByteView, const Visitor&) const override { return Broken(); }

 private:
  static Error Broken() { return {.code = Code::kIo, .message = "no disk"}; }
};

TEST(OverlayTest, DeletionLeavesNothingBehindForAKeyOfItsOwn) {
  const MemoryStore store;
  Overlay overlay(&store);
  overlay.PutBytes({1}, {2});
  overlay.DeleteBytes({1});
  EXPECT_TRUE(overlay.writes().empty());
}

TEST(OverlayTest, DeletionOfAKeyBelowIsAWrite) {
  MemoryStore store;
  ASSERT_TRUE(store.Apply({{Bytes{1}, Bytes{2}}}));
  Overlay overlay(&store);
  overlay.DeleteBytes({1});
  EXPECT_EQ(overlay.writes(), (Writes{{Bytes{1}, std::nullopt}}));
}

TEST(OverlayTest, RemembersTheFirstFailureBelowAndThenGivesNothing) {
  const BrokenReader broken;
  Overlay overlay(&broken);
  overlay.PutBytes({1}, {2});
  overlay.DeleteBytes({3});
  ASSERT_TRUE(overlay.failure());
  EXPECT_EQ(overlay.failure()->code, Code::kIo);
  EXPECT_FALSE(overlay.Get(Bytes{1}));
}

TEST(OverlayTest, PrefixOfHighestBytesEndsWithTheTable) {
  EXPECT_EQ(PastPrefix(Bytes({1, 0xff, 0xff})), Bytes({2}));
  EXPECT_TRUE(PastPrefix(Bytes({0xff})).empty());
}

TEST(MemoryStoreTest, SnapshotKeepsWhatABatchChanges) {
  MemoryStore store;
  ASSERT_TRUE(store.Apply({{Bytes{1}, Bytes{1}}, {Bytes{2}, Bytes{2}}}));
  const auto snapshot = store.Snapshot();
  ASSERT_TRUE(store.Apply({{Bytes{1}, std::nullopt}, {Bytes{3}, Bytes{3}}}));
  EXPECT_EQ(All(*snapshot), (Pairs{{Bytes{1}, Bytes{1}}, {Bytes{2}, Bytes{2}}}));
  EXPECT_EQ(All(store), (Pairs{{Bytes{2}, Bytes{2}}, {Bytes{3}, Bytes{3}}}));
}

struct Change {
  std::uint8_t key;
  std::uint8_t value;  // 0 deletes.
};

// The definition: two overlays over a store look as one map to which everything was done.
RC_GTEST_PROP(OverlayTest, ReadsAsTheMapThatAllLayersMake,
              (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& changes,
               std::uint8_t first, std::uint8_t last)) {
  MemoryStore store;
  Overlay below(&store);
  Overlay above(&below);
  Pairs model;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change change{.key = static_cast<std::uint8_t>(changes[i].first % 16),
                        .value = static_cast<std::uint8_t>(changes[i].second % 4)};
    const Bytes key{change.key};
    if (change.value == 0) {
      model.erase(key);
      if (i % 3 == 0) {
        RC_ASSERT(store.Apply({{key, std::nullopt}}).has_value());
        below.DeleteBytes(key);
        above.DeleteBytes(key);
      } else {
        above.DeleteBytes(key);
      }
    } else {
      model[key] = Bytes{change.value};
      above.PutBytes(key, Bytes{change.value});
    }
    if (i % 5 == 4) below.Absorb(std::move(above));
    if (i % 11 == 10) {
      RC_ASSERT(store.Apply(below.writes()).has_value());
      below.Clear();
    }
  }
  RC_ASSERT(All(above) == model);
  const Bytes from{static_cast<std::uint8_t>(first % 16)};
  const Bytes to{static_cast<std::uint8_t>(last % 16)};
  Pairs part;
  for (const auto& [key, value] : model) {
    if (key >= from && key < to) part.emplace(key, value);
  }
  RC_ASSERT(All(above, from, to) == (from < to ? part : Pairs{}));
}

}  // namespace
}  // namespace aval::ledger
