#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/pace.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "net/http.h"
#include "net/io_threads.h"

namespace aval::net {

/// Takes the answer to one request, once; answers after the first change nothing, so that a
/// deadline and a late result may race. When the last copy goes without an answer, the client gets
/// 500. May outlive the server; the answer is then dropped.
/// Threads: safe from all.
class HttpResponder {
 public:
  class Slot;
  explicit HttpResponder(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}
  void operator()(HttpResponse response) const;

 private:
  std::shared_ptr<Slot> slot_;
};

/// Called on an io thread; must not block. It answers then or later, from any thread.
using HttpHandler = std::function<void(HttpRequest request, HttpResponder respond)>;

/// HTTP/1.1 over mutual TLS 1.3 for clients with pinned keys.
///
/// One request at a time and connection (a pipelined one waits); connections are kept alive. What
/// is not a well-formed request within the bounds is answered here, as JSON, and its connection is
/// closed: 400 malformed or with more than one reading of where its body ends (FramingFault), 408
/// too slow, 413 body too long, 417 an expectation other than 100-continue, 429 with Retry-After no
/// room for its body, 431 header too long.
/// Threads: every method is safe from all; Stop and the destructor not from an io thread.
class HttpServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one.

    std::size_t max_connections = 1024;  // Of clients; more are closed after the handshake.
    std::size_t max_connections_of_client = 256;  // Of one pinned key.
    // Before the end of the handshake, or being refused: see Strangers for who makes room.
    std::size_t max_strangers = 512;
    std::size_t max_strangers_of_host = 256;
    // Of calls from one host; those that come too soon are closed without a handshake. The burst is
    // enough for a client that opens all its connections at once.
    Pace::Limits calls{
        .times_per_second = 100, .bytes_per_second = 1, .burst = std::chrono::milliseconds(5'120)};
    // Of handshakes that are computed at a time, how long after each other they begin, and for how
    // long one counts: see HandshakeTurns. All strangers have had theirs within the timeout below.
    std::size_t handshakes_at_once = 4;
    std::chrono::milliseconds handshakes_apart{5};
    std::chrono::milliseconds handshake_turn{20};
    std::uint32_t max_header_bytes = 16'384;
    std::size_t max_body_bytes = std::size_t{1} << 20U;
    // Of request bodies from their header until the handler has them, by what they announce (a
    // chunked one counts as max_body_bytes). Beside them each connection reads a header, and at
    // most 64 KiB ahead.
    std::size_t max_unfinished_bytes = std::size_t{64} << 20U;
    std::size_t max_unfinished_bytes_of_client = std::size_t{16} << 20U;  // Of one pinned key.

    std::chrono::milliseconds handshake_timeout{5'000};  // With the wait for a turn.
    std::chrono::milliseconds read_timeout{10'000};      // From a request's first byte to its last.
    std::chrono::milliseconds idle_timeout{60'000};      // Between requests.
    std::chrono::milliseconds write_timeout{30'000};     // For one response.
    std::chrono::milliseconds linger_timeout{1'000};     // For a client to see why we close.

    std::shared_ptr<const Clock> clock =
        std::make_shared<SystemClock>();  // Of `calls` and handshakes.
  };

  struct Counters {
    std::uint64_t connections = 0;          // Open at the moment.
    std::uint64_t accepted = 0;             // Connections, ever.
    std::uint64_t refused_connections = 0;  // Of clients, closed because there were too many.
    std::uint64_t greedy_connections = 0;   // Of these, because their client had its share.
    std::uint64_t failed_accepts = 0;       // The system lacked something, descriptors for example.
    std::uint64_t hasty_calls = 0;          // Closed at once: their host calls too often.
    std::uint64_t failed_handshakes = 0;  // Unknown keys, other protocols, timeouts, max_strangers.
    std::uint64_t waiting_handshakes = 0;   // At the moment, for their turn.
    std::uint64_t requests = 0;             // Handed to the handler.
    std::uint64_t bad_requests = 0;         // Answered here.
    std::uint64_t refused_bodies = 0;       // Of these: 429, no room for the body.
    std::uint64_t greedy_bodies = 0;        // Of these, because their client had its share.
    std::uint64_t unfinished_bytes = 0;     // Counted for request bodies at the moment.
    std::uint64_t unanswered_requests = 0;  // 500, because the handler let go.
  };

  /// Listens at once. `clients`: the keys that get through the handshake. kInvalidArgument for a
  /// host that does not resolve, kIo when the port is taken.
  static Result<std::unique_ptr<HttpServer>> Start(IoThreads& threads, const Options& options,
                                                   const crypto::SecretKey& key,
                                                   std::set<crypto::KeyId> clients,
                                                   HttpHandler handler);
  /// Stops without grace.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  Counters counters() const;

  /// Stops accepting, closes idle connections, lets requests under way finish for `grace`, then
  /// closes the rest. After it returns the handler is not called any more. Repeatable.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Shared;
  explicit HttpServer(std::unique_ptr<Shared> shared);
  std::unique_ptr<Shared> shared_;
};

}  // namespace aval::net
