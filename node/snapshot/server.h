#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/pace.h"
#include "base/result.h"
#include "ledger/log/log.h"
#include "ledger/snapshot/source.h"
#include "node/snapshot/messages.h"

namespace aval::node {

/// Answers what peers ask about snapshots and old leaves, from the newest snapshot that was cut
/// here, as long as somebody fetches it, and from the log.
///
/// It reads the disk while it answers: not for a thread that others wait for. Threads: one at a
/// time.
class SnapshotServer {
 public:
  struct Options {
    /// Of each peer; what comes sooner is refused with a time to wait.
    Pace::Limits pace{.times_per_second = 200,
                      .bytes_per_second = std::uint64_t{32} << 20U,
                      .burst = std::chrono::milliseconds(500)};
    /// A snapshot that nobody has fetched from for so long is released: it keeps the store from
    /// forgetting what was written over.
    Duration keep = std::chrono::minutes(10);
    /// It counts as being fetched for so long after the last question for it, and
    Duration fetched = std::chrono::minutes(1);
    /// for so long altogether.
    Duration fetched_most = std::chrono::hours(1);
    std::size_t leaves_bytes = std::size_t{1} << 20U;  // Of one answer.
  };

  /// `log` outlives the server. `alarm` hears, on the thread of Answer, of what was asked for and
  /// has rotted here; it is refused as what is gone.
  SnapshotServer(const ledger::Log& log, const Options& options,
                 std::function<void(const std::string&)> alarm)
      : log_(log), options_(options), alarm_(std::move(alarm)) {}

  /// Serves this one from now on and no other.
  void Offer(std::unique_ptr<ledger::SnapshotSource> source, Instant now);
  /// The answer, or nothing for what is no question. An error is this node's own disk's: it stops.
  Result<std::optional<SnapshotMessage>> Answer(std::uint32_t from, const SnapshotMessage& message,
                                                Instant now);
  /// What would be answered to AskNewest.
  Newest newest() const;

  /// To be called at or after NextDeadline: releases what nobody fetches.
  void Tick(Instant now);
  std::optional<Instant> NextDeadline() const;
  bool has_snapshot() const { return source_ != nullptr; }
  /// Somebody fetches the one on offer, and would have to begin again with another.
  bool IsFetched(Instant now) const;

 private:
  Result<SnapshotMessage> ManifestFor(const AskManifest& ask, Instant now);
  Result<SnapshotMessage> ChunkFor(const AskChunk& ask, Instant now);
  Result<SnapshotMessage> LeavesFor(const AskLeaves& ask);

  const ledger::Log& log_;
  const Options options_;
  const std::function<void(const std::string&)> alarm_;
  std::unique_ptr<ledger::SnapshotSource> source_;
  Instant offered_;
  Instant last_fetch_;
  std::map<std::uint32_t, Pace> paces_;  // Of peers, who are few.
};

}  // namespace aval::node
