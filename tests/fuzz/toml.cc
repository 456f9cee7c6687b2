// A node's file and a network's, in TOML.

#include "cli/network_file.h"
#include "config/node_config.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const std::string_view text = AsText(ByteView(data, size));
  const auto node = config::ParseNodeConfig(text, "node.toml");
  if (!node) AVAL_ASSERT(node.error().message.starts_with("node.toml"));
  const auto network = cli::ParseNetworkFile(text, "network.toml");
  if (!network) AVAL_ASSERT(network.error().message.starts_with("network.toml"));
  return 0;
}
