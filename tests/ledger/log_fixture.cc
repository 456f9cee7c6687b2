#include "tests/ledger/log_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>

#include "base/random.h"
#include "ledger/effects.h"
#include "ledger/log/bundle.h"
#include "ledger/verdict.h"

namespace aval::ledger {

namespace {

Bytes SomeBytes(Random& random, std::size_t least) {
  Bytes bytes(least + random.Below(200));
  random.Fill(bytes);
  return bytes;
}

Result<Bytes> ExpectedTile(const std::vector<Leaf>& leaves, std::size_t first, std::size_t width) {
  Bytes tile;
  for (std::size_t i = first; i < first + width; ++i) {
    const crypto::Digest hash = crypto::LeafHash(leaves[i].entry);
    tile.insert(tile.end(), hash.bytes.begin(), hash.bytes.end());
  }
  return tile;
}

class OpenLogSource final : public LogSource {
 public:
  explicit OpenLogSource(const Log& log) : log_(log) {}

  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) override {
    return log_.EntryBundle(n, width);
  }
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) override {
    return log_.EffectsBundle(n, width);
  }
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) override {
    return log_.HashTile(level, n, width);
  }

 private:
  const Log& log_;
};

}  // namespace

Leaf MadeUpLeaf(std::uint64_t index, std::uint32_t version) {
  SeededRandom random(index * 1000 + version);
  Leaf leaf;
  leaf.header.index = index;
  leaf.header.time_ms = 1'700'000'000'000 + static_cast<std::int64_t>(index);
  if (index == 0) leaf.header.kind = LeafKind::kGenesis;
  if (index == 1) leaf.header.kind = LeafKind::kPolicy;
  if (index > 1 && random.Below(5) == 0) {
    leaf.header.outcome = static_cast<std::uint16_t>(Verdict::kLimit);
  } else if (index != 1) {
    leaf.effects = SomeBytes(random, 1);
    leaf.header.effects = HashEffects(leaf.effects);
  }
  leaf.entry = EncodeLeaf(leaf.header, SomeBytes(random, 1));
  return leaf;
}

std::vector<Leaf> MadeUpLeaves(std::uint64_t from, std::uint64_t to) {
  std::vector<Leaf> leaves;
  for (std::uint64_t index = from; index < to; ++index) leaves.push_back(MadeUpLeaf(index));
  return leaves;
}

crypto::Frontier TreeOf(const std::vector<Leaf>& leaves, std::uint64_t size) {
  crypto::Frontier tree;
  for (std::uint64_t i = 0; i < size; ++i) tree.Append(crypto::LeafHash(leaves.at(i).entry));
  return tree;
}

std::unique_ptr<Log> WriteLog(Disk& disk, const std::vector<Leaf>& leaves, std::size_t group) {
  auto log = Log::Open(disk, kLogDirectory, {}, kSmallLog);
  EXPECT_TRUE(log) << log.error().message;
  std::span<const Leaf> rest(leaves);
  while (!rest.empty()) {
    const std::size_t count = std::min(group, rest.size());
    EXPECT_TRUE((*log)->Append(rest.first(count)));
    EXPECT_TRUE((*log)->Sync());
    rest = rest.subspan(count);
  }
  return *std::move(log);
}

std::unique_ptr<LogSource> SourceOf(const Log& log) { return std::make_unique<OpenLogSource>(log); }

void ExpectLogHolds(const Log& log, const std::vector<Leaf>& leaves, std::uint64_t size) {
  ASSERT_EQ(log.synced_size(), size);
  for (std::uint64_t n = 0; n * kTileWidth < size; ++n) {
    const auto first = static_cast<std::size_t>(n * kTileWidth);
    const std::size_t width = std::min<std::size_t>(kTileWidth, size - first);
    Bytes entries;
    Bytes effects;
    for (std::size_t i = first; i < first + width; ++i) {
      AppendEntry(entries, leaves[i].entry);
      AppendEffects(effects, leaves[i].effects);
    }
    const Result<Bytes> entry_bundle = log.EntryBundle(n, width);
    ASSERT_TRUE(entry_bundle) << entry_bundle.error().message;
    ASSERT_TRUE(*entry_bundle == entries) << n;
    const Result<Bytes> effects_bundle = log.EffectsBundle(n, width);
    ASSERT_TRUE(effects_bundle) << effects_bundle.error().message;
    ASSERT_TRUE(*effects_bundle == effects) << n;
    const Result<Bytes> tile = log.HashTile(0, n, width);
    ASSERT_TRUE(tile) << tile.error().message;
    ASSERT_TRUE(*tile == *ExpectedTile(leaves, first, width)) << n;
  }
  const auto root = crypto::RootAt(log, size);
  ASSERT_TRUE(root) << root.error().message;
  ASSERT_EQ(*root, TreeOf(leaves, size).Root());
}

}  // namespace aval::ledger
