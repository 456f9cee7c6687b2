#include "consensus/core/apply_lag.h"

#include <algorithm>

namespace aval::consensus {

void ApplyLag::Committed(Index index, std::size_t bytes, Instant now) {
  items_.push_back({.index = index, .bytes_before = bytes_, .since = now});
  bytes_ += bytes;
}

void ApplyLag::Forget(Index applied) {
  while (!items_.empty() && items_.front().index <= applied) items_.pop_front();
}

void ApplyLag::Clear() {
  items_.clear();
  bytes_ = 0;
}

ApplyLag::Lag ApplyLag::Of(Index applied, Instant now) const {
  const auto oldest = std::ranges::upper_bound(items_, applied, {}, &Item::index);
  if (oldest == items_.end()) return {};
  return {.bytes = bytes_ - oldest->bytes_before, .age = now - oldest->since};
}

}  // namespace aval::consensus
