#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/worker_pool.h"
#include "consensus/core/core.h"
#include "consensus/message.h"
#include "crypto/ed25519.h"
#include "ledger/act.h"
#include "ledger/block.h"
#include "ledger/genesis.h"
#include "net/peer_message.h"
#include "node/act_preparation.h"
#include "node/act_queue.h"
#include "node/act_verifier.h"
#include "node/applier.h"
#include "node/clock_agreement.h"
#include "node/hindrance.h"
#include "node/mark_pace.h"
#include "node/read_waits.h"
#include "node/waiters.h"

namespace aval::node {

/// What the replica asks of the network. Sending never waits; what cannot be sent is dropped, and
/// the replica is told with OnLink when a link broke.
class PeerLinks {
 public:
  virtual ~PeerLinks() = default;
  virtual void Send(consensus::NodeId to, const consensus::Message& message) = 0;
  /// Envelopes for the leader's queue.
  virtual void Forward(consensus::NodeId to,
                       std::vector<std::shared_ptr<const Bytes>> envelopes) = 0;
  /// These envelopes, forwarded by `to`, were not taken.
  virtual void RefuseForward(consensus::NodeId to, net::ForwardRefused refused) = 0;
};

/// Where the core's writes go; Replica::OnPersisted tells when they are durable.
class WriteSink {
 public:
  virtual ~WriteSink() = default;
  virtual void Write(consensus::Persist write) = 0;
};

/// One node's part in the cluster: Raft's core, the leader's queue of acts and the making of
/// blocks, forwarding to the leader, and handing committed blocks to the applier. The same in avald
/// and in the simulator: executor, clock, disk, network and applier are given.
///
/// An act that a client of this node has submitted stays here until it is applied or its deadline
/// passes, and goes again to every new leader; so a leader may forget its queue when it steps down.
///
/// Threads: every On... and Submit may be called from any thread and posts to `core`, on which
/// everything else runs; status() is safe from all.
class Replica {
 public:
  struct Parts {
    Executor* core = nullptr;  // All of these outlive the replica.
    const Clock* clock = nullptr;
    const consensus::LogReader* log = nullptr;
    WriteSink* writes = nullptr;
    PeerLinks* peers = nullptr;
    CommitSink* commits = nullptr;
    Waiters* waiters = nullptr;
    WorkerPool* pool = nullptr;  // Null: blocks are prepared when they are applied.
    ActVerifier* verifier = nullptr;
    const ledger::Genesis* genesis = nullptr;
    const crypto::SecretKey* log_key = nullptr;  // Signs this node's blocks.
    /// What a peer did that an honest one does not do; no peer: what was found in blocks.
    std::function<void(std::optional<consensus::NodeId> peer, const std::string& what)> alarm;
    std::function<void(const Error&)> failed;  // The node must stop.
    /// What others have promised, now and then when there is news, to be kept over restarts;
    /// `kept` hears, once and on any thread, whether it is. One at a time. May be empty.
    using Promises = std::map<consensus::NodeId, consensus::Promise>;
    std::function<void(const Promises& promises, std::function<void(bool)> kept)> remember{};
    /// Removes entries below an index from the log, as far as it likes; called on the core's
    /// thread. Null: never.
    std::function<Result<void>(consensus::Index)> trim = nullptr;
    /// The leader no longer has the entries that this node needs. Comes again and again.
    std::function<void()> needs_snapshot = nullptr;
    /// This node has forgotten nothing that it promised, and takes part from now on. Comes once, on
    /// the core's thread. May be null.
    std::function<void()> kept = nullptr;
  };
  struct Limits {
    std::size_t queue_acts = 65'536;
    std::size_t queue_bytes = std::size_t{64} << 20U;
    Duration checkpoint_interval = std::chrono::seconds(1);     // Under load.
    Duration idle_checkpoint = std::chrono::milliseconds(200);  // After the last block.
    Duration resend_interval = std::chrono::seconds(3);
    /// Entries that a member may lag behind, or that a follower keeps, before the log is trimmed.
    std::uint64_t retention = 1'000'000;
    Duration trim_interval = std::chrono::seconds(1);
    MarkPace::Limits mark_pace = {};
  };
  struct Status {
    consensus::Role role = consensus::Role::kFollower;
    consensus::Term term;
    consensus::NodeId leader;
    consensus::Index commit;
    consensus::Index last;
    consensus::Index stable;
    consensus::Index flushed;  // What readers see; more may be applied.
    consensus::Index offered;  // Mark of the snapshot on offer; 0: none.
    std::size_t queued_acts = 0;
    std::size_t unanswered_acts = 0;
    std::size_t prepared_blocks = 0;  // Of others, in the log and not yet handed to the applier.
    std::uint64_t blocks_proposed = 0;
    std::uint64_t elections = 0;  // Changes of leader or term seen.
    std::uint64_t alarms = 0;
    bool at_odds = false;              // With its leader: see consensus::Core.
    consensus::Configuration members;  // In force, committed or not.
    consensus::Index members_index;    // Of the entry that brought them.
    std::uint32_t incarnation = 1;
    consensus::Promises::Standing standing = consensus::Promises::Standing::kKept;
    std::optional<std::int64_t> clock_off_ms;  // While leading: this clock's, from the middle.
    std::size_t reads = 0;                     // That wait.
    bool room = true;                          // For entries, on the log's disk.
    consensus::RarePaths rare_paths;           // What the core did that it does rarely.
    bool damaged = false;                      // Entries are lost on it, and not yet back.
    std::map<consensus::NodeId, consensus::Index> match;  // Of followers, while leading.
  };

