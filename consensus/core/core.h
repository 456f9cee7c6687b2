#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "consensus/core/actions.h"
#include "consensus/core/apply_lag.h"
#include "consensus/core/configuration.h"
#include "consensus/core/log.h"
#include "consensus/core/membership.h"
#include "consensus/core/options.h"
#include "consensus/core/progress.h"
#include "consensus/core/promises.h"
#include "consensus/core/rare_path.h"
#include "consensus/core/reads.h"
#include "consensus/core/repairs.h"
#include "consensus/message.h"
#include "consensus/storage.h"
#include "consensus/types.h"

namespace aval::consensus {

/// Raft (Ongaro and Ousterhout 2014; thesis 2014) for one node, as a pure function: events and the
/// time go in, actions come out. PreVote and CheckQuorum are always on. Every write is
/// asynchronous: the core goes on while the disk works, and lets nothing leave that the disk has
/// not confirmed.
///
/// Rules a reader might break:
/// - commit needs an entry of the leader's own term; the leader counts itself only up to what is
///   durable on its own disk;
/// - an acknowledgement says prev + count and leaves only when that is durable, and not after the
///   term has moved on;
/// - truncation only on a proven conflict, never at or below commit;
/// - a configuration is in force from its entry on, committed or not, and goes with it;
/// - votes are a set, not a count; a vote leaves only when durable, and counts only from the
///   incarnation that has it: an emptied node has forgotten what it promised;
/// - after a start nothing is promised until others have said that nothing was forgotten;
/// - what a peer says never stops this node: it is refused and alarmed.
///
/// Invariants: term, commit and every match only rise; stable <= last; commit <= last.
/// Threads: one. No clock, no I/O, no lock, no randomness but the seed's.
class Core {
 public:
  using Options = CoreOptions;
  using Recovered = RecoveredCore;
  using Slot = ProposalSlot;

  /// `reader` outlives the core.
  Core(const Options& options, const Recovered& recovered, const LogReader& reader, Instant now);

  // Events. Each appends to `out`.

  void Receive(Sender from, const Message& message, Instant now, Actions& out);
  /// To be called at or after NextDeadline; earlier calls do nothing.
  void Tick(Instant now, Actions& out);
  /// Everything up to this sequence number is durable.
  void Persisted(std::uint64_t sequence, Instant now, Actions& out);
  /// The driver has applied everything up to `index`, and may get more.
  void Applied(Index index, Actions& out);
  /// The state has everything up to `index`, at most what is applied, durably: what the disk loses
  /// of the log up to it is not needed any more.
  void Flushed(Index index, Actions& out);
  /// The log begins after another entry than before.
  void Trimmed() { repairs_.DropThrough(log_.anchor()); }
  /// Whether the disk has room for more entries; for terms and votes it always has. Without room a
  /// follower takes none, and a leader refuses proposals and hands over.
  void SetRoom(bool room, Instant now, Actions& out);
  /// The disk had lost these entries of the log when it was looked at; what is told twice, or was
  /// cut or trimmed since, changes nothing. A leader steps down: it cannot give them to others.
  void Damaged(const DamagedRange& range, Instant now, Actions& out);
  /// The link to `peer` broke: what was under way is lost.
  void LinkLost(NodeId peer);

  /// The slot when this node leads and has room; kUnavailable when it does not lead, kOverloaded
  /// when too much is uncommitted.
  Result<Slot> NextSlot() const;
  /// What keeps NextSlot from giving one; nothing when it does.
  std::optional<Obstacle> obstacle() const;
  /// Puts `payload` at NextSlot, which must have been given; the entry is not committed yet.
  void Propose(std::shared_ptr<const Bytes> payload, Instant now, Actions& out);

  /// Changes the members: appends the configuration that comes of it, which is in force at once,
  /// and when the voters change is joint until this leader leaves it by itself. kUnavailable or
  /// kOverloaded as NextSlot, or while another change, or this leader's first entry, is not
  /// committed, or when a quorum of those who are to vote is not heard; kInvalidArgument for what
  /// cannot be (see Change).
  Result<void> ProposeChange(std::span<const MemberChange> changes, Instant now, Actions& out);

  /// Marks where a snapshot is to be cut, on all nodes alike. Errors as NextSlot.
  Result<void> ProposeMark(Instant now, Actions& out);

  /// Hands leadership over to a voter (thesis, section 3.10): proposals are refused until it has
  /// everything and campaigns, or an election timeout has passed without that. kUnavailable when
  /// this node does not lead, another transfer is under way, or nothing was heard of the target;
  /// kInvalidArgument when it is none of the other voters.
  Result<void> Transfer(NodeId target, Instant now, Actions& out);

  /// A read that must see everything that was acknowledged, by whomever, before this call: its
  /// ticket. Actions::readable says when it may be answered, by whatever way the leader was
  /// reached; while none can be, nothing comes, and the driver gives up when it likes.
  std::uint64_t RequestRead(Instant now, Actions& out);

  Instant NextDeadline() const;

