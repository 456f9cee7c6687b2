#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "net/io_threads.h"

namespace aval::net {

/// What a client asks. `target` is sent as it is: path and query, percent-encoded
/// (PercentEncode in net/http_target.h).
struct HttpCall {
  std::string method = "GET";
  std::string target = "/";
  std::string content_type{};  // Of the body; not sent when empty.
  Bytes body{};
  std::map<std::string, std::string> headers{};
};

/// Any complete answer, also one that reports an error.
struct HttpReply {
  int status = 0;
  std::string content_type;
  std::map<std::string, std::string, std::less<>> headers;  // Lowercase names.
  Bytes body;
};

/// Where a server is and how to know it.
struct HttpServerAddress {
  std::string host;
  std::uint16_t port = 0;
  std::set<crypto::KeyId> keys;  // The server must show one of these.
};

/// Many calls to one server over a few connections that are opened when needed and kept alive; each
/// connection carries one call at a time, the others wait in order.
///
/// A call is sent a second time, over a new connection, when a kept one turns out to be closed
/// before the first byte of an answer: the API's calls are idempotent, acts by their identity.
///
/// Errors of a call: kUnavailable (refused, closed; text says by whom), kDenied (either side's key
/// is not known to the other), kTimeout, kOverloaded (`max_waiting`), kCorruption (not HTTP, or an
/// answer beyond the bounds), kCancelled (Stop).
/// Threads: every method is safe from all; Stop and the destructor not from an io thread.
class HttpPool {
 public:
  struct Options {
    std::size_t connections = 1;
    std::size_t max_waiting = 65'536;
    std::size_t max_body_bytes = std::size_t{64} << 20U;
    std::chrono::milliseconds connect_timeout{5'000};  // With the handshake; calls wait for it.
  };
  /// Called once, on an io thread, or by Call itself when the call is not taken, or by Stop; must
  /// not block.
  using Done = std::function<void(Result<HttpReply> reply)>;

  /// Opens no connection yet.
  static Result<std::unique_ptr<HttpPool>> Make(IoThreads& threads, const HttpServerAddress& server,
                                                const crypto::SecretKey& key,
                                                const Options& options);
  ~HttpPool();
  HttpPool(const HttpPool&) = delete;
  HttpPool& operator=(const HttpPool&) = delete;

  /// `timeout` runs from now, waiting and connecting included.
  void Call(HttpCall call, std::chrono::milliseconds timeout, Done done);

  /// Ends calls under way with kCancelled; after it returns no `done` is called. Repeatable.
  void Stop();

 private:
  class Shared;
  explicit HttpPool(std::unique_ptr<Shared> shared);
  std::unique_ptr<Shared> shared_;
};

/// One call after another, for command lines: a pool of one connection with a thread of its own.
/// Threads: one.
class HttpClient {
 public:
  static Result<HttpClient> Make(const HttpServerAddress& server, const crypto::SecretKey& key);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  /// Waits for the reply. Errors as HttpPool's.
  Result<HttpReply> Do(HttpCall call, std::chrono::milliseconds timeout);

 private:
  HttpClient(std::unique_ptr<IoThreads> threads, std::unique_ptr<HttpPool> pool);
  std::unique_ptr<IoThreads> threads_;  // Outlives the pool.
  std::unique_ptr<HttpPool> pool_;
};

}  // namespace aval::net
