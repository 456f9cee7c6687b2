#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/clock.h"
#include "crypto/merkle.h"
#include "node/snapshot/fetcher.h"
#include "node/snapshot/messages.h"
#include "node/snapshot/pull.h"

namespace aval::node {

/// Brings the leaves from before the snapshot at which a node's log began, bundle after bundle from
/// any peers that have them, as a pure function. Every answer is verified against the tree with
/// which the log began; one that is not of it bars its sender, and is alarmed.
///
/// Invariant: at most Options::ahead bundles are asked for or wait for those before them.
/// Threads: one. No clock, no I/O, no randomness.
class LogFetcher {
 public:
  struct Options {
    std::set<std::uint32_t> peers;  // Without this node.
    crypto::Frontier tree;          // Backfill::tree.
    std::uint64_t from = 0;         // Backfill::missing.
    std::size_t ahead = 16;         // Bundles; 1 or more.
    Duration ask_interval = std::chrono::seconds(30);
    Pull::Options pull = {};
  };

  explicit LogFetcher(const Options& options);

  // Events. Each appends to `out`.

  void Receive(std::uint32_t from, const SnapshotMessage& message, Instant now, FetchActions& out);
  void Tick(Instant now, FetchActions& out);
  void LinkLost(std::uint32_t node, Instant now, FetchActions& out);

  std::optional<Instant> NextDeadline(Instant now) const;
  /// Every leaf has been given to the driver: Backfill::Join.
  bool complete() const { return next_ == options_.tree.size(); }
  /// The first leaf that has not been given to it.
  std::uint64_t next() const { return next_; }

 private:
  void Take(std::uint32_t from, const Leaves& answer, Instant now, FetchActions& out);
  void Proceed(Instant now, FetchActions& out);
  std::set<std::uint32_t> Holders() const;

  const Options options_;
  PeerNews news_;
  Pull pull_;
  std::set<std::uint32_t> barred_;
  std::map<std::uint64_t, ledger::LeafRange> early_;  // By first leaf; those before are missing.
  std::uint64_t next_ = 0;
  std::uint64_t asked_to_ = 0;  // Bundles from here on have not been wanted yet.
};

}  // namespace aval::node
