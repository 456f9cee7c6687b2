#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/client.h"
#include "crypto/ed25519.h"
#include "net/io_threads.h"

namespace aval::cli {

/// What commands that speak to nodes share: `--network`, `--node` and `--json`.
struct ConnectionOptions {
  std::filesystem::path network = ".";  // The directory with client.toml.
  std::uint32_t node = 0;               // Number; 0: the first of client.toml.
  bool json = false;
};

/// A client of the nodes that client.toml names.
class Connection {
 public:
  static Result<Connection> Open(const ConnectionOptions& options);

  ApiClient& chosen() { return *clients_[chosen_]; }
  const ClientFile::Node& chosen_node() const { return file_.nodes[chosen_]; }
  const ClientFile& file() const { return file_; }
  /// The client of node i of client.toml.
  ApiClient& client(std::size_t i) { return *clients_[i]; }

 private:
  Connection() = default;
  ClientFile file_;
  std::unique_ptr<crypto::SecretKey> key_;
  std::unique_ptr<net::IoThreads> io_;
  std::vector<std::unique_ptr<ApiClient>> clients_;
  std::size_t chosen_ = 0;
};

/// The key in a key file, by the passphrase in `passphrase_file` or AVAL_PASSPHRASE.
Result<crypto::SecretKey> OpenKeyFile(const std::filesystem::path& file,
                                      const std::optional<std::filesystem::path>& passphrase_file);

/// "aval: <words>" on standard error; the exit code: 2 for kInvalidArgument and kNotFound of input,
/// else 1.
int Report(const Error& error);

/// As Report, of a node's answer, or of none: 2 where the node could not read the call, else 1. A
/// record that is not there is an answer.
int ReportAnswer(const Error& error);

}  // namespace aval::cli
