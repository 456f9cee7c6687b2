#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "ledger/types.h"
#include "tests/cluster/hostile/network.h"

namespace aval::hostile {

/// The third node's key in the hands of somebody who calls the honest nodes as their peer, and
/// sends as fast as they read, in turn: forwarded acts with good signatures that the rules refuse,
/// acts with bad ones, bytes that are no acts, heartbeats and appends of an old term, requests to
/// vote, refusals of forwarded acts, extensions, signs of life. When the third node's own link
/// takes its place, or it is closed, it calls again 10 ms later. It comes from 127.0.0.3. Threads:
/// one of its own for each honest node from Start on; the rest from the maker's.
class FloodingPeer {
 public:
  struct Counts {
    std::size_t calls = 0;
    std::size_t links = 0;  // Of these, greeted.
    std::uint64_t bytes = 0;
  };

  /// Signs `acts` acts of `day`, which is over.
  FloodingPeer(Network& network, ledger::Day day, std::size_t acts, Random& random);
  ~FloodingPeer();
  FloodingPeer(const FloodingPeer&) = delete;
  FloodingPeer& operator=(const FloodingPeer&) = delete;

  void Start();
  void Stop();
  Counts counts() const;

 private:
  void Run(std::size_t node);
  void FloodOnce(std::size_t node);
  /// One turn of everything, as frames.
  Bytes MakeFrames(std::size_t turn) const;

  Network& network_;
  std::vector<std::shared_ptr<const Bytes>> good_;
  std::vector<std::shared_ptr<const Bytes>> bad_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> calls_ = 0;
  std::atomic<std::size_t> links_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace aval::hostile
