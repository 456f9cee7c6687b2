#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "crypto/tls.h"
#include "tests/cluster/hostile/network.h"

namespace aval::hostile {

class SlowClient;

/// Clients that hold connections and bring nothing, spread over the nodes, in equal parts of:
/// - connected and silent, without a handshake;
/// - a ClientHello, a byte at a time;
/// - a known key's request header, a byte at a time;
/// - its body, a byte at a time, announced as the longest;
/// - a chunked body, a byte at a time;
/// - requests without end, and no answer is read.
/// They begin 50 ms one after another, or all in the same instant; whoever is closed calls again a
/// second later. All of them come from 127.0.0.2. Threads: one of its own from Start on; Stop and
/// the destructor from the maker's.
class SlowClients {
 public:
  enum class Beginning : std::uint8_t { kOneAfterAnother, kInOneInstant };

  SlowClients(Network& network, std::size_t count, Beginning beginning);
  ~SlowClients();
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;

  void Start();
  void Stop();
  /// Connections made, after Stop.
  std::size_t calls() const;

 private:
  const Beginning beginning_;
  boost::asio::io_context context_;
  std::vector<crypto::TlsContext> tls_;  // For each node.
  std::vector<std::shared_ptr<SlowClient>> clients_;
  std::thread thread_;
};

}  // namespace aval::hostile
