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
/// - a block is filled act by act, each from whichever node's acts in earlier blocks and this one
///   come to the fewest bytes, up to kShareBytes for all together: who has few has all of them in
///   the next block, and what they leave free goes to the busiest. A node that was silent gains
///   nothing by it.
/// The acts of one node leave in their order.
/// Threads: one.
class ActQueue {
 public:
  using Act = std::shared_ptr<ledger::PreparedAct>;

  /// Of a block: worth its sync, and soon verified and applied, which the next one waits for. An
  /// act that is longer has a block of its own.
  static constexpr std::size_t kShareBytes = std::size_t{128} << 10U;
  /// What a shorter act counts as: its signatures cost as much to check.
  static constexpr std::size_t kActBytesLeast = 512;

  ActQueue(std::size_t acts_max, std::size_t bytes_max)
      : acts_max_(acts_max), bytes_max_(bytes_max) {}

  /// False, and nothing is queued, when there is no room.
  bool Push(consensus::NodeId origin, const Act& act);
  /// Takes a block's acts.
  std::vector<Act> TakeBlock();
  void Clear();

  bool empty() const { return acts_ == 0; }
  /// Whether what waits fills a block.
  bool FillsBlock() const { return shares_ >= kShareBytes; }
  std::size_t acts() const { return acts_; }

 private:
  struct Lane {
    std::deque<Act> acts;
    std::size_t bytes = 0;
    std::uint64_t served = 0;  // Bytes that have left; those missed in silence count as well.
  };

  /// The lane that has had least of those with acts; the queue is not empty.
  Lane& Next();
  Act Pop(Lane& lane);

  const std::size_t acts_max_;
  const std::size_t bytes_max_;
  std::size_t acts_ = 0;
  std::size_t bytes_ = 0;
  std::size_t shares_ = 0;                   // As kShareBytes counts.
  std::uint64_t served_ = 0;                 // What the lane that was last in turn had had.
  std::map<consensus::NodeId, Lane> lanes_;  // No more than there are nodes.
};

}  // namespace aval::node
