#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "consensus/core/core.h"
#include "tests/consensus/storage.h"

namespace aval::consensus {

/// What must hold after every event of a cluster, whatever the network and the disks do (Raft
/// paper, figure 3, and what Aval adds). A violation is told, and makes ok() false.
///
/// - at most one leader a term, by a majority's votes; one vote a node and term, over restarts;
/// - entries with equal term and index have equal chains, on all nodes and for all time;
/// - who campaigns says truly where its log ends, and who votes has no newer log (section 5.4.1);
/// - the members in force are those of the newest configuration in the log (thesis, section 4.1);
/// - the committed prefix never changes, a quorum has it durably, and nobody drops a part of it;
/// - a new leader has everything committed before its term, and commits by entries of its own;
/// - term and commit of a running node, and every match of a leader, only rise;
/// - no promise leaves before what it promises is durable.
/// Threads: one.
class Invariants {
 public:
  /// Hears of each violation, in words.
  using Violated = std::function<void(const std::string&)>;

  explicit Invariants(Violated violated) : violated_(std::move(violated)) {}

  /// What a node, whose disk holds `durable`, has decided to write.
  void OnPersist(NodeId node, const Persist& write, const DurableView& durable);
  /// A message that leaves `from`, whose disk holds `storage` and whose core is `core`.
  void OnSend(NodeId from, NodeId to, const Message& message, const Core& core,
              const DurableView& storage);
  /// A message arrives.
  void OnReceive(NodeId to, NodeId from, const Message& message);
  /// An entry handed out to be applied.
  void OnApply(NodeId node, const EntryId& entry, const DurableView& storage);
  /// A node's state after an event.
  void OnStep(NodeId node, const Core& core);
  void OnCrash(NodeId node);
  /// It comes back as another incarnation, whose votes are its own.
  void OnRenewal(NodeId node);
  /// Its disk has lost what it held, up to this index, or a part of it, which breaks no rule. What
  /// comes after counts as held only where its disk shows it.
  void OnLostDisk(NodeId node, Index held);
  /// While its disk may have damage that nobody has found yet, its core need not be able to read
  /// what is committed.
  void SetRotten(NodeId node, bool rotten);
  /// The committed prefix must be durable on a quorum of these, of the members that were in force
  /// when it was committed.
  void CheckDurable(const std::map<NodeId, const DurableView*>& disks);

  /// What somebody else has found.
  void Report(const std::string& violation);
  bool ok() const { return violations_ == 0; }
  const std::vector<EntryId>& committed() const { return committed_; }
  /// Elections won so far.
  std::size_t leaders() const { return leaders_.size(); }

 private:
  struct Running {
    Term term;
    Index commit;
    Term led;
    std::map<NodeId, Index> match;
    EntryId last;   // When its members were looked at.
    Index members;  // Of the entry that brought them.
  };
  /// An entry, and with it all before it.
  using Position = std::pair<Term, Index>;
  void Expect(bool holds, NodeId node, const std::string& rule);
  bool MayNotRead(NodeId node, const Core& core) const;
  void CheckCommit(NodeId node, const Core& core, Running& running);
  void CheckLeader(NodeId node, const Core& core, Running& running);
  void CheckAcknowledgement(NodeId from, const AppendResponse& response,
                            const DurableView& storage);
  void CheckVote(NodeId voter, Term term, NodeId candidate);
  void CheckClaim(NodeId candidate, const VoteRequest& request, const Core& core);
  void CheckMembers(NodeId node, const Core& core, Running& running);
  void CheckElected(NodeId leader, const Core& core);

  const Violated violated_;
  std::size_t violations_ = 0;
  std::map<Term, NodeId> leaders_;
  std::map<std::pair<NodeId, Term>, NodeId> votes_;
  std::map<std::pair<NodeId, Term>, std::set<NodeId>> received_;  // Votes, by candidate.
  // Where candidates have told voters that their logs end, and liars that theirs do: the greatest.
  std::map<std::tuple<NodeId, NodeId, Term>, Position> claims_;
  std::map<Position, crypto::Digest> entries_;
  std::map<Position, Configuration> configurations_;
  // The configuration in force, in a log that ends with an entry; one without entries has the
  // first.
  std::map<Position, Position> in_force_{{Position(), Position()}};
  std::map<NodeId, EntryId> ends_;  // Of logs, with all that is decided.
  // What leaders have shown of their logs, by the term they led in, and liars of theirs: all that
  // may be acknowledged. That what liars show does not get in, entries_ and committed_ see to.
  std::map<Term, std::map<Index, std::set<crypto::Digest>>> shown_;
  std::vector<EntryId> committed_;         // Position i holds index i + 1.
  std::vector<Term> committed_terms_;      // In which at the latest each was committed.
  std::vector<std::size_t> committed_by_;  // Position in `quorums_` of what had to agree.
  std::vector<std::pair<Configuration, Quorum>> quorums_;
  std::map<NodeId, Running> running_;
  std::map<NodeId, Index> lost_;  // What each had held.
  std::set<NodeId> rotten_;
  Index durable_;  // Checked up to here.
};

}  // namespace aval::consensus
