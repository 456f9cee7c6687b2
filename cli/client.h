#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "config/endpoint.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "net/http_client.h"
#include "net/io_threads.h"

namespace aval::cli {

/// client.toml: the nodes that a client knows, and its own key.
struct ClientFile {
  struct Node {
    std::uint32_t number = 0;
    std::string institution;
    config::Endpoint api;
    crypto::KeyId key_id;  // What the node must show.
  };
  std::filesystem::path key;
  std::filesystem::path passphrase_file;
  std::filesystem::path genesis;
  std::filesystem::path cosigner_policy;
  std::vector<Node> nodes;
};
/// Strict, as config/: errors name file, line and key.
Result<ClientFile> LoadClientFile(const std::filesystem::path& path);

/// What became of one act of a batch: net/proto/api.proto's ActResult.
struct ActReply {
  enum class Status : std::uint8_t { kDecided, kMalformed, kOverloaded, kUnknown };
  Status status = Status::kUnknown;
  std::uint16_t verdict = 0;
  bool recorded = false;
  bool repeated = false;
  std::uint64_t leaf = 0;
  std::string message;

  /// "E_LIMIT" and so on, "ACCEPTED"; "E_UNNUMBERED" for a verdict of a later version.
  std::string code() const;
};

/// What load needs of a node: that it takes acts. Tests give their own.
class ActSink {
 public:
  using Done = std::function<void(Result<std::vector<ActReply>>)>;

  virtual ~ActSink() = default;
  /// Envelopes enter the node's queue in this order. `done` comes once, with a reply for each, on a
  /// thread of the sink's. A node that cannot be reached is an error of the call; an act may then
  /// be decided or not, and the same envelope may be sent again, to any node.
  virtual void SubmitBatch(const std::vector<Bytes>& envelopes, std::chrono::milliseconds timeout,
                           Done done) = 0;
};

/// One node's API, for commands and for load: many calls may be under way.
/// Threads: every method is safe from all.
class ApiClient final : public ActSink {
 public:
  /// `threads` outlives the client.
  static Result<std::unique_ptr<ApiClient>> Make(net::IoThreads& threads,
                                                 const ClientFile::Node& node,
                                                 const crypto::SecretKey& key,
                                                 std::size_t connections);

  /// POST /v1/acts:batch; `done` comes on an io thread.
  void SubmitBatch(const std::vector<Bytes>& envelopes, std::chrono::milliseconds timeout,
                   Done done) override;
  /// As SubmitBatch, and waits for the reply.
  Result<std::vector<ActReply>> SubmitAndWait(const std::vector<Bytes>& envelopes,
                                              std::chrono::milliseconds timeout);
  /// GET; the body as JSON. A status other than 2xx is an error with the server's own words.
  Result<boost::json::value> GetJson(const std::string& target, std::chrono::milliseconds timeout);
  /// POST of a JSON body; the answer as GetJson's.
  Result<boost::json::value> PostJson(const std::string& target, const boost::json::value& body,
                                      std::chrono::milliseconds timeout);
  /// GET; the body as it is.
  Result<Bytes> GetBytes(const std::string& target, std::chrono::milliseconds timeout);

 private:
  explicit ApiClient(std::unique_ptr<net::HttpPool> pool);
  /// The body of a 2xx answer; any other's own words are the error.
  Result<Bytes> Ask(net::HttpCall call, std::chrono::milliseconds timeout);
  std::unique_ptr<net::HttpPool> pool_;
};

}  // namespace aval::cli
