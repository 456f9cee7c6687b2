// A node's disk: what happens to it, and what it must hold.

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "consensus/wal/format.h"
#include "consensus/wal/ring.h"
#include "tests/sim/node.h"

namespace aval::sim {

namespace {

constexpr const char* kLog = "wal";
crypto::Digest Cluster() { return crypto::Sha256(AsBytes("simulation")); }

std::string Describe(const consensus::HardState& hard_state, const consensus::EntryId& last) {
  return "term " + std::to_string(hard_state.term.value) + ", vote " +
         std::to_string(hard_state.vote.value) + ", entry " + std::to_string(last.index.value) +
         " of term " + std::to_string(last.term.value);
}

// Of the ring, or of the segments, oldest first: sectors that were written end in a mark.
std::vector<std::pair<std::string, std::uint64_t>> WrittenSectors(FaultDisk& disk, bool of_ring) {
  using consensus::wal::Ring;
  std::vector<std::pair<std::string, std::uint64_t>> sectors;
  const auto names = disk.List(kLog);
  if (!names) return sectors;
  for (const std::string& name : *names) {
    const bool wanted = of_ring ? name == Ring::kName : consensus::wal::OrdinalOf(name).has_value();
    if (!wanted) continue;
    const std::string path = std::string(kLog) + '/' + name;
    const auto content = disk.ReadFile(path);
    if (!content) continue;  // A sector of it is gone already.
    for (std::size_t end = FaultDisk::kSector; end <= content->size(); end += FaultDisk::kSector) {
      if (content->at(end - 1) != consensus::wal::Sector::kMark) continue;
      sectors.emplace_back(path, end - FaultDisk::kSector);
    }
  }
  return sectors;
}

}  // namespace

consensus::Wal::Options Node::LogOptions() const {
  return {.cluster = Cluster(),
          .node = id_,
          .segment_bytes = parts_.plan->segment_bytes,
          .ring_slots = 64};
}

void Node::Empty() {
  Die(Death::kPowerCut);
  UseDisk(std::make_shared<FaultDisk>());
  states_.clear();
  log_.reset();
  anchor_ = {};
  confirmed_ = {};
  under_way_.clear();
  promises_.clear();
  backup_.reset();
  restored_ = false;
}

// Sound, whatever the one before was.
void Node::UseDisk(std::shared_ptr<FaultDisk> disk) {
  FreeDisk();
  disk_ = std::move(disk);
  failed_syncs_ = disk_->failed_syncs();
  astray_ = disk_->misdirected();
  lie_ = Lie::kNone;
  tainted_ = log_lost_ = power_was_cut_ = unawares_ = false;
  SetRotten(false);
}

void Node::LoseDisk() {
  parts_.trace->Note("loses its disk", id_);
  const consensus::Index held = confirmed_.last().index;
  Empty();
  lost_ = true;
  parts_.checks->raft().OnLostDisk(id_, held);
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
  const consensus::Index held = confirmed_.last().index;
  UseDisk(backup_->disk->Clone());
  states_ = CloneStates(backup_->states);
  log_.reset();
  confirmed_ = backup_->confirmed;
  under_way_ = backup_->under_way;
  restored_ = true;
  lost_ = true;
  parts_.checks->raft().OnLostDisk(id_, held);
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

void Node::Rot(bool newest) {
  constexpr std::size_t kNewest = 80;  // Of which the log knows besides what they held, mostly.
  constexpr std::size_t kLast = 8;
  const bool in_ring = random_.Below(8) == 0 && !newest;
  const bool anywhere = random_.Below(4) == 0 && !newest;
  const auto sectors = WrittenSectors(*disk_, in_ring);
  if (sectors.empty()) return;
  const std::size_t most = anywhere ? sectors.size() : newest ? kLast : kNewest;
  const std::size_t among = std::min(sectors.size(), most);
  const auto& [path, at] = sectors.at(sectors.size() - 1 - random_.Below(among));
  parts_.trace->Note("rots in its log", id_, at);
  SetRotten(true);
  if (random_.Below(2) == 0) {
    disk_->Spoil(path, at);
    return;
  }
  const std::uint64_t byte = at + random_.Below(FaultDisk::kSector);
  const auto bit = static_cast<std::uint8_t>(1U << random_.Below(8));
  disk_->Flip(path, byte, bit);
}

void Node::Misdirect() {
  constexpr std::uint64_t kWrites = 12;
  constexpr std::uint64_t kSectors = 24;
  const std::uint64_t writes = 1 + random_.Below(kWrites);
  const std::uint64_t sectors = 1 + random_.Below(kSectors);
  parts_.trace->Note("will write astray", id_, writes, sectors);
  lie_ = Lie::kMisdirects;
  ordinal_ = 0;
  SetRotten(rotten_);
  disk_->MisdirectWriteAfter(writes, sectors * FaultDisk::kSector, kLog);
}

void Node::ForgetSync() {
  constexpr std::uint64_t kSyncs = 6;
  const std::uint64_t syncs = 1 + random_.Below(kSyncs);
  parts_.trace->Note("will forget a sync", id_, syncs);
  lie_ = Lie::kForgets;
  SetRotten(rotten_);
  disk_->ForgetSyncAfter(syncs, kLog);
}

void Node::CutPower(bool unawares) {
  unawares_ = unawares;
  if (process_ != nullptr) {
    Die(Death::kPowerCut);
    return;
  }
  parts_.trace->Note("loses power while it is down", id_);
  disk_->StopLying();
  disk_->PowerCycle(random_);
  power_was_cut_ = true;
}

std::uint64_t Node::Ordinal() const {
  std::uint64_t newest = 0;
  const auto names = disk_->List(kLog);
  if (!names) return 0;
  for (const std::string& name : *names) {
    newest = std::max(newest, consensus::wal::OrdinalOf(name).value_or(0));
  }
  return newest;
}

void Node::SetRotten(bool rotten) {
  rotten_ = rotten;
  if (rotten) ordinal_ = Ordinal();
  tainted_ = tainted_ || suspect();
  rounds_ = 0;
  parts_.checks->raft().SetRotten(id_, suspect());
}

void Node::CheckOpened() {
  const consensus::HardState hard_state = log_->hard_state();
  const consensus::EntryId last = log_->last();
  const std::string confirmed = Describe(confirmed_.hard_state(), confirmed_.last());
  const consensus::Index held = confirmed_.last().index;
  const bool whole = confirmed_.Recover(std::exchange(under_way_, {}), hard_state, last);
  if (!whole && lie_ == Lie::kNone) {
    parts_.checks->Violated("node " + std::to_string(id_.value) + ": its log holds " +
                            Describe(hard_state, last) + ", confirmed was " + confirmed);
  }
  if (!whole) {
    parts_.trace->Note("has forgotten what it had confirmed", id_, last.index.value);
    confirmed_.Forget(*log_, hard_state, last.index);
    lost_ = true;
    restored_ = !unawares_;
    parts_.checks->raft().OnLostDisk(id_, held);
  }
  if (lie_ == Lie::kForgets && power_was_cut_) lie_ = Lie::kNone;
  NoticeStray();
  if (lie_ == Lie::kMisdirects && ordinal_ == 0) lie_ = Lie::kNone;  // It never came to that.
  power_was_cut_ = unawares_ = false;
  SetRotten(rotten_);
}

void Node::NoticeStray() {
  if (astray_ == disk_->misdirected()) return;
  astray_ = disk_->misdirected();
  ordinal_ = Ordinal();
  rounds_ = 0;
}

void Node::OnLogLost(const Error& error) {
  if (!suspect()) {
    parts_.checks->Violated("node " + std::to_string(id_.value) +
                            " has lost its log on a sound disk: " + error.message);
  }
  if (std::exchange(log_lost_, true)) return;
  parts_.trace->Note("has lost its log", id_);
  parts_.trace->Say(error.message);
}

void Node::OnScrubbed(bool sound) {
  constexpr int kRounds = 2;  // One of them is whole.
  NoticeStray();
  rounds_ = sound ? rounds_ + 1 : 0;
  if (!suspect() || log_lost_ || rounds_ < kRounds || lie_ == Lie::kForgets) return;
  // A configuration that was damaged is known again from the next segment's header; and once the
  // one after that has begun, nobody reads any more where a stray write lies.
  const std::uint64_t segments = lie_ == Lie::kMisdirects ? 2 : 1;
  if (ordinal_ == 0 || Ordinal() < ordinal_ + segments) return;
  parts_.trace->Note("has a sound disk again", id_);
  lie_ = Lie::kNone;
  SetRotten(false);
}

void Node::HealDisk() {
  FreeDisk();
  disk_->ForgetFaults();
  slow_ = false;
  stall_ = apply_stall_ = Duration{0};
  EndStall();
}

void Node::CheckDisk() {
  if (process_ == nullptr || failing_) return;
  consensus::WalStorage copy(disk_->CloneDurable(), {.cluster = Cluster(), .node = id_});
  const auto opened = copy.Open();
  // What it says to have may not be there, or not be read; what it is found to have must be right.
  const bool lies = lie_ != Lie::kNone;
  if (lies || (!opened && suspect() && opened.error().code == Code::kCorruption)) return;
  if (opened && copy.last() == confirmed_.last() && copy.hard_state() == confirmed_.hard_state()) {
    return;
  }
  parts_.checks->Violated("node " + std::to_string(id_.value) +
                          ": its disk does not hold what was confirmed durable: " +
                          (opened ? "it ends elsewhere" : opened.error().message));
}

}  // namespace aval::sim
