#include "tests/consensus/wal_storage.h"

#include <span>
#include <utility>

#include "base/assert.h"

namespace aval::consensus {

WalStorage::WalStorage(NodeId node)
    : WalStorage(std::make_shared<FaultDisk>(), {.cluster = crypto::Sha256(AsBytes("swarm")),
                                                 .node = node,
                                                 .segment_bytes = 36 * 1024,
                                                 .ring_slots = 64}) {
  AVAL_ASSERT(Open().has_value());
}

Result<void> WalStorage::Open() {
  AVAL_TRY(wal_, Wal::Open(*disk_, "wal", options_, origin_));
  hard_state_ = wal_->recovered().hard_state;
  last_ = wal_->recovered().last;
  return {};
}

Result<std::uint64_t> WalStorage::Complete(std::size_t count) {
  AVAL_ASSERT(count > 0 && count <= pending_.size());
  std::uint64_t sequence = 0;
  HardState hard_state = hard_state_;
  EntryId last = last_;
  for (; count > 0; --count) {
    const Persist write = std::move(pending_.front());
    pending_.pop_front();
    wal_->Write(std::span(&write, 1));
    if (write.truncate_after) last = *write.truncate_after;
    if (!write.entries.empty()) last = IdOf(write.entries.back());
    if (write.hard_state) hard_state = *write.hard_state;
    sequence = write.sequence;
  }
  AVAL_CHECK(wal_->Sync());
  hard_state_ = hard_state;
  last_ = last;
  if (wal_->wants_spare()) AVAL_CHECK(wal_->MakeSpare());
  if (pending_.empty()) AVAL_CHECK(wal_->Idle());
  return sequence;
}

void WalStorage::Die(Random& random) {
  disk_->CutAfter(1 + random.Below(4));
  // The writer's last group may be just under way, or even complete and not yet reported.
  const std::size_t under_way = random.Below(pending_.size() + 1);
  if (under_way > 0) static_cast<void>(Complete(under_way).has_value());
  pending_.clear();
  wal_.reset();
}

Result<void> WalStorage::Crash(Random& random) {
  Die(random);
  disk_->PowerCycle(random);
  while (random.Below(3) == 0) {
    disk_->CutAfter(1 + random.Below(6));
    const auto opened = Open();
    if (!opened && opened.error().code != Code::kIo) return opened;
    wal_.reset();
    disk_->PowerCycle(random);
  }
  return Open();
}

void WalStorage::TrimTo(Index through) {
  AVAL_ASSERT(wal_->TrimBefore(Index{through.value + 1}).has_value());
}

}  // namespace aval::consensus
