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
                                   const ledger::Progress& progress);

}  // namespace aval::cli
