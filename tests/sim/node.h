#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "consensus/types.h"
#include "crypto/ed25519.h"
#include "ledger/genesis.h"
#include "node/replica.h"
#include "node/snapshot/opening.h"
#include "node/waiters.h"
#include "tests/base/fault_disk.h"
#include "tests/base/virtual_time.h"
#include "tests/consensus/wal_storage.h"
#include "tests/sim/checks.h"
#include "tests/sim/memory_states.h"
#include "tests/sim/network.h"
#include "tests/sim/node_time.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"

namespace aval::sim {

/// One computer and the node that runs on it: node::Replica, the write-ahead log on a disk that
/// fails, and a state machine. What a process leaves behind is on the disk, and in the stores.
/// Threads: one.
class Node final : public Network::Port {
 public:
  struct Parts {
    VirtualTime* time = nullptr;  // All of these outlive the node.
    Network* network = nullptr;
    Checks* checks = nullptr;
    Trace* trace = nullptr;
    const Plan* plan = nullptr;
    const ledger::Genesis* genesis = nullptr;
    std::function<void(consensus::NodeId)> installed;  // From inside the node's start.
  };
  enum class Death : std::uint8_t {
    kPowerCut,  // What was not synced survives in part.
    kKill,      // What was written stays.
  };

  Node(const Parts& parts, consensus::NodeId id, std::uint64_t seed);
  ~Node() override;

  /// Starts the process; nothing when it runs. It ends at once when its disk lets it not.
  void Start();
  void Die(Death how);

  /// The process dies, and all that it had on its disk is gone; it has been told nobody.
  void LoseDisk();
  /// As LoseDisk, but an operator starts it as the next incarnation.
  void BeginAnew();
  /// The process dies, and its disk is one of an earlier death of this incarnation. False when none
  /// was kept.
  bool Restore();
  /// Asks this node to change the members.
  void ChangeMembers(const consensus::MemberChange& change);
  std::uint32_t incarnation() const { return incarnation_; }
  /// It has lost its disk, or a part, and not begun anew.
  bool lost() const;
  bool has_forgotten() const;
  /// Its log does not open any more, or would not: it stays down until it begins anew.
  bool log_lost() const { return log_lost_; }
  /// Its disk may have lost what it had confirmed, and nobody has seen that it has not.
  bool suspect() const { return rotten_ || lie_ != Lie::kNone; }
  /// By its log, or while it is down by what it had last.
  consensus::ConfigurationAt NewestMembers() const;

  bool up() const { return process_ != nullptr; }

  void Pause();
  void Resume();
  /// The sync under way, or the next one, takes so much longer.
  void Stall(Duration duration);
  /// The next application takes so much longer.
  void StallApplying(Duration duration);
  /// Every sync takes much longer, until the disk is healed.
  void SlowDown() { slow_ = true; }
  /// The disk fails, once: in the `operations`th change from now the power, or the next sync.
  void CutInside(std::uint64_t operations);
  void FailSync();
  /// No further byte goes on the disk until there is room again.
  void FillDisk();
  void FreeDisk();
  /// A bit of the log flips, or a sector of it is not read any more, mostly of late, or with
  /// `newest` of what was written last.
  void Rot(bool newest);
  /// A write to the log will land elsewhere.
  void Misdirect();
  /// A sync of the log will lie; until CutPower.
  void ForgetSync();
  /// The power fails, whether or not the process runs. With `unawares` nobody knows that the disk
  /// may have lied; else it starts as one restored from a backup does.
  void CutPower(bool unawares);
  /// Nothing more of the above happens.
  void HealDisk();
  NodeClock& clock() { return clock_; }

  /// Hands over a client's act, which waits for its answer until `deadline` from now; `done` is
  /// called at most once, and not when the process dies first. False when the process is down.
  bool Submit(const std::shared_ptr<const Bytes>& act, Duration deadline, node::Waiters::Done done);

  /// A linearisable read: `done` hears how it ended and how many positions the state then has; at
  /// most once, and not when the process dies first. False when the process is down.
  using ReadDone = std::function<void(node::ReadEnd, std::uint64_t)>;
  bool Read(Duration deadline, ReadDone done);
  /// If it leads, a snapshot is cut. Nothing when the process is down.
  void WantSnapshot();
  /// Asks this node to hand leadership over. False when the process is down.
  bool Transfer(consensus::NodeId target);