  Replica(const Parts& parts, const Limits& limits, const consensus::Core::Options& options,
          const consensus::Core::Recovered& recovered, const AppliedRun& applied);

  /// Starts the timers.
  void Start();

  /// Acts that clients of this node wait for; checked as far as they can be.
  void Submit(std::vector<std::shared_ptr<ledger::PreparedAct>> acts, Instant deadline);
  /// Acts that a follower has forwarded, prepared by this node's pool. The receipt is kept until
  /// they are applied or refused; here and below, the core drops it when it has taken what came
  /// with it.
  void OnForward(consensus::NodeId from, std::vector<ledger::Preparation> acts,
                 net::Receipt receipt = nullptr);
  /// The leader `from` did not take these.
  void OnForwardRefused(consensus::NodeId from, net::ForwardRefused refused,
                        net::Receipt receipt = nullptr);
  void OnMessage(consensus::Sender from, consensus::Message message,
                 net::Receipt receipt = nullptr);
  /// A linearisable read: `done` is called, on the core's thread, when this node has applied
  /// everything that anybody was answered before the call, or at the deadline.
  void Read(Instant deadline, ReadWaits::Done done);
  /// Hands leadership over. `done` hears, on the core's thread, whether that has begun.
  void Transfer(consensus::NodeId target, std::function<void(Result<void>)> done);
  /// Changes the members, as somebody entitled to it wants; `done` as above.
  void ChangeMembers(std::vector<consensus::MemberChange> changes,
                     std::function<void(Result<void>)> done);
  void OnLink(consensus::NodeId peer, bool up);
  /// This node has a snapshot cut at `mark` on offer; 0: none any more.
  void OnOffered(consensus::Index mark);
  /// `peer` asks which snapshot there is, or can trust `none` (MarkPace).
  void OnSnapshotAsked(consensus::NodeId peer, bool none);
  /// Somebody wants a snapshot, whether or not one is needed.
  void WantSnapshot();
  void OnPersisted(std::uint64_t sequence);
  /// Reads that wait, and those to come, are answered at once: the node goes down.
  void EndReads();
  /// Whether the log's disk has room for entries.
  void OnRoom(bool room);
  /// The log's disk has lost these.
  void OnDamaged(const consensus::DamagedRange& range);
  void OnApplied(const AppliedRun& run);
  /// Another part of this node has raised an alarm; it counts among those of the status.
  void CountAlarm();

  Status status() const;
  /// For checks, on the core's thread only.
  const consensus::Core& core() const { return core_; }
  /// As far as other threads can know: whether forwarded acts are worth their preparation.
  bool leads() const { return leads_; }

 private:
  struct Unanswered {
    std::shared_ptr<ledger::PreparedAct> act;
    Instant deadline;
    Instant sent;         // To a leader, or into our own queue.
    bool resent = false;  // Then somebody may have it already, whoever refuses it now.
    bool left = false;    // For a leader, or this one's queue; until then nobody can decide it.
  };
  using Act = std::shared_ptr<ledger::PreparedAct>;

  // replica.cc
  void Tick();
  void ReactSoon();
  void React();
  void HandOut();
  /// At once when somebody promises in another term than before, else now and then.
  void RememberPromises(Instant now);
  void SampleClock(consensus::NodeId from, const consensus::Message& message);
  void ArmTimer();
  void PublishStatus();
  /// "node 3 " and `what`.
  void Alarm(consensus::NodeId peer, const std::string& what);
  using Blocks = std::vector<std::pair<consensus::Entry, ledger::Block>>;
  std::optional<Blocks> CheckBlocks(consensus::NodeId from, const consensus::Append& append);
  void PrepareBlocks(Blocks blocks);
  bool Holds(const consensus::Entry& entry) const;
  std::shared_ptr<BlockPreparation> PrepareBlock(ledger::Block block);
  std::shared_ptr<BlockPreparation> TakeBlock(const consensus::Entry& entry);

