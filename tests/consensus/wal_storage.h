#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "consensus/wal/wal.h"
#include "tests/base/fault_disk.h"
#include "tests/consensus/storage.h"

namespace aval::consensus {

/// The real log on a disk whose power fails: a crash cuts it in the middle of a write, and now and
/// then again while it is opened.
class WalStorage final : public Storage {
 public:
  /// In "wal" on `disk`, which may hold other files, too; opened by Open.
  WalStorage(std::shared_ptr<FaultDisk> disk, const Wal::Options& options, Wal::Origin origin = {})
      : disk_(std::move(disk)), options_(options), origin_(std::move(origin)) {}
  /// On a disk of its own, opened.
  explicit WalStorage(NodeId node);

  /// Reads what the disk holds. kIo when it is cut meanwhile.
  Result<void> Open();
  /// The process dies: what it was writing gets to the disk in part, and the disk stands still
  /// until its power comes back or it is reopened. Then Open.
  void Die(Random& random);

  /// What the last opening found.
  const Wal::Recovered& recovered() const { return wal_->recovered(); }

  /// What waits, oldest first.
  const std::deque<Persist>& waiting() const { return pending_; }

  void Write(Persist write) override { pending_.push_back(std::move(write)); }
  std::size_t pending() const override { return pending_.size(); }
  Result<std::uint64_t> Complete(std::size_t count) override;
  Result<void> Crash(Random& random) override;
  void TrimTo(Index through) override;
  Result<void> TrimBefore(Index index) { return wal_->TrimBefore(index); }
  /// As of Wal.
  Result<Wal::Scrubbed> Scrub(std::size_t bytes) { return wal_->Scrub(bytes); }
  /// As the writer tells it: without room no more entries are to be written.
  bool has_room() const { return !wal_->counters().short_of_room; }
  /// As the writer's TryAgain.
  Result<void> LookForRoom() { return wal_->MakeSpare(); }
  std::vector<DamagedRange> damaged() const override { return wal_->damaged(); }
  HardState hard_state() const override { return hard_state_; }
  EntryId last() const override { return last_; }

  EntryId Anchor() const override { return wal_->Anchor(); }
  Result<EntryId> IdAt(Index index) const override { return wal_->IdAt(index); }
  Index LastWithTermAtMost(Index from, Term term) const override {
    return wal_->LastWithTermAtMost(from, term);
  }
  Result<std::vector<Entry>> Read(Index from, Index to, std::size_t bytes_max) const override {
    return wal_->Read(from, to, bytes_max);
  }

 private:
  const std::shared_ptr<FaultDisk> disk_;
  const Wal::Options options_;
  const Wal::Origin origin_;
  std::unique_ptr<Wal> wal_;
  std::deque<Persist> pending_;
  HardState hard_state_;  // Durable, as reported.
  EntryId last_;
};

}  // namespace aval::consensus
