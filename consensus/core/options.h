#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/clock.h"
#include "consensus/core/membership.h"
#include "consensus/core/progress.h"
#include "consensus/core/promises.h"
#include "consensus/storage.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus {

struct CoreOptions {
  /// A higher term than one's own is believed, but a lying member must not use up all terms there
  /// are: what a node's term rises by beyond what elections explain stays within the first number,
  /// and the second for each microsecond since its start. Whoever was driven ahead is followed by
  /// the others within the time that it took to drive it there, and all terms last for a century.
  static constexpr std::uint64_t kTermLeapAtOnce = std::uint64_t{1} << 48U;
  static constexpr std::uint64_t kTermLeapPerMicrosecond = 4096;

  NodeId self{};
  std::uint32_t incarnation = 1;                               // See Member.
  Duration election_timeout = std::chrono::milliseconds(500);  // Drawn from [T, 2T).
  Duration heartbeat_interval = std::chrono::milliseconds(50);
  /// When a write takes longer, a leader steps down and nobody campaigns.
  Duration disk_stall = std::chrono::seconds(2);
  std::uint64_t seed = 0;  // Another one for each start.
  /// Seals this node's promises; secret, and the same for all of its life.
  crypto::Digest promise_key{};
  std::size_t append_bytes = std::size_t{1} << 20U;
  Progress::Window window{.messages = 16, .bytes = std::size_t{8} << 20U};
  std::size_t uncommitted_bytes = std::size_t{64} << 20U;
  std::size_t unapplied_bytes = std::size_t{16} << 20U;  // Handed out and not yet Applied.
  /// Committed, and not yet applied by a quorum: beyond either a leader takes no proposal, and
  /// beyond either of its own, while a quorum is ahead of it, it hands over.
  std::size_t apply_lag_bytes = std::size_t{64} << 20U;
  Duration apply_lag = std::chrono::seconds(5);
  /// Not sooner again does a leader hand over of its own accord.
  Duration hand_over_interval = std::chrono::minutes(1);
  std::size_t memory_bytes = std::size_t{32} << 20U;  // Of stable entries kept in memory.
  /// Writes under way. A leader takes no proposal beyond half of this; a node with so many is
  /// deaf until its disk catches up, so that the queue to the disk stays bounded.
  std::size_t writes = 1024;
};

/// What the disk held at start. Everything up to `applied` is committed, and the log's anchor is
/// not above it.
struct RecoveredCore {
  HardState hard_state;
  EntryId last;
  Index applied;
  /// Those that stand in the log, after the one that was in force before it; ascending.
  std::vector<ConfigurationAt> configurations;
  /// What cannot be read of it.
  std::vector<DamagedRange> damaged{};
  /// What others had promised this node before.
  std::map<NodeId, Promise> promises{};
  /// Whoever says nothing of it asks others before it promises anything.
  Promises::Memory memory = Promises::Memory::kUncertain;
};

}  // namespace aval::consensus
