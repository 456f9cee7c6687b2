#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "cli/client.h"
#include "crypto/ed25519.h"
#include "ledger/genesis.h"
#include "ledger/log/export.h"

namespace aval::cli {

/// Of ever more sizes some that are spread evenly among them: every one as long as they are few,
/// then every second, every fourth and so on, the first included.
class SpreadSizes {
 public:
  /// Keeps at most `most` sizes, which is 2 or more.
  explicit SpreadSizes(std::size_t most) : most_(most) {}
  /// In ascending order.
  void Add(std::uint64_t size);
  const std::vector<std::uint64_t>& kept() const { return kept_; }

 private:
  const std::size_t most_;
  std::uint64_t added_ = 0;
  std::uint64_t stride_ = 1;
  std::vector<std::uint64_t> kept_;
};

/// A node signs a checkpoint a second. An export takes at most kEarlierMost of the earlier ones,
/// spread evenly, or all: a file, a proof and a call for each.
enum class EarlierCheckpoints : std::uint8_t { kSpread, kAll };
inline constexpr std::size_t kEarlierMost = 1'000;

/// How many nodes' lines an export's checkpoint carries.
struct ExportedLog {
  std::uint64_t size = 0;
  std::size_t joined = 0;  // Nodes whose lines are there, the exporter's own included.
};

/// Exports a running node's log at its latest checkpoint into `directory` (formats of
/// docs/formats/export.md), with the lines of those `peers` that have signed the same root for that
/// size. A peer with another root for it is an error that names both: a split view.
Result<ExportedLog> ExportFromNode(ApiClient& node, const std::vector<ApiClient*>& peers,
                                   const ledger::Genesis& genesis,
                                   const crypto::SecretKey& manifest_key,
                                   const std::filesystem::path& directory,
                                   const ledger::Progress& progress,
                                   EarlierCheckpoints earlier = EarlierCheckpoints::kSpread);

}  // namespace aval::cli
