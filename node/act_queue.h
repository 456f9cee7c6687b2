#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "consensus/types.h"
#include "ledger/act.h"

namespace aval::node {

/// The acts that wait for a place in this leader's blocks, apart for each node whose clients have
/// sent them, so that a node with many leaves the others their part of the room and of each block:
/// - it has at most half of the room;
/// - it fills no more of a block than the busiest of the others, or kActsAmongOthers; or kActsAlone
///   while the others have sent nothing for kBlocksRemembered blocks.
/// The acts of one node leave in their order.
/// Threads: one.
class ActQueue {
 public:
  using Act = std::shared_ptr<ledger::PreparedAct>;

  /// What others' acts wait for in their own block.
  static constexpr std::size_t kActsAmongOthers = 8;
  /// As many make a block worth its sync, and are soon verified and applied.
  static constexpr std::size_t kActsAlone = 256;
  static constexpr std::uint64_t kBlocksRemembered = 64;

  ActQueue(std::size_t acts_max, std::size_t bytes_max)
      : acts_max_(acts_max), bytes_max_(bytes_max) {}

  /// False, and nothing is queued, when there is no room.
  bool Push(consensus::NodeId origin, const Act& act);
  /// Takes a block's acts: as many as one may have, from each node in turn.
  std::vector<Act> TakeBlock();
  void Clear();

  bool empty() const { return acts_ == 0; }
  std::size_t acts() const { return acts_; }

 private:
  struct Lane {
    std::deque<Act> acts;
    std::size_t bytes = 0;
    std::uint64_t active = 0;  // The last block for which acts of it waited.
  };

  std::size_t MostOfOne() const;

  const std::size_t acts_max_;
  const std::size_t bytes_max_;
  std::size_t acts_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t blocks_ = kBlocksRemembered;  // Taken; as if so many were without anybody's acts.
  std::map<consensus::NodeId, Lane> lanes_;   // No more than there are nodes.
};

}  // namespace aval::node
