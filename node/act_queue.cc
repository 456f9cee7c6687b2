#include "node/act_queue.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "ledger/block.h"

namespace aval::node {
namespace {

static_assert(ActQueue::kShareBytes <= ledger::kBlockBytesMax);
static_assert(ActQueue::kShareBytes / ActQueue::kActBytesLeast <= ledger::kBlockActsMax);

std::size_t ShareOf(const ledger::PreparedAct& act) {
  return std::max(act.bytes->size(), ActQueue::kActBytesLeast);
}

}  // namespace

bool ActQueue::Push(consensus::NodeId origin, const Act& act) {
  const std::size_t bytes = act->bytes->size();
  Lane& lane = lanes_[origin];
  const bool has_room = acts_ < acts_max_ && bytes_ + bytes <= bytes_max_;
  const bool has_share =
      lane.acts.size() < (acts_max_ + 1) / 2 && lane.bytes + bytes <= (bytes_max_ + 1) / 2;
  if (!has_room || !has_share) return false;
  if (lane.acts.empty()) lane.served = std::max(lane.served, served_);
  lane.acts.push_back(act);
  lane.bytes += bytes;
  ++acts_;
  bytes_ += bytes;
  shares_ += ShareOf(*act);
  return true;
}

ActQueue::Lane& ActQueue::Next() {
  Lane* next = nullptr;
  for (auto& [origin, lane] : lanes_) {
    if (lane.acts.empty()) continue;
    if (next == nullptr || lane.served < next->served) next = &lane;
  }
  AVAL_ASSERT(next != nullptr);
  return *next;
}

ActQueue::Act ActQueue::Pop(Lane& lane) {
  Act act = std::move(lane.acts.front());
  lane.acts.pop_front();
  served_ = lane.served;
  lane.served += ShareOf(*act);
  lane.bytes -= act->bytes->size();
  --acts_;
  bytes_ -= act->bytes->size();
  shares_ -= ShareOf(*act);
  return act;
}

std::vector<ActQueue::Act> ActQueue::TakeBlock() {
  std::vector<Act> block;
  std::size_t filled = 0;
  while (!empty()) {
    Lane& lane = Next();
    filled += ShareOf(*lane.acts.front());
    if (filled > kShareBytes && !block.empty()) break;
    block.push_back(Pop(lane));
  }
  return block;
}

void ActQueue::Clear() {
  lanes_.clear();
  acts_ = 0;
  bytes_ = 0;
  shares_ = 0;
  served_ = 0;
}

}  // namespace aval::node