  // trimming.cc
  CommittedEntry Committed(const consensus::Entry& entry);
  bool IsBehindLog(consensus::NodeId peer) const;
  bool MayMark(Instant now);
  void MaybeMark(Instant now);
  void MaybeTrim(Instant now);
  consensus::Index TrimmableThrough() const;
  consensus::Index NeededByNobody() const;

  // leading.cc
  bool leading() const { return core_.leadership().role == consensus::Role::kLeader; }
  /// Queues acts of `origin`'s clients up to the first for which there is no room; the envelopes
  /// that were not taken. Keeps the receipt for those that were.
  std::vector<crypto::Digest> EnqueueInOrder(consensus::NodeId origin, const std::vector<Act>& acts,
                                             const net::Receipt& receipt);
  void Refuse(consensus::NodeId from, std::vector<crypto::Digest> envelopes,
              net::ForwardRefused::Reason reason);
  void ForgetQueue();
  void MaybePropose();
  bool ShouldPropose(Instant now) const;
  bool CheckpointDue(Instant now) const;
  void Propose(Instant now);
  /// This node's clock is near enough to the middle of the voters'; else somebody else's is, who is
  /// to lead.
  bool ClockAgrees(Instant now);

  // forwarding.cc
  void SendUnanswered(bool all);
  void Route(const std::vector<Act>& acts);
  void ForwardRouted();
  void MarkLeft(const crypto::Digest& envelope);
  Hindrance Hindered() const;
  void ForgetUnanswered(const crypto::Digest& envelope);
  void RefuseUnanswered(std::span<const crypto::Digest> envelopes);
  void DropInvalid(consensus::NodeId from, std::span<const crypto::Digest> envelopes);
  void ExpireUnanswered(Instant now);

  const Parts parts_;
  const Limits limits_;
  const consensus::NodeId self_;
  const std::uint32_t incarnation_;
  consensus::Core core_;
  consensus::Actions actions_;
  AppliedRun applied_;
  Instant armed_;  // When the earliest timer under way fires.
  bool timer_under_way_ = false;
  bool reaction_due_ = false;  // React is on its way.
  bool kept_ = false;          // That was told.
  Instant last_housekeeping_;

  // Snapshots.
  consensus::ConfigurationAt members_applied_;  // In force after the last committed entry.
  consensus::Index offered_;
  /// A newer one even where the one on offer would do.
  enum class Wanted : std::uint8_t { kNone, kAny, kNewer, kNewerForWhoTrustsNone };
  Wanted wanted_ = Wanted::kNone;
  MarkPace mark_pace_{limits_.mark_pace};
  Instant last_trim_;

  // Blocks that the log has beyond commit, by the chain of their entry.
  std::map<crypto::Digest, std::shared_ptr<BlockPreparation>> blocks_;

  // Acts submitted here and not yet applied, in the order of their submission. All digests below
  // are of envelopes: one that is refused must not stand for another of the same act.
  std::map<std::uint64_t, Unanswered> unanswered_;
  std::map<crypto::Digest, std::uint64_t> unanswered_by_envelope_;
  std::uint64_t submissions_ = 0;
  std::vector<Act> routed_;  // Of these, what the leader is to get next.

  // Leading.
  std::atomic<bool> leads_ = false;
  ActQueue queue_;
  std::map<crypto::Digest, net::Receipt> taken_;  // Queued or proposed, not yet applied.
  std::deque<consensus::Index> unapplied_;        // Own blocks; ascending.
  std::int64_t last_time_ms_ = 0;
  Instant last_proposal_;
  Instant last_checkpoint_;
  bool checkpoint_under_way_ = false;  // Proposed and not yet applied.
  consensus::Index checkpoint_index_;
  std::uint64_t marked_size_ = 0;  // Leaves that a checkpoint covers, or nobody could sign.

  std::map<consensus::NodeId, consensus::Promise> remembered_;
  Instant remembered_at_;
  bool remembering_ = false;     // Under way.
  bool remember_again_ = false;  // The last time failed.
  bool room_ = true;
  ReadWaits reads_;
  bool reads_ended_ = false;
  ClockAgreement clocks_;
  Instant leading_since_;  // Whoever leads.
  std::optional<std::int64_t> clock_off_ms_;
  Instant clock_handed_over_;

  std::uint64_t blocks_proposed_ = 0;
  std::uint64_t elections_ = 0;
  std::uint64_t alarms_ = 0;
  mutable std::mutex status_mutex_;
  Status status_;
};

}  // namespace aval::node
