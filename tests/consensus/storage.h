#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "consensus/storage.h"

namespace aval::consensus {

/// What of a node's log is durable, whatever happens now.
class DurableView {
 public:
  virtual ~DurableView() = default;
  virtual HardState hard_state() const = 0;
  virtual EntryId last() const = 0;
  // As in LogReader.
  virtual EntryId Anchor() const = 0;
  virtual Result<EntryId> IdAt(Index index) const = 0;
};

/// One node's disk under test: what the core writes waits until the test completes it.
class Storage : public LogReader, public DurableView {
 public:
  EntryId Anchor() const override = 0;
  Result<EntryId> IdAt(Index index) const override = 0;
  virtual void Write(Persist write) = 0;
  /// Writes that wait.
  virtual std::size_t pending() const = 0;
  /// Makes the oldest `count` durable; the sequence number of the last of them.
  virtual Result<std::uint64_t> Complete(std::size_t count) = 0;
  /// Cuts the power: of what waits, a part that the disk allows survives.
  virtual Result<void> Crash(Random& random) = 0;
  /// Forgets entries up to `through` (at most), all of which are applied everywhere.
  virtual void TrimTo(Index through) = 0;
  /// What cannot be read.
  virtual std::vector<DamagedRange> damaged() const = 0;
};

/// A disk that keeps its durable image in a vector. A crash keeps any prefix of what waits, down to
/// a part of one write's entries.
class MemoryStorage final : public Storage {
 public:
  MemoryStorage() = default;
  /// Holds a log and a state from before the test.
  MemoryStorage(HardState hard_state, std::vector<Entry> entries);

  void Write(Persist write) override;
  std::size_t pending() const override { return pending_.size(); }
  Result<std::uint64_t> Complete(std::size_t count) override;
  Result<void> Crash(Random& random) override;
  HardState hard_state() const override { return hard_state_; }
  EntryId last() const override;

  EntryId Anchor() const override { return anchor_; }
  Result<EntryId> IdAt(Index index) const override;
  Index LastWithTermAtMost(Index from, Term term) const override;
  Result<std::vector<Entry>> Read(Index from, Index to, std::size_t bytes_max) const override;

  void TrimTo(Index through) override;
  /// Entries (`before`, `last`] cannot be read until they are written again.
  void Damage(Index before, Index last);
  std::vector<DamagedRange> damaged() const override;
  /// Reads of entries fail from now on.
  void RotReads() { reads_rotten_ = true; }

 private:
  void Apply(const Persist& write);

  HardState hard_state_;
  EntryId anchor_;
  std::deque<Entry> entries_;  // After the anchor.
  std::deque<Persist> pending_;
  bool reads_rotten_ = false;
  std::map<Index, Index> damaged_;  // Ranges, by the entry before.
};

/// Entries with the given terms from index 1 on, well chained; the payload is the index's digits.
std::vector<Entry> EntriesOfTerms(const std::vector<std::uint64_t>& terms);
/// `count` entries after `before`, of one term.
std::vector<Entry> EntriesAfter(const EntryId& before, std::uint64_t term, std::size_t count,
                                std::size_t payload_size = 8);

}  // namespace aval::consensus
