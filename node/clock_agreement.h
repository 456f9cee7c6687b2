#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/clock.h"
#include "consensus/types.h"

namespace aval::node {

/// What a leader knows of the voters' wall clocks, from the samples in their answers to heartbeats.
/// A block's time is its leader's; so that a clock that runs wild does not become the ledger's, a
/// leader stamps blocks only while its own is not far from the middle of what a quorum shows.
///
/// The middle is the median, and with an even number of clocks everything between the two middle
/// ones (Marzullo 1984 keeps an interval for the same reason): so some voter is always within it,
/// and can lead. A sample's error is at most the round trip, and is not taken into account.
/// Threads: one.
class ClockAgreement {
 public:
  /// Older samples count no more.
  static constexpr Duration kSampleAge = std::chrono::seconds(5);
  /// How far from the middle a leader's clock may be.
  static constexpr std::int64_t kDeviationMaxMs = 2'000;

  /// `node` said that its clock shows `theirs` when this node's showed `ours`, both in
  /// milliseconds since 1970.
  void Sample(consensus::NodeId node, std::int64_t theirs, std::int64_t ours, Instant now);
  void Clear() { offsets_.clear(); }

  /// How far this node's clock is from the middle, ahead when positive; nothing when fewer voters
  /// than a majority were heard of lately. `self` is one of `voters`.
  std::optional<std::int64_t> DeviationMs(const std::set<consensus::NodeId>& voters,
                                          consensus::NodeId self, Instant now) const;
  /// The two clocks in the middle are so far apart that either may be wrong, and a voter that has
  /// not been heard yet could say which.
  bool AwaitsMore(const std::set<consensus::NodeId>& voters, consensus::NodeId self,
                  Instant now) const;
  /// Of `candidates`, who are voters, the one whose clock is nearest to the middle.
  std::optional<consensus::NodeId> Nearest(const std::set<consensus::NodeId>& candidates,
                                           const std::set<consensus::NodeId>& voters,
                                           consensus::NodeId self, Instant now) const;

 private:
  struct Offset {
    std::int64_t ms = 0;  // Theirs less ours.
    Instant at;
  };
  struct Middle {
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::size_t clocks = 0;  // That it is the middle of.
    std::int64_t Deviation(std::int64_t offset) const;
  };
  std::optional<Middle> MiddleOf(const std::set<consensus::NodeId>& voters, consensus::NodeId self,
                                 Instant now) const;
  bool IsFresh(const Offset& offset, Instant now) const;

  std::map<consensus::NodeId, Offset> offsets_;
};

}  // namespace aval::node
