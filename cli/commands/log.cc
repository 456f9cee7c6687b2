// aval log export: the public layout of a node's log, for an auditor.

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/log_export.h"
#include "cli/network.h"
#include "cli/progress_bar.h"
#include "config/node_config.h"

namespace aval::cli {
namespace {

// "https://host:port" of a node of client.toml.
Result<std::size_t> FindByUrl(const ClientFile& file, const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  std::string_view rest = url;
  if (rest.starts_with(kScheme)) {
    rest.remove_prefix(kScheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const auto endpoint = config::ParseEndpoint(rest);
    for (std::size_t i = 0; endpoint && i < file.nodes.size(); ++i) {
      if (file.nodes[i].api == *endpoint) return i;
    }
  }
  return Error{.code = Code::kInvalidArgument,
               .message = url + ": is not the URL of a node that client.toml names"};
}

// The exporting node's 0x01 key: as given, or from its own file.
Result<crypto::SecretKey> ManifestKey(const LogExportOptions& options,
                                      const ClientFile::Node& node) {
  if (options.key) return OpenKeyFile(*options.key, options.passphrase_file);
  AVAL_TRY(const Network network, Network::Open(options.connection.network));
  const std::filesystem::path file = network.NodeFile(node.number);
  if (file.empty()) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "genesis names no node " + std::to_string(node.number)};
  }
  AVAL_TRY(const config::NodeConfig config, config::LoadNodeConfig(file));
  return OpenKeyFile(config.log_key, config.passphrase_file);
}

// What an export needs, all from this machine.
struct Prepared {
  Connection connection;
  std::vector<ApiClient*> peers;
  crypto::SecretKey manifest_key;
  ledger::Genesis genesis;
};

Result<Prepared> Prepare(const LogExportOptions& options) {
  AVAL_TRY(Connection connection, Connection::Open(options.connection));
  std::vector<ApiClient*> peers;
  for (const std::string& url : options.peers) {
    AVAL_TRY(const std::size_t peer, FindByUrl(connection.file(), url));
    if (&connection.client(peer) != &connection.chosen()) {
      peers.push_back(&connection.client(peer));
    }
  }
  AVAL_TRY(crypto::SecretKey key, ManifestKey(options, connection.chosen_node()));
  AVAL_TRY(ledger::Genesis genesis,
           LoadGenesis(connection.file().genesis, connection.file().cosigner_policy));
  return Prepared{.connection = std::move(connection),
                  .peers = std::move(peers),
                  .manifest_key = std::move(key),
                  .genesis = std::move(genesis)};
}

Result<ExportedLog> Export(const LogExportOptions& options, Prepared& prepared) {
  ProgressBar bar("export", "leaves");
  return ExportFromNode(
      prepared.connection.chosen(), prepared.peers, prepared.genesis, prepared.manifest_key,
      options.directory,
      [&bar](std::uint64_t done, std::uint64_t of) {
        bar.Show(static_cast<double>(done) / static_cast<double>(of), done, "");
      },
      options.all_checkpoints ? EarlierCheckpoints::kAll : EarlierCheckpoints::kSpread);
}

}  // namespace

int RunLogExport(const LogExportOptions& options) {
  auto prepared = Prepare(options);
  if (!prepared) return Report(prepared.error());
  const auto exported = Export(options, *prepared);
  if (!exported) return ReportAnswer(exported.error());
  std::printf("exported %llu leaves to %s, with the lines of %zu node%s\n",
              static_cast<unsigned long long>(exported->size), options.directory.c_str(),
              exported->joined, exported->joined == 1 ? "" : "s");
  return 0;
}

}  // namespace aval::cli
