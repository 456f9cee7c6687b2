// aval network init: a new network's directory from its founders' plan.

#include <cstdio>
#include <filesystem>

#include "base/random.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/network.h"
#include "cli/network_file.h"

namespace aval::cli {

int RunNetworkInit(const NetworkInitOptions& options) {
  auto plan = LoadNetworkFile(options.plan);
  if (!plan) return Report(plan.error());
  SystemRandom random;
  const auto made = InitNetwork(*std::move(plan), options.directory, random);
  if (!made) return Report(made.error());
  const auto network = Network::Open(options.directory);
  if (!network) return Report(network.error());
  std::printf(
      "%s is founded in %s\nGive each institution its own folder, and start its node: "
      "avald --config <institution>/<node>/node.toml\n",
      network->origin().c_str(), options.directory.c_str());
  return 0;
}

}  // namespace aval::cli
