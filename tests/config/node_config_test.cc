#include "config/node_config.h"

#include <gtest/gtest.h>

#include <fstream>

namespace aval::config {
namespace {

const std::string kKey1(64, 'a');
const std::string kKey2(64, 'b');

/// A file with every key, line numbers in the margin of the tests below.
std::string Complete() {
  return "[node]\n"                            // 1
         "number = 1\n"                        // 2
         "genesis = \"genesis.envelope\"\n"    // 3
         "cosigner_policy = \"policy.txt\"\n"  // 4
         "data_dir = \"/var/lib/aval\"\n"      // 5
         "[keys]\n"                            // 6
         "tls = \"keys/tls.key\"\n"            // 7
         "log = \"keys/log.key\"\n"            // 8
         "cosigner = \"keys/cosigner.key\"\n"  // 9
         "passphrase_file = \"passphrase\"\n"  // 10
         "[peers]\n"                           // 11
         "listen = \"127.0.0.1:7101\"\n"       // 12
         "[[peers.override]]\n"                // 13
         "number = 2\n"                        // 14
         "address = \"127.0.0.1:7102\"\n"      // 15
         "extra_key_ids = [\"" +
         kKey1 +
         "\"]\n"                          // 16
         "[api]\n"                        // 17
         "listen = \"127.0.0.1:7201\"\n"  // 18
         "max_connections = 10\n"         // 19
         "[[api.client]]\n"               // 20
         "name = \"demo\"\n"              // 21
         "key_id = \"" +
         kKey1 +
         "\"\n"                         // 22
         "[consensus]\n"                // 23
         "heartbeat_ms = 40\n"          // 24
         "election_timeout_ms = 400\n"  // 25
         "[limits]\n"                   // 26
         "queue_acts = 100\n"           // 27
         "queue_bytes = 1000000\n"      // 28
         "[log]\n"                      // 29
         "level = \"debug\"\n";         // 30
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(NodeConfigTest, EveryKeyIsRead) {
  const Result<NodeConfig> config = ParseNodeConfig(Complete(), "/etc/aval/node.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->number, 1U);
  EXPECT_EQ(config->api_max_connections, 10U);
  EXPECT_EQ(config->api_listen.Text(), "127.0.0.1:7201");
  EXPECT_EQ(config->peers_listen.Text(), "127.0.0.1:7101");
  ASSERT_EQ(config->peer_overrides.size(), 1U);
  EXPECT_EQ(config->peer_overrides[0].address->Text(), "127.0.0.1:7102");
  EXPECT_EQ(config->peer_overrides[0].extra_key_ids.at(0).Hex(), kKey1);
  ASSERT_EQ(config->api_clients.size(), 1U);
  EXPECT_EQ(config->api_clients[0].name, "demo");
  EXPECT_EQ(config->heartbeat.count(), 40);
  EXPECT_EQ(config->election_timeout.count(), 400);
  EXPECT_EQ(config->queue_acts, 100U);
  EXPECT_EQ(config->queue_bytes, 1'000'000U);
  EXPECT_EQ(config->log_level, "debug");
}

TEST(NodeConfigTest, RelativePathsAreRelativeToTheFile) {
  const Result<NodeConfig> config = ParseNodeConfig(Complete(), "/etc/aval/node.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->genesis, "/etc/aval/genesis.envelope");
  EXPECT_EQ(config->tls_key, "/etc/aval/keys/tls.key");
  EXPECT_EQ(config->passphrase_file, "/etc/aval/passphrase");
  EXPECT_EQ(config->data_dir, "/var/lib/aval");
}

TEST(NodeConfigTest, OptionalTablesHaveTheDocumentedDefaults) {
  const std::string text = Complete();
  const Result<NodeConfig> config =
      ParseNodeConfig(text.substr(0, text.find("[consensus]")), "node.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->heartbeat.count(), 50);
  EXPECT_EQ(config->election_timeout.count(), 500);
  EXPECT_EQ(config->queue_acts, 65'536U);
  EXPECT_EQ(config->queue_bytes, 67'108'864U);
  EXPECT_EQ(config->log_level, "info");
}

struct BadInput {
  const char* name;
  const char* from;
  const char* to;
  const char* error;  // Begins the message, after "node.toml:".
};

class NodeConfigRefusal : public testing::TestWithParam<BadInput> {};

TEST_P(NodeConfigRefusal, NamesFileLineAndKey) {
  const BadInput& bad = GetParam();
  const Result<NodeConfig> config =
      ParseNodeConfig(Replaced(Complete(), bad.from, bad.to), "node.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Code::kInvalidArgument);
  EXPECT_EQ(config.error().message.find(std::string("node.toml:") + bad.error), 0U)
      << config.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    EachKey, NodeConfigRefusal,
    testing::Values(
        BadInput{"NotToml", "[node]", "[node", "1:"},
        BadInput{"MissingTable", "[log]", "[logs]", "29: logs: unknown key"},
        BadInput{"UnknownKey", "data_dir", "dir = 'x'\ndata_dir", "5: node.dir: unknown key"},
        BadInput{"UnknownKeyOfAClient", "name = \"demo\"", "name = 'a'\nrole = 'b'",
                 "22: api.client.role: unknown key"},
        BadInput{"NumberZero", "number = 1", "number = 0", "2: node.number: must be from 1"},
        BadInput{"NumberAsText", "number = 1", "number = '1'", "2: node.number: must be an int"},
        BadInput{"NoGenesis", "genesis = \"genesis.envelope\"", "", "1: node.genesis: missing"},
        BadInput{"EmptyPath", "\"policy.txt\"", "\"\"", "4: node.cosigner_policy: must have"},
        BadInput{"NoDataDirectory", "data_dir = \"/var/lib/aval\"", "", "1: node.data_dir: miss"},
        BadInput{"OneKeyForTwoPurposes", "keys/log.key", "keys/tls.key",
                 "9: keys.cosigner: tls, log and cosigner must be three different keys"},
        BadInput{"PeerListenWithoutPort", "127.0.0.1:7101", "127.0.0.1",
                 "12: peers.listen: \"127.0.0.1\": must be host:port"},
        BadInput{"OverrideOfItself", "number = 2", "number = 1",
                 "14: peers.override.number: is this node's own"},
        BadInput{"OverrideTwice", "[api]\n", "[[peers.override]]\nnumber = 2\n[api]\n",
                 "18: peers.override.number: named twice"},
        BadInput{"OverrideOnPortZero", "127.0.0.1:7102", "127.0.0.1:0",
                 "15: peers.override.address: "},
        BadInput{"OverrideIsNoTable", "[[peers.override]]", "[peers.override]",
                 "13: peers.override: must be tables"},
        BadInput{"KeyIdInCapitals", "extra_key_ids = [\"aa", "extra_key_ids = [\"AA",
                 "16: peers.override.extra_key_ids: must be a key id"},
        BadInput{"ApiListenMissing", "listen = \"127.0.0.1:7201\"\n", "",
                 "17: api.listen: missing"},
        BadInput{"NoConnections", "max_connections = 10", "max_connections = 0",
                 "19: api.max_connections: must be from 1 to 65536"},
        BadInput{"ShortClientKey", "key_id = \"aa", "key_id = \"a",
                 "22: api.client.key_id: must be a key id"},
        BadInput{"HeartbeatTooFast", "heartbeat_ms = 40", "heartbeat_ms = 1",
                 "24: consensus.heartbeat_ms: must be from 5"},
        BadInput{"ElectionBelowThreeHeartbeats", "election_timeout_ms = 400",
                 "election_timeout_ms = 100",
                 "25: consensus.election_timeout_ms: must be at least three times"},
        BadInput{"NoQueue", "queue_acts = 100", "queue_acts = 0", "27: limits.queue_acts: "},
        BadInput{"QueueBelowOneAct", "queue_bytes = 1000000", "queue_bytes = 100",
                 "28: limits.queue_bytes: "},
        BadInput{"UnknownLevel", "level = \"debug\"", "level = \"loud\"",
                 "30: log.level: must be trace"}),
    [](const testing::TestParamInfo<BadInput>& bad) { return std::string(bad.param.name); });

TEST(NodeConfigTest, TwoClientsOfOneNameOrKeyAreRefused) {
  const std::string second = "[[api.client]]\nname = \"demo\"\nkey_id = \"" + kKey2 + "\"\n";
  const Result<NodeConfig> name =
      ParseNodeConfig(Replaced(Complete(), "[consensus]", second + "[consensus]"), "node.toml");
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().message, "node.toml:24: api.client.name: named twice");
  const std::string same = "[[api.client]]\nname = \"other\"\nkey_id = \"" + kKey1 + "\"\n";
  const Result<NodeConfig> key =
      ParseNodeConfig(Replaced(Complete(), "[consensus]", same + "[consensus]"), "node.toml");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().message, "node.toml:25: api.client.key_id: another client has this key");
}

TEST(NodeConfigTest, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(LoadNodeConfig("/nonexistent/node.toml").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace aval::config
