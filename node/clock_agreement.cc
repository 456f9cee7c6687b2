#include "node/clock_agreement.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace aval::node {

using consensus::NodeId;

void ClockAgreement::Sample(NodeId node, std::int64_t theirs, std::int64_t ours, Instant now) {
  offsets_.insert_or_assign(node, Offset{.ms = theirs - ours, .at = now});
}

bool ClockAgreement::IsFresh(const Offset& offset, Instant now) const {
  return now - offset.at <= kSampleAge;
}

std::int64_t ClockAgreement::Middle::Deviation(std::int64_t offset) const {
  if (offset < low) return offset - low;
  return offset > high ? offset - high : 0;
}

std::optional<ClockAgreement::Middle> ClockAgreement::MiddleOf(const std::set<NodeId>& voters,
                                                               NodeId self, Instant now) const {
  std::vector<std::int64_t> shown{0};  // This node's own.
  for (const auto& [node, offset] : offsets_) {
    if (node != self && voters.contains(node) && IsFresh(offset, now)) shown.push_back(offset.ms);
  }
  if (2 * shown.size() <= voters.size()) return std::nullopt;
  std::ranges::sort(shown);
  return Middle{.low = shown[(shown.size() - 1) / 2],
                .high = shown[shown.size() / 2],
                .clocks = shown.size()};
}

std::optional<std::int64_t> ClockAgreement::DeviationMs(const std::set<NodeId>& voters, NodeId self,
                                                        Instant now) const {
  const auto middle = MiddleOf(voters, self, now);
  if (!middle) return std::nullopt;
  return middle->Deviation(0);
}

bool ClockAgreement::AwaitsMore(const std::set<NodeId>& voters, NodeId self, Instant now) const {
  const auto middle = MiddleOf(voters, self, now);
  return middle && middle->clocks < voters.size() && middle->high - middle->low > kDeviationMaxMs;
}

std::optional<NodeId> ClockAgreement::Nearest(const std::set<NodeId>& candidates,
                                              const std::set<NodeId>& voters, NodeId self,
                                              Instant now) const {
  const auto middle = MiddleOf(voters, self, now);
  if (!middle) return std::nullopt;
  std::optional<NodeId> nearest;
  std::int64_t least = 0;
  for (const auto& [node, offset] : offsets_) {
    if (node == self || !candidates.contains(node) || !IsFresh(offset, now)) continue;
    const std::int64_t deviation = std::abs(middle->Deviation(offset.ms));
    if (nearest && deviation >= least) continue;
    nearest = node;
    least = deviation;
  }
  return nearest;
}

}  // namespace aval::node
