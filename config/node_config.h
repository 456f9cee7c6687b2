#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/endpoint.h"
#include "crypto/ed25519.h"

namespace aval::config {

/// What one node is told at its start (docs/guides/node.md lists every key). What all nodes must
/// agree on is in genesis, not here. Paths are absolute or relative to the process, ready for use.
inline constexpr std::uint32_t kIncarnationMax = 1'000'000;

struct NodeConfig {
  /// Where a peer is, when genesis is behind the times, and keys of its to accept beside genesis's.
  struct PeerOverride {
    std::uint32_t number = 0;
    std::optional<Endpoint> address;
    std::vector<crypto::KeyId> extra_key_ids;
  };
  /// Who may use the API: the bearer of a client certificate with this key.
  struct ApiClient {
    std::string name;
    crypto::KeyId key_id;
    bool is_operator = false;  // May change the members and hand leadership over.
  };

  std::uint32_t number = 0;
  std::uint32_t incarnation = 1;  // Of a node without a log; one that has a log keeps its own.
  std::filesystem::path genesis;
  std::filesystem::path cosigner_policy;
  std::filesystem::path data_dir;

  std::filesystem::path tls_key;
  std::filesystem::path log_key;
  std::filesystem::path cosigner_key;
  std::optional<std::filesystem::path> passphrase_file;  // Else AVAL_PASSPHRASE.

  Endpoint peers_listen;
  std::vector<PeerOverride> peer_overrides;

  Endpoint api_listen;
  std::uint32_t api_max_connections = 1024;
  std::vector<ApiClient> api_clients;  // Keys are distinct.

  std::chrono::milliseconds heartbeat{50};
  std::chrono::milliseconds election_timeout{500};  // The least; randomised up to twice.

  std::uint32_t queue_acts = 65'536;
  std::uint64_t queue_bytes = 67'108'864;
  std::uint32_t verify_threads = 0;  // 0: one for each core.

  std::string log_level = "info";  // trace, debug, info, warn or error.
};

/// Reads a node's file. Every error names file, line and key; unknown keys are errors. Values are
/// checked against their ranges and against each other; files named are not opened.
Result<NodeConfig> LoadNodeConfig(const std::filesystem::path& path);

/// As LoadNodeConfig, from text: `name` is the file's path, for errors and relative paths.
Result<NodeConfig> ParseNodeConfig(std::string_view text, const std::filesystem::path& name);

}  // namespace aval::config
