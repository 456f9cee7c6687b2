#include "cli/bench/node_counters.h"

#include <charconv>
#include <chrono>
#include <optional>

namespace aval::cli::bench {
namespace {

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr std::string_view kChecked = "aval_signatures_checked_total{thread=\"";
constexpr std::string_view kPeerSent = "aval_peer_sent_bytes_total{";

struct Field {
  const char* metric;
  std::uint64_t NodeCounters::* value;
};
constexpr Field kFields[] = {
    {"aval_blocks_proposed_total", &NodeCounters::blocks_proposed},
    {"aval_wal_entries_total", &NodeCounters::wal_entries},
    {"aval_wal_syncs_total", &NodeCounters::wal_syncs},
    {"aval_wal_bytes_total", &NodeCounters::wal_bytes},
    {"aval_flushes_total", &NodeCounters::flushes},
    {"aval_signatures_applied_total", &NodeCounters::signatures_applied},
    {"aval_signatures_reused_total", &NodeCounters::signatures_reused},
    {"aval_signatures_left_to_rules_total", &NodeCounters::signatures_left_to_rules},
};

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// A counter that has fallen has begun again from zero.
std::uint64_t Growth(std::uint64_t now, std::uint64_t before) {
  return now >= before ? now - before : now;
}

Result<std::uint64_t> CountOf(const Samples& samples, std::string_view name) {
  const auto at = samples.find(name);
  if (at == samples.end() || at->second < 0) {
    return Error{.code = Code::kCorruption,
                 .message = "the node tells no " + std::string(name) + ": another version?"};
  }
  return static_cast<std::uint64_t>(at->second);
}

}  // namespace

Result<Samples> ParseSamples(std::string_view text) {
  Samples samples;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t space = line.rfind(' ');
    const auto value = space == std::string_view::npos ? std::optional<double>{}
                                                       : ParseNumber(line.substr(space + 1));
    if (!value) {
      return Error{.code = Code::kCorruption, .message = "not a sample: " + std::string(line)};
    }
    samples.insert_or_assign(std::string(line.substr(0, space)), *value);
  }
  return samples;
}

std::uint64_t NodeCounters::Verified() const {
  std::uint64_t count = signatures_left_to_rules;
  for (const auto& [thread, checked] : signatures_checked) count += checked;
  return count;
}

NodeCounters NodeCounters::Since(const NodeCounters& earlier) const {
  NodeCounters since = *this;
  for (const Field& field : kFields) {
    since.*field.value = Growth(this->*field.value, earlier.*field.value);
  }
  since.peer_sent_bytes = Growth(peer_sent_bytes, earlier.peer_sent_bytes);
  for (auto& [thread, count] : since.signatures_checked) {
    const auto before = earlier.signatures_checked.find(thread);
    if (before != earlier.signatures_checked.end()) count = Growth(count, before->second);
  }
  return since;
}

Result<NodeCounters> CountersOf(const Samples& samples) {
  NodeCounters counters;
  AVAL_TRY(const std::uint64_t leads, CountOf(samples, "aval_raft_is_leader"));
  counters.leads = leads == 1;
  for (const Field& field : kFields) {
    AVAL_TRY(counters.*field.value, CountOf(samples, field.metric));
  }
  for (const auto& [name, value] : samples) {
    if (name.starts_with(kPeerSent)) {
      counters.peer_sent_bytes += static_cast<std::uint64_t>(value);
    }
    if (!name.starts_with(kChecked)) continue;
    const std::string_view thread = std::string_view(name).substr(kChecked.size());
    counters.signatures_checked[std::string(thread.substr(0, thread.find('"')))] =
        static_cast<std::uint64_t>(value);
  }
  return counters;
}

Result<NodeCounters> ReadCounters(ApiClient& node) {
  AVAL_TRY(const Bytes body, node.GetBytes("/metrics", kTimeout));
  AVAL_TRY(const Samples samples, ParseSamples(AsText(body)));
  return CountersOf(samples);
}

}  // namespace aval::cli::bench
