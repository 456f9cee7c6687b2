#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "config/endpoint.h"
#include "crypto/ed25519.h"
#include "crypto/key_file.h"
#include "ledger/genesis.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/rules/context.h"

namespace aval::cli {

/// A network's directory, as `aval network init` makes it and every other command reads it:
///
///     genesis.dsse              the founders' envelope
///     policy.txt                the cosigners' policy of leaf 1
///     client.toml, client.key   how to reach the nodes, and the key to do it with
///     passphrase                of all key files (made for trials: each institution keeps its own)
///     <institution>/<department>.key
///     <institution>/<node>/node.toml, tls.key, log.key, cosigner.key, data/
///
/// `init` holds every founder's keys in one place, which is right for demos and tests; a real
/// founding passes genesis around to be signed.

struct NetworkPlan {
  /// Everything but keys, digests and addresses, which InitNetwork fills in.
  genesis::v1::Genesis genesis;
  /// One for each node of genesis, in order.
  struct NodeAddresses {
    config::Endpoint peers;
    config::Endpoint api;
  };
  std::vector<NodeAddresses> addresses;
  crypto::KeyFileCost key_cost;
  std::uint32_t verify_threads = 0;  // For node.toml; 0: one for each core.
  /// An empty file of this name is made before anything else: by it the demo knows its own.
  std::string marker{};
  std::string name{};  // What errors call the plan; may be empty.
};

/// Makes the directory, which must be absent or empty. A plan that makes no genesis leaves nothing
/// behind. Errors name the file.
Result<void> InitNetwork(NetworkPlan plan, const std::filesystem::path& directory, Random& random);

/// The founders' agreement in these two files. Errors name the file.
Result<ledger::Genesis> LoadGenesis(const std::filesystem::path& envelope,
                                    const std::filesystem::path& cosigner_policy);

/// A network's directory opened by somebody who may act for its institutions.
class Network {
 public:
  static Result<Network> Open(const std::filesystem::path& directory);

  const std::filesystem::path& directory() const { return directory_; }
  const std::string& origin() const { return origin_; }
  /// node.toml of node `number`; empty when genesis names no such node.
  std::filesystem::path NodeFile(std::uint32_t number) const;
  /// The key of an institution's department; kNotFound when it is not here.
  Result<const crypto::SecretKey*> InstitutionKey(std::uint32_t institution,
                                                  ledger::Department department) const;

 private:
  Network() = default;
  std::filesystem::path directory_;
  std::string origin_;
  std::map<std::uint32_t, std::filesystem::path> node_files_;
  std::map<std::pair<std::uint32_t, ledger::Department>, crypto::SecretKey> keys_;
};

}  // namespace aval::cli
