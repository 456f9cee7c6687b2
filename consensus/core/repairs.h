#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "consensus/message.h"
#include "consensus/storage.h"
#include "consensus/types.h"

namespace aval::consensus {

/// What this node's disk has lost of its log, one range after another, and how far peers have given
/// it back. Every log that has the entry before a range has entries that chain on from it: only the
/// range's last entry proves that they are those that were lost. So one peer's copy is taken at a
/// time, and as a whole or not at all.
///
/// A range that was never committed may be nowhere else. Its end goes as any suffix that a leader
/// does not have: when the leader of this term is seen to have another entry there. What comes
/// before that one may be committed, and stays lost until the leader's entries fill it, so that
/// nothing is forgotten that this node has acknowledged. Nobody but the leader is believed in that.
///
/// What the state has, durably, holds nothing back: it is as if it were trimmed. It is asked for
/// last, and not for ever, since no peer may have it any more.
/// Threads: one.
class Repairs {
 public:
  /// Whose copy, in which term of its own.
  struct Source {
    NodeId node{};
    Term term{};
    friend bool operator==(const Source&, const Source&) = default;
  };
  /// A copy is given up when it is larger. No range is: each is from one group of the log, which
  /// WalWriter::Limits::group_bytes and one message bound.
  static constexpr std::size_t kCopyBytes = std::size_t{64} << 20U;
  /// And when its peer has left so many questions without an answer.
  static constexpr std::size_t kSilences = 20;
  /// What the state has is given up when each peer was asked so often.
  static constexpr std::size_t kTries = 4;

  /// `ranges` ascending and disjoint; the state has durably applied everything up to `flushed`.
  Repairs(const std::vector<DamagedRange>& ranges, Index flushed)
      : ranges_(ranges.begin(), ranges.end()), flushed_(flushed) {
    Follow();
  }

  /// Nothing is lost, but for what was given up, and what was is durable again.
  bool empty() const { return ranges_.empty() && under_way_.empty(); }
  /// Something that the state does not have is lost, or not yet durable again.
  bool lacking() const;
  bool asking() const { return !ranges_.empty(); }
  /// Whether the entry is lost, or not yet durable again, and the state does not have it.
  bool Covers(Index index) const;
  /// The last entry before the first such; only when lacking.
  Index before() const;
  /// The last entry of what is lost, or not yet durable again, and the state has; all zero when
  /// there is none. From the entry after it on, all that does not lack can be read.
  EntryId hole() const;
  /// Another range; nothing when it is of one that is asked for already. What a write under way was
  /// to fill is asked for again.
  void Add(const DamagedRange& range);
  /// What the state has rises.
  void Flushed(Index through);
  /// The log begins after `anchor` now.
  void DropThrough(const EntryId& anchor);
  /// Something was cut off after `kept`.
  void TruncateAfter(const EntryId& kept);

  /// What to ask when the last question is old enough: for more of a copy that has begun, else the
  /// next of `peers` in turn.
  struct Question {
    NodeId to;
    Index after;
    Index last;
  };
  std::optional<Question> Ask(std::span<const NodeId> peers, Instant now, Duration patience);
  /// When Ask has something to say next.
  Instant due(Duration patience) const { return asked_ + patience; }

  enum class Taken {
    kNothing,  // It was of no use, or came too late.
    kMore,     // The copy grows, or is complete.
    kOther,    // The copy proves that its log has another entry than the last one of the range.
  };
  /// Entries that `source` has after `after`; none when it cannot give them.
  Taken Take(const Source& source, Index after, const std::vector<Entry>& entries);
  /// After kOther: the entry before the range, and what that log has after it up to the entry that
  /// proves it.
  const EntryId& begin() const { return front().before; }
  const std::vector<Entry>& copy() const { return copy_; }
  /// Drops the copy; the next peer is asked.
  void StartAgain();

  /// A range when all of it has come: it is written under `sequence`, and no longer asked for.
  std::optional<std::vector<Entry>> TakeFilled(std::uint64_t sequence);
  void Persisted(std::uint64_t sequence);

 private:
  EntryId Reached() const;
  bool Lacks(const DamagedRange& range) const { return range.last.index > flushed_; }
  /// What is asked for: the first range that the state does not have, else the first.
  std::size_t Turn() const;
  const DamagedRange& front() const { return ranges_[Turn()]; }
  /// Drops the copy when it is not of what is asked for.
  void Follow();

  std::deque<DamagedRange> ranges_;
  Index flushed_;
  EntryId given_up_;  // The last entry of all ranges that were.
  struct UnderWay {
    std::uint64_t sequence;
    DamagedRange range;
  };
  std::deque<UnderWay> under_way_;
  Index asked_for_;          // The entry before the range that the copy is of.
  std::vector<Entry> copy_;  // From the range's beginning.
  std::size_t copy_bytes_ = 0;
  Source source_;  // Of the copy, while there is one.
  std::size_t silences_ = 0;
  std::size_t tries_ = 0;  // Peers asked for this range without any use.
  std::size_t turn_ = 0;   // Whose it is to be asked.
  Instant asked_{};
};

}  // namespace aval::consensus
