#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "net/http_client.h"
#include "tests/cluster/chaos/limits.h"
#include "tests/cluster/history.h"

namespace aval::chaos {

/// What makes an answer to a read no older than the call.
enum class Reads {
  kLinearizable,  // The node asks a quorum: the parameter kLinearizable.
  kLogged,        // An act that is refused goes before, and the node shows its leaf.
  kStale,         // Nothing: it may be older.
};
inline constexpr std::string_view kLinearizable = "linearizable=true";

struct LoadOptions {
  std::size_t clients = 12;
  std::uint64_t seed = 1;
  Reads reads = Reads::kLinearizable;
};

/// Clients that each do one call after another, a read or a write, of a random grant at a random
/// node, and write down what they saw. Every call has a deadline. A client that does not learn what
/// became of its act sends the same act again, to any node, within the same call; or gives up, and
/// goes on as a new client.
/// Threads: one, and its own.
class Clients {
 public:
  /// An act that a node has answered with "accepted", and where it said that it stands.
  struct Acknowledged {
    std::uint64_t leaf = 0;
    crypto::Digest envelope;
  };

  /// They begin at once. All that is given outlives them.
  Clients(std::vector<net::HttpPool*> nodes, Limits& limits, cluster::HistoryRecorder& history,
          const LoadOptions& options);
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  /// Waits until so many writes are acknowledged: what a slow machine has done in a time may show
  /// nothing. kTimeout after three minutes, kCancelled when stopped.
  Result<void> AwaitAcknowledged(std::size_t least, const std::atomic<bool>& stop);

  /// Waits for the calls under way; after it, reads every limit from every node once more, again
  /// and again until it is answered. kUnavailable when that takes longer than a minute.
  Result<void> Finish();

  /// After Finish.
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  /// An answer that no node may give, the first; empty if there was none.
  const std::string& surprise() const { return surprise_; }

 private:
  class Client;
  void Surprise(std::string what);
  void Stop();

  const std::vector<net::HttpPool*> nodes_;
  Limits& limits_;
  cluster::HistoryRecorder& history_;
  const LoadOptions options_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::atomic<std::uint32_t> next_number_ = 1;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::vector<Acknowledged> acknowledged_;
  std::string surprise_;
  std::vector<std::thread> threads_;
};

}  // namespace aval::chaos
