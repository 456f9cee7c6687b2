#include "ledger/audit/tree.h"

#include <algorithm>
#include <string>
#include <utility>

namespace aval::ledger {

namespace {

constexpr std::size_t kHashSize = 32;

}  // namespace

bool TreeCheck::Append(const crypto::Digest& leaf_hash) {
  AddTileHashes(tree_, leaf_hash, [this](unsigned level, const crypto::Digest& hash) {
    Bytes& tile = open_.at(level);
    tile.insert(tile.end(), hash.bytes.begin(), hash.bytes.end());
  });
  tree_.Append(leaf_hash);
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (open_.at(level).size() == kTileWidth * kHashSize && !CheckTile(level)) return false;
  }
  return CheckRoot();
}

bool TreeCheck::CheckTile(unsigned level) {
  const Bytes tile = std::exchange(open_.at(level), {});
  return material_.CheckTile(level, (HashesAt(level, tree_.size()) - 1) / kTileWidth, tile);
}

bool TreeCheck::CheckRoot() {
  if (next_checkpoint_ == checkpoints_.size()) return true;
  const AuditCheckpoint& checkpoint = checkpoints_[next_checkpoint_];
  if (checkpoint.checkpoint.size != tree_.size()) return true;
  ++next_checkpoint_;
  if (checkpoint.checkpoint.root == tree_.Root()) return true;
  // An entry that the hash tile contradicts, too, is what was changed. Full tiles were compared.
  const std::uint64_t first = tree_.size() - open_[0].size() / kHashSize;
  for (std::uint64_t index = first; index < tree_.size(); ++index) {
    const auto hash = crypto::Digest::From(
        ByteView(open_[0]).subspan(static_cast<std::size_t>(index - first) * kHashSize, kHashSize));
    if (material_.TileHas(index, *hash)) continue;
    return findings_.Entry(index, material_.EntryFile(index),
                           "is another than what checkpoint " + std::to_string(tree_.size()) +
                               " and the hash tile have");
  }
  return findings_.File(checkpoint.file, "the entries do not have the root of checkpoint " +
                                             std::to_string(tree_.size()));
}

bool TreeCheck::Finish() {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (!open_.at(level).empty() && !CheckTile(level)) return false;
  }
  if (next_checkpoint_ == checkpoints_.size()) return true;
  const AuditCheckpoint& unmet = checkpoints_[next_checkpoint_];
  return findings_.File(unmet.file, "size " + std::to_string(unmet.checkpoint.size) +
                                        " was signed, but the log has " +
                                        std::to_string(tree_.size()) + " entries");
}

bool ReportTile(Findings& findings, const std::string& file, unsigned level, std::uint64_t n,
                ByteView expected, ByteView found) {
  if (expected.size() != found.size()) {
    return findings.File(file, std::to_string(found.size()) + " bytes instead of " +
                                   std::to_string(expected.size()));
  }
  const auto difference = std::mismatch(expected.begin(), expected.end(), found.begin());
  const auto number =
      static_cast<std::uint64_t>(difference.first - expected.begin()) / kHashSize + n * kTileWidth;
  if (level == 0) return findings.Entry(number, file, "the hash tile has another hash of it");
  return findings.File(file, "hash " + std::to_string(number) + " is not that of the level below");
}

}  // namespace aval::ledger
