// A node's disk: what happens to it, and what it must hold.

#include <limits>
#include <string>
#include <utility>

#include "tests/sim/node.h"

namespace aval::sim {

namespace {

crypto::Digest Cluster() { return crypto::Sha256(AsBytes("simulation")); }

}  // namespace

consensus::Wal::Options Node::LogOptions() const {
  return {.cluster = Cluster(),
          .node = id_,
          .segment_bytes = parts_.plan->segment_bytes,
          .ring_slots = 64};
}

void Node::Empty() {
  Die(Death::kPowerCut);
  FreeDisk();
  disk_ = std::make_shared<FaultDisk>();
  states_.clear();
  log_.reset();
  anchor_ = {};
  confirmed_ = {};
  under_way_.clear();
  promises_.clear();
  failed_syncs_ = disk_->failed_syncs();
  backup_.reset();
  restored_ = false;
}

void Node::LoseDisk() {
  parts_.trace->Note("loses its disk", id_);
  Empty();
  lost_ = true;
  parts_.checks->raft().OnLostDisk(id_);
}

void Node::BeginAnew() {
  ++incarnation_;
  parts_.trace->Note("begins anew as", id_, incarnation_);
  Empty();
  lost_ = false;
  parts_.checks->raft().OnRenewal(id_);
}

// As it lies there, switched off.
void Node::TakeBackup() {
  backup_ = std::make_unique<Backup>(Backup{.disk = disk_->Clone(),
                                            .states = CloneStates(states_),
                                            .confirmed = confirmed_,
                                            .under_way = under_way_});
}

bool Node::Restore() {
  if (backup_ == nullptr) return false;
  parts_.trace->Note("is restored from a backup", id_);
  Die(Death::kPowerCut);
  FreeDisk();
  disk_ = backup_->disk->Clone();
  failed_syncs_ = disk_->failed_syncs();
  states_ = CloneStates(backup_->states);
  log_.reset();
  confirmed_ = backup_->confirmed;
  under_way_ = backup_->under_way;
  restored_ = true;
  lost_ = true;
  parts_.checks->raft().OnLostDisk(id_);
  return true;
}

void Node::Stall(Duration duration) {
  parts_.trace->Note("has a disk that stalls", id_);
  stall_ = duration;
}

void Node::StallApplying(Duration duration) {
  parts_.trace->Note("applies slowly", id_);
  apply_stall_ = duration;
}

void Node::CutInside(std::uint64_t operations) {
  parts_.trace->Note("will lose power in operation", id_, operations);
  disk_->CutAfter(operations);
}

void Node::FailSync() {
  parts_.trace->Note("has a sync that will fail", id_);
  disk_->FailSyncAfter(1);
}

void Node::FillDisk() {
  parts_.trace->Note("has a full disk", id_);
  full_ = true;
  disk_->SetCapacity(disk_->used());
}

void Node::FreeDisk() {
  if (!std::exchange(full_, false)) return;
  parts_.trace->Note("has room on its disk again", id_);
  disk_->SetCapacity(std::numeric_limits<std::uint64_t>::max());
}

void Node::HealDisk() {
  FreeDisk();
  disk_->ForgetFaults();
  slow_ = false;
  stall_ = apply_stall_ = Duration{0};
}

void Node::CheckDisk() {
  if (process_ == nullptr || failing_) return;
  consensus::WalStorage copy(disk_->CloneDurable(), {.cluster = Cluster(), .node = id_});
  const auto opened = copy.Open();
  if (opened && copy.last() == confirmed_.last() && copy.hard_state() == confirmed_.hard_state()) {
    return;
  }
  parts_.checks->Violated("node " + std::to_string(id_.value) +
                          ": its disk does not hold what was confirmed durable: " +
                          (opened ? "it ends elsewhere" : opened.error().message));
}

}  // namespace aval::sim