  // Views, for status, metrics and checks.
  Leadership leadership() const { return {.role = role_, .term = term_, .leader = leader_}; }
  Index commit() const { return commit_; }
  EntryId last() const { return log_.last(); }
  Index stable() const { return log_.stable(); }
  const std::map<NodeId, Progress>& progress() const { return progress_; }
  const Membership& membership() const { return membership_; }
  /// What this node holds, or once held, and what its leader says cannot both be: one of the two
  /// has lost or forged something. Until an append of a leader fits again.
  bool at_odds() const { return !odds_.empty(); }
  const Log& log() const { return log_; }
  /// The entry before those that this node can give to others: where the log begins, or after what
  /// is lost of it and the state has.
  EntryId begin() const;
  /// This node's disk has lost entries, and they are not all back yet, or given up.
  bool damaged() const { return !repairs_.empty(); }
  /// What others have promised, to be kept over restarts: see Promises.
  const std::map<NodeId, Promise>& promises() const { return promises_.known(); }
  Promises::Standing standing() const { return promises_.standing(); }
  bool transferring() const { return transfer_target_ != NodeId{}; }
  /// Since this core began.
  const RarePaths& rare_paths() const { return rare_paths_; }
  std::uint64_t reached(RarePath path) const { return rare_paths_.of(path); }

 private:
  // core.cc
  bool IsHeard(Sender from, const Message& message, Actions& out);
  bool IsAddressed(Sender from, const Message& message);
  std::uint64_t TermLeapAllowed() const;
  Instant NextDutyDeadline() const;
  bool DiskStalls(Instant now) const;
  /// The disk keeps up, and takes more.
  bool MayWrite(Instant now) const;
  /// Who cannot write, or has lost what others may need, would only raise their terms.
  bool MayLead(Instant now) const;
  void Send(NodeId to, Message message, Actions& out);
  /// Sends once everything written so far is durable, unless the term moves on before.
  void SendDurably(NodeId to, Message message, Actions& out);
  /// What had to be durable is: it leaves under this node's seal.
  void SendPromise(Outgoing outgoing, Actions& out);
  Persist& NewWrite(Actions& out);
  /// A write that can take further entries.
  Persist& EntriesWrite(Actions& out);
  void SaveHardState(Actions& out);
  void CheckLeadershipChange(const Leadership& before, Actions& out);
  void Reached(RarePath path) { rare_paths_.Reach(path); }
  void HandOutCommitted(Actions& out);
  bool Votes() const { return membership_.Votes(options_.self, options_.incarnation); }
  void AdvanceCommit(Index to, Actions& out);

  // election.cc
  void BecomeFollower(Term term, NodeId leader, Instant now, Actions& out);
  enum class Election : std::uint8_t { kPre, kReal, kTransfer };
  void Campaign(Election election, Instant now, Actions& out);
  void CountVote(NodeId from, bool granted, Instant now, Actions& out);
  void BecomeLeader(Instant now, Actions& out);
  void On(NodeId from, const VoteRequest& request, Instant now, Actions& out);
  void On(NodeId from, const VoteResponse& response, Instant now, Actions& out);
  EntryId EndOfLog() const;
  bool IsUpToDate(const VoteRequest& request) const;
  bool HearsLeader(Instant now) const;
  void ResetElectionTimer(Instant now);
  void CheckQuorum(Instant now, Actions& out);

  // leading.cc
  void AppendOwn(EntryKind kind, std::shared_ptr<const Bytes> payload, Actions& out);
  /// One append from the follower's next entry on, or, with `bytes_max` 0, an empty one, which
  /// tells the commit and asks whether everything before has arrived. False when it cannot be made.
  bool SendAppend(NodeId to, std::size_t bytes_max, Actions& out);
  void FillWindow(NodeId to, Actions& out);
  void SendAppendsToAll(Actions& out);
  void SendHeartbeats(Instant now, Actions& out);
  void CommitByQuorum(Actions& out);
  /// A peer knows of a higher term.
  void Deposed(Term term, Instant now, Actions& out);
  void On(NodeId from, const AppendResponse& response, Instant now, Actions& out);
  void On(NodeId from, const HeartbeatResponse& response, Instant now, Actions& out);

  // handing_over.cc
  bool Hears(const Progress& progress, Instant now) const;
  void ContinueTransfer(NodeId target, Actions& out);
  void On(NodeId from, const TimeoutNow& message, Instant now, Actions& out);
  std::optional<NodeId> Successor(Instant now) const;
  bool IsBeyond(const ApplyLag::Lag& lag) const;
  Index AppliedByQuorum() const;
  void HandOverIfSlow(Instant now, Actions& out);

  // reading.cc
  void AskForReads(Instant now, Actions& out);
  void On(NodeId from, const ReadRequest& request, Instant now, Actions& out);
  void On(NodeId from, const ReadResponse& response, Instant now, Actions& out);
  void ContinueReads(Actions& out);
  bool FinishReads(Actions& out);
  void AnswerRead(std::uint64_t ticket, Index index, Actions& out);

