#include "node/act_queue.h"

#include <algorithm>
#include <utility>

#include "ledger/block.h"

namespace aval::node {

bool ActQueue::Push(consensus::NodeId origin, const Act& act) {
  const std::size_t bytes = act->bytes->size();
  Lane& lane = lanes_[origin];
  const bool has_room = acts_ < acts_max_ && bytes_ + bytes <= bytes_max_;
  const bool has_share =
      lane.acts.size() < (acts_max_ + 1) / 2 && lane.bytes + bytes <= (bytes_max_ + 1) / 2;
  if (!has_room || !has_share) return false;
  lane.acts.push_back(act);
  lane.bytes += bytes;
  ++acts_;
  bytes_ += bytes;
  return true;
}

// Of a block, of one node's.
std::size_t ActQueue::MostOfOne() const {
  std::size_t busiest = 0;
  std::size_t next = 0;
  std::size_t active = 0;
  for (const auto& [origin, lane] : lanes_) {
    const std::size_t waiting = lane.acts.size();
    next = std::max(next, std::min(busiest, waiting));
    busiest = std::max(busiest, waiting);
    if (lane.active + kBlocksRemembered > blocks_) ++active;
  }
  return std::max(next, active > 1 ? kActsAmongOthers : kActsAlone);
}

std::vector<ActQueue::Act> ActQueue::TakeBlock() {
  std::vector<Act> block;
  std::size_t bytes = 0;
  ++blocks_;
  for (auto& [origin, lane] : lanes_) {
    if (!lane.acts.empty()) lane.active = blocks_;
  }
  const std::size_t most = MostOfOne();
  for (std::size_t round = 0; round < most && !empty(); ++round) {
    for (auto& [origin, lane] : lanes_) {
      if (lane.acts.empty()) continue;
      const std::size_t size = lane.acts.front()->bytes->size();
      if (block.size() == ledger::kBlockActsMax || bytes + size > ledger::kBlockBytesMax) {
        return block;
      }
      block.push_back(std::move(lane.acts.front()));
      lane.acts.pop_front();
      lane.bytes -= size;
      bytes += size;
      --acts_;
      bytes_ -= size;
    }
  }
  return block;
}

void ActQueue::Clear() {
  lanes_.clear();
  acts_ = 0;
  bytes_ = 0;
}

}  // namespace aval::node
