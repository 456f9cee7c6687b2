#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/clock.h"

namespace aval::node {

/// Fetches numbered things from several peers at once: says whom to ask for what, with a small
/// window for each, deadlines, and a rest that doubles for a peer that fails.
///
/// Invariant: what is wanted is asked of one peer at a time. Bounded by the windows of the peers
/// and by what its user wants. Threads: one. Deterministic: no clock, no randomness.
class Pull {
 public:
  struct Options {
    std::size_t window = 2;
    Duration deadline = std::chrono::seconds(10);
    Duration first_rest = std::chrono::seconds(1);
    Duration longest_rest = std::chrono::seconds(60);
  };
  struct Ask {
    std::uint32_t node = 0;
    std::uint64_t item = 0;
    friend bool operator==(const Ask&, const Ask&) = default;
  };

  explicit Pull(const Options& options) : options_(options) {}

  void Want(std::uint64_t item) { wanted_.insert(item); }
  /// Nothing is wanted or under way any more; rests stay.
  void Clear();
  bool IsIdle() const { return wanted_.empty() && under_way_ == 0; }

  /// Asks peers from `holders`, the least wanted number first; each is to be sent now.
  std::vector<Ask> Next(const std::set<std::uint32_t>& holders, Instant now);
  /// Whether this peer is asked for it: nothing else that it sends is an answer.
  bool IsAsked(std::uint32_t node, std::uint64_t item) const;
  /// It was asked, and has given it.
  void Answered(std::uint32_t node, std::uint64_t item);
  /// What was asked of it is wanted again, and the peer rests, longer each time in a row. Nothing
  /// when it was not asked.
  void Failed(std::uint32_t node, std::uint64_t item, Instant now);
  /// The same of a peer that says how long to rest, which is no failure.
  void Postponed(std::uint32_t node, std::uint64_t item, Duration rest, Instant now);
  /// All that was asked of this peer fails.
  void LinkLost(std::uint32_t node, Instant now);
  /// Whose deadline has passed fails.
  void Tick(Instant now);
  /// When the next deadline or rest ends after `now`; nothing when there is none.
  std::optional<Instant> NextDeadline(Instant now) const;

 private:
  struct Lane {
    std::map<std::uint64_t, Instant> asked;  // Until when.
    Instant rests_until;
    Duration rest{0};  // The last one.
  };
  void Rest(Lane& lane, Instant now);
  void TakeBack(Lane& lane, std::uint64_t item);

  const Options options_;
  std::set<std::uint64_t> wanted_;
  std::map<std::uint32_t, Lane> lanes_;
  std::size_t under_way_ = 0;
};

}  // namespace aval::node
