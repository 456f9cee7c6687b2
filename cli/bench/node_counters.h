#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/client.h"

namespace aval::cli::bench {

/// Samples of Prometheus's text format by their names with labels: `aval_peer_up{peer="2"}`.
using Samples = std::map<std::string, double, std::less<>>;
/// kCorruption names the line that is none.
Result<Samples> ParseSamples(std::string_view text);

/// What a node counts of its work (docs/metrics.md), since its start or since an earlier reading.
struct NodeCounters {
  bool leads = false;  // At the reading.
  std::uint64_t blocks_proposed = 0;
  std::uint64_t wal_entries = 0;
  std::uint64_t wal_syncs = 0;
  std::uint64_t wal_bytes = 0;
  std::uint64_t flushes = 0;
  std::uint64_t peer_sent_bytes = 0;
  std::uint64_t signatures_applied = 0;
  std::uint64_t signatures_reused = 0;
  std::uint64_t signatures_left_to_rules = 0;
  std::map<std::string, std::uint64_t> signatures_checked;  // By kind of thread.

  /// Every verification, ahead of the rules or by them.
  std::uint64_t Verified() const;
  /// What was added; of a counter that has begun again with its node, all of it.
  NodeCounters Since(const NodeCounters& earlier) const;
};

/// kCorruption names the metric that lacks.
Result<NodeCounters> CountersOf(const Samples& samples);
/// From the node's /metrics.
Result<NodeCounters> ReadCounters(ApiClient& node);

}  // namespace aval::cli::bench