  // greeting.cc
  void JudgePromises(Instant now);
  void AskForPromises(Instant now, Actions& out);
  bool AwaitsGreetings() const;
  void AskForLateGreetings(Instant now, Actions& out);
  void Greet(NodeId node, Actions& out);
  void On(NodeId from, const GreetingRequest& request, Instant now, Actions& out);
  void TakeGreeting(Sender from, const GreetingResponse& response, Instant now, Actions& out);
  void TakePartNoMore(Instant now, Actions& out);

  // repairing.cc
  void On(NodeId from, const EntriesRequest& request, Instant now, Actions& out);
  void On(NodeId from, const EntriesResponse& response, Instant now, Actions& out);
  /// Gives leadership to whom it can, and ends it.
  void GiveUpLeading(Instant now, Actions& out);
  /// The leader has other entries in the place of lost ones, which this node takes instead. False
  /// when that must not be, or there is no room.
  bool TakeOthersForLost(NodeId leader, Actions& out);
  std::optional<DamagedRange> StillLost(DamagedRange told) const;
  Result<EntryId> IdAt(Index index) const;
  void AskForLostEntries(Instant now, Actions& out);

  // changing.cc
  Result<void> CanServe(const Configuration& to, Instant now);
  void AppendConfiguration(const Configuration& to, Actions& out);
  void OnMembersChanged();
  void AfterChange(Actions& out);
  static bool Follows(const Configuration& before, const Configuration& to);

  // following.cc
  void On(NodeId from, const Append& append, Instant now, Actions& out);
  void On(NodeId from, const Heartbeat& heartbeat, Instant now, Actions& out);
  void On(NodeId from, const SnapshotNeeded& message, Instant now, Actions& out);
  bool AcceptLeader(NodeId from, Term term, Instant now, Actions& out);
  void Acknowledge(NodeId from, Index match, Actions& out);
  void Refuse(NodeId from, const Append& append, const EntryId& hint, Actions& out);
  bool MatchesBefore(NodeId from, const Append& append, Actions& out);
  bool IsWellChained(const Append& append) const;
  void AskForWhatIsBeforeLost(NodeId from, const Append& append, Actions& out);
  bool AppendAfterMatch(NodeId from, const Append& append, Actions& out);
  bool AppendEntry(NodeId from, const Entry& entry, Actions& out);
  void TruncateAfter(const EntryId& kept, Actions& out);
  bool TakeConfiguration(NodeId from, const Entry& entry, Actions& out);
  void AtOdds(NodeId leader, std::string what, Actions& out);
  void Alarmed(NodeId peer, std::string what, Actions& out);

  const Options options_;
  Membership membership_;
  SeededRandom random_;
  Promises promises_;
  ReadTickets tickets_;
  Repairs repairs_;
  std::map<NodeId, Instant> lent_;  // To whom this log is read for repairs, and until when.
  Log log_;

  Role role_ = Role::kFollower;
  Term term_;
  NodeId vote_;
  NodeId leader_;       // Believed to lead; nobody while campaigning.
  NodeId term_leader_;  // Known to have led in term_: there can be no other.
  Index commit_;
  Index matched_;     // Up to here this log is known to be that of term_'s leader.
  std::string odds_;  // What the alarm said, while this node and its leader are at odds.
  Index handed_out_;  // Last entry given to the driver to apply.
  Index applied_;
  std::size_t unapplied_bytes_ = 0;
  std::deque<std::pair<Index, std::size_t>> unapplied_;  // Handed out, with payload sizes.

  std::uint64_t sequence_ = 0;   // Of the newest write.
  std::uint64_t persisted_ = 0;  // Highest reported durable.
  struct WriteUnderWay {
    std::uint64_t sequence;
    Instant since;
  };
  std::deque<WriteUnderWay> writes_;
  struct Gated {
    std::uint64_t sequence;
    Term term;
    Outgoing outgoing;
  };
  std::deque<Gated> gated_;
  Instant now_;       // Time of the event under way.
  bool room_ = true;  // For entries, on the disk.
  const Instant started_;
  std::uint64_t leapt_ = 0;  // What the term rose by since, beyond what elections explain.
  RarePaths rare_paths_;

  // Elections.
  Instant election_deadline_;
  Instant greeting_deadline_;
  Instant leader_heard_;
  std::set<NodeId> granted_;
  std::set<NodeId> refused_;

  // Leading.
  std::map<NodeId, Progress> progress_;  // The other members.
  Index first_of_term_;
  std::size_t uncommitted_bytes_ = 0;
  std::deque<std::pair<Index, std::size_t>> uncommitted_;
  ReadRounds rounds_;
  ApplyLag lag_;
  NodeId transfer_target_;  // 0: leadership is not being handed over.
  Instant transfer_deadline_;
  std::optional<Instant> handed_over_;  // When that began last.
  Instant heartbeat_deadline_;
  Instant quorum_deadline_;
};

}  // namespace aval::consensus
