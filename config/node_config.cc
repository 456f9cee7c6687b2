#include "config/node_config.h"

#include <algorithm>
#include <array>
#include <set>

#include "config/toml_reader.h"
#include "config/toml_values.h"

namespace aval::config {
namespace {

constexpr std::uint32_t kMaxNode = 1'000'000;
constexpr std::array<std::string_view, 5> kLevels = {"trace", "debug", "info", "warn", "error"};

std::filesystem::path PathAt(TomlTable& table, std::string_view key,
                             const std::filesystem::path& folder) {
  const std::filesystem::path path = table.Text(key);
  return path.is_absolute() ? path : folder / path;
}

void ReadKeys(TomlTable keys, const std::filesystem::path& folder, NodeConfig& config) {
  config.tls_key = PathAt(keys, "tls", folder);
  config.log_key = PathAt(keys, "log", folder);
  config.cosigner_key = PathAt(keys, "cosigner", folder);
  if (keys.Has("passphrase_file")) config.passphrase_file = PathAt(keys, "passphrase_file", folder);
  // A 0x04 signature does not cover its signer's name, so one key must never serve two purposes.
  if (config.tls_key == config.log_key || config.tls_key == config.cosigner_key ||
      config.log_key == config.cosigner_key) {
    keys.Fail("cosigner", "tls, log and cosigner must be three different keys");
  }
}

void ReadPeers(TomlTable peers, NodeConfig& config) {
  config.peers_listen = EndpointAt(peers, "listen", true);
  std::set<std::uint32_t> seen;
  for (TomlTable& table : peers.Tables("override")) {
    NodeConfig::PeerOverride peer;
    peer.number = static_cast<std::uint32_t>(table.Integer("number", {1, kMaxNode}));
    if (!seen.insert(peer.number).second) table.Fail("number", "named twice");
    if (peer.number == config.number) table.Fail("number", "is this node's own");
    if (table.Has("address")) peer.address = EndpointAt(table, "address", false);
    for (const std::string& text : table.Texts("extra_key_ids")) {
      peer.extra_key_ids.push_back(KeyIdFrom(table, "extra_key_ids", text));
    }
    config.peer_overrides.push_back(std::move(peer));
  }
}

void ReadApi(TomlTable api, NodeConfig& config) {
  config.api_listen = EndpointAt(api, "listen", true);
  config.api_max_connections =
      static_cast<std::uint32_t>(api.IntegerOr("max_connections", {1, 65'536}, 1024));
  std::set<std::string> names;
  std::set<crypto::KeyId> keys;
  for (TomlTable& table : api.Tables("client")) {
    NodeConfig::ApiClient client{.name = table.Text("name"),
                                 .key_id = KeyIdAt(table, "key_id"),
                                 .is_operator = table.FlagOr("operator", false)};
    if (!names.insert(client.name).second) table.Fail("name", "named twice");
    if (!keys.insert(client.key_id).second) table.Fail("key_id", "another client has this key");
    config.api_clients.push_back(std::move(client));
  }
}

void ReadConsensus(TomlTable consensus, NodeConfig& config) {
  config.heartbeat =
      std::chrono::milliseconds(consensus.IntegerOr("heartbeat_ms", {5, 10'000}, 50));
  config.election_timeout =
      std::chrono::milliseconds(consensus.IntegerOr("election_timeout_ms", {50, 60'000}, 500));
  // A single late heartbeat must not look like a dead leader.
  if (config.election_timeout < 3 * config.heartbeat) {
    consensus.Fail("election_timeout_ms", "must be at least three times heartbeat_ms");
  }
}

}  // namespace

Result<NodeConfig> ParseNodeConfig(std::string_view text, const std::filesystem::path& name) {
  AVAL_TRY(TomlFile file, TomlFile::Parse(text, name.string()));
  const std::filesystem::path folder = name.parent_path();
  TomlTable root = file.root();
  NodeConfig config;

  TomlTable node = root.Table("node");
  config.number = static_cast<std::uint32_t>(node.Integer("number", {1, kMaxNode}));
  config.incarnation =
      static_cast<std::uint32_t>(node.IntegerOr("incarnation", {1, kIncarnationMax}, 1));
  config.genesis = PathAt(node, "genesis", folder);
  config.cosigner_policy = PathAt(node, "cosigner_policy", folder);
  config.data_dir = PathAt(node, "data_dir", folder);
  ReadKeys(root.Table("keys"), folder, config);
  ReadPeers(root.Table("peers"), config);
  ReadApi(root.Table("api"), config);
  ReadConsensus(root.TableOrEmpty("consensus"), config);

  TomlTable limits = root.TableOrEmpty("limits");
  config.queue_acts =
      static_cast<std::uint32_t>(limits.IntegerOr("queue_acts", {1, 10'000'000}, 65'536));
  config.queue_bytes = static_cast<std::uint64_t>(
      limits.IntegerOr("queue_bytes", {65'536, std::int64_t{1} << 34}, 67'108'864));
  config.verify_threads =
      static_cast<std::uint32_t>(limits.IntegerOr("verify_threads", {0, 256}, 0));

  TomlTable log = root.TableOrEmpty("log");
  config.log_level = log.TextOr("level", "info");
  if (std::ranges::find(kLevels, config.log_level) == kLevels.end()) {
    log.Fail("level", "must be trace, debug, info, warn or error");
  }
  AVAL_CHECK(file.Finish());
  return config;
}

Result<NodeConfig> LoadNodeConfig(const std::filesystem::path& path) {
  AVAL_TRY(const std::string text, ReadTomlText(path));
  return ParseNodeConfig(text, path);
}

}  // namespace aval::config
