#include "cli/connection.h"

#include <cstdio>
#include <utility>

#include "base/disk.h"
#include "config/passphrase.h"
#include "crypto/key_file.h"

namespace aval::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUnusable = 2;

}  // namespace

Result<crypto::SecretKey> OpenKeyFile(const std::filesystem::path& file,
                                      const std::optional<std::filesystem::path>& passphrase_file) {
  PosixDisk disk;
  AVAL_TRY(const crypto::SecretText passphrase, config::ReadPassphrase(passphrase_file));
  return crypto::LoadKey(disk, file, passphrase.view());
}

Result<Connection> Connection::Open(const ConnectionOptions& options) {
  Connection connection;
  AVAL_TRY(connection.file_, LoadClientFile(options.network / "client.toml"));
  AVAL_TRY(crypto::SecretKey key,
           OpenKeyFile(connection.file_.key, connection.file_.passphrase_file));
  connection.key_ = std::make_unique<crypto::SecretKey>(std::move(key));
  connection.io_ = std::make_unique<net::IoThreads>(1);
  bool found = options.node == 0;
  for (std::size_t i = 0; i < connection.file_.nodes.size(); ++i) {
    AVAL_TRY(auto client, ApiClient::Make(*connection.io_, connection.file_.nodes[i],
                                          *connection.key_, /*connections=*/4));
    connection.clients_.push_back(std::move(client));
    if (connection.file_.nodes[i].number != options.node) continue;
    connection.chosen_ = i;
    found = true;
  }
  if (!found) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "client.toml names no node " + std::to_string(options.node)};
  }
  return connection;
}

int Report(const Error& error) {
  const int code = ReportAnswer(error);
  return error.code == Code::kNotFound ? kUnusable : code;
}

int ReportAnswer(const Error& error) {
  std::fprintf(stderr, "aval: %s\n", error.message.c_str());
  return error.code == Code::kInvalidArgument ? kUnusable : kFailed;
}

}  // namespace aval::cli
