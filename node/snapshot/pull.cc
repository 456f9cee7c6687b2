#include "node/snapshot/pull.h"

#include <algorithm>

#include "base/assert.h"

namespace aval::node {

void Pull::Clear() {
  wanted_.clear();
  for (auto& [node, lane] : lanes_) lane.asked.clear();
  under_way_ = 0;
}

std::vector<Pull::Ask> Pull::Next(const std::set<std::uint32_t>& holders, Instant now) {
  std::vector<Ask> asks;
  // Round by round, so that the first of them does not get all.
  for (std::size_t round = 0; round < options_.window; ++round) {
    for (const std::uint32_t node : holders) {
      if (wanted_.empty()) return asks;
      Lane& lane = lanes_[node];
      if (lane.rests_until > now || lane.asked.size() > round) continue;
      const std::uint64_t item = *wanted_.begin();
      wanted_.erase(wanted_.begin());
      lane.asked.emplace(item, now + options_.deadline);
      ++under_way_;
      asks.push_back({.node = node, .item = item});
    }
  }
  return asks;
}

bool Pull::IsAsked(std::uint32_t node, std::uint64_t item) const {
  const auto found = lanes_.find(node);
  return found != lanes_.end() && found->second.asked.contains(item);
}

void Pull::Answered(std::uint32_t node, std::uint64_t item) {
  AVAL_ASSERT(IsAsked(node, item));
  Lane& lane = lanes_[node];
  lane.asked.erase(item);
  lane.rest = Duration(0);
  --under_way_;
}

void Pull::Failed(std::uint32_t node, std::uint64_t item, Instant now) {
  if (!IsAsked(node, item)) return;
  TakeBack(lanes_[node], item);
  Rest(lanes_[node], now);
}

void Pull::Postponed(std::uint32_t node, std::uint64_t item, Duration rest, Instant now) {
  if (!IsAsked(node, item)) return;
  Lane& lane = lanes_[node];
  TakeBack(lane, item);
  lane.rests_until = std::max(lane.rests_until, now + std::min(rest, options_.longest_rest));
}

void Pull::LinkLost(std::uint32_t node, Instant now) {
  const auto found = lanes_.find(node);
  if (found == lanes_.end() || found->second.asked.empty()) return;
  Lane& lane = found->second;
  while (!lane.asked.empty()) TakeBack(lane, lane.asked.begin()->first);
  Rest(lane, now);
}

void Pull::Tick(Instant now) {
  for (auto& [node, lane] : lanes_) {
    const auto late = std::find_if(lane.asked.begin(), lane.asked.end(),
                                   [now](const auto& asked) { return asked.second <= now; });
    if (late == lane.asked.end()) continue;
    // A peer that misses one deadline is not waited for with the rest.
    while (!lane.asked.empty()) TakeBack(lane, lane.asked.begin()->first);
    Rest(lane, now);
  }
}

std::optional<Instant> Pull::NextDeadline(Instant now) const {
  std::optional<Instant> next;
  const auto take = [&next](Instant at) { next = next ? std::min(*next, at) : at; };
  for (const auto& [node, lane] : lanes_) {
    for (const auto& [item, until] : lane.asked) take(until);
    if (!wanted_.empty() && lane.rests_until > now) take(lane.rests_until);
  }
  return next;
}

void Pull::Rest(Lane& lane, Instant now) {
  lane.rest = std::clamp(2 * lane.rest, options_.first_rest, options_.longest_rest);
  lane.rests_until = std::max(lane.rests_until, now + lane.rest);
}

void Pull::TakeBack(Lane& lane, std::uint64_t item) {
  lane.asked.erase(item);
  wanted_.insert(item);
  --under_way_;
}

}  // namespace aval::node
