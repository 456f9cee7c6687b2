#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/clock.h"
#include "consensus/core/quorum.h"
#include "consensus/message.h"
#include "consensus/storage.h"
#include "consensus/types.h"

namespace aval::consensus {

/// What this node's disk has lost of its log, one range after another, and how far peers have given
/// it back. What comes is believed by its chain, whoever sends it.
///
/// A range that nobody has may never have been committed. It is dropped only once a quorum of
/// voters, in a later term than any in which this node can have acknowledged it, says that it never
/// had it: such voters take nothing more from the leader that counted on this node, so that it can
/// never be committed (as Viewstamped Replication's nack quorum).
/// Threads: one.
class Repairs {
 public:
  /// `ranges` ascending and disjoint; `term` is the highest in which this node has promised
  /// anything about them.
  Repairs(const std::vector<DamagedRange>& ranges, Term term);

  /// Nothing is lost, and what was is durable again.
  bool empty() const { return ranges_.empty() && under_way_.empty(); }
  bool asking() const { return !ranges_.empty(); }
  /// Whether the entry's content is lost, or not yet durable again.
  bool Covers(Index index) const;
  /// The last entry before everything that is; only when not empty.
  Index before() const;
  /// Another range, disjoint from all before, and found lost in this term.
  void Add(const DamagedRange& range, Term term);
  /// Something was cut off after `kept`.
  void TruncateAfter(const EntryId& kept);

  /// What to ask of the next of `peers`, in turn, when the last question is old enough.
  struct Question {
    NodeId to;
    Index after;
    Index last;
  };
  std::optional<Question> Ask(std::span<const NodeId> peers, Instant now, Duration patience);
  /// When Ask has something to say next.
  Instant due(Duration patience) const { return asked_ + patience; }

  /// Entries that a peer has sent after `after`. False when they are not what was lost.
  bool Take(Index after, const std::vector<Entry>& entries);
  /// The first range when all of it has come: it is written under `sequence`, and no longer asked
  /// for.
  std::optional<std::vector<Entry>> TakeFilled(std::uint64_t sequence);
  void Persisted(std::uint64_t sequence);
  /// `from`, in `term`, never had what comes after `after`.
  void NeverHad(NodeId from, Term term, Index after);
  /// The entry before the first range, when so many never had it that it cannot have been
  /// committed.
  std::optional<EntryId> LostAfter(const Quorum& quorum) const;

 private:
  Index Reached() const;
  void Next();

  std::deque<DamagedRange> ranges_;
  Term term_;
  struct UnderWay {
    std::uint64_t sequence;
    DamagedRange range;
  };
  std::deque<UnderWay> under_way_;
  std::vector<Entry> filled_;   // Of the first range.
  std::set<NodeId> never_had_;  // The first range.
  std::size_t turn_ = 0;        // Whose it is to be asked.
  Instant asked_{};
};

}  // namespace aval::consensus