  // Network::Port.
  void Arrive(consensus::Sender sender, const Parcel& parcel) override;
  void OnLink(consensus::NodeId peer, bool up) override;

  consensus::NodeId id() const { return id_; }
  /// While it is up.
  const consensus::Core& core() const;
  node::Replica::Status status() const;
  const ConfirmedLog& confirmed() const { return confirmed_; }
  /// The entry before the first of its log, when the process was last up.
  consensus::Index anchor() const;
  std::uint64_t installations() const { return installations_; }
  /// The state keeps its own invariants.
  void CheckState();
  /// What the disk holds durably is what was confirmed, read as after a power cut.
  void CheckDisk();
  std::uint64_t deaths() const { return deaths_; }
  /// What its cores have reached, in all their lives.
  consensus::RarePaths rare_paths() const;

 private:
  struct Process;
  struct Backup {
    std::shared_ptr<FaultDisk> disk;
    StateMap states;
    ConfirmedLog confirmed;
    std::deque<consensus::Persist> under_way;
  };

  enum class Lie : std::uint8_t {
    kNone,
    kMisdirects,  // Until the place of the stray write is in use no more.
    kForgets,     // Until the power is cut.
  };
  consensus::Wal::Options LogOptions() const;
  /// The write under way takes no longer than it has.
  void EndStall();
  Result<node::LogOrigin> PrepareLog(ledger::StateDirectories& states);
  /// After `flushed` of the state, if need be.
  Result<void> OpenLog(const node::LogOrigin& origin, consensus::Index flushed);
  /// It dies and starts again by itself.
  void Reopen();
  void Empty();
  void UseDisk(std::shared_ptr<FaultDisk> disk);
  /// Whether a write has gone astray by now.
  void NoticeStray();
  /// Of the newest segment.
  std::uint64_t Ordinal() const;
  /// The log, which has opened, is held against what was confirmed.
  void CheckOpened();
  void OnLogLost(const Error& error);
  /// A round of the scrubber has ended, and what it has found is repaired, or not.
  void OnScrubbed(bool sound);
  void SetRotten(bool rotten);
  void TakeBackup();
  Result<void> OpenProcess();
  /// From inside the process: it ends, for its disk's sake.
  void Fail(const Error& error);
  void Bury();

  const Parts parts_;
  const consensus::NodeId id_;
  SeededRandom random_;
  NodeClock clock_;
  const crypto::SecretKey log_key_;
  const crypto::SecretKey cosigner_key_;
  std::uint32_t incarnation_ = 1;
  std::shared_ptr<FaultDisk> disk_ = std::make_shared<FaultDisk>();
  std::unique_ptr<consensus::WalStorage> log_;
  std::map<consensus::NodeId, consensus::Promise> promises_;  // Of others, as on the disk.
  std::deque<consensus::Persist> under_way_;  // When the process died, and not yet recovered.
  ConfirmedLog confirmed_;
  StateMap states_;
  std::unique_ptr<Backup> backup_;
  bool restored_ = false;
  bool after_snapshot_ = false;  // The log, with its last opening.
  consensus::Index anchor_;
  std::uint64_t installations_ = 0;
  bool lost_ = false;
  Lie lie_ = Lie::kNone;
  bool rotten_ = false;
  bool tainted_ = false;  // It has been either, as this incarnation: no backup is taken.
  bool log_lost_ = false;
  bool power_was_cut_ = false;  // Since the log was open last.
  bool unawares_ = false;
  int rounds_ = 0;                         // Of the scrubber, since the disk became suspect.
  std::uint64_t astray_ = 0;               // Writes of the disk that went astray, known.
  std::uint64_t ordinal_ = 0;              // Of the newest segment, when the last one did.
  consensus::ConfigurationAt membership_;  // When the last process died.
  std::unique_ptr<Process> process_;
  bool failing_ = false;
  bool full_ = false;
  bool slow_ = false;
  std::uint64_t failed_syncs_ = 0;  // Of the disk, when the last process died.
  bool paused_ = false;
  Duration stall_{};
  Duration apply_stall_{};
  std::uint64_t deaths_ = 0;
  consensus::RarePaths rare_paths_;  // Of processes that have died.
};

}  // namespace aval::sim
